"""Skip-gram with negative sampling."""

import torch
from torch.nn.functional import logsigmoid


def negative_sampling_loss(
    center: torch.Tensor, positive: torch.Tensor, negatives: torch.Tensor
) -> torch.Tensor:
    """Return how badly B centre words tell their true neighbour from N words drawn at random.

    For one centre c, its neighbour p and the drawn words n: -log σ(c·p) - Σ_n log σ(-c·n), averaged over the batch.

    Args:
        center: vectors of the centre words, (B, D).
        positive: vectors of their true neighbours, (B, D).
        negatives: vectors of the words drawn for each centre, (B, N, D).

    Returns:
        A scalar; with all scores 0 it is (1 + N) log 2. Finite for scores of any size.

    Raises:
        ValueError: the shapes do not fit together.

    Source: Mikolov et al. (2013), "Distributed Representations of Words and Phrases", equation 4.
    """
    if center.shape != positive.shape or center.shape != negatives.shape[::2]:
        raise ValueError(
            "Expected center (B, D), positive (B, D) and negatives (B, N, D), got "
            f"{tuple(center.shape)}, {tuple(positive.shape)} and {tuple(negatives.shape)}."
        )
    positive_scores = (center * positive).sum(dim=-1)  # (B,)
    negative_scores = (negatives @ center.unsqueeze(-1)).squeeze(-1)  # (B, N)
    losses = -logsigmoid(positive_scores) - logsigmoid(-negative_scores).sum(dim=-1)  # (B,)
    return losses.mean()
