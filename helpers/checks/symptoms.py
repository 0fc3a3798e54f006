"""What wrong values look like, for answers that no known mistake explains."""

from __future__ import annotations

from itertools import starmap

import numpy as np

from helpers.checks.attempt import Attempt
from helpers.checks.exercise import Exercise
from helpers.checks.guard import Stop

Told = tuple[str, str]
WRONG_VALUE: Told = ("wrong-value", "The value is not the expected one.")


def symptom(exercise: Exercise, attempts: list[Attempt], failed: Attempt) -> Told:
    """Return slug and sentence for values that are wrong.

    Args:
        exercise: for its own symptoms, which come last: patterns that hold in all cases say more.
        attempts: all cases; none of them raised in the failing one.
        failed: the smallest failing case.
    """
    if isinstance(failed.reading.value, str) or isinstance(failed.expected.value, str):
        return _constant_word(attempts) or _own(exercise, failed) or ("wrong-word", "That is not the expected word.")
    return (
        _shape(failed)
        or _not_finite(failed)
        or _pattern(attempts)
        or _own(exercise, failed)
        or WRONG_VALUE
    )


def _own(exercise: Exercise, failed: Attempt) -> Told | None:
    for sign in exercise.symptoms:
        try:
            if sign.seen(failed.case.args, failed.reading.value):
                return sign.reason, sign.message
        except Stop:
            raise
        except Exception:  # a value that the symptom was not written for
            continue
    return None


def _constant_word(attempts: list[Attempt]) -> Told | None:
    if any(one.raised or one.reading.value != attempts[0].reading.value for one in attempts):
        return None
    return "constant", "Your function returns the same word whatever is put in."


def _shape(failed: Attempt) -> Told | None:
    got, expected = failed.reading.value, failed.expected.value
    if got.shape == expected.shape:
        return None
    if got.ndim == 2 and got.T.shape == expected.shape:
        return "transposed", "Rows and columns are exchanged: the answer has the shape of its transpose."
    wanted = "a single number, shape ()" if expected.shape == () else f"shape {expected.shape}"
    return "wrong-shape", f"Your answer has shape {got.shape}; expected {wanted}."


def _not_finite(failed: Attempt) -> Told | None:
    value = failed.reading.value
    if np.isnan(value).any():
        return "nan", "There is NaN (not a number) in your answer: look for 0/0, or infinity minus infinity."
    if np.isinf(value).any():
        return (
            "infinite",
            "There is an infinity in your answer: look for a division by zero, log(0), or a large exp.",
        )
    return None


def _pattern(attempts: list[Attempt]) -> Told | None:
    """One relation between value and expectation that holds in every case."""
    readable = [
        (one.reading.value, one.expected.value) for one in attempts if isinstance(one.reading.value, np.ndarray)
    ]
    pairs = [(got, expected) for got, expected in readable if got.shape == expected.shape]
    if len(pairs) < len(attempts):
        return None
    sizes = [_first_size(one) for one in attempts]

    def always(relation) -> bool:
        return all(starmap(relation, pairs))

    if always(lambda got, expected: _near(got, pairs[0][0])):
        return "constant", "Your function returns the same whatever is put in."
    if always(lambda got, expected: np.allclose(got, -expected, rtol=1e-4, atol=1e-6)):
        return "opposite-sign", "The sign is the wrong way round: every value is minus the expected one."
    if always(lambda got, expected: np.allclose(got, np.abs(expected), rtol=1e-4, atol=1e-6)):
        return "loses-sign", "The sign is lost: negative values came out positive."
    if all(n and _near(got, expected * n) for (got, expected), n in zip(pairs, sizes, strict=True)):
        return (
            "sum-not-mean",
            "Every value is too large by the number of rows: a sum stands where a mean belongs.",
        )
    if all(n and _near(got * n, expected) for (got, expected), n in zip(pairs, sizes, strict=True)):
        return (
            "mean-not-sum",
            "Every value is too small by the number of rows: a mean stands where a sum belongs.",
        )
    factor = _constant([got / expected for got, expected in pairs])
    if factor is not None and abs(factor - 1) > 0.02:
        return "scaled", f"Every value is {factor:.4g} times the expected one."
    if (offset := _constant([got - expected for got, expected in pairs])) is not None:
        return "shifted", f"Every value differs from the expected one by the same amount, {offset:.4g}."
    if always(lambda got, expected: got.ndim == 2 and got.shape[0] == got.shape[1] and _near(got, expected.T)):
        return (
            "transposed",
            "Rows and columns are exchanged: the answer is the transpose of the expected one.",
        )
    if always(lambda got, expected: np.allclose(got, np.trunc(expected)) or np.allclose(got, np.round(expected))):
        return (
            "rounded",
            "Everything after the decimal point is gone: look for int, round, // or an integer array.",
        )
    if always(lambda got, expected: np.allclose(got, expected, rtol=0.02, atol=0.02)):
        return (
            "imprecise",
            "Close, but not equal: look for round(), float16, or a small number added somewhere.",
        )
    return None


def _near(got: np.ndarray, expected: np.ndarray) -> bool:
    return got.shape == expected.shape and bool(np.allclose(got, expected, rtol=1e-4, atol=1e-6))


def _constant(values: list[np.ndarray]) -> float | None:
    """The one number that three or more entries all are, else None; NaN (0 / 0) says nothing."""
    entries = np.concatenate([np.ravel(value) for value in values])
    entries = entries[~np.isnan(entries)]
    if len(entries) < 3 or np.isinf(entries).any() or not np.allclose(entries, entries[0], rtol=1e-3, atol=1e-5):
        return None
    return float(entries[0])


def _first_size(one: Attempt) -> int | None:
    """Length of the first argument along its first axis, such as the size of a batch."""
    shape = getattr(one.case.args[0], "shape", ())
    return shape[0] if shape else None
