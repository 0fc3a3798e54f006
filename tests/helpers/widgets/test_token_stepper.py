"""The token stepper: what it computes against the tokenizers themselves, its picture, its traits."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from helpers import tokenization as tok
from helpers.widgets.token_stepper import draw, token_stepper
from helpers.widgets.token_stepper_cuts import LONGEST, SENT, cut_all, tokens_after, visible

TEXTS = ["the cat sat on the mat", "the cat ate the rat, don't you think?", "naïve 🙂 我爱这本书 the theory"]
BPE = tok.BPE.train(TEXTS * 3, 320)
TOKENIZERS = {"words": tok.WordTokenizer.train(TEXTS, 30), "characters": tok.CharTokenizer.train(TEXTS)}
HOSTILE = ["", " ", "<script>alert(1)</script>", "שלום עולם", "\ud800x", "👩\u200d👧 e\u0301\u0301",
           "a\x00\n\t\u3000b", "x" * 400]  # fmt: skip


@pytest.mark.parametrize("text", [*TEXTS, *HOSTILE], ids=lambda text: repr(text)[:20])
def test_a_text_is_cut_as_the_tokenizers_do(text):
    cut = cut_all(text, TOKENIZERS, BPE)
    sent = text.encode("utf-8", "replace").decode()
    for row in cut["rows"]:
        assert row["tokens"] == TOKENIZERS[row["name"]].tokens(sent) and row["count"] == len(row["tokens"])
        assert row["unknown"] == row["tokens"].count("<unk>")
    for k in (0, 1, 7, len(BPE.merges)):
        assert tokens_after(cut["text"], cut["falls"], k) == BPE.first(k).tokens(sent)
    json.dumps(cut, ensure_ascii=False).encode()  # as the kernel sends it


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=40), st.integers(0, 60))
def test_any_text_and_number_of_merges(text, k):
    k = min(k, len(BPE.merges))
    cut = cut_all(text, TOKENIZERS, BPE)
    assert tokens_after(cut["text"], cut["falls"], k) == BPE.first(k).tokens(cut["text"])


def test_a_long_text_is_cut_off_counted_whole_and_quick():
    cut = cut_all("the cat 🙂 " * 3000, TOKENIZERS, BPE)
    assert len(cut["text"]) == LONGEST and "20,000" in cut["note"]
    assert len(cut["rows"][1]["tokens"]) == SENT and cut["rows"][1]["count"] == LONGEST
    text = "".join(chr(0x4E00 + i % 997) for i in range(10_000))  # one word of 30,000 bytes
    assert len(cut_all(text, TOKENIZERS, BPE)["falls"]) == 30_000  # pairs tried in turn would take minutes


def test_what_cannot_be_seen_is_made_visible():
    assert visible(" a\n\t") == "·a↵⇥" and visible("\u200d\x00") == "<200D><0000>"
    assert visible("\u0301") == "◌\u0301" and visible("e\u0301") == "e\u0301" and visible("") == ""
    assert visible("我🙂") == "我🙂"


@pytest.mark.filterwarnings("error")
def test_picture_and_words():
    for text in ["", HOSTILE[2], HOSTILE[5] + HOSTILE[3], "word " * 2000]:
        widget = token_stepper(TOKENIZERS, BPE, text=text, n_merges=5, title="<b>title</b> $x$")
        assert Image.open(io.BytesIO(widget.picture())).size[0] == 1000
    widget = token_stepper(TOKENIZERS, BPE, text="the zebra")
    data, metadata = widget._repr_mimebundle_()
    assert "words: 2 tokens, 1 of them unknown: the | <unk>" in data["text/plain"]
    assert metadata["image/png"]["alt"] == data["text/plain"] and data["image/png"].startswith(b"\x89PNG")
    figure = draw([("many", ["token"] * 500)])
    assert any(text.get_text().startswith("and ") for text in figure.axes[0].texts)


def test_a_text_from_the_page_is_answered_with_its_id():
    widget = token_stepper(TOKENIZERS, BPE, text="a")
    widget.set_state({"question": {"id": 3, "text": "the mat"}})
    assert widget.answer == {"id": 3, "problem": ""} and widget.cut["text"] == "the mat"
    widget.set_state({"question": {"id": 4, "text": 5}})
    assert widget.answer["id"] == 4 and "kernel met" in widget.answer["problem"] and widget.cut["text"] == "the mat"


def test_what_is_refused():
    widget = token_stepper(TOKENIZERS, BPE, text="a")
    assert widget.n_merges == len(BPE.merges) and len(widget.merges) == len(BPE.merges)
    for wrong in (-1, len(BPE.merges) + 1):
        with pytest.raises(ValueError, match=f"n_merges is {wrong}"):
            widget.n_merges = wrong
    with pytest.raises(ValueError, match="over characters"):
        token_stepper({}, tok.BPE.train(TEXTS, 60, unit="char"), text="a")
    with pytest.raises(ValueError, match="expected a string"):
        token_stepper({}, BPE, text=None)
