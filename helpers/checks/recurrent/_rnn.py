"""The exercise on the plain recurrent step and its known wrong answers."""

from __future__ import annotations

import torch

from helpers import recurrent
from helpers.checks.answers import Array
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom
from helpers.checks.recurrent._shared import dice

tanh = torch.tanh

MISTAKES = (
    Mistake(
        "sigmoid",
        "You squeezed with the sigmoid, which gives 0 to 1. The state may be negative too: use tanh.",
        (lambda x, h, wx, wh, b: torch.sigmoid(x @ wx.T + h @ wh.T + b),),
    ),
    Mistake(
        "relu",
        "You used ReLU, which cuts everything negative to 0 and lets the rest grow step by step. Use tanh.",
        (lambda x, h, wx, wh, b: torch.relu(x @ wx.T + h @ wh.T + b),),
    ),
    Mistake(
        "no-tanh",
        "The sum is right, but nothing squeezes it: without tanh the state can grow without end.",
        (lambda x, h, wx, wh, b: x @ wx.T + h @ wh.T + b,),
    ),
    Mistake(
        "forgets-bias",
        "The bias is missing. Add it to the sum, inside the tanh.",
        (lambda x, h, wx, wh, b: tanh(x @ wx.T + h @ wh.T),),
    ),
    Mistake(
        "bias-outside",
        "The bias is added after the tanh. It belongs to the sum inside.",
        (lambda x, h, wx, wh, b: tanh(x @ wx.T + h @ wh.T) + b,),
    ),
    Mistake(
        "bias-twice",
        "The bias is added twice, once with each product. Once is enough.",
        (lambda x, h, wx, wh, b: tanh(x @ wx.T + b + h @ wh.T + b),),
    ),
    Mistake(
        "subtracts-bias",
        "The bias is subtracted. Add it.",
        (lambda x, h, wx, wh, b: tanh(x @ wx.T + h @ wh.T - b),),
    ),
    Mistake(
        "forgets-state",
        "The old state is missing, so the cell remembers nothing. Add `h @ weight_h.T` to the sum.",
        (lambda x, h, wx, wh, b: tanh(x @ wx.T + b),),
    ),
    Mistake(
        "forgets-input",
        "The input is missing, so the cell reads nothing. Add `x @ weight_x.T` to the sum.",
        (lambda x, h, wx, wh, b: tanh(h @ wh.T + b),),
    ),
    Mistake(
        "state-without-matrix",
        "The old state is added as it is. It goes through its matrix first: `h @ weight_h.T`.",
        (lambda x, h, wx, wh, b: tanh(x @ wx.T + h + b), lambda x, h, wx, wh, b: tanh(x @ wx.T + b) + h),
    ),
    Mistake(
        "separate-tanh",
        "Each part got a tanh of its own. Add first, then squeeze the sum once.",
        (
            lambda x, h, wx, wh, b: tanh(x @ wx.T) + tanh(h @ wh.T) + b,
            lambda x, h, wx, wh, b: tanh(x @ wx.T) + tanh(h @ wh.T + b),
            lambda x, h, wx, wh, b: tanh(x @ wx.T + b) + tanh(h @ wh.T),
            lambda x, h, wx, wh, b: tanh(x @ wx.T + b) + h @ wh.T,
        ),
    ),
    Mistake(
        "multiplies",
        "The two parts are multiplied. They are added; multiplying is what gates do, later in this lesson.",
        (
            lambda x, h, wx, wh, b: tanh((x @ wx.T) * (h @ wh.T) + b),
            lambda x, h, wx, wh, b: tanh((x @ wx.T + b) * (h @ wh.T)),
        ),
    ),
    Mistake(
        "not-transposed",
        "A matrix is used the wrong way round. A row of weight_x belongs to one unit, so x (B, D) meets its "
        "transpose: `x @ weight_x.T`; the same with h.",
        (
            lambda x, h, wx, wh, b: tanh(x @ wx + h @ wh + b),
            lambda x, h, wx, wh, b: tanh(x @ wx.T + h @ wh + b),
            lambda x, h, wx, wh, b: tanh(x @ wx + h @ wh.T + b),
        ),
    ),
    Mistake(
        "swapped-matrices",
        "The two matrices are exchanged: weight_x belongs to x, weight_h to h.",
        (lambda x, h, wx, wh, b: tanh(x @ wh.T + h @ wx.T + b),),
    ),
)


def _case(batch: int, d: int, n: int, about: str, size: float = 1.0) -> Case:
    draw = dice(100 * batch + 10 * d + n)
    args = draw(batch, d), draw(batch, n, size=0.5), draw(n, d, size=size), draw(n, n, size=size), draw(n, size=0.5)
    return Case(args, about)


rnn_step = Check(
    Exercise(
        name="recurrent.rnn_step",
        title="The RNN step",
        difficulty="easy",
        minutes=5,
        arguments=("x", "h", "weight_x", "weight_h", "bias"),
        reference=recurrent.rnn_step,
        answer=Array("a tensor (B, N)"),
        cases=(
            _case(1, 2, 2, "one text, two numbers in, two units"),
            _case(2, 2, 2, "two texts, two numbers in, two units"),
            _case(1, 3, 2, "three numbers in, two units"),
            _case(3, 2, 4, "three texts, two numbers in, four units", 2.0),
            _case(4, 3, 3, "four texts, three numbers in, three units"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "out-of-range",
                "Some numbers are above 1 or below -1, where tanh never goes. It must be the last thing you do.",
                lambda args, value: bool((abs(value) > 1 + 1e-6).any()),
            ),
        ),
        hints=(
            "`x @ weight_x.T` is (B, N): one number for each text and unit. `h @ weight_h.T` has the same "
            "shape, and the bias (N,) fits beside both.",
            "Add the three and put the sum through `torch.tanh`. One line.",
        ),
    )
)
