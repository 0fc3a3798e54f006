"""The exercise on affine quantisation and its known wrong answers."""

from __future__ import annotations

import math

import torch

from helpers.checks.check import Check
from helpers.checks.compression._grid import Grid
from helpers.checks.exercise import Case, Exercise, Mistake
from helpers.compression.quantise import quantise as reference


def _range(x):
    return min(float(x.min()), 0.0), max(float(x.max()), 0.0)


def _on(x, scale, zero, top):
    return ((x / scale).round() + zero).clamp(0, top), scale, zero


def _with(x, bits, low, high, top=None):
    top = 2**bits - 1 if top is None else top
    scale = (high - low) / top or 1.0
    return _on(x, scale, round(-low / scale), top)


def _own_range(x, bits, clamped):
    low, high = float(x.min()), float(x.max())
    scale = (high - low) / (2**bits - 1) or 1.0
    zero = round(-low / scale)
    levels = (x / scale).round() + zero
    return (levels.clamp(0, 2**bits - 1) if clamped else levels), scale, zero


def _symmetric(x, bits, half):
    scale = float(x.abs().max()) / half or 1.0
    return (x / scale).round().clamp(-math.ceil(half), math.floor(half)), scale, 0


def _plain_scale(x, bits):
    low, high = _range(x)
    return (high - low) / (2**bits - 1)


def _scale(x, bits):
    return _plain_scale(x, bits) or 1.0


def _zero(x, bits):
    return round(-_range(x)[0] / _scale(x, bits))


def _shifted_first(x, bits):
    low, _ = _range(x)
    return ((x - low) / _scale(x, bits)).round(), _scale(x, bits), _zero(x, bits)


def _unguarded(x, bits):
    scale = _plain_scale(x, bits)
    zero = round(-_range(x)[0] / scale)
    return _on(x, scale, zero, 2**bits - 1)


def _unguarded_tensor(x, bits):
    low, high = x.min().clamp(max=0), x.max().clamp(min=0)
    scale = (high - low) / (2**bits - 1)
    zero = (-low / scale).round()
    return ((x / scale).round() + zero).clamp(0, 2**bits - 1), scale, zero


def _away(x):
    return torch.sign(x) * (x.abs() + 0.5).floor()


