"""How much of a reference a summary says: ROUGE-1, ROUGE-2 and ROUGE-L (lesson 10)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_TOKEN = re.compile(r"[a-z0-9]+")
KINDS = ("rouge1", "rouge2", "rougeL")


def rouge(summary: str, reference: str) -> dict[str, float]:
    """F1 of what a summary and its reference have in common, 0 to 1: words, pairs of words, the longest common order.

    Texts are lower-cased and cut into runs of letters a to z and digits, without stemming, as in Google's rouge-score.

    Args:
        summary, reference: any texts.

    Returns:
        "rouge1" (words, each counted as often as both have it), "rouge2" (pairs of neighbours) and "rougeL" (the
        longest row of words that stands in both in the same order, gaps allowed). All 0 if one of them has no words.

    Source: Lin (2004), sections 2 and 3.
    """
    mine, theirs = (_TOKEN.findall(text.lower()) for text in (summary, reference))
    found = {f"rouge{n}": _f1((_ngrams(mine, n) & _ngrams(theirs, n)).total(), len(mine) - n + 1, len(theirs) - n + 1)
             for n in (1, 2)}  # fmt: skip
    return found | {"rougeL": _f1(longest_common(mine, theirs), len(mine), len(theirs))}


def mean_rouge(summaries: Sequence[str], references: Sequence[str]) -> dict[str, float]:
    """The mean of each kind of ROUGE over pairs of summary and reference.

    Raises:
        ValueError: there are none, or not as many of one as of the other.
    """
    if len(summaries) != len(references) or not summaries:
        raise ValueError(f"Expected as many summaries as references, and at least one; got {len(summaries)} and "
                         f"{len(references)}.")  # fmt: skip
    found = [rouge(summary, reference) for summary, reference in zip(summaries, references, strict=True)]
    return {kind: sum(one[kind] for one in found) / len(found) for kind in KINDS}


def longest_common(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest row of items that both have in the same order, with gaps or without."""
    best = [0] * (len(other) + 1)
    for item in one:
        diagonal = 0
        for place, candidate in enumerate(other, 1):
            above = best[place]
            best[place] = diagonal + 1 if item == candidate else max(above, best[place - 1])
            diagonal = above
    return best[-1]


def _ngrams(tokens: Sequence[str], n: int) -> Counter:
    return Counter(zip(*(tokens[start:] for start in range(n)), strict=False))


def _f1(common: int, mine: int, theirs: int) -> float:
    return 2 * common / (mine + theirs) if common else 0.0
