"""A lesson's source as cells and sections, and what can be read off a cell."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jupytext
from nbformat import NotebookNode

NO_PROSE = re.compile(
    r"^```.*?^```|^\$\$.*?\$\$|^\|.*?$|^#.*?$|!\[.*?\]\(.*?\)|\]\(.*?\)|<[^>]+>", re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True)
class Lesson:
    """A lesson's name and its cells as they stand in the source."""

    stem: str
    cells: list[NotebookNode]

    @classmethod
    def read(cls, path: Path) -> "Lesson":
        return cls(path.stem, jupytext.read(path, fmt="md").cells)

    @property
    def code(self) -> list[NotebookNode]:
        return [cell for cell in self.cells if cell.cell_type == "code"]

    @property
    def text(self) -> list[NotebookNode]:
        return [cell for cell in self.cells if cell.cell_type == "markdown"]

    def sections(self) -> list[tuple[str, list[NotebookNode]]]:
        """Second-level headings in their order, each with its cells; one cell may hold several."""
        found: list[tuple[str, list[NotebookNode]]] = []
        for cell in self.cells:
            headings = (
                re.findall(r"^## (.+)$", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else []
            )
            found += [(heading, [cell]) for heading in headings]
            if not headings and found:
                found[-1][1].append(cell)
        return found

    def section(self, start: str) -> list[NotebookNode]:
        """The cells of all sections whose heading begins with `start`."""
        return [cell for heading, cells in self.sections() if heading.startswith(start) for cell in cells]


def calls(source: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a cell with the dotted name of what is called, such as "plots.show"."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and re.fullmatch(r"[\w.]+", name := ast.unparse(node.func)):
            yield name, node


def words(text: str) -> int:
    """Words of prose: headings, tables, formulas on their own lines, code and addresses don't count."""
    return len(re.findall(r"\w[\w'’.-]*", NO_PROSE.sub(" ", text)))


def is_imports(source: str) -> bool:
    """True for a cell that does nothing but import, or that imports from three places or more."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return False
    imports = sum(isinstance(node, ast.Import | ast.ImportFrom) for node in body)
    return imports >= 3 or 0 < imports == len(body)
