"""The kind of answer that is two arrays of one shape, such as new weights and their memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.checks.answers import Array, Reading
from helpers.checks.show import kind


@dataclass(frozen=True)
class Pair:
    """A tuple or list of two arrays; they are read into one array, (2, …).

    Attributes:
        wanted: the answer in words.
        names: what the two are called.
    """

    wanted: str
    names: tuple[str, str]

    def read(self, value: Any, args: tuple) -> Reading:
        """Read an answer; `args` is what it was computed from."""
        both = " and ".join(self.names)
        whole = Array(self.wanted).read(value, args)
        if not isinstance(value, (tuple, list)):
            if whole.value is None and whole.reason != "wrong-type":
                return whole  # None, a function, …
            return Reading(None, "not-a-pair", f"Your function returns one {kind(value)}; return two things, {both}.")
        if len(value) != 2:
            return Reading(None, "not-a-pair", f"Your function returns {len(value)} things; return two, {both}.")
        parts = [Array(f"{name} as an array").read(part, args) for name, part in zip(self.names, value, strict=True)]
        for part in parts:
            if part.reason:
                return part
        if parts[0].value.shape != parts[1].value.shape:
            shapes = f"{parts[0].value.shape} and {parts[1].value.shape}"
            return Reading(None, "wrong-shape", f"{both} have shapes {shapes}; both should have the same shape.")
        return Reading(np.stack([part.value for part in parts]))
