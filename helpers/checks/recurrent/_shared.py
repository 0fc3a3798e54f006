"""What the exercises on cells share: random tensors to one decimal, and answers of two tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from helpers.checks.answers import Array, Reading
from helpers.checks.guard import Stop


def dice(seed: int):
    """A function that gives random tensors of a shape, times a size, to one decimal."""
    generator = torch.Generator().manual_seed(seed)
    return lambda *shape, size=1.0: (torch.randn(shape, generator=generator) * size).round(decimals=1)


def blocks(weight: torch.Tensor, order: str, names: str) -> torch.Tensor:
    """The blocks of a weight, which stand in the order of `names`, put into another `order`: "fiog" of "ifgo"."""
    parts = dict(zip(names, weight.chunk(len(names)), strict=True))
    return torch.cat([parts[name] for name in order])


@dataclass(frozen=True)
class Pair:
    """Two tensors of one shape, such as (h, c), read as an array (2, B, N)."""

    wanted: str = "(h, c), two tensors (B, N)"

    def read(self, value: Any, args: tuple) -> Reading:
        """Read an answer; anything but two of one shape is said."""
        if isinstance(value, torch.Tensor) or not isinstance(value, (tuple, list)):
            one = Array(self.wanted).read(value, args)
            if one.reason or (one.value is not None and one.value.ndim == 3 and len(one.value) == 2):
                return one
            return Reading(None, "one-of-two", f"Your function returns one thing; expected {self.wanted}.")
        try:
            if len(value) != 2:
                message = f"Your function returns {len(value)} things; expected {self.wanted}."
                return Reading(None, "not-two", message)
            first, second = (Array(self.wanted).read(part, args) for part in value)
        except Stop:
            raise
        except BaseException:
            return Reading(None, "wrong-type", f"What your function returns can't be read; expected {self.wanted}.")
        for part in (first, second):
            if part.value is None:
                return part
        if first.value.shape != second.value.shape:
            message = f"The two have shapes {first.value.shape} and {second.value.shape}; expected {self.wanted}."
            return Reading(None, "two-shapes", message)
        return Reading(np.stack([first.value, second.value]))
