"""Known wrong answers to the exercise on masked scaled dot-product attention."""

from __future__ import annotations

import math

import torch

INF = math.inf


def _root(q, k, v):
    return q.shape[-1] ** 0.5


def _softmax(scores, dim=-1):
    return scores.softmax(dim=dim)


def _fill(scores, mask):
    return scores.masked_fill(~mask, -INF)


def _clean(weights, mask):
    return weights.masked_fill(~mask, 0.0)


def _answer(divide=_root, product=None, hide=_fill, weigh=_softmax, after=_clean, sum_up=None, ends=None, of_mask=None):
    """Attention with something changed.

    Args:
        divide: (q, k, v) -> what scores are divided by. product: (q, k) -> scores. hide: (scores, mask) -> scores.
        weigh: scores -> weights. after: (weights, mask) -> weights; the default gives blind queries zeros.
        sum_up: (weights, q, k, v) -> output. ends: (output, weights, scores) -> what is returned.
        of_mask: (mask, q, k) -> the mask that is used, also where it was None.
    """

    def answer(query, key, value, mask):
        scores = (product or (lambda q, k: q @ k.mT))(query, key) / divide(query, key, value)
        mask = of_mask(mask, query, key) if of_mask else mask
        hidden = scores if mask is None else hide(scores, mask)
        weights = weigh(hidden)
        if mask is not None and after is not None:
            weights = after(weights, mask)
        output = sum_up(weights, query, key, value) if sum_up else weights @ value
        return ends(output, weights, hidden) if ends else (output, weights)

    return answer


def _given(change):
    """A change of the mask that leaves None alone."""
    return lambda mask, q, k: None if mask is None else change(mask)


def _naive(scores):
    raised = scores.exp()
    return raised / raised.sum(-1, keepdim=True)


def _own_mask(diagonal):
    """Forgets the mask that was given and takes a triangle of its own."""
    return lambda mask, q, k: None if mask is None else torch.ones(q.shape[-2], k.shape[-2]).tril(diagonal).bool()


def _number(fill, after=None):
    """Fills with a finite number in place of minus infinity, in the three usual ways."""
    ways = (
        lambda scores, mask: scores.masked_fill(~mask, fill),
        lambda scores, mask: torch.where(mask, scores, fill),
        lambda scores, mask: scores + (~mask) * fill,
        lambda scores, mask: scores + (1 - mask.to(scores.dtype)) * fill,
    )
    return tuple(_answer(hide=way, after=after) for way in ways)


def _needs_mask(*hides):
    """Functions that hide scores without asking whether there is a mask, with and without zeros for blind queries."""

    def made(hide, after):
        def answer(query, key, value, mask):
            weights = hide(query @ key.mT / query.shape[-1] ** 0.5, mask).softmax(-1)
            weights = after(weights, mask) if after else weights
            return weights @ value, weights

        return answer

    return tuple(made(hide, after) for hide in hides for after in (_clean, None))


def _asks_if(query, key, value, mask):
    return _answer()(query, key, value, mask if mask else None)
