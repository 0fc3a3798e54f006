"""The exercise on positive pointwise mutual information and its known wrong answers."""

from __future__ import annotations

import numpy as np

from helpers import vectors
from helpers.checks.answers import Array
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom


def _rows(counts):
    return counts.sum(axis=1, keepdims=True)


def _columns(counts):
    return counts.sum(axis=0, keepdims=True)


def _ratio(counts):
    """Seen over expected, NaN where a row or a column is empty."""
    return counts * counts.sum() / (_rows(counts) * _columns(counts))


def _positive_log(ratio, log=np.log):
    """max(log, 0), and 0 for what is no number."""
    return np.nan_to_num(np.maximum(log(np.nan_to_num(ratio)), 0), neginf=0.0, posinf=0.0)


def _swapped(counts):
    return _positive_log(counts * counts.sum() / (_columns(counts).T * _rows(counts).T))


def _unseen_zero(values):
    """The same with 0 where log 0 or 0 / 0 was taken."""
    return np.nan_to_num(values, neginf=0.0)


MISTAKES = (
    Mistake(
        "no-maximum",
        "That is PMI: it is negative, or minus infinity, where a pair was seen less often than chance "
        "would have it. Positive PMI puts 0 there: `np.maximum(pmi, 0)`.",
        (
            lambda counts: np.log(_ratio(counts)),
            lambda counts: _unseen_zero(np.log(_ratio(counts))),
            lambda counts: np.log(np.nan_to_num(_ratio(counts))),
        ),
    ),
    Mistake(
        "empty-row",
        "Right, except where a whole row or column is empty: there 0 / 0 makes NaN, and `np.maximum` keeps "
        "it. Compute the logarithm only where the count is above 0.",
        (lambda counts: np.maximum(np.log(_ratio(counts)), 0),),
    ),
    Mistake(
        "log-base",
        "The logarithm has another base: `np.log2` and `np.log10` are not the natural `np.log`.",
        (
            lambda counts: _positive_log(_ratio(counts), np.log2),
            lambda counts: _positive_log(_ratio(counts), np.log10),
            lambda counts: np.maximum(np.log2(_ratio(counts)), 0),
            lambda counts: np.maximum(np.log10(_ratio(counts)), 0),
        ),
    ),
    Mistake(
        "log-one-plus",
        "You took log(1 + ratio), which is never negative and so hides what max should do. Take `np.log`.",
        (lambda counts: np.nan_to_num(np.log1p(_ratio(counts))), lambda counts: np.log1p(_ratio(counts))),
    ),
    Mistake(
        "no-logarithm",
        "That is seen over expected, without its logarithm.",
        (
            lambda counts: np.nan_to_num(_ratio(counts)),
            _ratio,
            lambda counts: np.nan_to_num(np.maximum(_ratio(counts), 0)),
            lambda counts: np.nan_to_num(np.maximum(_ratio(counts) - 1, 0)),
        ),
    ),
    Mistake(
        "forgets-total",
        "The total is missing. Either divide all counts by `counts.sum()` first, or multiply the ratio by it.",
        (
            lambda counts: _positive_log(counts / (_rows(counts) * _columns(counts))),
            lambda counts: np.maximum(np.log(counts / (_rows(counts) * _columns(counts))), 0),
        ),
    ),
    Mistake(
        "all-zero",
        "Every value is 0: the ratio inside the logarithm never exceeds 1, so something is missing from "
        "it. Divide by both sums, the row's and the column's, and multiply by the total.",
        (
            np.zeros_like,
            lambda counts: np.maximum(np.log(counts / _rows(counts)), 0),
            lambda counts: np.maximum(np.log(counts / _columns(counts)), 0),
        ),
    ),
    Mistake(
        "rows-only",
        "You divided by how often the word occurs and not by how often the context does. Divide by both.",
        (
            lambda counts: _positive_log(counts * counts.sum() / _rows(counts)),
            lambda counts: _positive_log(counts * counts.sum() / _rows(counts) ** 2),
        ),
    ),
    Mistake(
        "columns-only",
        "You divided by how often the context occurs and not by how often the word does. Divide by both.",
        (
            lambda counts: _positive_log(counts * counts.sum() / _columns(counts)),
            lambda counts: _positive_log(counts * counts.sum() / _columns(counts) ** 2),
        ),
    ),
    Mistake(
        "swapped-sums",
        "The sums of rows and columns have changed places: `axis=1` adds along a row and must stand as a "
        "column, shape (V, 1). `keepdims=True` keeps it so.",
        (
            _swapped,
            lambda counts: np.maximum(np.log(counts * counts.sum() / (_columns(counts).T * _rows(counts).T)), 0),
        ),
    ),
    Mistake(
        "smoothing",
        "A number was added to the counts first, so that no logarithm of 0 arises. It changes every value: "
        "leave the counts alone, and compute only where the count is above 0.",
        tuple(
            change
            for extra in (1.0, 0.5, 0.1)
            for change in (
                lambda counts, extra=extra: np.maximum(np.log(_ratio(counts + extra)), 0),
                lambda counts, extra=extra: np.where(counts > 0, np.maximum(np.log(_ratio(counts + extra)), 0), 0),
            )
        ),
    ),
    Mistake(
        "absolute-value",
        "Negative values have become positive. Below 0 means less than chance: those become 0.",
        (lambda counts: np.abs(_unseen_zero(np.log(_ratio(counts)))),),
    ),
    Mistake(
        "smoothed-contexts",
        "The context sums were raised to a power such as 0.75. Real systems do that; this exercise does not.",
        (lambda counts: _positive_log(_ratio(counts) * _columns(counts) ** 0.25 * _power_sum(counts)),),
    ),
)


