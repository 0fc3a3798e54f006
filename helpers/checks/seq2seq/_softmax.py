"""The exercise on the masked softmax and its known wrong answers."""

from __future__ import annotations

import math

import torch

from helpers import attention
from helpers.checks.answers import Array
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom
from helpers.checks.recurrent._shared import dice

INF = math.inf


def _fill(scores, mask, value=-INF, dim=-1):
    return scores.masked_fill(~mask, value).softmax(dim)


def _blind_to_zero(formula):
    """The same formula with zeros in the rows that may look at nothing, and nowhere NaN."""
    return lambda scores, mask: formula(scores, mask).nan_to_num().masked_fill(~mask.any(-1, keepdim=True), 0.0)


def _both(reason: str, message: str, *formulas) -> Mistake:
    """A mistake, whether or not rows that may look at nothing are thought of as well."""
    return Mistake(reason, message, (*map(_blind_to_zero, formulas), *formulas))


def _shifted(scores):
    return scores - scores.amax(-1, keepdim=True)


MISTAKES = (
    _both("mask-inverted", "The mask is the wrong way round: it is True where attending is allowed.",
          lambda s, m: _fill(s, ~m), lambda s, m: _fill(s, ~m, -1e9), lambda s, m: s.masked_fill(m, 0).softmax(-1)),
    _both("no-mask", "The mask changes nothing: padding still gets weight.", lambda s, m: s.softmax(-1)),
    _both("mask-after-softmax", "You put weights to zero after the softmax, so the rows no longer add up to 1. Forbid "
          "before it: a score of minus infinity becomes a weight of 0.",
          lambda s, m: s.softmax(-1) * m, lambda s, m: s.softmax(-1).masked_fill(~m, -INF)),
    _both("zero-score", "You gave forbidden keys a score of 0, or near it, and exp(0) is 1: they get weight. Take "
          "minus infinity.",
          lambda s, m: (s * m).softmax(-1), lambda s, m: (s * m).softmax(-1) * m),
    _both("adds-mask", "You added the mask as 0 and 1. Forbidden scores must become minus infinity.",
          lambda s, m: (s + m).softmax(-1), lambda s, m: (s - (~m).float()).softmax(-1)),
    Mistake("overflow", "exp overflows when scores are large. Take the largest allowed score off first, or let "
            "`softmax` do it.",
            (_blind_to_zero(lambda s, m: s.exp() * m / (s.exp() * m).sum(-1, keepdim=True)),
             lambda s, m: s.exp() * m / (s.exp() * m).sum(-1, keepdim=True),
             lambda s, m: s.masked_fill(~m, -INF).exp() / s.masked_fill(~m, -INF).exp().sum(-1, keepdim=True),
             lambda s, m: s.exp() * m / (s.exp() * m).sum(-1, keepdim=True).clamp(min=1e-9))),
    Mistake("underflow", "You took off the largest of all scores, forbidden ones too. If that one is far above the "
            "rest, exp of all that is allowed is 0. Mask first.",
            (_blind_to_zero(lambda s, m: _shifted(s).exp() * m / (_shifted(s).exp() * m).sum(-1, keepdim=True)),
             lambda s, m: s.softmax(-1) * m / (s.softmax(-1) * m).sum(-1, keepdim=True),
             lambda s, m: s.softmax(-1) * m / ((s.softmax(-1) * m).sum(-1, keepdim=True) + 1e-9))),
    Mistake("blind-nan", "Right, but for a query that may look at nothing: the softmax of minus infinity everywhere is "
            "0 / 0. Give such rows zeros.", (lambda s, m: _fill(s, m),)),
    Mistake("blind-uniform", "Right, but for a query that may look at nothing: with the same large number everywhere, "
            "padding gets equal weights. Such rows must be zeros.",
            (lambda s, m: _fill(s, m, -1e9), lambda s, m: (s - 1e9 * ~m).softmax(-1),
             lambda s, m: torch.where(m.any(-1, keepdim=True), _fill(s, m), torch.ones_like(s) / s.shape[-1]))),
    _both("finite-number", "You forbid with a number that is not small enough: scores can be below it, and padding "
          "then wins. Take `-math.inf`.",
          lambda s, m: _fill(s, m, -10.0), lambda s, m: _fill(s, m, -100.0), lambda s, m: _fill(s, m, -1000.0),
          lambda s, m: _fill(s, m, -100.0) * m, lambda s, m: _fill(s, m, -1000.0) * m,
          *(lambda s, m, fill=fill: _fill(s, m, fill) * m for fill in (-1e4, -1e5, -1e6))),
    _both("wrong-axis", "The columns add up to 1, not the rows. The softmax runs over the keys, the last axis.",
          lambda s, m: _fill(s, m, -1e9, -2), lambda s, m: _fill(s, m, -1e9, -2) * m, lambda s, m: _fill(s, m, dim=-2)),
    _both("over-everything", "All weights together add up to 1. Each row is a distribution of its own: softmax over "
          "the last axis.",
          lambda s, m: s.masked_fill(~m, -INF).flatten().softmax(0).reshape(s.shape)),
    _both("no-exponential", "You divided the scores by their sum, without exp. Scores can be negative; weights cannot.",
          lambda s, m: s * m / (s * m).sum(-1, keepdim=True)),
    _both("no-division", "These rows do not add up to 1: the sum of each row is missing below the line.",
          lambda s, m: (s - s.masked_fill(~m, -INF).amax(-1, keepdim=True)).exp() * m),
    _both("logarithm", "These are logarithms of weights. Use softmax, not log_softmax.",
          lambda s, m: s.masked_fill(~m, -INF).log_softmax(-1)),
    _both("hardmax", "The best key gets everything. A softmax shares the weight by the scores.",
          lambda s, m: torch.nn.functional.one_hot(s.masked_fill(~m, -INF).argmax(-1), s.shape[-1]).float() * m),
)  # fmt: skip


