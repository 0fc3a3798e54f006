"""The exercise on pruning masks and its known wrong answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from helpers.checks.answers import Array, Reading
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom
from helpers.compression.prune import pruning_masks as reference


@dataclass(frozen=True)
class Masks:
    """A list of masks, one for each tensor and of its shape; read into one row of 0 and 1."""

    wanted: str = "a list of masks, tensors of bool"

    def read(self, value: Any, args: tuple) -> Reading:
        """Read an answer; `args` is what it was computed from."""
        if not isinstance(value, (tuple, list)):
            whole = Array(self.wanted).read(value, args)
            if whole.reason and whole.reason not in ("wrong-type", "wrong-dtype"):
                return whole  # None, a function …
            return Reading(None, "not-a-list", f"Your function returns one thing; expected {self.wanted}.")
        if args and len(value) != len(args[0]):
            message = f"Your list holds {len(value)} masks; expected {len(args[0])}, one for each tensor."
            return Reading(None, "wrong-length", message)
        parts, reason, message = [], "", ""
        for number, part in enumerate(value):
            array = part.detach().numpy() if isinstance(part, torch.Tensor) else np.asarray(part)
            if args and array.shape != tuple(args[0][number].shape):
                wanted = tuple(args[0][number].shape)
                told = f"Mask {number} has shape {array.shape}; expected that of its tensor, {wanted}."
                return Reading(None, "wrong-shape", told)
            if array.dtype.kind not in "biuf":
                return Reading(None, "wrong-type", f"Mask {number} can't be read; expected {self.wanted}.")
            if array.dtype.kind != "b":
                reason, message = "not-bool", (f"Your masks hold numbers ({array.dtype}). A mask is of True and False: "
                                               "compare, or end with .bool().")  # fmt: skip
            parts.append(array.astype(np.float64).ravel())
        return Reading(np.concatenate(parts) if parts else np.zeros(0), reason, message)


def _cut(sizes, k, descending=False):
    stays = torch.ones(len(sizes), dtype=torch.bool)
    stays[sizes.argsort(stable=True, descending=descending)[:k]] = False
    return stays


def _spread(stays, weights):
    parts = stays.split([weight.numel() for weight in weights])
    return [part.view(weight.shape) for part, weight in zip(parts, weights, strict=True)]


def _sizes(weights, of=torch.abs):
    return torch.cat([of(weight).flatten() for weight in weights])


def _ranked(weights, f, of=torch.abs, descending=False, count=round):
    sizes = _sizes(weights, of)
    return _spread(_cut(sizes, count(f * len(sizes)), descending), weights)


def _each(weights, f, of=torch.abs):
    return [_ranked([weight], f, of)[0] for weight in weights]


def _by_threshold(weights, f, keeps):
    sizes = _sizes(weights)
    k = round(f * len(sizes))
    if k == 0:
        return [torch.ones_like(weight, dtype=torch.bool) for weight in weights]
    edge = sizes.sort().values[k - 1]
    return [keeps(weight.abs(), edge) for weight in weights]


def _by_next(weights, f):
    sizes = _sizes(weights).sort().values
    k = round(f * len(sizes))
    if k == len(sizes):
        return [torch.zeros_like(weight, dtype=torch.bool) for weight in weights]
    return [weight.abs() >= sizes[k] for weight in weights]


def _last_of_equals(weights, f):
    sizes = _sizes(weights)
    order = sizes.flip(0).argsort(stable=True)
    stays = torch.ones(len(sizes), dtype=torch.bool)
    stays[len(sizes) - 1 - order[: round(f * len(sizes))]] = False
    return _spread(stays, weights)


def _not(masks):
    return [~mask for mask in masks]


MISTAKES = (
    Mistake(
        "each-by-itself",
        "You prune the same share of every matrix. All of them share one ranking here: a matrix of small weights may "
        "lose more than others.",
        (_each,),
    ),
    Mistake(
        "ties-all-go",
        "You compare with a threshold, and all weights that equal it go: more than k. Where several are equal, only as "
        "many go as are needed.",
        (lambda ws, f: _by_threshold(ws, f, torch.gt),),
    ),
    Mistake(
        "ties-all-stay",
        "You compare with a threshold, and all weights that equal it stay: fewer than k go. Where several are equal, "
        "as many go as are needed.",
        (_by_next, lambda ws, f: _by_threshold(ws, f, torch.ge)),
    ),
    Mistake(
        "ties-last-first",
        "Exactly k go, but of equal weights the last ones. The first go first: sort with `stable=True`.",
        (_last_of_equals,),
    ),
    Mistake(
        "without-magnitude",
        "You rank with signs, so that large negative weights go first. It is the distance from zero that counts.",
        (lambda ws, f: _ranked(ws, f, lambda w: w), lambda ws, f: _each(ws, f, lambda w: w)),
    ),
    Mistake(
        "largest-go",
        "You prune the largest weights. The smallest matter least.",
        (lambda ws, f: _ranked(ws, f, descending=True),),
    ),
    Mistake(
        "upside-down",
        "Your mask is True where a weight goes. It should be True where it stays.",
        (lambda ws, f: _not(_ranked(ws, f)), lambda ws, f: _not(_each(ws, f)),
         lambda ws, f: _not(_by_threshold(ws, f, torch.gt))),
    ),
    Mistake(
        "fraction-stays",
        "You let that share of the weights stay. It is the share that goes.",
        (lambda ws, f: _ranked(ws, 1 - f),),
    ),
    Mistake(
        "cut-off",
        "You cut k down to a whole number. Round it: `round(fraction * n)`.",
        (lambda ws, f: _ranked(ws, f, count=int),),
    ),
    Mistake(
        "threshold-is-the-fraction",
        "You compare the weights with the fraction itself. It says how many go, not how large they are.",
        (lambda ws, f: [w.abs() > f for w in ws], lambda ws, f: [w.abs() >= f for w in ws],
         lambda ws, f: [w.abs() > f * w.abs().max() for w in ws],
         lambda ws, f: [w.abs() > f * _sizes(ws).max() for w in ws]),
    ),
    Mistake(
        "weights-not-masks",
        "You return the pruned weights. Return the masks: True where a weight stays.",
        (lambda ws, f: [w * m for w, m in zip(ws, _ranked(ws, f), strict=True)],),
    ),
    Mistake(
        "whole-rows",
        "You prune whole rows. Here each weight is judged by itself.",
        (
            lambda ws, f: [_cut(w.abs().sum(-1), round(f * len(w)))[:, None].expand_as(w) if w.ndim == 2
                           else _cut(w.abs(), round(f * len(w))) for w in ws],
        ),
    ),
    Mistake(
        "nothing-goes",
        "Nothing is pruned: all stay.",
        (lambda ws, f: [torch.ones_like(w, dtype=torch.bool) for w in ws],),
    ),
)


def _drawn(seed: int, *shapes: tuple, sizes: tuple = (1.0, 0.3, 2.0)) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [(torch.randn(shape, generator=generator) * size * 100).round() / 100
            for shape, size in zip(shapes, sizes, strict=False)]  # fmt: skip


def _as_small(args: tuple, stays: np.ndarray) -> bool:
    """Whether as many go as should, and as small ones: only which of equals is another question."""
    sizes, right = _sizes(args[0]).numpy(), np.concatenate([mask.flatten() for mask in reference(*args)])
    return np.array_equal(np.sort(sizes[stays == 0]), np.sort(sizes[~right]))


pruning_masks = Check(
    Exercise(
        name="compression.pruning_masks",
        title="A pruning mask",
        difficulty="medium",
        minutes=8,
        arguments=("weights", "fraction"),
        reference=reference,
        answer=Masks(),
        cases=(
            Case(([torch.tensor([[0.1, -3.0], [-0.2, 1.0]])], 0.5), "one matrix, half of it"),
            Case(([torch.tensor([[2.0, -0.5, 0.4]]), torch.tensor([[0.1, -0.2, 0.3]])], 0.5),
                 "a matrix of large and one of small weights"),
            Case(([torch.tensor([[1.0, -1.0, 1.0], [1.0, 2.0, -1.0]])], 0.5), "five equal weights of six"),
            Case(([torch.zeros(2, 2), torch.tensor([0.0, 1.0])], 0.5), "zeros, and half of all to go"),
            Case(([(torch.arange(64) % 3).float().view(8, 8)], 0.5), "many equal weights"),
            Case((_drawn(1, (3, 4), (2, 3)), 0.15), "two drawn matrices, 15 % of 18 weights"),
            Case((_drawn(2, (2, 3), (4,), (3, 2)), 0.7), "three tensors, most of them"),
            Case((_drawn(3, (3, 3)), 0.0), "none to go"),
            Case((_drawn(4, (2, 2), (3, 2)), 1.0), "all to go"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "ties-not-first",
                "Exactly k go, and none that is too large, but of equal weights not those that stand first: sort with "
                "`stable=True`.",
                _as_small,
            ),
        ),
        hints=(
            "Lay the magnitudes of all tensors in one row (`torch.cat` of `weight.abs().flatten()`), sort that, and "
            "let the first k places go. Then cut the row into the tensors' shapes again.",
            "`order = sizes.argsort(stable=True)`; `stays = torch.ones(len(sizes), dtype=torch.bool)`; "
            "`stays[order[:k]] = False`; `stays.split([…numel() of each…])` and `.view(weight.shape)`.",
        ),
    )
)
