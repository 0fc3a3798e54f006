"""The exercise on the loss of skip-gram with negative sampling and its known wrong answers."""

from __future__ import annotations

import torch
from torch.nn.functional import logsigmoid, softmax

from helpers import vectors
from helpers.checks.answers import Loss
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom


def _scores(center, positive, negatives):
    """One score for each centre, (B,), and one for each centre and drawn word, (B, N)."""
    return (center * positive).sum(-1), (center.unsqueeze(1) * negatives).sum(-1)


def _loss(formula):
    """A wrong loss from a formula of the scores."""
    return lambda center, positive, negatives: formula(*_scores(center, positive, negatives))


def _crossed(center, positive, negatives):
    """Each centre against the drawn words of all."""
    good = (center * positive).sum(-1)
    every = torch.einsum("bd,cnd->bcn", center, negatives).flatten(1)
    return (-logsigmoid(good) - logsigmoid(-every).sum(-1)).mean()


def _tiny(extra):
    """log(σ + extra), which is capped at -log(extra)."""
    return (
        _loss(lambda p, n: (-(p.sigmoid() + extra).log() - ((-n).sigmoid() + extra).log().sum(-1)).mean()),
        _loss(lambda p, n: (-(p.sigmoid() + extra).log() - (1 - n.sigmoid() + extra).log().sum(-1)).mean()),
    )


MISTAKES = (
    Mistake(
        "overflow",
        "Right for small scores. For large ones the sigmoid rounds to 0 and its logarithm is minus infinity. "
        "`logsigmoid` does both in one step, and safely.",
        (
            _loss(lambda p, n: (-p.sigmoid().log() - (-n).sigmoid().log().sum(-1)).mean()),
            _loss(lambda p, n: (-p.sigmoid().log() - (1 - n.sigmoid()).log().sum(-1)).mean()),
            _loss(lambda p, n: (-logsigmoid(p) - (1 - n.sigmoid()).log().sum(-1)).mean()),
            _loss(lambda p, n: ((1 + (-p).exp()).log() + (1 + n.exp()).log().sum(-1)).mean()),
            _loss(lambda p, n: ((-p).exp().log1p() + n.exp().log1p().sum(-1)).mean()),
        ),
    ),
    Mistake(
        "capped",
        "A small number inside the logarithm, or a limit on the probabilities, keeps infinity away, and "
        "also keeps the loss of a large wrong score from growing. `logsigmoid` needs no such help.",
        tuple(wrong for extra in (1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5) for wrong in _tiny(extra)),
    ),
    Mistake(
        "negatives-sign",
        "The drawn words are treated like true neighbours: their scores need a minus inside the sigmoid, "
        "`logsigmoid(-scores)`.",
        (_loss(lambda p, n: (-logsigmoid(p) - logsigmoid(n).sum(-1)).mean()),),
    ),
    Mistake(
        "positive-sign",
        "The true neighbour's score has a minus inside the sigmoid. Only the drawn words' scores have.",
        (
            _loss(lambda p, n: (-logsigmoid(-p) - logsigmoid(-n).sum(-1)).mean()),
            _loss(lambda p, n: (-logsigmoid(-p) - logsigmoid(n).sum(-1)).mean()),
        ),
    ),
    Mistake(
        "opposite-sign",
        "The sign is the wrong way round: a loss is minus the logarithm, so that smaller is better.",
        (_loss(lambda p, n: (logsigmoid(p) + logsigmoid(-n).sum(-1)).mean()),),
    ),
    Mistake(
        "subtracts-negatives",
        "The part of the drawn words is subtracted where it should be added: both parts are losses.",
        (
            _loss(lambda p, n: (-logsigmoid(p) + logsigmoid(-n).sum(-1)).mean()),
            _loss(lambda p, n: (-logsigmoid(p) + logsigmoid(n).sum(-1)).mean()),
        ),
    ),
    Mistake(
        "sum-over-batch",
        "You added up the losses of the batch. Take their mean, or a larger batch would mean larger steps.",
        (_loss(lambda p, n: -logsigmoid(p).sum() - logsigmoid(-n).sum()),),
    ),
    Mistake(
        "mean-over-negatives",
        "You took the mean over the drawn words. The formula has their sum; the mean is over the batch only.",
        (_loss(lambda p, n: -logsigmoid(p).mean() - logsigmoid(-n).mean()),),
    ),
    Mistake(
        "sums-before-sigmoid",
        "The scores of the drawn words were added up before the sigmoid. Each has a sigmoid of its own; "
        "the logarithms are added.",
        (
            _loss(lambda p, n: (-logsigmoid(p) - logsigmoid(-n.sum(-1))).mean()),
            _loss(lambda p, n: (-logsigmoid(p) - logsigmoid(-n.mean(-1))).mean()),
        ),
    ),
    Mistake(
        "no-logarithm",
        "The logarithm is missing: `sigmoid` gives a probability, its logarithm a loss. `logsigmoid` does both.",
        (
            _loss(lambda p, n: (-p.sigmoid() - (-n).sigmoid().sum(-1)).mean()),
            _loss(lambda p, n: ((1 - p.sigmoid()) + n.sigmoid().sum(-1)).mean()),
        ),
    ),
    Mistake(
        "no-sigmoid",
        "The sigmoid is missing: those are bare scores, and a loss of scores has no lower end.",
        (_loss(lambda p, n: (-p + n.sum(-1)).mean()), _loss(lambda p, n: (-p - n.sum(-1)).mean())),
    ),
    Mistake(
        "softmax",
        "You took a softmax over the words, as if one of them had to be right. Here each pair is a "
        "question of its own, true or drawn: use the sigmoid.",
        (
            _loss(lambda p, n: -softmax(torch.cat([p[:, None], n], -1), -1)[:, 0].log().mean()),
            _loss(lambda p, n: -torch.cat([p[:, None], n], -1).log_softmax(-1)[:, 0].mean()),
            _loss(lambda p, n: (-logsigmoid(p) - (-n).log_softmax(-1).sum(-1)).mean()),
        ),
    ),
    Mistake(
        "positives-only",
        "The drawn words are missing. Without them the loss is least when all vectors are one.",
        (_loss(lambda p, n: -logsigmoid(p).mean()),),
    ),
    Mistake(
        "negatives-only",
        "The true neighbour is missing: only the drawn words are in this loss.",
        (_loss(lambda p, n: -logsigmoid(-n).sum(-1).mean()),),
    ),
    Mistake(
        "no-mean",
        "You have one loss for each centre word. Return their mean, a single number.",
        (_loss(lambda p, n: -logsigmoid(p) - logsigmoid(-n).sum(-1)),),
    ),
    Mistake(
        "broadcast",
        "Centres were paired with words that are not their own: two axes were broadcast against each "
        "other. Look at the shapes of your scores: (B,) for the neighbours, (B, N) for the drawn words.",
        (
            _crossed,
            _loss(lambda p, n: (-logsigmoid(p)[:, None] - logsigmoid(-n)).sum(-1).mean()),
            _loss(lambda p, n: (-logsigmoid(p) - logsigmoid(-n)).sum(-1).mean()),
            _loss(lambda p, n: (-logsigmoid(p) - logsigmoid(-n)).mean()),
            lambda c, p, n: -logsigmoid(c @ p.T).mean() - logsigmoid(-_scores(c, p, n)[1]).sum(-1).mean(),
        ),
    ),
)


