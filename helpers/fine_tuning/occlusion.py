"""What each word contributes to a verdict: leave it out, and see how the verdict moves."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import Tensor

_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Contribution:
    """A word, where it stands in the text (start, end), and by how much it moves the log-odds of "good"."""

    word: str
    start: int
    end: int
    value: float


def words_of(text: str, most: int = 64) -> list[tuple[int, int]]:
    """Where the words of a text begin and end; one word with letters beyond ASCII is cut into characters.

    Chinese, for example, is written without spaces. A text with more words than `most` is cut into `most` stretches of
    neighbouring words.

    Args:
        text: any.

    Returns:
        Pairs (start, end), in order; none for an empty text.
    """
    found = [match.span() for match in _WORD.finditer(text)]
    if len(found) == 1 and found[0][1] - found[0][0] > 1 and not text.isascii():
        found = [(place, place + 1) for place in range(*found[0])]
    if len(found) <= most:
        return found
    edges = [round(number * len(found) / most) for number in range(most + 1)]
    return [(found[low][0], found[high - 1][1]) for low, high in zip(edges, edges[1:], strict=False)]


def log_odds(logits: Tensor) -> Tensor:
    """How strongly logits (N, 2) speak for class 1: their difference, (N,); 0 is undecided, 2.2 is nine to one."""
    return logits[:, 1] - logits[:, 0]


def left_out(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text without some stretches (start, end)."""
    parts, place = [], 0
    for start, end in sorted(spans):
        parts.append(text[place:start])
        place = end
    return "".join([*parts, text[place:]])


def occlude(judge: Callable[[list[str]], Sequence[float]], text: str, *, without: Sequence[int] = (),
            most: int = 64) -> list[Contribution]:  # fmt: skip
    """Judge a text without each of its words in turn.

    Args:
        judge: from N texts to their log-odds (N,).
        text: any.
        without: numbers of words that are left out from the beginning; they get no contribution.
        most: how many stretches a long text is cut into; each costs one reading.

    Returns:
        For each word: log-odds of the text minus those of the text without it. Positive speaks for "good".

    Source: Zeiler and Fergus (2014), section 4.2, for pictures; Li, Monroe and Jurafsky (2016), section 3, for words.
    """
    spans = words_of(text, most)
    gone = [spans[number] for number in without]
    asked = [span for number, span in enumerate(spans) if number not in set(without)]
    if not asked:
        return []
    whole, *less = judge([left_out(text, gone), *(left_out(text, [*gone, span]) for span in asked)])
    return [Contribution(text[start:end], start, end, float(whole - one))
            for (start, end), one in zip(asked, less, strict=True)]  # fmt: skip
