"""The exercise on the causal loss and its known wrong answers."""

from __future__ import annotations

import math

import torch
from torch.nn.functional import cross_entropy

from helpers import gpt
from helpers.checks.answers import Loss
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake
from helpers.checks.recurrent._shared import dice


def _ce(logits, targets, **options):
    """Cross-entropy of logits (B, T, V) at targets (B, T)."""
    return cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1), **options)


def _each(logits, ids):
    """The surprise at each place that has a next token, (B, T - 1)."""
    return cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")


MISTAKES = (
    Mistake(
        "not-shifted",
        "Place t is asked for token t, which it has read itself: a model learns to repeat, and its loss falls to "
        "nothing. Compare `logits[:, :-1]` with `token_ids[:, 1:]`.",
        (
            lambda z, x: _ce(z, x),
            lambda z, x: _ce(z[:, :-1], x[:, :-1]),
            lambda z, x: _ce(z[:, 1:], x[:, 1:]),
        ),
    ),
    Mistake(
        "shifted-backwards",
        "Place t is asked for token t − 1, which came before. It is the other way round: the logits leave out the last "
        "place, the targets the first.",
        (lambda z, x: _ce(z[:, 1:], x[:, :-1]),),
    ),
    Mistake(
        "rolled",
        "`roll` brings the first token round to the end: the last place is asked for a token that does not follow it. "
        "Drop that place.",
        (lambda z, x: _ce(z, x.roll(-1, dims=1)),),
    ),
    Mistake(
        "rolled-back",
        "`roll(1)` moves tokens to the right, so place t is asked for what came before it.",
        (lambda z, x: _ce(z, x.roll(1, dims=1)), lambda z, x: _ce(z[:, :-1], x.roll(1, dims=1)[:, :-1])),
    ),
    Mistake(
        "shifted-by-two",
        "Place t is asked for token t + 2. The next one is t + 1.",
        (lambda z, x: _ce(z[:, :-2], x[:, 2:]),),
    ),
    Mistake(
        "axes-mixed",
        "Logits and targets were flattened in different orders, so that scores of one text meet tokens of another. "
        "Flatten both the same way: `flatten(0, 1)` and `flatten()`.",
        (
            lambda z, x: _ce(z[:, :-1].transpose(0, 1), x[:, 1:]),
            lambda z, x: _ce(z[:, :-1], x[:, 1:].T),
            lambda z, x: _ce(z[:, :-1].transpose(1, 2).reshape(z.shape[0], -1, z.shape[2]), x[:, 1:]),
        ),
    ),
    Mistake(
        "classes-on-axis-one",
        "PyTorch's cross_entropy takes the vocabulary from axis 1, and yours lies on the last. Flatten texts and "
        "places into one axis first: `logits[:, :-1].flatten(0, 1)` and `token_ids[:, 1:].flatten()`.",
        (lambda z, x: cross_entropy(z[:, :-1], x[:, 1:]), lambda z, x: cross_entropy(z, x)),
    ),
    Mistake(
        "softmax-first",
        "cross_entropy takes the softmax itself. You gave it probabilities, which then get a second softmax: hand over "
        "the logits as they are.",
        (lambda z, x: _ce(z[:, :-1].softmax(-1), x[:, 1:]),),
    ),
    Mistake(
        "softmax-over-time",
        "The softmax runs along the places of the text. The scores that compete are those of the vocabulary, the last "
        "axis.",
        (lambda z, x: -z[:, :-1].log_softmax(1).gather(-1, x[:, 1:, None]).mean(),),
    ),
    Mistake(
        "no-logarithm",
        "You took the probability of what came; the surprise is minus its logarithm.",
        (
            lambda z, x: -z[:, :-1].softmax(-1).gather(-1, x[:, 1:, None]).mean(),
            lambda z, x: 1 - z[:, :-1].softmax(-1).gather(-1, x[:, 1:, None]).mean(),
        ),
    ),
    Mistake(
        "no-softmax",
        "You took the scores themselves. They become probabilities by a softmax first; cross_entropy does that.",
        (lambda z, x: -z[:, :-1].gather(-1, x[:, 1:, None]).mean(),),
    ),
    Mistake(
        "last-place-only",
        "Only the last place that has a next token counts. All of them do: T − 1 questions in each text.",
        (lambda z, x: _ce(z[:, -2], x[:, -1]),),
    ),
    Mistake(
        "first-place-only",
        "Only the first place counts. All that have a next token do.",
        (lambda z, x: _ce(z[:, 0], x[:, 1]),),
    ),
    Mistake(
        "first-text-only",
        "Only the first text counts. Take the mean over all of them.",
        (lambda z, x: _ce(z[:1, :-1], x[:1, 1:]),),
    ),
    Mistake(
        "sum",
        "That is the sum of the surprises. Take their mean, so that longer texts and larger batches give the same "
        "size.",
        (lambda z, x: _each(z, x).sum(),),
    ),
    Mistake(
        "sum-over-places",
        "You added up the places and took the mean over texts alone. Divide by all places that count.",
        (lambda z, x: _each(z, x).sum(1).mean(), lambda z, x: _each(z, x).mean(0).sum()),
    ),
    Mistake(
        "divides-by-all-places",
        "You divide by all places. The last one of each text has no next token: B · (T − 1) places count.",
        (
            lambda z, x: _each(z, x).sum() / x.numel(),
            lambda z, x: _each(z, x).sum(1).div(x.shape[1]).mean(),
        ),
    ),
    Mistake(
        "bits",
        "That is in bits. The loss is in nats: the natural logarithm.",
        (lambda z, x: _each(z, x).mean() / math.log(2),),
    ),
    Mistake(
        "perplexity",
        "That is the perplexity, e to the power of the loss. Return the loss itself.",
        (lambda z, x: _each(z, x).mean().exp(),),
    ),
)


def _case(b: int, t: int, v: int, about: str) -> Case:
    logits = dice(7000 + 100 * b + 10 * t + v)(b, t, v, size=1.5).requires_grad_()
    ids = torch.randint(v, (b, t), generator=torch.Generator().manual_seed(100 * b + 10 * t + v))
    return Case((logits, ids), about)


next_token_loss = Check(
    Exercise(
        name="gpt.next_token_loss",
        title="The causal loss",
        difficulty="medium",
        minutes=8,
        arguments=("logits", "token_ids"),
        reference=gpt.next_token_loss,
        answer=Loss(),
        cases=(
            _case(1, 3, 4, "one text of three tokens, four in the vocabulary"),
            _case(2, 3, 5, "two texts of three tokens"),
            _case(3, 5, 4, "three texts of five tokens"),
            _case(2, 7, 3, "two texts of seven tokens, three in the vocabulary"),
            _case(4, 6, 6, "four texts of six tokens, six in the vocabulary"),
            _case(3, 4, 5, "three texts of four tokens"),
        ),
        mistakes=MISTAKES,
        hints=(
            "The logits at place t are for token t + 1. So the last place has no target, and the first token is no "
            "target: what is left of each after you take these away?",
            "`cross_entropy` wants (N, V) and (N,): `logits[:, :-1].flatten(0, 1)` and `token_ids[:, 1:].flatten()`.",
        ),
    )
)
