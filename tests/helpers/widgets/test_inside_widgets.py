"""Lesson 11's widgets: against the same computed by hand, hostile texts, what cannot be, and pages that are safe."""

import io
import json

import numpy as np
import pytest
import torch
from PIL import Image

from helpers import bert, tracing
from helpers.gpt import GPT, fast_config
from helpers.language_models import Characters
from helpers.tokenization import WordPiece
from helpers.widgets.attention_editor import attention_editor
from helpers.widgets.bertviz_page import fold
from helpers.widgets.bertviz_views import head_view, model_view, neuron_view
from helpers.widgets.head_switchboard import head_switchboard
from tests.helpers.needs import needs

HOSTILE = ["<script>alert(1)</script> 🙂 $\\frac", "שלום 我爱这本书\n\x00\u200d\ud800", "x" * 10_000]
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "sat", "on", "mat", "##s", "a", "b"]
TEXTS = ["the cat sat", "the cats sat on the mat", "a b", "on the mat"]


def loud(model):
    generator = torch.Generator().manual_seed(3)
    for parameter in model.parameters():
        with torch.no_grad():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.6)
    return model.eval()


@pytest.fixture(scope="module")
def pretrained():
    config = bert.bert_config(len(WORDS), d_model=16, n_heads=4, n_layers=3, context_len=64, fused=True)
    return bert.Pretrained(loud(bert.Encoder(config)), WordPiece(WORDS))


@pytest.fixture(scope="module")
def gpt():
    vocabulary = Characters()
    return loud(GPT(fast_config(vocabulary.vocab_size, d_model=16, n_heads=2, n_layers=2))), vocabulary


def picture_of(widget):
    assert widget.alt_text() and json.dumps(getattr(widget, "shown", ""), allow_nan=False)
    return Image.open(io.BytesIO(widget.picture())).size


def test_switchboard_is_the_ablation_by_hand(pretrained):
    widget = head_switchboard(pretrained, TEXTS)
    assert widget.shown["before"] == widget.shown["after"] and widget.shown["moved"] == [0, 0, 0, 0]
    off = [[1, 2], [2, 0], [1, 2]]
    widget.set_state({"question": {"id": 1, "off": off}})
    with tracing.switched_off(pretrained.encoder, [(1, 2), (2, 0)]):
        vectors = pretrained.encode_texts(TEXTS)
    np.testing.assert_allclose(widget.shown["after"], vectors[0] @ vectors[1:].T, atol=1e-4)
    np.testing.assert_allclose(widget.shown["moved"], 1 - (vectors * pretrained.encode_texts(TEXTS)).sum(1), atol=1e-4)
    assert widget.shown["off"] == [[1, 2], [2, 0]] and "2 of 12 heads are off" in widget.said
    assert widget.answer == {"id": 1, "problem": ""} and picture_of(widget)[0] > 500
    widget.set_state({"question": {"id": 2, "texts": TEXTS[::-1]}})  # the heads stay off
    np.testing.assert_allclose(widget.shown["after"], vectors[3] @ vectors[:3].T.flip(1), atol=1e-4)
    widget.set_state({"question": {"id": 3, "off": [[0, h] for h in range(4)]}})
    assert widget.shown["moved"][0] > 0.001


@pytest.mark.parametrize(("asked", "problem"), [({"off": [[3, 0]]}, "no head 1 in a layer 4"),
                                                ({"off": [[0, -1]]}, "no head 0"), ({"off": "x"}, ""),
                                                ({"off": [[9, 0]], "texts": TEXTS[:2]}, "no head 1 in a layer 10"),
                                                ({"texts": ["one"]}, "Give a text"), ({"texts": ["a", " "]}, "empty"),
                                                ({"texts": ["a"] * 7}, "1 to 5"), ({"texts": "ab"}, "a list of texts"),
                                                ])  # fmt: skip
