"""The exercise on the GRU step and its known wrong answers."""

from __future__ import annotations

from itertools import permutations

import torch

from helpers import recurrent
from helpers.checks.answers import Array
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom
from helpers.checks.recurrent._shared import blocks, dice

sigmoid, tanh = torch.sigmoid, torch.tanh


def _step(candidate=None, mix=None, order="rzn", squeeze=(sigmoid, sigmoid, tanh), keep=None):
    """A GRU step with something changed.

    Args:
        candidate: (n_x, r, n_h, bias of n_h) -> what n is squeezed from. mix: (z, n, h, r) -> the new state.
        order: which blocks are taken for r, z, n. squeeze: what r, z and n go through.
        keep: (x, h, wx, wh, bx, bh) -> the same six with something changed.
    """
    candidate = candidate or (lambda n_x, r, n_h, b: n_x + r * n_h)
    mix = mix or (lambda z, n, h, r: (1 - z) * n + z * h)

    def answer(x, h, wx, wh, bx, bh):
        if keep is not None:
            x, h, wx, wh, bx, bh = keep(x, h, wx, wh, bx, bh)
        wx, wh, bx, bh = (blocks(part, order, "rzn") for part in (wx, wh, bx, bh))
        (r_x, z_x, n_x), (r_h, z_h, n_h) = (x @ wx.T + bx).chunk(3, -1), (h @ wh.T + bh).chunk(3, -1)
        r, z = squeeze[0](r_x + r_h), squeeze[1](z_x + z_h)
        n = squeeze[2](candidate(n_x, r, n_h, bh.chunk(3)[2]))
        return mix(z, n, h, r)

    return answer


def _reset_first(inside: bool):
    """The GRU of the paper: the reset gate multiplies h before the matrix."""

    def answer(x, h, wx, wh, bx, bh):
        (r_x, z_x, n_x), (r_h, z_h, _) = (x @ wx.T + bx).chunk(3, -1), (h @ wh.T + bh).chunk(3, -1)
        r, z = sigmoid(r_x + r_h), sigmoid(z_x + z_h)
        past = (r * h) @ wh.chunk(3)[2].T + (bh.chunk(3)[2] if inside else 0)
        return (1 - z) * tanh(n_x + past) + z * h

    return answer


def _no_bias_h(x, h, wx, wh, bx, bh):
    return x, h, wx, wh, bx, 0 * bh


