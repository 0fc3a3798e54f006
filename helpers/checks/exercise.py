"""What an exercise is: a reference, cases to try, known wrong answers, hints. Pure data, no state."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from helpers.checks.answers import Array, Loss, Number, Word


@dataclass(frozen=True)
class Case:
    """Arguments to try, and half a sentence about them that ends "… for"."""

    args: tuple
    about: str = ""

    def fresh(self) -> tuple:
        """Copies of the arguments, so that a function that changes them harms nobody."""
        return copy.deepcopy(self.args)


@dataclass(frozen=True)
class Mistake:
    """A known way to get it wrong.

    Attributes:
        reason: a slug for tests, such as "forgets-lengths".
        message: one or two sentences for the learner: what they did, and what to do.
        wrong: functions that make this mistake; a learner's function that agrees with one of them in every
            case is told the message.
    """

    reason: str
    message: str
    wrong: tuple[Callable, ...]


@dataclass(frozen=True)
class Symptom:
    """A sign that something is wrong, for answers that no known mistake explains.

    Attributes:
        reason, message: as for a mistake.
        seen: from the arguments of the smallest failing case and the value that came out, whether it shows.
    """

    reason: str
    message: str
    seen: Callable[[tuple, Any], bool]


@dataclass(frozen=True)
class Exercise:
    """Everything about one exercise.

    Attributes:
        name: as the learner calls it after `checks.`, such as "vectors.cosine".
        title: two or three words.
        difficulty, minutes: shown with the title.
        arguments: names of the arguments, in order.
        reference: the right function in `helpers`; its source is the solution.
        answer: the kind of thing that the function returns.
        cases: from small to large; the first that fails is shown.
        mistakes: the first that agrees with the learner's function names the reason.
        symptoms: tried in turn when no mistake agrees.
        hints: two or more, from a nudge to nearly all.
        may_change: names of arguments that the function is to change, such as a model that it freezes.
    """

    name: str
    title: str
    difficulty: Literal["easy", "medium", "hard"]
    minutes: int
    arguments: tuple[str, ...]
    reference: Callable
    answer: Number | Array | Loss | Word
    cases: tuple[Case, ...]
    hints: tuple[str, ...]
    mistakes: tuple[Mistake, ...] = field(default=())
    symptoms: tuple[Symptom, ...] = field(default=())
    may_change: tuple[str, ...] = ()
