"""The exercise on TF-IDF and its known wrong answers."""

from __future__ import annotations

import numpy as np

from helpers import bag_of_words
from helpers.checks.answers import Array
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom


def _made(idf=None, frequency=None, length=None, term=None):
    """TF-IDF with a part exchanged: idf from (N, df), df from counts, a row's length from weights, tf from counts."""
    idf = idf or (lambda n, df: np.log((1 + n) / (1 + df)) + 1)
    frequency = frequency or (lambda counts: (counts > 0).sum(axis=0))
    length = length or (lambda weights: np.sqrt((weights**2).sum(axis=1, keepdims=True)))
    term = term or (lambda counts: counts)

    def answer(counts, safe=True):
        weights = term(counts) * idf(len(counts), frequency(counts))
        divisor = length(weights)
        return weights / np.where(divisor > 0, divisor, 1) if safe else weights / divisor

    return answer


def _both(reason: str, message: str, *answers) -> Mistake:
    """A mistake, whether or not a row of zeros is thought of as well."""
    careless = [lambda counts, one=one: one(counts, safe=False) for one in answers]
    return Mistake(reason, message, (*answers, *careless))


def _columns(weights):
    return np.sqrt((weights**2).sum(axis=0, keepdims=True))


MISTAKES = (
    Mistake(
        "empty-row",
        "Right for all documents but the empty one: its length is 0, and 0 / 0 is not a number. Divide by 1 there.",
        (lambda counts: _made()(counts, safe=False),),
    ),
    Mistake(
        "no-lengths",
        "The weights are right, but the rows have not been brought to length 1: divide each by the root of the sum "
        "of its squares.",
        (_made(length=lambda weights: np.ones((len(weights), 1))),),
    ),
    _both(
        "rows-sum-to-one",
        "You divided by the sum of the row. Its length is the root of the sum of the squares.",
        _made(length=lambda weights: weights.sum(axis=1, keepdims=True)),
    ),
    _both(
        "squared-length",
        "You divided by the sum of the squares; the root is missing.",
        _made(length=lambda weights: (weights**2).sum(axis=1, keepdims=True)),
    ),
    _both(
        "columns-to-one",
        "The columns were brought to length 1, but it is the documents that differ in length: use axis=1, the rows.",
        _made(length=_columns),
    ),
    _both(
        "no-one-added",
        "The + 1 after the logarithm is missing, so that a word in every document is worth nothing.",
        _made(idf=lambda n, df: np.log((1 + n) / (1 + df))),
    ),
    _both(
        "one-inside",
        "The last + 1 stands inside the logarithm's parenthesis. It comes after it: log((1 + N) / (1 + df)) + 1.",
        _made(idf=lambda n, df: np.log((1 + n) / (1 + df) + 1)),
    ),
    _both(
        "no-smoothing",
        "Inside the logarithm, 1 is added to both numbers: (1 + N) / (1 + df).",
        _made(idf=lambda n, df: np.log(n / np.maximum(df, 1)) + 1),
        _made(idf=lambda n, df: np.where(df > 0, np.log(n / np.maximum(df, 1e-9)) + 1, 0)),
        _made(idf=lambda n, df: np.log(n / np.maximum(df, 1))),
        _made(idf=lambda n, df: np.log(n / (1 + df)) + 1),
    ),
    _both(
        "no-logarithm",
        "The logarithm is missing: rarity was taken as it is.",
        _made(idf=lambda n, df: (1 + n) / (1 + df) + 1),
        _made(idf=lambda n, df: (1 + n) / (1 + df)),
    ),
    _both(
        "log-base",
        "The logarithm has another base: `np.log` is the natural one.",
        _made(idf=lambda n, df: np.log2((1 + n) / (1 + df)) + 1),
        _made(idf=lambda n, df: np.log10((1 + n) / (1 + df)) + 1),
    ),
    _both(
        "counts-occurrences",
        "df was taken as how often the word occurs. It is the number of documents that hold it: count where the "
        "count is above 0.",
        _made(frequency=lambda counts: counts.sum(axis=0)),
    ),
    _both(
        "wrong-axis",
        "df was summed along the rows: that is how many words a document has. Sum down the columns, axis=0.",
        _made(frequency=lambda counts: np.resize((counts > 0).sum(axis=1), counts.shape[1])),
    ),
    _both(
        "counts-words",
        "N is the number of documents, the rows of counts. You took the number of words, its columns.",
        _made(idf=lambda n, df: np.log((1 + len(df)) / (1 + df)) + 1),
    ),
    _both(
        "upside-down",
        "The fraction is upside down: frequent words were made heavy and rare ones light.",
        _made(idf=lambda n, df: np.log((1 + df) / (1 + n)) + 1),
        _made(idf=lambda n, df: 1 / (np.log((1 + n) / (1 + df)) + 1)),
    ),
    _both(
        "presence",
        "You weighed whether a word is there and not how often: multiply by the count.",
        _made(term=lambda counts: (counts > 0).astype(float)),
    ),
    _both(
        "shares-first",
        "The counts were only brought to length 1; rarity is missing.",
        _made(idf=lambda n, df: np.ones(len(df))),
    ),
    _both(
        "log-counts",
        "You took the logarithm of the counts as well. Some systems do; here the count is taken as it is.",
        _made(term=lambda counts: np.log1p(counts)),
        _made(term=lambda counts: np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0)),
    ),
    Mistake(
        "transposed",
        "Rows and columns are exchanged: the answer has the shape of its transpose.",
        (lambda counts: _made()(counts).T,),
    ),
    Mistake(
        "idf-only",
        "That is the rarity of each word. Multiply the counts by it, and bring each row to length 1.",
        (lambda counts: np.log((1 + len(counts)) / (1 + (counts > 0).sum(axis=0))) + 1,),
    ),
)


