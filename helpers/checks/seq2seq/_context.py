"""The exercise on context vectors and its known wrong answers."""

from __future__ import annotations

import torch

from helpers.attention import dot_product_scores, masked_softmax
from helpers.checks.answers import Array
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom
from helpers.checks.recurrent._shared import dice
from helpers.recurrent import seq2seq


def _weights(query, states, mask):
    return masked_softmax(dot_product_scores(query, states), mask)


def _everywhere(states):
    return torch.ones(1, states.shape[-2], dtype=torch.bool)


MISTAKES = (
    Mistake("returns-weights", "These are the weights, (B, T, S). Multiply the encoder's states by them and add.",
            (_weights, lambda q, e, m: dot_product_scores(q, e))),
    Mistake("no-mask", "The mask is not used: padding is mixed in.",
            (lambda q, e, m: _weights(q, e, None) @ e,)),
    Mistake("mask-inverted", "The mask is the wrong way round: you looked at the padding alone.",
            (lambda q, e, m: _weights(q, e, ~m) @ e,)),
    Mistake("mask-after-softmax", "The mask came after the softmax, so the weights no longer add up to 1 and the "
            "context is too short. Mask the scores.",
            (lambda q, e, m: (_weights(q, e, None) * m) @ e,)),
    Mistake("no-softmax", "The scores themselves were used as weights. Put them through `masked_softmax` first.",
            (lambda q, e, m: dot_product_scores(q, e) @ e, lambda q, e, m: (dot_product_scores(q, e) * m) @ e,
             lambda q, e, m: dot_product_scores(q, e).masked_fill(~m, 0.0) @ e)),
    Mistake("uniform", "Every real token has the same weight, whatever is asked. The weights come from the scores.",
            (lambda q, e, m: (m / m.sum(-1, keepdim=True)).expand(*q.shape[:2], -1) @ e,
             lambda q, e, m: masked_softmax(torch.zeros(*q.shape[:2], e.shape[1]), m) @ e)),
    Mistake("best-only", "You took the one state with the best score. A context vector is a mean of all, weighted.",
            (lambda q, e, m: e.gather(1, _weights(q, e, m).argmax(-1, keepdim=True).expand(-1, -1, e.shape[-1])),)),
    Mistake("averages-queries", "You weighted the queries. The mean is taken over the encoder's states.",
            (lambda q, e, m: _weights(q, e, m).mT @ q, lambda q, e, m: _weights(q, e, m) @ q)),
    Mistake("wrong-axis", "The softmax ran over the queries. Each query shares out a weight of 1 over the source.",
            (lambda q, e, m: dot_product_scores(q, e).masked_fill(~m, -1e9).softmax(-2) @ e,
             lambda q, e, m: (dot_product_scores(q, e).masked_fill(~m, -1e9).softmax(-2) * m) @ e)),
    Mistake("scaled-by-root", "You divided the scores by the root of the width. That is lesson 06; here they stay as "
            "they are.",
            (lambda q, e, m: masked_softmax(dot_product_scores(q, e) / q.shape[-1] ** 0.5, m) @ e,)),
    Mistake("sums-queries", "All queries share one context vector here. Each query has its own: (B, T, N).",
            (lambda q, e, m: _weights(q.mean(1, keepdim=True), e, m) @ e,
             lambda q, e, m: (_weights(q, e, m) @ e).mean(1), lambda q, e, m: (_weights(q, e, m) @ e).sum(1))),
    Mistake("adds-query", "You added the query, or put it beside the context. The context alone is asked for; the "
            "decoder combines the two later.",
            (lambda q, e, m: _weights(q, e, m) @ e + q, lambda q, e, m: torch.cat([_weights(q, e, m) @ e, q], -1),
             lambda q, e, m: torch.cat([q, _weights(q, e, m) @ e], -1))),
)  # fmt: skip


def _case(batch: int, t: int, s: int, n: int, lengths: tuple[int, ...], about: str) -> Case:
    draw = dice(1000 * batch + 100 * t + 10 * s + n)
    mask = torch.arange(s) < torch.tensor(lengths)[:, None]  # (B, S)
    return Case((draw(batch, t, n), draw(batch, s, n), mask[:, None]), about)


context_vectors = Check(
    Exercise(
        name="seq2seq.context_vectors",
        title="Context vectors",
        difficulty="medium",
        minutes=7,
        arguments=("query", "states", "mask"),
        reference=seq2seq.context_vectors,
        answer=Array("a tensor (B, T, N)"),
        cases=(
            _case(1, 1, 2, 2, (2,), "one text, one query, two tokens, no padding"),
            _case(1, 2, 3, 2, (2,), "one text, two queries, three tokens, the last one padding"),
            _case(2, 2, 4, 3, (4, 2), "two texts of four and of two tokens"),
            _case(2, 3, 3, 3, (1, 3), "two texts, one of a single token"),
            _case(3, 1, 5, 4, (5, 3, 1), "three texts, one query each"),
            _case(2, 4, 3, 2, (2, 0), "a text without any token, whose context must be zeros"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom("outside", "A context vector is a mean of the states: none of its numbers can be above their "
                    "largest or below their smallest.",
                    lambda args, value: value.shape == args[0].shape and bool(
                        (value > args[1].numpy().max() + 1e-6).any() or (value < args[1].numpy().min() - 1e-6).any())),
            Symptom("wrong-context", "The shape is right and the numbers are not: scores of queries and states, masked "
                    "softmax, then weights times states.", lambda args, value: value.shape == args[0].shape),
        ),
        hints=(
            "Three lines: scores (B, T, S) with `attention.dot_product_scores`, weights (B, T, S) with "
            "`attention.masked_softmax`, then a weighted sum over the S tokens.",
            "A matrix product is a weighted sum: `weights @ states`, (B, T, S) times (B, S, N), gives (B, T, N).",
        ),
    )  # fmt: skip
)
