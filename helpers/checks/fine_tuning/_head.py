"""The exercise on the classification head and its known wrong answers."""

from __future__ import annotations

import math

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, one_hot

from helpers import fine_tuning
from helpers.bert import mean_pool
from helpers.checks.answers import Loss
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake
from helpers.checks.recurrent._shared import dice


def _logits(x, m, w, b):
    return mean_pool(x, m) @ w.T + b


def _each(x, m, w, b, y):
    return cross_entropy(_logits(x, m, w, b), y, reduction="none")


def _max_pooled(x, m):
    return x.masked_fill(~m[:, :, None], -torch.inf).amax(1)


def _per_token(x, m, w, b, y):
    logits = x @ w.T + b  # (B, T, C)
    return cross_entropy(logits[m], y[:, None].expand_as(m)[m])


def _mean_of_probabilities(x, m, w, b, y):
    return -mean_pool((x @ w.T + b).softmax(-1), m)[range(len(y)), y].log().mean()


MISTAKES = (
    Mistake(
        "mask-ignored",
        "The padding is in the text's vector. Pool with the mask, as in exercise 1: `bert.mean_pool(x, token_mask)`.",
        (lambda x, m, w, b, y: cross_entropy(x.mean(1) @ w.T + b, y),),
    ),
    Mistake(
        "sum-pooled",
        "You add the tokens' vectors up. Take their mean: `bert.mean_pool(x, token_mask)`.",
        (
            lambda x, m, w, b, y: cross_entropy((x * m[:, :, None]).sum(1) @ w.T + b, y),
            lambda x, m, w, b, y: cross_entropy(x.sum(1) @ w.T + b, y),
        ),
    ),
    Mistake(
        "first-token",
        "You judge by the first token's vector alone. Pool all tokens: `bert.mean_pool(x, token_mask)`.",
        (lambda x, m, w, b, y: cross_entropy(x[:, 0] @ w.T + b, y),),
    ),
    Mistake(
        "last-token",
        "You judge by the vector at the last place, which in short texts is padding. Pool all tokens with the mask.",
        (lambda x, m, w, b, y: cross_entropy(x[:, -1] @ w.T + b, y),),
    ),
    Mistake(
        "max-pooled",
        "You pool by the largest numbers. Take the mean over the tokens.",
        (
            lambda x, m, w, b, y: cross_entropy(_max_pooled(x, m) @ w.T + b, y),
            lambda x, m, w, b, y: cross_entropy(x.amax(1) @ w.T + b, y),
        ),
    ),
    Mistake(
        "softmax-twice",
        "The scores went through a softmax before `cross_entropy`, which takes one itself. Twice, the loss can't get "
        "near zero, and learning crawls. Hand over the logits.",
        (
            lambda x, m, w, b, y: cross_entropy(_logits(x, m, w, b).softmax(-1), y),
            lambda x, m, w, b, y: cross_entropy(_logits(x, m, w, b).softmax(0), y),
        ),
    ),
    Mistake(
        "sigmoid-first",
        "The scores went through a sigmoid before `cross_entropy`. Hand over the logits.",
        (lambda x, m, w, b, y: cross_entropy(_logits(x, m, w, b).sigmoid(), y),),
    ),
    Mistake(
        "squashed",
        "A tanh stands somewhere. BERT's own pooler has one; this head is pooling and one linear layer.",
        (
            lambda x, m, w, b, y: cross_entropy(mean_pool(x, m).tanh() @ w.T + b, y),
            lambda x, m, w, b, y: cross_entropy(_logits(x, m, w, b).tanh(), y),
        ),
    ),
    Mistake(
        "bias-forgotten",
        "The bias is missing. Without it, a class that is commoner can't be preferred.",
        (lambda x, m, w, b, y: cross_entropy(mean_pool(x, m) @ w.T, y),),
    ),
    Mistake(
        "sum",
        "That is the sum over the texts. Take the mean, or the loss grows with the batch.",
        (lambda x, m, w, b, y: _each(x, m, w, b, y).sum(),),
    ),
    Mistake(
        "each-class-a-question",
        "You ask about each class by itself, with a sigmoid (binary cross-entropy). A text has one class: use the "
        "softmax over classes, `cross_entropy`.",
        (lambda x, m, w, b, y: binary_cross_entropy_with_logits(
            _logits(x, m, w, b), one_hot(y, len(b)).to(x.dtype)),),
    ),
    Mistake(
        "each-token-a-verdict",
        "Each token is judged by itself, and the losses are averaged. The text gets one vector first, then one "
        "verdict.",
        (
            _per_token,
            lambda x, m, w, b, y: cross_entropy((x @ w.T + b).transpose(1, 2), y[:, None].expand_as(m)),
        ),
    ),
    Mistake(
        "mean-of-probabilities",
        "You average the tokens' probabilities. Average their vectors first, then score.",
        (_mean_of_probabilities,),
    ),
    Mistake(
        "not-the-logarithm",
        "That is one minus the probability of the right class. The surprise is minus its logarithm.",
        (lambda x, m, w, b, y: (1 - (-_each(x, m, w, b, y)).exp()).mean(),),
    ),
    Mistake(
        "opposite-sign",
        "The sign is the wrong way round: minus the logarithm of the probability.",
        (lambda x, m, w, b, y: -_each(x, m, w, b, y).mean(),),
    ),
    Mistake(
        "all-classes",
        "You average over all classes, the wrong ones too. Only the right class of each text counts.",
        (lambda x, m, w, b, y: -_logits(x, m, w, b).log_softmax(-1).mean(),),
    ),
    Mistake(
        "labels-ignored",
        "The loss does not look at the labels: it asks about one class always, or about the likeliest.",
        (
            lambda x, m, w, b, y: -_logits(x, m, w, b).log_softmax(-1)[:, 0].mean(),
            lambda x, m, w, b, y: -_logits(x, m, w, b).log_softmax(-1)[:, 1].mean(),
            lambda x, m, w, b, y: -_logits(x, m, w, b).log_softmax(-1).amax(-1).mean(),
        ),
    ),
    Mistake(
        "softmax-over-texts",
        "The softmax runs over the texts of the batch. It runs over the classes, the last axis.",
        (lambda x, m, w, b, y: -_logits(x, m, w, b).log_softmax(0)[range(len(y)), y].mean(),),
    ),
    Mistake(
        "bits",
        "That is in bits. The loss is in nats: the natural logarithm.",
        (lambda x, m, w, b, y: _each(x, m, w, b, y).mean() / math.log(2),),
    ),
    Mistake(
        "first-text-only",
        "Only the first text counts. Take the mean over all.",
        (lambda x, m, w, b, y: _each(x, m, w, b, y)[0],),
    ),
)  # fmt: skip


