"""The exercise on gradient times input and its known wrong answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch

from helpers.checks.answers import Array, Reading
from helpers.checks.attention._shared import dice
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake
from helpers.checks.inside._given import Given
from helpers.tracing.flow import gradient_times_input as reference


def _gradient(x, score):
    x = x.detach().clone().requires_grad_()
    return torch.autograd.grad(score(x), x)[0]


def _without(x, score, token):
    x = x.clone()
    x[token] = 0
    return score(x)


MISTAKES = (
    Mistake(
        "gradient-only",
        "That is the gradient summed up. Multiply it by the vector first, number by number.",
        (lambda x, s: _gradient(x, s).sum(-1), lambda x, s: _gradient(x, s).mean(-1)),
    ),
    Mistake(
        "norm-of-the-gradient",
        "That is how long each gradient is: how sensitive the score is at a token, without a sign. Here it is the "
        "gradient times the vector, summed.",
        (lambda x, s: _gradient(x, s).norm(dim=-1), lambda x, s: _gradient(x, s).abs().sum(-1)),
    ),
    Mistake(
        "loses-the-sign-inside",
        "You take absolute values before you sum up. Parts of a token may speak against each other: keep the signs.",
        (lambda x, s: (_gradient(x, s) * x).abs().sum(-1),),
    ),
    Mistake(
        "absolute",
        "The sign is lost. A token may also lower the score.",
        (lambda x, s: (_gradient(x, s) * x).sum(-1).abs(),),
    ),
    Mistake(
        "sums-over-tokens",
        "You sum over the tokens: one number for each of the D numbers. Sum over the last axis, one number a token.",
        (lambda x, s: (_gradient(x, s) * x).sum(0),),
    ),
    Mistake(
        "mean",
        "You take the mean over the D numbers. Their sum is what the score would lose.",
        (lambda x, s: (_gradient(x, s) * x).mean(-1),),
    ),
    Mistake(
        "not-summed",
        "That is a number for each number of each vector, (T, D). Sum over the last axis: one for each token.",
        (lambda x, s: _gradient(x, s) * x,),
    ),
    Mistake(
        "occlusion",
        "You set each vector to zero and measure the difference. That is occlusion, T runs for one; the gradient "
        "is its straight-line guess. Take the gradient here.",
        (lambda x, s: torch.stack([s(x) - _without(x, s, t) for t in range(len(x))]),),
    ),
    Mistake(
        "shares",
        "You make the shares sum to one. They are differences of the score, with signs: leave them as they are.",
        (
            lambda x, s: (_gradient(x, s) * x).sum(-1).softmax(0),
            lambda x, s: (_gradient(x, s) * x).sum(-1) / (_gradient(x, s) * x).sum(),
            lambda x, s: (_gradient(x, s) * x).sum(-1) / (_gradient(x, s) * x).sum(-1).abs().sum(),
        ),
    ),
    Mistake(
        "input-squared",
        "You multiply by the vector twice, or by itself: one factor is the gradient of the score.",
        (lambda x, s: (x * x).sum(-1), lambda x, s: (_gradient(x, s) * x * x).sum(-1)),
    ),
)


def first_number(x):
    """A score: three times the first token's first number."""
    return 3 * x[0, 0]


def squares(x):
    """A score: the sum of all squares."""
    return x.square().sum()


def last_alike(x):
    """A score: how alike the last token is to the others, squashed."""
    return torch.tanh(x @ x[-1]).sum()


def attends(x):
    """A score: the last token attends to all, and the first number of what it finds is read."""
    weights = (x @ x[-1] / x.shape[1] ** 0.5).softmax(0)
    return (weights @ torch.sin(x))[0]


@dataclass(frozen=True)
class Plain:
    """A tensor (T,) that hangs on no graph; other forms of numbers are taken too."""

    wanted: str = "a plain tensor (T,)"

    def read(self, value: Any, args: tuple) -> Reading:
        """Read an answer; `args` is what it was computed from."""
        reading = Array(self.wanted).read(value, args)
        if reading.reason or not getattr(value, "requires_grad", False):
            return reading
        message = ("The numbers are right, but your tensor still asks for a gradient, so that `.numpy()` refuses it. "
                   "Multiply by `x.detach()`, or end with `.detach()`.")  # fmt: skip
        return replace(reading, reason="not-plain", message=message)


def _case(t: int, d: int, score, about: str) -> Case:
    return Case((dice(900 + 10 * t + d)(t, d), Given(score)), about)


gradient_times_input = Check(
    Exercise(
        name="inside.gradient_times_input",
        title="Gradient times input",
        difficulty="easy",
        minutes=5,
        arguments=("vectors", "score"),
        reference=reference,
        answer=Plain(),
        cases=(
            _case(2, 3, first_number, "a score that reads one number of the first token"),
            _case(3, 2, squares, "a score that sums all squares"),
            _case(4, 3, last_alike, "a score by dot products with the last token"),
            _case(5, 4, attends, "a score by attention over five tokens"),
            _case(3, 5, attends, "a score by attention over three tokens"),
        ),
        mistakes=MISTAKES,
        hints=(
            "PyTorch differentiates by tensors that ask for it: `x = vectors.detach().clone()"
            ".requires_grad_()`. Then "
            "`score(x).backward()` leaves the gradient in `x.grad`, of x's shape.",
            "`(x.grad * x.detach()).sum(dim=-1)`: number by number, summed over each token's vector.",
        ),
    )
)
