"""What a stored notebook's outputs must and must not hold, as functions from a notebook to its faults."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from lessons.source import ROOT
from lessons.stable import WIDGET_VIEW
from tests.lessons.lesson import calls

# What always leaves something on the page.
SHOWS = re.compile(r"print|display|plots\.show|quiz|checks\.\w+\.\w+|checks\.progress|runtime\.report")


def output_faults(notebook: NotebookNode) -> Iterator[str]:
    """Cells run out of order or without their outputs, and figures that some readers can't see."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        yield "the cells were not run once each, from the first to the last"
    for cell in code:
        if not cell.outputs and expects_output(cell.source):
            yield f"cell {cell.id} has no output"
        for output in cell.outputs:
            data = output.get("data", {})
            page = data.get("text/html", "")
            if WIDGET_VIEW in data and "image/png" not in data:
                yield f"cell {cell.id} shows a widget without a picture for readers who have no kernel"
            elif WIDGET_VIEW not in data and "image/png" in data and "<img" not in page:
                yield f"cell {cell.id} shows a picture without alt text; use plots.show"
            for tag in re.findall(r"<img\b[^>]*>", page):
                if not re.search(r"""\balt=("[^"]*[^"\s]|'[^']*[^'\s])""", tag):
                    yield f"cell {cell.id} shows a picture without alt text"
            for folder in {str(ROOT), str(Path.home())}:
                if f"{folder}/" in str(output):
                    yield f"cell {cell.id} shows a folder of the machine that built it: {folder}"
    yield from figures_without_finding(notebook)


def expects_output(source: str) -> bool:
    """True where a cell prints, shows, or ends in an expression that is no call (a call may give None)."""
    if any(SHOWS.fullmatch(name) for name, _ in top_level_calls(source)):
        return True
    body = ast.parse(source).body
    last = body[-1] if body else None
    return (
        isinstance(last, ast.Expr)
        and not isinstance(last.value, ast.Call)
        and not source.rstrip().endswith(";")
    )


def top_level_calls(source: str) -> Iterator[tuple[str, ast.Call]]:
    """Calls that run with the cell: not those inside a function or a class, nor under a condition."""
    definitions = ast.FunctionDef | ast.ClassDef | ast.If | ast.Try
    for node in ast.parse(source).body:
        if not isinstance(node, definitions):
            yield from calls(ast.unparse(node))


def figures_without_finding(notebook: NotebookNode) -> Iterator[str]:
    """STYLE.md, 19: the finding of every figure is also said in a sentence, after it."""
    cells = notebook.cells
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        outputs = cell.get("outputs", [])
        shows = any("image/png" in output.get("data", {}) for output in outputs)
        if shows and (
            following is None or following.cell_type != "markdown" or following.source.startswith("#")
        ):
            yield f"cell {cell.id} shows a figure, and no sentence after it says what it shows"
