"""Cross-entropy: right answers in several styles, wrong ones with the reason each must get."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from helpers.checks.language_models import cross_entropy as check


def with_loops(logits, targets):
    total = 0
    for row, target in zip(logits, targets, strict=True):
        total = total + torch.logsumexp(row, 0) - row[target]
    return total / len(targets)


def with_one_hot(logits, targets):
    shifted = logits - logits.max(-1, keepdim=True).values
    log_p = shifted - shifted.exp().sum(-1, keepdim=True).log()
    return -(F.one_hot(targets, logits.shape[1]) * log_p).sum(1).mean()


def in_double(logits, targets):
    return -logits.double().log_softmax(1).gather(1, targets[:, None]).mean()


@pytest.mark.parametrize("answer", [check.reference, with_loops, with_one_hot, in_double, F.cross_entropy])
def test_right(answer):
    assert check(answer, seconds=60).status == "right"


def naive_softmax(z, dim=1):
    e = torch.exp(z)
    return e / e.sum(dim, keepdim=True)


def learner(log_p=lambda z: F.log_softmax(z, 1), pick=lambda table, y: table.gather(1, y[:, None]).squeeze(1),
            over=torch.mean, sign=-1):  # fmt: skip
    return lambda logits, targets: sign * over(pick(log_p(logits), targets))


WRONG = [
    ("overflow", learner(lambda z: naive_softmax(z).log())),
    ("overflow", learner(lambda z: torch.log(torch.exp(z) / torch.exp(z).sum(-1)[:, None]))),
    ("log-of-zero", learner(lambda z: F.softmax(z, 1).log())),
    ("log-of-zero", learner(lambda z: F.softmax(z.double(), 1).log())),
    ("capped", learner(lambda z: (F.softmax(z, 1) + 1e-9).log())),
    ("capped", learner(lambda z: F.softmax(z, 1).clamp(min=1e-7).log())),
    ("opposite-sign", learner(sign=1)),
    ("sum-over-batch", learner(over=torch.sum)),
    ("no-mean", learner(over=lambda losses: losses)),
    ("mean-over-classes", lambda z, y: -(F.one_hot(y, z.shape[1]) * F.log_softmax(z, 1)).mean()),
    ("all-classes", lambda z, y: -F.log_softmax(z, 1).sum() / len(z)),
    ("picks-columns", learner(pick=lambda table, y: table[:, y])),
    ("largest-not-target", lambda z, y: -F.log_softmax(z, 1).amax(1).mean()),
    ("no-softmax", learner(lambda z: z)),
    ("no-logarithm", learner(lambda z: F.softmax(z, 1))),
    ("softmax-twice", lambda z, y: F.cross_entropy(F.softmax(z, 1), y)),
    ("wrong-axis", learner(lambda z: F.log_softmax(z, 0))),
    ("bits", learner(lambda z: F.log_softmax(z, 1) / np.log(2))),
    ("mean-before-logarithm", lambda z, y: -F.softmax(z, 1)[range(len(y)), y].mean().log()),
    ("no-gradient", lambda z, y: F.cross_entropy(z.detach(), y)),
    ("not-a-tensor", lambda z, y: F.cross_entropy(z, y).item()),
    ("wrong-gradient", lambda z, y: F.cross_entropy(z, y).detach() + 0 * z.sum()),
    ("exception", lambda z, y: np.log(z.numpy())[y]),
    ("returns-none", lambda z, y: None),
    ("scaled", lambda z, y: 2 * F.cross_entropy(z, y)),
    ("shifted", lambda z, y: F.cross_entropy(z, y) + 1),
]


@pytest.mark.parametrize("reason, answer", WRONG)
def test_wrong(reason, answer):
    result = check(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


def test_untried():
    assert check(lambda logits, targets: ...).status == "untried"
