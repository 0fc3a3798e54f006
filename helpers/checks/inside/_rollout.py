"""The exercise on attention rollout and its known wrong answers."""

from __future__ import annotations

import numpy as np

from helpers.checks.answers import Array
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom
from helpers.tracing.flow import rollout as reference


def _follow(attention, heads=lambda a: a.mean(0), residual=lambda m: 0.5 * m + 0.5 * np.eye(len(m)), normed=False,
            order=lambda new, old: new @ old):  # fmt: skip
    reached = np.eye(attention.shape[-1])
    for layer in attention:
        mixed = residual(heads(layer))
        reached = order(mixed / mixed.sum(-1, keepdims=True) if normed else mixed, reached)
    return reached


def _added(mixed):
    return mixed + np.eye(len(mixed))


def _strongest(layer):
    return layer.max(0)


MISTAKES = (
    Mistake(
        "no-residual",
        "The residual connection is missing: half of each token's vector comes past the attention. Mix each map "
        "with the identity, half and half.",
        (lambda a: _follow(a, residual=lambda m: m),),
    ),
    Mistake(
        "not-renormalised",
        "You add the identity to the map, so its rows sum to two, and the product to two to the power of the layers. "
        "Take half of each.",
        (lambda a: _follow(a, residual=_added),),
    ),
    Mistake(
        "wrong-order",
        "The layers are multiplied in the wrong order. The last layer stands leftmost: its queries are the output, and "
        "what they look at has been mixed by the layers before.",
        (
            lambda a: _follow(a, order=lambda new, old: old @ new),
            lambda a: _follow(a[::-1]),
        ),
    ),
    Mistake(
        "heads-max",
        "You take the strongest head for each pair of tokens. Here the heads of a layer are averaged.",
        (
            lambda a: _follow(a, heads=_strongest),
            lambda a: _follow(a, heads=_strongest, normed=True),
        ),
    ),
    Mistake(
        "heads-sum",
        "You add the heads up, so the rows of a map no longer sum to one. Average them.",
        (
            lambda a: _follow(a, heads=lambda layer: layer.sum(0)),
            lambda a: _follow(a, heads=lambda layer: layer.sum(0), residual=_added, normed=True),
        ),
    ),
    Mistake(
        "first-head-only",
        "Only one head of each layer is used. Average over all of them, the second axis of `attention`.",
        (lambda a: _follow(a, heads=lambda layer: layer[-1]), lambda a: _follow(a, heads=lambda layer: layer[0])),
    ),
    Mistake(
        "residual-once",
        "The identity is mixed in only once. Every layer has its residual connection: mix before you multiply.",
        (
            lambda a: 0.5 * _follow(a, residual=lambda m: m) + 0.5 * np.eye(a.shape[-1]),
            lambda a: (_follow(a, residual=lambda m: m) + np.eye(a.shape[-1])),
        ),
    ),
    Mistake(
        "not-multiplied",
        "You average over the layers, or add them. What reached a token of layer 2 went through layer 1: multiply "
        "the maps.",
        (
            lambda a: 0.5 * a.mean((0, 1)) + 0.5 * np.eye(a.shape[-1]),
            lambda a: a.mean((0, 1)),
            lambda a: sum((_follow(layer[None]) for layer in a), np.zeros(a.shape[-2:])),
        ),
    ),
    Mistake(
        "elementwise",
        "You multiply the maps number by number. Information takes all ways at once: multiply as matrices, with @.",
        (
            lambda a: np.prod([_follow(layer[None]) for layer in a], axis=0),
            lambda a: _follow(a, order=lambda new, old: new * old),
        ),
    ),
    Mistake(
        "last-layer-only",
        "That is the last layer alone. Its tokens are mixtures already: multiply by the layers before it.",
        (lambda a: _follow(a[-1:]), lambda a: a[-1].mean(0)),
    ),
    Mistake(
        "first-layer-only",
        "That is the first layer alone: the loop ends too early, or always starts anew.",
        (lambda a: _follow(a[:1]),),
    ),
    Mistake(
        "first-layer-missing",
        "The first layer is left out. Begin with the identity and multiply every layer onto it.",
        (lambda a: _follow(a[1:]),),
    ),
    Mistake(
        "columns-normed",
        "The columns are made to sum to one. Rows are queries: each row is shared out among the keys.",
        (lambda a: _follow(a, residual=lambda m: _added(m) / _added(m).sum(0)),),
    ),
)


def _case(n_layers: int, n_heads: int, n_tokens: int, about: str) -> Case:
    scores = 1.5 * np.random.default_rng(100 * n_layers + 10 * n_heads + n_tokens).normal(
        size=(n_layers, n_heads, n_tokens, n_tokens)
    )
    weights = np.exp(scores)
    return Case(((weights / weights.sum(-1, keepdims=True)).round(12),), about)


rollout = Check(
    Exercise(
        name="inside.rollout",
        title="Attention rollout",
        difficulty="medium",
        minutes=8,
        arguments=("attention",),
        reference=reference,
        answer=Array("an array (T, T)"),
        cases=(
            _case(1, 2, 2, "one layer of two heads, two tokens"),
            _case(2, 1, 2, "two layers of one head, two tokens"),
            _case(2, 3, 3, "two layers of three heads, three tokens"),
            _case(3, 2, 4, "three layers of two heads, four tokens"),
            _case(4, 2, 3, "four layers of two heads, three tokens"),
            _case(3, 4, 5, "three layers of four heads, five tokens"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "rows-not-one",
                "The rows of your answer don't sum to one. Each row shares out what one output token holds.",
                lambda args, value: bool(np.abs(value.sum(-1) - 1).max() > 1e-3),
            ),
        ),
        hints=(
            "Begin with `reached = np.eye(T)`: before the first layer each token holds itself. For each layer: average "
            "the heads, mix with the identity, multiply.",
            "`mixed = 0.5 * layer.mean(axis=0) + 0.5 * np.eye(T)`, then `reached = mixed @ reached`.",
        ),
    )
)
