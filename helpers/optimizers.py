"""Ways to take a step downhill, by hand: SGD, momentum, Adam (lesson 03). Equal to `torch.optim` to 1e-6.

The functions take one step with plain tensors; the classes remember what must be remembered between steps and are
called as PyTorch's are.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor


def sgd_step(weights: Tensor, gradient: Tensor, learning_rate: float) -> Tensor:
    """Return the weights after one step of plain gradient descent; all of one shape.

    Source: Robbins and Monro (1951); Goodfellow, Bengio and Courville (2016), section 8.3.1.
    """
    return weights - learning_rate * gradient


def momentum_step(weights: Tensor, gradient: Tensor, velocity: Tensor, learning_rate: float,
                  momentum: float = 0.9) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Return weights and velocity after one step of gradient descent with momentum.

    The velocity keeps a share of itself and takes up the new gradient; the weights move against the velocity.

    Args:
        weights, gradient, velocity: of one shape; the velocity is all zeros before the first step.
        learning_rate: above 0. momentum: the share of the velocity that is kept, from 0 to below 1.

    Returns:
        New tensors: (weights, velocity).

    Source: Polyak (1964); in the form of Sutskever et al. (2013), section 2, and of `torch.optim.SGD`, which leaves
    the learning rate out of the velocity.
    """
    velocity = momentum * velocity + gradient
    return weights - learning_rate * velocity, velocity


def adam_step(weights: Tensor, gradient: Tensor, mean: Tensor, square: Tensor, step: int, learning_rate: float,
              betas: tuple[float, float] = (0.9, 0.999),
              eps: float = 1e-8) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """Return weights, mean and square after one step of Adam.

    Args:
        weights, gradient: of one shape.
        mean, square: running means of the gradients and of their squares, zeros before the first step.
        step: the number of this step, counted from 1.
        learning_rate: about the distance that a weight moves in a step.
        betas: the shares of mean and square that are kept. eps: keeps the division safe.

    Returns:
        New tensors: (weights, mean, square).

    Source: Kingma and Ba, Adam (2015), algorithm 1.
    """
    mean = betas[0] * mean + (1 - betas[0]) * gradient
    square = betas[1] * square + (1 - betas[1]) * gradient**2
    mean_now = mean / (1 - betas[0] ** step)  # both began at zero, so they are too small at first
    square_now = square / (1 - betas[1] ** step)
    return weights - learning_rate * mean_now / (square_now.sqrt() + eps), mean, square


class SGD:
    """Gradient descent, with momentum if it is above 0.

    Args:
        parameters: tensors with `requires_grad`. lr: the learning rate. momentum: the share of velocity kept.
        weight_decay: this share of each weight is added to its gradient (L2).
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float, momentum: float = 0.0, weight_decay: float = 0.0):
        self.parameters = list(parameters)
        self.lr, self.momentum, self.weight_decay = lr, momentum, weight_decay
        self.velocities = [torch.zeros_like(weights) for weights in self.parameters]

    @torch.no_grad()
    def step(self) -> None:
        """Move every parameter that has a gradient, in place."""
        for i, weights in enumerate(self.parameters):
            if weights.grad is not None:
                gradient = weights.grad + self.weight_decay * weights
                new, self.velocities[i] = momentum_step(weights, gradient, self.velocities[i], self.lr, self.momentum)
                weights.copy_(new)

    def zero_grad(self) -> None:
        """Forget the gradients; otherwise the next `backward` adds to them."""
        for weights in self.parameters:
            weights.grad = None


class Adam:
    """Adam, or AdamW if `decoupled`.

    Args:
        parameters, lr, betas, eps: as for `adam_step`.
        weight_decay: added to the gradient as L2; if decoupled, taken straight off the weights.
        decoupled: AdamW (Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019, algorithm 2).
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999),
                 eps: float = 1e-8, weight_decay: float = 0.0, decoupled: bool = False):  # fmt: skip
        self.parameters, self.lr, self.betas, self.eps = list(parameters), lr, betas, eps
        self.weight_decay, self.decoupled = weight_decay, decoupled
        self.means = [torch.zeros_like(weights) for weights in self.parameters]
        self.squares = [torch.zeros_like(weights) for weights in self.parameters]
        self.steps = [0] * len(self.parameters)

    @torch.no_grad()
    def step(self) -> None:
        """Move every parameter that has a gradient, in place."""
        for i, weights in enumerate(self.parameters):
            if weights.grad is None:
                continue
            gradient, old = weights.grad, weights
            if self.decoupled:
                old = weights * (1 - self.lr * self.weight_decay)
            else:
                gradient = gradient + self.weight_decay * weights
            self.steps[i] += 1
            memory = self.means[i], self.squares[i], self.steps[i]
            new, self.means[i], self.squares[i] = adam_step(old, gradient, *memory, self.lr, self.betas, self.eps)
            weights.copy_(new)

    zero_grad = SGD.zero_grad
