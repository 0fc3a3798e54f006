"""Entities as spans, spans as tags, and two ways to score them: by whole spans, and by tokens (lesson 10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of a text: from `start` up to `end`, which is the first place behind it, and what it is.

    Places are characters or words; whoever hands spans on says which.
    """

    start: int
    end: int
    kind: str


class Scores(NamedTuple):
    """Precision (share of what was found that is right), recall (share of what is there that was found), F1; 0 to 1."""

    precision: float
    recall: float
    f1: float


def bio_tags(spans: Sequence[tuple[int, int, str]], n_words: int) -> list[str]:
    """Write spans of words as one tag for each word: B-kind begins a span, I-kind goes on in it, O is outside.

    Args:
        spans: (start, end, kind) in words, in any order; end is the first word behind the span. They don't overlap.
        n_words: words of the sentence.

    Returns:
        `n_words` tags. Two spans side by side stay two: each begins with its own B.

    Raises:
        ValueError: a span is empty, leaves the sentence, or overlaps another.

    Source: Ramshaw and Marcus (1995), section 4.1 (there B stood between neighbours only); Tjong Kim Sang and
    Veenstra (1999), "Representing Text Chunks", on B at every start.
    """
    tags = ["O"] * n_words
    for start, end, kind in spans:
        if not 0 <= start < end <= n_words or set(tags[start:end]) != {"O"}:
            raise ValueError(f"({start}, {end}, {kind!r}) is empty, overlaps another span or leaves {n_words} words.")
        tags[start] = f"B-{kind}"
        for place in range(start + 1, end):
            tags[place] = f"I-{kind}"
    return tags


def spans_of(tags: Sequence[str]) -> list[Span]:
    """Read tags back into spans of words.

    A model may write what no span gives, such as I-country behind O: it begins a span, as a B would.

    Args:
        tags: "O", "B-kind" or "I-kind" for each word.

    Returns:
        The spans from left to right.
    """
    found: list[Span] = []
    for place, tag in enumerate(tags):
        mark, _, kind = tag.partition("-")
        if mark == "I" and found and found[-1].end == place and found[-1].kind == kind:
            found[-1] = Span(found[-1].start, place + 1, kind)
        elif mark != "O":
            found.append(Span(place, place + 1, kind))
    return found


def span_f1(gold: Sequence[Iterable[tuple]], found: Sequence[Iterable[tuple]]) -> float:
    """F1 of found spans: a span is right if start, end and kind are those of one that is there.

    Args:
        gold: for each sentence the spans (start, end, kind) that are there.
        found: for each sentence those that were found. The same span twice counts once.

    Returns:
        2 · right / (there + found), counted over all sentences together, 0 to 1; 0 if nothing is right.

    Raises:
        ValueError: not as many sentences of one as of the other.

    Source: Tjong Kim Sang and De Meulder (2003), section 2.3.
    """
    right = there = offered = 0
    for true, mine in zip(gold, found, strict=True):
        true, mine = set(map(tuple, true)), set(map(tuple, mine))
        right += len(true & mine)
        there += len(true)
        offered += len(mine)
    return 2 * right / (there + offered) if right else 0.0


def span_scores(gold: Sequence[Iterable[tuple]], found: Sequence[Iterable[tuple]]) -> Scores:
    """Precision, recall and F1 of spans; arguments and errors as for `span_f1`."""
    pairs = [(set(map(tuple, true)), set(map(tuple, mine))) for true, mine in zip(gold, found, strict=True)]
    return _scores(sum(len(true & mine) for true, mine in pairs), sum(len(mine) for _, mine in pairs),
                   sum(len(true) for true, _ in pairs))  # fmt: skip


def token_scores(gold: Sequence[Sequence[str]], found: Sequence[Sequence[str]]) -> Scores:
    """Precision, recall and F1 of single words: one is right if it lies in a span of its true kind, B or I.

    Args:
        gold, found: for each sentence the tags of its words.

    Raises:
        ValueError: the lengths don't fit together.
    """
    pairs = [(true.partition("-")[2], mine.partition("-")[2]) for row, other in zip(gold, found, strict=True)
             for true, mine in zip(row, other, strict=True)]  # fmt: skip
    return _scores(sum(true == mine != "" for true, mine in pairs), sum(mine != "" for _, mine in pairs),
                   sum(true != "" for true, _ in pairs))  # fmt: skip


def token_accuracy(gold: Sequence[Sequence[str]], found: Sequence[Sequence[str]]) -> float:
    """The share of words, 0 to 1, whose tag is the true one: high for whoever always says O; 0 without words."""
    pairs = [pair for row, other in zip(gold, found, strict=True) for pair in zip(row, other, strict=True)]
    return sum(true == mine for true, mine in pairs) / len(pairs) if pairs else 0.0


def _scores(right: int, offered: int, there: int) -> Scores:
    precision, recall = (right / of if of else 0.0 for of in (offered, there))
    return Scores(precision, recall, 2 * right / (there + offered) if right else 0.0)
