"""The whole GPT on one screen: its numbers are the model's own, small, and follow from each other; any text is read."""

import io
import json
import math

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional as F

from helpers.gpt import GPT, fast_config, gpt2_config
from helpers.language_models import Characters
from helpers.tokenization import WordTokenizer
from helpers.transformer import TransformerConfig
from helpers.widgets import gpt_screen_data as data
from helpers.widgets.gpt_screen import gpt_screen
from helpers.widgets.gpt_screen_picture import draw

VOCABULARY = Characters()
V = VOCABULARY.vocab_size
SMALL = {"d_model": 16, "n_heads": 2, "n_layers": 2, "context_len": 40}
CONFIGS = {
    "gpt2": gpt2_config(V, **SMALL, dropout=0.5),
    "fast": fast_config(V, **SMALL),
    "paper": TransformerConfig(V, **SMALL, norm_place="post"),
    "shifted": fast_config(V, **SMALL, shifted=True),
    "window": TransformerConfig(V, **SMALL, positions="none", window=3, activation="gelu", norm_kind="rms"),
}
HOSTILE = ["<script>alert(1)</script>", "🙂", "שלום", "我爱这本书", "x" * 10_000, "$\\frac", "a\nb", "\x00\u200d", " "]


def made(config: TransformerConfig) -> GPT:
    """A model whose weights, gains and shifts are all drawn, so that nothing is zero or one by chance."""
    torch.manual_seed(0)
    model = GPT(config)
    for weight in model.parameters():
        torch.nn.init.normal_(weight, mean=float(weight.ndim == 1), std=0.3)
    return model


@pytest.fixture(params=CONFIGS)
def model(request) -> GPT:
    return made(CONFIGS[request.param])


def hooked(model: GPT, ids: list[int]) -> dict[str, torch.Tensor]:
    """What the model's own modules give when it reads, by module name."""
    seen, hooks = {}, []
    for name, part in model.named_modules():
        hooks.append(part.register_forward_hook(lambda _, __, output, name=name: seen.update({name: output})))
    with torch.no_grad():
        model(torch.tensor([ids]))
    for hook in hooks:
        hook.remove()
    return {name: value[0] for name, value in seen.items() if torch.is_tensor(value)}


def test_every_step_is_the_models_own(model):
    ids = VOCABULARY.encode("The cat sat.").tolist()
    seen = data.trace(model, ids)  # in training mode, with dropout, and perhaps fused
    model.eval()
    theirs = hooked(model, ids)
    pairs = {"normed1": "attention_norm", "attended": "attention.to_output", "wide": "feed_forward.widen",
             "fed": "feed_forward.narrow"}  # fmt: skip
    if model.config.norm_place == "post":
        pairs |= {"mid": pairs.pop("normed1"), "x": "feed_forward_norm"}
    else:
        pairs["normed2"] = "feed_forward_norm"
    for block in range(2):
        for ours, name in pairs.items():
            torch.testing.assert_close(seen[f"{block}.{ours}"], theirs[f"stack.blocks.{block}.{name}"])
        for name in ("value", "query", "key"):
            if name == "value" or not (model.config.normed_heads or model.config.positions == "rotary"):
                ours = seen[f"{block}.{name}"].transpose(0, 1).flatten(1)  # (T, D)
                torch.testing.assert_close(ours, theirs[f"stack.blocks.{block}.attention.to_{name}"])
    torch.testing.assert_close(seen["x"], theirs["stack.embedding"])
    torch.testing.assert_close(seen["logits"], theirs["to_logits"])
    for block in model.stack.blocks:
        block.attention.fused = False
    with torch.no_grad():
        logits, output = model.read(torch.tensor([ids]))
    torch.testing.assert_close(seen["logits"], logits[0])
    for block, attention in enumerate(output.attention):
        torch.testing.assert_close(seen[f"{block}.attention"], attention[0])


