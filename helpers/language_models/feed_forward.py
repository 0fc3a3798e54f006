"""The neural probabilistic language model of Bengio et al. (2003): a vector for each token, one hidden layer."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class FeedForwardLM(nn.Module):
    """Predicts a token from the vectors of the last `context_len` tokens, laid side by side.

    logits = b + U tanh(d + H x) (+ W x with direct connections), where x are the vectors of the context.

    Args:
        vocab_size: how many tokens there are, V.
        context_len: how many tokens it sees; n - 1 for an n-gram's view.
        d_model: numbers in a token's vector, D (m in the paper).
        d_hidden: units of the hidden layer (h in the paper).
        direct: connect the vectors to the logits directly as well (W in the paper).
        dropout: the chance that a hidden unit is left out in training.

    Raises:
        ValueError: a size below 1.

    Source: Bengio, Ducharme, Vincent and Jauvin, A Neural Probabilistic Language Model, JMLR 3 (2003), section 2,
    equation 1.
    """

    def __init__(self, vocab_size: int, context_len: int = 8, d_model: int = 32, d_hidden: int = 128, *,
                 direct: bool = False, dropout: float = 0.0):  # fmt: skip
        super().__init__()
        if min(vocab_size, context_len, d_model, d_hidden) < 1:
            raise ValueError(f"Expected sizes from 1, got {vocab_size}, {context_len}, {d_model}, {d_hidden}.")
        self.vocab_size, self.context_len = vocab_size, context_len
        self.embedding = nn.Embedding(vocab_size + 1, d_model)  # the last one stands before the beginning
        self.hidden = nn.Linear(context_len * d_model, d_hidden)  # H and d
        self.output = nn.Linear(d_hidden, vocab_size)  # U and b
        self.direct = nn.Linear(context_len * d_model, vocab_size, bias=False) if direct else None  # W
        self.dropout = nn.Dropout(dropout)

    def forward(self, token_ids: Tensor) -> Tensor:
        """Return the logits of the next token at every place: token_ids (B, T) in, (B, T, V) out."""
        batch, _ = token_ids.shape
        begin = token_ids.new_full((batch, self.context_len - 1), self.vocab_size)
        padded = torch.cat([begin, token_ids], dim=1)  # (B, T + context_len - 1)
        windows = padded.unfold(1, self.context_len, 1)  # (B, T, context_len)
        x = self.embedding(windows).flatten(2)  # (B, T, context_len * D)
        logits = self.output(self.dropout(torch.tanh(self.hidden(x))))  # (B, T, V)
        return logits if self.direct is None else logits + self.direct(x)