def _batch(batch: int, n: int, d: int, about: str, size: float = 1.0) -> Case:
    """Random vectors of B centres, their neighbours and N negatives each; `size` stretches the scores."""
    dice = torch.Generator().manual_seed(100 * batch + 10 * n + d)
    shapes = (batch, d), (batch, d), (batch, n, d)
    rows = [(torch.randn(shape, generator=dice) * size).round(decimals=1) for shape in shapes]
    return Case(tuple(row.requires_grad_() for row in rows), about)


def _extreme() -> Case:
    """Scores of -800 and 800 in the wrong places, where the logarithm of a sigmoid overflows, in float64 too."""
    rows = torch.tensor([[40.0, 0.0], [0.0, 40.0]]), torch.tensor([[-20.0, 1.0], [2.0, 20.0]])
    negatives = torch.tensor([[[20.0, 0.0], [-20.0, 3.0]], [[1.0, 20.0], [4.0, -20.0]]])
    return Case(tuple(row.requires_grad_() for row in (*rows, negatives)), "very large scores, -800 and 800")


negative_sampling_loss = Check(
    Exercise(
        name="vectors.negative_sampling_loss",
        title="The negative-sampling loss",
        difficulty="medium",
        minutes=10,
        arguments=("center", "positive", "negatives"),
        reference=vectors.negative_sampling_loss,
        answer=Loss(),
        cases=(
            _batch(1, 1, 2, "one centre, one negative"),
            _batch(1, 3, 2, "one centre, three negatives"),
            _batch(2, 2, 2, "two centres, two negatives each"),
            _batch(3, 3, 3, "three of everything"),
            _batch(4, 2, 3, "four centres, two negatives each"),
            _extreme(),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "negative-loss",
                "The loss is negative. Each term is minus the logarithm of a probability, so none can be below 0.",
                lambda args, value: bool(value < -1e-6),
            ),
        ),
        hints=(
            "First the scores, then the loss. `(center * positive).sum(dim=-1)` gives one score for each "
            "centre, (B,). For the negatives you need one for each centre and each drawn word, (B, N): "
            "`center.unsqueeze(1)` is (B, 1, D) and fits beside (B, N, D).",
            "With `from torch.nn.functional import logsigmoid`, the loss of one centre is "
            "`-logsigmoid(positive_scores) - logsigmoid(-negative_scores).sum(dim=-1)`, (B,): mind the "
            "second minus, inside. Then take the mean over the batch.",
        ),
    )
)
