"""Sentence vectors in one byte a number, and search among them (lesson 10)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

STEPS = 127  # on each side of zero; one byte has room for 128


class VectorStore(nn.Module):
    """Vectors (N, D) of length about one, each number rounded to one of 255 steps: a quarter of float32.

    As a module so that a checkpoint can keep it. Lesson 12 asks what rounding costs.

    Attributes:
        vectors: (N, D), int8. step: what one step is worth.
    """

    def __init__(self, n: int, d_model: int = 384) -> None:
        super().__init__()
        self.register_buffer("vectors", torch.zeros(n, d_model, dtype=torch.int8))
        self.register_buffer("step", torch.ones(()))

    @classmethod
    def of(cls, vectors: Tensor) -> VectorStore:
        """Round vectors (N, D)."""
        made = cls(*vectors.shape)
        made.step.fill_(float(vectors.abs().max()) / STEPS)
        made.vectors.copy_((vectors / made.step).round().clamp(-STEPS, STEPS))
        return made

    @property
    def rounded(self) -> Tensor:
        """The vectors as floats again, (N, D)."""
        return self.vectors * self.step

    def scores(self, question: Tensor) -> Tensor:
        """How close each vector is to that of a question, (D,): its cosine, up to the rounding; (N,)."""
        return self.rounded @ question


