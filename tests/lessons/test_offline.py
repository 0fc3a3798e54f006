"""Every lesson runs to its end with no network and nothing in the cache, within its limit of memory."""

import pytest

from lessons import build, source, stable

pytestmark = pytest.mark.xdist_group("whole notebooks")  # one at a time: each uses two threads


@pytest.mark.parametrize("path", source.sources(), ids=lambda path: path.stem)
def test_lesson_runs_without_assets(path, tmp_path):
    notebook = source.read(path)
    cost = build.execute(notebook, path.stem, COURSE_CACHE=str(tmp_path / "empty"))
    stable.stabilise(notebook, path.stem[:2])
    assert stable.faults(notebook) == []
    assert cost.memory <= build.MEMORY
    says = "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", []))
    uses_assets = any(
        "assets.optional(" in cell.source for cell in notebook.cells if cell.cell_type == "code"
    )
    assert ("python -m helpers.assets" in says) is uses_assets, (
        "a lesson says what to run to get what is missing"
    )
    assert not list((tmp_path).rglob("*.safetensors")), "something was fetched: the network is not cut off"
