"""Cosine: right answers in several styles, wrong ones with the reason each must get."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch

from helpers.checks.vectors import cosine


def with_loops(u, v):
    dot = sum(a * b for a, b in zip(u, v, strict=True))
    length_u = math.sqrt(sum(a * a for a in u))
    length_v = math.sqrt(sum(b * b for b in v))
    if length_u == 0 or length_v == 0:
        return 0.0
    return dot / (length_u * length_v)


def with_numpy(u, v):
    lengths = np.linalg.norm(u) * np.linalg.norm(v)
    return u @ v / lengths if lengths else 0.0


def with_float32(u, v):
    u, v = u.astype(np.float32), v.astype(np.float32)
    return np.where(u.any() and v.any(), np.dot(u, v) / np.sqrt(np.dot(u, u) * np.dot(v, v)), 0)  # shape ()


def with_torch(u, v):
    return torch.cosine_similarity(torch.tensor(u), torch.tensor(v), dim=0)


def with_a_tiny_number(u, v):
    return (u @ v) / (np.linalg.norm(u) * np.linalg.norm(v) + 1e-12)


def as_fraction(u, v):
    return Fraction(with_loops(u, v))


@pytest.mark.parametrize(
    "answer",
    [cosine.reference, with_loops, with_numpy, with_float32, with_torch, with_a_tiny_number, as_fraction],
    ids=lambda f: f.__name__,
)
def test_right(answer):
    assert cosine(answer, seconds=60).status == "right"


def length(x):
    return math.sqrt(sum(entry**2 for entry in x))


def guarded(formula):
    """As a learner writes it who has thought of the zero vector."""

    def answer(u, v):
        if length(u) == 0 or length(v) == 0:
            return 0.0
        return formula(u, v)

    return answer


def divides_in_place(u, v):
    if not u.any() or not v.any():
        return 0.0
    u /= length(u)
    v /= length(v)
    return u @ v


def crashes_on_zero(u, v):
    return float(np.dot(u, v)) / float(length(u) * length(v))


WRONG = [
    ("zero-vector", lambda u, v: np.inner(u, v) / np.sqrt(np.inner(u, u) * np.inner(v, v))),
    ("zero-vector", lambda u, v: torch.tensor(u) @ torch.tensor(v) / (length(u) * length(v))),
    ("zero-vector", crashes_on_zero),
    ("zero-vector", lambda u, v: 0.0 if length(u) == 0 else u @ v / (length(u) * length(v))),
    ("zero-by-sum", lambda u, v: 0.0 if u.sum() == 0 or v.sum() == 0 else with_loops(u, v)),
    ("zero-by-sum", lambda u, v: 0.0 if sum(u) * sum(v) == 0 else u @ v / (length(u) * length(v))),
    ("zero-by-sum", lambda u, v: 0.0 if u.max() == 0 or v.max() == 0 else with_loops(u, v)),
    ("zero-by-sum", lambda u, v: 0.0 if u[0] == 0 or v[0] == 0 else with_loops(u, v)),
    ("no-division", lambda u, v: sum(a * b for a, b in zip(u, v, strict=True))),
    ("divides-once", lambda u, v: np.dot(u, v) / length(u)),
    ("divides-once", guarded(lambda u, v: (u * v).sum() / length(v))),
    ("squared-lengths", lambda u, v: np.dot(u, v) / ((u**2).sum() * (v**2).sum())),
    ("adds-lengths", guarded(lambda u, v: np.dot(u, v) / (length(u) + length(v)))),
    ("missing-parentheses", guarded(lambda u, v: np.dot(u, v) / length(u) * length(v))),
    ("sum-as-length", guarded(lambda u, v: np.dot(u, v) / (sum(abs(u)) * sum(abs(v))))),
    ("distance", guarded(lambda u, v: 1 - np.dot(u, v) / (length(u) * length(v)))),
    ("angle", guarded(lambda u, v: math.acos(max(-1, min(1, np.dot(u, v) / (length(u) * length(v))))))),
    ("loses-sign", guarded(lambda u, v: abs(np.dot(u, v) / (length(u) * length(v))))),
    ("clips-negative", guarded(lambda u, v: np.maximum(0, np.dot(u, v) / (length(u) * length(v))))),
    ("mean-not-sum", guarded(lambda u, v: np.mean(u * v) / (length(u) * length(v)))),
    ("centred", guarded(lambda u, v: np.nan_to_num(np.corrcoef(u, v)[0, 1], nan=np.nan))),
    ("no-sum", guarded(lambda u, v: u * v / (length(u) * length(v)))),
    ("euclidean", lambda u, v: math.dist(u, v)),
    ("changes-input", divides_in_place),
    ("opposite-sign", guarded(lambda u, v: -np.dot(u, v) / (length(u) * length(v)))),
    ("scaled", guarded(lambda u, v: 100 * np.dot(u, v) / (length(u) * length(v)))),
    ("beyond-one", guarded(lambda u, v: 2 + np.dot(u, v))),
    ("imprecise", guarded(lambda u, v: round(np.dot(u, v) / (length(u) * length(v)), 2))),
    ("rounded", guarded(lambda u, v: round(np.dot(u, v) / (length(u) * length(v))))),
    ("constant", lambda u, v: 0.5),
    ("wrong-shape", lambda u, v: np.array([with_loops(u, v)])),
    ("wrong-shape", lambda u, v: u.reshape(1, -1) @ v.reshape(-1, 1)),
    ("wrong-shape", lambda u, v: np.outer(u, v)),
    ("returns-none", lambda u, v: print(with_loops(u, v))),
    ("wrong-type", lambda u, v: str(with_loops(u, v))),
    ("wrong-type", lambda u, v: {"cosine": with_loops(u, v)}),
    ("wrong-dtype", lambda u, v: with_loops(u, v) > 0.5),
    ("wrong-dtype", lambda u, v: complex(with_loops(u, v))),
    ("wrong-value", guarded(lambda u, v: np.dot(u, v) / max(length(u), length(v)) ** 2)),
]


@pytest.mark.parametrize("reason, answer", WRONG)
def test_wrong(reason, answer):
    result = cosine(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


def test_untried():
    assert cosine(lambda u, v: ...).status == "untried"
