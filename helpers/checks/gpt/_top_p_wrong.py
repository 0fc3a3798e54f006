"""Known wrong answers to the exercise on top-p, each with its reason."""

from __future__ import annotations

import torch

from helpers.checks.exercise import Mistake


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
        "keeps-all-equals",
        "Right, but for one thing: of equally likely tokens you keep all. Keep only as many as reach p.",
        (lambda q, p: _normed(torch.where(q >= (r := _sorted(q))[0][_right(r[0], r[2], p)].min(), q, 0.0)),),
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