def test_switchboard_says_what_cannot_be_and_goes_on_as_it_was(pretrained, asked, problem):
    widget = head_switchboard(pretrained, TEXTS)
    before = widget.shown
    widget.set_state({"question": {"id": 9, **asked}})
    assert widget.answer["problem"] and problem in widget.answer["problem"] and widget.shown == before
    widget.switch([[0, 1]])
    assert widget.shown["texts"] == TEXTS and len(widget.shown["after"]) == len(TEXTS) - 1


def test_switchboard_reads_texts_again_only_if_they_changed(pretrained):
    widget = head_switchboard(pretrained, TEXTS)
    neighbours = widget.neighbours
    widget.set_state({"question": {"id": 1, "texts": TEXTS, "off": [[0, 0]]}})
    assert widget.neighbours is neighbours and widget.shown["off"] == [[0, 0]]
    widget.set_state({"question": {"id": 2, "texts": TEXTS[:2], "off": [[0, 0], [2, 1]]}})
    assert widget.shown["texts"] == TEXTS[:2] and widget.shown["off"] == [[0, 0], [2, 1]]


def test_switchboard_runs_only_what_is_new(pretrained):
    widget, ran = head_switchboard(pretrained, TEXTS), []
    hooks = [block.register_forward_pre_hook(lambda _, args, layer=layer: ran.append((layer, len(args[0]))))
             for layer, block in enumerate(pretrained.encoder.blocks)]  # fmt: skip
    low, high = [[0, 3], [1, 2]], [[0, 3], [1, 2], [2, 0], [2, 1]]
    typed = [TEXTS[0], "the cats sat on a mat", *TEXTS[2:]]
    steps = [({"off": low}, [(0, 4), (1, 4), (2, 4)]),  # so many texts in each layer
             ({"off": high}, [(2, 4)]), ({"off": high[:3]}, [(2, 4)]), ({"off": []}, []),
             ({"off": [[2, 3]]}, [(2, 4)]),
             ({"texts": typed, "off": [[2, 3]]}, [(0, 2), (1, 2), (2, 2)]),  # one text, with all heads and without one
             ({"texts": [*typed[:3], "a"], "off": [[1, 0]]}, [(0, 2), (1, 2), (2, 2), (1, 3), (2, 3)]),
             ({"texts": typed, "off": [[1, 0]]}, [(0, 2), (1, 2), (2, 2)]),
             ({"texts": typed[::-1], "off": [[1, 0]]}, [])]  # fmt: skip
    try:
        for number, (asked, runs) in enumerate(steps):
            ran.clear()
            widget.set_state({"question": {"id": number + 1, **asked}})
            assert widget.answer["problem"] == "" and ran == runs, asked
            fresh = head_switchboard(pretrained, widget.shown["texts"], off=widget.shown["off"]).shown
            for name in ("before", "after", "moved"):
                np.testing.assert_allclose(widget.shown[name], fresh[name], atol=2e-4)
    finally:
        for hook in hooks:
            hook.remove()


def test_switchboard_sees_that_weights_changed(pretrained):
    widget = head_switchboard(pretrained, TEXTS)
    before, _ = widget.reader.read(widget.neighbours.rows, ())
    weight = pretrained.encoder.blocks[0].attention.to_output.weight
    with torch.no_grad():
        weight.mul_(3.0)
    try:
        widget.read([*TEXTS[:3], "a"])
        now, fresh = (one.reader.read(one.neighbours.rows, ())[0]
                      for one in (widget, head_switchboard(pretrained, [*TEXTS[:3], "a"])))  # fmt: skip
        torch.testing.assert_close(now, fresh)
        assert (now[0] - before[0]).abs().max() > 0.01
    finally:
        with torch.no_grad():
            weight.div_(3.0)


def test_switchboard_says_when_a_text_is_cut(pretrained):
    whole = " ".join(["cat"] * 46)  # with its two marks 48 tokens
    assert head_switchboard(pretrained, [whole, "a"]).shown["note"] == ""
    shown = head_switchboard(pretrained, [f"{whole} cat", "a"]).shown
    assert "first 48 tokens" in shown["note"] and shown["n_tokens"] == 48


