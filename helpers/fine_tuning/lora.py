"""LoRA: a frozen linear layer with a small correction of low rank beside it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from helpers import bert

RANK, ALPHA = 8, 16.0
VIEWS = ("to_query", "to_value")  # the layers that get a correction, as in the paper


class LoRALinear(nn.Module):
    """linear(x) + alpha / rank · up(down(x)); only down and up learn, and up starts at zero.

    So it starts as the layer that it was made from. However large the layer, the correction has rank · (in + out)
    numbers, and once learned it can be added into the weight (`merged`): the corrected layer costs nothing more.

    Args:
        linear: the layer, (in) -> (out); its weights are frozen.
        rank: how wide the way through the correction is.
        alpha: how large the correction counts, whatever the rank.

    Raises:
        ValueError: the rank is below 1 or above what the layer's matrix can have.

    Source: Hu et al. (2021), section 4.1.
    """

    def __init__(self, linear: nn.Linear, rank: int = RANK, alpha: float = ALPHA) -> None:
        super().__init__()
        if not 1 <= rank <= min(linear.in_features, linear.out_features):
            raise ValueError(f"The rank is {rank}; this layer's matrix, {linear.out_features} by {linear.in_features}, "
                             f"has 1 to {min(linear.in_features, linear.out_features)}.")  # fmt: skip
        self.linear, self.scale = linear.requires_grad_(False), alpha / rank
        self.down = nn.Parameter(torch.randn(rank, linear.in_features) / linear.in_features**0.5)
        self.up = nn.Parameter(torch.zeros(linear.out_features, rank))

    def forward(self, x: Tensor) -> Tensor:
        """(…, in) -> (…, out)."""
        return self.linear(x) + self.scale * (x @ self.down.T @ self.up.T)

    @torch.no_grad()
    def merged(self) -> nn.Linear:
        """One plain layer that computes the same: W + alpha / rank · up down."""
        plain = nn.Linear(self.linear.in_features, self.linear.out_features, bias=self.linear.bias is not None)
        plain.weight.copy_(self.linear.weight + self.scale * self.up @ self.down)
        if self.linear.bias is not None:
            plain.bias.copy_(self.linear.bias)
        return plain


def lora(linear: nn.Linear, rank: int, alpha: float) -> nn.Module:
    """A layer that computes what `linear` does, with a correction of low rank that can learn: see `LoRALinear`."""
    return LoRALinear(linear, rank, alpha)


def add_lora(encoder: nn.Module, rank: int = RANK, alpha: float = ALPHA, *, names: Sequence[str] = VIEWS) -> nn.Module:
    """Freeze an encoder and give its attention layers corrections; returns the encoder, which is changed.

    Args:
        encoder: with `blocks`, each with an `attention` that has layers called `names`.
    """
    encoder.requires_grad_(False)
    for block in encoder.blocks:
        for name in names:
            setattr(block.attention, name, LoRALinear(getattr(block.attention, name), rank, alpha))
    return encoder


def merge(model: nn.Module) -> nn.Module:
    """Put every correction into the weight that it corrects; returns the model, which is changed."""
    for part in list(model.modules()):
        for name, child in part.named_children():
            if isinstance(child, LoRALinear):
                setattr(part, name, child.merged())
    return model


def lora_classifier(encoder: nn.Module, rank: int = RANK, alpha: float = ALPHA, *, n_classes: int = 2,
                    dropout: float = 0.1) -> bert.Classifier:  # fmt: skip
    """A frozen encoder with corrections under a head on the mean of the tokens; corrections and head learn."""
    return bert.Classifier(add_lora(encoder, rank, alpha), n_classes, pooling="mean", dropout=dropout)


def trained_parts(model: nn.Module) -> nn.ParameterDict:
    """The weights of a model that learn, and no others: what has to be kept of a fine-tuned model.

    They are the model's own, not copies: filling them fills the model.
    """
    return nn.ParameterDict({name.replace(".", "/"): weight for name, weight in model.named_parameters()
                             if weight.requires_grad})  # fmt: skip
