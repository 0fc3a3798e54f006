"""Word vectors: by hand on toys, against gensim, SciPy and autograd, and as bands over seeds."""

from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import vectors
from helpers.vectors import SkipGramConfig, WordVectors
from helpers.vectors.blocks import block_gradients, block_loss, text_blocks
from helpers.vectors.counts import _subsampled
from helpers.vectors.skipgram import keep_probability

TOY = [text.split() for text in ("the cat eats fish", "the dog eats meat", "the cat sleeps", "the dog sleeps")]


def topics(n: int = 2000, seed: int = 0) -> list[list[str]]:
    """Sentences of six words, each from one of four topics of eight words."""
    rng = np.random.default_rng(seed)
    return [[f"t{topic}w{word}" for word in rng.integers(8, size=6)] for topic in rng.integers(4, size=n)]


def purity(trained: WordVectors) -> float:
    """The share of the five nearest neighbours that share a word's topic; 7/31 by chance."""
    return float(np.mean([near[:2] == word[:2] for word in trained for near, _ in vectors.nearest(trained, word, 5)]))


def random_vectors(seed: int = 0, n: int = 60, d: int = 8) -> WordVectors:
    from helpers import data

    words = list(dict.fromkeys(word for row in data.analogies()["family"] for word in row))[:n]
    return WordVectors(words, np.random.default_rng(seed).normal(size=(len(words), d)))


def test_counts_of_a_toy_by_hand_and_sparse_alike():
    words = ["the", "cat", "eats", "fish"]
    counts = vectors.window_counts(TOY[:1], words, window=2)
    assert counts.tolist() == [[0, 1, 1, 0], [1, 0, 1, 1], [1, 1, 0, 1], [0, 1, 1, 0]]
    sparse = vectors.cooccurrence(TOY, vectors.vocabulary(TOY, 1), window=2, harmonic=False)
    assert (sparse.toarray() == vectors.window_counts(TOY, vectors.vocabulary(TOY, 1), window=2)).all()


def test_neighbours_far_away_count_less_and_sentences_do_not_meet():
    counts = vectors.cooccurrence([["a", "b", "c"], ["d"]], ["a", "b", "c", "d"], window=3).toarray()
    assert counts[0].tolist() == [0, 1, 0.5, 0] and counts[3].sum() == 0
    with pytest.raises(ValueError, match="window"):
        vectors.cooccurrence(TOY, ["the"], window=0)


def test_ppmi_by_hand_dense_and_sparse():
    from scipy.sparse import coo_array, csr_array

    counts = np.array([[0, 2, 1], [2, 0, 0], [1, 0, 0], [0, 0, 0]], dtype=float)
    expected = np.zeros((4, 3))
    expected[0, 1] = expected[0, 2] = np.log(6 / 3 / 1)  # n = 6; n(w) = 3; n(c) = 2 and 1
    expected[1, 0] = expected[2, 0] = np.log(2)
    assert np.allclose(vectors.ppmi(counts), expected)
    assert np.allclose(vectors.ppmi(csr_array(counts)).toarray(), expected)
    twice = coo_array((np.array([1, 1, 1, 1, 1, 1]), ([0, 0, 0, 1, 1, 2], [1, 1, 2, 0, 0, 0])), shape=counts.shape)
    assert np.allclose(vectors.ppmi(twice).toarray(), expected)  # entries of one cell count together
    assert np.allclose(vectors.ppmi(counts, shift=2), 0)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 6))
def test_ppmi_is_never_negative_nor_nan_and_does_not_change_its_input(seed, rows, columns):
    counts = np.random.default_rng(seed).poisson(1.0, size=(rows, columns)).astype(float)
    kept = counts.copy()
    table = vectors.ppmi(counts)
    assert (table >= 0).all() and np.isfinite(table).all() and (counts == kept).all()
    assert (table[counts == 0] == 0).all()


def test_cosine_at_the_edges():
    assert vectors.cosine([1, 0], [0, 2]) == 0 and vectors.cosine([1, 1], [2, 2]) == pytest.approx(1)
    assert vectors.cosine([0, 0], [1, 2]) == 0.0
    with pytest.raises(ValueError, match="shapes"):
        vectors.cosine([1, 2], [1, 2, 3])


