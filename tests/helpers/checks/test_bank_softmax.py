"""Softmax: right answers in several styles, wrong ones with the reason each must get."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from helpers.checks.language_models import softmax as check


def with_numpy(logits):
    z = logits.numpy().astype(float)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def with_loops(logits):
    if logits.ndim > 1:
        return torch.stack([with_loops(row) for row in logits])
    top = max(float(z) for z in logits)
    e = [np.exp(float(z) - top) for z in logits]
    return torch.tensor([value / sum(e) for value in e])


def through_logsumexp(logits):
    return (logits - logits.logsumexp(-1, keepdim=True)).exp()


def library(logits):
    return F.softmax(logits, dim=-1)


@pytest.mark.parametrize("answer", [check.reference, with_numpy, with_loops, through_logsumexp, library])
def test_right(answer):
    assert check(answer, seconds=60).status == "right"


def in_place(logits):
    logits -= logits.max(-1, keepdim=True).values
    return logits.exp() / logits.exp().sum(-1, keepdim=True)


def naive(logits):
    e = torch.exp(logits)
    return e / torch.sum(e, -1, True)


def over_everything(logits):
    e = np.exp(logits.numpy() - logits.numpy().max())
    return e / e.sum()


WRONG = [
    ("overflow", naive),
    ("overflow", lambda z: np.exp(z.numpy()) / np.exp(z.numpy()).sum(-1, keepdims=True)),
    ("global-max", lambda z: naive(z - torch.max(z))),
    ("whole-table", over_everything),
    ("wrong-axis", lambda z: F.softmax(z, dim=0)),
    ("no-exponential", lambda z: z / torch.sum(z, -1, True)),
    ("no-division", lambda z: torch.exp(z - z.amax(-1, keepdim=True))),
    ("no-division", torch.exp),
    ("returns-logarithm", lambda z: z - torch.logsumexp(z, -1, True)),
    ("sigmoid", torch.sigmoid),
    ("hardmax", lambda z: F.one_hot(z.argmax(-1), z.shape[-1]).float()),
    ("wrong-base", lambda z: F.softmax(z * np.log(2), -1)),
    ("clamped", lambda z: naive(z.clamp(max=50, min=-50))),
    ("opposite-sign", lambda z: F.softmin(z, -1)),
    ("divides-by-max", lambda z: F.softmax(z / z.amax(-1, keepdim=True), -1)),
    ("changes-input", in_place),
    ("rows-not-one", lambda z: F.softmax(z, -1) * z.abs().clamp(max=2)),
    ("returns-none", lambda z: None),
    ("wrong-shape", lambda z: F.softmax(z, -1).flatten()[:2]),
    ("exception", lambda z: z.max(dim=5)),
    ("wrong-value", lambda z: F.softmax(z.sqrt().nan_to_num(), -1)),
    ("nan", lambda z: z * float("nan")),
]


@pytest.mark.parametrize("reason, answer", WRONG)
def test_wrong(reason, answer):
    result = check(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


def test_untried():
    assert check(lambda logits: ...).status == "untried"
