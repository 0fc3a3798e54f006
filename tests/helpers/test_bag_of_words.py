"""Bag of words: counts and TF-IDF equal to scikit-learn's, on made-up texts and on all film reviews."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from helpers import bag_of_words as bags
from helpers import data
from tests.helpers.needs import needs

TEXTS = ["A good film, a very good one!", "not good", "Don't. I don't like it", "naïve 🙂 我爱这本书", ""]
tables = st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=1, max_size=6)


def test_counts_by_hand():
    counts = bags.count_vectors([["a", "b", "a", "z"], [], ["c"]], ["a", "b", "c"])
    assert counts.tolist() == [[2, 1, 0], [0, 0, 0], [0, 0, 1]]
    assert bags.count_vectors([], ["a"]).shape == (0, 1)


@settings(deadline=None)
@given(tables)
def test_tfidf_is_scikit_learns(rows):
    counts = np.array(rows, dtype=float)
    before = counts.copy()
    expected = TfidfTransformer().fit_transform(counts).toarray()
    assert np.allclose(bags.tfidf(counts), expected, atol=1e-12) and (counts == before).all()
    from scipy.sparse import csr_array

    assert np.allclose(bags.tfidf(csr_array(counts)).toarray(), expected, atol=1e-12)
    n, width = counts.shape
    full = csr_array((counts.ravel(), np.tile(np.arange(width), n), np.arange(n + 1) * width),
                     shape=counts.shape)  # fmt: skip  zeros stored like any other number
    assert np.allclose(bags.tfidf(full).toarray(), expected, atol=1e-12)


def test_tfidf_by_hand():
    """Two documents, the first word in both: idf 1; the second in one: ln(3/2) + 1."""
    rare = np.log(3 / 2) + 1
    expected = np.array([[1, rare], [1, 0]]) / np.array([[np.sqrt(1 + rare**2)], [1]])
    assert np.allclose(bags.tfidf([[2, 2], [3, 0]]), expected)


@pytest.mark.parametrize("n_max", [1, 2, 3])
@pytest.mark.parametrize("least", [1, 2])
def test_small_texts_are_cut_and_counted_as_scikit_learn_does(n_max, least):
    texts = TEXTS * 2 + ["only here"]
    peer = CountVectorizer(ngram_range=(1, n_max), min_df=least).fit(texts)
    ours = bags.BagOfWords(n_max=n_max, weigh=False, min_documents=least).fit(texts)
    assert ours.vocabulary == list(peer.get_feature_names_out())
    assert (ours.fit_transform(texts).toarray() == peer.transform(texts).toarray()).all()
    new = [*TEXTS, "unseen words only", "good good not good"]
    assert (ours.transform(new).toarray() == peer.transform(new).toarray()).all()


def test_own_cut_and_what_is_refused():
    bag = bags.BagOfWords(cut=str.split, weigh=False).fit(["a b a"])
    assert bag.vocabulary == ["a", "b"] and bag.transform(["a a c"]).toarray().tolist() == [[2, 0]]
    with pytest.raises(ValueError, match="no word is left"):
        bags.BagOfWords().fit(["", "a"])
    with pytest.raises(ValueError, match="fit comes before"):
        bags.BagOfWords().transform(["a"])
    with pytest.raises(ValueError, match="one string"):
        bags.BagOfWords().fit("a text")
    with pytest.raises(ValueError, match="n_max is 0"):
        bags.ngrams(["a"], 0)


def test_stems_and_stop_words():
    assert {bags.stem(word) for word in ("connected", "connections", "connecting")} == {"connect"}
    assert {"not", "never", "no", "cannot"} <= bags.stop_words() and len(bags.stop_words()) == 318


@needs("reviews")
@pytest.mark.parametrize("peer, weigh", [(CountVectorizer(), False), (TfidfVectorizer(), True)])
def test_all_film_reviews_give_scikit_learns_table_and_verdicts(peer, weigh):
    reviews = [review for review in data.reviews() if abs(review.rating) >= 0.5]
    train = [review for review in reviews if review.split == "train"]
    test = [review for review in reviews if review.split == "test"]
    texts = [review.text for review in train]
    theirs, ours = peer.fit_transform(texts), bags.BagOfWords(weigh=weigh).fit(texts)
    table = ours.transform(texts)
    assert ours.vocabulary == list(peer.get_feature_names_out())
    assert table.shape == theirs.shape and abs(table - theirs).max() < 1e-12
    verdicts = []
    for rows, new in ((theirs, peer.transform), (table, ours.transform)):
        judge = LogisticRegression(solver="liblinear").fit(rows, [review.rating > 0 for review in train])
        verdicts.append(judge.predict(new([review.text for review in test])))
    assert (verdicts[0] == verdicts[1]).all()
    truth = np.array([review.rating > 0 for review in test])
    assert (verdicts[1] == truth).mean() > 0.7 > max(truth.mean(), 1 - truth.mean())
    everything = bags.BagOfWords(weigh=weigh).fit(r.text for r in data.reviews())
    assert everything.vocabulary == list(peer.fit([r.text for r in data.reviews()]).get_feature_names_out())
