"""The exercise on top-p."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from helpers import gpt
from helpers.checks.answers import Array, Reading
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Symptom
from helpers.checks.gpt._top_p_wrong import MISTAKES


@dataclass(frozen=True)
class Kept:
    """Probabilities (V,). Which of equally likely tokens stay is left open: the case with a tie at the cut is sorted.

    Attributes:
        tied: V of that case, and of no other.
    """

    tied: int
    wanted: str = "a tensor (V,) of probabilities"

    def read(self, value: Any, args: tuple) -> Reading:
        """Read an answer; `args` is what it was computed from."""
        reading = Array(self.wanted).read(value, args)
        if reading.value is None or reading.value.shape != (self.tied,):
            return reading
        return replace(reading, value=np.sort(reading.value)[::-1])


def _case(values, p: float, about: str) -> Case:
    return Case((torch.tensor(values), p), about)


top_p = Check(
    Exercise(
        name="gpt.top_p",
        title="Top-p",
        difficulty="medium",
        minutes=10,
        arguments=("probabilities", "p"),
        reference=gpt.top_p,
        answer=Kept(tied=7),
        cases=(
            _case([0.6, 0.3, 0.1], 0.7, "three tokens in order, p = 0.7"),
            _case([0.1, 0.35, 0.05, 0.3, 0.2], 0.6, "five tokens in any order, p = 0.6"),
            _case([0.04, 0.4, 0.3, 0.06, 0.2], 0.75, "five tokens, p = 0.75"),
            _case([0.2, 0.05, 0.15, 0.6], 0.3, "the likeliest alone is above p"),
            _case([0.125, 0.5, 0.25, 0.125], 0.5, "the likeliest alone is exactly p"),
            _case([0.125, 0.125, 0.25, 0.125, 0.125, 0.125, 0.125], 0.5, "six of seven tokens are equally likely"),
            _case([0.3, 0.0, 0.55, 0.15], 1.0, "p = 1"),
            _case([0.3, 0.1, 0.45, 0.15], 0.0, "p = 0"),
            _case([0.02, 0.18, 0.07, 0.28, 0.11, 0.01, 0.24, 0.09], 0.9, "eight tokens, p = 0.9"),
            _case([0.03, 0.13, 0.32, 0.07, 0.21, 0.24], 0.5, "six tokens, p = 0.5"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "not-one",
                "What you keep does not add up to one: divide by its sum.",
                lambda args, value: bool(abs(value.sum() - 1) > 1e-4),
            ),
        ),
        hints=(
            "Sort: `ranked, order = probabilities.sort(descending=True)`. `ranked.cumsum(0) - ranked` is what the "
            "likelier tokens reach together. A token stays as long as that is below p; the first stays in any case.",
            "With `kept` for those places, begin with zeros (V,) and write `result[order[kept]] = ranked[kept]`. Then "
            "divide by the sum.",
        ),
    )
)
