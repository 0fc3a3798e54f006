"""Muon: an optimiser whose steps stretch no direction of a weight matrix more than another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor, nn

COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # chosen by Jordan et al. so that five rounds bring singular values near one


def orthogonalize(matrices: Tensor, rounds: int = 5) -> Tensor:
    """Bring the singular values of matrices near one, and keep their directions, without computing an SVD.

    Args:
        matrices: (..., R, C). rounds: of the Newton-Schulz iteration.

    Returns:
        (..., R, C); singular values that were not tiny lie between about 0.7 and 1.2.

    Source: Jordan et al. (2024), "Muon: An optimizer for hidden layers in neural networks".
    """
    a, b, c = COEFFICIENTS
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.mT if tall else matrices  # (..., S, L), S the shorter side
    x = x / x.norm(dim=(-2, -1), keepdim=True).clamp(min=1e-7)
    for _ in range(rounds):
        square = x @ x.mT  # (..., S, S)
        x = a * x + (b * square + c * square @ square) @ x
    return x.mT if tall else x


def hidden_matrices(model: nn.Module) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """Part a model's weights into those that Muon moves and the others, each weight once.

    Muon is for matrices that stand between layers: the weights of linear layers, but not of the last one, which
    gives the scores, nor any that is an embedding's as well.

    Returns:
        The matrices, and all other weights.

    Source: Jordan et al. (2024), section "Empirical considerations".
    """
    linear = [part.weight for part in model.modules() if isinstance(part, nn.Linear)]
    apart = {id(part.weight) for part in model.modules() if isinstance(part, nn.Embedding)}
    hidden = {id(weight) for weight in linear[:-1]} - {id(weight) for weight in linear[-1:]} - apart
    weights = list(model.parameters())
    matrices = [weight for weight in weights if id(weight) in hidden]
    return matrices, [weight for weight in weights if id(weight) not in hidden]


class Muon(torch.optim.Optimizer):
    """Muon for the matrices inside a model, AdamW for everything else: embeddings, output, biases, norms.

    The step of a matrix is its momentum, orthogonalised, at the size of a typical step of AdamW, so that one learning
    rate serves both (Liu et al., 2025, section 2.2).

    Args:
        matrices: weights (R, C) of hidden layers. Those of one shape are handled together.
        others: all other weights.
        lr: the learning rate of the matrices. share: how much of it the others take.
        weight_decay: share of each weight taken off per step, times the learning rate.
        momentum: of the matrices. betas: of AdamW.

    Raises:
        ValueError: a matrix has another number of axes than two.

    Source: Jordan et al. (2024); Liu et al. (2025), "Muon is Scalable for LLM Training".
    """

    def __init__(
        self,
        matrices: Iterable[nn.Parameter],
        others: Iterable[nn.Parameter],
        lr: float = 1e-3,
        weight_decay: float = 0.0,
        momentum: float = 0.95,
        betas: tuple[float, float] = (0.9, 0.95),
        share: float = 1.0,
    ) -> None:
        groups = [{"params": list(matrices), "muon": True},
                  {"params": list(others), "muon": False, "lr": lr * share, "share": share}]  # fmt: skip
        if any(matrix.ndim != 2 for matrix in groups[0]["params"]):
            raise ValueError("Muon moves matrices (R, C) alone; give other weights as `others`.")
        defaults = {"lr": lr, "weight_decay": weight_decay, "momentum": momentum, "betas": betas}
        super().__init__([group for group in groups if group["params"]], defaults)

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        """Take one step for all weights that have a gradient."""
        for group in self.param_groups:
            weights = [weight for weight in group["params"] if weight.grad is not None]
            for weight in weights:
                weight.mul_(1 - group["lr"] * group["weight_decay"])
            if group["muon"]:
                self._move_matrices(weights, group)
            else:
                for weight in weights:
                    self._move(weight, group)

    def _move_matrices(self, weights: list[Tensor], group: dict) -> None:
        by_shape = defaultdict(list)
        for weight in weights:
            state = self.state[weight]
            if not state:
                state["momentum"] = torch.zeros_like(weight)
            state["momentum"].lerp_(weight.grad, 1 - group["momentum"])
            by_shape[weight.shape].append((weight, weight.grad.lerp(state["momentum"], group["momentum"])))
        for (rows, columns), found in by_shape.items():
            steps = orthogonalize(torch.stack([step for _, step in found]))  # (N, R, C)
            for (weight, _), step in zip(found, steps, strict=True):
                weight.add_(step, alpha=-0.2 * group["lr"] * max(rows, columns) ** 0.5)

    def _move(self, weight: Tensor, group: dict) -> None:
        """AdamW (Loshchilov and Hutter, 2019, algorithm 2)."""
        state, (beta1, beta2) = self.state[weight], group["betas"]
        if not state:
            state.update(steps=0, mean=torch.zeros_like(weight), square=torch.zeros_like(weight))
        state["steps"] += 1
        state["mean"].lerp_(weight.grad, 1 - beta1)
        state["square"].lerp_(weight.grad.square(), 1 - beta2)
        mean = state["mean"] / (1 - beta1 ** state["steps"])
        square = state["square"] / (1 - beta2 ** state["steps"])
        weight.sub_(group["lr"] * mean / (square.sqrt() + 1e-8))