def test_editor_of_an_encoder(pretrained):
    widget = attention_editor(pretrained, text="the cat sat on", layer=1, head=2)
    assert widget.shown["tokens"] == ["[CLS]", "the", "cat", "sat", "on", "[SEP]"] and widget.shown["says"] == []
    widget.set_state({"question": {"id": 1, "row": 2, "kind": "one", "key": 4}})
    widget.set_state({"question": {"id": 2, "row": 3, "kind": "without", "key": 1}})
    widget.set_state({"question": {"id": 3, "select": [0, 1]}})
    widget.set_state({"question": {"id": 4, "row": 5, "kind": "alike"}})
    own = tracing.read(pretrained.encoder, widget.edited.subject.token_ids)
    first, second = (torch.from_numpy(own.attention[at].copy()) for at in ((1, 2), (0, 1)))
    second[5] = 1 / 6

    def later(weights):  # rows that are not edited follow what the first layer did
        new = weights.clone()
        new[:, 2], new[:, 3, 1] = torch.eye(6)[4], 0
        new[:, 3] /= new[:, 3].sum()
        return new

    with tracing.overwritten(pretrained.encoder, {(1, 2): later, (0, 1): second}):
        by_hand = tracing.read(pretrained.encoder, widget.edited.subject.token_ids)
    moved = 1 - torch.cosine_similarity(*(torch.from_numpy(one.hidden[-1]) for one in (own, by_hand)))
    np.testing.assert_allclose(widget.shown["moved"], moved, atol=2e-4)
    np.testing.assert_allclose(widget.shown["weights"], by_hand.attention[0, 1], atol=1e-4)
    assert widget.shown["edited"] == [3, 2] and first.shape == (6, 6) and list(widget.shown["rows"]) == ["5"]
    widget.set_state({"question": {"id": 5, "select": [1, 2]}})
    assert sorted(widget.shown["rows"]) == ["2", "3"] and picture_of(widget)[0] > 500
    widget.set_state({"question": {"id": 6, "clear": True}})
    assert max(widget.shown["moved"]) == 0 and widget.shown["edited"] == [0, 0]


def test_editor_of_models_that_say_something(pretrained, gpt):
    mlm = loud(bert.MaskedLanguageModel(pretrained.encoder))
    widget = attention_editor(mlm, pretrained.tokenizer, "the [MASK] sat")
    assert widget.shown["place"] == 2 and widget.shown["tokens"][2] == "[MASK]" and widget.shown["kl"] == 0
    widget.edit_all("first")
    ids = widget.edited.subject.token_ids
    with torch.no_grad(), tracing.overwritten(mlm, {(0, 0): torch.eye(5)[:1].expand(5, 5)}):
        now = mlm(ids)[0, 2].softmax(-1)
    name, _, chance = widget.shown["says"][0]
    assert chance == pytest.approx(float(now.max()), abs=1e-4) and WORDS[int(now.argmax())] == name
    assert widget.shown["kl"] > 0
    model, vocabulary = gpt
    widget = attention_editor(model, vocabulary, "The city ", layer=1)
    widget.set_state({"question": {"id": 1, "row": 2, "kind": "one", "key": 5}})
    assert "after it" in widget.answer["problem"] and widget.shown["edited"] == [0, 0]
    widget.edit(2, "alike")
    assert widget.shown["weights"][2] == [0.3333] * 3 + [0] * 6 and widget.shown["moved"][1] == 0
    assert widget.shown["tokens"][-1] == "␣" and sum(row[1] for row in widget.shown["says"]) <= 1


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.filterwarnings("error")
def test_any_text_may_be_typed(pretrained, gpt, text):
    for widget in (attention_editor(pretrained, text="the"), attention_editor(*gpt, "the")):
        widget.set_state({"question": {"id": 1, "text": text}})
        widget.set_state({"question": {"id": 2, "all": "alike"}})
        assert widget.answer == {"id": 2, "problem": ""} and len(widget.shown["tokens"]) <= 40
    assert picture_of(widget)
    widget = head_switchboard(pretrained, [text, "the cat"], off=[[0, 0]])
    assert widget.answer["problem"] == "" and picture_of(widget)


