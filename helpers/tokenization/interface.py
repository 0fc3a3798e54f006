"""What every tokenizer of the course can do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable


@runtime_checkable
class Tokenizer(Protocol):
    """Text in, numbers out, and back.

    Each class also has a class method `train(texts, …)` that learns a vocabulary and returns a tokenizer.

    Attributes:
        vocab_size: how many different tokens there are; token ids are 0 to vocab_size - 1.
    """

    @property
    def vocab_size(self) -> int: ...

    def tokens(self, text: str) -> list[str]:
        """The text cut into tokens, as strings to read."""
        ...

    def encode(self, text: str) -> list[int]:
        """The ids of the text's tokens."""
        ...

    def decode(self, token_ids: Sequence[int]) -> str:
        """The text of these ids; the one that was encoded where the tokenizer promises to be lossless."""
        ...


def several(texts: Iterable[str]) -> list[str]:
    """The texts as a list; ValueError for a single string, whose letters would be taken for texts, or no text."""
    if isinstance(texts, str):
        raise ValueError("texts is one string; expected a list of texts, such as [text].")
    texts = list(texts)
    if odd := [text for text in texts if not isinstance(text, str)]:
        raise ValueError(f"texts holds {type(odd[0]).__name__} {odd[0]!r:.60}; expected strings.")
    return texts


def checked(token_ids: Iterable[int], vocab_size: int) -> list[int]:
    """The ids as a list of int; ValueError if one is not in 0 to vocab_size - 1."""
    token_ids = [int(number) for number in token_ids]
    if wrong := [number for number in token_ids if not 0 <= number < vocab_size]:
        raise ValueError(f"token id {wrong[0]} is not in the vocabulary; expected 0 to {vocab_size - 1}.")
    return token_ids


def checked_size(vocab_size: int, smallest: int, what: str) -> None:
    """ValueError if a vocabulary of this size cannot hold what it must."""
    if vocab_size < smallest:
        raise ValueError(f"vocab_size is {vocab_size}; expected at least {smallest}: {what}.")
