"""Attention without a model: dot products of vectors as they are."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from helpers.attention import dot_product_attention, word_vector_attention

VECTORS = {"cat": np.array([1.0, 0.0]), "sat": np.array([1.0, 1.0]), "mat": np.array([0.0, 2.0])}


def test_numbers_by_hand():
    # Two vectors at right angles: each scores 1 with itself and 0 with the other.
    weights = dot_product_attention(np.eye(2))
    e = np.e
    np.testing.assert_allclose(weights, [[e / (e + 1), 1 / (e + 1)], [1 / (e + 1), e / (e + 1)]])


def test_equals_torch_with_its_scale_taken_out():
    x = np.random.default_rng(0).normal(size=(7, 5))
    tensor = torch.from_numpy(x)
    peer = torch.nn.functional.scaled_dot_product_attention(tensor, tensor, torch.eye(7).double(), scale=1.0)
    np.testing.assert_allclose(dot_product_attention(x), peer.numpy(), atol=1e-12)


@settings(deadline=None)
@given(arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=st.floats(-1e3, 1e3)))
def test_rows_are_distributions_however_large_the_numbers(x):
    weights = dot_product_attention(x)
    assert weights.shape == (len(x), len(x)) and (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(axis=1), 1)


def test_no_vectors_at_all():
    assert dot_product_attention(np.zeros((0, 3))).shape == (0, 0)


@pytest.mark.parametrize("x, message", [
    (np.zeros(3), r"shape \(3,\)"), (np.zeros((1, 2, 3)), r"expected \(T, D\)"),
    ([[np.nan]], "not finite"), ([[np.inf]], "not finite"), ([[1e200]], "not finite"),
])
def test_what_cannot_be_weighed(x, message):
    with pytest.raises(ValueError, match=message):
        dot_product_attention(x)


def test_words_weigh_each_other():
    maps = word_vector_attention(VECTORS, "Cat sat, cat!")
    assert maps.tokens == ["cat", "sat", ",", "cat", "!"]
    assert maps.attention.shape == (1, 1, 5, 5) and maps.attention.dtype == np.float32
    row = maps.attention[0, 0, 0]
    np.testing.assert_allclose(row, row[[3, 1, 2, 0, 4]])      # the two "cat" cannot be told apart
    expected = np.exp([1, 1, 0, 1, 0]) / np.exp([1, 1, 0, 1, 0]).sum()
    np.testing.assert_allclose(row, expected, rtol=1e-6)


def test_unknown_words_count_as_zero_and_are_named():
    maps = word_vector_attention(VECTORS, "cat zyx")
    np.testing.assert_allclose(maps.attention[0, 0, 1], 0.5)
    assert "“zyx”" in maps.note
    assert word_vector_attention(VECTORS, "cat sat").note == ""


@pytest.mark.parametrize("text", ["", "  \n", "🙂 我爱", "مرحبا", "zyx"])
def test_texts_without_any_known_word(text):
    maps = word_vector_attention(VECTORS, text)
    assert maps.attention.shape == (1, 1, len(maps.tokens), len(maps.tokens))
    np.testing.assert_allclose(maps.attention.sum(-1), 1, rtol=1e-6)


def test_long_texts_are_cut_and_it_is_said():
    maps = word_vector_attention(VECTORS, "cat sat " * 1000)
    assert len(maps.tokens) == 128 and "2,000 words" in maps.note and "first 128" in maps.note


def test_takes_the_course_s_word_vectors():
    from helpers.vectors import WordVectors

    vectors = WordVectors(list(VECTORS), np.stack(list(VECTORS.values())))
    np.testing.assert_allclose(word_vector_attention(vectors, "cat mat").attention,
                               word_vector_attention(VECTORS, "cat mat").attention)
