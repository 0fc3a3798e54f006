"""Words with their places: between the characters of a text and the pieces that a model reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from helpers.tasks.spans import Span

_WORD = re.compile(r"\w+|[^\w\s]")


class Word(NamedTuple):
    """A word or a mark, and where it stands: text[start:end]."""

    text: str
    start: int
    end: int


def cut(text: str) -> list[Word]:
    """The words and marks of a text: "U.S. $5" is U . S . $ 5."""
    return [Word(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]


def to_words(spans: Iterable[tuple[int, int, str]], words: Sequence[Word]) -> list[Span]:
    """Spans of characters as spans of words.

    Raises:
        ValueError: a span doesn't begin and end with words.
    """
    starts = {word.start: place for place, word in enumerate(words)}
    ends = {word.end: place + 1 for place, word in enumerate(words)}
    try:
        return [Span(starts[start], ends[end], kind) for start, end, kind in spans]
    except KeyError as place:
        raise ValueError(f"No word begins or ends at character {place}; spans go from word to word.") from None


def to_characters(spans: Iterable[tuple[int, int, str]], words: Sequence[Word]) -> list[Span]:
    """Spans of words as spans of characters."""
    return [Span(words[start].start, words[end - 1].end, kind) for start, end, kind in spans]
