"""Words instead of word pieces: an encoder whose first vectors are GloVe's, and word numbers for it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from helpers import bert, data

PADDING, UNKNOWN = 0, 1
# "don't" is "do" and "n't", "it's" is "it" and "'s", as GloVe's text was cut; every other sign is a word.
_WORD = re.compile(r"n't|'\w+|\w+?(?=n't)|\w+|[^\w\s]")


def glove_words(text: str) -> list[str]:
    """The words of a text, lower case, cut about as GloVe's were.

    Example:
        >>> glove_words("It's good, don't you think?")
        ['it', "'s", 'good', ',', 'do', "n't", 'you', 'think', '?']
    """
    return _WORD.findall(text.lower().replace("’", "'"))


def word_numbers(texts: Sequence[str], index: dict[str, int], longest: int = 64) -> Tensor:
    """Texts as rows of word numbers, (N, T): 0 where a text has ended, 1 for words that have no number.

    Args:
        index: word -> number, from 2 up. longest: later words are cut off.
    """
    rows = [[index.get(word, UNKNOWN) for word in glove_words(text)[:longest]] or [UNKNOWN] for text in texts]
    table = torch.full((len(rows), max(map(len, rows))), PADDING)
    for place, row in enumerate(rows):
        table[place, : len(row)] = torch.tensor(row)
    return table


def glove_index(n_words: int) -> tuple[dict[str, int], Tensor]:
    """GloVe's most frequent words with numbers from 2 up, and their vectors (n_words + 2, 50), rows 0 and 1 zero.

    Raises:
        AssetError: GloVe is missing and can't be fetched.
    """
    found = data.glove()
    vectors = torch.zeros(n_words + 2, found.matrix.shape[1])
    vectors[2:] = torch.from_numpy(found.matrix[:n_words])
    return {word: number for number, word in enumerate(found.words[:n_words], start=2)}, vectors


class Widened(nn.Module):
    """An embedding of few numbers a word, and a linear layer up to the encoder's width: (B, T) -> (B, T, D).

    Args:
        vectors: (V, d), where the words' vectors start; they go on learning. d_model: D.
        spread: of the numbers that come out at the start.
    """

    def __init__(self, vectors: Tensor, d_model: int, spread: float = 1.0) -> None:
        super().__init__()
        self.few = nn.Embedding.from_pretrained(vectors.clone(), freeze=False, padding_idx=PADDING)
        self.widen = nn.Linear(vectors.shape[1], d_model, bias=False)
        used = vectors[2:]
        typical = float(used.square().sum(dim=1).mean().sqrt())
        nn.init.normal_(self.widen.weight, std=spread / max(typical, 1e-6))

    def forward(self, token_ids: Tensor) -> Tensor:
        return self.widen(self.few(token_ids))


def word_encoder(vectors: Tensor, **sizes: int | float | bool) -> bert.Encoder:
    """The course's encoder over words, whose embeddings start from `vectors` (V, d), projected up to its width."""
    encoder = bert.Encoder(bert.bert_config(len(vectors), **sizes))
    encoder.embedding.token = Widened(vectors, encoder.config.d_model, spread=0.3)
    return encoder
