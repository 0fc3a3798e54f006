"""A lesson's source as a notebook without outputs, and how a built notebook differs from it."""

import base64
import mimetypes
import os
import re
from pathlib import Path
from urllib.parse import unquote

import jupytext
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

ROOT = Path(__file__).resolve().parents[1]
LESSONS, NOTEBOOKS = ROOT / "lessons", ROOT / "notebooks"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
IMAGE = re.compile(r"(!\[[^\]]*\]\()([^)\s]+)(\))")
LINK = re.compile(r"((?<!!)\[[^\]]*\]\()([^)\s]+)(\))")
FENCED_OR_INLINE_CODE = re.compile(r"(^```.*?^```|`+[^`\n]+`+)", re.DOTALL | re.MULTILINE)


class BuildError(RuntimeError):
    """A lesson can't be built. The message is a sentence that names the lesson and the cell."""


def find(name: str, folder: Path = LESSONS) -> Path:
    """The source of the lesson of that number, stem, file name or path; BuildError where it is unclear."""
    if re.fullmatch(r"\d\d_\w+\.md", Path(name).name) and Path(name).is_file():
        return Path(name).resolve()
    stem = Path(name).stem
    found = [path for path in sources(folder) if path.stem == stem or path.stem.startswith(f"{stem}_")]
    if len(found) != 1:
        raise BuildError(
            f"no single lesson is called {name!r}; there are {[p.stem for p in sources(folder)]}."
        )
    return found[0]


def sources(folder: Path = LESSONS) -> list[Path]:
    """The sources of all lessons, in order."""
    return sorted(folder.glob("[0-9][0-9]_*.md"))


def read(path: Path) -> NotebookNode:
    """The notebook of a lesson, not yet run: ids from lesson and position, images attached, links turned.

    Raises:
        BuildError: an image is not there.
    """
    lesson = jupytext.read(path, fmt="md")
    notebook = new_notebook(metadata={"kernelspec": dict(KERNEL)}, cells=lesson.cells)
    for position, cell in enumerate(notebook.cells, start=1):
        cell.id = f"{path.stem.split('_')[0]}-{position:03d}"
        cell.metadata.pop("lines_to_next_cell", None)
        cell.source = cell.source.strip("\n")
        if cell.cell_type == "markdown":
            attach_images(cell, path)
            cell.source = outside_code(cell.source, lambda text: turn_links(text, path))
    return notebook


def attach_images(cell: NotebookNode, path: Path) -> None:
    """Take the images of a Markdown cell into the cell, so that the notebook needs no file beside it."""
    attachments = {}

    def attach(match: re.Match) -> str:
        image = path.parent / unquote(match[2])
        if not image.is_file():
            raise BuildError(
                f"{path.stem}: cell {cell.id} shows {match[2]}, but there is no file {image.name}."
            )
        kind = mimetypes.guess_type(image.name)[0] or "application/octet-stream"
        attachments[image.name] = {kind: base64.b64encode(image.read_bytes()).decode("ascii")}
        return f"{match[1]}attachment:{image.name}{match[3]}"

    cell.source = outside_code(cell.source, lambda text: IMAGE.sub(attach, text))
    if attachments:
        cell.attachments = attachments


def turn_links(text: str, path: Path) -> str:
    """Links as they must read in the notebooks' folder; a lesson, by either name, is its notebook there."""

    def turn(match: re.Match) -> str:
        address, hash_mark, anchor = match[2].partition("#")
        if not address or ":" in address:
            return match[0]
        target = (path.parent / unquote(address)).resolve()
        if target.with_suffix(".md") in sources(path.parent):
            target = NOTEBOOKS / f"{target.stem}.ipynb"
        relative = Path(os.path.relpath(target, NOTEBOOKS)).as_posix().replace(" ", "%20")
        return f"{match[1]}{relative}{hash_mark}{anchor}{match[3]}"

    return LINK.sub(turn, text)


def outside_code(text: str, change) -> str:
    """`text` with `change` applied to all of it but code, fenced or inline."""
    parts = FENCED_OR_INLINE_CODE.split(text)
    return "".join(part if place % 2 else change(part) for place, part in enumerate(parts))


def differences(source: NotebookNode, built: NotebookNode) -> list[str]:
    """Where a built notebook is not what its source says, in sentences; outputs are not looked at."""
    found = []
    if len(source.cells) != len(built.cells):
        found.append(f"the source has {len(source.cells)} cells, the notebook {len(built.cells)}")
    for position, (wanted, cell) in enumerate(zip(source.cells, built.cells, strict=False), start=1):
        for part in ("id", "cell_type", "source", "attachments", "metadata"):
            if wanted.get(part) != cell.get(part):
                found.append(f"cell {position} ({cell.get('id')}) differs from the source in its {part}")
    if built.metadata.get("kernelspec") != source.metadata.kernelspec:
        found.append("the notebook is made for another kernel")
    return found
