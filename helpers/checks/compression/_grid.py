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
        return Reading(np.concatenate([[scale.value, zero.value], levels.value.ravel()]))
