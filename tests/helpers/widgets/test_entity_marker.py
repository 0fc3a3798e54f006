"""The entity marker: its pieces put together are the text, hostile texts, several finders, what can't be."""

import io
import json

import pytest
from PIL import Image

from helpers.tasks import Span, weak_spans
from helpers.widgets.entity_marker import entity_marker
from helpers.widgets.entity_marker_data import LONGEST, compute

TEXT = "In March, New Zealand paid $5 million to the UK."
HOSTILE = ["", " ", "<script>alert(1)</script>", "🙂 in China 🙂", "שלום Israel", "我爱这本书", "x" * 10_000,
           "a\nb $x_$", "\x00\u200d", "\ud800"]  # fmt: skip


def marked(widget, row=0):
    return [(text, kind) for text, kind in widget.shown["rows"][row]["pieces"] if kind]


def test_what_the_finders_find_is_marked():
    def capitals(text):
        return [Span(at, at + 1, "date") for at, char in enumerate(text) if char.isupper()]

    widget = entity_marker({"rules": weak_spans, "capitals": capitals}, TEXT)
    assert marked(widget) == [("March", "date"), ("New Zealand", "country"), ("$5 million", "money"), ("UK", "country")]
    assert widget.shown["rows"][0]["counts"] == {"country": 2, "language": 0, "date": 1, "money": 1}
    assert [text for text, _ in marked(widget, 1)] == [char for char in TEXT if char.isupper()]
    widget.set_state({"question": {"id": 4, "text": "Peru."}})
    assert widget.answer == {"id": 4, "problem": ""} and marked(widget) == [("Peru", "country")]
    assert "Peru (country)" in widget.alt_text() and "rules" in widget.alt_text()


def test_overlapping_and_unknown_spans_do_no_harm():
    odd = [Span(0, 4, "a"), Span(2, 6, "a"), Span(6, 7, "b"), Span(7, 9, "c")]
    row = compute({"odd": lambda text: odd}, ["a", "b"], "0123456789")["rows"][0]
    assert row["pieces"] == [["0123", "a"], ["45", ""], ["6", "b"], ["789", ""]]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.filterwarnings("error")
def test_any_text_is_shown_whole(text):
    widget = entity_marker({"rules": weak_spans}, text, title=text[:40])
    for row in widget.shown["rows"]:
        assert "".join(piece for piece, _ in row["pieces"]) == widget.shown["text"]
    assert (f"of {len(text):,}" in widget.shown["note"]) == (len(text) > LONGEST)
    assert Image.open(io.BytesIO(widget.picture())).size[0] == 1000 and widget.alt_text()
    json.dumps(widget.shown).encode()


def test_a_finder_that_fails_is_told_of():
    def broken(text):
        if "bad" in text:
            raise RuntimeError("no")
        return []

    widget = entity_marker({"broken": broken}, "good")
    widget.set_state({"question": {"id": 1, "text": "bad"}})
    assert "RuntimeError" in widget.answer["problem"] and widget.shown["text"] == "good"
    widget.set_state({"question": {"id": 2}})
    assert widget.answer["problem"]
    for finders, kinds in (({}, ["a"]), ({"x": weak_spans}, []), ({"x": weak_spans}, list("abcdefg"))):
        with pytest.raises(ValueError, match="Expected a finder"):
            entity_marker(finders, "", kinds=kinds)