def _power_sum(counts):
    return (_columns(counts) ** 0.75).sum() / counts.sum()


def _counts(rows: list[list[float]], about: str) -> Case:
    return Case((np.array(rows, dtype=float),), about)


ppmi = Check(
    Exercise(
        name="vectors.ppmi",
        title="PPMI",
        difficulty="medium",
        minutes=10,
        arguments=("counts",),
        reference=vectors.ppmi,
        answer=Array("an array of the shape of counts"),
        cases=(
            _counts([[4, 1], [2, 3]], "two words, two contexts, nothing missing"),
            _counts([[8, 1], [0, 3]], "a pair that was never seen"),
            _counts([[5, 1, 1], [0, 2, 4]], "two words, three contexts"),
            _counts([[1, 0, 7], [6, 2, 1], [0, 3, 3], [2, 2, 5]], "four words, three contexts"),
            _counts([[0.5, 0.25], [0, 1]], "counts that are fractions, as when far neighbours count less"),
            _counts([[3, 0, 1], [0, 0, 0], [2, 0, 5]], "a word and a context that were never seen"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "negative",
                "There are negative numbers in the answer: the first P of PPMI asks for max(PMI, 0).",
                lambda args, value: bool((value < -1e-6).any()),
            ),
            Symptom(
                "unseen-not-zero",
                "Where the count is 0, the answer should be 0, and it is not.",
                lambda args, value: bool((np.abs(value[args[0] == 0]) > 1e-6).any()),
            ),
        ),
        hints=(
            "You need three sums: the rows' `counts.sum(axis=1, keepdims=True)`, the columns' (`axis=0`), "
            "and the total. With `keepdims` the first is (V, 1), the second (1, C), and their product is a "
            "table (V, C).",
            "What chance would give is `rows * columns / total`. Where a count is 0 there is no logarithm "
            "to take: begin with `result = np.zeros_like(counts)` and `seen = counts > 0`, and fill in "
            "`result[seen]` only. `np.maximum(…, 0)` does the rest.",
        ),
    )
)
