"""The build tool on small lessons of its own: what it makes, what it refuses, what stays the same."""

import base64
import json
import os
import re
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from lessons import build, source, stable
from lessons.source import ROOT, BuildError

DOT = base64.b64decode(
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
SAMPLE = """\
# 42 · A sample

A [dot](figures/dot.png): ![one grey dot](figures/dot.png), [later](43_next.md#Sum),
`![no](figures/none.png)`, the [words](glossary.md).


Second cell.


```python tags=["nbval-check-output"]
import sys, time
print("one")
sys.stdout.flush()
time.sleep(0.4)
print("two")
```

```python jupyter={"source_hidden": true}
import ipywidgets
slider = ipywidgets.IntSlider(description="n")
ipywidgets.VBox([slider, ipywidgets.Label("x")])
```

```python
slider.value = 7
print(*set("transformers"))
```
"""


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A folder of two small lessons with a picture and a page beside them."""
    folder = tmp_path_factory.mktemp("lessons")
    (folder / "figures").mkdir()
    (folder / "figures/dot.png").write_bytes(DOT)
    (folder / "glossary.md").write_text("# Words\n")
    (folder / "42_sample.md").write_text(SAMPLE, encoding="utf-8")
    (folder / "43_next.md").write_text("# 43 · Next\n\n```python\n1 + 1\n```\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def built(folder):
    """The sample's notebook, its bytes, and what the build returned."""
    path, cost, changed = build.build(folder / "42_sample.md", folder / "out")
    return nbformat.read(path, as_version=4), path.read_bytes(), cost, changed


@pytest.fixture
def lesson(tmp_path):
    """Writes a lesson of one code cell and returns its path."""

    def write(code: str, stem: str = "41_lesson"):
        path = tmp_path / f"{stem}.md"
        path.write_text(f"# 41 · A lesson\n\n```python\n{code}\n```\n", encoding="utf-8")
        return path

    return write


def test_a_second_build_changes_no_byte(folder, built):
    notebook, content, _, changed = built
    path = folder / "out/42_sample.ipynb"
    written = path.stat().st_mtime_ns
    assert changed
    assert build.build(folder / "42_sample.md", folder / "out")[2] is False
    assert path.read_bytes() == content and path.stat().st_mtime_ns == written
    assert content.endswith(b"}\n") and b"\r" not in content


def test_cells_have_ids_of_lesson_and_position_and_keep_their_metadata(built):
    cells = built[0].cells
    assert [cell.id for cell in cells] == ["42-001", "42-002", "42-003", "42-004", "42-005"]
    assert cells[2].metadata == {"tags": ["nbval-check-output"]}
    assert cells[3].metadata == {"jupyter": {"source_hidden": True}}
    assert cells[0].metadata == cells[1].metadata == cells[4].metadata == {}


def test_outputs_and_the_state_of_widgets_are_kept(built):
    notebook = built[0]
    _, _, printed, shown, last = notebook.cells
    assert [output.text for output in printed.outputs] == ["one\ntwo\n"]  # two chunks were sent, one is kept
    assert sorted(last.outputs[0].text.split()) == sorted(set("transformers"))
    view = shown.outputs[0].data[stable.WIDGET_VIEW]
    state = notebook.metadata.widgets[stable.WIDGET_STATE].state
    assert state[view["model_id"]].model_name == "VBoxModel"
    children = [child.removeprefix("IPY_MODEL_") for child in state[view["model_id"]].state.children]
    assert [state[child].model_name for child in children] == ["IntSliderModel", "LabelModel"]
    assert state[children[0]].state.value == 7


def test_nothing_in_the_file_differs_from_run_to_run(built):
    content = built[1].decode()
    assert not re.search(r"[0-9a-f]{32}", content), "an id made at random"
    assert set(built[0].metadata.widgets[stable.WIDGET_STATE].state) == {
        f"42-widget-{n:03d}" for n in range(1, 9)
    }
    assert "version" not in built[0].metadata.language_info
    assert "iopub" not in content


def test_pictures_are_attached_and_links_lead_to_notebooks(folder, built):
    cell = built[0].cells[0]
    assert base64.b64decode(cell.attachments["dot.png"]["image/png"]) == DOT
    assert "![one grey dot](attachment:dot.png)" in cell.source
    assert "`![no](figures/none.png)`" in cell.source
    assert "[later](43_next.ipynb#Sum)" in cell.source
    relative = os.path.relpath(folder / "glossary.md", source.NOTEBOOKS)
    assert f"[words]({relative})" in cell.source


def test_cost_is_measured_in_the_kernel(built):
    cost = built[2]
    assert 0.4 < cost.seconds < 120
    assert 0 < cost.computing < cost.seconds * os.cpu_count()
    assert 20e6 < cost.memory < 400e6
    assert str(build.Cost(10.0, 7.0, 500_000_000)) == "10.0 s of 90 (7.0 s of computing), 500 MB of 1,200"
    assert str(build.Cost(100.0, 7.0, 2_000_000_000)).endswith("OVER THE LIMIT of time and memory")


def test_memory_of_a_cell_that_has_let_go_is_still_counted(lesson):
    notebook = source.read(lesson("block = bytearray(400_000_000); del block"))
    assert build.execute(notebook, "41_lesson", ROOT).memory > 400e6


@pytest.mark.parametrize("code, expected", [
    ("1\n1 / 0", r"41_lesson: cell 41-002 failed\.(.|\n)*ZeroDivisionError"),
    ("import sys; print('careful', file=sys.stderr)", r"cell 41-002 writes to stderr, .*careful"),
    ("import warnings; warnings.warn('old')", r"cell 41-002 writes to stderr, .*old"),
    ("object()", r"cell 41-002 shows a memory address"),
    ("print('x' * 1_000_001)", r"the notebook would have 1,00\d,\d+ bytes"),
    ("import os; os._exit(1)", r"41_lesson: cell 41-002 did not end"),
], ids=["error", "stderr", "warning", "address", "too large", "dead kernel"])  # fmt: skip
def test_a_lesson_with_a_fault_is_refused_and_its_notebook_stays(lesson, tmp_path, code, expected):
    (tmp_path / "41_lesson.ipynb").write_text("as it was")
    with pytest.raises(BuildError, match=expected):
        build.build(lesson(code), tmp_path)
    assert (tmp_path / "41_lesson.ipynb").read_text() == "as it was"


def test_a_missing_picture_is_named(tmp_path):
    path = tmp_path / "41_lesson.md"
    path.write_text("# A\n\n![a dot](figures/gone.png)\n")
    with pytest.raises(
        BuildError, match="41_lesson: cell 41-001 shows figures/gone.png, but there is no file"
    ):
        source.read(path)


def test_check_finds_no_difference_after_a_build_and_runs_nothing(folder, built):
    assert build.check(folder / "42_sample.md", folder / "out") == []
    assert "no notebook yet" in build.check(folder / "43_next.md", folder / "out")[0]


@pytest.mark.parametrize("edit, expected", [
    (lambda book: book.cells[1].update(source="By hand."), "cell 2 (42-002) differs"),
    (lambda book: book.cells[2].update(source="1"), "cell 3 (42-003) differs from the source in its source"),
    (lambda book: book.cells[2].update(metadata={}), "in its metadata"),
    (lambda book: book.cells[0].update(id="random"), "in its id"),
    (lambda book: book.cells[0].pop("attachments"), "in its attachments"),
    (lambda book: book.cells.pop(), "the source has 5 cells, the notebook 4"),
    (lambda book: book.cells.insert(0, book.cells.pop()), "in its cell_type"),
    (lambda book: book.metadata.kernelspec.update(name="other"), "another kernel"),
], ids=["text", "code", "metadata", "id", "picture", "cell gone", "order", "kernel"])  # fmt: skip
def test_check_finds_what_was_edited_by_hand(folder, built, tmp_path, edit, expected):
    notebook = nbformat.from_dict(json.loads(built[1]))
    notebook = nbformat.reads(json.dumps(notebook), as_version=4)
    edit(notebook)
    nbformat.write(notebook, tmp_path / "42_sample.ipynb")
    assert any(expected in difference for difference in build.check(folder / "42_sample.md", tmp_path))


def test_a_view_without_state_and_a_cell_not_run_are_faults():
    view = {stable.WIDGET_VIEW: {"model_id": "42-widget-001"}, "text/plain": ""}
    cell = new_code_cell("x", execution_count=1, outputs=[new_output("display_data", data=view)], id="42-001")
    notebook = new_notebook(cells=[cell, new_code_cell("y", id="42-002")])
    assert stable.faults(notebook) == [
        "cell 42-001 shows a widget whose state is not stored", "cell 42-002 was not run"]  # fmt: skip


def test_streams_keep_their_place_between_other_outputs():
    out, err = (
        lambda text, name=name: new_output("stream", name=name, text=text) for name in ("stdout", "stderr")
    )
    picture = new_output("display_data", data={"text/plain": "p"})
    joined = stable.joined_streams([out("a"), out("b"), picture, out("c"), err("d"), out("e")])
    assert [output.get("text") for output in joined] == ["ab", None, "c", "d", "e"]


def test_lessons_are_found_by_number_stem_and_path(folder):
    sample = folder / "42_sample.md"
    for name in ("42", "42_sample", "42_sample.md", str(sample)):
        assert source.find(name, folder) == sample
    for name in ("4", "sample", "44"):
        with pytest.raises(BuildError, match="no single lesson"):
            source.find(name, folder)


def test_command_line_builds_checks_and_says_what_fails(folder, tmp_path, capsys):
    next_one, out = str(folder / "43_next.md"), ["--out", str(tmp_path)]
    assert build.main(["--check", next_one, *out]) == 1
    assert "no notebook yet" in capsys.readouterr().out
    assert build.main([next_one, *out]) == 0
    assert re.search(
        r"43_next: [\d.]+ s of 90 \([\d.]+ s of computing\), \d+ MB of 1,200, \d+ kB, written",
        capsys.readouterr().out,
    )
    assert build.main(["--check", next_one, *out]) == 0
    (tmp_path / "44_bad.md").write_text("# 44\n\n```python\n1 / 0\n```\n")
    assert build.main([str(tmp_path / "44_bad.md"), *out]) == 1
    assert "44_bad: cell 44-002 failed" in capsys.readouterr().err


def test_command_line_runs_from_any_folder(tmp_path):
    command = [sys.executable, str(ROOT / "lessons/build.py"), "no_such_lesson"]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert ended.returncode == 2 and "no single lesson is called 'no_such_lesson'" in ended.stderr
