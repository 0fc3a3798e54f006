"""The exercise on the exposure of a planted secret and its known wrong answers."""

from __future__ import annotations

import math

import numpy as np

from helpers.checks.answers import Number
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom
from helpers.limits.canary import exposure as reference


def _rank(s, i):
    return np.sum(s <= s[i])


def _below(s, i):
    return np.sum(s < s[i])


def _stable(s, i):
    """The place in a sorted list, from 0; equal values stay in their order."""
    return list(np.argsort(s, kind="stable")).index(i)


def _p(s):
    return np.exp(-s) / np.exp(-s).sum()


MISTAKES = (
    Mistake(
        "natural-logarithm",
        "That is in nats. Exposure is counted in bits: the logarithm with base 2.",
        (lambda s, i: math.log(len(s) / _rank(s, i)),),
    ),
    Mistake(
        "logarithm-of-ten",
        "That is the logarithm with base 10. Exposure is counted in bits: base 2.",
        (lambda s, i: math.log10(len(s) / _rank(s, i)),),
    ),
    Mistake(
        "rank-from-zero",
        "You count ranks from 0. The likeliest candidate has rank 1, and log 1 is 0.",
        (
            lambda s, i: np.log2(len(s)) - np.log2(_below(s, i)),
            lambda s, i: math.log2(len(s)) - math.log2(_below(s, i)),
            lambda s, i: np.log2(len(s)) - np.log2(_stable(s, i)),
            lambda s, i: math.log2(len(s)) - math.log2(_stable(s, i)),
            lambda s, i: math.log2(len(s) / _below(s, i)),
            lambda s, i: math.log2(len(s)) - math.log2(_rank(s, i) + 1),
        ),
    ),
    Mistake(
        "ties-for-the-secret",
        "Candidates that surprise the model exactly as much as the secret must count before it. Else a model that "
        "knows nothing, and says the same of all, would give everything away.",
        (
            lambda s, i: math.log2(len(s)) - math.log2(_below(s, i) + 1),
            lambda s, i: math.log2(len(s)) - math.log2(_stable(s, i) + 1),
            lambda s, i: math.log2(len(s)) - math.log2((_below(s, i) + 1 + _rank(s, i)) / 2),
        ),
    ),
    Mistake(
        "wrong-end",
        "You count those that surprise the model more. The secret is given away if *few* candidates surprise it less.",
        (
            lambda s, i: math.log2(len(s)) - math.log2(np.sum(s >= s[i])),
            lambda s, i: math.log2(len(s)) - math.log2(np.sum(s > s[i]) + 1),
        ),
    ),
    Mistake(
        "rank",
        "That is the rank, or its logarithm. Exposure compares it with the number of candidates.",
        (
            lambda s, i: _rank(s, i),
            lambda s, i: math.log2(_rank(s, i)),
            lambda s, i: -math.log2(_rank(s, i)),
            lambda s, i: _below(s, i),
        ),
    ),
    Mistake(
        "no-logarithm",
        "The logarithm is missing: log2 of the number of candidates minus log2 of the rank.",
        (
            lambda s, i: len(s) / _rank(s, i),
            lambda s, i: len(s) - _rank(s, i),
            lambda s, i: _rank(s, i) / len(s),
            lambda s, i: 1 - _rank(s, i) / len(s),
        ),
    ),
    Mistake(
        "wrong-sign",
        "The sign is the other way round: exposure is 0 at least, and largest for rank 1.",
        (lambda s, i: math.log2(_rank(s, i)) - math.log2(len(s)),),
    ),
    Mistake(
        "own-surprise",
        "You use the model's surprise at the secret itself. A model may be surprised by all candidates; what counts is "
        "the secret's place among them.",
        (
            lambda s, i: s[i],
            lambda s, i: s[i] / math.log(2),
            lambda s, i: math.log2(len(s)) - s[i] / math.log(2),
            lambda s, i: math.log2(len(s)) - s[i],
            lambda s, i: math.log2(len(s)) + math.log2(_p(s)[i]),
            lambda s, i: -math.log2(_p(s)[i]),
        ),
    ),
    Mistake(
        "against-the-mean",
        "You compare with the mean surprise. Exposure compares ranks.",
        (
            lambda s, i: s.mean() - s[i],
            lambda s, i: (s.mean() - s[i]) / math.log(2),
            lambda s, i: (s.mean() - s[i]) / s.std(),
        ),
    ),
    Mistake(
        "without-itself",
        "You left the secret itself out of the candidates. It is one of the N.",
        (lambda s, i: math.log2(len(s) - 1) - math.log2(_rank(s, i)),),
    ),
)


def _case(surprises: list[float], secret: int, about: str) -> Case:
    return Case((np.array(surprises, dtype=float), secret), about)


def _drawn(n: int, place: int, seed: int, about: str) -> Case:
    """Random surprises; the secret has the place-th smallest."""
    surprises = np.random.default_rng(seed).gamma(6, 1.5, n).round(4)
    return Case((surprises, int(np.argsort(surprises)[place])), about)


exposure = Check(
    Exercise(
        name="limits.exposure",
        title="Exposure",
        difficulty="easy",
        minutes=6,
        arguments=("surprises", "secret"),
        reference=reference,
        answer=Number(),
        cases=(
            _case([3.0, 1.0, 2.0, 5.0], 2, "four candidates, the secret second"),
            _case([3.0, 1.5, 2.0, 5.0], 1, "four candidates, the secret first"),
            _case([2.0, 2.0, 2.0, 2.0, 7.0], 1, "five candidates, four of them alike"),
            _case([4.0, 6.0, 2.5, 6.0, 1.0, 6.0], 3, "six candidates, the secret shares the last place"),
            _drawn(10, 6, 1, "ten candidates"),
            _drawn(100, 2, 2, "a hundred candidates"),
            _drawn(1000, 400, 3, "a thousand candidates"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "more-than-all",
                "Exposure lies between 0 and log2 N, the bits in the whole secret.",
                lambda args, value: not -1e-6 <= float(value) <= math.log2(len(args[0])) + 1e-6,
            ),
        ),
        hints=(
            "The rank is a count: how many of the candidates surprise the model no more than the secret does? "
            "`surprises <= surprises[secret]` says it for each.",
            "`np.log2(len(surprises)) - np.log2(rank)`, with the rank from 1 to N.",
        ),
    )
)