def _case(lengths: tuple[int, ...], d: int, c: int, about: str) -> Case:
    draw, t = dice(9500 + 100 * len(lengths) + 10 * d + c + sum(lengths)), max(lengths) + 1
    mask = torch.arange(t) < torch.tensor(lengths)[:, None]
    labels = torch.randint(c, (len(lengths),), generator=torch.Generator().manual_seed(sum(lengths) + d))
    parts = draw(len(lengths), t, d, size=1.5), mask, draw(c, d), draw(c), labels
    return Case(tuple(part.requires_grad_() if part.is_floating_point() else part for part in parts), about)


classification_loss = Check(
    Exercise(
        name="fine_tuning.classification_loss",
        title="A classification head",
        difficulty="medium",
        minutes=8,
        arguments=("x", "token_mask", "weight", "bias", "labels"),
        reference=fine_tuning.classification_loss,
        answer=Loss(),
        cases=(
            _case((2,), 2, 2, "one text of two tokens, two classes"),
            _case((3, 1), 2, 2, "two texts, two classes"),
            _case((2, 4, 1), 3, 3, "three texts, three classes"),
            _case((5, 2, 3, 1), 4, 2, "four texts, two classes"),
            _case((1, 3, 3, 2, 4), 3, 5, "five texts, five classes"),
        ),
        mistakes=MISTAKES,
        hints=(
            "Three lines: pool, (B, D); score each class, (B, C); compare with the labels. Pooling is "
            "`bert.mean_pool(x, token_mask)`.",
            "A linear layer is `pooled @ weight.T + bias`. `torch.nn.functional.cross_entropy(logits, labels)` takes "
            "the softmax, the logarithm, the right class and the mean.",
        ),
    )
)
