"""The exercise on sinusoidal positions and its known wrong answers."""

from __future__ import annotations

import math

import torch

from helpers import attention
from helpers.checks.answers import Array
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom


def _answer(first=0, base=10_000.0, exponent=lambda i, d: 2 * i / d, turn=None, lay=None, waves=(torch.sin, torch.cos)):
    """Positions with something changed.

    Args:
        first: the number of the first position. exponent: (pair numbers, D) -> the power of the base.
        turn: (positions, wavelengths) -> angles. lay: (sines, cosines) -> (T, D).
    """
    turn = turn or (lambda p, wavelengths: p / wavelengths)
    lay = lay or (lambda s, c: torch.stack([s, c], dim=-1).flatten(-2))

    def answer(n_positions, d_model):
        positions = torch.arange(first, first + n_positions, dtype=torch.float32)[:, None]
        angles = turn(positions, base ** exponent(torch.arange(d_model // 2), d_model))
        return lay(waves[0](angles), waves[1](angles))

    return answer


def _halves(sines, cosines):
    return torch.cat([sines, cosines], dim=-1)


def _every_dimension_its_own(n_positions, d_model):
    angles = torch.arange(n_positions)[:, None] / 10_000 ** (torch.arange(d_model) / d_model)
    table = angles.clone()
    table[:, 0::2], table[:, 1::2] = angles[:, 0::2].sin(), angles[:, 1::2].cos()
    return table


def _twice_the_exponent(n_positions, d_model):
    angles = torch.arange(n_positions)[:, None] / 10_000 ** (2 * torch.arange(d_model) / d_model)
    table = angles.clone()
    table[:, 0::2], table[:, 1::2] = angles[:, 0::2].sin(), angles[:, 1::2].cos()
    return table


MISTAKES = (
    Mistake(
        "halves",
        "All sines stand first and all cosines after them. Interleave them: sine, cosine, sine, cosine …, the two of a "
        "pair side by side.",
        (_answer(lay=_halves),),
    ),
    Mistake(
        "exponent",
        "The angles turn too fast in some pairs: the exponent is i / D. It is 2i / D for pair i, so that the slowest "
        "pair nearly reaches 10000.",
        (_answer(exponent=lambda i, d: i / d),),
    ),
    Mistake(
        "one-angle-a-number",
        "Sine and cosine of a pair have different angles: the exponent counts single numbers. Both of pair i take "
        "10000^(2i/D).",
        (_every_dimension_its_own, _twice_the_exponent),
    ),
    Mistake(
        "exponent-doubled",
        "The exponent is 4i / D or more, so it was doubled twice: if you count 0, 2, 4, … it is i / D already.",
        (_answer(exponent=lambda i, d: 4 * i / d), _answer(exponent=lambda i, d: 2 * i)),
    ),
    Mistake(
        "exponent-by-pairs",
        "The exponent reaches 1 in the last pair: it was divided by the number of pairs less one, or counted from 1. "
        "It is 2i / D with i from 0.",
        (_answer(exponent=lambda i, d: i / max(d // 2 - 1, 1)), _answer(exponent=lambda i, d: 2 * (i + 1) / d)),
    ),
    Mistake(
        "degrees",
        "The angles are taken for degrees. torch.sin wants radians: leave the angle as it is.",
        (_answer(turn=lambda p, w: torch.deg2rad(p / w)), _answer(turn=lambda p, w: torch.rad2deg(p / w)),
         _answer(turn=lambda p, w: 2 * math.pi * p / w)),
    ),
    Mistake(
        "from-one",
        "The positions count from 1. The first is 0, where all sines are 0 and all cosines 1.",
        (_answer(first=1),),
    ),
    Mistake(
        "cosine-first",
        "Sine and cosine are exchanged: the even places hold the sine, the odd ones the cosine.",
        (_answer(waves=(torch.cos, torch.sin)),),
    ),
    Mistake(
        "sines-only",
        "Both of a pair are sines (or both cosines). The second takes the cosine of the same angle.",
        (_answer(waves=(torch.sin, torch.sin)), _answer(waves=(torch.cos, torch.cos))),
    ),
    Mistake(
        "multiplies",
        "The position is multiplied by 10000^(2i/D). Divide: later pairs must turn slower, not faster.",
        (_answer(turn=lambda p, w: p * w),),
    ),
    Mistake(
        "other-base",
        "The base is not 10000.",
        tuple(_answer(base=base) for base in (1000.0, 100_000.0, math.e)),
    ),
    Mistake(
        "angles",
        "Those are the angles. Take their sines and cosines.",
        (_answer(waves=(lambda a: a, lambda a: a)),),
    ),
    Mistake(
        "transposed",
        "Rows and columns are exchanged: a row for each position, (n_positions, d_model).",
        (lambda t, d: _answer()(t, d).T,),
    ),
)  # fmt: skip

sinusoidal_positions = Check(
    Exercise(
        name="attention.sinusoidal_positions",
        title="Sinusoidal positions",
        difficulty="medium",
        minutes=8,
        arguments=("n_positions", "d_model"),
        reference=attention.sinusoidal_positions,
        answer=Array("a tensor (n_positions, d_model)"),
        cases=(
            Case((2, 2), "two positions of two numbers"),
            Case((3, 4), "three positions of four numbers"),
            Case((4, 6), "four positions of six numbers"),
            Case((5, 8), "five positions of eight numbers"),
            Case((12, 4), "twelve positions of four numbers"),
            Case((1, 6), "one position"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom("out-of-range", "Some numbers are above 1 or below -1, where no sine and no cosine goes.",
                    lambda args, value: bool((abs(value) > 1 + 1e-6).any())),
            Symptom("position-zero", "At position 0 all sines must be 0 and all cosines 1.",
                    lambda args, value: bool((abs(value[0] - [0, 1] * (value.shape[1] // 2)) > 1e-6).any())),
        ),
        hints=(
            "Angles first: a column of positions, `torch.arange(n_positions)[:, None]`, divided by a row of D/2 "
            "wavelengths, `10000 ** (2 * torch.arange(d_model // 2) / d_model)`, gives (T, D/2).",
            "`torch.stack([angles.sin(), angles.cos()], dim=-1)` is (T, D/2, 2); `.flatten(-2)` lays the pairs side by "
            "side.",
        ),
    )
)  # fmt: skip
