"""The exercise on the expected calibration error and its known wrong answers."""

from __future__ import annotations

import numpy as np

from helpers.checks.answers import Number
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom
from helpers.limits.calibration import calibration_error as reference


def _bins(c, n, *, low=0.0, right=True):
    return np.digitize(c, np.linspace(low, 1, n + 1)[1:-1], right=right)


def _rows(c, r, bins):
    """Of each bin that holds any: share of the verdicts, mean confidence, accuracy, its number."""
    c, r = np.asarray(c, dtype=float), np.asarray(r, dtype=float)
    return [((bins == k).mean(), c[bins == k].mean(), r[bins == k].mean(), k) for k in np.unique(bins)]


def _weighted(c, r, bins, gap=lambda said, true: abs(said - true)):
    return sum(share * gap(said, true) for share, said, true, _ in _rows(c, r, bins))


def _gaps(c, r, n):
    return np.array([abs(said - true) for _, said, true, _ in _rows(c, r, _bins(c, n))])


def _equal_counts(c, r, n):
    order = np.argsort(c, kind="stable")
    parts = [part for part in np.array_split(order, n) if len(part)]
    return sum(len(part) / len(c) * abs(c[part].mean() - r[part].mean()) for part in parts)


MISTAKES = (
    Mistake(
        "unweighted",
        "All bins count alike. Weight each by its share of the verdicts: a bin of three must not weigh as much as a "
        "bin of three hundred.",
        (
            lambda c, r, n: _gaps(c, r, n).mean(),
            lambda c, r, n: _gaps(c, r, n).sum() / n,
            lambda c, r, n: _gaps(c, r, n).sum(),
        ),
    ),
    Mistake(
        "one-bin",
        "You compare the mean confidence with the accuracy over all verdicts. Too sure here and too modest there would "
        "cancel out: go bin by bin.",
        (lambda c, r, n: abs(c.mean() - r.mean()),),
    ),
    Mistake(
        "left-edges",
        "A confidence on an edge falls into the wrong bin: it belongs to the bin below, (low, high].",
        (lambda c, r, n: _weighted(c, r, np.minimum(_bins(c, n, right=False), n - 1)),),
    ),
    Mistake(
        "bin-middles",
        "You compare the accuracy with the bin's middle or edge. Compare it with the mean confidence of the verdicts "
        "in the bin.",
        (
            lambda c, r, n: sum(s * abs((k + 0.5) / n - t) for s, _, t, k in _rows(c, r, _bins(c, n))),
            lambda c, r, n: sum(s * abs((k + 1) / n - t) for s, _, t, k in _rows(c, r, _bins(c, n))),
            lambda c, r, n: sum(s * abs(k / n - t) for s, _, t, k in _rows(c, r, _bins(c, n))),
        ),
    ),
    Mistake(
        "signs-kept",
        "You add differences with their signs, and they cancel out. Take the absolute value in each bin.",
        (
            lambda c, r, n: _weighted(c, r, _bins(c, n), lambda said, true: said - true),
            lambda c, r, n: _weighted(c, r, _bins(c, n), lambda said, true: true - said),
        ),
    ),
    Mistake(
        "squares",
        "You square the differences. The expected calibration error takes their absolute values.",
        (
            lambda c, r, n: _weighted(c, r, _bins(c, n), lambda said, true: (said - true) ** 2),
            lambda c, r, n: _weighted(c, r, _bins(c, n), lambda said, true: (said - true) ** 2) ** 0.5,
        ),
    ),
    Mistake(
        "largest-gap",
        "That is the gap of the worst bin, the *maximum* calibration error. Here the mean is asked for, weighted by "
        "verdicts.",
        (lambda c, r, n: _gaps(c, r, n).max(),),
    ),
    Mistake(
        "verdict-by-verdict",
        "You compare each confidence with its own verdict, 0 or 1. A single verdict can't be 80 % right: compare means "
        "within a bin.",
        (
            lambda c, r, n: np.abs(c - r).mean(),
            lambda c, r, n: ((c - r) ** 2).mean(),
        ),
    ),
    Mistake(
        "equal-counts",
        "You made bins that hold equally many verdicts. Here the bins have equal width, from 0 to 1.",
        (_equal_counts,),
    ),
    Mistake(
        "bins-from-a-half",
        "Your bins go from 0.5, or from the smallest confidence, to 1. With more than two classes a verdict may have "
        "less: go from 0 to 1.",
        (
            lambda c, r, n: _weighted(c, r, _bins(c, n, low=0.5)),
            lambda c, r, n: _weighted(c, r, np.digitize(c, np.linspace(c.min(), c.max(), n + 1)[1:-1], right=True)),
            lambda c, r, n: _weighted(c, r, np.digitize(c, np.linspace(c.min(), 1, n + 1)[1:-1], right=True)),
        ),
    ),
    Mistake(
        "counts",
        "You weight by how many verdicts a bin holds. Divide by the number of all verdicts.",
        (lambda c, r, n: len(c) * reference(c, r, n),),
    ),
    Mistake(
        "percent",
        "That is in per cent. Confidences run from 0 to 1, and so does their error.",
        (lambda c, r, n: 100 * reference(c, r, n),),
    ),
    Mistake(
        "accuracy-ignored",
        "Confidence is compared with nothing that happened: use `right`.",
        (lambda c, r, n: c.mean(), lambda c, r, n: 1 - c.mean()),
    ),
    Mistake(
        "accuracy-only",
        "That is how often the verdicts are right, or wrong. Compare it with what the model said, bin by bin.",
        (lambda c, r, n: r.mean(), lambda c, r, n: 1 - r.mean()),
    ),
)


