"""The exercise on a cached step and its known wrong answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers import gpt
from helpers.checks.answers import Array, Reading, _never_an_answer
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise
from helpers.checks.gpt._cached_wrong import MISTAKES
from helpers.checks.guard import Stop
from helpers.checks.recurrent._shared import dice

NAMES = ("output", "keys", "values")


@dataclass(frozen=True)
class Step:
    """Output (T, K), keys and values (S + T, K), read one below the other into (T + 2 (S + T), K)."""

    wanted: str = "(output, keys, values), three tensors"

    def read(self, value: Any, args: tuple) -> Reading:
        """Read an answer; what is missing or of another shape is said."""
        if (never := _never_an_answer(value, self.wanted)) is not None:
            return never
        if not isinstance(value, (tuple, list)):
            return Reading(None, "one-of-three", f"Your function returns one thing; expected {self.wanted}.")
        try:
            if len(value) != 3:
                return Reading(None, "not-three", f"Your function returns {len(value)} things; expected {self.wanted}.")
            parts = [Array(f"{name} as a tensor").read(part, args) for name, part in zip(NAMES, value, strict=True)]
        except Stop:
            raise
        except BaseException:
            return Reading(None, "wrong-type", f"What your function returns can't be read; expected {self.wanted}.")
        for part in parts:
            if part.value is None:
                return part
        if args:
            new, old, width = len(args[0]), len(args[5]), args[5].shape[1]
            shapes = [(new, width), (old + new, width), (old + new, width)]
            for name, part, shape in zip(NAMES, parts, shapes, strict=True):
                if part.value.shape != shape:
                    message = f"Your {name} came out as {part.value.shape}; expected {shape}."
                    return Reading(_stacked(parts), "wrong-shape", message)
        return Reading(_stacked(parts))


def _stacked(parts: list[Reading]) -> np.ndarray:
    """All numbers in one array; of odd shapes, in one line with the shapes before them."""
    arrays = [part.value for part in parts]
    if all(array.ndim == 2 and array.shape[1] == arrays[0].shape[1] for array in arrays):
        return np.concatenate(arrays)
    shapes = [np.array([array.ndim, *array.shape], float) for array in arrays]
    return np.concatenate([*shapes, *map(np.ravel, arrays)])


def _case(new: int, old: int, d: int, k: int, about: str) -> Case:
    draw = dice(8000 + 1000 * new + 100 * old + 10 * d + k)
    args = draw(new, d), draw(new + old + 3, d), draw(d, k), draw(d, k), draw(d, k), draw(old, k), draw(old, k)
    return Case(args, about)


cached_step = Check(
    Exercise(
        name="gpt.cached_step",
        title="A step with a cache",
        difficulty="hard",
        minutes=12,
        arguments=("embedded", "positions", "to_query", "to_key", "to_value", "keys", "values"),
        reference=gpt.cached_step,
        answer=Step(),
        cases=(
            _case(1, 2, 3, 2, "one new token after two"),
            _case(1, 0, 3, 2, "the first token of a text: nothing is kept yet"),
            _case(2, 3, 3, 2, "two new tokens after three"),
            _case(3, 0, 2, 3, "three tokens at once, nothing kept yet"),
            _case(4, 2, 3, 4, "four new tokens after two"),
            _case(1, 5, 4, 2, "one new token after five"),
        ),
        mistakes=MISTAKES,
        hints=(
            "`x = embedded + positions[S : S + T]` with S = len(keys) and T = len(embedded). New keys are `x @ "
            "to_key`; join them to the old ones with `torch.cat([keys, new])`, and likewise the values.",
            "Then it is lesson 06: `scaled_dot_product(x @ to_query, keys, values, mask)` from `helpers.attention`, "
            "whose first result is the output. The mask is (T, S + T): new token i may see keys 0 to S + i. "
            "`causal_mask(T, S + T)` makes it.",
        ),
    )
)
