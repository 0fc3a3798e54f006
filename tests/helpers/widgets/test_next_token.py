"""The next token's distribution: the model's own numbers, the cut-offs of `decoding`, pictures, hostile texts."""

import io
import json

import numpy as np
import pytest
import torch
from PIL import Image

from helpers.decoding import probabilities
from helpers.gpt import GPT, fast_config, gpt2_config
from helpers.language_models import Characters, NGram
from helpers.widgets import next_token_data as data
from helpers.widgets.next_token import next_token

VOCABULARY = Characters()
HOSTILE = ["<script>alert(1)</script>", "🙂", "שלום", "我爱这本书", "x" * 10_000, "$\\frac", "a\nb", "\x00\u200d", " "]


@pytest.fixture(scope="module", params=["gpt-2", "fast"])
def model(request):
    torch.manual_seed(0)
    config = gpt2_config if request.param == "gpt-2" else fast_config
    model = GPT(config(VOCABULARY.vocab_size, context_len=24, d_model=16, n_heads=2, n_layers=2)).eval()
    for part in model.parameters():
        torch.nn.init.normal_(part, std=0.3)
    return model


def test_the_numbers_are_the_models(model):
    shown = data.compute(model, VOCABULARY, "the cat.")
    logits = model(VOCABULARY.encode("the cat.")[None])[0, -1].detach()
    order = logits.argsort(descending=True)
    assert shown["tokens"][:3] == [data.visible(VOCABULARY.symbols[i]) for i in order[:3]]
    assert np.allclose(shown["logits"], (logits[order] - logits.max()).numpy(), atol=1e-5)
    assert len(shown["tokens"]) == 80 and shown["read"] == "the␣cat." and shown["note"] == ""


CUTS = [(1, 0, 1), (0.5, 5, 1), (2, 0, 0.6), (1.3, 7, 0.4), (1, 0, 0)]


@pytest.mark.parametrize(("temperature", "top_k", "top_p"), CUTS)
def test_the_cut_is_that_of_decoding(model, temperature, top_k, top_p):
    shown = data.compute(model, VOCABULARY, "of the ")
    plain, kept = data.distribution(shown, temperature, top_k, top_p)
    logits = torch.tensor(shown["logits"])
    assert np.allclose(kept, probabilities(logits, temperature=temperature, top_k=top_k or None, top_p=top_p))
    assert np.allclose(plain, torch.softmax(logits.double() / temperature, 0)) and kept.sum() == pytest.approx(1)
    assert data.distribution(shown, 0)[1].tolist() == [1] + [0] * 79


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.filterwarnings("error")
def test_any_text_is_read(model, text):
    widget = next_token(model, VOCABULARY, "The", title=text[:50])
    widget.set_state({"question": {"id": 1, "text": text}})
    assert widget.answer == {"id": 1, "problem": ""} and widget.text == text
    note, read = widget.shown["note"], widget.shown["read"]
    assert (f"of {len(text):,}" in note) == (len(text) > 24) and ("□" in note) == ("□" in read)
    assert Image.open(io.BytesIO(widget.picture())).size[0] == 1000 and len(widget.alt_text()) < 400
    json.dumps(widget.shown, allow_nan=False)


def test_what_is_no_text_or_no_option(model):
    widget = next_token(model, VOCABULARY, "The", temperature=0.7, top_p=0.5)
    widget.set_state({"question": {"id": 4, "text": ""}})
    assert widget.answer["id"] == 4 and "at least one character" in widget.answer["problem"] and widget.text == "The"
    widget.set_state({"question": {"id": 5}})
    assert "KeyError" in widget.answer["problem"]
    with pytest.raises(ValueError, match="at least one character"):
        next_token(model, VOCABULARY, "")
    for options in ({"temperature": -1}, {"top_p": 2}, {"top_k": -3}):
        with pytest.raises(ValueError, match="expected"):
            next_token(model, VOCABULARY, "The", **options)


def test_models_that_are_no_gpt_serve_too():
    counted = NGram(3, VOCABULARY.vocab_size, add_k=0.1).fit(VOCABULARY.encode("the cat sat on the mat. " * 4))
    shown = data.compute(counted, VOCABULARY, "the cat sat on th")
    assert shown["tokens"][0] == "e" and "e 51%" in next_token(counted, VOCABULARY, "on th").alt_text()
