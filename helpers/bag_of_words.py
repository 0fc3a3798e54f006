"""Texts as counts of words: bag of words, n-grams, TF-IDF, equal to scikit-learn's, and stop words and stems.

`count_vectors` and `tfidf` are the plain way, on small tables; `BagOfWords` does the same for thousands of texts,
in sparse tables that store only what is not zero.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

import numpy as np

_TWO_OR_MORE = re.compile(r"\b\w\w+\b")


def count_vectors(documents: Iterable[Sequence[str]], vocabulary: Iterable[str]) -> np.ndarray:
    """Count how often each word of a vocabulary stands in each document.

    Args:
        documents: N lists of words; a word outside the vocabulary is not counted.
        vocabulary: V different words, one column each, in this order.

    Returns:
        Array (N, V) of counts.

    Example:
        >>> count_vectors([["tea", "and", "tea"]], ["and", "milk", "tea"])
        array([[1., 0., 2.]])
    """
    documents = list(documents)
    column = {word: number for number, word in enumerate(vocabulary)}
    counts = np.zeros((len(documents), len(column)))
    for row, document in enumerate(documents):
        for word in document:
            if word in column:
                counts[row, column[word]] += 1
    return counts


def tfidf(counts):
    """Weigh counts by rarity, and bring every document to length 1.

    A count is multiplied by ln((1 + N) / (1 + df)) + 1, where df is the number of documents that hold the word.

    Args:
        counts: how often each word stands in each document, (N, V); a dense array or scipy sparse.

    Returns:
        A new array (N, V), dense or sparse as `counts` came; each row has length 1, or is zero.

    Source: G. Salton and C. Buckley (1988), section 2; smoothing and lengths as scikit-learn's `TfidfVectorizer`.
    """
    if hasattr(counts, "tocsr"):
        counts = counts.tocsr().copy()
        counts.sum_duplicates()
        counts.eliminate_zeros()
        return _sparse_tfidf(counts)
    counts = np.asarray(counts, dtype=float)
    document_frequency = (counts > 0).sum(axis=0)  # (V,)
    weights = counts * (np.log((1 + len(counts)) / (1 + document_frequency)) + 1)  # (N, V)
    lengths = np.sqrt((weights**2).sum(axis=1, keepdims=True))  # (N, 1)
    return weights / np.where(lengths > 0, lengths, 1)


def _sparse_tfidf(counts, idf: np.ndarray | None = None):
    """The same from the stored entries of a CSR table alone, with given idf (V,) or that of the table."""
    idf = _idf(counts) if idf is None else idf
    weights = counts.astype(float)
    weights.data *= idf[weights.indices]
    rows = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
    lengths = np.sqrt(np.bincount(rows, weights.data**2, minlength=weights.shape[0]))
    weights.data /= lengths[rows]
    return weights


def _idf(counts) -> np.ndarray:
    document_frequency = np.bincount(counts.indices, minlength=counts.shape[1])  # each entry is one document
    return np.log((1 + counts.shape[0]) / (1 + document_frequency)) + 1


def plain_words(text: str) -> list[str]:
    """Lower-case words of two or more letters or digits, as scikit-learn cuts by default: "don't" gives "don".

    Example:
        >>> plain_words("I don't like it")
        ['don', 'like', 'it']
    """
    return _TWO_OR_MORE.findall(text.lower())


def ngrams(words: Sequence[str], n_max: int = 2) -> list[str]:
    """The words, then each two neighbours, up to each `n_max` neighbours, joined by spaces.

    Example:
        >>> ngrams(["not", "very", "good"], 2)
        ['not', 'very', 'good', 'not very', 'very good']
    """
    if n_max < 1:
        raise ValueError(f"n_max is {n_max}; expected 1 or more.")
    return [" ".join(words[i : i + n]) for n in range(1, n_max + 1) for i in range(len(words) - n + 1)]


class BagOfWords:
    """Texts to sparse count or TF-IDF vectors, with the vocabulary of the texts it was fitted on.

    Attributes:
        vocabulary: the words (and n-grams) in alphabetical order, one column each.
        idf: a weight for each column (V,), or None for counts.
    """

    def __init__(self, *, cut: Callable[[str], list[str]] = plain_words, n_max: int = 1, weigh: bool = True,
                 min_documents: int = 1):  # fmt: skip
        """Choose how texts are counted; `fit` does the rest.

        Args:
            cut: from a text to its words.
            n_max: count also neighbours, up to this many words.
            weigh: TF-IDF; otherwise plain counts.
            min_documents: leave out what fewer texts hold.
        """
        self.cut, self.n_max, self.weigh, self.min_documents = cut, n_max, weigh, min_documents
        self.vocabulary: list[str] = []
        self.idf: np.ndarray | None = None
        self._column: dict[str, int] = {}

    def fit(self, texts: Iterable[str]) -> BagOfWords:
        """Take vocabulary and weights from texts; ValueError if not a word is left."""
        self._fit(self._counters(texts))
        return self

    def fit_transform(self, texts: Iterable[str]):
        """`fit`, and the vectors of the same texts, which are cut only once."""
        return self._vectors(self._fit(self._counters(texts)))

    def transform(self, texts: Iterable[str]):
        """Vectors (N, V) of texts, scipy CSR; words outside the vocabulary are not counted."""
        if not self.vocabulary:
            raise ValueError("fit comes before transform: there is no vocabulary yet.")
        return self._vectors(self._table(self._counters(texts)))

    def _fit(self, counters: list[Counter[str]]):
        """Take vocabulary and weights from counted texts, and return the table of counts."""
        frequency = Counter(word for counter in counters for word in counter)
        self.vocabulary = sorted(word for word, n in frequency.items() if n >= self.min_documents)
        if not self.vocabulary:
            raise ValueError("no word is left to count: the texts are empty, or min_documents is too large.")
        self._column = {word: number for number, word in enumerate(self.vocabulary)}
        table = self._table(counters)
        self.idf = _idf(table) if self.weigh else None
        return table

    def _vectors(self, table):
        return table.astype(float) if self.idf is None else _sparse_tfidf(table, self.idf)

    def _counters(self, texts: Iterable[str]) -> list[Counter[str]]:
        if isinstance(texts, str):
            raise ValueError("texts is one string; expected a list of texts, such as [text].")
        return [Counter(ngrams(self.cut(text), self.n_max)) for text in texts]

    def _table(self, counters: list[Counter[str]]):
        from scipy.sparse import csr_array

        rows = [sorted((self._column[word], n) for word, n in counter.items() if word in self._column)
                for counter in counters]  # fmt: skip
        indptr = np.cumsum([0, *map(len, rows)]).astype(np.int32)
        indices = np.array([column for row in rows for column, _ in row], dtype=np.int32)
        values = np.array([n for row in rows for _, n in row], dtype=np.int64)
        return csr_array((values, indices, indptr), shape=(len(rows), len(self.vocabulary)))


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """scikit-learn's list of 318 English words that many programs throw away; "not" and "never" are on it."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return ENGLISH_STOP_WORDS


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of an English word by the Snowball rules: "connected" and "connections" give "connect".

    Source: M. F. Porter, An algorithm for suffix stripping (1980); Snowball (2001).
    """
    return _stemmer().stemWord(word)


@lru_cache(maxsize=1)
def _stemmer():
    import snowballstemmer

    return snowballstemmer.stemmer("english")
