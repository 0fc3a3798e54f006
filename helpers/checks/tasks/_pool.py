"""The exercise on mean pooling and its known wrong answers."""

from __future__ import annotations

import torch

from helpers import bert
from helpers.checks.answers import Array
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake
from helpers.checks.recurrent._shared import dice


def _sum(x, mask):
    return (x * mask.unsqueeze(-1)).sum(1)


def _each(rule):
    """A vector made of each text's own tokens; zeros for a text without any."""

    def answer(x, mask):
        return torch.stack([rule(row[here]) if here.any() else torch.zeros(x.shape[-1])
                            for row, here in zip(x, mask, strict=True)])  # fmt: skip

    return answer


MISTAKES = (
    Mistake("padding-in-the-mean", "Padding counts: the vectors of filler tokens are added in as well. Put them to "
            "zero first, by the mask.", (lambda x, mask: x.mean(1),)),  # fmt: skip
    Mistake("divides-by-all", "Padding is left out of the sum, but you divide by all T places. Divide by how many "
            "tokens each text has.", (lambda x, mask: _sum(x, mask) / x.shape[1],)),  # fmt: skip
    Mistake("divides-by-the-sum-of-all", "You divided by the tokens of the whole batch. Each text has a number of its "
            "own: sum the mask along axis 1.", (lambda x, mask: _sum(x, mask) / mask.sum().clamp(min=1),)),  # fmt: skip
    Mistake("divides-by-longest", "You divided by the tokens of the longest text. Each text has a number of its own.",
            (lambda x, mask: _sum(x, mask) / mask.sum(1).max().clamp(min=1),)),  # fmt: skip
    Mistake("sum-not-mean", "That is the sum of the tokens' vectors: a long text gets a long vector. Divide by how "
            "many there are.", (_sum,)),  # fmt: skip
    Mistake("all-padding-nan", "Right where there are tokens; a text without any gives NaN, 0 / 0. Let the count be at "
            "least 1: `.clamp(min=1)`.",
            (lambda x, mask: _sum(x, mask) / mask.sum(1, keepdim=True),
             lambda x, mask: torch.stack([row[here].mean(0) for row, here in zip(x, mask, strict=True)]))),  # fmt: skip
    Mistake("adds-one", "The count of tokens is one too large. `.clamp(min=1)` guards against 0 and changes nothing "
            "else.", (lambda x, mask: _sum(x, mask) / (mask.sum(1, keepdim=True) + 1),)),  # fmt: skip
    Mistake("mask-inverted", "The mask is the wrong way round: True is where a token is.",
            (lambda x, mask: _sum(x, ~mask) / (~mask).sum(1, keepdim=True).clamp(min=1),)),  # fmt: skip
    Mistake("mean-before-mask", "The mean is taken first, padding and all, and the mask comes too late.",
            (lambda x, mask: x.mean(1) * mask.any(1, keepdim=True),)),  # fmt: skip
    Mistake("max", "That is the largest number in each column. Wanted is the mean.",
            (_each(lambda rows: rows.max(0).values), lambda x, mask: x.max(1).values)),  # fmt: skip
    Mistake("first-token", "That is the vector of the first place, as [CLS] pooling takes it. Wanted is the mean over "
            "all tokens.", (lambda x, mask: x[:, 0], _each(lambda rows: rows[0]))),  # fmt: skip
    Mistake("last-token", "That is the vector of the last token alone.",
            (_each(lambda rows: rows[-1]), lambda x, mask: x[:, -1])),  # fmt: skip
    Mistake("over-the-batch", "The mean runs over the texts. The tokens of a text lie along axis 1.",
            (lambda x, mask: x.mean(0),
             lambda x, mask: (x * mask.unsqueeze(-1)).sum(0) / mask.sum(0).clamp(min=1).unsqueeze(-1))),  # fmt: skip
    Mistake("over-the-numbers", "The mean runs over the D numbers of each token, the last axis. The tokens lie along "
            "axis 1.", (lambda x, mask: x.mean(-1), lambda x, mask: x.mean(-1) * mask)),  # fmt: skip
    Mistake("root-of-the-count", "You divided by the root of the count. A mean divides by the count itself.",
            (lambda x, mask: _sum(x, mask) / mask.sum(1, keepdim=True).clamp(min=1).sqrt(),)),  # fmt: skip
    Mistake("normalised", "Your vectors have length one. That is a good idea before a cosine, and a step of its own: "
            "here only the mean is wanted.",
            (lambda x, mask: torch.nn.functional.normalize(bert.mean_pool(x, mask), dim=-1),)),  # fmt: skip
    Mistake("keeps-an-axis", "Right numbers, one axis too many: (B, 1, D). Sum without `keepdim`.",
            (lambda x, mask: bert.mean_pool(x, mask).unsqueeze(1),)),  # fmt: skip
    Mistake("first-text-only", "Only the first text is pooled. Return a row for each: (B, D).",
            (lambda x, mask: bert.mean_pool(x, mask)[0], lambda x, mask: bert.mean_pool(x, mask)[:1])),  # fmt: skip
)


def _case(rows: list[list[int]], d: int, about: str) -> Case:
    mask = torch.tensor(rows).bool()
    return Case((dice(10_000 + 100 * len(rows) + 10 * mask.shape[1] + d)(*mask.shape, d), mask), about)


_TOY = torch.tensor([[[2.0, 0.0], [4.0, 2.0], [9.0, 9.0]]])

mean_pool = Check(
    Exercise(
        name="tasks.mean_pool",
        title="Mean pooling",
        difficulty="easy",
        minutes=6,
        arguments=("x", "token_mask"),
        reference=bert.mean_pool,
        answer=Array("an array of shape (B, D)"),
        cases=(
            Case((_TOY, torch.tensor([[True, True, False]])), "one text of two tokens and a filler"),
            _case([[1, 1, 0, 0], [1, 1, 1, 1]], 3, "a short text and a long one"),
            _case([[1, 1, 1], [1, 0, 0], [1, 1, 0]], 3, "as many texts as places"),
            _case([[0, 1, 1, 0, 1], [1, 0, 0, 0, 0]], 2, "tokens that count here and there, such as all but the marks"),
            _case([[1, 1, 0], [0, 0, 0]], 4, "a text without tokens"),
            _case([[1, 1, 1, 1, 1, 0]], 5, "one text of five tokens"),
        ),
        mistakes=MISTAKES,
        hints=(
            "The mask as (B, T, 1) fits (B, T, D): `token_mask.unsqueeze(-1)`. Times x, it puts padding to zero.",
            "`(x * token_mask.unsqueeze(-1)).sum(1) / token_mask.sum(1, keepdim=True).clamp(min=1)`; the clamp keeps "
            "an empty text from 0 / 0.",
        ),
    )
)
