"""From a vector for each token to the loss of a verdict: what a classification head does, written out."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import cross_entropy

from helpers.bert import mean_pool


def classification_loss(x: Tensor, token_mask: Tensor, weight: Tensor, bias: Tensor, labels: Tensor) -> Tensor:
    """Pool the tokens of each text, score each class, and ask how surprising the right classes are.

    Args:
        x: what the encoder gave, (B, T, D). token_mask: bool (B, T), True at tokens that count.
        weight: of the head, (C, D). bias: (C,).
        labels: the right class of each text, (B,), from 0 to C - 1.

    Returns:
        A scalar, the mean over the texts, in nats.

    Source: Devlin et al. (2019), section 4.1, with the mean in place of the first token.
    """
    pooled = mean_pool(x, token_mask)  # (B, D)
    logits = pooled @ weight.T + bias  # (B, C)
    return cross_entropy(logits, labels)
