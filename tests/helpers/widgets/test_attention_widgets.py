"""Follow one token, positions explorer and mask switchboard: their numbers, pictures and traits."""

import io
import json
import math

import pytest
import torch
from PIL import Image
from torch.nn import functional as F

from helpers.attention import toy
from helpers.transformer import Stack, TransformerConfig
from helpers.widgets import follow_token as follow
from helpers.widgets import mask_switchboard as board
from helpers.widgets import positions_explorer as places

HOSTILE = ["<script>alert(1)</script>", "🙂🙂", "שלום עולם", "我爱这本书", "x" * 400, "$\\frac a", "a\nb\tc", "42 !!",
           "x y " * 5000]  # fmt: skip
CONFIG = TransformerConfig(16, d_model=16, n_heads=2, n_layers=2)


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    stack = Stack(CONFIG).eval()
    return lambda token_ids, mask: stack(token_ids, mask).x


# The toy ------------------------------------------------------------
def test_the_toys_numbers_are_those_of_pencil_and_paper():
    x = toy.vectors(toy.words(toy.SENTENCE))
    assert x.tolist() == [[0, 0, 1], [2, 1, 0], [0, 2, 0], [0, 1, 1], [0, 0, 1], [2, 0, 0]]
    head = toy.heads()[0]
    query, key = x @ head.to_query, x @ head.to_key
    assert query[2].tolist() == [2, 0] and (query[2] @ key.T).tolist() == [0, 6, 4, 2, 0, 4]


@pytest.mark.parametrize("text", HOSTILE)
def test_the_toy_takes_any_text(text):
    words = toy.words(text)
    assert len(words) <= toy.LONGEST and toy.vectors(words).shape == (len(words), 3)
    assert toy.is_cut(text) == (text == HOSTILE[-1]) and toy.is_cut("a,b,c,d,e,f,g") and not toy.is_cut("a,b,c,d,e,f")
    assert toy.vectors(toy.words("Xyzzy !")).tolist() == [[2, 0, 0], [0, 0, 0]] and toy.vectors([]).shape == (0, 3)


# Follow one token ------------------------------------------------------------
@pytest.mark.parametrize("text", [toy.SENTENCE, "one", "a dog ran to my cat !"])
def test_every_number_is_pytorchs(text):
    shown = follow.compute(text, toy.vectors, toy.heads())
    x = torch.tensor(shown["x"])
    for head, one in zip(toy.heads(), shown["heads"], strict=True):
        query, key, value = x @ head.to_query, x @ head.to_key, x @ head.to_value
        assert torch.allclose(torch.tensor(one["scores"]), query @ key.T, atol=1e-4)
        assert torch.allclose(torch.tensor(one["scaled"]), query @ key.T / math.sqrt(2), atol=1e-4)
        for name, causal in (("free", False), ("causal", True)):
            expected = F.scaled_dot_product_attention(query[None], key[None], value[None], is_causal=causal)[0]
            assert torch.allclose(torch.tensor(one[name]["output"]), expected, atol=2e-4)
            assert all(abs(sum(row) - 1) < 1e-3 for row in one[name]["attention"])
    assert not any(shown["heads"][0]["causal"]["attention"][0][1:])


@pytest.mark.parametrize("text", [" ".join(HOSTILE[:4]), *HOSTILE[4:6], HOSTILE[-1]])
@pytest.mark.filterwarnings("error")
def test_pictures_of_hostile_text(text, model):
    widget = follow.follow_token(text)
    assert Image.open(io.BytesIO(widget.picture())).size[0] > 200 and widget.alt_text()
    widget = board.mask_switchboard(model, 16, text)
    assert Image.open(io.BytesIO(widget.picture())).size[0] > 200 and "Changed: token" in widget.alt_text()
    assert len(json.dumps(widget.shown)) < 20_000


