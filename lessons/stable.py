"""Makes a notebook that has been run the same at every build, as far as its outputs are the same."""

import re

from nbformat import NotebookNode

WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
MODEL_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}")


def stabilise(notebook: NotebookNode, lesson: str) -> None:
    """Change in place what differs from run to run: ids of widgets, chunks of streams, the Python's version.

    Args:
        notebook: as nbclient leaves it.
        lesson: the lesson's number, with which the new ids of widgets begin.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = joined_streams(cell.outputs)
            cell.metadata.pop("execution", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    rename_widgets(notebook, lesson)


def joined_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Neighbouring outputs of one stream as one: how a print is cut into chunks depends on the clock."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def rename_widgets(notebook: NotebookNode, lesson: str) -> None:
    """Give widgets' models ids made from the lesson and the order in which they were created."""
    widgets = notebook.metadata.get("widgets", {}).get(WIDGET_STATE)
    if not widgets:
        return
    names = {old: f"{lesson}-widget-{number:03d}" for number, old in enumerate(widgets.state, start=1)}

    def renamed(value):
        if isinstance(value, str):
            return MODEL_ID.sub(lambda match: names.get(match[0], match[0]), value)
        if isinstance(value, dict):
            return NotebookNode({renamed(key): renamed(item) for key, item in value.items()})
        return [renamed(item) for item in value] if isinstance(value, list) else value

    notebook.metadata.widgets = renamed(notebook.metadata.widgets)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [renamed(output) for output in cell.outputs]


def faults(notebook: NotebookNode) -> list[str]:
    """What no stored notebook may hold: errors, noise on stderr, memory addresses, views without state."""
    state = notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    found = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if cell.source.strip() and cell.execution_count is None:
            found.append(f"cell {cell.id} was not run")
        for output in cell.outputs:
            data = output.get("data", {})
            text = "".join(output.get("text", "")) + "".join(data.get("text/plain", ""))
            if output.output_type == "error":
                found.append(f"cell {cell.id} failed: {output.ename}: {output.evalue}")
            elif output.get("name") == "stderr":
                found.append(
                    f"cell {cell.id} writes to stderr, which a learner sees in red: {text.strip()[:300]}"
                )
            elif address := ADDRESS.search(text):
                found.append(
                    f"cell {cell.id} shows a memory address, new at each run: {address.string[:100]}"
                )
            view = data.get(WIDGET_VIEW)
            if view and view["model_id"] not in state:
                found.append(f"cell {cell.id} shows a widget whose state is not stored")
    return found
