"""The exercise on masked scaled dot-product attention ."""

from __future__ import annotations

import torch

from helpers import attention
from helpers.checks.attention._scaled_mistakes import MISTAKES
from helpers.checks.attention._shared import OutputAndAttention, dice
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Symptom


def _case(about: str, seed: int, shape: tuple, s: int, k: int, v: int, mask=None, size: float = 1.0) -> Case:
    draw = dice(seed)
    batch = shape[:-1]
    mask = None if mask is None else torch.tensor(mask, dtype=torch.bool)
    return Case((draw(*shape, k, size=size), draw(*batch, s, k, size=size), draw(*batch, s, v), mask), about)


PADDING = [[[1, 1, 0, 0]], [[1, 1, 1, 1]], [[1, 0, 0, 0]]]  # (3, 1, 4): three texts, one of them full
HALF = (torch.zeros(2, 2), torch.ones(3, 2), torch.tensor([[2.0, 4.0], [6.0, 8.0], [90.0, 90.0]]))

scaled_dot_product = Check(
    Exercise(
        name="attention.scaled_dot_product",
        title="Scaled dot-product attention",
        difficulty="medium",
        minutes=12,
        arguments=("query", "key", "value", "mask"),
        reference=attention.scaled_dot_product,
        answer=OutputAndAttention(),
        cases=(
            _case("one query, two keys, no mask", 1, (1,), 2, 2, 2),
            _case("three queries, three keys of three numbers, no mask", 2, (3,), 3, 3, 3),
            _case("two queries, three keys, some forbidden", 3, (2,), 3, 4, 2, [[1, 0, 1], [0, 1, 1]]),
            _case("a causal mask for four tokens", 4, (4,), 4, 3, 4, torch.ones(4, 4).tril().tolist()),
            _case("three texts with padding, a mask (3, 1, 4)", 5, (3, 3), 4, 2, 5, PADDING),
            _case("two texts, two heads, a mask (2, 1, 1, 5)", 6, (2, 2, 3), 5, 4, 3,
                  [[[[1, 1, 1, 0, 0]]], [[[1, 1, 1, 1, 1]]]]),
            _case("a query that may look at nothing", 7, (3,), 3, 2, 2, [[1, 1, 0], [0, 0, 0], [0, 1, 1]]),
            Case((torch.tensor([[300.0, 0.0]]), torch.tensor([[-300.0, 1.0], [-300.5, 0.0], [299.5, 0.0]]),
                  torch.tensor([[1.0], [2.0], [9.0]]), torch.tensor([[True, True, False]])),
                 "very low scores, and a high one that is forbidden"),
            Case((torch.tensor([[10.0, 0.0]]), torch.tensor([[-7.7, 1.0], [-7.8, 0.0], [7.7, 0.0]]),
                  torch.tensor([[1.0], [2.0], [9.0]]), torch.tensor([[True, True, False]])),
                 "a forbidden score far above the allowed ones"),
            Case((*(part.half() for part in HALF), torch.tensor([[True, True, False], [True, True, False]])),
                 "numbers of 16 bits (float16)"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom("rows-do-not-sum", "The rows of your attention do not sum to one over the keys.",
                    lambda args, value: _rows_off(args, value)),
            Symptom("forbidden-weight", "A key that the mask forbids has got weight.",
                    lambda args, value: _forbidden(args, value)),
            Symptom("attention-right", "The attention is right; the output is not attention @ value.",
                    lambda args, value: _same_attention(args, value)),
        ),
        hints=(
            "Four steps: scores = query @ key.mT, divided by query.shape[-1] ** 0.5; where the mask is False the score "
            "becomes -inf; softmax over the last axis; the weights times value. Return both, output and weights.",
            "`scores.masked_fill(~mask, float('-inf'))` hides. A row with nothing but -inf gives NaN in the softmax; "
            "`weights.masked_fill(~mask, 0.0)` afterwards brings zeros back. And only if `mask is not None`.",
        ),
    )
)  # fmt: skip


def _attention_of(args: tuple, value):
    return value[..., args[2].shape[-1] :]


def _rows_off(args: tuple, value) -> bool:
    sums = _attention_of(args, value).sum(-1)
    expected = attention.scaled_dot_product(*args)[1].sum(-1).numpy()
    return bool((abs(sums - expected) > 1e-3).any())


def _forbidden(args: tuple, value) -> bool:
    mask = args[3]
    return mask is not None and bool((_attention_of(args, value)[~mask.expand(value.shape[:-1] + mask.shape[-1:])]
                                      > 1e-6).any())  # fmt: skip


def _same_attention(args: tuple, value) -> bool:
    expected = attention.scaled_dot_product(*args)[1].numpy()
    return bool((abs(_attention_of(args, value) - expected) < 1e-5).all())
