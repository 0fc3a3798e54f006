"""Gates over a text, gradient against distance, the generation lab: numbers, pictures, traits, hostile texts."""

import io
import json

import numpy as np
import pytest
import torch
from PIL import Image

from helpers.language_models import Characters
from helpers.recurrent import GATES, RecurrentLanguageModel, gradient_norms
from helpers.widgets import generation_lab as lab
from helpers.widgets import gradient_distance as distance
from helpers.widgets import recurrent_gates_data as gates
from helpers.widgets.recurrent_gates import recurrent_gates

VOCABULARY = Characters()
HOSTILE = ["<script>alert(1)</script>", "🙂", "שלום", "我爱这本书", "x" * 10_000, "$\\frac", "a\nb", "\x00\u200d", " "]


@pytest.fixture(scope="module", params=["rnn", "lstm", "gru"])
def model(request):
    torch.manual_seed(0)
    return RecurrentLanguageModel(VOCABULARY.vocab_size, request.param, d_model=6, d_hidden=9)


@pytest.fixture(scope="module")
def lstm():
    torch.manual_seed(0)
    return RecurrentLanguageModel(VOCABULARY.vocab_size, "lstm", d_model=6, d_hidden=9)


def picture(data: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(data)).size


# Gates over a text ------------------------------------------------------------
def test_the_numbers_are_the_models(model):
    shown = gates.compute(model, VOCABULARY, "the cat.")
    ids = VOCABULARY.encode("the cat.")[None]
    seen = model.trace(ids)
    assert shown["gates"] == list(GATES[model.recurrent.kind]) and shown["chars"] == list("the␣cat.")
    for number, name in enumerate(shown["gates"]):
        values = shown["values"][number] / 127 * shown["scales"][number]
        assert np.allclose(values, seen[name][0].T.numpy(), atol=shown["scales"][number] / 200)
    chances = torch.softmax(model(ids)[0, 3], dim=0).detach()
    best = [[gates.visible(VOCABULARY.symbols[i]), pytest.approx(float(chances[i]), abs=1e-4)]
            for i in chances.argsort(descending=True)[:6]]  # fmt: skip
    assert shown["top"][3] == best and len(shown["top"]) == 8


def test_slow_units_stand_on_top_and_still_ones_do_not(lstm):
    t = np.arange(80)
    states = np.stack([(-1.0) ** t, np.sin(t / 10), np.full(80, -1.0), np.where(t < 5, 0.0, 1.0)], axis=1)
    fast, slow, still, filled = gates.restlessness(states)
    assert slow < 0.5 < still == filled == 1 < fast
    order = gates.slow_first(lstm, VOCABULARY, "hello world, hello world")
    states = lstm.trace(VOCABULARY.encode("hello world, hello world")[None])["h"][0].numpy()
    assert sorted(order) == list(range(9)) and (np.diff(gates.restlessness(states)[order]) >= 0).all()
    assert gates.slow_first(lstm, VOCABULARY, "a") == list(range(9))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.filterwarnings("error")
def test_any_text_is_read(lstm, text):
    widget = recurrent_gates(lstm, VOCABULARY, "The", title=text[:50])
    widget.set_state({"question": {"id": 1, "text": text}})
    assert widget.answer == {"id": 1, "problem": ""} and widget.text == text
    length = min(len(text), gates.LONGEST)
    assert widget.shown["shape"] == [6, 9, length] == [6, 9, len(widget.shown["chars"])]
    assert len(widget.values) == 6 * 9 * length and widget.place == length - 1
    assert ("10,000" in widget.shown["note"]) == (len(text) > 160)
    foreign = any(char not in VOCABULARY.symbols for char in text)
    assert ("not in the model's alphabet" in widget.shown["note"]) == foreign
    assert picture(widget.picture()) == (1100, 420) and len(widget.alt_text()) > 50


def test_the_gates_widget_has_everything_and_stays_small(model):
    widget = recurrent_gates(model, VOCABULARY, "a" * 200)
    data, metadata = widget._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG") and metadata["image/png"]["alt"] == data["text/plain"]
    assert widget.gate == ("f" if model.recurrent.kind == "lstm" else GATES[model.recurrent.kind][0])
    assert len(json.dumps(widget.shown)) < 60_000
    widget.place, widget.unit = 999, -3
    assert (widget.place, widget.unit) == (159, 0)
    widget.show("ab")
    assert widget.place == 1


def test_what_does_not_fit_is_said(lstm):
    widget = recurrent_gates(lstm, VOCABULARY, "The", gate="o")
    assert widget.gate == "o"
    widget.set_state({"question": {"id": 4, "text": ""}})
    assert widget.answer == {"id": 4, "problem": "Type at least one character."} and widget.text == "The"
    widget.set_state({"question": {"id": 5}})
    assert "KeyError" in widget.answer["problem"]
    with pytest.raises(ValueError, match="gate is 'z'; this model has i, f, g, o, c, h"):
        widget.gate = "z"
    with pytest.raises(ValueError, match="at least one character"):
        recurrent_gates(lstm, VOCABULARY, "")


