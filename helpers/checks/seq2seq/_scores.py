"""The exercise on dot-product scores and its known wrong answers."""

from __future__ import annotations

import math

import torch

from helpers import attention
from helpers.checks.answers import Array
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom
from helpers.checks.recurrent._shared import dice


def _right(query, key):
    return query @ key.mT


def _unit(x):
    return x / x.norm(dim=-1, keepdim=True)


MISTAKES = (
    Mistake(
        "keys-by-queries",
        "Rows and columns are exchanged: a row belongs to a query, a column to a key. Put the query first.",
        (lambda query, key: key @ query.mT,),
    ),
    Mistake(
        "not-transposed",
        "`query @ key` takes the rows of one times the columns of the other. The numbers of a key stand in its row: "
        "exchange the last two axes of `key` first, `key.mT`.",
        (lambda query, key: query @ key, torch.matmul),
    ),
    Mistake(
        "all-axes-reversed",
        "`.T` reverses all axes, the batch too. `key.mT`, or `key.transpose(-1, -2)`, exchanges the last two alone.",
        (lambda query, key: query @ key.permute(*reversed(range(key.ndim))), lambda query, key: query @ key.T,),
    ),
    Mistake(
        "first-text-only",
        "The scores come from the first text of the batch alone.",
        (lambda query, key: _right(query[0], key[0]) if query.ndim > 2 else _right(query, key),
         lambda query, key: _right(query[:1], key[:1]) if query.ndim > 2 else _right(query, key)),
    ),
    Mistake(
        "mixes-texts",
        "Each text's queries were scored against the first text's keys. Every text of a batch has its own.",
        (lambda query, key: _right(query, key[0]) if query.ndim > 2 else _right(query, key),),
    ),
    Mistake(
        "softmax",
        "These are weights already. Asked for are the scores, before any softmax.",
        (lambda query, key: _right(query, key).softmax(-1), lambda query, key: _right(query, key).softmax(-2)),
    ),
    Mistake(
        "scaled-by-root",
        "You divided by the root of the width. The Transformer does so (lesson 06); here the plain dot product is "
        "asked for.",
        (lambda query, key: _right(query, key) / math.sqrt(query.shape[-1]),),
    ),
    Mistake(
        "mean-not-sum",
        "You took the mean of the products where the dot product has their sum.",
        (lambda query, key: _right(query, key) / query.shape[-1],),
    ),
    Mistake(
        "cosine",
        "That is the cosine: both were brought to length 1 first. The dot product keeps the lengths.",
        (lambda query, key: _right(_unit(query), _unit(key)),),
    ),
    Mistake(
        "normalises-one",
        "One side was brought to length 1 first. The dot product takes both as they are.",
        (lambda query, key: _right(query, _unit(key)), lambda query, key: _right(_unit(query), key)),
    ),
    Mistake(
        "distance",
        "That is a distance: large where query and key differ. A score is large where they agree.",
        (lambda query, key: torch.cdist(query, key), lambda query, key: torch.cdist(query, key) ** 2),
    ),
    Mistake(
        "no-sum",
        "The products are not added up yet: there is one for each query, key *and* place. Sum over the last axis.",
        (lambda query, key: query[..., :, None, :] * key[..., None, :, :],),
    ),
    Mistake(
        "loses-sign",
        "Negative scores have been changed. They are fine: the softmax makes them small weights.",
        (lambda query, key: _right(query, key).abs(), lambda query, key: _right(query, key).relu()),
    ),
    Mistake(
        "keys-with-keys",
        "The keys were scored against keys, or queries against queries. The two come from different texts.",
        (lambda query, key: _right(key, key), lambda query, key: _right(query, query)),
    ),
)  # fmt: skip


def _case(*shape: int, about: str) -> Case:
    *batch, t, s, width = shape
    draw = dice(sum(shape))
    return Case((draw(*batch, t, width), draw(*batch, s, width)), about)


dot_product_scores = Check(
    Exercise(
        name="seq2seq.dot_product_scores",
        title="Dot-product scores",
        difficulty="easy",
        minutes=5,
        arguments=("query", "key"),
        reference=attention.dot_product_scores,
        answer=Array("a tensor of scores (..., T, S)"),
        cases=(
            Case((torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 0.0], [0.0, 1.0], [-1.0, -1.0]])),
                 "one query, three keys, two numbers each"),
            _case(2, 2, 2, about="two queries, two keys, two numbers each"),
            _case(3, 3, 3, about="three of everything"),
            _case(2, 4, 3, about="two queries, four keys, three numbers each"),
            _case(2, 3, 4, 5, about="a batch of two texts, three queries, four keys, five numbers each"),
            _case(3, 2, 3, 3, about="a batch of three texts, two queries, three keys, three numbers each"),
            _case(2, 3, 3, 3, about="a batch of two texts, three of everything else"),
            _case(2, 2, 3, 5, 4, about="a batch of a batch"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom("wrong-scores", "Score t, s is the sum over the width of query[t] times key[s].",
                    lambda args, value: value.shape == (*args[0].shape[:-1], args[1].shape[-2])),
        ),
        hints=(
            "A matrix product takes rows times columns. Queries stand in rows already; the keys must stand in columns.",
            "`key.mT` exchanges the last two axes and leaves the batch alone. Then `@` does the rest, for any batch.",
        ),
    )  # fmt: skip
)
