"""The exercise on top-p and its known wrong answers."""

from __future__ import annotations

import torch

from helpers import gpt
from helpers.checks.answers import Array
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom


def _sorted(q):
    ranked, order = q.sort(descending=True, stable=True)
    return ranked, order, ranked.cumsum(0)


def _kept(q, keep, renormalise=True):
    """Keep the places in sorted order where `keep(ranked, cumulative)` says so."""
    ranked, order, total = _sorted(q)
    mask = keep(ranked, total)
    result = torch.zeros_like(q)
    result[order[mask]] = ranked[mask]
    return result / result.sum() if renormalise else result


def _first(mask):
    mask = mask.clone()
    mask[0] = True
    return mask


def _right(ranked, total, p):
    return _first(total - ranked < p - 1e-9)


def _unsorted(q, p):
    before = q.cumsum(0) - q
    result = torch.where(_first(before < p - 1e-9), q, 0.0)
    return result / result.sum()


def _ascending(q, p):
    ranked, order = q.sort(stable=True)
    result = torch.zeros_like(q)
    mask = _first(ranked.cumsum(0) - ranked < p - 1e-9)
    result[order[mask]] = ranked[mask]
    return result / result.sum()


def _not_put_back(q, p):
    ranked, _, total = _sorted(q)
    result = torch.where(_right(ranked, total, p), ranked, 0.0)
    return result / result.sum()


def _mask_not_put_back(q, p):
    ranked, _, total = _sorted(q)
    result = torch.where(_right(ranked, total, p), q, 0.0)
    return result / result.sum()


def _wrong_inverse(q, p):
    ranked, order, total = _sorted(q)
    result = torch.where(_right(ranked, total, p), ranked, 0.0)[order]
    return result / result.sum()


def _one_more(ranked, total, p):
    mask = _right(ranked, total, p)
    return torch.cat([mask[:1], mask[:-1]]) | mask


def _softmax_again(q, p):
    kept = _kept(q, lambda ranked, total: _right(ranked, total, p))
    return torch.where(kept > 0, q, -torch.inf).softmax(0)


def _counts(q, p):
    k = max(1, int(p * len(q)))
    result = torch.zeros_like(q)
    result[q.topk(k).indices] = q.topk(k).values
    return result / result.sum()


def _normed(result):
    return result / result.sum()