# Gradient against distance ------------------------------------------------------------
@pytest.fixture(scope="module")
def table():
    return distance.compute(12, gains=(0.5, 1.0), biases=(-2.0, 0.0), seeds=(0, 1), d_hidden=8)


def test_curves_are_gradient_norms(table):
    runs = [gradient_norms("lstm", 12, gain=1.0, forget_bias=-2.0, seed=seed, d_hidden=8, batch=8) for seed in (0, 1)]
    logs = np.log10(np.stack([(run / run[0]).numpy() for run in runs]))
    low, middle, high = table["curves"]["lstm"][0][1]
    assert np.allclose(low, logs.min(0), atol=0.006) and np.allclose(high, logs.max(0), atol=0.006)
    assert np.allclose(middle, np.median(logs, axis=0), atol=0.006) and middle[0] == 0
    assert len(table["curves"]["rnn"]) == len(table["curves"]["gru"]) == 1 and len(table["curves"]["lstm"]) == 2


def test_sliders_choose_from_the_table(table):
    widget = distance.gradient_distance(table, gain=0.5, bias=-2.0)
    assert (widget.gain, widget.bias, widget.distance) == (0, 0, 12)
    before = widget.picture()
    assert picture(before) == (900, 440) and "width 0.5, forget bias -2" in widget.alt_text()
    widget.gain = 1
    assert widget.picture() != before
    assert f"LSTM 10^{table['curves']['lstm'][0][1][1][12]:.1f}" in widget.alt_text()
    ax = distance.draw(table, 1, 0).axes[0]
    assert [line.get_label() for line in ax.lines] == ["RNN", "LSTM", "GRU"]
    assert np.allclose(np.log10(ax.lines[1].get_ydata()), table["curves"]["lstm"][0][1][1])
    for name, value in (("gain", 2), ("bias", -1), ("distance", 13)):
        with pytest.raises(ValueError, match=f"{name} is {value}; expected 0 to"):
            setattr(widget, name, value)
    with pytest.raises(ValueError, match="gain is 7; the table has 0.5, 1.0"):
        distance.gradient_distance(table, gain=7)


# The generation lab ------------------------------------------------------------
def test_the_same_dice_write_the_same_text(model):
    one, same, other = (lab.compute(model, VOCABULARY, "The ", length=30, seed=seed) for seed in (1, 1, 2))
    assert one == same and one["written"] != other["written"] and len(one["written"]) == 30
    assert one["prompt"] == "The " and 0 < one["bits"] < 20
    ids = VOCABULARY.encode("The ")[None]
    chances = torch.softmax(model(ids)[0, -1].double(), dim=0).detach()
    char, drawn, plain = one["top"][0]
    assert plain == pytest.approx(float(chances.max()), abs=1e-4) and drawn > plain  # temperature 0.8 sharpens


def test_temperature_0_is_greedy_and_top_k_cuts(lstm):
    cold = lab.compute(lstm, VOCABULARY, "The ", length=5, temperature=0, seed=1)
    assert cold["written"] == lab.compute(lstm, VOCABULARY, "The ", length=5, temperature=0, seed=9)["written"]
    assert all(percent == 100 for _, percent in cold["written"])
    best = {char for char, *_ in lab.compute(lstm, VOCABULARY, "The ", length=1)["top"][:2]}
    firsts = {gates.visible(lab.compute(lstm, VOCABULARY, "The ", length=1, top_k=2, seed=seed)["written"][0][0])
              for seed in range(12)}  # fmt: skip
    assert firsts == best


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.filterwarnings("error")
def test_any_beginning_is_written_on(lstm, text):
    widget = lab.generation_lab(lstm, VOCABULARY, "The ", length=20, title=text[:40])
    widget.set_state({"question": {"id": 2, "prompt": text, "temperature": 1.5, "top_k": 5, "top_p": 0.5, "seed": 3}})
    assert widget.answer == {"id": 2, "problem": ""} and widget.options["temperature"] == 1.5
    assert len(widget.shown["written"]) == 20 and len(widget.shown["prompt"]) == min(len(text), lab.LONGEST)
    assert bool(widget.shown["note"]) == (len(text) > lab.LONGEST)
    assert picture(widget.picture()) == (1000, 400) and widget.alt_text()


def test_the_lab_says_what_does_not_fit(lstm):
    widget = lab.generation_lab(lstm, VOCABULARY, "The ", length=5)
    asked = {"id": 1, "prompt": "", "temperature": 1, "top_k": 0, "top_p": 1, "seed": 0}
    for change, says in (({}, "at least one character"), ({"prompt": "a", "temperature": -1}, "temperature is -1"),
                         ({"prompt": "a", "top_p": 2}, "top_p is 2"),
                         ({"prompt": "a", "top_k": -1}, "top_k is -1")):  # fmt: skip
        widget.set_state({"question": {**asked, **change, "id": widget.answer["id"] + 1}})
        assert says in widget.answer["problem"] and widget.prompt == "The "
