"""The exercise on a probe's selectivity and its known wrong answers."""

from __future__ import annotations

import numpy as np

from helpers.checks.answers import Number
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom
from helpers.checks.inside._given import Given
from helpers.tracing.probe import Examples, fit_linear
from helpers.tracing.probe import selectivity as reference


def fit_nearest(vectors, labels):
    """Predict the label of the nearest vector that was trained on: a probe that learns by heart."""
    return lambda new: labels[((new[:, None] - vectors[None]) ** 2).sum(-1).argmin(1)]


def _share(one, other):
    return (one == other).mean()


def _task(fit, train, test):
    return _share(fit(train.vectors, train.labels)(test.vectors), test.labels)


def _control(fit, train, test, random):
    return _share(fit(train.vectors, random[train.types])(test.vectors), random[test.types])


def _by_token(fit, train, test, random):
    """Control labels drawn for every token, not for every word."""
    here, there = (random[np.arange(len(part.labels)) % len(random)] for part in (train, test))
    return _task(fit, train, test) - _share(fit(train.vectors, here)(test.vectors), there)


MISTAKES = (
    Mistake(
        "control-by-token",
        "Your control labels go by token. A word must have the same random label wherever it stands, "
        "`random_labels[types]`: else nothing can be learned by heart, and every probe looks selective.",
        (_by_token,),
    ),
    Mistake(
        "tested-on-training",
        "You test on what you trained on. A probe that learns by heart is perfect there; ask it about `test`.",
        (
            lambda f, a, b, r: _task(f, a, a) - _control(f, a, a, r),
            lambda f, a, b, r: _task(f, b, b) - _control(f, b, b, r),
            lambda f, a, b, r: _task(f, a, b) - _control(f, a, a, r),
            lambda f, a, b, r: _task(f, a, a) - _control(f, a, b, r),
        ),
    ),
    Mistake(
        "trained-on-test",
        "Training and test have changed places.",
        (lambda f, a, b, r: _task(f, b, a) - _control(f, b, a, r),),
    ),
    Mistake(
        "one-probe-for-both",
        "The probe of the task is asked for the control's labels. The control task gets a probe of its own, trained on "
        "the random labels.",
        (
            lambda f, a, b, r: _task(f, a, b) - _share(f(a.vectors, a.labels)(b.vectors), r[b.types]),
            lambda f, a, b, r: _task(f, a, b) - _share(f(a.vectors, r[a.types])(b.vectors), b.labels),
        ),
    ),
    Mistake(
        "wrong-way-round",
        "That is minus the selectivity: the task comes first, the control is taken off.",
        (lambda f, a, b, r: _control(f, a, b, r) - _task(f, a, b),),
    ),
    Mistake(
        "accuracy-only",
        "That is the accuracy at the task. The control task is missing: such a probe, trained on random labels.",
        (lambda f, a, b, r: _task(f, a, b),),
    ),
    Mistake(
        "control-only",
        "That is the accuracy at the control task. Take it off the accuracy at the task.",
        (lambda f, a, b, r: _control(f, a, b, r),),
    ),
    Mistake(
        "ratio",
        "You divide one accuracy by the other. Selectivity is their difference.",
        (lambda f, a, b, r: _task(f, a, b) / _control(f, a, b, r),),
    ),
    Mistake(
        "counts",
        "You count right answers. Accuracy is their share: divide by how many there are.",
        (lambda f, a, b, r: (_task(f, a, b) - _control(f, a, b, r)) * len(b.labels),),
    ),
    Mistake(
        "percent",
        "That is in per cent. Return a share, such as 0.25.",
        (lambda f, a, b, r: 100 * (_task(f, a, b) - _control(f, a, b, r)),),
    ),
    Mistake(
        "errors",
        "That is the share of wrong answers at the task minus a control. Use the share of right ones.",
        (
            lambda f, a, b, r: 1 - _task(f, a, b) - _control(f, a, b, r),
            lambda f, a, b, r: 1 - _task(f, a, b),
        ),
    ),
    Mistake(
        "against-majority",
        "You take off the share of the most frequent label. That is a baseline too, but the control task is another: "
        "a second probe, trained on `random_labels[train.types]`.",
        (
            lambda f, a, b, r: _task(f, a, b) - np.bincount(b.labels).max() / len(b.labels),
            lambda f, a, b, r: _task(f, a, b) - np.bincount(a.labels).max() / len(a.labels),
        ),
    ),
)


def _case(seed: int, n_types: int, n: int, d: int, fit, about: str) -> Case:
    """Vectors that hold their word and, more faintly, their label."""
    roll = np.random.default_rng(seed)
    words, marks = roll.normal(size=(n_types, d)), roll.normal(size=(3, d))
    parts = []
    for size in (n, n // 2 + 3):
        types, labels = roll.integers(n_types, size=size), roll.integers(3, size=size)
        vectors = words[types] + 0.6 * marks[labels] + 0.4 * roll.normal(size=(size, d))
        parts.append(Examples(vectors.round(3), labels, types))
    return Case((Given(fit), *parts, roll.integers(3, size=n_types)), about)


def _some_control(args, value) -> bool:
    fit, train, test, _ = args
    return -1e-9 <= _task(fit, train, test) - float(value) <= 1


selectivity = Check(
    Exercise(
        name="inside.selectivity",
        title="A probe and its control task",
        difficulty="hard",
        minutes=12,
        arguments=("fit", "train", "test", "random_labels"),
        reference=reference,
        answer=Number("one number from -1 to 1"),
        cases=(
            _case(1, 4, 20, 3, fit_linear, "a linear probe, four words"),
            _case(2, 6, 30, 4, fit_nearest, "a probe that learns by heart, six words"),
            _case(3, 12, 40, 6, fit_linear, "a linear probe, twelve words"),
            _case(4, 5, 36, 5, fit_nearest, "a probe that learns by heart, five words"),
            _case(5, 8, 50, 4, fit_linear, "a linear probe, eight words"),
            _case(6, 7, 45, 6, fit_linear, "a linear probe, seven words"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "other-control",
                "The accuracy at the task may be right; what you take off it is not the control. Train a second probe "
                "on `random_labels[train.types]` and test it on `random_labels[test.types]`; draw nothing yourself.",
                _some_control,
            ),
        ),
        hints=(
            "Two probes: `fit(train.vectors, train.labels)` for the task, and one for the control, on the same vectors "
            "with other labels. `random_labels[train.types]` looks up the label of each vector's word.",
            "`fit` returns a function that predicts: `(probe(test.vectors) == test.labels).mean()` is an accuracy. The "
            "control's is computed in the same way, with `random_labels[test.types]`.",
        ),
    )
)