def _case(confidences: list[float], right: list[int], n_bins: int, about: str) -> Case:
    return Case((np.array(confidences), np.array(right), n_bins), about)


def _drawn(n: int, n_bins: int, seed: int, about: str) -> Case:
    draw = np.random.default_rng(seed)
    said = (0.3 + 0.7 * draw.beta(2, 1, n)).round(3) - 0.0004  # on no edge
    return Case((said, (draw.random(n) < said**1.7).astype(int), n_bins), about)


calibration_error = Check(
    Exercise(
        name="limits.calibration_error",
        title="Expected calibration error",
        difficulty="medium",
        minutes=8,
        arguments=("confidences", "right", "n_bins"),
        reference=reference,
        answer=Number(),
        cases=(
            _case([0.6, 0.9], [1, 0], 2, "two verdicts in one of two bins"),
            _case([0.4, 0.6, 0.9, 0.8], [1, 1, 1, 0], 2, "four verdicts, one of them in the lower of two bins"),
            _case([0.75, 0.9, 0.8, 0.3], [0, 1, 1, 1], 4, "four bins, an empty one, and a confidence on the edge 0.75"),
            _case([0.5, 0.5, 1.0, 0.25, 0.7, 0.55], [0, 1, 0, 1, 1, 0], 4, "confidences on the edges 0.25, 0.5 and 1"),
            _drawn(12, 5, 1, "twelve verdicts, five bins"),
            _drawn(60, 8, 2, "sixty verdicts, eight bins"),
            _drawn(300, 10, 3, "three hundred verdicts, ten bins"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "outside-0-1",
                "The error is a weighted mean of differences between numbers from 0 to 1: it lies there too.",
                lambda args, value: not -1e-9 <= float(value) <= 1 + 1e-9,
            ),
        ),
        hints=(
            "Number the bins from 0. The bin of each verdict: `np.digitize(confidences, inner, right=True)`, with the "
            "inner edges `np.linspace(0, 1, n_bins + 1)[1:-1]`. A bin that holds none is skipped.",
            "For each bin, with `here = bins == number`: `here.mean()` is its share of the verdicts. Multiply it "
            "by the absolute difference of `confidences[here].mean()` and `right[here].mean()`, and add up.",
        ),
    )
)
