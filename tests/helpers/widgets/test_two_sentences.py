"""One word in two sentences: cosines against the encoder read plainly, other occurrences, hostile texts, pictures."""

import io
import json

import pytest
import torch
from PIL import Image

from helpers import bert
from helpers.pretraining.text import tokenizer
from helpers.widgets import two_sentences_data as data
from helpers.widgets.two_sentences import two_sentences

CUT = tokenizer()
OTHERS = [["we", "may", "go", "home"], ["in", "may", "it", "rained"], ["nothing", "here"], ["you", "may", "ask", "him"]]
HOSTILE = [
    "<script>alert(1)</script>",
    "🙂",
    "שלום",
    "我爱这本书",
    "word " * 2_000,
    "x" * 10_000,
    "$\\frac",
    "a\nb",
    "[CLS]",
]


DRAWN = (HOSTILE[2], HOSTILE[3], HOSTILE[6])


@pytest.fixture(scope="module")
def encoder():
    torch.manual_seed(0)
    config = bert.bert_config(CUT.vocab_size, d_model=16, n_heads=2, n_layers=2, context_len=64, dropout=0.0)
    encoder = bert.Encoder(config).eval()
    for part in encoder.parameters():
        torch.nn.init.normal_(part, std=0.3)
    return encoder


def test_cosines_layer_by_layer(encoder):
    shown = data.compute(data.Reader(encoder, CUT), ["We may go.", "It rained in May"])
    assert shown["words"] == [["we", "may", "go", "."], ["it", "rained", "in", "may"]] and shown["places"] == [1, 3]
    rows = [bert.batch_of(CUT, [words]).token_ids for words in shown["words"]]
    hidden = [torch.stack(encoder(row).hidden)[:, 0].detach() for row in rows]  # (3, T, D) each
    starts = [[n + 1 for n, one in enumerate(row[0, 1:-1]) if not CUT.vocab[one].startswith("##")] for row in rows]
    one, two = (h[:, s[p]] for h, s, p in zip(hidden, starts, shown["places"], strict=True))
    assert shown["cosines"] == pytest.approx(torch.cosine_similarity(one, two, dim=-1).tolist(), abs=1e-3)
    rest = [torch.cosine_similarity(one, hidden[1][:, starts[1][place]], dim=-1) for place in (0, 1, 2)]
    assert shown["others"] == pytest.approx(torch.stack(rest).mean(0).tolist(), abs=1e-3)
    same = data.compute(data.Reader(encoder, CUT), ["We may go.", "we may go."])
    assert same["cosines"] == pytest.approx([1, 1, 1], abs=1e-4)


def test_nearest_other_occurrences(encoder):
    reader = data.Reader(encoder, CUT, OTHERS)
    shown = data.compute(reader, ["we may go home", "a may day"])
    best = shown["near"][0][2]
    assert best[0] == ["we", "go home", pytest.approx(1.0, abs=1e-3)] and len(best) == 3
    assert [row[2] for row in best] == sorted((row[2] for row in best), reverse=True)
    assert data.compute(reader, ["nothing", "here"], [0, 0])["near"] == [[[], [], []]] * 2
    long = [[f"w{n}" for n in range(9)] + ["may"] + ["x"] * 9, ["may", "be"]]
    reader = data.Reader(encoder, CUT, long)
    befores = {row[0] for row in reader.nearest("may", torch.zeros(3, 16))[0]}
    assert befores == {"… w3 w4 w5 w6 w7 w8", ""}


def test_words_to_compare():
    assert data.chosen([["the", "bank", "of", "england"], ["a", "bank", "of", "the", "thames"]]) == [1, 1]
    assert data.chosen([["the", "cat"], ["the", "dog"]]) == [0, 0] and data.chosen([["x"], ["y"]]) == [0, 0]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.filterwarnings("error")
def test_any_sentence_is_read(encoder, text):
    widget = two_sentences(encoder, CUT, "we may go", "in may", others=OTHERS, title=text[:50])
    widget.set_state({"question": {"id": 1, "texts": [text, "we may go"]}})
    assert widget.answer == {"id": 1, "problem": ""} and widget.shown["texts"][0] == text
    assert ("first 40" in widget.shown["note"]) == (text == HOSTILE[4])
    assert len(widget.alt_text()) < 500
    if text in DRAWN:
        assert Image.open(io.BytesIO(widget.picture())).size[0] == 1000
    json.dumps(widget.shown, allow_nan=False)


def test_what_cannot_be_read_is_said(encoder):
    widget = two_sentences(encoder, CUT, "we may go", "in may")
    widget.set_state({"question": {"id": 1, "texts": ["", "a"]}})
    assert "at least one word" in widget.answer["problem"] and widget.shown["texts"] == ["we may go", "in may"]
    widget.set_state({"question": {"id": 2, "texts": ["we may go", "in may"], "places": [99, -4]}})
    assert widget.shown["places"] == [2, 0] and widget.answer["problem"] == ""
    with pytest.raises(ValueError, match="at least one word"):
        two_sentences(encoder, CUT, "a", " ")
