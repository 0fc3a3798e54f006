"""One call of a function on one case: what came out, was it right, did it leave its arguments alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.checks.answers import Reading, agree
from helpers.checks.exercise import Case, Exercise
from helpers.checks.guard import Stop
from helpers.checks.show import kind, own_traceback, safely, show


@dataclass(frozen=True)
class Raised:
    """An exception: its class, its message without numbers, and how the panel shows it."""

    type: type[BaseException]
    message: str
    traceback: str


@dataclass(frozen=True)
class Attempt:
    """What a function made of a case.

    Attributes:
        case: the case.
        expected: the reference's reading of it.
        reading: the function's; its value is None if there was an exception or nothing readable came out.
        shown: what came out, as text.
        raised: the exception, or None.
        changed: names of the arguments that the function has changed.
        ellipsis: whether it returned `...`, the stub's answer.
        printed: the first lines that it printed.
    """

    case: Case
    expected: Reading
    reading: Reading
    shown: str = ""
    raised: Raised | None = None
    changed: tuple[str, ...] = ()
    ellipsis: bool = False
    printed: str = ""

    @property
    def close(self) -> bool:
        """Whether the value is the expected one, whatever else may be wrong."""
        return self.raised is None and agree(self.reading.value, self.expected.value)

    @property
    def right(self) -> bool:
        """Whether value, type and gradients are as they should be."""
        return self.close and not self.reading.reason and self.same_gradients

    @property
    def same_gradients(self) -> bool:
        """Whether the gradients are the reference's; true where none are asked for."""
        pairs = zip(self.reading.gradients, self.expected.gradients, strict=False)
        return all(np.allclose(mine, theirs, rtol=1e-3, atol=1e-5) for mine, theirs in pairs)

    def same_as(self, other: Attempt) -> bool:
        """Whether two functions made the same of a case: the same value or the same exception."""
        if self.raised or other.raised:
            return (
                self.raised is not None
                and other.raised is not None
                and (self.raised.type, self.raised.message) == (other.raised.type, other.raised.message)
            )
        if self.reading.value is None or other.reading.value is None:
            mine, theirs = self.reading, other.reading
            return mine.value is theirs.value and (mine.reason, mine.message) == (
                theirs.reason,
                theirs.message,
            )
        return agree(self.reading.value, other.reading.value)


def attempt(exercise: Exercise, function: Callable, case: Case, expected: Reading | None = None) -> Attempt:
    """Call a function on fresh copies of a case's arguments and read its answer; lets only `Stop` out.

    Args:
        exercise: says how to read the answer.
        function: whose answer.
        case: what to put in.
        expected: the reference's answer where it is known already and only the value matters, as for a known
            mistake: then nothing is differentiated, shown or searched for changes.
    """
    args, brief = case.fresh(), expected is not None
    expected = expected or expect(exercise, case)
    try:
        answer = function(*args)
    except Stop:
        raise
    except BaseException as error:
        return Attempt(case, expected, Reading(None), raised=_raised(error))
    if answer is ...:
        return Attempt(case, expected, Reading(None), ellipsis=True)
    try:
        reading = exercise.answer.read(answer, () if brief else args)
    except Stop:
        raise
    except BaseException:
        message = f"Your function returns an object of type {kind(answer)}; expected {exercise.answer.wanted}."
        reading = Reading(None, "wrong-type", message)
    if brief:
        return Attempt(case, expected, reading)
    names = zip(exercise.arguments, case.args, args, strict=True)
    kept = (three for three in names if three[0] not in exercise.may_change)
    changed = tuple(name for name, before, after in kept if not unchanged(before, after))
    return Attempt(case, expected, reading, show(answer), changed=changed)


def expect(exercise: Exercise, case: Case) -> Reading:
    """What the reference makes of a case."""
    args = case.fresh()
    return exercise.answer.read(exercise.reference(*args), args)


def _raised(error: BaseException) -> Raised:
    message = safely(lambda: re.sub(r"[\d.]+", "", str(error)[:50]), "")
    return Raised(type(error), message[:25], own_traceback(error))


def unchanged(before: Any, after: Any) -> bool:
    """Whether an argument still is what it was: the same numbers, shape and type, inside objects too.

    What an object has gained, such as a cached property, does not count.
    """
    try:
        if type(before) is not type(after):
            return False
        if hasattr(before, "detach"):
            if before.requires_grad != after.requires_grad and type(before).__name__ != "Parameter":  # may be frozen
                return False
            before, after = before.detach().numpy(), after.detach().numpy()
        if isinstance(before, np.ndarray):
            same = before.shape == after.shape and before.dtype == after.dtype
            return same and before.tobytes() == after.tobytes()
        if isinstance(before, dict):
            keys = list(before) == list(after)  # order counts
            return keys and all(unchanged(before[key], after[key]) for key in before)
        if isinstance(before, (list, tuple)):
            return len(before) == len(after) and all(map(unchanged, before, after))
        if hasattr(before, "__dict__"):
            return all(
                name in vars(after) and unchanged(item, vars(after)[name]) for name, item in vars(before).items()
            )
        return bool(before == after)
    except Stop:
        raise
    except BaseException:  # what the learner put into it can't be compared
        return False
