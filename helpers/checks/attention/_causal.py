"""The exercise on the causal mask and its known wrong answers."""

from __future__ import annotations

import torch

from helpers import attention
from helpers.checks.attention._shared import Mask
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom


def _lower(t, s, diagonal=0):
    return torch.ones(t, s).tril(diagonal)


def _right(t, s, extra=0):
    return torch.ones(t, s).tril(s - t + extra).bool()


MISTAKES = (
    Mistake(
        "true-forbids",
        "Your mask is True where attending is forbidden, as in nn.MultiheadAttention. Here True means allowed.",
        (lambda t, s: ~_right(t, s),),
    ),
    Mistake(
        "excludes-itself",
        "A token may not see itself in your mask; the first could then see nothing. Include the diagonal: "
        "key <= query.",
        (lambda t, s: _right(t, s, -1),),
    ),
    Mistake(
        "sees-one-ahead",
        "Each token sees one ahead of itself: the very token that it is to predict. The diagonal is the last that is "
        "allowed.",
        (lambda t, s: _right(t, s, 1),),
    ),
    Mistake(
        "upper-triangle",
        "Your mask lets tokens look ahead and not back: the upper triangle. Rows are queries, columns keys, and the "
        "past stands to the left.",
        (lambda t, s: torch.ones(t, s).triu(s - t).bool(), lambda t, s: torch.ones(t, s).triu().bool(),
         lambda t, s: torch.ones(t, s).triu(1).bool()),
    ),
    Mistake(
        "queries-first",
        "With fewer queries than keys, yours takes the queries for the first of the tokens. They are the last: query 0 "
        "is token n_keys - n_queries.",
        (lambda t, s: _lower(t, s).bool(), lambda t, s: torch.arange(s) <= torch.arange(t)[:, None]),
    ),
    Mistake(
        "square",
        "Your mask is square. It has a row for each query and a column for each key: (n_queries, n_keys).",
        (lambda t, s: _lower(t, t).bool(), lambda t, s: _lower(s, s).bool()),
    ),
    Mistake(
        "queries-for-keys",
        "Rows and columns are exchanged: a row for each query, a column for each key.",
        (lambda t, s: _right(t, s).T, lambda t, s: _lower(s, t).bool()),
    ),
    Mistake(
        "minus-infinities",
        "That is the additive kind of mask, 0 and minus infinity. Here a mask is of True and False.",
        (lambda t, s: torch.zeros(t, s).masked_fill(~_right(t, s), float("-inf")),
         lambda t, s: torch.full((t, s), float("-inf")).triu(s - t + 1)),
    ),
    Mistake(
        "all-allowed",
        "Your mask forbids nothing. A query may look at itself and at what came before it.",
        (lambda t, s: torch.ones(t, s).bool(),),
    ),
    Mistake(
        "diagonal-alone",
        "In your mask each token sees itself alone. What came before is allowed too.",
        (lambda t, s: torch.eye(s).bool()[s - t :], lambda t, s: torch.eye(t, s).bool()),
    ),
)  # fmt: skip

causal_mask = Check(
    Exercise(
        name="attention.causal_mask",
        title="The causal mask",
        difficulty="easy",
        minutes=6,
        arguments=("n_queries", "n_keys"),
        reference=attention.causal_mask,
        answer=Mask("a mask of bool, (n_queries, n_keys)"),
        cases=(
            Case((2, 2), "two tokens"),
            Case((3, 3), "three tokens"),
            Case((1, 3), "one query, the last of three tokens"),
            Case((2, 5), "two queries, the last of five tokens"),
            Case((3, 4), "three queries, the last of four tokens"),
            Case((1, 1), "one token"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom("blind-query", "A query may look at nothing in your mask; each may at least look at itself.",
                    lambda args, value: bool((value.sum(-1) == 0).any())),
        ),
        hints=(
            "Number the tokens: the keys are 0 to n_keys - 1, the queries the last n_queries of them. A query may look "
            "at a key whose number is at most its own.",
            "`torch.arange(n_keys)` is the row of keys, `torch.arange(n_keys - n_queries, n_keys)[:, None]` the column "
            "of queries. Compare them with <=, and the table comes by itself.",
        ),
    )
)  # fmt: skip
