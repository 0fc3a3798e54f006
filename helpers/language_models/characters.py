"""Text as characters: one small fixed alphabet, a split by article, batches of pieces."""

from __future__ import annotations

import hashlib
import string
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from helpers import data

ALPHABET = "\n " + string.ascii_letters + string.digits + ".,;:!?'\"()-/%$&"
UNKNOWN = "\ufffd"  # what any other character becomes
SOURCES = ("wiki", "news")
_SAME = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "‑": "-",
                       "…": "...", "\t": " ", "\xa0": " "})  # fmt: skip


@dataclass(frozen=True)
class Characters:
    """A vocabulary of single characters: number 0 is `UNKNOWN`, which stands for all that are not in it.

    Attributes:
        symbols: the characters; a character's number is its place.
    """

    symbols: str = UNKNOWN + ALPHABET
    _index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {symbol: number for number, symbol in enumerate(self.symbols)})

    @property
    def vocab_size(self) -> int:
        """How many numbers there are, `UNKNOWN` among them."""
        return len(self.symbols)

    def encode(self, text: str) -> Tensor:
        """The numbers of a text's characters, (T,), int64; an empty text gives shape (0,)."""
        return torch.tensor([self._index.get(char, 0) for char in text], dtype=torch.long)

    def decode(self, token_ids: Tensor | list[int]) -> str:
        """The text of some numbers, (T,); ValueError for a number that belongs to no character."""
        numbers = [int(number) for number in token_ids]
        if any(not 0 <= number < self.vocab_size for number in numbers):
            raise ValueError(f"Expected numbers from 0 to {self.vocab_size - 1}, got {numbers[:8]}.")
        return "".join(self.symbols[number] for number in numbers)


@dataclass(frozen=True)
class CharacterText:
    """A text in three parts, as numbers of characters.

    Attributes:
        vocabulary: which number stands for which character.
        train, valid, test: to learn from, to choose by, to look at once: each (N,), int64.
    """

    vocabulary: Characters
    train: Tensor
    valid: Tensor
    test: Tensor

    def batches(self, batch_size: int = 32, length: int = 64, part: str = "train") -> Callable[..., Tensor]:
        """A function that draws batches for `training.train`.

        Args:
            batch_size: pieces in a batch, B.
            length: predicted characters in a piece, T.
            part: "train", "valid" or "test".

        Returns:
            From a `torch.Generator`, pieces that start anywhere, (B, T + 1).

        Raises:
            ValueError: the part is shorter than a piece.
        """
        ids = getattr(self, part)
        if len(ids) <= length:
            raise ValueError(f"{part} has {len(ids)} characters; pieces of {length} + 1 don't fit in it.")
        places = torch.arange(length + 1)

        def next_batch(generator: torch.Generator | None = None) -> Tensor:
            starts = torch.randint(len(ids) - length, (batch_size, 1), generator=generator)  # (B, 1)
            return ids[starts + places]  # (B, T + 1)

        return next_batch


def readable(text: str) -> str:
    """The text in the alphabet: typographic signs as on a keyboard, accents taken off, other sentences left out.

    Args:
        text: paragraphs, one a line.

    Returns:
        Text whose every character is in `ALPHABET`; empty if nothing could be kept.
    """
    lines = []
    for line in _plain(text).split("\n"):
        if not _fits(line):
            line = " ".join(sentence for sentence in data.sentences(line) if _fits(sentence))
        if line.strip():
            lines.append(line.strip())
    return "\n".join(lines)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(_SAME))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _fits(text: str, allowed: frozenset[str] = frozenset(ALPHABET)) -> bool:
    return allowed.issuperset(text)


def characters(source: str = "wiki") -> CharacterText:
    """Running English text as characters, split by article: about 80, 10 and 10 percent, always the same.

    Args:
        source: "wiki" (2.5 million characters) or "news" (12 million).

    Returns:
        The text, with capitals, punctuation and line ends; articles follow each other, each ends in a line end.

    Raises:
        ValueError: there is no such source.
        AssetError: the news are not cached and can't be fetched.

    Source and licence: `data.wiki_articles`, `data.news_articles`.
    """
    if source not in SOURCES:
        raise ValueError(f"source is {source!r}; expected one of {', '.join(SOURCES)}.")
    articles = data.wiki_articles() if source == "wiki" else data.news_articles()
    parts: dict[str, list[str]] = {"train": [], "valid": [], "test": []}
    for article in articles:
        parts[_part(article.title)].append(readable(article.text))
    vocabulary = Characters()
    ids = {name: _numbers("".join(f"{text}\n" for text in texts if text), vocabulary) for name, texts in parts.items()}
    return CharacterText(vocabulary, **ids)


def _part(title: str) -> str:
    """The part that an article belongs to, by a hash of its title: no seed, no order."""
    place = int.from_bytes(hashlib.sha256(title.encode()).digest()[:8], "big") % 10
    return {0: "valid", 1: "test"}.get(place, "train")


def _numbers(text: str, vocabulary: Characters) -> Tensor:
    """As `encode`, but fast: the text is ASCII."""
    table = np.zeros(256, dtype=np.int64)
    table[[ord(symbol) for symbol in ALPHABET]] = [vocabulary.symbols.index(symbol) for symbol in ALPHABET]
    return torch.from_numpy(table[np.frombuffer(text.encode("ascii"), dtype=np.uint8)])
