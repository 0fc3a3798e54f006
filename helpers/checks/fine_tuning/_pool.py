"""The exercise on pooling with a mask and its known wrong answers."""

from __future__ import annotations

import torch

from helpers import bert
from helpers.checks.answers import Array
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake
from helpers.checks.recurrent._shared import dice


def _sums(x, m):
    return (x * m[:, :, None]).sum(1)


def _counts(m):
    return m.sum(1, keepdim=True)


def _first(x, m):
    return x[:, 0]


def _last_real(x, m):
    return x[torch.arange(len(x)), (m.sum(1) - 1).clamp(min=0)]


def _masked_max(x, m, fill=-torch.inf):
    return x.masked_fill(~m[:, :, None], fill).amax(1)


def _mixed(x, m):
    return x[m].mean(0).expand(len(x), -1)


MISTAKES = (
    Mistake(
        "empty-text",
        "Right, but for a text without a single token: 0 / 0 is no number. Give zeros there: divide by at least 1, "
        "`.clamp(min=1)`.",
        (
            lambda x, m: _sums(x, m) / _counts(m),
            lambda x, m: torch.stack([row[keep].mean(0) for row, keep in zip(x, m, strict=True)]),
            lambda x, m: x.masked_fill(~m[:, :, None], torch.nan).nanmean(1),
        ),
    ),
    Mistake(
        "mask-ignored",
        "The padding is in your mean. A short text's vector then depends on how long its neighbours in the batch are.",
        (lambda x, m: x.mean(1),),
    ),
    Mistake(
        "divides-by-all-places",
        "The padding is out of the sum, but you still divide by all T places. Divide by how many tokens each text has.",
        (lambda x, m: _sums(x, m) / x.shape[1],),
    ),
    Mistake(
        "sum",
        "That is the sum of the tokens' vectors. Divide by their number, or long texts get long vectors.",
        (lambda x, m: _sums(x, m),),
    ),
    Mistake(
        "mask-inverted",
        "That is the mean of the padding. The mask is True at the tokens that count.",
        (
            lambda x, m: _sums(x, ~m) / _counts(~m).clamp(min=1),
            lambda x, m: _sums(x, ~m) / _counts(~m),
            lambda x, m: _sums(x, ~m) / _counts(m).clamp(min=1),
        ),
    ),
    Mistake(
        "one-count-for-all",
        "You divide every text by the number of tokens in the whole batch. Each text has its own count, (B, 1).",
        (lambda x, m: _sums(x, m) / m.sum(), lambda x, m: _sums(x, m) / m.sum().clamp(min=1)),
    ),
    Mistake(
        "mean-count",
        "You divide every text by the mean length. Each text has its own count, (B, 1).",
        (lambda x, m: _sums(x, m) / m.sum(1).float().mean(),),
    ),
    Mistake(
        "texts-mixed",
        "The tokens of all texts went into one mean. Keep the texts apart: the mean runs over T alone.",
        (_mixed,),
    ),
    Mistake(
        "first-token",
        "That is the first token's vector, which BERT calls [CLS]. Take the mean over the text's tokens.",
        (_first,),
    ),
    Mistake(
        "last-token",
        "That is the last token's vector, as a recurrent network would have it. Take the mean over all tokens.",
        (_last_real, lambda x, m: x[:, -1]),
    ),
    Mistake(
        "max",
        "That is the largest number in each place of the vectors. Take their mean.",
        (
            _masked_max,
            lambda x, m: _masked_max(x, m, 0.0),
            lambda x, m: _masked_max(x, m, -1e9),
            lambda x, m: x.amax(1),
        ),
    ),
    Mistake(
        "one-more",
        "You divide by one more than there are tokens. `clamp(min=1)` changes only a count of 0; `+ 1` changes all.",
        (lambda x, m: _sums(x, m) / (_counts(m) + 1),),
    ),
    Mistake(
        "length-one",
        "Your vectors have length 1. That is useful for comparing texts (lesson 10), but the mean alone is asked for.",
        (
            lambda x, m: torch.nn.functional.normalize(bert.mean_pool(x, m), dim=-1),
            lambda x, m: torch.nn.functional.normalize(_sums(x, m) / _counts(m), dim=-1),
        ),
    ),
)


def _case(lengths: tuple[int, ...], t: int, d: int, about: str, start: int = 0) -> Case:
    mask = torch.zeros(len(lengths), t, dtype=torch.bool)
    for row, length in enumerate(lengths):
        mask[row, start : start + length] = True
    return Case((dice(9000 + 100 * len(lengths) + 10 * t + d)(len(lengths), t, d), mask), about)


mean_pool = Check(
    Exercise(
        name="fine_tuning.mean_pool",
        title="Pooling with a mask",
        difficulty="easy",
        minutes=6,
        arguments=("x", "token_mask"),
        reference=bert.mean_pool,
        answer=Array("a tensor (B, D)"),
        cases=(
            _case((3,), 3, 2, "one text of three tokens, no padding"),
            _case((2,), 4, 2, "one text of two tokens and two places of padding"),
            _case((3, 1), 3, 2, "two texts, of three tokens and of one"),
            _case((1, 4, 2), 5, 3, "three texts of different lengths"),
            _case((2, 3), 5, 4, "two texts that begin at the second place, as if [CLS] did not count", start=1),
            _case((2, 0, 1), 3, 3, "three texts, the second without any token"),
        ),
        mistakes=MISTAKES,
        hints=(
            "Put zeros where there is no token, add up over T, and divide by how many tokens each text has. "
            "`token_mask[:, :, None]` is (B, T, 1) and fits beside x.",
            "The counts are `token_mask.sum(dim=1, keepdim=True)`, (B, 1). A text without tokens has count 0: "
            "`.clamp(min=1)` makes its mean 0 / 1.",
        ),
    )
)
