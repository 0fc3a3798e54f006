"""A network of 3 inputs, 2 hidden ReLU units and 1 output, forward and backward by hand (lesson 03).

Eleven numbers to learn, each with a name. The widget `small_network` draws what is computed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True)
class Weights:
    """All that the network can learn: eleven numbers.

    Attributes:
        hidden: from each input to each hidden unit, (2, 3).
        hidden_bias: (2,).
        output: from each hidden unit to the output, (2,).
        output_bias: a number.
    """

    hidden: np.ndarray
    hidden_bias: np.ndarray
    output: np.ndarray
    output_bias: float

    def flat(self) -> np.ndarray:
        """The eleven numbers in one row, (11,): hidden by rows, hidden_bias, output, output_bias."""
        return np.concatenate([np.ravel(getattr(self, field.name)) for field in fields(self)])

    @classmethod
    def from_flat(cls, numbers: Sequence[float]) -> Weights:
        """The weights that `flat` came from; ValueError unless there are eleven numbers."""
        numbers = np.asarray(numbers, dtype=float)
        if numbers.shape != (11,):
            raise ValueError(f"Expected 11 numbers, got shape {numbers.shape}.")
        return cls(numbers[:6].reshape(2, 3), numbers[6:8], numbers[8:10], float(numbers[10]))


NAMES = ("w11", "w12", "w13", "w21", "w22", "w23", "b1", "b2", "v1", "v2", "c")
START = Weights.from_flat([0.5, -1.0, 0.5, 1.0, 0.5, -0.5, 0.0, 0.5, 1.0, -1.0, 0.5])


@dataclass(frozen=True)
class Pass:
    """One example going through the network: everything computed on the way.

    Attributes:
        x: the inputs, (3,). target: what should come out.
        z: the hidden units before ReLU, (2,). h: after it, (2,). y: the output.
        loss: half the squared distance from the target.
    """

    x: np.ndarray
    target: float
    z: np.ndarray
    h: np.ndarray
    y: float
    loss: float


def forward(weights: Weights, x: Sequence[float], target: float) -> Pass:
    """Send one example through: z = W x + b, h = max(z, 0), y = v·h + c, loss = (y - target)² / 2.

    Args:
        weights: the eleven numbers.
        x: three inputs, (3,).
        target: what should come out.

    Raises:
        ValueError: there are not three inputs.
    """
    x = np.asarray(x, dtype=float)
    if x.shape != (3,):
        raise ValueError(f"Expected three inputs, got shape {x.shape}.")
    z = weights.hidden @ x + weights.hidden_bias  # (2,)
    h = np.maximum(z, 0)  # (2,)
    y = float(weights.output @ h + weights.output_bias)
    return Pass(x, float(target), z, h, y, 0.5 * (y - target) ** 2)


def backward(weights: Weights, done: Pass) -> Weights:
    """Return the gradient of the loss: for each of the eleven numbers, how fast the loss grows with it.

    The chain rule, from the loss back: each line multiplies by one more local slope. A ReLU that gave 0 lets nothing
    through; at exactly 0 its slope counts as 0, as in PyTorch.

    Args:
        weights: those of the forward pass. done: what `forward` gave.

    Returns:
        The slopes, in the shape of the weights.

    Source: Rumelhart, Hinton and Williams (1986), equations 4 to 7, here with ReLU.
    """
    d_y = done.y - done.target  # ∂loss/∂y
    d_output, d_output_bias = d_y * done.h, d_y  # y = v·h + c
    d_h = d_y * weights.output  # (2,)
    d_z = d_h * (done.z > 0)  # (2,), the gate of ReLU
    d_hidden, d_hidden_bias = np.outer(d_z, done.x), d_z  # z = W x + b: (2, 3), (2,)
    return Weights(d_hidden, d_hidden_bias, d_output, float(d_output_bias))


def nudge(weights: Weights, number: int, by: float) -> Weights:
    """The weights with one of the eleven numbers (0 to 10, in the order of NAMES) changed by a little."""
    flat = weights.flat()
    flat[number] += by
    return Weights.from_flat(flat)


def finite_differences(weights: Weights, x: Sequence[float], target: float, by: float = 1e-6) -> Weights:
    """The gradient without any calculus: nudge each number both ways and see how the loss changes."""
    def loss(number: int, much: float) -> float:
        return forward(nudge(weights, number, much), x, target).loss

    return Weights.from_flat([(loss(i, by) - loss(i, -by)) / (2 * by) for i in range(11)])


def descend(weights: Weights, gradient: Weights, learning_rate: float) -> Weights:
    """One step of gradient descent: every number moves against its slope."""
    return Weights.from_flat(weights.flat() - learning_rate * gradient.flat())
