"""Attention with numbers made by hand, small enough for pencil and paper: "the cat sat on the mat".

A word is three numbers: how much it is a thing, how much it acts, how much it is one of the small words that hold a
sentence together. Two heads with weights of 0, 1 and 2 look for something in them. Nothing here is learned.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import torch
from torch import Tensor

SENTENCE = "the cat sat on the mat"
FEATURES = ("thing", "acts", "small")
LONGEST = 12  # words
_TOKEN = re.compile(r"\w+|[^\w\s]")

_KINDS = {
    (0, 0, 1): "the a an this that my your his her its our their some every no and but or",
    (0, 1, 1): "on in under at with to from of by over near behind into up down",
    (0, 2, 0): "sat sits sit ran runs run saw sees see ate eats eat loves loved love is was were are has had "
               "barks bark sleeps slept sleep chased chases likes liked reads read writes wrote sings sang jumps "
               "jumped gave gives",
    (2, 1, 0): "cat dog mouse bird girl boy man woman child cow horse teacher king queen cats dogs i you he she it we "
               "they who animal friend anna boris",
}  # fmt: skip
WORDS = {word: numbers for numbers, words in _KINDS.items() for word in words.split()}


class HeadWeights(NamedTuple):
    """One head: a name, and three matrices (D, K) that turn a word's vector into its query, key and value."""

    name: str
    to_query: Tensor
    to_key: Tensor
    to_value: Tensor


def words(text: str) -> list[str]:
    """The words and marks of a text in small letters, at most `LONGEST` of them."""
    return _TOKEN.findall(str(text).lower())[:LONGEST]


def is_cut(text: str) -> bool:
    """Whether `words` leaves something of the text out."""
    return len(_TOKEN.findall(str(text))) > LONGEST


def vectors(tokens: list[str]) -> Tensor:
    """Three numbers a word, (T, 3); a word that is not in the list counts as a thing, a mark as nothing."""
    rows = [WORDS.get(token, (2, 0, 0) if token[:1].isalnum() else (0, 0, 0)) for token in tokens]
    return torch.tensor(rows, dtype=torch.float32).reshape(len(tokens), len(FEATURES))


def heads() -> list[HeadWeights]:
    """The two heads: in the first what acts looks for things that act, in the second small words look for things."""

    def matrix(*rows: tuple[int, int]) -> Tensor:
        return torch.tensor(rows, dtype=torch.float32)  # (D, K)

    value = matrix((1, 0), (0, 1), (0, 0))
    return [
        HeadWeights("who did it?", matrix((0, 0), (1, 0), (0, 1)), matrix((1, 0), (1, 0), (0, 1)), value),
        HeadWeights("which thing?", matrix((0, 0), (0, 0), (2, 0)), matrix((1, 0), (0, 0), (0, 1)), value),
    ]
