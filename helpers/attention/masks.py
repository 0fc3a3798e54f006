"""Who may look at whom: masks are tensors of bool, True where attending is allowed.

PyTorch knows both conventions: `F.scaled_dot_product_attention` takes True for "allowed", as we do;
`nn.MultiheadAttention` takes True for "forbidden".
"""

from __future__ import annotations

import torch
from torch import Tensor


def causal_mask(n_queries: int, n_keys: int | None = None, *, window: int | None = None,
                device: torch.device | str | None = None) -> Tensor:  # fmt: skip
    """Let each token look at itself and at what came before it, never ahead.

    Args:
        n_queries: T, how many tokens ask. They are the last of the keys: with 3 queries and 5 keys, the first query is
            token 2 (counted from 0), as when the keys of earlier tokens were kept.
        n_keys: S, how many can be looked at; T if not given.
        window: how many tokens, itself included, one can look back at; all of them if not given.

    Returns:
        Bool (T, S), True where attending is allowed.

    Raises:
        ValueError: there are fewer keys than queries, or the window is below 1.

    Example:
        >>> causal_mask(2, 3).tolist()
        [[True, True, False], [True, True, True]]
    """
    n_keys = n_queries if n_keys is None else n_keys
    if n_keys < n_queries or n_queries < 0:
        raise ValueError(f"{n_queries} queries and {n_keys} keys: the queries must be the last of the keys.")
    if window is not None and window < 1:
        raise ValueError(f"The window is {window}; a token must at least see itself: 1 or more.")
    query = torch.arange(n_keys - n_queries, n_keys, device=device)[:, None]  # (T, 1)
    key = torch.arange(n_keys, device=device)  # (S,)
    allowed = key <= query  # (T, S)
    return allowed if window is None else allowed & (key > query - window)


def padding_mask(token_ids: Tensor, pad_id: int) -> Tensor:
    """Forbid looking at padding, the filler that brings the texts of a batch to one length.

    Args:
        token_ids: (B, S). pad_id: the number of the filler token.

    Returns:
        Bool (B, 1, S), True at real tokens; the 1 stands for the queries, which all see the same.

    Raises:
        ValueError: token_ids has another shape.
    """
    if token_ids.ndim != 2:
        raise ValueError(f"token_ids has shape {tuple(token_ids.shape)}; expected (B, S).")
    return (token_ids != pad_id).unsqueeze(1)


def combine(*masks: Tensor | None) -> Tensor | None:
    """Allow what every mask allows; None forbids nothing.

    Args:
        masks: bool, of shapes that broadcast together, such as (T, S) and (B, 1, S).

    Returns:
        Bool, such as (B, T, S); None if all masks are None.
    """
    combined = None
    for mask in masks:
        if mask is not None:
            combined = mask if combined is None else combined & mask
    return combined
