"""Writing by choosing: probabilities of paths against the model read plainly, undo, limits, hostile texts."""

import io
import json
import math

import pytest
import torch
from PIL import Image

from helpers.gpt import GPT, fast_config, gpt2_config
from helpers.language_models import Characters
from helpers.widgets.path_writer import path_writer
from helpers.widgets.path_writer_data import MOST, Paths

VOCABULARY = Characters()
HOSTILE = ["<script>alert(1)</script>", "🙂", "שלום", "我爱这本书", "x" * 10_000, "$\\frac", "a\nb", "\x00\u200d", " "]


@pytest.fixture(scope="module", params=["gpt-2", "fast"])
def model(request):
    torch.manual_seed(0)
    config = gpt2_config if request.param == "gpt-2" else fast_config
    model = GPT(config(VOCABULARY.vocab_size, context_len=30, d_model=16, n_heads=2, n_layers=2)).eval()
    for part in model.parameters():
        torch.nn.init.normal_(part, std=0.3)
    return model


def chance(model, text, following):
    """P(following | text), one character after the other, from the model read plainly."""
    total = 0.0
    for place in range(len(following)):
        ids = VOCABULARY.encode((text + following[:place])[-30:])
        total += float(model(ids[None])[0, -1].double().log_softmax(0)[VOCABULARY.encode(following[place])[0]].detach())
    return total


def test_probabilities_of_a_path_and_of_what_comes_next(model):
    widget = path_writer(model, VOCABULARY, "The ", path="cat")
    shown = widget.shown
    assert [sign for _, sign, _ in shown["path"]] == list("cat") and shown["start"] == "The "
    assert shown["log2"] == pytest.approx(chance(model, "The ", "cat") / math.log(2), abs=1e-4)
    for _, sign, share, ahead in shown["choices"]:
        if sign not in "␣⏎□":
            assert share == pytest.approx(math.exp(chance(model, "The cat", sign)), abs=1e-4)
            assert [s for _, _, s in ahead] == sorted((s for _, _, s in ahead), reverse=True)
            if ahead[0][1] not in "␣⏎□":
                both = math.exp(chance(model, "The cat", sign + ahead[0][1]))
                assert share * ahead[0][2] == pytest.approx(both, abs=1e-4)
    assert sum(row[2] for row in shown["choices"]) + shown["rest"] == pytest.approx(1, abs=1e-3)
    assert len(shown["choices"]) == 9 and all(len(row[3]) == 3 for row in shown["choices"])


def test_paths_tried_and_the_greedy_one(model):
    widget = path_writer(model, VOCABULARY, "The ")
    assert widget.shown["tried"] == [] and widget.shown["log2"] == 0
    widget.set_state({"question": {"id": 1, "likeliest": True}})
    widget.set_state({"question": {"id": 2, "likeliest": True}})
    best = [token for token, _, _ in widget.shown["path"]]
    assert best == widget.shown["greedy"]["ids"] == widget.paths.likeliest(2) and len(widget.shown["tried"]) == 1
    other = widget.shown["choices"][3][0]
    widget.set_state({"question": {"id": 3, "path": [best[0], other]}})
    rows = widget.shown["tried"]
    assert {tuple(row["ids"]) for row in rows} == {tuple(best), (best[0], other)}
    assert [row["each"] for row in rows] == sorted((row["each"] for row in rows), reverse=True)
    assert [row["ids"] for row in rows if row["here"]] == [[best[0], other]]
    assert rows[0]["each"] == pytest.approx(2 ** (rows[0]["log2"] / 2))
    widget.set_state({"question": {"id": 4, "path": []}})
    assert widget.shown["path"] == [] and len(widget.shown["tried"]) == 2
    widget.set_state({"question": {"id": 5, "draw": True}})
    assert len(widget.shown["path"]) == 1 and widget.answer == {"id": 5, "problem": ""}
    widget.set_state({"question": {"id": 6, "start": "A"}})
    assert widget.shown["start"] == "A" and widget.shown["tried"] == []


def test_choices_are_added_to_the_path_the_kernel_stands_on(model):
    widget = path_writer(model, VOCABULARY, "The city of London lies on the Thames. " * 2)
    for number, asked in enumerate([{"choose": 5}, {"choose": 7}, {"likeliest": True}, {"undo": True}], start=1):
        widget.set_state({"question": {"id": number, **asked}})
        assert widget.answer == {"id": number, "problem": ""}
    assert [token for token, _, _ in widget.shown["path"]] == [5, 7]
    for number in range(5, 9):
        widget.set_state({"question": {"id": number, "undo": True}})
    assert widget.shown["path"] == [] and widget.answer["problem"] == ""
    assert widget.text == "The city of London lies on the Thames. " * 2 and len(widget.shown["start"]) == 30
    widget.set_state({"question": {"id": 9, "start": "A"}})
    assert widget.text == widget.shown["start"] == "A"


def test_draws_follow_the_probabilities(model):
    paths = Paths(model, VOCABULARY, "The ")
    generator = torch.Generator().manual_seed(0)
    drawn = torch.bincount(torch.tensor([paths.drawn(generator) for _ in range(4000)]), minlength=80) / 4000
    assert (drawn - paths.log_p([[]])[0].exp()).abs().max() < 0.04


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.filterwarnings("error")
def test_any_text_may_stand_before(model, text):
    widget = path_writer(model, VOCABULARY, "The", title=text[:50])
    widget.set_state({"question": {"id": 1, "start": text}})
    widget.set_state({"question": {"id": 2, "likeliest": True}})
    assert widget.answer == {"id": 2, "problem": ""} and len(widget.shown["path"]) == 1
    assert (f"of {len(text):,}" in widget.shown["note"]) == (len(text) > 30)
    assert Image.open(io.BytesIO(widget.picture())).size[0] == 1000 and widget.alt_text()
    json.dumps(widget.shown, allow_nan=False)


def test_what_cannot_be_gone_is_said(model):
    widget = path_writer(model, VOCABULARY, "The ")
    for asked in ({"path": [80]}, {"path": [-1]}, {"path": [3] * (MOST + 1)},
                  {"start": ""}, {"path": ["x"]}, {"choose": 80}, {"choose": "x"}):  # fmt: skip
        widget.set_state({"question": {"id": 7, **asked}})
        assert widget.answer["problem"] and widget.shown["path"] == [] and widget.shown["start"] == "The "
    widget.go([3] * MOST)  # longer than the model's context: its end is read
    assert len(widget.shown["path"]) == MOST
    with pytest.raises(ValueError, match="at least one"):
        path_writer(model, VOCABULARY, "")
