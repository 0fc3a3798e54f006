"""The exercise on the loss over masked places and its known wrong answers."""

from __future__ import annotations

import math

import torch
from torch.nn.functional import cross_entropy

from helpers.bert import masking
from helpers.checks.answers import Loss
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake

IGNORED = masking.IGNORED


def _each(logits, targets, *, instead=0):
    """The surprise at each place, (B, T); where nothing is asked, that of token `instead`."""
    safe = torch.where(targets == IGNORED, instead, targets)
    return cross_entropy(logits.transpose(1, 2), safe, reduction="none")


def _asked(logits, targets):
    """The surprise where something is asked, (B, T), 0 elsewhere."""
    return torch.where(targets != IGNORED, _each(logits, targets), 0.0)


def _flat(logits, targets, **options):
    return cross_entropy(logits.flatten(0, 1), targets.flatten(), **options)


def _per_text(logits, targets):
    """The mean of each text's own mean, texts without questions left out."""
    counts = (targets != IGNORED).sum(1)
    return (_asked(logits, targets).sum(1) / counts.clamp(min=1))[counts > 0].mean()


def _quiet(loss):
    """What the loss says where something is asked, and 0 elsewhere."""
    return lambda z, y: loss(z, y) if (y != IGNORED).any() else z.sum() * 0.0


MISTAKES = (
    Mistake(
        "nan-if-nothing",
        "Nearly: if nothing is asked anywhere, yours is 0 / 0, NaN, and one such batch spoils every weight. Return 0 "
        "then, with a gradient: `logits.sum() * 0`.",
        (lambda z, y: _flat(z, y), lambda z, y: _asked(z, y).sum() / (y != IGNORED).sum()),
    ),
    Mistake(
        "mean-over-all",
        "You add up the right surprises and divide by all places. Divide by the number of those that were asked.",
        (lambda z, y: _asked(z, y).mean(), lambda z, y: _asked(z, y).sum(1).div(y.shape[1]).mean()),
    ),
    Mistake(
        "ignored-counted",
        "Places where nothing is asked are counted with a made-up target: −100 became token 0 (or another) and is "
        "punished too. Leave these places out.",
        (
            lambda z, y: _each(z, y, instead=z.shape[-1] - 1).mean(),
            lambda z, y: _each(z, y).mean(),
        ),
    ),
    Mistake(
        "asks-the-rest",
        "You keep the places where nothing is asked and drop the others. The other way round: `targets != -100`.",
        (
            _quiet(lambda z, y: _each(z, y)[y == IGNORED].mean() if (y == IGNORED).any() else z.sum() * 0.0),
            lambda z, y: _each(z, y)[y == IGNORED].mean() if (y == IGNORED).any() else z.sum() * 0.0,
        ),
    ),
    Mistake(
        "sum",
        "That is the sum of the surprises. Take the mean, so that a batch with more questions does not take larger "
        "steps.",
        (lambda z, y: _asked(z, y).sum(),),
    ),
    Mistake(
        "mean-of-texts",
        "You take the mean of each text first. A text with one question then counts as much as one with ten: take one "
        "mean over all questions.",
        (_quiet(_per_text), _quiet(lambda z, y: (_asked(z, y).sum(1) / (y != IGNORED).sum(1).clamp(min=1)).mean())),
    ),
    Mistake(
        "softmax-first",
        "cross_entropy takes the softmax itself; you gave it probabilities. Hand over the logits.",
        (_quiet(lambda z, y: _flat(z.softmax(-1), y)),),
    ),
    Mistake(
        "softmax-over-time",
        "The softmax runs along the places. The scores that compete are those of the vocabulary, the last axis.",
        (_quiet(lambda z, y: -z.log_softmax(1).gather(-1, y.clamp(min=0)[..., None])[..., 0][y != IGNORED].mean()),),
    ),
    Mistake(
        "no-logarithm",
        "You took the probability of the true token; the surprise is minus its logarithm.",
        (
            _quiet(lambda z, y: -_asked(z, y).neg().exp()[y != IGNORED].mean()),
            _quiet(lambda z, y: (1 - _asked(z, y).neg().exp())[y != IGNORED].mean()),
        ),
    ),
    Mistake(
        "shifted",
        "The targets are moved by one place. A GPT predicts the next token; here the target stands at its own place.",
        (
            _quiet(lambda z, y: _flat(z[:, :-1], y[:, 1:])),
            _quiet(lambda z, y: _flat(z[:, 1:], y[:, :-1])),
        ),
    ),
    Mistake(
        "classes-on-axis-one",
        "PyTorch's cross_entropy takes the vocabulary from axis 1, and yours lies on the last. Pick the asked places "
        "first: `logits[asked]` is (M, V).",
        (lambda z, y: cross_entropy(z, y),),
    ),
    Mistake(
        "first-text-only",
        "Only the first text counts.",
        (_quiet(lambda z, y: _asked(z, y)[0].sum() / (y[0] != IGNORED).sum().clamp(min=1)),),
    ),
    Mistake(
        "drops-token-zero",
        "Targets of 0 are left out too: `targets > 0` is not `targets != -100`. Token 0 is a token.",
        (_quiet(lambda z, y: _each(z, y)[y > 0].mean() if (y > 0).any() else z.sum() * 0.0),),
    ),
    Mistake(
        "bits",
        "That is in bits. The loss is in nats: the natural logarithm.",
        (_quiet(lambda z, y: _flat(z, y) / math.log(2)),),
    ),
    Mistake(
        "perplexity",
        "That is the perplexity, e to the power of the loss. Return the loss itself.",
        (lambda z, y: masking.masked_loss(z, y).exp(),),
    ),
)


def _case(seed: int, b: int, t: int, v: int, rate: float, about: str) -> Case:
    generator = torch.Generator().manual_seed(seed)
    logits = (2 * torch.randn(b, t, v, generator=generator)).round(decimals=1).requires_grad_()
    targets = torch.randint(v, (b, t), generator=generator)
    targets[torch.rand(b, t, generator=generator) >= rate] = IGNORED
    return Case((logits, targets), about)


CASES = (
    Case(
        (torch.tensor([[[2.0, 0.0, 1.0], [0.0, 3.0, 0.0], [1.0, 1.0, 0.0]]]).requires_grad_(),
         torch.tensor([[IGNORED, 1, IGNORED]])),
        "one text of three tokens, one of them masked",
    ),
    _case(1, 2, 6, 5, 0.4, "two texts, five tokens in the vocabulary"),
    _case(2, 3, 8, 4, 0.5, "three texts with different numbers of questions, token 0 among the answers"),
    _case(3, 1, 4, 6, 1.0, "every place is asked"),
    _case(4, 2, 3, 4, 0.0, "no place is asked: the loss is 0"),
    _case(5, 4, 5, 6, 0.3, "four texts, six tokens in the vocabulary"),
)  # fmt: skip

masked_loss = Check(
    Exercise(
        name="masking.masked_loss",
        title="The loss that ignores the rest",
        difficulty="easy",
        minutes=6,
        arguments=("logits", "targets"),
        reference=masking.masked_loss,
        answer=Loss(),
        cases=CASES,
        mistakes=MISTAKES,
        hints=(
            "`asked = targets != -100` is True where something is asked. `logits[asked]` and `targets[asked]` are what "
            "is left: (M, V) and (M,).",
            "`cross_entropy(logits[asked], targets[asked])` is the mean over these M. With M = 0 it is NaN: return "
            "`logits.sum() * 0` then.",
        ),
    )
)
