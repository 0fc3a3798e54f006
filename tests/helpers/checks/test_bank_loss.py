"""The negative-sampling loss: right answers in several styles, wrong ones with the reason each must get."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from helpers.checks.vectors import negative_sampling_loss as check


def with_loops(center, positive, negatives):
    total = 0
    for c, p, drawn in zip(center, positive, negatives, strict=True):
        total = total - F.logsigmoid(c.dot(p))
        for n in drawn:
            total = total - F.logsigmoid(-c.dot(n))
    return total / len(center)


def with_softplus(center, positive, negatives):
    good = torch.einsum("bd,bd->b", center, positive)
    bad = torch.einsum("bd,bnd->bn", center, negatives)
    return torch.mean(F.softplus(-good) + F.softplus(bad).sum(1))


def with_cross_entropy(center, positive, negatives):
    scores = torch.cat([positive[:, None], negatives], dim=1) @ center[:, :, None]  # (B, 1 + N, 1)
    targets = torch.zeros_like(scores)
    targets[:, 0] = 1
    return F.binary_cross_entropy_with_logits(scores, targets, reduction="sum") / len(center)


def in_double(center, positive, negatives):
    return check.reference(center.double(), positive.double(), negatives.double())


@pytest.mark.parametrize(
    "answer",
    [check.reference, with_loops, with_softplus, with_cross_entropy, in_double],
    ids=lambda f: f.__name__,
)
def test_right(answer):
    assert check(answer, seconds=60).status == "right"


def learner(good=F.logsigmoid, bad=lambda score: F.logsigmoid(-score), over_n=torch.sum, over_b=torch.mean):
    """The loss in a learner's words, with something changed."""

    def answer(center, positive, negatives):
        good_scores = torch.stack([c @ p for c, p in zip(center, positive, strict=True)])
        bad_scores = torch.stack([n @ c for c, n in zip(center, negatives, strict=True)])
        return over_b(-good(good_scores) - over_n(bad(bad_scores), dim=1))

    return answer


def log_of_sigmoid(score):
    return torch.log(1 / (1 + torch.exp(-score)))


def no_batch_of_its_own(center, positive, negatives):
    return (
        F.softplus(-(center * positive).sum(1)).mean()
        + F.softplus(torch.einsum("bd,cnd->bcn", center, negatives)).sum((1, 2)).mean()
    )


def all_pairs(center, positive, negatives):
    bad = (center[:, None] * negatives).sum(2)
    return -F.logsigmoid(center @ positive.T).mean() + F.softplus(bad).sum(1).mean()


def through_numpy(center, positive, negatives):
    return torch.tensor(float(check.reference(center, positive, negatives)), requires_grad=True)


def half_detached(center, positive, negatives):
    return check.reference(center, positive, negatives.detach())


def half_gradient(center, positive, negatives):
    good = (center * positive).sum(1)
    bad = (negatives @ center.detach()[:, :, None]).squeeze(
        -1
    )  # the centre learns from the true neighbour only
    return (-F.logsigmoid(good) - F.logsigmoid(-bad).sum(1)).mean()


def without_grad(center, positive, negatives):
    with torch.no_grad():
        return check.reference(center, positive, negatives)


def backward_inside(center, positive, negatives):
    loss = check.reference(center, positive, negatives)
    loss.backward()
    return loss


def cross_entropy(center, positive, negatives):
    scores = torch.cat([positive[:, None], negatives], 1) @ center[:, :, None]
    return F.cross_entropy(scores.squeeze(-1), torch.zeros(len(center), dtype=torch.long))


WRONG = [
    ("overflow", learner(good=log_of_sigmoid, bad=lambda s: log_of_sigmoid(-s))),
    (
        "overflow",
        learner(good=lambda s: torch.log(torch.sigmoid(s)), bad=lambda s: torch.log(torch.sigmoid(-s))),
    ),
    ("overflow", learner(bad=lambda s: torch.log(1 - torch.sigmoid(s)))),
    ("overflow", learner(good=lambda s: s.double().sigmoid().log(), bad=lambda s: (-s.double()).sigmoid().log())),
    ("overflow", learner(bad=lambda s: (-s.double()).sigmoid().log())),
    (
        "capped",
        learner(good=lambda s: (s.sigmoid() + 1e-8).log(), bad=lambda s: ((-s).sigmoid() + 1e-8).log()),
    ),
    ("negatives-sign", learner(bad=F.logsigmoid)),
    ("positive-sign", learner(good=lambda s: F.logsigmoid(-s))),
    ("opposite-sign", lambda *args: -with_loops(*args)),
    ("subtracts-negatives", learner(bad=lambda s: -F.logsigmoid(-s))),
    ("sum-over-batch", learner(over_b=torch.sum)),
    ("mean-over-negatives", learner(over_n=torch.mean)),
    (
        "sums-before-sigmoid",
        lambda c, p, n: -F.logsigmoid((c * p).sum(1)).mean() - F.logsigmoid(-(c * n.sum(1)).sum(1)).mean(),
    ),
    ("no-logarithm", learner(good=torch.sigmoid, bad=lambda s: torch.sigmoid(-s))),
    ("no-sigmoid", learner(good=lambda s: s, bad=lambda s: -s)),
    ("softmax", cross_entropy),
    ("positives-only", lambda c, p, n: F.softplus(-(c * p).sum(1)).mean()),
    ("negatives-only", lambda c, p, n: F.softplus((c[:, None] * n).sum(2)).sum(1).mean()),
    ("no-mean", learner(over_b=lambda losses: losses)),
    ("broadcast", no_batch_of_its_own),
    ("broadcast", all_pairs),
    ("no-gradient", without_grad),
    ("no-gradient", lambda *args: check.reference(*args).detach()),
    ("no-gradient", backward_inside),
    ("partial-gradient", through_numpy),
    ("partial-gradient", half_detached),
    ("wrong-gradient", half_gradient),
    ("not-a-tensor", lambda *args: check.reference(*args).item()),
    ("not-a-tensor", lambda *args: np.float64(check.reference(*args).item())),
    ("exception", lambda c, p, n: np.log(c.numpy() @ p.numpy().T).mean()),
    ("exception", lambda c, p, n: F.logsigmoid(c @ n).mean()),
    ("scaled", lambda *args: 2 * with_loops(*args)),
    ("shifted", lambda *args: with_loops(*args) + 1),
    ("negative-loss", lambda *args: -(with_loops(*args) ** 2)),
    ("nan", lambda *args: with_loops(*args) * float("nan")),
    ("constant", lambda c, p, n: c.sum() * 0),
    ("returns-none", lambda *args: None),
    ("wrong-shape", lambda *args: with_loops(*args).reshape(1)),
]


@pytest.mark.parametrize("reason, answer", WRONG)
def test_wrong(reason, answer):
    result = check(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


def test_untried():
    assert check(lambda center, positive, negatives: ...).status == "untried"
