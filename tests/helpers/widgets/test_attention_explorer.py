"""The text box over the map: what each text leads to, errors included."""

import numpy as np
import pytest

from helpers.attention import AttentionMaps
from helpers.widgets.attention_explorer import attention_explorer, read
from tests.helpers.widgets.test_attention_data import softmax_of_random


def encode(text):
    words = text.split()
    if words[0] == "boom":
        raise RuntimeError("the model\n  fell over.")
    note = "Cut." if len(words) > 5 else ""
    return AttentionMaps(words[:5], softmax_of_random(2, 3, len(words[:5]), len(words[:5])), note)


def ask(widget, text):
    widget.question = {"id": widget.question["id"] + 1, "text": text}
    assert widget.answer["id"] == widget.question["id"] and widget.answer["text"] == text
    return widget.answer


def test_starts_with_the_given_text():
    widget = attention_explorer(encode, "the cat sat", layer=1, head=2, query="cat", view="lines")
    assert (widget.tokens, widget.shape) == (["the", "cat", "sat"], [2, 3, 3, 3])
    assert (widget.layer, widget.head, widget.query, widget.view) == (1, 2, 1, "lines")
    assert "with “the cat sat”. Attention of layer 2 of 2" in widget.alt_text()
    with pytest.raises(ValueError, match="head is 3"):
        attention_explorer(encode, "the cat sat", head=3)


def test_another_text_updates_the_map_and_keeps_the_choice():
    widget = attention_explorer(encode, "the cat sat", layer=1, head=2, query="cat")
    answer = ask(widget, "no cat here now")
    assert widget.tokens == ["no", "cat", "here", "now"]
    assert (widget.layer, widget.head, widget.query) == (1, 2, 1)
    assert (answer["problem"], answer["note"], answer["shown"]) == ("", "", "no cat here now")
    ask(widget, "the dog sat")
    assert widget.query == 2                              # "cat" is gone: the last word


def test_a_cut_text_says_so():
    widget = attention_explorer(encode, "a b c")
    assert ask(widget, "a b c d e f g")["note"] == "Cut." and len(widget.tokens) == 5
    assert ask(widget, "a b")["note"] == ""


def test_an_error_is_one_sentence_and_the_map_stays():
    widget = attention_explorer(encode, "the cat sat", layer=1)
    answer = ask(widget, "boom now")
    assert answer["problem"] == "This text could not be read (RuntimeError: the model fell over)."
    assert answer["shown"] == "the cat sat" and widget.tokens == ["the", "cat", "sat"]
    assert isinstance(widget.error, RuntimeError)
    assert ask(widget, "fine again")["problem"] == "" and widget.error is None and widget.layer == 1


def test_an_error_at_the_start_is_shown_too():
    widget = attention_explorer(encode, "boom")
    assert "RuntimeError" in widget.answer["problem"] and widget.tokens == []
    assert widget.picture().startswith(b"\x89PNG") and widget.alt_text()


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_text_is_not_encoded_and_loses_no_choice(text):
    def never(text):
        raise AssertionError("encode was called")

    assert read(never, text).problem.startswith("Type a sentence")
    widget = attention_explorer(encode, "the cat sat", layer=1, head=2)
    assert ask(widget, text)["problem"].startswith("Type a sentence") and widget.tokens == []
    ask(widget, "the cat")
    assert (widget.layer, widget.head) == (1, 2)


@pytest.mark.parametrize("returned, message", [
    (None, "encode returned a NoneType; expected AttentionMaps"),
    (AttentionMaps(["a"], np.ones((1, 1, 2, 2)) / 2), "1 queries and 1 keys"),
    (AttentionMaps(["a", "b"], np.ones((1, 1, 2, 2))), "sums to 2"),
    (AttentionMaps(["a"] * 129, np.eye(129)), "at most 128"),
])
def test_what_encode_may_not_return(returned, message):
    reading = read(lambda text: returned, "a b")
    assert reading.maps is None and message in reading.problem and isinstance(reading.error, ValueError)


def test_one_answer_is_one_message(monkeypatch):
    widget = attention_explorer(encode, "the cat sat")
    sent = []
    monkeypatch.setattr(type(widget), "send_state",
                        lambda self, key: sent.append({key} if isinstance(key, str) else set(key)))
    ask(widget, "a b c d")
    (with_map,) = [keys for keys in sent if keys & {"tokens", "weights", "shape", "answer"}]
    assert {"tokens", "weights", "shape", "answer"} <= with_map
