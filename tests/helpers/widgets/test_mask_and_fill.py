"""Mask and fill: the numbers are the model's own, edits keep gaps, hostile texts, pictures."""

import io
import json

import pytest
import torch
from PIL import Image

from helpers import bert
from helpers.pretraining.text import tokenizer
from helpers.widgets import mask_and_fill_data as data
from helpers.widgets.mask_and_fill import mask_and_fill

CUT = tokenizer()
HOSTILE = [
    "<script>alert(1)</script>",
    "🙂",
    "שלום",
    "我爱这本书",
    "word " * 2_000,
    "x" * 10_000,
    "$\\frac",
    "a\nb",
    "[MASK]",
]


DRAWN = (HOSTILE[0], HOSTILE[3], HOSTILE[6])


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    config = bert.bert_config(CUT.vocab_size, d_model=16, n_heads=2, n_layers=2, context_len=48, dropout=0.0)
    model = bert.MaskedLanguageModel(bert.Encoder(config)).eval()
    for part in model.parameters():
        torch.nn.init.normal_(part, std=0.3)
    return model


def ask(widget, number, text, masked, **of):
    widget.set_state({"question": {"id": number, "text": text, "masked": masked, **of}})
    assert widget.answer["id"] == number
    return widget.answer["problem"]


def test_the_numbers_are_the_models(model):
    shown = data.compute(model, CUT, "The cat sat on the mat.", [1, 5])
    ids = [CUT.index["[CLS]"], *CUT.encode("the cat sat on the mat."), CUT.index["[SEP]"]]
    n_pieces = len(ids) - 2
    true = ids[2], ids[6]
    ids[2] = ids[6] = CUT.index["[MASK]"]
    chances = model(torch.tensor([ids]))[0].detach().softmax(-1)
    assert shown["masked"] == [1, 5] and len(shown["tokens"]) == len(shown["own"]) == n_pieces
    for gap, place, token in zip(shown["gaps"], (2, 6), true, strict=True):
        best = chances[place].topk(6)
        assert [sign for sign, _ in gap["best"]] == [CUT.vocab[one] for one in best.indices]
        assert [share for _, share in gap["best"]] == pytest.approx(best.values.tolist(), abs=1e-5)
        assert gap["true"] == CUT.vocab[token] and gap["chance"] == pytest.approx(
            float(chances[place, token]), abs=1e-5
        )
        assert gap["rank"] == int((chances[place] > chances[place, token]).sum()) + 1
    assert shown["own"][0] == pytest.approx(float(chances[1, ids[1]]), abs=1e-5)


def test_pieces_inside_words_and_typed_gaps(model):
    shown = data.compute(model, CUT, "An [MASK] unbelievableness")
    assert shown["masked"] == [1] and shown["gaps"][0]["true"] == "" and shown["tokens"][1] == ["[MASK]", False]
    assert any(inside for _, inside in shown["tokens"]) and not any(
        sign.startswith("##") for sign, _ in shown["tokens"]
    )
    assert "____" in data.in_line(shown) and data.in_line(shown).endswith("unbelievableness")


def test_gaps_move_with_an_edit(model):
    widget = mask_and_fill(model, CUT, "the cat sat on the mat", masked=["cat", "mat"])
    assert widget.shown["masked"] == [1, 5]
    assert ask(widget, 1, "the cat sat down on the mat", [1, 5]) == "" and widget.shown["masked"] == [1, 6]
    assert ask(widget, 2, "the dog sat down on the mat", [1, 6]) == "" and widget.shown["masked"] == [6]
    assert ask(widget, 3, "the", [6]) == "" and widget.shown["masked"] == []
    with pytest.raises(ValueError, match="'dog' is no token"):
        mask_and_fill(model, CUT, "the cat", masked=["dog"])


def test_gaps_are_counted_in_the_text_that_the_page_showed(model):
    first = "the cat sat on the mat"
    widget = mask_and_fill(model, CUT, first, masked=["sat"])
    assert ask(widget, 1, "a the cat sat on the mat", [2], of=first) == "" and widget.shown["masked"] == [3]
    assert ask(widget, 2, "a big the cat sat on the mat", [2], of=first) == ""  # typed before the answer had come
    assert widget.shown["masked"] == [4] and widget.shown["gaps"][0]["true"] == "sat"
    assert ask(widget, 3, "a big the cat sat on the mat", [1, 2], of=first) == ""  # a click on "cat" in the first text
    assert [gap["true"] for gap in widget.shown["gaps"]] == ["cat", "sat"]
    assert data.signs(model, CUT, "word " * 99) == [("word", False)] * 46


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.filterwarnings("error")
def test_any_text_is_read(model, text):
    widget = mask_and_fill(model, CUT, "The cat", title=text[:50])
    assert ask(widget, 1, text, [0]) == "" and ask(widget, 2, text, [0, 3]) == "" and widget.shown["masked"][0] == 0
    assert len(widget.shown["tokens"]) <= 46 and ("first 46" in widget.shown["note"]) == (text == HOSTILE[4])
    assert len(widget.alt_text()) < 400
    if text in DRAWN:
        assert Image.open(io.BytesIO(widget.picture())).size[0] == 1000
    json.dumps(widget.shown, allow_nan=False)


def test_what_cannot_be_read_is_said(model):
    widget = mask_and_fill(model, CUT, "The cat")
    assert "at least one word" in ask(widget, 1, " ", []) and widget.shown["text"] == "The cat"
    assert ask(widget, 2, "The cat", [-3, 99, 1]) == "" and widget.shown["masked"] == [1]
    assert ask(widget, 3, "The cat", "x")
    assert "Nothing is masked" in mask_and_fill(model, CUT, "The cat").alt_text()
    with pytest.raises(ValueError, match="at least one word"):
        mask_and_fill(model, CUT, "")
