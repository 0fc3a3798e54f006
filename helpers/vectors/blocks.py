"""Skip-gram on blocks of running text: the pairs of a block share matrix products, and one draw of random words.

`block_loss` is `negative_sampling_loss` summed over all pairs of some blocks, readable, for autograd.
`block_gradients` gives the same gradients by hand; `train_skipgram` uses it, and a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid, pad


def text_blocks(token_ids: Tensor, sentence: Tensor, window: int, block: int, blocks: int,
                generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor, Tensor]]:  # fmt: skip
    """Cut a text into blocks of centre words and yield some of them at a time, in random order.

    Args:
        token_ids: the words of the text as numbers, (T,).
        sentence: the number of the sentence that each stands in, (T,); neighbours never cross its border.
        window: the farthest neighbour; each centre draws its own reach from 1 to it (the dynamic window).
        block: L, centre words in a block. blocks: B, how many are yielded at once.
        generator: for the order and the reaches.

    Yields:
        The centre words (B, L); the words they can reach, C = L + 2 * window places, (B, C); and `near`, 1.0 where
        such a place is a true neighbour of a centre, else 0.0, (B, L, C). Nothing for an empty text.
    """
    if not len(token_ids):
        return
    rest = -len(token_ids) % block
    words = pad(token_ids, (window, window + rest)).unfold(0, block + 2 * window, block)  # (all blocks, C)
    line = pad(sentence, (window, window + rest), value=-1).unfold(0, block + 2 * window, block)
    inner = slice(window, window + block)
    distance = (torch.arange(-window, block + window) - torch.arange(block)[:, None]).abs()  # (L, C)
    for chosen in torch.randperm(len(words), generator=generator).split(blocks):
        here, there = line[chosen, inner, None], line[chosen, None, :]  # (B, L, 1), (B, 1, C)
        reach = torch.randint(1, window + 1, here.shape, generator=generator)
        near = (distance > 0) & (distance <= reach) & (here == there) & (here >= 0)  # -1 is padding
        yield words[chosen, inner], words[chosen], near.float()


def block_loss(center: Tensor, context: Tensor, noise: Tensor, near: Tensor, negatives: float) -> Tensor:
    """Return the loss of `negative_sampling_loss`, summed over all pairs of B blocks of text.

    Args:
        center: vectors of the L centre words of each block, (B, L, D).
        context: vectors of the C places that they can reach, (B, C, D).
        noise: vectors of N random words that all pairs share, (N, D).
        near: 1 where a place is a true neighbour of a centre word, else 0, (B, L, C).
        negatives: random words for each pair; so each of the N counts for negatives / N of one.

    Returns:
        A scalar.
    """
    true_scores, false_scores = center @ context.mT, center @ noise.T  # (B, L, C), (B, L, N)
    weight = near.sum(dim=2, keepdim=True) * negatives / len(noise)  # (B, L, 1)
    return -(near * logsigmoid(true_scores)).sum() - (weight * logsigmoid(-false_scores)).sum()


def block_gradients(center: Tensor, context: Tensor, noise: Tensor, near: Tensor,
                    negatives: float) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """Return the gradients of `block_loss` for center, context and noise, in their shapes, without autograd.

    The derivative of -log σ(x) is σ(x) - 1, that of -log σ(-x) is σ(x); the rest is the chain rule.
    """
    weight = near.sum(dim=2, keepdim=True) * negatives / len(noise)  # (B, L, 1)
    true_errors = (torch.sigmoid(center @ context.mT) - 1) * near  # (B, L, C)
    false_errors = torch.sigmoid(center @ noise.T) * weight  # (B, L, N)
    for_center = true_errors @ context + false_errors @ noise
    for_context = true_errors.mT @ center
    for_noise = false_errors.flatten(0, 1).T @ center.flatten(0, 1)
    return for_center, for_context, for_noise


def adagrad_(table: Tensor, seen: Tensor, rows: Tensor, gradients: Tensor, rate: float) -> None:
    """Move rows of a table (V, D) against their gradients (R, D), in place; a row may occur more than once.

    A row's step is divided by the root of the squared gradients it has `seen`, (V,), added up over all times it was
    moved: words that every block moves take small steps, rare words large ones.

    Source: Duchi, Hazan and Singer (2011), figure 1, with one sum a row instead of one a number.
    """
    seen.index_add_(0, rows, gradients.square().mean(dim=1))
    step = gradients * (seen[rows] + 1e-12).rsqrt()[:, None]
    table.index_add_(0, rows, step, alpha=-rate)
