"""The numbers behind the attention map: what is taken, what is refused, and what is packed."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from helpers.widgets.attention_data import check, in_words, pack, row_of, telling_query, unpack

AB = ["a", "b"]
HALVES = np.full((2, 2), 0.5)


def softmax_of_random(*shape, seed=0):
    scores = np.random.default_rng(seed).normal(size=shape) * 2
    weights = np.exp(scores)
    return weights / weights.sum(-1, keepdims=True)


@pytest.mark.parametrize("lead", [(), (3,), (2, 3), (1, 1)])
@pytest.mark.parametrize("kind", [np.float64, np.float32, np.float16, torch.float32, torch.bfloat16, list])
def test_shapes_and_kinds(lead, kind):
    weights = softmax_of_random(*lead, 4, 4)
    if kind is list:
        given = weights.tolist()
    elif isinstance(kind, torch.dtype):
        given = torch.tensor(weights, requires_grad=True).to(kind)
    else:
        given = weights.astype(kind)
    checked = check(list("abcd"), given)
    assert checked.shape == ((1, 1) + lead)[-2:] + (4, 4)
    np.testing.assert_allclose(checked.reshape(weights.shape), weights, atol=4e-3)


def test_cross_attention():
    assert check(list("abcde"), softmax_of_random(2, 3, 5), ["x", "y", "z"]).shape == (1, 2, 3, 5)


@pytest.mark.parametrize("tokens, attention", [
    ([], np.zeros((0, 0))), ([], np.zeros((6, 12, 0, 0))), (["a"], [[1]]), (["x"] * 128, np.eye(128)),
    (np.array(AB), HALVES),
])
def test_corners(tokens, attention):
    assert check(tokens, attention).shape[-2:] == (len(tokens), len(tokens))


@pytest.mark.parametrize("tokens, attention, message", [
    (AB, [1.0, 0.0], r"shape \(2,\); expected \(T, T\)"),
    (AB, np.full((1, 1, 1, 2, 2), 0.5), r"looks like a batch: take attention\[:, 0\]"),
    (AB, np.full((3, 3), 1 / 3), r"2 queries and 2 keys: its last two axes should be \(2, 2\)"),
    (AB, np.full((2, 3), 1 / 3), r"last two axes"),
    (AB, np.zeros((0, 2, 2)), "at least one entry"),
    (AB, [[0.9, 0.2], [0.5, 0.5]], "row of query 0 in layer 0, head 0 sums to 1.1; expected 1: softmax over"),
    (AB, softmax_of_random(2, 3, 2, 2).swapaxes(-1, -2), "expected 1: softmax over the keys, the last axis"),
    (AB, [[1.5, -0.5], [0.5, 0.5]], "-0.5; weights are never negative. Are these scores"),
    (AB, [[np.nan, 1], [0.5, 0.5]], r"NaN or infinity, first at .* = \(0, 0, 0, 0\)"),
    (AB, [[0.5, 0.5], [np.inf, 0]], r"= \(0, 0, 1, 0\)"),
    (AB, "abc", "a str that makes no array of numbers"),
    (AB, None, "NaN|no array|shape"),
    (AB, [[0.5, 0.5], [1.0]], "makes no array of numbers"),
    ("ab", HALVES, "tokens is 'ab'; expected a list of str"),
    ([1, 2], HALVES, r"tokens is '\[1, 2\]'; expected a list of str"),
    (None, HALVES, "expected a list of str"),
    (["x"] * 129, np.eye(129), "129 tokens; the map shows at most 128"),
])
def test_what_is_refused(tokens, attention, message):
    with pytest.raises(ValueError, match=message):
        check(tokens, attention)


def test_query_tokens_are_checked_too():
    with pytest.raises(ValueError, match="query_tokens is 'xyz'"):
        check(AB, HALVES, "xyz")
    with pytest.raises(ValueError, match="at least one entry"):
        check(AB, np.zeros((0, 2)), [])


@given(arrays(np.float64, (2, 3, 4, 5), elements=st.floats(0, 1)))
def test_packing_keeps_three_decimals(weights):
    packed = pack(weights)
    assert len(packed) == 2 * weights.size
    assert np.abs(unpack(packed, weights.shape) - weights).max() <= 0.51 / 65535


def test_packing_is_little_endian_and_clips():
    packed = pack(np.array([0.0, 1.0, 1 + 1e-7, -1e-9, 258 / 65535]))
    assert packed == bytes([0, 0, 255, 255, 255, 255, 0, 0, 2, 1])


@pytest.mark.parametrize("queries, expected", [
    (["[CLS]", "the", "cat", "sat", ".", "[SEP]"], 3), (["<s>", "chat", "!", "</s>"], 1), (["我", "。"], 0),
    (["[CLS]", "[SEP]"], 0), (["", " "], 0), ([], 0),
])
def test_the_last_word_is_told_first(queries, expected):
    assert telling_query(queries) == expected


def test_a_query_by_number_or_token():
    assert [row_of(["a", "b", "a"], query) for query in (2, "a", "b", None)] == [2, 0, 1, 2]
    for wrong in (3, -1, "c"):
        with pytest.raises(ValueError, match="query is"):
            row_of(["a", "b", "a"], wrong)


def test_in_words():
    weights = np.array([[0.1, 0.9], [0.75, 0.25]])
    assert in_words(weights, AB, ["x", "y"], layer=2, head=6, query=0) == (
        "“a” attends most to “y” 0.900 in layer 3, head 7.")
