"""The stored notebooks are what their sources say, were run whole, and show what they should."""

import importlib

import anywidget
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lessons import build, stable
from lessons.source import LESSONS, NOTEBOOKS, ROOT, sources
from tests.lessons.outputs import expects_output, output_faults

PICTURE = {"image/png": "aGk=", "text/plain": "a dot"}
VIEW = {stable.WIDGET_VIEW: {"model_id": "42-widget-001"}, "text/plain": "a dot"}
NO_ALT, EMPTY_ALT, ALT = (
    {"text/html": tag} for tag in ('<img src="">', '<img alt=" " src="">', '<img alt="a dot" src="">')
)

each_lesson = pytest.mark.parametrize("path", sources(), ids=lambda path: path.stem)


def stored(path):
    return nbformat.read(NOTEBOOKS / f"{path.stem}.ipynb", as_version=4)


@each_lesson
def test_notebook_is_what_its_source_says(path):
    assert build.check(path) == []


@each_lesson
def test_notebook_was_run_without_errors_or_noise(path):
    assert stable.faults(stored(path)) == []


@each_lesson
def test_outputs_are_there_and_everyone_can_see_them(path):
    assert list(output_faults(stored(path))) == []


@each_lesson
def test_notebook_is_small_valid_and_stable(path):
    file = NOTEBOOKS / f"{path.stem}.ipynb"
    assert file.stat().st_size <= build.SIZE
    notebook = nbformat.read(file, as_version=4)
    nbformat.validate(notebook)
    text = file.read_text(encoding="utf-8")
    assert text.rstrip("\n") == nbformat.writes(notebook).rstrip("\n"), (
        "written by something other than the build"
    )
    stable.stabilise(notebook, path.stem[:2])
    assert text.rstrip("\n") == nbformat.writes(notebook).rstrip("\n"), "holds what differs from run to run"


@each_lesson
def test_stored_widgets_carry_the_scripts_of_the_tree(path):
    for module in (ROOT / "helpers/widgets").glob("[a-z]*.py"):
        importlib.import_module(f"helpers.widgets.{module.stem}")
    scripts, kinds = set(), [anywidget.AnyWidget]
    for kind in kinds:
        kinds += kind.__subclasses__()
        scripts.add(str(getattr(kind, "_esm", "")))
    models = stored(path).metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"].values()
    found = [model["state"]["_esm"] for model in models if "_esm" in model["state"]]
    assert found and [script[:80] for script in found if script not in scripts] == [], "build the notebook again"


def test_every_notebook_has_a_source_and_there_are_some():
    assert sources()
    assert {path.stem for path in NOTEBOOKS.glob("*.ipynb")} == {path.stem for path in sources(LESSONS)}


def notebook_of(source, *outputs, after="A sentence.", count=1):
    cells = [new_code_cell(source, outputs=list(outputs), execution_count=count, id="42-001")]
    return new_notebook(cells=[*cells, *([new_markdown_cell(after)] if after else [])])


def shown(data):
    return new_output("display_data", data=data)


@pytest.mark.parametrize("notebook, expected", [
    (notebook_of("x = 1", count=2), "not run once each"),
    (notebook_of("x"), "cell 42-001 has no output"),
    (notebook_of("x = 1", shown(PICTURE)), "picture without alt text; use plots.show"),
    (notebook_of("x", shown(PICTURE | EMPTY_ALT)), "without alt"),
    (notebook_of("x", shown(PICTURE | NO_ALT)), "without alt"),
    (notebook_of("x", shown(VIEW)), "without a picture for readers who have no kernel"),
    (notebook_of("x", shown(VIEW | PICTURE), after="## Next"), "no sentence after it"),
    (notebook_of("x", shown(VIEW | PICTURE), after=""), "no sentence after it"),
    (notebook_of("x", new_output("stream", text=f"{LESSONS}/a.md")), "folder of the machine"),
])  # fmt: skip
def test_a_fault_in_the_outputs_is_found(notebook, expected):
    found = list(output_faults(notebook))
    assert len(found) == 1 and expected in found[0]


@pytest.mark.parametrize("output", [
    shown(VIEW | PICTURE), shown(PICTURE | ALT), new_output("stream", text="two"),
])  # fmt: skip
def test_good_outputs_have_no_faults(output):
    assert list(output_faults(notebook_of("x", output))) == []


@pytest.mark.parametrize("source, expected", [
    ("x", True), ("x;", False), ("x = 1", False), ("f(x)", False), ("x, y", True), ("print(x)", True),
    ("for x in y:\n    print(x)", True), ("def f():\n    print(1)", False), ("if x:\n    print(1)", False),
    ("a = 1\nplots.show(a, alt='b')", True), ("checks.vectors.cosine(f)", True), ("checks.progress()", True),
])  # fmt: skip
def test_what_a_cell_must_leave_on_the_page(source, expected):
    assert expects_output(source) is expected
