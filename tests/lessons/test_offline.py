"""Every lesson runs to its end with no network and nothing in the cache, within its limit of memory."""

import pytest

from helpers import assets
from lessons import build, source, stable


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """A cache without assets; what the lessons themselves keep in it (the parsed Wikipedia sample) serves the next."""
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize("path", source.sources(), ids=lambda path: path.stem)
def test_lesson_runs_without_assets(path, cache, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(cache))
    notebook = source.read(path)
    cost = build.execute(notebook, path.stem)
    stable.stabilise(notebook, path.stem[:2])
    assert stable.faults(notebook) == []
    assert cost.memory <= build.MEMORY
    assert not any(map(assets.available, assets.ASSETS)), "something was fetched: the network is not cut off"
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    says = "".join(output.get("text", "") for cell in code for output in cell.outputs)
    uses_assets = any("assets.optional(" in cell.source for cell in code)
    assert ("python -m helpers.assets" in says) is uses_assets, (
        "a lesson says what to run to get what is missing"
    )
