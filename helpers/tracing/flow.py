"""Where did it come from? Attention followed through the layers, what a head looks at, and gradients beside them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor


def rollout(attention: np.ndarray) -> np.ndarray:
    """Follow attention through all layers: how much of each input token may have reached each output token.

    Heads are averaged; half of each token's vector is taken to come past the attention, by the residual connection; and
    the layers are multiplied, the last one leftmost.

    Args:
        attention: weights (layers, H, T, T), row query, column key; each row sums to one.

    Returns:
        (T, T), float64: row output token, column input token; each row sums to one. Without layers, the identity.

    Source: Abnar and Zuidema (2020), section 3, "attention rollout".
    """
    attention = np.asarray(attention, dtype=np.float64)
    reached = np.eye(attention.shape[-1])  # before the first layer each token holds itself
    for heads in attention:  # (H, T, T)
        mixed = 0.5 * heads.mean(axis=0) + 0.5 * np.eye(len(reached))
        mixed /= mixed.sum(axis=-1, keepdims=True)
        reached = mixed @ reached
    return reached


def looks_back(attention: np.ndarray, distance: int = 1) -> np.ndarray:
    """How much each head attends to the token `distance` places before, on average over the queries that have one.

    Args:
        attention: weights (layers, H, T, T). distance: 0 is the token itself, -1 the one after it.

    Returns:
        (layers, H), 0 to 1; NaN where the text has no such pair.
    """
    attention = np.asarray(attention, dtype=np.float64)
    along = np.diagonal(attention, offset=-distance, axis1=-2, axis2=-1)  # (layers, H, pairs)
    return along.mean(axis=-1) if along.shape[-1] else np.full(attention.shape[:2], np.nan)


def gradient_times_input(vectors: Tensor, score: Callable[[Tensor], Tensor]) -> Tensor:
    """Share a score out among the tokens: each vector times the score's gradient at it.

    To first order, a token's share is what the score would lose if its vector became zero.

    Args:
        vectors: one for each token, (T, D). score: a differentiable function from (T, D) to one number.

    Returns:
        (T,), with signs. The given vectors are left as they are.

    Source: Shrikumar et al. (2017), section 2; Simonyan et al. (2014), section 3.
    """
    x = vectors.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(score(x), x)
    return (gradient * x.detach()).sum(dim=-1)