def test_reading_leaves_the_model_as_it_was(model):
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    dice = torch.get_rng_state()
    data.trace(model, [1, 2, 3])
    assert model.training and torch.equal(dice, torch.get_rng_state())
    assert all(torch.equal(weight, before[name]) for name, weight in model.state_dict().items())
    assert all(weight.grad is None for weight in model.parameters())


def test_a_later_token_changes_nothing_before_it(model):
    one, other = (data.trace(model, ids) for ids in ([5, 6, 7, 8], [5, 6, 7, 30]))
    for name, value in one.items():
        if value.ndim == 2:
            torch.testing.assert_close(value[:3], other[name][:3], equal_nan=True)
        else:
            torch.testing.assert_close(value[:, :3, :3], other[name][:, :3, :3], equal_nan=True)
    assert not torch.allclose(one["logits"][3], other["logits"][3])


def test_what_is_sent_is_close_and_the_rest_follows_from_it(model):
    made = data.compute(model, VOCABULARY, "The cat sat on the mat.")
    sent = data.unpack(made["packed"], made["shown"]["layout"])
    whole = {name: value.numpy() for name, value in made["arrays"].items()}
    for name, value in sent.items():
        if name in whole and name != "logits":
            np.testing.assert_allclose(value, whole[name], rtol=1e-3, atol=1e-6, err_msg=name)
    assert [name for name in whole if name in sent and name != "output"], "nothing was compared"
    np.testing.assert_allclose(sent["logits"], whole["logits"][:, made["shown"]["kept"]], rtol=1e-3, atol=1e-6)
    query, key, value = (sent[f"1.{name}"] for name in ("query", "key", "value"))
    scores = query @ key.transpose(0, 2, 1) / math.sqrt(query.shape[-1])  # (H, T, T)
    hidden = np.isnan(whole["1.scores"])
    np.testing.assert_allclose(np.where(hidden, 0, scores), np.nan_to_num(whole["1.scores"]), rtol=0.01, atol=0.02)
    powers = np.where(hidden, 0, np.exp(scores - scores.max(-1, keepdims=True)))
    np.testing.assert_allclose(powers / powers.sum(-1, keepdims=True), sent["1.attention"], atol=0.01)
    np.testing.assert_allclose(sent["1.attention"].sum(-1), 1, atol=2e-3)
    np.testing.assert_allclose(sent["1.attention"] @ value, whole["1.output"], rtol=0.01, atol=0.01)
    np.testing.assert_allclose(sent["0.fed"] + whole["0.mid"], whole["0.sum2"], rtol=2e-3, atol=2e-3)
    np.testing.assert_allclose(whole["final"] @ sent["output"].T, whole["logits"], rtol=0.01, atol=0.02)
    assert hidden[0, 0, 1] and not hidden[0, 5, 5]
    assert hidden[0, 9, 2] == (model.config.window is not None)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.filterwarnings("error")
def test_any_text_is_read(text):
    widget = gpt_screen(made(CONFIGS["fast"]), VOCABULARY, "The", title=text[:50])
    widget.set_state({"question": {"id": 1, "text": text}})
    assert widget.answer == {"id": 1, "problem": ""} and widget.text == text
    length = min(len(text), 32)
    assert len(widget.shown["tokens"]) == len(widget.shown["ids"]) == length
    assert widget.shown["ids"] == VOCABULARY.encode(text)[-32:].tolist()
    assert ("10,000 tokens; its last 32" in widget.shown["note"]) == (len(text) > 32)
    foreign = any(char not in VOCABULARY.symbols for char in text)
    assert ("not in the model's alphabet" in widget.shown["note"]) == foreign
    assert Image.open(io.BytesIO(widget.picture())).size[1] == 390 and len(widget.alt_text()) > 100