def test_analogy_and_nearest_leave_out_what_was_given():
    rows = [[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1], [-1, 0, 0]]
    toy = WordVectors(["man", "woman", "king", "queen", "tree"], rows)
    assert vectors.analogy(toy, "man", "king", "woman")[0][0] == "queen"
    assert "king" not in [word for word, _ in vectors.nearest(toy, "king", 10)]
    with pytest.raises(ValueError, match="'quen' is not among.*queen"):
        vectors.analogy(toy, "man", "quen", "woman")


@pytest.mark.parametrize("seed", range(3))
def test_evaluation_equals_gensim(seed):
    from gensim.models import KeyedVectors
    from gensim.test.utils import datapath

    from helpers import data

    ours = random_vectors(seed)
    theirs = KeyedVectors(ours.matrix.shape[1])
    theirs.add_vectors(ours.words, ours.matrix)
    accuracy, sections = theirs.evaluate_word_analogies(datapath("questions-words.txt"), restrict_vocab=40)
    scores = vectors.evaluate_analogies(ours, data.analogies(), restrict_vocab=40)
    assert scores["total"].accuracy == pytest.approx(accuracy, abs=1e-6)
    family = next(section for section in sections if section["section"] == "family")
    assert (scores["family"].correct, scores["family"].asked) == (
        len(family["correct"]), len(family["correct"]) + len(family["incorrect"]))  # fmt: skip
    pearson, spearman, missing = theirs.evaluate_word_pairs(datapath("wordsim353.tsv"))
    found = vectors.evaluate_pairs(ours, data.similarity_pairs("wordsim353"))
    assert found.spearman == pytest.approx(spearman.statistic, abs=1e-6)
    assert found.pearson == pytest.approx(pearson.statistic, abs=1e-6)
    assert 100 * found.missing == pytest.approx(missing, abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("unknown_counts", [False, True])
def test_evaluation_equals_gensim_where_words_differ_in_case_or_are_unknown(seed, unknown_counts):
    from gensim.models import KeyedVectors
    from gensim.test.utils import datapath

    from helpers import data

    rng = np.random.default_rng(seed)
    family = [word for row in data.analogies()["family"] for word in row]
    family += [word for a, b, _ in data.similarity_pairs("wordsim353")[:40] for word in (a, b)]
    written = [form(word) for word in dict.fromkeys(family) for form in (str.lower, str.title, str.upper)]
    words = rng.permutation(list(dict.fromkeys(written)))[:150].tolist()
    base = {word: rng.normal(size=6) for word in dict.fromkeys(word.lower() for word in words)}
    ours = WordVectors(words, [base[word.lower()] + 0.3 * rng.normal(size=6) for word in words])
    theirs = KeyedVectors(6)
    theirs.add_vectors(ours.words, ours.matrix)
    accuracy, _ = theirs.evaluate_word_analogies(datapath("questions-words.txt"), 120, dummy4unknown=unknown_counts)
    scores = vectors.evaluate_analogies(ours, data.analogies(), restrict_vocab=120, wrong_if_unknown=unknown_counts)
    assert scores["total"].accuracy == pytest.approx(accuracy, abs=1e-9) and scores["total"].asked > 20
    pearson, spearman, missing = theirs.evaluate_word_pairs(
        datapath("wordsim353.tsv"), restrict_vocab=120, dummy4unknown=unknown_counts)  # fmt: skip
    found = vectors.evaluate_pairs(
        ours, data.similarity_pairs("wordsim353"), restrict_vocab=120, zero_for_unknown=unknown_counts)  # fmt: skip
    assert found.spearman == pytest.approx(spearman.statistic, abs=1e-6)
    assert found.pearson == pytest.approx(pearson.statistic, abs=1e-6)
    assert 100 * found.missing == pytest.approx(missing, abs=1e-6)


def test_where_every_word_is_barred_there_is_no_answer():
    toy = WordVectors(["king", "queen", "man"], np.eye(3))
    scores = vectors.evaluate_analogies(toy, {"s": [("king", "queen", "man", "king")]})
    assert scores["s"] == vectors.AnalogyScores(asked=1, correct=0)


def test_a_text_of_which_nothing_is_kept_is_no_text():
    assert list(text_blocks(torch.tensor([]), torch.tensor([]), 2, 4, 3, torch.Generator())) == []
    config = SkipGramConfig(d=4, epochs=2, min_count=1, subsample=1e-12)
    trained, history = vectors.train_skipgram([["a", "b"] * 9], config)
    assert np.isfinite(trained.matrix).all() and history == []


def test_without_exclusion_the_answer_is_often_a_word_of_the_question():
    from helpers import data

    scores = vectors.evaluate_analogies(random_vectors(), {"family": data.analogies()["family"]}, exclude_given=False)
    assert scores["family"].gave_b + scores["family"].gave_c > 0.25 * scores["family"].asked


def test_block_loss_is_the_negative_sampling_loss_of_its_pairs_and_its_gradients_are_autograds():
    generator = torch.Generator().manual_seed(0)
    center, context, drawn = (torch.randn(*shape, 5, generator=generator, dtype=torch.float64, requires_grad=True)
                              for shape in ((2, 3), (2, 7), (4,)))  # fmt: skip
    near = (torch.rand(2, 3, 7, generator=generator) < 0.4).double()
    loss = block_loss(center, context, drawn, near, 4)
    pairs = near.nonzero().tolist()
    one_by_one = sum(vectors.negative_sampling_loss(center[b, i][None], context[b, j][None], drawn[None])
                     for b, i, j in pairs)  # fmt: skip
    assert loss.item() == pytest.approx(one_by_one.item(), rel=1e-9)
    automatic = torch.autograd.grad(loss, [center, context, drawn])
    by_hand = block_gradients(center.detach(), context.detach(), drawn.detach(), near, 4)
    for ours, theirs in zip(by_hand, automatic, strict=True):
        assert torch.allclose(ours, theirs, atol=1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_both_ways_find_the_topics_where_random_numbers_do_not(seed):
    text = topics(seed=seed)
    counted = vectors.train_ppmi_svd(text, d=8, min_count=1)
    config = SkipGramConfig(d=16, epochs=10, subsample=0, min_count=1)
    trained, history = vectors.train_skipgram(text, config, seed=seed)
    chance = WordVectors(counted.words, np.random.default_rng(seed).normal(size=(len(counted), 16)))
    assert purity(counted) > 0.9 and purity(trained) > 0.9 and purity(chance) < 0.5
    assert history[0][1] == pytest.approx(6 * np.log(2), abs=0.01) and history[-1][1] < history[0][1]


def test_the_same_seed_gives_the_same_vectors_and_the_threads_are_given_back():
    config, threads = SkipGramConfig(d=8, epochs=1, min_count=1), torch.get_num_threads()
    first, second, third = (vectors.train_skipgram(topics(200), config, seed=seed)[0] for seed in (1, 1, 2))
    assert (first.matrix == second.matrix).all() and (first.matrix != third.matrix).any()
    assert torch.get_num_threads() == threads


def test_counting_may_skip_frequent_words():
    text = [["the", *sentence, "the"] for sentence in topics(400)]
    plain, once, again, other = (vectors.train_ppmi_svd(text, d=8, min_count=1, subsample=share, seed=seed)
                                 for share, seed in ((0.0, 0), (1e-2, 0), (1e-2, 0), (1e-2, 1)))  # fmt: skip
    assert once.words == plain.words and (once.matrix == again.matrix).all()
    assert (once.matrix != plain.matrix).any() and (once.matrix != other.matrix).any()
    counts = vectors.vocabulary(text, 1)
    kept = Counter(word for sentence in _subsampled(text, list(counts), 1e-2, 0) for word in sentence)
    chance = float(keep_probability(torch.tensor(list(counts.values())), 1e-2)[list(counts).index("the")])
    assert kept["the"] / counts["the"] == pytest.approx(chance, abs=0.06) and chance < 0.5


def test_interrupted_training_gives_what_it_has():
    def stop(done, loss):
        if done > 0.3:
            raise KeyboardInterrupt

    trained, history = vectors.train_skipgram(topics(400), SkipGramConfig(d=8, epochs=4, min_count=1), stop)
    assert len(trained) == 32 and 1 < history[-1][0] < 4


def test_too_little_text_is_said():
    with pytest.raises(ValueError, match="directions need more"):
        vectors.train_ppmi_svd(TOY, d=100, min_count=1)
    with pytest.raises(ValueError, match="two or more"):
        vectors.train_skipgram([["a"]], SkipGramConfig(min_count=1))
