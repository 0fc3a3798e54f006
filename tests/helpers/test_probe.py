"""Probes: least squares against scikit-learn's, words and labels against a plain search, vectors against the model."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import RidgeClassifier

from helpers import bert, tracing
from helpers.tokenization import WordPiece

WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] the of and in to cat dog sat ##s house big small river on a".split()


@pytest.fixture(scope="module")
def pretrained():
    torch.manual_seed(0)
    config = bert.bert_config(len(WORDS), d_model=16, n_heads=2, n_layers=3, context_len=32)
    encoder = bert.Encoder(config).eval()
    for parameter in encoder.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return bert.Pretrained(encoder, WordPiece(WORDS))


def test_a_linear_probe_is_scikit_learns():
    roll = np.random.default_rng(0)
    x, y = roll.normal(size=(90, 7)) + 3, roll.integers(4, size=90)
    strength = 0.05
    penalty = strength * np.square(x - x.mean(0)).sum() / 7
    theirs = RidgeClassifier(alpha=penalty).fit(x, y)
    new = roll.normal(size=(200, 7)) + 3
    np.testing.assert_array_equal(tracing.fit_linear(x, y, strength=strength)(new), theirs.predict(new))
    assert (tracing.fit_linear(x, np.zeros(90, int))(new) == 0).all()


def test_selectivity_of_a_probe_that_learns_by_heart():
    """Vectors that hold nothing but their word: the task is the word's label, or the context's."""
    roll = np.random.default_rng(1)
    types, labels = roll.integers(6, size=300), roll.integers(2, size=300)
    vectors = np.eye(6)[types]
    parts = [tracing.Examples(vectors[some], labels[some], types[some]) for some in (slice(200), slice(200, 300))]
    found = tracing.selectivity(tracing.fit_linear, *parts, np.array([0, 1, 0, 1, 0, 1]))
    assert found < -0.3  # the control task is solved by heart, the other cannot be
    told = [part._replace(vectors=np.c_[part.vectors, part.labels]) for part in parts]
    assert tracing.selectivity(tracing.fit_linear, *told, np.array([0, 1, 0, 1, 0, 1])) == pytest.approx(0)
    assert tracing.majority(np.array([1, 1, 0, 2])) == 0.5


SENTENCES = [s.split() for s in (
    "the cat sat on the big house and dogs", "a cat sat on a big small river", "to the",
    "the big cat of the small house in the river sat on a cat " + "big " * 9,
    "cat and dog sat in the big house to cats",
)]  # fmt: skip


def test_words_after():
    places = tracing.words_after(SENTENCES, 99, torch.Generator().manual_seed(0))
    expected = [(words, place) for words in SENTENCES if 8 <= len(words) <= 20 for place in range(1, len(words))
                if words[place - 1] in tracing.BEFORE and words[place] not in tracing.BEFORE]  # fmt: skip
    found = [(places.sentences[number], place) for number, place in places.where]
    assert sorted(map(str, found)) == sorted(map(str, expected)) and len(found) == 6
    for (words, place), label, kind in zip(found, places.labels, places.types, strict=True):
        assert words[place - 1] == tracing.BEFORE[label]
        assert all((words[place] == other[at]) == (kind == its) for (other, at), its
                   in zip(found, places.types, strict=True))  # fmt: skip
    few = tracing.words_after(SENTENCES, 2, torch.Generator().manual_seed(0))
    assert 2 <= len(few.where) < 6


def test_vectors_are_those_of_the_words_first_pieces(pretrained):
    places = tracing.words_after(SENTENCES, 99, torch.Generator().manual_seed(0))
    for off in ((), [(0, 1), (2, 0)]):
        vectors = tracing.vectors_at(pretrained, places, off=off)
        assert vectors.shape == (4, 6, 16)
        for row, (number, place) in enumerate(places.where):
            batch = bert.batch_of(pretrained.tokenizer, [places.sentences[number]])
            with tracing.switched_off(pretrained.encoder, off):
                hidden = tracing.read(pretrained.encoder, batch.token_ids).hidden
            np.testing.assert_allclose(vectors[:, row], hidden[:, batch.word_of[0].index(place)], atol=1e-5)
    short = tracing.vectors_at(pretrained, places, n_layers=1)
    np.testing.assert_allclose(short, tracing.vectors_at(pretrained, places)[:2], atol=1e-6)
