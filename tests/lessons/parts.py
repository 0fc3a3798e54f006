"""What COURSE.md's shape asks of a lesson, as functions from a lesson to its faults.

A part is recognised by what its second-level heading begins with, an exercise by a third-level heading
`Exercise N · title (difficulty, M minutes)` and the cell that calls `checks.<lesson>.<exercise>(…)`, a quiz
by a cell that calls `quiz(question(…), …)`.
"""

import re
from collections.abc import Iterator

from nbformat import NotebookNode

from tests.lessons.lesson import Lesson, calls, is_imports, words

ORDER = ["See it first", "Guess", "Build", "Myth", "The real thing", "Result", "Recap", "Sources"]
WITH_CODE = ["See it first", "Guess", "Build", "Myth", "The real thing", "Result", "Recap"]
EXERCISE = re.compile(r"^### Exercise \d+ · .+ \((easy|medium|hard), \d+ minutes?\)$", re.MULTILINE)
COST = re.compile(r"\d ?(s|seconds?|minutes?)\b.*\d ?(MB|GB)\b")


def is_exercise(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and any(
        re.fullmatch(r"checks\.\w+\.\w+", name) for name, _ in calls(cell.source)
    )


def questions(cells: list[NotebookNode]) -> int:
    """How many questions the quiz cells among `cells` ask."""
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    return sum(name == "question" for source in code if "quiz(" in source for name, _ in calls(source))


def has_code(cells: list[NotebookNode]) -> bool:
    return any(cell.cell_type == "code" for cell in cells)


def part_faults(lesson: Lesson) -> Iterator[str]:
    """COURSE.md: the ten parts of every lesson, in their order."""
    yield from opening_faults(lesson)
    headings = [heading for heading, _ in lesson.sections()]
    places = []
    for part in ORDER:
        place = next((i for i, heading in enumerate(headings) if heading.startswith(part)), None)
        if place is None:
            yield f"there is no section '## {part}'"
        else:
            places.append(place)
            if part in WITH_CODE and not has_code(lesson.section(part)):
                yield f"the section '{part}' runs nothing"
    if places != sorted(places):
        yield f"the parts stand in another order than {ORDER}"
    if sum(words(cell.source) for cell in lesson.section("Play") if cell.cell_type == "markdown") < 30:
        yield "there is no section '## Play' that says what to try and what it shows"
    if not questions(lesson.section("Guess")):
        yield "nothing is to be guessed: no quiz(question(…)) in the section 'Guess'"
    yield from exercise_faults(lesson)
    yield from closing_faults(lesson)


def opening_faults(lesson: Lesson) -> Iterator[str]:
    """Title, promise, minutes, needs, time and memory; the first idea by the fourth cell."""
    first = lesson.cells[0].source
    if not first.startswith(f"# {lesson.stem[:2]} · "):
        yield f"the first line is not a title that begins '# {lesson.stem[:2]} · '"
    if not 5 <= words(first.partition("|")[0]):
        yield "no sentence of promise follows the title"
    table = [
        [entry.strip() for entry in row.strip("| ").split("|")]
        for row in re.findall(r"^\|.*$", first, re.MULTILINE)
    ]
    if len(table) < 3 or table[0] != ["Time", "Needs", "Computer"] or len(table[2]) != 3:
        yield "no table with the columns Time, Needs and Computer follows the promise"
    elif not re.match(r"\d+ minutes", table[2][0]) or not table[2][1] or not COST.search(table[2][2]):
        yield f"the opening table must give minutes, needs, and seconds and MB or GB, and says {table[2]}"
    shown = [cell for cell in lesson.cells[:4] if cell.cell_type == "code" and not is_imports(cell.source)]
    if not any(cell in lesson.section("See it first") for cell in shown):
        yield "nothing is on the learner's screen by the fourth cell"


def exercise_faults(lesson: Lesson) -> Iterator[str]:
    """Three to five exercises (one is enough in lesson 00), each announced and prepared."""
    places = [place for place, cell in enumerate(lesson.cells) if is_exercise(cell)]
    fewest = 1 if lesson.stem.startswith("00") else 3
    if not fewest <= len(places) <= 5:
        yield f"there are {len(places)} exercises; expected {fewest} to 5"
    for place in places:
        if not EXERCISE.search(lesson.cells[place - 1].source):
            yield f"cell {place + 1}: no heading '### Exercise N · title (easy, 5 minutes)' before it"
        if not re.search(r"^\s+return \.\.\.$", lesson.cells[place].source, re.MULTILINE):
            yield f"cell {place + 1}: the stub has no line 'return ...'"
    if sum(len(EXERCISE.findall(cell.source)) for cell in lesson.text) != len(places):
        yield "the headings of exercises and the cells that check them are not equally many"
    for earlier, later in zip(places, places[1:], strict=False):
        if not has_code(lesson.cells[earlier + 1 : later]):
            yield f"nothing is built between the exercises in cells {earlier + 1} and {later + 1}"


def closing_faults(lesson: Lesson) -> Iterator[str]:
    """A recap in five lines, a quiz of three to five questions, sources with sections, the next lesson."""
    recap = "\n".join(cell.source for cell in lesson.section("Recap") if cell.cell_type == "markdown")
    if (found := len(re.findall(r"^(?:\d+\.|[-*]) ", recap, re.MULTILINE))) != 5:
        yield f"the recap has {found} lines; expected 5"
    if not 3 <= (found := questions(lesson.section("Recap"))) <= 5:
        yield f"the closing quiz has {found} questions; expected 3 to 5"
    sources = "\n".join(cell.source for cell in lesson.section("Sources"))
    if not re.search(r"\b(sections?|chapters?)\b|§", sources):
        yield "the sources name no sections"
    if not re.search(rf"\]\((?!{lesson.stem[:2]})(\d\d_\w+\.(md|ipynb)|README\.md)\)", sources):
        yield "no link to the next lesson stands at the end"
