"""The widget's wiring: what it sends to the page, and how state stays valid."""

import base64
import json
import subprocess
import sys

import nbclient
import nbformat
import numpy as np
import pytest
import torch
from traitlets import TraitError

from helpers.widgets.attention_data import unpack
from helpers.widgets.attention_map import AttentionMap, attention_map
from tests.helpers.widgets.test_attention_data import softmax_of_random

TOKENS = ["[CLS]", "the", "cat", "sat", "[SEP]"]
WEIGHTS = softmax_of_random(2, 3, 5, 5)


def test_state_that_goes_to_the_page():
    widget = attention_map(TOKENS, WEIGHTS, layer=1, head=2, query="cat", view="grid")
    state = widget.get_state()
    assert (state["layer"], state["head"], state["query"], state["view"]) == (1, 2, 2, "grid")
    assert (state["shape"], state["tokens"], state["query_tokens"]) == ([2, 3, 5, 5], TOKENS, [])
    np.testing.assert_allclose(unpack(state["weights"], state["shape"]), WEIGHTS, atol=1e-5)


def test_state_is_compact():
    """Two bytes a weight; everything else, scripts included, is small enough to stand in a notebook."""
    state = attention_map(["token"] * 20, softmax_of_random(6, 12, 20, 20)).get_state()
    assert len(state.pop("weights")) == 2 * 6 * 12 * 20 * 20
    assert len(json.dumps(state)) < 60_000


def test_useful_without_choosing_anything():
    widget = attention_map(TOKENS, torch.tensor(WEIGHTS))
    assert (widget.layer, widget.head, widget.query, widget.view) == (0, 0, 3, "head")   # 3: "sat"


@pytest.mark.parametrize("choice, message", [
    ({"layer": 2}, "layer is 2; this attention has 2, from 0 to 1"), ({"head": -1}, "head is -1"),
    ({"query": 5}, "query is 5"), ({"query": "dog"}, "'dog', which is not among"),
    ({"view": "pie"}, "view is 'pie'"),
])
def test_what_does_not_exist(choice, message):
    with pytest.raises(ValueError, match=message):
        attention_map(TOKENS, WEIGHTS, **choice)


def test_wrong_attention_makes_no_widget():
    with pytest.raises(ValueError, match="sums to"):
        attention_map(TOKENS, WEIGHTS * 2)


def test_the_page_may_ask_for_what_is_no_longer_there():
    widget = attention_map(TOKENS, WEIGHTS)
    widget.query, widget.layer, widget.head = 99, -3, 99
    assert (widget.query, widget.layer, widget.head) == (4, 0, 2)
    with pytest.raises(TraitError):
        widget.view = "pie"


def test_another_text_in_place_keeps_layer_and_head():
    widget = attention_map(TOKENS, WEIGHTS, layer=1, head=2, query=4, view="lines")
    widget.show(["a", "b"], softmax_of_random(2, 3, 2, 2))
    assert (widget.layer, widget.head, widget.query, widget.view) == (1, 2, 1, "lines")
    widget.show(["a", "b"], softmax_of_random(2, 2))            # one map only
    assert (widget.layer, widget.head, widget.shape) == (0, 0, [1, 1, 2, 2])
    before = widget.get_state(["tokens", "weights", "shape"])
    with pytest.raises(ValueError):
        widget.show(["a"], softmax_of_random(2, 2))
    assert widget.get_state(["tokens", "weights", "shape"]) == before


def test_another_text_is_one_message(monkeypatch):
    widget = attention_map(TOKENS, WEIGHTS)
    sent = []
    monkeypatch.setattr(AttentionMap, "send_state", lambda self, key=None: sent.append(set(key)))
    widget.show(["a", "b"], softmax_of_random(2, 2))
    assert len(sent) == 1 and {"tokens", "weights", "shape", "query"} <= sent[0]


def test_cross_attention():
    widget = attention_map(list("wxyz"), softmax_of_random(2, 4), query_tokens=["a", "b"], query="a")
    assert (widget.query_tokens, widget.query, widget.shape) == (["a", "b"], 0, [1, 1, 2, 4])
    assert "2 queries down, 4 keys across. “a” attends" in widget.alt_text()


def test_words_and_picture_tell_what_is_selected():
    widget = attention_map(["a", "b"], [[[0.9, 0.1], [0.3, 0.7]], [[0.2, 0.8], [0.5, 0.5]]], head=1, query=0)
    assert widget.alt_text() == ("Attention of layer 1 of 1, head 2 of 2: 2 queries down, 2 keys across. "
                                 "“a” attends most to “b” 0.800 in layer 1, head 2.")
    first = widget.picture()
    widget.head = 0
    assert "0.900 in layer 1, head 1" in widget.alt_text() and widget.picture() != first
    widget.view = "grid"
    assert widget.alt_text().startswith("1 layers × 2 heads") and widget.picture().startswith(b"\x89PNG")


@pytest.mark.parametrize("tokens, attention", [([], np.zeros((2, 2, 0, 0))), (["one"], [[1.0]])])
@pytest.mark.parametrize("view", ["head", "grid", "lines"])
def test_nothing_and_one(tokens, attention, view):
    widget = attention_map(tokens, attention, view=view)
    assert widget.picture().startswith(b"\x89PNG") and widget.alt_text()


def test_scripts_load_nothing_from_elsewhere_and_build_no_markup():
    for text in (AttentionMap._esm, AttentionMap._css):
        assert "http" not in text and "@import" not in text and "import(" not in text
    for dangerous in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert dangerous not in AttentionMap._esm


def test_a_saved_notebook_holds_picture_words_and_state():
    source = ("from helpers.widgets.attention_map import attention_map\n"
              "attention_map(['a', 'b'], [[0.9, 0.1], [0.3, 0.7]], query='a')")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3", store_widget_state=True).execute()
    (output,) = notebook.cells[0].outputs
    assert "“a” attends most to “a” 0.900" in output.data["text/plain"]
    assert base64.b64decode(output.data["image/png"]).startswith(b"\x89PNG")
    states = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    (kept,) = [state for state in states.values() if state["model_module"] == "anywidget"]
    (buffer,) = kept["buffers"]
    np.testing.assert_allclose(unpack(base64.b64decode(buffer["data"]), [1, 1, 2, 2])[0, 0],
                               [[0.9, 0.1], [0.3, 0.7]], atol=1e-5)


def test_import_brings_no_heavy_library():
    """matplotlib, torch and transformers would cost seconds; the picture imports them when it is drawn."""
    code = ("import sys, helpers.widgets.attention_map, helpers.widgets.attention_explorer; "
            "print(*{'matplotlib', 'torch', 'transformers', 'scipy', 'PIL'} & set(sys.modules))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
