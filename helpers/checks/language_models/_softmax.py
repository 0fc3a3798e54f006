"""The exercise on softmax and its known wrong answers."""

from __future__ import annotations

import torch

from helpers import metrics
from helpers.checks.answers import Array
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom


def _top(z):
    return z.max(dim=-1, keepdim=True).values


def _stable(z):
    return (z - _top(z)).exp()


MISTAKES = (
    Mistake(
        "overflow",
        "Right for small scores. For scores such as 1000, `exp` gives infinity, and infinity divided by infinity is no "
        "number. Subtract the largest score of the row first: it changes no probability.",
        (
            lambda logits: logits.exp() / logits.exp().sum(dim=-1, keepdim=True),
            lambda logits: (logits - logits.min(dim=-1, keepdim=True).values).exp()
            / (logits - logits.min(dim=-1, keepdim=True).values).exp().sum(dim=-1, keepdim=True),
        ),
    ),
    Mistake(
        "global-max",
        "You subtract the largest score of the whole table. A row far below it then becomes 0 divided by 0. "
        "Each row needs its own: `max(dim=-1, keepdim=True)`.",
        (lambda logits: (logits - logits.max()).exp() / (logits - logits.max()).exp().sum(dim=-1, keepdim=True),),
    ),
    Mistake(
        "whole-table",
        "Everything together adds up to one; each row should. Sum along the last axis, with `keepdim=True`.",
        (
            lambda logits: (logits - logits.max()).exp() / (logits - logits.max()).exp().sum(),
            lambda logits: _stable(logits) / _stable(logits).sum(),
            lambda logits: logits.exp() / logits.exp().sum(),
        ),
    ),
    Mistake(
        "wrong-axis",
        "The columns add up to one, not the rows. The scores of one decision lie along the last axis: `dim=-1`.",
        (
            lambda logits: logits.softmax(dim=0),
            lambda logits: logits.exp() / logits.exp().sum(dim=0),
            lambda logits: _stable(logits) / _stable(logits).sum(dim=0),
        ),
    ),
    Mistake(
        "no-exponential",
        "The exponential is missing: scores divided by their sum can be negative, and the sum can be zero.",
        (
            lambda logits: logits / logits.sum(dim=-1, keepdim=True),
            lambda logits: (logits - _top(logits)) / (logits - _top(logits)).sum(dim=-1, keepdim=True),
        ),
    ),
    Mistake(
        "no-division",
        "Those are the exponentials. Divide each by the sum of its row, so that the row adds up to one.",
        (lambda logits: _stable(logits), lambda logits: logits.exp()),
    ),
    Mistake(
        "returns-logarithm",
        "Those are logarithms of probabilities. Return the probabilities themselves.",
        (
            lambda logits: logits - logits.logsumexp(dim=-1, keepdim=True),
            lambda logits: logits.log_softmax(dim=-1),
        ),
    ),
    Mistake(
        "sigmoid",
        "That is the sigmoid of every score by itself. In softmax the scores compete: a row adds up to one.",
        (lambda logits: logits.sigmoid(),),
    ),
    Mistake(
        "hardmax",
        "All the probability went to the largest score. The others keep a share, the smaller the further below.",
        (
            lambda logits: torch.nn.functional.one_hot(logits.argmax(-1), logits.shape[-1]).double(),
            lambda logits: (logits == _top(logits)).double(),
        ),
    ),
    Mistake(
        "wrong-base",
        "The base is not e: 2 or 10 to the power of a score gives other probabilities. Use `exp`.",
        (
            lambda logits: 2 ** (logits - _top(logits)) / (2 ** (logits - _top(logits))).sum(dim=-1, keepdim=True),
            lambda logits: 10 ** (logits - _top(logits)) / (10 ** (logits - _top(logits))).sum(dim=-1, keepdim=True),
        ),
    ),
    Mistake(
        "clamped",
        "Large scores are cut off, which changes probabilities. Subtract the row's largest score in place of a limit.",
        tuple(
            lambda logits, most=most: logits.clamp(-most, most).softmax(dim=-1)
            for most in (10.0, 20.0, 50.0, 80.0, 88.0, 100.0, 500.0)
        ),
    ),
    Mistake(
        "divides-by-max",
        "You divide the scores by the largest one. Subtract it: that leaves the differences as they are.",
        (lambda logits: (logits / _top(logits)).softmax(dim=-1),),
    ),
    Mistake(
        "opposite-sign",
        "The largest score got the smallest probability: a sign is the wrong way round.",
        (lambda logits: (-logits).softmax(dim=-1),),
    ),
)


def _case(rows, about: str) -> Case:
    return Case((torch.tensor(rows, dtype=torch.float32),), about)


softmax = Check(
    Exercise(
        name="language_models.softmax",
        title="A stable softmax",
        difficulty="medium",
        minutes=8,
        arguments=("logits",),
        reference=metrics.softmax,
        answer=Array("a tensor of the shape of logits"),
        cases=(
            _case([1.0, 2.0, 4.0], "three scores"),
            _case([0.5, -1.5, 0.0, 2.0], "four scores, one negative"),
            _case([[1.0, 3.0, -0.5], [2.0, -1.0, 0.5]], "two rows of three scores"),
            _case([[1.0, 2.0, 0.0], [0.5, 0.5, 0.25], [-3.0, 1.5, 4.0]], "three rows of three scores"),
            _case([[[1.0, 2.0], [3.0, 1.0]], [[0.5, 1.5], [-1.0, 2.5]], [[2.0, 2.5], [0.0, 1.0]]], "shape (3, 2, 2)"),
            _case([1000.0, 1001.0, 0.5], "scores around 1000"),
            _case([[1000.0, 1001.5], [-1000.0, -1002.0], [1.5, 3.0]], "rows far apart"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "rows-not-one",
                "The rows of your answer do not add up to one: divide by the sum along the last axis.",
                lambda args, value: bool((abs(value.sum(-1) - 1) > 1e-4).any()),
            ),
        ),
        hints=(
            "Three lines: subtract the largest score of each row, take `exp`, divide by the sum of each row. "
            "`logits.max(dim=-1, keepdim=True).values` keeps the axis, so that the shapes fit.",
            "`shifted = logits - logits.max(dim=-1, keepdim=True).values`, then `e = shifted.exp()`; what is left is "
            "one division by `e.sum(dim=-1, keepdim=True)`.",
        ),
    )
)