MISTAKES = (
    Mistake(
        "drops-the-crossing-token",
        "The token that crosses p is missing: what you keep does not reach p. Keep a token as long as the likelier "
        "ones together have not reached p.",
        (
            lambda q, p: _kept(q, lambda r, c: c <= p + 1e-6),
            lambda q, p: _kept(q, lambda r, c: c < p),
            lambda q, p: _kept(q, lambda r, c: _first(c <= p + 1e-6)),
            lambda q, p: _kept(q, lambda r, c: _first(c < p - 1e-6)),
        ),
    ),
    Mistake(
        "one-too-many",
        "You keep one token more than needed: those before it already reach p.",
        (lambda q, p: _kept(q, lambda r, c: _one_more(r, c, p)),),
    ),
    Mistake(
        "goes-on-at-exactly-p",
        "Right, but for one thing: where the likeliest reach p exactly, you keep another one. To reach p is enough.",
        (lambda q, p: _kept(q, lambda r, c: _first(c - r <= p)), lambda q, p: _kept(q, lambda r, c: c - r <= p)),
    ),
    Mistake(
        "empty",
        "With p = 0 nothing is left, and 0 divided by 0 is no number. The likeliest token always stays.",
        (lambda q, p: _kept(q, lambda r, c: c - r < p - 1e-9),),
    ),
    Mistake(
        "not-renormalised",
        "The right tokens, but what is left does not add up to one. Divide by its sum.",
        (lambda q, p: _kept(q, lambda r, c: _right(r, c, p), renormalise=False),),
    ),
    Mistake(
        "not-renormalised-and-drops",
        "Two things: the token that crosses p is missing, and what is left does not add up to one.",
        (
            lambda q, p: _kept(q, lambda r, c: c <= p + 1e-6, renormalise=False),
            lambda q, p: _kept(q, lambda r, c: _first(c <= p + 1e-6), renormalise=False),
        ),
    ),
    Mistake(
        "unsorted",
        "You add up in the order of the vocabulary. Begin with the likeliest: sort first, and put back at the end.",
        (_unsorted, lambda q, p: _normed(torch.where(q.cumsum(0) <= p, q, 0.0))),
    ),
    Mistake(
        "ascending",
        "You begin with the least likely tokens. `sort(descending=True)`.",
        (_ascending,),
    ),
    Mistake(
        "not-put-back",
        "The probabilities come out in sorted order, so that token 0 gets the largest. Put each back to its own place: "
        "`result[order] = ranked`.",
        (_not_put_back,),
    ),
    Mistake(
        "mask-not-put-back",
        "You found in sorted order which to keep, and used it in the order of the vocabulary. `order[kept]` says which "
        "tokens those are.",
        (_mask_not_put_back,),
    ),
    Mistake(
        "wrong-way-back",
        "`ranked[order]` sorts a second time and does not undo the first. To put back, write to these places: "
        "`result[order] = ranked`.",
        (_wrong_inverse,),
    ),
    Mistake(
        "threshold",
        "You compare each token's own probability with a limit. It is the sum of the likeliest that has to reach p.",
        (
            lambda q, p: _normed(torch.where(q >= p, q, 0.0)),
            lambda q, p: _normed(torch.where(q > 1 - p, q, 0.0)),
            lambda q, p: _normed(torch.where(q >= p * q.max(), q, 0.0)),
            lambda q, p: _normed(torch.where(q >= (1 - p) * q.max(), q, 0.0)),
        ),
    ),
    Mistake(
        "softmax-again",
        "They are probabilities already; a second softmax flattens them. Divide by their sum.",
        (_softmax_again,),
    ),
    Mistake(
        "counts-tokens",
        "You keep a share of the vocabulary. p is a share of the probability: add up.",
        (_counts,),
    ),
    Mistake(
        "keeps-the-tail",
        "You keep what is to be cut off, and cut off what is to be kept.",
        (lambda q, p: _kept(q, lambda r, c: ~_right(r, c, p)),),
    ),
    Mistake(
        "greedy",
        "You keep the likeliest token alone, whatever p is.",
        (lambda q, p: torch.nn.functional.one_hot(q.argmax(), len(q)).to(q),),
    ),
    Mistake(
        "cuts-nothing",
        "Nothing is cut off.",
        (lambda q, p: q,),
    ),
)


def _case(values, p: float, about: str) -> Case:
    return Case((torch.tensor(values), p), about)


top_p = Check(
    Exercise(
        name="gpt.top_p",
        title="Top-p",
        difficulty="medium",
        minutes=10,
        arguments=("probabilities", "p"),
        reference=gpt.top_p,
        answer=Array("a tensor (V,) of probabilities"),
        cases=(
            _case([0.6, 0.3, 0.1], 0.7, "three tokens in order, p = 0.7"),
            _case([0.1, 0.35, 0.05, 0.3, 0.2], 0.6, "five tokens in any order, p = 0.6"),
            _case([0.04, 0.4, 0.3, 0.06, 0.2], 0.75, "five tokens, p = 0.75"),
            _case([0.2, 0.05, 0.15, 0.6], 0.3, "the likeliest alone is above p"),
            _case([0.125, 0.5, 0.25, 0.125], 0.5, "the likeliest alone is exactly p"),
            _case([0.3, 0.0, 0.55, 0.15], 1.0, "p = 1"),
            _case([0.3, 0.1, 0.45, 0.15], 0.0, "p = 0"),
            _case([0.02, 0.18, 0.07, 0.28, 0.11, 0.01, 0.24, 0.09], 0.9, "eight tokens, p = 0.9"),
            _case([0.03, 0.13, 0.32, 0.07, 0.21, 0.24], 0.5, "six tokens, p = 0.5"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "not-one",
                "What you keep does not add up to one: divide by its sum.",
                lambda args, value: bool(abs(value.sum() - 1) > 1e-4),
            ),
        ),
        hints=(
            "Sort: `ranked, order = probabilities.sort(descending=True)`. `ranked.cumsum(0) - ranked` is what the "
            "likelier tokens reach together. A token stays as long as that is below p; the first stays in any case.",
            "With `kept` for those places, begin with zeros (V,) and write `result[order[kept]] = ranked[kept]`. Then "
            "divide by the sum.",
        ),
    )
)
