"""The exercise on perplexity and its known wrong answers."""

from __future__ import annotations

import math

import numpy as np

from helpers import metrics
from helpers.checks.answers import Number
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom


def _surprise(p, base: float = math.e) -> float:
    return math.inf if p <= 0 else -math.log(p) / math.log(base)


def _mean(probabilities, base: float = math.e) -> float:
    return sum(_surprise(p, base) for p in probabilities) / len(probabilities)


def _power(base: float, exponent: float) -> float:
    return float(np.power(np.float64(base), exponent))


def _capped(extra):
    return lambda probabilities: math.exp(-sum(math.log(p + extra) for p in probabilities) / len(probabilities))


def _limited(least):
    return lambda probabilities: math.exp(-sum(math.log(max(p, least)) for p in probabilities) / len(probabilities))


def _skips(probabilities):
    kept = [p for p in probabilities if p > 0]
    return math.exp(_mean(kept))


MISTAKES = (
    Mistake(
        "underflow",
        "Right for short texts. The product of hundreds of probabilities is too small for a computer and becomes 0. "
        "Add up logarithms in place of multiplying probabilities.",
        (
            lambda probabilities: math.prod(probabilities) ** (-1 / len(probabilities)),
            lambda probabilities: (1 / math.prod(probabilities)) ** (1 / len(probabilities)),
            lambda probabilities: float(np.prod(probabilities) ** (-1 / len(probabilities))),
            lambda probabilities: math.exp(-math.log(math.prod(probabilities)) / len(probabilities)),
        ),
    ),
    Mistake(
        "zero-probability",
        "Right, until something happens that was held impossible: log 0 does not exist. The perplexity is then "
        "infinite: return `math.inf`.",
        (
            lambda probabilities: math.exp(-sum(math.log(p) for p in probabilities) / len(probabilities)),
            lambda probabilities: 2 ** (-sum(math.log2(p) for p in probabilities) / len(probabilities)),
        ),
    ),
    Mistake(
        "skips-zeros",
        "A token with probability 0 was left out. It is the worst thing that can happen to a model: the perplexity is "
        "infinite.",
        (
            _skips,
            lambda probabilities: math.exp(sum(_surprise(p) for p in probabilities if p > 0) / len(probabilities)),
        ),
    ),
    Mistake(
        "capped",
        "A small number was added to the probabilities, or they got a lower limit. What was held impossible and came "
        "makes the perplexity infinite: say so.",
        tuple(
            make(extra)
            for make in (_capped, _limited)
            for extra in (1e-300, 1e-100, 1e-30, 1e-20, 1e-16, 1e-15, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6)
        ),
    ),
    Mistake(
        "mixed-bases",
        "Two bases are mixed: the exponential must undo the logarithm, e with `log`, 2 with `log2`.",
        (
            lambda probabilities: _power(2, _mean(probabilities)),
            lambda probabilities: _power(math.e, _mean(probabilities, 2)),
            lambda probabilities: _power(10, _mean(probabilities)),
        ),
    ),
    Mistake(
        "no-exponential",
        "That is the mean surprise itself, the cross-entropy. Perplexity is its exponential.",
        (
            lambda probabilities: _mean(probabilities),
            lambda probabilities: _mean(probabilities, 2),
        ),
    ),
    Mistake(
        "sum-not-mean",
        "You took the exponential of the sum. Take the mean first, or longer texts look worse.",
        (
            lambda probabilities: float(np.exp(np.float64(sum(_surprise(p) for p in probabilities)))),
            lambda probabilities: math.exp(sum(_surprise(p) for p in probabilities)),
            lambda probabilities: 1 / math.prod(probabilities),
        ),
    ),
    Mistake(
        "inverse",
        "The sign is missing: that is the geometric mean of the probabilities, below 1. Perplexity is one over it.",
        (
            lambda probabilities: math.exp(-_mean(probabilities)),
            lambda probabilities: math.prod(probabilities) ** (1 / len(probabilities)),
        ),
    ),
    Mistake(
        "arithmetic-mean",
        "You took the mean of the probabilities, or of one over them. Take the mean of the logarithms.",
        (
            lambda probabilities: 1 / (sum(probabilities) / len(probabilities)),
            lambda probabilities: sum(1 / p if p else math.inf for p in probabilities) / len(probabilities),
            lambda probabilities: sum(1 / p for p in probabilities) / len(probabilities),
            lambda probabilities: math.exp(-math.log(sum(probabilities) / len(probabilities))),
        ),
    ),
    Mistake(
        "off-by-one",
        "The sum was divided by N − 1. Divide by the number of tokens, N.",
        (lambda probabilities: math.exp(_mean(probabilities) * len(probabilities) / max(len(probabilities) - 1, 1)),),
    ),
    Mistake(
        "entropy",
        "Each surprise was weighted with its probability, as in an entropy. Here every token that came counts once.",
        (
            lambda probabilities: math.exp(sum(p * _surprise(p) if p else 0.0 for p in probabilities)),
            lambda probabilities: math.exp(sum(p * _surprise(p) for p in probabilities if p) / len(probabilities)),
            lambda probabilities: math.exp(-sum(p * math.log(p) for p in probabilities)),
        ),
    ),
)

perplexity = Check(
    Exercise(
        name="language_models.perplexity",
        title="Perplexity",
        difficulty="easy",
        minutes=6,
        arguments=("probabilities",),
        reference=metrics.perplexity,
        answer=Number(),
        cases=(
            Case(([0.5, 0.5, 0.5],), "three tokens, each at one half"),
            Case(([1.0, 1.0],), "a model that is never surprised"),
            Case(([0.5, 0.125],), "two tokens, one likely and one not"),
            Case(([0.9, 0.2, 0.05, 0.6],), "four tokens"),
            Case(([0.1, 0.05, 0.02, 0.3, 0.01] * 160,), "a text of 800 tokens"),
            Case(([0.5, 0.0, 0.25],), "a token that was held impossible"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "below-one",
                "A perplexity is never below 1: even a model that is never surprised has one token to choose from.",
                lambda args, value: bool(value < 1 - 1e-6),
            ),
        ),
        hints=(
            "Add up `-math.log(p)`, divide by how many there are, take `math.exp`. Before that, look whether one of "
            "them is 0.",
            "`if min(probabilities) == 0: return math.inf`, and then "
            "`math.exp(-sum(math.log(p) for p in probabilities) / …)`.",
        ),
    )
)
