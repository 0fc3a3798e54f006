"""What a GPT learns from: at every place, the token that comes next."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import cross_entropy


def shift_targets(token_ids: Tensor) -> tuple[Tensor, Tensor]:
    """Part pieces of text into what a model reads and what it is to predict, one place further.

    Args:
        token_ids: (B, T + 1).

    Returns:
        inputs and targets, (B, T) each: targets[:, t] is the token that follows inputs[:, t].

    Raises:
        ValueError: a piece has less than two tokens, so nothing follows.
    """
    if token_ids.ndim != 2 or token_ids.shape[1] < 2:
        raise ValueError(f"Expected pieces of two tokens or more, (B, T + 1), got shape {tuple(token_ids.shape)}.")
    return token_ids[:, :-1], token_ids[:, 1:]


def next_token_loss(logits: Tensor, token_ids: Tensor) -> Tensor:
    """Return the mean surprise, in nats, at the token that comes next: place t predicts token t + 1.

    Args:
        logits: (B, T, V), made from token_ids (B, T).

    Returns:
        A scalar over the B · (T - 1) places that have a next token.

    Raises:
        ValueError: there is no next token, or the shapes differ.
    """
    if logits.shape[:2] != token_ids.shape or token_ids.shape[1] < 2:
        raise ValueError(f"Expected logits (B, T, V) for token_ids (B, T) with T of 2 or more, got "
                         f"{tuple(logits.shape)} and {tuple(token_ids.shape)}.")  # fmt: skip
    return cross_entropy(logits[:, :-1].flatten(0, 1), token_ids[:, 1:].flatten())