def _counts(rows: list[list[float]], about: str) -> Case:
    return Case((np.array(rows, dtype=float),), about)


tfidf = Check(
    Exercise(
        name="tokens.tfidf",
        title="TF-IDF",
        difficulty="medium",
        minutes=8,
        arguments=("counts",),
        reference=bag_of_words.tfidf,
        answer=Array("an array of the shape of counts"),
        cases=(
            _counts([[1, 1], [1, 0]], "two documents, two words"),
            _counts([[2, 1, 0], [1, 0, 3]], "two documents, three words, some of them twice"),
            _counts([[1, 0], [4, 1], [2, 0], [1, 5]], "four documents, two words"),
            _counts([[3, 0, 0, 1], [1, 1, 0, 0], [1, 0, 2, 0]], "three documents, four words"),
            _counts([[1, 2, 0], [3, 1, 0]], "a word that no document holds"),
            _counts([[2, 1, 3], [0, 0, 0], [1, 0, 1]], "a document without words"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "unseen-not-zero",
                "Where the count is 0, the answer should be 0, and it is not.",
                lambda args, value: bool((np.abs(value[args[0] == 0]) > 1e-6).any()),
            ),
            Symptom(
                "rows-not-one",
                "The rows do not have length 1: the root of the sum of squares along axis 1 should be 1.",
                lambda args, value: bool((np.abs(np.sqrt((value**2).sum(axis=1)) - 1) > 1e-3).any()),
            ),
        ),
        hints=(
            "`(counts > 0).sum(axis=0)` says in how many documents each word stands, (V,). From that comes one "
            "weight for each word, and `counts * weights` multiplies every column by its own.",
            "The length of each row is `np.sqrt((weighted ** 2).sum(axis=1, keepdims=True))`, shape (N, 1), so that "
            "the division is by rows. Where a length is 0, divide by 1: `np.where(lengths > 0, lengths, 1)`.",
        ),
    )
)
