"""Three kinds of layer that judge a text: dense, convolution with pooling, recurrent (lesson 03)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

PADDING, UNKNOWN = 0, 1
_WORD = re.compile(r"\w+(?:'\w+)?|[!?]")


def tokens(text: str) -> list[str]:
    """The words of a text in lower case, with ! and ? as words: those say much about a review."""
    return _WORD.findall(text.lower().replace("’", "'"))


def vocabulary(texts: Iterable[str], size: int = 5000, min_count: int = 2) -> dict[str, int]:
    """Numbers for the `size` most frequent words, from 2 up; 0 is padding, 1 stands for all other words.

    Words seen less than `min_count` times are among the others: so the model meets "unknown" in training too.
    """
    counts = Counter(token for text in texts for token in tokens(text))
    kept = [token for token, count in counts.most_common(size) if count >= min_count]
    return {token: number for number, token in enumerate(kept, start=2)}


def encode(texts: Sequence[str], numbers: dict[str, int], length: int = 40) -> Tensor:
    """Texts as rows of word numbers, (N, length), int64: longer ones are cut, shorter ones padded with 0."""
    ids = torch.zeros(len(texts), length, dtype=torch.long)
    for row, text in zip(ids, texts, strict=True):
        found = [numbers.get(token, UNKNOWN) for token in tokens(text)[:length]]
        row[: len(found)] = torch.tensor(found, dtype=torch.long)
    return ids


def word_vectors(vocab_size: int, d_model: int) -> nn.Embedding:
    """A vector for each word, small random numbers at first (PyTorch's are large), zeros for padding."""
    embedding = nn.Embedding(vocab_size, d_model, padding_idx=PADDING)
    with torch.no_grad():
        embedding.weight.mul_(0.1)
    return embedding


class TextCNN(nn.Module):
    """Feature detectors that slide over the text; of each, the strongest answer counts, wherever it stood.

    Args:
        vocab_size: word numbers, V, padding and unknown included. n_classes: how many verdicts.
        d_model: numbers in a word's vector, D. n_filters: detectors of each width, F. widths: words they look at.
        dropout: the chance that a detector is left out in training.

    Source: Kim, Convolutional Neural Networks for Sentence Classification (2014), section 2.
    """

    def __init__(self, vocab_size: int, n_classes: int = 2, d_model: int = 50, n_filters: int = 32,
                 widths: Sequence[int] = (2, 3, 4), dropout: float = 0.0):  # fmt: skip
        super().__init__()
        self.embedding = word_vectors(vocab_size, d_model)
        self.convolutions = nn.ModuleList(nn.Conv1d(d_model, n_filters, width, padding=width - 1) for width in widths)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(n_filters * len(widths), n_classes)

    def features(self, token_ids: Tensor) -> list[Tensor]:
        """What each detector says at each place: token_ids (B, T) in, for each width (B, F, T + width - 1) out."""
        x = self.embedding(token_ids).transpose(1, 2)  # (B, D, T)
        return [torch.relu(convolution(x)) for convolution in self.convolutions]

    def forward(self, token_ids: Tensor) -> Tensor:
        """Return the scores of the verdicts: token_ids (B, T) in, (B, n_classes) out."""
        pooled = torch.cat([found.amax(dim=2) for found in self.features(token_ids)], dim=1)  # (B, F * widths)
        return self.output(self.dropout(pooled))


class MeanOfWords(nn.Module):
    """A dense network on the mean of the words' vectors: the order of the words is lost before it starts.

    Args: as for `TextCNN`; d_hidden: units of the hidden layer.
    """

    def __init__(self, vocab_size: int, n_classes: int = 2, d_model: int = 50, d_hidden: int = 64,
                 dropout: float = 0.0):  # fmt: skip
        super().__init__()
        self.embedding = word_vectors(vocab_size, d_model)
        self.hidden = nn.Linear(d_model, d_hidden)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(d_hidden, n_classes)

    def forward(self, token_ids: Tensor) -> Tensor:
        """Return the scores of the verdicts: token_ids (B, T) in, (B, n_classes) out."""
        real = (token_ids != PADDING).sum(dim=1, keepdim=True).clamp(min=1)  # (B, 1), words that are there
        mean = self.embedding(token_ids).sum(dim=1) / real  # (B, D); padding's vector is zero
        return self.output(self.dropout(torch.relu(self.hidden(mean))))


class Recurrent(nn.Module):
    """Reads word by word and keeps a summary (a GRU, which lesson 04 opens up); the last summary is judged.

    Args: as for `TextCNN`; d_hidden: numbers in the summary.
    """

    def __init__(self, vocab_size: int, n_classes: int = 2, d_model: int = 50, d_hidden: int = 64,
                 dropout: float = 0.0):  # fmt: skip
        super().__init__()
        self.embedding = word_vectors(vocab_size, d_model)
        self.cell = nn.GRU(d_model, d_hidden, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(d_hidden, n_classes)

    def forward(self, token_ids: Tensor) -> Tensor:
        """Return the scores of the verdicts: token_ids (B, T) in, (B, n_classes) out."""
        summaries, _ = self.cell(self.embedding(token_ids))  # (B, T, d_hidden)
        last = (token_ids != PADDING).sum(dim=1).clamp(min=1) - 1  # (B,), the place of the last word
        return self.output(self.dropout(summaries[torch.arange(len(last)), last]))
