"""How many translations are right to the letter, over all and by length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from helpers import metrics
from helpers.data.translation import Pair
from helpers.translation.task import TranslationTask

Translate = Callable[[Tensor], Tensor]  # source_ids (B, S) -> token_ids (B, T)


@dataclass(frozen=True)
class Outcome:
    """A pair, what a model made of its source, and the number of source tokens."""

    pair: Pair
    written: str
    source_length: int

    @property
    def right(self) -> bool:
        """Whether every letter is as it should be."""
        return self.written == self.pair.target


def outcomes(translate: Translate, task: TranslationTask, pairs: Sequence[Pair], *,
             batch_size: int = 64) -> list[Outcome]:  # fmt: skip
    """Translate all pairs' sources, those of like length together, and hold the results beside what is right.

    Args:
        translate: source_ids (B, S), padded with 0 at the end -> token_ids (B, T), ended by `END`.
        task: whose vocabularies to use. pairs: what to translate. batch_size: texts at a time.

    Returns:
        One outcome for each pair, in the order of the pairs.
    """
    rows = [task.encode_source(pair.source) for pair in pairs]
    order = sorted(range(len(pairs)), key=lambda row: len(rows[row]))
    written: dict[int, str] = {}
    for start in range(0, len(order), batch_size):
        group = order[start : start + batch_size]
        with torch.no_grad():
            token_ids = translate(task.source_batch([pairs[row].source for row in group]))
        written |= {row: task.decode(ids) for row, ids in zip(group, token_ids.tolist(), strict=True)}
    return [Outcome(pair, written[row], len(rows[row])) for row, pair in enumerate(pairs)]


def exact_match(found: Sequence[Outcome]) -> float:
    """The share, 0 to 1, that is right to the last letter; ValueError if there is nothing to share."""
    return metrics.exact_match([one.written for one in found], [one.pair.target for one in found])


def by_length(found: Sequence[Outcome], edges: Sequence[int] = (0, 20, 40, 60, 80)) -> dict[str, tuple[float, int]]:
    """The share that is right, by the number of source tokens.

    Args:
        found: outcomes. edges: a bin holds lengths from one edge up to below the next; longer ones are left out.

    Returns:
        For each bin that holds anything, such as "20–39": the share, 0 to 1, and how many there are.
    """
    bins = {}
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        if inside := [one for one in found if low <= one.source_length < high]:
            bins[f"{low}–{high - 1}"] = (exact_match(inside), len(inside))
    return bins