def _case(about: str, scores: torch.Tensor, mask: list) -> Case:
    return Case((scores, torch.tensor(mask, dtype=torch.bool)), about)


_draw = dice(5)

masked_softmax = Check(
    Exercise(
        name="seq2seq.masked_softmax",
        title="Masked softmax",
        difficulty="medium",
        minutes=8,
        arguments=("scores", "mask"),
        reference=attention.masked_softmax,
        answer=Array("a tensor of weights (..., T, S)"),
        cases=(
            _case("one query, three keys, the last one padding", torch.tensor([[2.0, 1.0, 3.0]]), [[1, 1, 0]]),
            _case("two queries, four keys, masks of their own", _draw(2, 4), [[1, 1, 0, 0], [0, 1, 1, 1]]),
            _case("a mask of one row for all queries", _draw(3, 3), [[1, 1, 0]]),
            _case("a batch of two, (2, 3, 4), with a mask (2, 1, 4)", _draw(2, 3, 4), [[[1, 1, 1, 1]], [[1, 1, 0, 0]]]),
            _case("all keys allowed", _draw(2, 3), [[1, 1, 1], [1, 1, 1]]),
            _case("negative scores, and padding with a higher one", torch.tensor([[-3.0, -2.0, 5.0]]), [[1, 1, 0]]),
            _case("large scores", torch.tensor([[1000.0, 999.0, 998.0], [200.0, 90.0, 100.0]]), [[1, 1, 0], [0, 1, 1]]),
            _case("scores far below zero", torch.tensor([[-2000.0, -2001.0, -1500.0]]), [[1, 1, 0]]),
            _case("scores farther below zero still, one key allowed",
                  torch.tensor([[-20_000.0, -15_000.0], [-2_000_000.0, -1_500_000.0]]), [[1, 0], [1, 0]]),
            _case("a query that may look at nothing, whose weights must be zeros",
                  _draw(2, 3), [[1, 0, 1], [0, 0, 0]]),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom("forbidden-weight", "A forbidden key has a weight that is not 0.",
                    lambda args, value: bool((abs(value) * ~args[1].numpy() > 1e-6).any())),
            Symptom("rows-not-one", "A row does not add up to 1. Divide by the sum over the allowed keys.",
                    lambda args, value: bool((abs(value.sum(-1) - 1) > 1e-3)[args[1].numpy().any(-1)
                                              & (value.sum(-1) == value.sum(-1))].any())),
            Symptom("wrong-weights", "These are not the softmax of the allowed scores.", lambda args, value: True),
        ),
        hints=(
            "`scores.masked_fill(~mask, -math.inf)` puts minus infinity where the mask is False; exp of it is 0. Then "
            "`.softmax(dim=-1)`. One case is left: a row without any True.",
            "The softmax of such a row is NaN. Put zeros wherever the mask is False afterwards: "
            "`weights.masked_fill(~mask, 0.0)`. That also mends those rows, since all of their places are forbidden.",
        ),
    )  # fmt: skip
)
