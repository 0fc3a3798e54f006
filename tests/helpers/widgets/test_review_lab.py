"""The live review: verdicts and contributions against the classifier asked plainly, long and hostile texts."""

import io
import json
import math

import pytest
import torch
from PIL import Image

from helpers import bert
from helpers.tokenization import WordPiece
from helpers.widgets.review_lab import review_lab
from helpers.widgets.review_lab_data import LONGEST, MOST, compute, judge_of

VOCAB = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "good", "bad", "not", "film", "!", ",", ".", "##s", "我"]
TOKENIZER = WordPiece(VOCAB)
HOSTILE = ["<script>alert(1)</script>", "🙂", "שלום עולם", "我爱这本书", "x" * 10_000, "$\\frac", "a\nb", "\x00a\u200d",
           "\ud800 a"]  # fmt: skip


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    config = bert.bert_config(len(VOCAB), d_model=16, n_heads=2, n_layers=2, context_len=LONGEST)
    model = bert.Classifier(bert.Encoder(config), pooling="mean")
    for weight in model.parameters():
        torch.nn.init.normal_(weight, std=0.4)
    return model.train()  # the widget must not leave dropout on


def plain(model, text):
    model.eval()
    with torch.no_grad():
        logits = model(bert.batch_of(TOKENIZER, [text]).token_ids)[0].double()
    return float(logits[1] - logits[0])


def test_verdict_and_contributions(model):
    shown = review_lab(model, TOKENIZER, "A good film , not bad").shown
    whole = plain(model, "a good film , not bad")
    assert shown["log_odds"] == pytest.approx(whole, abs=1e-3)
    assert shown["p_good"] == pytest.approx(1 / (1 + math.exp(-whole)), abs=1e-5)
    assert [shown["text"][start:end] for start, end in shown["words"]] == ["A", "good", "film", ",", "not", "bad"]
    assert shown["values"][1] == pytest.approx(whole - plain(model, "a film , not bad"), abs=2e-3)
    assert shown["values"][4] == pytest.approx(whole - plain(model, "a good film , bad"), abs=2e-3)
    assert shown["note"] == "" and shown["unread"] == ""


def test_words_left_out_and_questions_from_the_page(model):
    widget = review_lab(model, TOKENIZER, "a good film , not bad")
    widget.set_state({"question": {"id": 1, "text": "a good film , not bad", "without": [4, 1], "parts": True}})
    shown = widget.shown
    rest = plain(model, "a film , bad")
    assert widget.answer == {"id": 1, "problem": ""} and shown["without"] == [1, 4]
    assert shown["log_odds"] == pytest.approx(rest, abs=1e-3)
    assert shown["values"][1] is None and shown["values"][4] is None
    assert shown["values"][5] == pytest.approx(rest - plain(model, "a film ,"), abs=2e-3)
    widget.set_state({"question": {"id": 2, "text": "bad", "without": [0], "parts": True}})
    assert widget.shown["values"] == [None] and widget.shown["log_odds"] == pytest.approx(plain(model, ""), abs=1e-3)
    widget.set_state({"question": {"id": 3, "text": "good film", "parts": False}})
    assert widget.shown["values"] == [None, None] and "good" in widget.shown["text"]
    for odd in ({"text": ""}, {"text": " \n "}, {"text": "good", "without": [1]}, {"text": "good", "without": ["x"]},
                {}):  # fmt: skip
        widget.set_state({"question": {"id": 4, **odd}})
        assert widget.answer["id"] == 4 and widget.answer["problem"] and widget.shown["text"] == "good film"
    with pytest.raises(ValueError, match="at least one word"):
        review_lab(model, TOKENIZER, "  ")


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.filterwarnings("error")
def test_any_text(model, text):
    widget = review_lab(model, TOKENIZER, text, title=text[:50])
    assert 0 <= widget.shown["p_good"] <= 1 and len(widget.shown["values"]) == len(widget.shown["words"]) <= MOST
    assert Image.open(io.BytesIO(widget.picture())).size[0] == 900 and widget.alt_text()
    json.dumps(widget.shown, allow_nan=False)


def test_long_texts_are_cut_and_said(model):
    shown = compute(judge_of(model, TOKENIZER), TOKENIZER, "good film . " * 1000)
    assert len(shown["words"]) == MOST and shown["words"][-1][1] <= 600 and shown["unread"].startswith(" good")
    assert "Only the beginning" in shown["note"] and "stretches" in shown["note"]
    assert shown["log_odds"] == pytest.approx(plain(model, "good film . " * 42), abs=1e-2)
