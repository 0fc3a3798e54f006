"""The exercise on cosine and its known wrong answers."""

from __future__ import annotations

import numpy as np

from helpers import vectors
from helpers.checks.answers import Number
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom

norm = np.linalg.norm


def _or_zero(formula):
    """The same formula with the zero vector treated as asked."""
    return lambda u, v: formula(u, v) if u.any() and v.any() else 0.0


def _both(reason: str, message: str, *formulas) -> Mistake:
    """A mistake about cosine, whether or not the zero vector is thought of as well."""
    return Mistake(reason, message, (*map(_or_zero, formulas), *formulas))


MISTAKES = (
    Mistake(
        "zero-vector",
        "Right for all vectors but one: the zero vector has length 0, and 0 / 0 is not a number. Look "
        "whether a length is 0 before you divide, and return 0.0 in that case.",
        (
            lambda u, v: u @ v / (norm(u) * norm(v)),
            lambda u, v: float(u @ v) / float(norm(u) * norm(v)),
            lambda u, v: 1.0 if not (u.any() and v.any()) else u @ v / (norm(u) * norm(v)),
            lambda u, v: 0.0 if not u.any() else u @ v / (norm(u) * norm(v)),
            lambda u, v: 0.0 if not u.any() else float(u @ v) / float(norm(u) * norm(v)),
            lambda u, v: None if not (u.any() and v.any()) else u @ v / (norm(u) * norm(v)),
        ),
    ),
    Mistake(
        "zero-by-sum",
        "You return 0 for a vector that is not the zero vector: the sum of its entries, the largest or the first of "
        "them may be 0 all the same. Look whether its length is 0.",
        tuple(
            lambda u, v, sign=sign: 0.0 if sign(u) == 0 or sign(v) == 0 else u @ v / (norm(u) * norm(v))
            for sign in (np.sum, np.max, lambda x: x[0])
        ),
    ),
    _both(
        "no-division",
        "That is the dot product. It grows with the vectors: divide it by the length of `u` and by the length of `v`.",
        lambda u, v: u @ v,
    ),
    _both(
        "divides-once",
        "You divided by one length; the other vector's is missing. Divide by both.",
        lambda u, v: u @ v / norm(u),
        lambda u, v: u @ v / norm(v),
    ),
    _both(
        "squared-lengths",
        "You divided by the squares of the lengths: `u @ u` is the length squared. A square root is missing.",
        lambda u, v: u @ v / ((u @ u) * (v @ v)),
    ),
    _both(
        "adds-lengths",
        "You added the two lengths; they belong multiplied. A pair of parentheses around the product helps.",
        lambda u, v: u @ v / (norm(u) + norm(v)),
    ),
    _both(
        "missing-parentheses",
        "`a / b * c` divides by `b` only and multiplies by `c`. Put the product of the lengths in parentheses.",
        lambda u, v: u @ v / norm(u) * norm(v),
    ),
    _both(
        "sum-as-length",
        "You took a sum of the entries for the length. The length is the square root of the sum of squares.",
        lambda u, v: u @ v / (np.abs(u).sum() * np.abs(v).sum()),
        lambda u, v: u @ v / (u.sum() * v.sum()),
    ),
    _both(
        "distance",
        "That is 1 minus the cosine, a distance: 0 where cosine is 1. Return the cosine itself.",
        lambda u, v: 1 - u @ v / (norm(u) * norm(v)),
    ),
    _both(
        "angle",
        "That is the angle. Its cosine is asked for, so leave out `arccos`.",
        lambda u, v: np.arccos(np.clip(u @ v / (norm(u) * norm(v)), -1, 1)),
    ),
    _both(
        "loses-sign",
        "The sign is lost: vectors that point opposite ways have cosine -1. Leave out `abs`, and the square.",
        lambda u, v: abs(u @ v) / (norm(u) * norm(v)),
        lambda u, v: np.sqrt((u @ v) ** 2) / (norm(u) * norm(v)),
        lambda u, v: (u @ v) ** 2 / ((u @ u) * (v @ v)),
    ),
    _both(
        "clips-negative",
        "Negative cosines have become 0, but opposite vectors have cosine -1. Leave out `max` with 0.",
        lambda u, v: max(0.0, u @ v / (norm(u) * norm(v))),
    ),
    _both(
        "mean-not-sum",
        "You took the mean of the products where the dot product has their sum. Use `.sum()` or `@`.",
        lambda u, v: (u * v).mean() / (norm(u) * norm(v)),
    ),
    _both(
        "centred",
        "That is the correlation: the means were taken off first. Cosine uses the vectors as they are.",
        lambda u, v: (u - u.mean()) @ (v - v.mean()) / (norm(u - u.mean()) * norm(v - v.mean())),
    ),
    _both(
        "no-sum",
        "You have one number for each entry. The products still have to be added up: use `@`, or `.sum()`.",
        lambda u, v: u * v / (norm(u) * norm(v)),
    ),
    _both(
        "euclidean",
        "That measures how far apart the tips of the vectors are. Cosine measures directions: no difference is taken.",
        lambda u, v: norm(u - v),
        lambda u, v: -norm(u - v),
        lambda u, v: 1 / (1 + norm(u - v)),
    ),
)


def _pair(u: list[float], v: list[float], about: str) -> Case:
    return Case((np.array(u, dtype=float), np.array(v, dtype=float)), about)


cosine = Check(
    Exercise(
        name="vectors.cosine",
        title="Cosine",
        difficulty="easy",
        minutes=5,
        arguments=("u", "v"),
        reference=vectors.cosine,
        answer=Number("one number from -1 to 1"),
        cases=(
            _pair([3, 4], [4, 3], "two vectors of length 5"),
            _pair([1, 0], [0, 2], "two vectors at a right angle"),
            _pair([1, 2], [3, 1], "two vectors of different length"),
            _pair([1, 2], [-2, -4], "two vectors that point opposite ways"),
            _pair([1, -1], [2, 0], "numbers that add up to 0"),
            _pair([0, -1], [3, -4], "no number above 0"),
            _pair([2, -1, 0.5], [-1, 1, 3], "three numbers each"),
            _pair([0.5, 0, 0, 0.5], [0.1, 0.2, 0.2, 0.3], "four numbers each, all small"),
            _pair([0, 0, 0], [1, 2, 3], "the zero vector, and 0.0 is asked for"),
            _pair([1, -2], [0, 0], "the zero vector in second place"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "beyond-one",
                "A cosine lies between -1 and 1, and this does not: the dot product must be divided by the "
                "length of `u` and by the length of `v`.",
                lambda args, value: bool(np.abs(value) > 1.0001),
            ),
        ),
        hints=(
            "Three numbers are enough: the dot product of the two, the length of `u`, the length of `v`. "
            "`np.linalg.norm(u)` is a length, and so is `np.sqrt((u * u).sum())`.",
            "The cosine is `u @ v / (length_u * length_v)`. Before you divide, look whether a length is 0, "
            "and return 0.0 in that case.",
        ),
    )
)