MISTAKES = (
    Mistake(
        "z-inverted",
        "The update gate is used the wrong way round. Here z is the share of the old state: (1 - z) * n + z * h. "
        "Cho et al. have it so too; in Chung et al. it is the other way.",
        (_step(mix=lambda z, n, h, r: z * n + (1 - z) * h),),
    ),
    Mistake(
        "reset-before-matrix",
        "You multiplied h by r before the matrix, as in the paper: (r * h) @ W.T. PyTorch multiplies after it, "
        "bias included: r * (h @ W.T + b).",
        (_reset_first(True), _reset_first(False)),
    ),
    Mistake(
        "bias-outside-reset",
        "Nearly: the bias of the candidate's recurrent part stands outside the reset gate. PyTorch has it inside: "
        "r * (h @ W.T + b).",
        (_step(candidate=lambda n_x, r, n_h, b: n_x + r * (n_h - b) + b),),
    ),
    Mistake(
        "reset-update-swapped",
        "The gates r and z are exchanged. The blocks stand in the order r, z, n: reset, update, candidate.",
        (
            _step(order="zrn"),
            _step(candidate=lambda n_x, r, n_h, b: n_x + r * n_h, mix=lambda z, n, h, r: (1 - r) * n + r * h),
        ),
    ),
    Mistake(
        "gate-order",
        "The blocks are taken in another order. PyTorch's is r, z, n: reset gate, update gate, candidate.",
        tuple(
            _step(order="".join(order)) for order in permutations("rzn") if order not in (tuple("rzn"), tuple("zrn"))
        ),
    ),
    Mistake(
        "no-reset",
        "The reset gate is missing: the candidate takes r times what comes from the state.",
        (_step(candidate=lambda n_x, r, n_h, b: n_x + n_h),),
    ),
    Mistake(
        "reset-everything",
        "The reset gate multiplies the input's part as well. It stands before the state's part only.",
        (_step(candidate=lambda n_x, r, n_h, b: r * (n_x + n_h)),),
    ),
    Mistake(
        "reset-input",
        "The reset gate multiplies the input's part. It belongs to the state's: n_x + r * n_h.",
        (_step(candidate=lambda n_x, r, n_h, b: r * n_x + n_h),),
    ),
    Mistake(
        "candidate-sigmoid",
        "The candidate went through the sigmoid. It goes through tanh, from -1 to 1; only the gates take the sigmoid.",
        (_step(squeeze=(sigmoid,) * 3),),
    ),
    Mistake(
        "squeezes-swapped",
        "Sigmoid and tanh are exchanged: r and z go through the sigmoid, n through tanh.",
        (_step(squeeze=(tanh, tanh, sigmoid)),),
    ),
    Mistake(
        "gates-tanh",
        "The gates went through tanh, and may be negative. r and z are shares from 0 to 1: use the sigmoid.",
        (_step(squeeze=(tanh,) * 3),),
    ),
    Mistake(
        "returns-candidate",
        "That is the candidate n. The new state shares between it and the old one: (1 - z) * n + z * h.",
        (_step(mix=lambda z, n, h, r: n),),
    ),
    Mistake(
        "adds-all",
        "The candidate is added whole. It gets the share that the old state leaves: (1 - z) * n.",
        (_step(mix=lambda z, n, h, r: n + z * h),),
    ),
    Mistake(
        "drops-old",
        "The old state is missing from the mixture: (1 - z) * n + z * h.",
        (_step(mix=lambda z, n, h, r: (1 - z) * n), _step(mix=lambda z, n, h, r: z * n)),
    ),
    Mistake(
        "final-tanh",
        "There is one tanh too many: the mixture of n and h is the new state as it is.",
        (_step(mix=lambda z, n, h, r: tanh((1 - z) * n + z * h)),),
    ),
    Mistake(
        "forgets-bias-h",
        "`bias_h` is missing. It goes with the recurrent matrix: h @ weight_h.T + bias_h.",
        (_step(keep=_no_bias_h),),
    ),
    Mistake(
        "forgets-bias-x",
        "`bias_x` is missing. It goes with the input's matrix: x @ weight_x.T + bias_x.",
        (_step(keep=lambda x, h, wx, wh, bx, bh: (x, h, wx, wh, 0 * bx, bh)),),
    ),
    Mistake(
        "forgets-biases",
        "Both biases are missing: x @ weight_x.T + bias_x, and h @ weight_h.T + bias_h.",
        (_step(keep=lambda x, h, wx, wh, bx, bh: (x, h, wx, wh, 0 * bx, 0 * bh)),),
    ),
    Mistake(
        "biases-swapped",
        "The two biases are exchanged. It matters in the candidate, where bias_h stands inside the reset gate.",
        (_step(keep=lambda x, h, wx, wh, bx, bh: (x, h, wx, wh, bh, bx)),),
    ),
)


def _case(batch: int, d: int, n: int, about: str) -> Case:
    draw = dice(2000 + 100 * batch + 10 * d + n)
    weights = draw(3 * n, d), draw(3 * n, n), draw(3 * n, size=0.7), draw(3 * n, size=0.7)
    return Case((draw(batch, d), draw(batch, n, size=0.5), *weights), about)


gru_step = Check(
    Exercise(
        name="recurrent.gru_step",
        title="The GRU step",
        difficulty="medium",
        minutes=8,
        arguments=("x", "h", "weight_x", "weight_h", "bias_x", "bias_h"),
        reference=recurrent.gru_step,
        answer=Array("a tensor (B, N)"),
        cases=(
            _case(1, 1, 1, "one text, one number in, one unit"),
            _case(2, 2, 2, "two texts, two numbers in, two units"),
            _case(1, 3, 2, "three numbers in, two units"),
            _case(3, 2, 4, "three texts, two numbers in, four units"),
            _case(4, 3, 3, "four texts, three numbers in, three units"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "out-of-range",
                "Some numbers are above 1 or below -1. A mixture of n and h, shares adding up to one, stays between.",
                lambda args, value: bool((abs(value) > 1 + max(1.0, float(args[1].abs().max()))).any()),
            ),
        ),
        hints=(
            "Keep the two products apart: `(x @ weight_x.T + bias_x).chunk(3, dim=-1)` gives r_x, z_x, n_x, and the "
            "same with h gives r_h, z_h, n_h, (B, N) each. The gates r and z are sigmoids of the sums of their two.",
            "The candidate is `torch.tanh(n_x + r * n_h)`; the new state takes the share z from h and the rest from n.",
        ),
    )
)