def made(layers, heads, tokens, width=4):
    q, k = np.random.default_rng(0).normal(size=(2, layers, heads, tokens, width))
    weights = np.exp(q @ k.swapaxes(-1, -2) / width**0.5)
    return weights / weights.sum(-1, keepdims=True), q, k


@needs("scripts")
@pytest.mark.parametrize("kind", ["head", "model", "neuron"])
def test_bertviz_pages_hold_their_scripts_and_no_markup_of_tokens(kind):
    tokens = ["[CLS]", "</script><img src=x onerror=alert(1)>", "<!--", "&lt;", '"\\', "\u2028", "", " "]
    weights, q, k = made(3, 2, 8)
    make = {"head": lambda: head_view(tokens, weights, layer=2), "model": lambda: model_view(tokens, weights),
            "neuron": lambda: neuron_view(tokens, weights, q, k, layer=1, head=1)}[kind]  # fmt: skip
    widget = make()
    html = widget.html()
    assert "src=" not in html.split("</head>")[1] and "<img" not in html.split("</head>")[1]
    body = html.split("</head>")[1]
    assert body.count("<script") == body.count("</script>") and "\\u003c/script\\u003e" in body
    assert "\\ue000" not in html and "default-src 'none'" in html and html.count("d3js.org") <= 2
    assert picture_of(widget)[0] > 150 and "3 layers of 2 heads over 8 tokens" in widget.alt_text()
    sent = []
    widget.send = lambda content, buffers=None: sent.append(content)
    widget._handle_custom_msg({"ask": "page"}, None)
    assert sent[0]["page"].split("</head>")[1].count("bertviz-") and sent[0]["at"] == [0, 0]
    assert len(json.dumps(widget.get_state(), default=str)) < 20_000 + len(widget._esm) + len(widget._css)


def test_bertviz_folds_what_is_too_large():
    weights, q, k = made(12, 12, 64)
    tokens = [str(place) for place in range(64)]
    for widget in (head_view(tokens, weights), model_view(tokens, weights), neuron_view(tokens, weights, q, k)):
        layers, heads = fold(widget.look)
        drawn = heads * 64**2 * (1 if widget.look.kind == "head" else layers)
        assert drawn <= 50_000 or widget.look.kind == "neuron"
        widget.at = [99, 99]
        assert widget.at == [11 // layers * layers, 11 // heads * heads]
    small = made(6, 12, 20)[0]
    assert fold(head_view(["t"] * 20, small).look) == (6, 12) == fold(model_view(["t"] * 20, small).look)
    long = made(1, 1, 100)[0]
    assert "first 64" in head_view(["t"] * 100, long).note
    with pytest.raises(ValueError, match="layer is 12"):
        head_view(tokens, weights, layer=12)
    with pytest.raises(ValueError, match="no tokens"):
        model_view([], np.zeros((1, 1, 0, 0)))
    with pytest.raises(ValueError, match="queries"):
        neuron_view(tokens, weights, q[:, :3], k)


def test_bertviz_says_what_is_missing(monkeypatch, tmp_path):
    from helpers import assets
    from helpers.widgets import bertviz_page

    def missing(name):
        raise assets.AssetError("Run `python -m helpers.assets scripts`.")

    bertviz_page._scripts.cache_clear()
    monkeypatch.setattr(bertviz_page.assets, "path", missing)
    widget, sent = head_view(["a", "b"], made(1, 1, 2)[0]), []
    widget.send = lambda content, buffers=None: sent.append(content)
    widget._handle_custom_msg({"ask": "page"}, None)
    assert "helpers.assets scripts" in sent[0]["problem"] and "page" not in sent[0]
    assert picture_of(widget)
