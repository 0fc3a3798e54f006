"""Analogies, similarity pairs and GloVe, beside gensim's own readers and the stored arrays."""

import numpy as np
import pytest

from helpers import assets, data
from tests.helpers.needs import needs


def test_analogies_by_section():
    sections = data.analogies()
    assert {name: len(questions) for name, questions in sections.items()} == {
        "capital-common-countries": 506,
        "capital-world": 4524,
        "currency": 866,
        "city-in-state": 2467,
        "family": 506,
        "gram1-adjective-to-adverb": 992,
        "gram2-opposite": 812,
        "gram3-comparative": 1332,
        "gram4-superlative": 1122,
        "gram5-present-participle": 1056,
        "gram6-nationality-adjective": 1599,
        "gram7-past-tense": 1560,
        "gram8-plural": 1332,
        "gram9-plural-verbs": 870,
    }
    assert ("man", "woman", "king", "queen") in sections["family"]
    assert all(word == word.lower() for questions in sections.values() for word in questions[0])


@pytest.mark.parametrize(("name", "count", "pair"), [
    ("wordsim353", 353, ("tiger", "cat", 7.35)),
    ("simlex999", 999, ("old", "new", 1.58)),
])  # fmt: skip
def test_similarity_pairs(name, count, pair):
    pairs = data.similarity_pairs(name)
    assert len(pairs) == count and pair in pairs
    assert all(0 <= rating <= 10 for _, _, rating in pairs)
    assert all(word == word.lower().strip() for first, second, _ in pairs for word in (first, second))


def test_an_unknown_list_is_refused():
    with pytest.raises(ValueError, match="expected one of wordsim353, simlex999"):
        data.similarity_pairs("simlex")


@needs("glove")
def test_glove_is_what_the_archive_stores():
    vectors = data.glove()
    stored = np.load(assets.path("glove") / "glove_6B_50d_emb.npy", mmap_mode="r")
    assert vectors.matrix.shape == (400_000, 50) and vectors.matrix.dtype == np.float32
    assert vectors.matrix.flags.c_contiguous and vectors.words[:3] == ["the", ",", "."]
    for row in (0, 1, 8191, 8192, 399_999):
        np.testing.assert_array_equal(vectors.matrix[row], stored[row])
    np.testing.assert_allclose(vectors["the"][:3], [0.418, 0.24968, -0.41242], atol=1e-6)  # as published
    assert len(set(vectors.words)) == 400_000
