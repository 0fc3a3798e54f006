"""What the exercises on attention share: random tensors to one decimal, answers of two tensors, masks."""

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


@dataclass(frozen=True)
class OutputAndAttention:
    """A pair: output (..., T, K') and attention (..., T, S); read as one array with both side by side."""

    wanted: str = "(output, attention): two tensors, (..., T, K') and (..., T, S)"

    def read(self, value: Any, args: tuple) -> Reading:
        """Read an answer; anything but two arrays that fit together is said."""
        if isinstance(value, torch.Tensor | np.ndarray) or not isinstance(value, tuple | list):
            one = Array(self.wanted).read(value, args)
            if one.reason:
                return one
            message = f"Your function returns one thing, of shape {one.value.shape}; expected {self.wanted}."
            return Reading(None, "one-of-two", message)
        try:
            if len(value) != 2:
                return Reading(None, "not-two", f"Your function returns {len(value)} things; expected {self.wanted}.")
            output, attention = (Array(self.wanted).read(part, args) for part in value)
        except Stop:
            raise
        except BaseException:
            return Reading(None, "wrong-type", f"What your function returns can't be read; expected {self.wanted}.")
        for part in (output, attention):
            if part.value is None:
                return part
        if min(output.value.ndim, attention.value.ndim) < 2 or output.value.shape[:-1] != attention.value.shape[:-1]:
            shapes = f"{output.value.shape} and {attention.value.shape}"
            return Reading(None, "two-shapes", f"The two have shapes {shapes}; expected {self.wanted}.")
        return Reading(np.concatenate([output.value, attention.value], axis=-1))


@dataclass(frozen=True)
class Mask:
    """An array of True and False; numbers 0 and 1 are read, and refused with a reason."""

    wanted: str = "a tensor of bool"

    def read(self, value: Any, args: tuple) -> Reading:
        """Read an answer; `args` is what it was computed from."""
        try:
            array = value.detach().numpy() if isinstance(value, torch.Tensor) else np.asarray(value)
        except Stop:
            raise
        except BaseException:
            return Array(self.wanted).read(value, args)
        if array.dtype.kind == "b":
            return Reading(array.astype(np.float64))
        reading = Array(self.wanted).read(value, args)
        if reading.value is None:
            return reading
        message = (f"Your mask holds numbers ({array.dtype}). A mask is of True and False, dtype torch.bool: "
                   "end with .bool(), or compare with ==.")  # fmt: skip
        return Reading(reading.value, "not-bool", message)
