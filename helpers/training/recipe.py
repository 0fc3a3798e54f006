"""How to train: the numbers that someone has to choose, and the learning rate that follows from them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import nn

from helpers.training.muon import Muon, hidden_matrices

OPTIMIZERS = ("sgd", "momentum", "adam", "adamw", "muon", "muon_fifth")


@dataclass(frozen=True)
class Recipe:
    """Everything about a run of training apart from the model and the data.

    Attributes:
        steps: updates of the weights, from 1 up.
        learning_rate: the largest one, reached at the end of the warm-up.
        warmup_steps: steps in which the learning rate rises in a straight line; 0 starts at the top.
        final_fraction: the share of the learning rate that is left at the last step; it falls there along half
            a cosine (Loshchilov and Hutter, 2017, section 3). 1.0 keeps it constant.
        weight_decay: the share of each weight taken off per step, times the learning rate ("adamw", "muon"); added
            to the gradient as L2 in the other optimisers.
        clip_norm: gradients longer than this are shortened to it (Pascanu et al., 2013, section 3.2); None never.
        evaluate_every: steps between two evaluations; there is one after the last step too.
        patience: stop after so many evaluations in a row without improvement; None never stops early.
        max_seconds: stop when the steps, without the evaluations, have taken this long; None has no limit.
        optimizer: "sgd", "momentum" (SGD with momentum 0.9), "adam" or "adamw", PyTorch's own; or "muon", which
            moves the matrices between layers (`helpers.training.muon`) and leaves the rest to AdamW; or "muon_fifth",
            where that rest takes a fifth of the learning rate: for embeddings that start with something to lose.

    Raises:
        ValueError: a number out of range, or an unknown optimiser.
    """

    steps: int
    learning_rate: float = 1e-3
    warmup_steps: int = 0
    final_fraction: float = 0.1
    weight_decay: float = 0.0
    clip_norm: float | None = 1.0
    evaluate_every: int = 100
    patience: int | None = None
    max_seconds: float | None = None
    optimizer: str = "adamw"

    def __post_init__(self) -> None:
        fine = {
            "steps, an integer from 1 up": isinstance(self.steps, int) and self.steps >= 1,
            "learning_rate above 0": 0 < self.learning_rate < math.inf,
            "warmup_steps from 0 to steps": 0 <= self.warmup_steps <= self.steps,
            "final_fraction from 0 to 1": 0 <= self.final_fraction <= 1,
            "weight_decay from 0 up": 0 <= self.weight_decay < math.inf,
            "clip_norm above 0, or None": self.clip_norm is None or self.clip_norm > 0,
            "evaluate_every from 1 up": self.evaluate_every >= 1,
            "patience from 1 up, or None": self.patience is None or self.patience >= 1,
            "max_seconds above 0, or None": self.max_seconds is None or self.max_seconds > 0,
            f"optimizer, one of {', '.join(OPTIMIZERS)}": self.optimizer in OPTIMIZERS,
        }
        if broken := [rule for rule, holds in fine.items() if not holds]:
            raise ValueError(f"This recipe can't be followed; expected {'; '.join(broken)}. Got {self}.")

    def learning_rate_at(self, step: int) -> float:
        """The learning rate of one step, counted from 0: up in a line, then down along half a cosine."""
        if step < self.warmup_steps:
            return self.learning_rate * (step + 1) / self.warmup_steps
        falling = max(self.steps - 1 - self.warmup_steps, 1)
        done = min((step - self.warmup_steps) / falling, 1.0)  # from 0 to 1
        height = 0.5 * (1 + math.cos(math.pi * done))  # from 1 to 0
        return self.learning_rate * (self.final_fraction + (1 - self.final_fraction) * height)

    def make_optimizer(self, model: nn.Module) -> torch.optim.Optimizer:
        """The optimiser for a model's weights; `helpers.optimizers` has PyTorch's by hand."""
        settings = {"lr": self.learning_rate, "weight_decay": self.weight_decay}
        if self.optimizer.startswith("muon"):
            return Muon(*hidden_matrices(model), share=0.2 if self.optimizer == "muon_fifth" else 1.0, **settings)
        if self.optimizer == "momentum":
            return torch.optim.SGD(model.parameters(), momentum=0.9, **settings)
        kinds = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
        return kinds[self.optimizer](model.parameters(), **settings)
