"""Every lesson runs to its end with no network and nothing in the cache, within its limit of memory.

A lesson that asks for no asset runs the same way with all of them, as nbval does; it is not run here once more. The
three that train longest are left out by .ci/run, which has half an hour, and run by `make test` everywhere else.
"""

import os
import re

import pytest

from helpers import assets
from lessons import build, source, stable

# What reaches for an asset: `assets.optional` takes care that a lesson goes on without.
REACHES = r"\bassets\.|\bdata\.(reviews|news|news_articles|glove)\b|\bload_minilm\b|\bbertviz|Reviews\b"
LONGEST = ("02_word_vectors", "03_neural_language_models", "04_rnn_lstm")
USERS = [path for path in source.sources() if "assets.optional(" in path.read_text(encoding="utf-8")]


def test_the_others_reach_for_no_asset():
    others = [path for path in source.sources() if path not in USERS]
    assert USERS and others
    for path in others:
        code = [cell.source for cell in source.read(path).cells if cell.cell_type == "code"]
        assert re.search(REACHES, "\n".join(code)) is None, path.stem


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """A cache without assets; what the lessons themselves keep in it (the parsed Wikipedia sample) serves the next."""
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize("path", USERS, ids=lambda path: path.stem)
def test_lesson_runs_without_assets(path, cache, monkeypatch):
    if os.environ.get("CI") and path.stem in LONGEST:
        pytest.skip("it trains for more than a minute on a slow machine; without CI set it runs")
    monkeypatch.setenv("COURSE_CACHE", str(cache))
    notebook = source.read(path)
    cost = build.execute(notebook, path.stem)
    stable.stabilise(notebook, path.stem[:2])
    assert stable.faults(notebook) == []
    assert cost.memory <= build.MEMORY
    assert not any(map(assets.available, assets.ASSETS)), "something was fetched: the network is not cut off"
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    says = "".join(output.get("text", "") for cell in code for output in cell.outputs)
    assert " -m helpers.assets" in says, "a lesson says what to run to get what is missing"
