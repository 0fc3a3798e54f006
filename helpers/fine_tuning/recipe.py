"""A recipe for fine-tuning: lesson 03's, with larger or smaller steps for some parts of the model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from helpers.training import Recipe


@dataclass(frozen=True)
class FineTuning:
    """How to train a model whose parts come from different places; `helpers.training.train` takes it as a recipe.

    What is pretrained needs small steps; a head that starts from chance needs larger ones.

    Attributes:
        recipe: steps, learning rate and all the rest; AdamW.
        scales: the beginning of a weight's name -> what the learning rate is multiplied with there; 1 elsewhere.

    Raises:
        ValueError: another optimiser, or a scale that is not above zero.
    """

    recipe: Recipe
    scales: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.recipe.optimizer != "adamw" or any(scale <= 0 for scale in self.scales.values()):
            raise ValueError(f"Expected AdamW and scales above 0, got {self.recipe.optimizer} and {self.scales}.")

    def __getattr__(self, name: str) -> Any:
        """All that is asked of a recipe and not answered here."""
        if name.startswith("__") or name == "recipe":
            raise AttributeError(name)
        return getattr(self.recipe, name)

    def make_optimizer(self, model: nn.Module) -> torch.optim.Optimizer:
        """AdamW for the weights that learn, in groups by their scale."""
        groups: dict[float, list[nn.Parameter]] = {}
        for name, weight in model.named_parameters():
            if weight.requires_grad:
                scale = next((scale for start, scale in self.scales.items() if name.startswith(start)), 1.0)
                groups.setdefault(scale, []).append(weight)
        optimizer = torch.optim.AdamW([{"params": weights, "scale": scale} for scale, weights in groups.items()],
                                      lr=self.recipe.learning_rate, weight_decay=self.recipe.weight_decay,
                                      fused=True)  # fmt: skip
        optimizer.register_step_pre_hook(_scale)
        return optimizer


def _scale(optimizer: torch.optim.Optimizer, args: tuple, kwargs: dict) -> None:
    """The training loop gives all groups the same learning rate before each step; multiply it."""
    for group in optimizer.param_groups:
        group["lr"] *= group["scale"]
