"""The exercise on the cross-entropy of logits and its known wrong answers."""

from __future__ import annotations

import math

import torch
from torch.nn.functional import one_hot

from helpers import metrics
from helpers.checks.answers import Loss
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom


def _of_target(table, targets):
    return table[torch.arange(len(targets)), targets]


def _naive(logits):
    return logits.exp() / logits.exp().sum(dim=-1, keepdim=True)


def _log_p(logits):
    return logits.log_softmax(dim=-1)


MISTAKES = (
    Mistake(
        "overflow",
        "Right for small scores. For large ones `exp` gives infinity. Subtract the largest score of each row "
        "first, or let `torch.logsumexp` do it.",
        (
            lambda logits, targets: -_of_target(_naive(logits), targets).log().mean(),
            lambda logits, targets: (logits.exp().sum(dim=-1).log() - _of_target(logits, targets)).mean(),
        ),
    ),
    Mistake(
        "log-of-zero",
        "Right for small scores. For large ones softmax rounds a probability to 0, whose logarithm is minus infinity. "
        "Don't go through the probabilities: -log p = log Σ exp(z) − z[target].",
        (lambda logits, targets: -_of_target(logits.softmax(dim=-1), targets).log().mean(),
         lambda logits, targets: -_of_target(logits.double().softmax(dim=-1), targets).log().mean()),
    ),
    Mistake(
        "capped",
        "A small number inside the logarithm keeps infinity away, and also keeps the loss of a badly wrong score from "
        "growing. Work with log Σ exp(z) − z[target]: it needs no such help.",
        tuple(
            change
            for extra in (1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5)
            for change in (
                lambda logits, targets, e=extra: -(_of_target(logits.softmax(dim=-1), targets) + e).log().mean(),
                lambda logits, targets, e=extra: -_of_target(logits.softmax(dim=-1), targets).clamp(min=e).log().mean(),
            )
        ),
    ),
    Mistake(
        "opposite-sign",
        "The sign is the wrong way round: a loss is minus the logarithm, so that smaller is better.",
        (lambda logits, targets: _of_target(_log_p(logits), targets).mean(),),
    ),
    Mistake(
        "sum-over-batch",
        "You added up the losses of the batch. Take their mean, or a larger batch would mean larger steps.",
        (lambda logits, targets: -_of_target(_log_p(logits), targets).sum(),),
    ),
    Mistake(
        "no-mean",
        "You have one loss for each row. Return their mean, a single number.",
        (lambda logits, targets: -_of_target(_log_p(logits), targets),),
    ),
    Mistake(
        "mean-over-classes",
        "The mean was taken over rows and classes, so the loss is too small by the number of classes. Add up along the "
        "classes (all but one are zero), then take the mean over the rows.",
        (lambda logits, targets: -(one_hot(targets, logits.shape[-1]) * _log_p(logits)).mean(),),
    ),
    Mistake(
        "all-classes",
        "The targets play no part: every class was treated as the right one. Pick one log-probability from each row.",
        (
            lambda logits, targets: -_log_p(logits).mean(),
            lambda logits, targets: -_log_p(logits).sum(dim=-1).mean(),
        ),
    ),
    Mistake(
        "picks-columns",
        "`table[:, targets]` takes the columns of all targets from every row. One entry of each row is wanted: "
        "`table[torch.arange(len(targets)), targets]`, or `gather`.",
        (
            lambda logits, targets: -_log_p(logits)[:, targets].mean(),
            lambda logits, targets: -_log_p(logits)[:, targets].sum(dim=-1).mean(),
        ),
    ),
    Mistake(
        "largest-not-target",
        "You took the probability of the largest score. The loss asks for that of the target, however small.",
        (lambda logits, targets: -_log_p(logits).max(dim=-1).values.mean(),),
    ),
    Mistake(
        "no-softmax",
        "That is the bare score of the target. It says nothing until it is compared with the others: log Σ exp(z) is "
        "missing.",
        (lambda logits, targets: -_of_target(logits, targets).mean(),),
    ),
    Mistake(
        "no-logarithm",
        "The logarithm is missing: a probability is no surprise yet.",
        (
            lambda logits, targets: (1 - _of_target(logits.softmax(dim=-1), targets)).mean(),
            lambda logits, targets: -_of_target(logits.softmax(dim=-1), targets).mean(),
        ),
    ),
    Mistake(
        "softmax-twice",
        "Softmax was taken twice: `log_softmax` and `F.cross_entropy` want logits, not probabilities.",
        (lambda logits, targets: -_of_target(_log_p(logits.softmax(dim=-1)), targets).mean(),),
    ),
    Mistake(
        "wrong-axis",
        "Softmax was taken down the columns. The scores of one decision lie along the last axis: `dim=-1`.",
        (lambda logits, targets: -_of_target(logits.log_softmax(dim=0), targets).mean(),),
    ),
    Mistake(
        "bits",
        "That is the loss in bits: the logarithm has base 2. The formula has the natural one.",
        (lambda logits, targets: -_of_target(_log_p(logits), targets).mean() / math.log(2),),
    ),
    Mistake(
        "mean-before-logarithm",
        "The mean was taken before the logarithm. Each row has a loss of its own; their mean comes last.",
        (lambda logits, targets: -_of_target(logits.softmax(dim=-1), targets).mean().log(),),
    ),
)


def _case(rows, targets, about: str) -> Case:
    logits = torch.tensor(rows, dtype=torch.float32, requires_grad=True)
    return Case((logits, torch.tensor(targets)), about)


cross_entropy = Check(
    Exercise(
        name="language_models.cross_entropy",
        title="Cross-entropy from logits",
        difficulty="medium",
        minutes=10,
        arguments=("logits", "targets"),
        reference=metrics.cross_entropy,
        answer=Loss(),
        cases=(
            _case([[1.0, 3.0]], [0], "one row of two scores"),
            _case([[2.0, 0.5, -1.0]], [2], "one row of three scores"),
            _case([[1.0, 2.5, 0.5], [0.0, -1.0, 1.5]], [1, 0], "two rows of three scores"),
            _case([[0.5, 1.0, -2.0], [1.5, 0.0, 3.0], [2.0, -1.0, 0.25]], [0, 0, 1], "three rows of three scores"),
            _case([[1.0, -1.0, 0.5, 2.0, 0.0]] * 2 + [[0.0, 1.0, 3.0, -2.0, 1.0]], [3, 1, 2], "five classes"),
            _case([[1000.0, 1002.0, 999.0], [0.5, 0.0, 1.0]], [0, 2], "scores around 1000"),
            _case([[2000.0, 0.0], [-1000.0, 1000.0]], [1, 0], "a model that is sure and wrong"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "negative-loss",
                "The loss is negative. It is minus the logarithm of a probability, which is never below 0.",
                lambda args, value: bool(value < -1e-6),
            ),
        ),
        hints=(
            "For one row, -log softmax(z)[y] = log Σ exp(z) − z[y]. `torch.logsumexp(logits, dim=-1)` gives the first "
            "part for all rows, safely, shape (B,).",
            "The second part: `logits[torch.arange(len(targets)), targets]` picks one score from each row, shape (B,). "
            "Subtract, and take the mean.",
        ),
    )
)
