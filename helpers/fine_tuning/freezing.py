"""Freezing: some weights learn, the others stay as they are, and so does what they compute."""

from __future__ import annotations

from torch import nn


def freeze(classifier: nn.Module, n_blocks: int) -> nn.Module:
    """Freeze a classifier's embeddings and its first blocks: no gradients, and no dropout.

    Dropout is put to zero, not only switched off by `eval()`: the training loop's `train()` would switch it on again,
    and the same text would then leave the frozen part with other numbers each time.

    Args:
        classifier: with an `encoder` that has an `embedding` and `blocks`, such as `bert.Classifier`; changed.
        n_blocks: how many blocks, counted from the embeddings; the rest keeps learning.

    Returns:
        The same classifier.

    Raises:
        ValueError: there are not that many blocks.

    Source: Howard and Ruder (2018), section 3.3, on which layers to let learn.
    """
    blocks = classifier.encoder.blocks
    if not 0 <= n_blocks <= len(blocks):
        raise ValueError(f"n_blocks is {n_blocks}; the encoder has {len(blocks)} blocks.")
    for part in (classifier.encoder.embedding, *blocks[:n_blocks]):
        without_dropout(part).requires_grad_(False)
    return classifier


def without_dropout(model: nn.Module) -> nn.Module:
    """Put every dropout of a model to zero; returns the model, which is changed."""
    for layer in model.modules():
        if isinstance(layer, nn.Dropout):
            layer.p = 0.0
    return model


def n_trainable(model: nn.Module) -> int:
    """How many numbers of a model learn."""
    return sum(weight.numel() for weight in model.parameters() if weight.requires_grad)


def trainable_share(model: nn.Module) -> float:
    """The share of a model's numbers that learn, from 0 to 1."""
    return n_trainable(model) / max(sum(weight.numel() for weight in model.parameters()), 1)
