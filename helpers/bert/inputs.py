"""Texts as BERT reads them: [CLS] first text [SEP] second text [SEP], filled up with [PAD]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from helpers.tokenization import WordPiece

Text = str | Sequence[str]  # running text, or words that are cut already


@dataclass(frozen=True)
class Batch:
    """Texts as numbers.

    Attributes:
        token_ids, segment_ids: (B, T).
        tokens: of each text, padding left out.
        word_of: of each text, for each token which word it came from, -1 for marks; for running text the words are
            those of `WordPiece`'s cut, counted by tokens that do not begin with "##".
    """

    token_ids: Tensor
    segment_ids: Tensor
    tokens: list[list[str]]
    word_of: list[list[int]]


def batch_of(tokenizer: WordPiece, texts: Sequence[Text], *, pairs: Sequence[Text] | None = None,
             longest: int = 128) -> Batch:  # fmt: skip
    """Encode texts, or pairs of texts, and fill them up to the longest.

    Args:
        tokenizer: with [CLS], [SEP] and [PAD] in its vocabulary.
        texts: running text, or lists of words. pairs: for each text a second one.
        longest: most tokens, marks included; what is longer is cut, of a pair the longer text first.

    Raises:
        ValueError: `texts` is a string, there are none, or there are not as many pairs.
    """
    if isinstance(texts, str) or not texts or (pairs is not None and len(pairs) != len(texts)):
        raise ValueError("texts must be a list with at least one text, and pairs, if given, as long as texts.")
    if longest < (2 if pairs is None else 3):
        raise ValueError(f"longest is {longest}; the marks alone need 2, with pairs 3.")
    rows = [_row(tokenizer, text, None if pairs is None else pairs[number], longest)
            for number, text in enumerate(texts)]  # fmt: skip
    width, pad = max(len(row[0]) for row in rows), tokenizer.index["[PAD]"]
    token_ids = torch.full((len(rows), width), pad)
    segment_ids = torch.zeros_like(token_ids)
    for number, (ids, segments, _) in enumerate(rows):
        token_ids[number, : len(ids)] = torch.tensor(ids)
        segment_ids[number, : len(ids)] = torch.tensor(segments)
    tokens = [[tokenizer.vocab[one] for one in ids] for ids, _, _ in rows]
    return Batch(token_ids, segment_ids, tokens, [word_of for _, _, word_of in rows])


def _pieces(tokenizer: WordPiece, text: Text, first_word: int) -> list[tuple[int, int]]:
    """(piece, word it belongs to) of a text."""
    if not isinstance(text, str):
        return [(piece, first_word + number) for number, word in enumerate(text) for piece in tokenizer.encode(word)]
    found, word = [], first_word - 1
    for piece in tokenizer.encode(text):
        word += not tokenizer.vocab[piece].startswith("##")
        found.append((piece, word))
    return found


def _row(tokenizer: WordPiece, text: Text, other: Text | None, longest: int) -> tuple[list[int], list[int], list[int]]:
    cls, sep = tokenizer.index["[CLS]"], tokenizer.index["[SEP]"]
    first = _pieces(tokenizer, text, 0)
    second = [] if other is None else _pieces(tokenizer, other, first[-1][1] + 1 if first else 0)
    room = longest - (2 if other is None else 3)
    over = len(first) + len(second) - room
    if over > 0 and other is None:
        first = first[:room]
    elif over > 0:
        keep = max(room // 2, room - len(second)) if len(first) >= len(second) else min(len(first), room // 2)
        first, second = first[:keep], second[: room - keep]
    row = [(cls, -1), *first, (sep, -1)]
    segments = [0] * len(row)
    if other is not None:
        row += [*second, (sep, -1)]
        segments += [1] * (len(second) + 1)
    return [piece for piece, _ in row], segments, [word for _, word in row]
