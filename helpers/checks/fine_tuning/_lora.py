"""The exercise on a LoRA layer: the module that comes back is tried out, whatever its parts are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from helpers import fine_tuning
from helpers.checks.answers import Reading, _never_an_answer
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise
from helpers.checks.fine_tuning._lora_wrong import MISTAKES
from helpers.checks.guard import Stop
from helpers.checks.recurrent._shared import dice
from helpers.checks.show import kind

WANTED = "a module, (…, in) -> (…, out)"
ALL_ALIKE = (
    "all-alike",
    "Your starting matrix holds the same numbers `rank` times. They get the same gradient and stay the same: the "
    "correction has rank 1 for ever. Let it start at random.",
)
MATRICES_CUT_OFF = (
    "matrices-without-gradient",
    "The numbers are right, but a gradient is missing at one of the two matrices, or at both: they can't learn. Look "
    "for no_grad, .detach() and .data.",
)
INPUT_CUT_OFF = (
    "input-without-gradient",
    "The numbers are right, but the gradient of the input is cut off: layers below could not learn. `linear` is frozen "
    "by its weights alone; leave no_grad, .detach() and .data away.",
)


@dataclass(frozen=True)
class Corrected:
    """A module with two small matrices that learn, read as numbers.

    Whether it starts as doing nothing, whether both matrices are zero, what it gives with the correction at zero, and
    what it gives with two known matrices in it.
    """

    wanted: str = WANTED

    def read(self, value: Any, args: tuple) -> Reading:
        """Read an answer: find the two matrices by their shapes, fill them, and let the module work."""
        if (never := _never_an_answer(value, self.wanted)) is not None and never.reason != "returns-function":
            return never
        if not isinstance(value, nn.Module):
            message = f"Your function returns an object of type {kind(value)}; expected {self.wanted}: an nn.Module, "
            return Reading(None, "not-a-module", message + "so that its weights can learn.")
        learns = [weight for weight in value.parameters() if weight.requires_grad]
        try:
            found = _wrong_weights(learns, args)
            return found or _tried(value.eval(), learns)  # without the dropout that some put into a correction
        except Stop:
            raise
        except NotImplementedError:
            return Reading(None, "no-forward", "Your module has no `forward(self, x)`.")
        except BaseException as error:  # what a learner's module raises
            message = str(error).splitlines()[0][:150] if str(error) else ""
            return Reading(None, "fails", f"Your module can't be called: {type(error).__name__}: {message}.")
        finally:
            value.train()  # the layer that came in is left as it was


def _wrong_weights(learns: list[nn.Parameter], args: tuple) -> Reading | None:
    """What is wrong about the weights that learn, by their shapes; None for two matrices with a side in common."""
    shapes = sorted(tuple(weight.shape) for weight in learns)
    if not learns:
        return Reading(None, "nothing-learns", "Nothing in your module learns: keep the two matrices as nn.Parameter, "
                                               "or in nn.Linear(…, bias=False), and freeze only `linear`.")  # fmt: skip
    if args:
        linear, rank, _ = args
        if any(weight.shape == linear.weight.shape and torch.equal(weight, linear.weight) for weight in learns):
            return Reading(None, "base-learns", "The layer itself still learns. Freeze it: "
                                                "`linear.requires_grad_(False)`.")  # fmt: skip
        if shapes == [tuple(linear.weight.shape)]:
            return Reading(None, "full-rank", "The correction is as large as the layer itself. Make it of two small "
                                              "matrices: down to `rank` numbers, and up again.")  # fmt: skip
        wanted = sorted([{linear.in_features, rank}, {linear.out_features, rank}], key=sorted)
        got = sorted([set(shape) for shape in shapes if len(shape) == 2], key=sorted)
        if any(len(shape) == 1 for shape in shapes):
            message = "Something of one axis learns, such as a bias. The correction is two matrices"
            return Reading(None, "correction-has-a-bias", f"{message}: nn.Linear(…, bias=False).")
        if got != wanted:
            message = f"expected {rank} by {linear.in_features} and {linear.out_features} by {rank}"
            return Reading(None, "wrong-sizes", f"The matrices that learn have shapes {shapes}; {message}.")
    if len(learns) != 2 or any(weight.ndim != 2 for weight in learns):
        return Reading(None, "wrong-sizes", f"What learns has shapes {shapes}; expected two matrices.")
    return None


@torch.no_grad()
def _tried(module: nn.Module, learns: list[nn.Parameter]) -> Reading:
    """Let a module work: as it came, with both matrices at zero, with two known matrices."""
    (rank,) = set(learns[0].shape) & set(learns[1].shape)
    sides = [next(size for size in weight.shape if size != rank) for weight in learns]
    n_in, x = _input(module, sides)
    begun, some = module(x), any(bool(weight.any()) for weight in learns)
    odd = _all_alike(learns, rank)
    for weight in learns:
        weight.zero_()
    plain = module(x)
    for weight, side in zip(learns, sides, strict=True):
        known = dice(9900 + 10 * side + rank)(rank, side)
        weight.copy_(known if weight.shape == known.shape else known.T)
    filled = module(x)
    starts = float(begun.shape == plain.shape and torch.allclose(begun, plain, rtol=1e-4, atol=1e-5))
    odd = odd or _gradients(module, x, learns, plain)
    return Reading(np.array([starts, float(some), *plain.flatten().tolist(), *filled.flatten().tolist()]), *odd)


def _all_alike(learns: list[nn.Parameter], rank: int) -> tuple[str, ...]:
    """What is to be said if a starting matrix has the same `rank` times over, but for zeros; else nothing."""
    rows = [weight if len(weight) == rank else weight.T for weight in learns]
    if rank > 1 and any(bool(each.any() and (each == each[0]).all()) for each in rows):
        return ALL_ALIKE
    return ()


def _gradients(module: nn.Module, x: torch.Tensor, learns: list[nn.Parameter], plain: torch.Tensor) -> tuple[str, ...]:
    """What is to be said about gradients that are cut off; nothing if they are whole.

    The output is linear in x (but for the bias) and in each matrix, so the gradient times each is what it adds.
    """
    with torch.enable_grad():
        asks = x.clone().requires_grad_()
        total = module(asks).sum()
        ways = [asks, *learns]
        found = torch.autograd.grad(total, ways, allow_unused=True) if total.requires_grad else [None] * 3
    adds = [total - module(0 * x).sum(), *[total - plain.sum()] * 2]
    whole = [gradient is not None and torch.allclose((gradient * way).sum(), added, rtol=1e-3, atol=1e-3)
             for gradient, way, added in zip(found, ways, adds, strict=True)]  # fmt: skip
    if not all(whole[1:]):
        return MATRICES_CUT_OFF
    return () if whole[0] else INPUT_CUT_OFF


def _input(module: nn.Module, sides: list[int]) -> tuple[int, torch.Tensor]:
    """Which of the two sides goes in, and texts of that width, (2, 3, in)."""
    for last, n_in in enumerate(sides):
        x = dice(9800 + n_in)(2, 3, n_in)
        try:
            module(x)
            return n_in, x
        except NotImplementedError:
            raise
        except RuntimeError:
            if last:
                raise
    raise AssertionError("there are two sides")


def _case(n_in: int, n_out: int, rank: int, alpha: float, about: str, bias: bool = True) -> Case:
    linear, draw = nn.Linear(n_in, n_out, bias=bias), dice(9700 + 100 * n_in + 10 * n_out + rank)
    with torch.no_grad():
        for weight in linear.parameters():
            weight.copy_(draw(*weight.shape))
    return Case((linear, rank, alpha), about)


lora = Check(
    Exercise(
        name="fine_tuning.lora",
        title="A LoRA layer",
        difficulty="hard",
        minutes=12,
        arguments=("linear", "rank", "alpha"),
        reference=fine_tuning.lora,
        answer=Corrected(),
        cases=(
            _case(2, 3, 1, 1.0, "2 numbers in, 3 out, rank 1, alpha 1"),
            _case(3, 4, 1, 2.0, "3 numbers in, 4 out, rank 1, alpha 2"),
            _case(4, 3, 2, 2.0, "4 numbers in, 3 out, rank 2, alpha 2"),
            _case(5, 6, 2, 8.0, "5 numbers in, 6 out, rank 2, alpha 8"),
            _case(7, 5, 3, 4.0, "7 numbers in, 5 out, rank 3, alpha 4"),
            _case(6, 4, 3, 16.0, "6 numbers in, 4 out, rank 3, alpha 16, a layer without bias", bias=False),
        ),
        mistakes=MISTAKES,
        hints=(
            "A class with `__init__(self, linear, rank, alpha)` and `forward(self, x)`. Keep `linear` frozen, and two "
            "nn.Parameters: `down` (rank, in), random, and `up` (out, rank), zeros.",
            "`forward` returns `self.linear(x) + alpha / rank * (x @ self.down.T @ self.up.T)`. Your function makes "
            "one such module and returns it.",
        ),
    )
)
