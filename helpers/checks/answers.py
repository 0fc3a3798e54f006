"""The kinds of answer an exercise asks for: a number, an array, a loss to train on, a word.

Each kind reads whatever a learner's function returned into a plain NumPy array (or a str), so that loops,
NumPy and PyTorch answers compare alike, and says what is odd about it. Reading runs in the worker: an object
may do anything when it is turned into an array.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from helpers.checks.guard import Stop
from helpers.checks.show import kind

MOST = 1_000_000  # numbers in an answer; the cases ask for a few dozen


@dataclass(frozen=True)
class Reading:
    """What an answer amounts to.

    Attributes:
        value: a float64 array (a number has shape ()) or a str; None if it is neither.
        reason, message: what is wrong with the answer apart from its value; empty if nothing is.
        gradients: of a loss, one array for each argument that takes a gradient.
    """

    value: np.ndarray | str | None
    reason: str = ""
    message: str = ""
    gradients: tuple[np.ndarray, ...] = ()


def agree(one: np.ndarray | str | None, other: np.ndarray | str | None) -> bool:
    """Whether two read values are the same, up to what float32 loses; NaN agrees with NaN."""
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and isinstance(other, str) and one == other
    if one is None or other is None:
        return one is other
    return one.shape == other.shape and bool(np.allclose(one, other, rtol=1e-4, atol=1e-6, equal_nan=True))


def _never_an_answer(value: Any, wanted: str) -> Reading | None:
    """A reading for values that answer no exercise, such as None; else None."""
    if value is None:
        return Reading(None, "returns-none", f"Your function returns nothing (None). Return {wanted} at its end.")
    if inspect.isgenerator(value):
        return Reading(None, "returns-generator", f"Your function yields. Use return, and give back {wanted}.")
    if inspect.iscoroutine(value):
        value.close()
        return Reading(None, "returns-coroutine", "Your function is defined with async. Take that word away.")
    if inspect.isroutine(value) or inspect.isclass(value):
        return Reading(None, "returns-function", f"Your function returns a function. Call it, and return {wanted}.")
    return None


def _plain(value: Any, wanted: str) -> Reading:
    """Read numbers in any common form into a float64 array."""
    if (never := _never_an_answer(value, wanted)) is not None:
        return never
    odd = Reading(None, "wrong-type", f"Your function returns an object of type {kind(value)}; expected {wanted}.")
    if isinstance(value, (str, bytes)):
        return odd
    try:
        if hasattr(value, "detach"):  # a torch tensor, which NumPy only takes without its gradient
            value = value.detach().cpu().numpy()
        if hasattr(value, "toarray"):  # scipy's sparse arrays
            value = value.toarray()
        array = np.asarray(value)
        if array.size > MOST:
            return Reading(None, "wrong-shape", f"Your answer is far too large, {array.size:,} numbers.")
        if array.dtype.kind == "O" and array.size:  # numbers of other kinds: Fraction, Decimal, tensors in a list
            array = np.array([_number(item) for item in array.flat]).reshape(array.shape)
    except Stop:
        raise
    except BaseException:
        return odd
    if array.dtype.kind in "fiu":
        return Reading(np.array(array, dtype=np.float64))
    if array.dtype.kind in "bc":
        what = "True or False" if array.dtype.kind == "b" else "complex numbers"
        return Reading(None, "wrong-dtype", f"Your function returns {what}; expected {wanted} of real numbers.")
    return odd


def _number(item: Any) -> float:
    if isinstance(item, (str, bytes)):
        raise TypeError("text is not a number")
    return float(item)


@dataclass(frozen=True)
class Number:
    """A single real number: a Python or NumPy one, or an array or tensor of shape ()."""

    wanted: str = "one number"

    def read(self, value: Any, args: tuple) -> Reading:
        """Read an answer; `args` is what it was computed from."""
        return _plain(value, self.wanted)


@dataclass(frozen=True)
class Array:
    """An array of real numbers; nested lists, tensors and sparse arrays are taken too."""

    wanted: str = "an array"

    def read(self, value: Any, args: tuple) -> Reading:
        """Read an answer; `args` is what it was computed from."""
        return _plain(value, self.wanted)


@dataclass(frozen=True)
class Loss:
    """A torch tensor of shape () from which gradients flow back to every tensor among the arguments."""

    wanted: str = "a tensor with one number"

    def read(self, value: Any, args: tuple) -> Reading:
        """Read an answer, and try to differentiate it by those of `args` that take a gradient."""
        import torch

        reading = _plain(value, self.wanted)
        if reading.reason:
            return reading
        if not isinstance(value, torch.Tensor):
            message = f"The loss must stay a torch tensor, or nothing can be learned; yours is {kind(value)}."
            return Reading(reading.value, "not-a-tensor", message)
        if value.shape != ():
            return reading  # the shape is reported, not the gradient
        inputs = [arg for arg in args if isinstance(arg, torch.Tensor) and arg.requires_grad]
        if not inputs:
            return reading
        lost = "The loss has lost its gradient: .item(), .detach(), torch.tensor(…) and no_grad cut it off."
        if not value.requires_grad:
            return Reading(reading.value, "no-gradient", lost)
        try:
            gradients = torch.autograd.grad(value, inputs, allow_unused=True)
        except RuntimeError:
            return Reading(reading.value, "no-gradient", f"{lost} Leave backward() to the training loop as well.")
        if any(gradient is None for gradient in gradients):
            message = "A part of the loss has lost its gradient: look for .item(), .detach() or torch.tensor(…)."
            return Reading(reading.value, "partial-gradient", message)
        return replace(reading, gradients=tuple(_plain(gradient, "").value for gradient in gradients))


@dataclass(frozen=True)
class Word:
    """A word; with `pairs`, also a pair (word, score) or a list of pairs, the best first."""

    wanted: str = "a word (str)"
    pairs: bool = False

    def read(self, value: Any, args: tuple) -> Reading:
        """Read an answer; a NumPy str counts as a str."""
        if (never := _never_an_answer(value, self.wanted)) is not None:
            return never
        word = value
        try:
            for many in (list, tuple) if self.pairs else ():
                if isinstance(word, many):
                    word = word[0]
            return Reading(str.__str__(word))
        except Stop:
            raise
        except BaseException:
            message = f"Your function returns an object of type {kind(value)}; expected {self.wanted}."
            return Reading(None, "wrong-type", message)