def test_follow_answers_the_page_and_keeps_its_traits_in_range():
    widget = follow.follow_token()
    data, metadata = widget._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG") and "sat at place 3 attends to cat 64%" in data["text/plain"]
    assert metadata["image/png"]["alt"] == data["text/plain"]
    widget.token = 99
    assert widget.token == 5
    widget.set_state({"question": {"id": 3, "text": "dogs bark"}})
    assert widget.answer == {"id": 3, "problem": ""} and widget.shown["words"] == ["dogs", "bark"] and widget.token == 1
    widget.set_state({"question": {"id": 4, "text": "  "}})
    assert widget.answer == {"id": 4, "problem": "Type at least one word."} and widget.shown["words"][0] == "dogs"
    widget.set_state({"question": {"id": 5}})
    assert "KeyError" in widget.answer["problem"]
    widget.step, widget.head = 0, 7
    assert (widget.step, widget.head) == (1, 1)
    with pytest.raises(ValueError, match="at least one word"):
        follow.follow_token(" ")


# Positions ------------------------------------------------------------
@pytest.mark.parametrize(("width", "base"), [(4, 10_000), (32, 100), (128, 10)])
def test_likeness_is_the_mean_cosine_of_angles(width, base):
    found = places.compute(64, width, base, position=20)
    for other in (0, 19, 20, 21, 63):
        by_hand = sum(math.cos((20 - other) / base ** (2 * i / width)) for i in range(width // 2)) / (width // 2)
        assert found["likeness"][other] == pytest.approx(by_hand, abs=1e-5)
    assert found["likeness"].argmax() == 20 and found["table"].shape == (64, width)


def test_positions_keep_their_traits_in_range_and_have_a_picture():
    widget = places.positions_explorer(32, position=20)
    data, _ = widget._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG") and "like position 20 are 19" in data["text/plain"]
    widget.position, widget.dimension = 500, 31
    assert widget.position == 63
    widget.d_model = 8
    assert widget.dimension == 7
    for wrong in ({"d_model": 5}, {"d_model": 32, "base": 7}):
        with pytest.raises(ValueError, match="expected one of"):
            places.positions_explorer(**wrong)


# Switchboard ------------------------------------------------------------
def leaks(model, **switches):
    return board.compute(model, toy.SENTENCE, n_tokens=16, **switches)["leaks"]


def test_right_masks_leak_nothing_and_wrong_ones_where_they_are_wrong(model):
    assert leaks(model) == [] and leaks(model, window=2) == [] and leaks(model, causal="off") == []
    late = leaks(model, causal="late")
    assert {(place, token) for _, place, token in late} == {
        (place, token) for place in range(6) for token in (place + 1, place + 2) if token < 6
    }  # two blocks, one place each
    unhidden = leaks(model, causal="off", hide_padding=False)
    assert {kind for kind, _, _ in unhidden} == {"padding"} and len(unhidden) == 12
    assert leaks(model, causal="late", hide_padding=False)[-1][0] == "padding"


def test_what_moves_is_what_the_masks_of_two_blocks_let_through(model):
    for switches in ({}, {"window": 2}, {"causal": "off"}, {"causal": "late", "window": 3}):
        shown = board.compute(model, toy.SENTENCE, n_tokens=16, **switches)
        direct = torch.tensor(shown["mask"]).bool() | torch.eye(8).bool()
        reached = (direct.float() @ direct.float()) > 0
        assert (torch.tensor(shown["moves"]) > 0).equal(reached), switches


def test_the_switchboard_answers_the_page(model):
    widget = board.mask_switchboard(model, 16, changed=3)
    assert widget.alt_text().endswith("Outputs 4, 5, 6 move. No leak.")
    widget.set_state({"question": {"id": 2, "text": "the cat sat on the mat", "causal": "late", "window": 0}})
    assert widget.answer == {"id": 2, "problem": ""}
    assert widget.alt_text().endswith("Outputs 2, 3, 4, 5, 6 move. Leak: outputs 2, 3 depend on the future.")
    widget.set_state({"question": {"id": 3, "causal": "sideways"}})
    assert "'sideways'" in widget.answer["problem"] and widget.shown["causal"] == "late"
    widget.set_state({"question": {"id": 4, "text": ""}})
    assert widget.answer["problem"] == "Type at least one word."
    widget.set(window=2)
    assert widget.shown["window"] == 2 and widget.shown["causal"] == "late"
    widget.changed = 99
    assert widget.changed == 7
    for wrong in ({"text": ""}, {"causal": "no"}, {"window": 9}, {"n_padding": 9}):
        with pytest.raises(ValueError):
            board.mask_switchboard(model, 16, **wrong)
