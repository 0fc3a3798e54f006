"""What STYLE.md asks of a lesson's cells, text and pictures, as functions from a lesson to its faults."""

import ast
import re
from collections.abc import Iterator

from tests.lessons.lesson import Lesson, calls, is_imports, words

FORBIDDEN = {
    r"^\s*(!|%%?[a-z])": "a shell command or a magic",
    r"\bimport \*": "a star import",
    r"\bsys\.path\b": "an edit of sys.path",
    r"\bwarnings\.(filterwarnings|simplefilter|catch_warnings)": "a warning filter",
    r"\b(os\.system|subprocess)\b": "a shell command",
}
LINES, LINES_OF_ONE_THING, IMPORT_LINES, WORDS = 25, 40, 8, 120


def limit_faults(lesson: Lesson) -> Iterator[str]:
    """STYLE.md, 3 to 5: the length of cells and texts, imports, and what a cell may not do."""
    imports = []
    for place, cell in enumerate(lesson.cells, start=1):
        if cell.cell_type == "markdown":
            if (found := words(cell.source)) > WORDS and cell not in lesson.section("Sources"):
                yield f"cell {place} has {found} words at once; {WORDS} are allowed"
            continue
        forbidden = [
            what for pattern, what in FORBIDDEN.items() if re.search(pattern, cell.source, re.MULTILINE)
        ]
        yield from (f"cell {place} holds {what}" for what in forbidden)
        try:
            tree = ast.parse(cell.source)
        except SyntaxError as error:
            if not forbidden:
                yield f"cell {place} is no Python: {error}"
            continue
        lines, allowed = len(cell.source.splitlines()), LINES_OF_ONE_THING if is_one_thing(tree) else LINES
        if lines > allowed:
            yield f"cell {place} has {lines} lines; {allowed} are allowed"
        if is_imports(cell.source):
            imports.append(place)
            if lines > IMPORT_LINES:
                yield f"the import cell {place} has {lines} lines; {IMPORT_LINES} are allowed"
    if len(imports) != 1:
        yield f"there must be one import cell; there are {len(imports)}"


def is_one_thing(tree: ast.Module) -> bool:
    """True for one class, one loop or one quiz with at most three short statements beside it."""
    large = [node for node in tree.body if node.end_lineno - node.lineno >= 5]
    kinds = ast.ClassDef | ast.For | ast.While
    return (
        len(large) == 1
        and len(tree.body) <= 4
        and (isinstance(large[0], kinds) or ast.unparse(large[0]).startswith("quiz("))
    )


def picture_faults(lesson: Lesson) -> Iterator[str]:
    """STYLE.md, 19: alt text for every picture, and a sentence after every figure."""
    for place, cell in enumerate(lesson.cells, start=1):
        if cell.cell_type == "markdown":
            pictures = re.findall(r"!\[\s*\]\(.*?\)", cell.source)
            pictures += [
                tag
                for tag in re.findall(r"<img\b[^>]*>", cell.source)
                if not re.search(r"""alt=["'][^"']""", tag)
            ]
            yield from (f"cell {place}: no alt text for {picture}" for picture in pictures)
            continue
        shows = [call for name, call in calls(cell.source) if name == "plots.show"]
        for call in shows:
            alt = next((keyword.value for keyword in call.keywords if keyword.arg == "alt"), None)
            if alt is None or (isinstance(alt, ast.Constant) and not str(alt.value).strip()):
                yield f"cell {place}: plots.show without alt text"
        following = lesson.cells[place] if place < len(lesson.cells) else None
        if shows and (
            following is None or following.cell_type != "markdown" or following.source.startswith("#")
        ):
            yield f"cell {place} shows a figure, and no sentence after it says what it shows"
