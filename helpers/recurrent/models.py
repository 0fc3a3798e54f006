"""Two models around a recurrent layer: one predicts the next character, one judges a review."""

from typing import Literal

import torch
from torch import Tensor, nn

from helpers.recurrent.layer import Kind, Recurrent, State


class RecurrentLanguageModel(nn.Module):
    """Embedding, recurrent layers, and a score for every token of the vocabulary at every place.

    Args:
        vocab_size: tokens (V).
        kind: "rnn", "lstm" or "gru".
        d_model: numbers per token going in. d_hidden: units per layer. n_layers: layers.
        fused: see `Recurrent`. forget_bias: added to an LSTM's forget gates at the start.
        dropout: share of the states put to zero in training, before the scores.

    Raises:
        ValueError: a size below 1 or an unknown kind.
    """

    def __init__(self, vocab_size: int, kind: Kind = "lstm", *, d_model: int = 32, d_hidden: int = 128,
                 n_layers: int = 1, fused: bool = True, forget_bias: float = 0.0,
                 dropout: float = 0.0) -> None:  # fmt: skip
        super().__init__()
        self.vocab_size = vocab_size
        self.embedding = nn.Embedding(vocab_size, d_model)
        self.recurrent = Recurrent(kind, d_model, d_hidden, n_layers, fused=fused, forget_bias=forget_bias)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(d_hidden, vocab_size)

    def forward(self, token_ids: Tensor) -> Tensor:
        """Logits (B, T, V) for the token after each place of token_ids (B, T), from the places up to it."""
        return self.read(token_ids)[0]

    def read(self, token_ids: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """The same, going on from a state; returns logits (B, T, V) and the state after the last place."""
        states, state = self.recurrent(self.embedding(token_ids), state)  # (B, T, N)
        return self.head(self.dropout(states)), state  # (B, T, V)

    @torch.no_grad()
    def trace(self, token_ids: Tensor, state: State | None = None) -> dict[str, Tensor]:
        """Every gate of the last layer at every place, (B, T, N) each, and the `logits` (B, T, V)."""
        seen = self.recurrent.trace(self.embedding(token_ids), state)
        return {**seen, "logits": self.head(seen["h"])}


class ReviewClassifier(nn.Module):
    """Embedding, a recurrent layer, one vector for the whole text, one score for each class.

    Args:
        vocab_size: tokens; id 0 is padding.
        kind: "rnn", "lstm" or "gru". d_model, d_hidden: numbers per token and units.
        pooling: "last" takes the state after the last real token, "mean" the mean of the states at real tokens.
        dropout: share of the numbers put to zero in training, after the embedding and before the scores.
        n_classes: how many.

    Raises:
        ValueError: an unknown pooling.
    """

    def __init__(self, vocab_size: int, kind: Kind = "lstm", *, d_model: int = 64, d_hidden: int = 64,
                 pooling: Literal["last", "mean"] = "last", dropout: float = 0.3, n_classes: int = 2,
                 fused: bool = True) -> None:  # fmt: skip
        super().__init__()
        if pooling not in ("last", "mean"):
            raise ValueError(f"pooling is {pooling!r}; expected 'last' or 'mean'.")
        self.pooling = pooling
        self.embedding = nn.Embedding(vocab_size, d_model, padding_idx=0)
        self.recurrent = Recurrent(kind, d_model, d_hidden, fused=fused)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(d_hidden, n_classes)

    def forward(self, token_ids: Tensor, lengths: Tensor) -> Tensor:
        """Logits (B, n_classes) of padded texts token_ids (B, T), of which `lengths` (B,) places are real."""
        # The cell reads on into the padding, but no earlier state sees it, and no later one is used.
        states, _ = self.recurrent(self.dropout(self.embedding(token_ids)))  # (B, T, N)
        if self.pooling == "mean":
            real = torch.arange(states.shape[1]) < lengths[:, None]  # (B, T)
            pooled = (states * real[:, :, None]).sum(dim=1) / lengths[:, None]  # (B, N)
        else:
            pooled = states[torch.arange(len(states)), lengths - 1]  # (B, N)
        return self.head(self.dropout(pooled))


def padded(rows: list[list[int]], longest: int = 60) -> tuple[Tensor, Tensor]:
    """Texts of different lengths as one table: ids (B, T), 0 where a text has ended, and lengths (B,).

    Args:
        rows: a list of ids for each text; an empty one becomes a single 0, so that there is something to read.
        longest: later ids are cut off.
    """
    rows = [list(row[:longest]) or [0] for row in rows]
    lengths = torch.tensor([len(row) for row in rows])
    table = torch.zeros(len(rows), int(lengths.max()), dtype=torch.long)
    for place, row in enumerate(rows):
        table[place, : len(row)] = torch.tensor(row)
    return table, lengths
