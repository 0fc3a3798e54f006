"""How an answer of the quantisation exercise is read: whole levels, a scale and a zero point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.checks.answers import Array, Number, Reading


@dataclass(frozen=True)
class Grid:
    """A triple (levels, scale, zero_point); read into one row: scale, zero point, then the levels."""

    wanted: str = "(levels, scale, zero_point): a tensor and two numbers"

    def read(self, value: Any, args: tuple) -> Reading:
        """Read an answer; `args` is what it was computed from."""
        if not isinstance(value, (tuple, list)):
            whole = Array(self.wanted).read(value, args)
            if whole.reason and whole.reason != "wrong-type":
                return whole  # None, a function …
            return Reading(None, "not-three", f"Your function returns one thing; expected {self.wanted}.")
        if len(value) != 3:
            return Reading(None, "not-three", f"Your function returns {len(value)} things; expected {self.wanted}.")
        levels, scale, zero = (kind.read(part, args) for kind, part in zip(
            (Array("levels as a tensor"), Number("the scale as one number"), Number("the zero point as one number")),
            value, strict=True))  # fmt: skip
        for part in (levels, scale, zero):
            if part.value is None:
                return part
        shape = tuple(args[0].shape) if args else levels.value.shape
        if scale.value.shape == shape != () and levels.value.shape == ():
            return Reading(None, "other-order", f"The order is another: expected {self.wanted}.")
        for name, part in (("scale", scale), ("zero point", zero)):
            if part.value.shape != ():
                message = f"Your {name} has shape {part.value.shape}. All numbers share one: a single number."
                return Reading(None, "one-number-each", message)
        if args and levels.value.shape != shape:
            message = f"Your levels have shape {levels.value.shape}; expected that of x, {shape}."
            return Reading(None, "wrong-shape", message)
        counted = _even(levels.value, scale.value, zero.value, *args) if args else levels.value
        return Reading(np.concatenate([[scale.value, zero.value], counted.ravel()]))


def _even(levels: np.ndarray, scale: np.ndarray, zero: np.ndarray, x: Any, bits: int) -> np.ndarray:
    """The levels, but of two that are equally near the one that round() takes: rounding halves up is right as well."""
    top, steps = 2**bits - 1, x.numpy() / scale
    if zero != np.round(-min(steps.min(), 0)):
        return levels  # wrong all the same
    halves = (levels >= 0) & (levels <= top) & np.isclose(steps % 1, 0.5) & np.isclose(abs(levels - zero - steps), 0.5)
    return np.where(halves, np.clip(np.round(steps) + zero, 0, top), levels)
