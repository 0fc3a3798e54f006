"""The loss that all language models of the course learn from."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor
from torch.nn.functional import cross_entropy


def language_model_loss(model: Callable[[Tensor], Tensor], token_ids: Tensor) -> Tensor:
    """Return how surprised a model is by each token after the first, on average.

    Args:
        model: from token_ids (B, T) to logits (B, T, V).
        token_ids: pieces of text, (B, T + 1): the input and, one place further, what is to be predicted.

    Returns:
        A scalar in nats per token, with its gradient.
    """
    logits = model(token_ids[:, :-1])  # (B, T, V)
    return cross_entropy(logits.flatten(0, 1), token_ids[:, 1:].flatten())
