"""From a learner's function to a finding: try every case, look for the likely reason. Runs in the worker."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from helpers.checks.attempt import Attempt, Raised, attempt
from helpers.checks.calm import NoInput
from helpers.checks.exercise import Exercise
from helpers.checks.guard import Stop
from helpers.checks.result import Finding, Result, untried, wrong
from helpers.checks.show import clip, kind, safely, show
from helpers.checks.symptoms import WRONG_VALUE, symptom

UNTRIED = "Write your answer where the three dots stand, then run the cell again."


def judge(
    exercise: Exercise, function: Any, tell: Callable[[tuple], None], heard: Callable[[], str]
) -> Finding | list[Attempt]:
    """Try a function on all cases of an exercise and return what is to be said about it.

    Args:
        exercise: what is asked.
        function: what the learner handed in, of any type.
        tell: called with the arguments as text before each case, so that the caller knows where time went.
        heard: called after each case; returns what the function has printed.

    Returns:
        A finding of plain text; of a wrong answer the attempts, for `explain`.
    """
    if function is ...:
        return untried(UNTRIED)
    if (refused := _not_to_be_called(exercise, function)) is not None:
        return refused
    attempts = []
    for case in exercise.cases:
        tell(put_in(exercise, case.args))
        attempts.append(replace(attempt(exercise, function, case), printed=heard()))
        if (stub := _unfinished(attempts[-1])) is not None:
            return stub
    if all(one.close for one in attempts) and any(one.changed for one in attempts):
        return _spoilt(exercise, next(one for one in attempts if one.changed))
    if all(one.right for one in attempts):
        return Finding(Result("right", "", f"Right in all {len(attempts)} cases."), printed=attempts[0].printed)
    return attempts


def put_in(exercise: Exercise, args: tuple) -> tuple[tuple[str, str], ...]:
    """The arguments of a case by name, as text."""
    return tuple(zip(exercise.arguments, map(show, args), strict=True))


def _not_to_be_called(exercise: Exercise, function: Any) -> Finding | None:
    names = ", ".join(exercise.arguments)
    if not callable(function):
        message = (
            f"The check was given {_a(kind(function))}, expected a function of ({names}). Hand over the "
            f"function itself, its name without parentheses: checks.{exercise.name}(my_function)"
        )
        return wrong("not-a-function", message)
    try:
        signature = inspect.signature(function)
    except Stop:
        raise
    except BaseException:  # some functions written in C do not tell
        return None
    try:
        signature.bind(*exercise.arguments)
    except TypeError:
        takes = clip(safely(lambda: str(signature), "(?)"), 1, 80)
        count = f"{len(exercise.arguments)} argument{'s' * (len(exercise.arguments) > 1)}"
        return wrong("wrong-signature", f"Your function takes {takes}; the check calls it with {count}: ({names}).")
    return None


def _a(name: str) -> str:
    return f"an {name}" if name[:1].lower() in "aeiou" else f"a {name}"


def _unfinished(one: Attempt) -> Finding | None:
    """The stub and what is left of it: `...` returned, NotImplementedError, or `...` in an expression."""
    if one.ellipsis or (one.raised and one.raised.type is NotImplementedError and not _by_torch(one.raised)):
        return untried(UNTRIED, printed=one.printed)
    if one.raised and one.raised.type is TypeError and "ellipsis" in one.raised.traceback.splitlines()[-1]:
        message = "One of the three dots is still there: replace every `...` in your function."
        return untried(message, "ellipsis-left", traceback=one.raised.traceback, printed=one.printed)
    return None


def _by_torch(raised: Raised) -> bool:
    """Whether a NotImplementedError is PyTorch's, about a dtype: "softmax" not implemented for 'Bool'."""
    return "not implemented for '" in raised.traceback


def _spoilt(exercise: Exercise, one: Attempt) -> Finding:
    """All values are right, but the function has written into its arguments."""
    names = " and ".join(f"`{name}`" for name in one.changed)
    message = (
        f"The answers are right, but your function changes {names}, which belongs to its caller. "
        "Work on a copy, or make a new object: `x /= y` and `x[i] = y` write into the old one."
    )
    return wrong("changes-input", message, put_in=put_in(exercise, one.case.args), printed=one.printed)


def explain(exercise: Exercise, attempts: list[Attempt], search: bool = True) -> Finding:
    """The finding for an answer that is wrong in at least one case; without `search`, no known mistake is tried."""
    failed = next(one for one in attempts if not one.right)
    reason, message = _reason(exercise, attempts, failed) if search else _plain_reason(failed)
    n_right = sum(one.right for one in attempts)
    note = f"The smallest case that fails: {failed.case.about}." if failed.case.about else ""
    if n_right:
        note += f" {n_right} of {len(attempts)} cases are right."
    return wrong(
        reason,
        message,
        put_in=put_in(exercise, failed.case.args),
        came_out="" if failed.raised else failed.shown,
        expected=_as_shown(failed),
        note=note.strip(),
        traceback=failed.raised.traceback if failed.raised else "",
        printed=failed.printed,
    )


def _as_shown(one: Attempt) -> str:
    value = one.expected.value
    return show(float(value)) if getattr(value, "shape", None) == () else show(value)


def _reason(exercise: Exercise, attempts: list[Attempt], failed: Attempt) -> tuple[str, str]:
    """The slug and the sentence: a known mistake, else how it failed, else what the values look like."""
    if all(one.close for one in attempts):
        return _not_the_value(failed)
    for mistake in exercise.mistakes:
        for function in mistake.wrong:
            if all(one.same_as(attempt(exercise, function, one.case, one.expected)) for one in attempts):
                return mistake.reason, mistake.message
    plain = _plain_reason(failed)
    return symptom(exercise, attempts, failed) if plain == WRONG_VALUE else plain


def _plain_reason(failed: Attempt) -> tuple[str, str]:
    """What one attempt says by itself, without a look at its numbers."""
    if failed.raised:
        return _exception(failed)
    if failed.reading.value is None:
        return failed.reading.reason, failed.reading.message
    if failed.close:
        return _not_the_value(failed)
    return WRONG_VALUE


def _not_the_value(failed: Attempt) -> tuple[str, str]:
    if failed.reading.reason:
        return failed.reading.reason, failed.reading.message
    return "wrong-gradient", (
        "The number is right, but its gradient is not: a part of the loss was computed outside autograd, "
        "or through an infinity."
    )


def _exception(failed: Attempt) -> tuple[str, str]:
    """What to say about an exception, by its class."""
    error = failed.raised.type
    by_class = {
        RecursionError: ("endless-recursion", "Your function calls itself without end."),
        MemoryError: ("memory", "Your function asks for more memory than there is."),
        SystemExit: ("exits", "Your function ends the program (exit, SystemExit). Return instead."),
        KeyboardInterrupt: ("interrupts", "Your function raises KeyboardInterrupt itself. Return instead."),
        NoInput: (
            "asks-for-input",
            "Nobody can answer input() or a debugger here: call your function in a cell.",
        ),
    }
    for kind_of_error, told in by_class.items():
        if issubclass(error, kind_of_error):
            return told
    name = safely(lambda: str(error.__name__), "an exception")
    return "exception", f"Your function raised {clip(name, 1, 60)}. The last line below says why."