def test_what_does_not_fit_is_said():
    model = made(CONFIGS["gpt2"])
    widget = gpt_screen(model, VOCABULARY, "The")
    widget.set_state({"question": {"id": 4, "text": ""}})
    assert widget.answer == {"id": 4, "problem": "Type at least one character."} and widget.text == "The"
    widget.set_state({"question": {"id": 5}})
    assert "KeyError" in widget.answer["problem"]
    with pytest.raises(ValueError, match="at least one character"):
        gpt_screen(model, VOCABULARY, "")
    with pytest.raises(ValueError, match="temperature is 0; expected a number above 0"):
        gpt_screen(model, VOCABULARY, "a", temperature=0)
    with pytest.raises(ValueError, match="part is '2.head0'; this model has tokens, embedding, 0.block, 0.norm1, 0.he"):
        gpt_screen(model, VOCABULARY, "a", part="2.head0")
    assert gpt_screen(model, VOCABULARY, "a", part="1.head1").part == "1.head1"
    other = Characters(VOCABULARY.symbols + "äöü")
    with pytest.raises(ValueError, match=f"gives token id {V + 2}; the model knows 0 to {V - 1}. Is this the voc"):
        gpt_screen(model, other, "schön ü")


def test_the_weights_of_now_are_read_and_what_was_shown_stays():
    model = made(CONFIGS["gpt2"])
    widget = gpt_screen(model, VOCABULARY, "The cat")
    kept = widget.arrays["position"].copy()
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.1)
    assert np.array_equal(widget.arrays["position"], kept)
    before = widget.packed
    widget.show("The cat")
    assert widget.packed != before


@pytest.mark.parametrize(("config", "longest"), [
    (gpt2_config(V, n_layers=4, n_heads=4, d_model=64), 32),
    (fast_config(V, n_layers=4, n_heads=4, d_model=128), 32),
    (gpt2_config(V, n_layers=6, n_heads=8, d_model=256), 14),
    (gpt2_config(V, n_layers=1, d_model=16, context_len=7), 7),
    (gpt2_config(V, n_layers=0, d_model=16), 32),
])  # fmt: skip
def test_the_notebook_stays_small(config, longest):
    torch.manual_seed(0)
    widget = gpt_screen(GPT(config), VOCABULARY, "a" * 50)
    assert len(widget.shown["tokens"]) == longest and len(widget.packed) <= 480_000
    if config.d_model == 64:
        assert len(widget.packed) < 220_000
    data_, metadata = widget._repr_mimebundle_()
    assert data_["image/png"].startswith(b"\x89PNG") and metadata["image/png"]["alt"] == data_["text/plain"]
    state = len(json.dumps(widget.shown)) + len(widget._esm) + len(widget._css) + 4 / 3 * len(widget.packed)
    assert state + 4 / 3 * len(data_["image/png"]) < 900_000


def test_a_vocabulary_of_words_shows_its_likeliest():
    words = WordTokenizer.train(["the cat sat on the mat " + " ".join(f"word{number}" for number in range(400))])
    model = made(gpt2_config(words.vocab_size, **SMALL))
    widget = gpt_screen(model, words, "the cat")
    assert widget.shown["tokens"] == ["the", "cat"] and len(widget.shown["kept"]) == data.MOST_SYMBOLS
    logits = torch.from_numpy(widget.arrays["logits"][-1])
    assert set(widget.shown["kept"]) == set(logits.topk(data.MOST_SYMBOLS).indices.tolist())
    share = float(F.softmax(logits, dim=0)[widget.shown["kept"]].sum())
    assert f"{share:.1%} of all probability" in widget.shown["note"]
    assert dict(widget.shown["layout"])["logits"] == [2, data.MOST_SYMBOLS]


def test_the_picture_has_every_part():
    widget = gpt_screen(made(CONFIGS["fast"]), VOCABULARY, "The $cat$")
    (ax,) = draw(widget.shown, widget.arrays).axes
    assert len(ax.images) == 1 + 2 * (2 + 3) + 3  # embedding; heads, two strips of the stream, feed-forward; the end
    texts = [text.get_text() for text in ax.texts]
    assert texts.count("attention") == texts.count("feed-forward") == 2 and "Block 2" in texts
    chances = F.softmax(torch.from_numpy(widget.arrays["logits"][-1]), dim=0)
    best = VOCABULARY.symbols[int(chances.argmax())]
    assert f"“The␣$cat$” it expects {best} {float(chances.max()):.0%}" in widget.alt_text()