MISTAKES = (
    Mistake(
        "zero-outside",
        "Your range is that of the numbers alone. Where they are all positive, or all negative, it does not hold zero, "
        "and no level means 0. Stretch it: min(low, 0) and max(high, 0).",
        (lambda x, b: _own_range(x, b, False), lambda x, b: _own_range(x, b, True)),
    ),
    Mistake(
        "one-side-only",
        "The range is stretched to zero on one side only. Numbers may all be positive, and they may all be negative.",
        (
            lambda x, b: _with(x, b, min(float(x.min()), 0.0), float(x.max())),
            lambda x, b: _with(x, b, float(x.min()), max(float(x.max()), 0.0)),
        ),
    ),
    Mistake(
        "one-level-too-many",
        "You divide the range by 2^bits. There are that many levels, and one step less between the first and the last.",
        (
            lambda x, b: _with(x, b, *_range(x), top=2**b),
            lambda x, b: _on(x, s := (_range(x)[1] - _range(x)[0]) / 2**b or 1.0, round(-_range(x)[0] / s), 2**b - 1),
        ),
    ),
    Mistake(
        "symmetric",
        "Your levels lie evenly around zero, as for weights. Here the range goes from the lowest to the highest "
        "number, and the zero point says which level is 0.",
        (
            lambda x, b: _symmetric(x, b, (2**b - 1) / 2),
            lambda x, b: _symmetric(x, b, max(2 ** (b - 1) - 1, 1)),
        ),
    ),
    Mistake(
        "signed",
        "Your levels begin at -2^(bits - 1). That works as well, but here they go from 0 to 2^bits - 1.",
        (lambda x, b: (_with(x, b, *_range(x))[0] - 2 ** (b - 1), _scale(x, b), _zero(x, b) - 2 ** (b - 1)),),
    ),
    Mistake(
        "cut-off",
        "You cut off what stands behind the point. Round to the nearest level: cutting is wrong by up to a whole step.",
        (
            lambda x, b: ((x / _scale(x, b)).floor() + _zero(x, b), _scale(x, b), _zero(x, b)),
            lambda x, b: ((x / _scale(x, b)).trunc() + _zero(x, b), _scale(x, b), _zero(x, b)),
            lambda x, b: ((x / _scale(x, b) + int(-_range(x)[0] / _scale(x, b))).floor(), _scale(x, b),
                          int(-_range(x)[0] / _scale(x, b))),
            lambda x, b: _on(x, _scale(x, b), int(-_range(x)[0] / _scale(x, b)), 2**b - 1),
        ),
    ),
    Mistake(
        "zero-not-whole",
        "Your zero point is not a whole number, so no level means 0 exactly. Round it before you add it.",
        (
            lambda x, b: ((x / _scale(x, b) - _range(x)[0] / _scale(x, b)).round(), _scale(x, b),
                          -_range(x)[0] / _scale(x, b)),
            lambda x, b: ((x / _scale(x, b)).round() - _range(x)[0] / _scale(x, b), _scale(x, b),
                          -_range(x)[0] / _scale(x, b)),
        ),
    ),
    Mistake(
        "shifted-before-rounding",
        "You take the lowest number away before you round. Then the levels do not go with the rounded zero point, and "
        "some are one off. Round x / scale, then add the zero point.",
        (_shifted_first,),
    ),
    Mistake(
        "not-held",
        "Right, but where both ends are rounded up, the highest level lies above 2^bits - 1. Hold the levels: "
        "`.clamp(0, 2**bits - 1)`.",
        (lambda x, b: ((x / _scale(x, b)).round() + _zero(x, b), _scale(x, b), _zero(x, b)),),
    ),
    Mistake(
        "zero-point-sign",
        "The sign of your zero point is the wrong way round: 0 lies above the lowest number, at -low / scale.",
        (
            lambda x, b: (((x / _scale(x, b)).round() + _zero(x, b)), _scale(x, b), -_zero(x, b)),
            lambda x, b: (_with(x, b, *_range(x))[0], _scale(x, b), -_zero(x, b)),
            lambda x, b: (((x / _scale(x, b)).round() - _zero(x, b)), _scale(x, b), -_zero(x, b)),
            lambda x, b: _on(x, _scale(x, b), -_zero(x, b), 2**b - 1),
        ),
    ),
    Mistake(
        "zero-point-not-added",
        "The zero point is not in your levels: x / scale counts from zero, levels count from the lowest number.",
        (
            lambda x, b: ((x / _scale(x, b)).round(), _scale(x, b), _zero(x, b)),
            lambda x, b: (_with(x, b, *_range(x))[0] - _zero(x, b), _scale(x, b), _zero(x, b)),
            lambda x, b: _on(x, _scale(x, b), 0, 2**b - 1)[:2] + (_zero(x, b),),
        ),
    ),
    Mistake(
        "lowest-as-zero-point",
        "You return the lowest number as zero point. It is a level: the one that means 0.",
        (lambda x, b: (*_with(x, b, *_range(x))[:2], _range(x)[0]),
         lambda x, b: (*_shifted_first(x, b)[:2], _range(x)[0])),
    ),
    Mistake(
        "inverse-scale",
        "Your scale is upside down. It is the distance of two levels: the range over the number of steps.",
        (lambda x, b: (_with(x, b, *_range(x))[0], 1 / _scale(x, b), _zero(x, b)),),
    ),
    Mistake(
        "values-not-levels",
        "You return what the levels mean. Return the levels themselves: whole numbers from 0 up.",
        (
            lambda x, b: ((_with(x, b, *_range(x))[0] - _zero(x, b)) * _scale(x, b), _scale(x, b), _zero(x, b)),
            lambda x, b: (x / _scale(x, b) + _zero(x, b), _scale(x, b), _zero(x, b)),
        ),
    ),
    Mistake(
        "all-zeros",
        "Where all numbers are 0 your scale is 0, and you divide by it. Take 1 there.",
        (_unguarded, _unguarded_tensor),
    ),
)


def _drawn(seed: int, *shape: int, shift: float = 0.0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return ((torch.randn(shape, generator=generator) + shift) * 100).round() / 100


quantise = Check(
    Exercise(
        name="compression.quantise",
        title="Affine quantisation",
        difficulty="medium",
        minutes=10,
        arguments=("x", "bits"),
        reference=reference,
        answer=Grid(),
        cases=(
            Case((torch.tensor([-1.0, 0.0, 2.0]), 2), "three numbers and four levels"),
            Case((torch.tensor([-1.5, 0.0, 1.5]), 2), "a range as wide below zero as above"),
            Case((torch.tensor([0.5, 2.0, 1.2, 3.0]), 3), "positive numbers and eight levels"),
            Case((torch.tensor([[-1.5, -0.4], [-2.0, -3.1]]), 4), "negative numbers and sixteen levels"),
            Case((torch.full((3,), 3.0), 8), "the same number three times"),
            Case((torch.zeros(2, 2), 8), "zeros only"),
            Case((torch.tensor([-0.7]), 2), "one negative number"),
            Case((_drawn(3, 6), 3), "six numbers of both signs and eight levels"),
            Case((_drawn(5, 3, 4), 8), "a matrix and 256 levels"),
            Case((_drawn(8, 2, 2, 3, shift=0.7), 5), "three axes and 32 levels"),
        ),
        mistakes=MISTAKES,
        hints=(
            "Three lines before the levels: the range, with zero in it; the scale, range over 2^bits - 1 steps, and 1 "
            "if that is 0; the zero point, -low over scale, rounded.",
            "`low = min(float(x.min()), 0.0)`, `scale = (high - low) / top or 1.0`, "
            "`zero_point = round(-low / scale)`; then `(x / scale).round() + zero_point`, held between 0 and top by "
            "`.clamp(0, top)`.",
        ),
    )
)
