"""From scores to weights to a weighted mean, and four ways to score how well a key fits a query."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


def masked_softmax(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    """Turn scores into weights that sum to one over the keys (the last axis) and are zero where the mask forbids.

    Args:
        scores: (..., T, S), any finite numbers.
        mask: bool, True where attending is allowed; its shape is that of scores or broadcasts to it.

    Returns:
        Weights (..., T, S). A query that may look at nothing gets zeros, and no NaN, in the gradient neither.

    Raises:
        ValueError: the mask is not bool, or does not fit the scores.
    """
    if mask is None:
        return scores.softmax(dim=-1)
    _check(mask, scores)
    blind = ~mask.any(dim=-1, keepdim=True)  # (..., T, 1): queries that may look at nothing
    weights = scores.masked_fill(~mask & ~blind, -math.inf).softmax(dim=-1)  # -inf everywhere would give NaN
    return weights.masked_fill(~mask, 0.0)


def _check(mask: Tensor, scores: Tensor) -> None:
    if mask.dtype != torch.bool:
        raise ValueError(f"The mask holds {mask.dtype}; expected torch.bool, True where attending is allowed.")
    try:
        mask.expand_as(scores)
    except RuntimeError:
        raise ValueError(f"The mask has shape {tuple(mask.shape)}; the scores have {tuple(scores.shape)}, queries by "
                         "keys in the last two places.") from None  # fmt: skip


def attend(scores: Tensor, value: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Take the mean of the values, weighted by the softmax of the scores.

    Args:
        scores: how well each key fits each query, (..., T, S).
        value: what each key has to give, (..., S, K).
        mask: as for `masked_softmax`.

    Returns:
        output (..., T, K) and attention, the weights (..., T, S).
    """
    attention = masked_softmax(scores, mask)
    return attention @ value, attention


def dot_product_scores(query: Tensor, key: Tensor) -> Tensor:
    """Score each key (..., S, K) for each query (..., T, K) by their dot product; returns (..., T, S).

    Source: Luong et al. (2015), section 3.1, "dot".
    """
    if query.shape[-1] != key.shape[-1]:
        raise ValueError(f"Queries have {query.shape[-1]} numbers and keys {key.shape[-1]}; they must have as many.")
    return query @ key.mT


def scaled_dot_product(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Attend by dot products divided by √K, which keeps their variance at one as K grows.

    Args:
        query: (..., T, K). key: (..., S, K). value: (..., S, K'), K' being K in most models.
        mask: bool, True where attending is allowed, (T, S) or a shape that broadcasts to (..., T, S).

    Returns:
        output (..., T, K') and attention (..., T, S). A query that may look at nothing gets zeros.

    Raises:
        ValueError: query and key differ in their last axis, or the mask does not fit.

    Source: Vaswani et al. (2017), section 3.2.1, equation 1.
    """
    return attend(dot_product_scores(query, key) / math.sqrt(query.shape[-1]), value, mask)


class MultiplicativeScores(nn.Module):
    """Score by query · W key, with one learned matrix, so that queries and keys may differ in width.

    Args:
        d_query, d_key: numbers in a query and in a key.

    Source: Luong et al. (2015), section 3.1, "general".
    """

    def __init__(self, d_query: int, d_key: int) -> None:
        super().__init__()
        self.weight = nn.Linear(d_key, d_query, bias=False)

    def forward(self, query: Tensor, key: Tensor) -> Tensor:
        """query (..., T, Q), key (..., S, K) -> scores (..., T, S)."""
        return dot_product_scores(query, self.weight(key))


class AdditiveScores(nn.Module):
    """Score by a small network: v · tanh(W query + U key).

    Args:
        d_query, d_key: numbers in a query and in a key. d_hidden: in between.

    Source: Bahdanau et al. (2015), section 3.1 and appendix A.1.2.
    """

    def __init__(self, d_query: int, d_key: int, d_hidden: int) -> None:
        super().__init__()
        self.from_query = nn.Linear(d_query, d_hidden, bias=False)  # W
        self.from_key = nn.Linear(d_key, d_hidden)  # U, with the one bias that is needed
        self.to_score = nn.Linear(d_hidden, 1, bias=False)  # v

    def forward(self, query: Tensor, key: Tensor) -> Tensor:
        """query (..., T, Q), key (..., S, K) -> scores (..., T, S)."""
        both = self.from_query(query).unsqueeze(-2) + self.from_key(key).unsqueeze(-3)  # (..., T, S, hidden)
        return self.to_score(torch.tanh(both)).squeeze(-1)
