"""What stands on an encoder: a head for each task, small beside what it stands on."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu

from helpers.bert.encoder import Encoder
from helpers.transformer import make_norm

POOLINGS = ("cls", "mean")


def mean_pool(x: Tensor, token_mask: Tensor) -> Tensor:
    """The mean of the vectors of a text's tokens, padding left out.

    Args:
        x: (B, T, D). token_mask: bool (B, T), True at tokens that count.

    Returns:
        (B, D); zeros for a text without tokens.
    """
    counts = token_mask.sum(dim=1, keepdim=True).clamp(min=1)  # (B, 1)
    return x.masked_fill(~token_mask.unsqueeze(-1), 0.0).sum(dim=1) / counts


def _linear(n_in: int, n_out: int) -> nn.Linear:
    """A linear layer that starts as BERT's do: weights with spread 0.02, no bias."""
    layer = nn.Linear(n_in, n_out)
    nn.init.normal_(layer.weight, std=0.02)
    nn.init.zeros_(layer.bias)
    return layer


class TokenHead(nn.Module):
    """A score for every token of the vocabulary, (…, D) -> (…, V): a layer, a norm, and the embedding matrix again.

    Source: Devlin et al. (2019), section 3.1, and the authors' code; tied as in Press and Wolf (2017).
    """

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        config = encoder.config
        self.dense = _linear(config.d_model, config.d_model)
        self.norm = make_norm(config)
        self.to_logits = nn.Linear(config.d_model, config.vocab_size)
        self.to_logits.weight = encoder.embedding.token.weight
        nn.init.zeros_(self.to_logits.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.to_logits(self.norm(gelu(self.dense(x))))


class Pooler(nn.Module):
    """A text's vector from its first token, [CLS]: (B, T, D) -> (B, D)."""

    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.dense = _linear(d_model, d_model)

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(self.dense(x[:, 0]))


class MaskedLanguageModel(nn.Module):
    """An encoder that guesses tokens: logits (B, T, V) for every place, of use at the masked ones."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = TokenHead(encoder)

    def forward(self, token_ids: Tensor, segment_ids: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """token_ids (B, T) -> logits (B, T, V)."""
        return self.head(self.encoder(token_ids, segment_ids, mask).x)

    def at(self, token_ids: Tensor, places: Tensor, segment_ids: Tensor | None = None) -> Tensor:
        """Logits at some places alone, which saves most of the work: places bool (B, T) with M True -> (M, V)."""
        return self.head(self.encoder(token_ids, segment_ids).x[places])


class NextSentence(nn.Module):
    """Does the second text follow the first? Logits (B, 2); class 0 is "it follows", as in BERT."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.pooler = Pooler(encoder.config.d_model)
        self.to_logits = _linear(encoder.config.d_model, 2)

    def forward(self, token_ids: Tensor, segment_ids: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """token_ids, segment_ids (B, T) -> logits (B, 2)."""
        return self.to_logits(self.pooler(self.encoder(token_ids, segment_ids, mask).x))


class Pretraining(nn.Module):
    """Both of BERT's tasks on one encoder: logits (B, T, V) for tokens and (B, 2) for the next sentence.

    Source: Devlin et al. (2019), section 3.1.
    """

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = TokenHead(encoder)
        self.pooler = Pooler(encoder.config.d_model)
        self.to_logits = _linear(encoder.config.d_model, 2)

    def forward(self, token_ids: Tensor, segment_ids: Tensor | None = None,
                mask: Tensor | None = None) -> tuple[Tensor, Tensor]:  # fmt: skip
        x = self.encoder(token_ids, segment_ids, mask).x
        return self.head(x), self.to_logits(self.pooler(x))


class Classifier(nn.Module):
    """One class for a whole text: logits (B, C).

    Args:
        encoder: what reads. n_classes: C.
        pooling: the text's vector is that of "cls", the first token, through a layer with tanh as in BERT, or the
            "mean" over its tokens.
        dropout: chance that a number of the text's vector is left out in training.

    Raises:
        ValueError: another pooling.
    """

    def __init__(self, encoder: Encoder, n_classes: int = 2, *, pooling: str = "cls", dropout: float = 0.1) -> None:
        super().__init__()
        if pooling not in POOLINGS:
            raise ValueError(f"pooling is {pooling!r}; expected one of {', '.join(POOLINGS)}.")
        self.encoder = encoder
        self.pooler = Pooler(encoder.config.d_model) if pooling == "cls" else None
        self.dropout = nn.Dropout(dropout)
        self.to_logits = _linear(encoder.config.d_model, n_classes)

    def forward(self, token_ids: Tensor, segment_ids: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """token_ids (B, T) -> logits (B, C)."""
        x = self.encoder(token_ids, segment_ids, mask).x
        pooled = self.pooler(x) if self.pooler else mean_pool(x, token_ids != self.encoder.pad_id)  # (B, D)
        return self.to_logits(self.dropout(pooled))


class Tagger(nn.Module):
    """One tag for each token: logits (B, T, n_tags)."""

    def __init__(self, encoder: Encoder, n_tags: int, *, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.to_logits = _linear(encoder.config.d_model, n_tags)

    def forward(self, token_ids: Tensor, segment_ids: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """token_ids (B, T) -> logits (B, T, n_tags)."""
        return self.to_logits(self.dropout(self.encoder(token_ids, segment_ids, mask).x))


class SpanFinder(nn.Module):
    """Where an answer begins and where it ends: two logits (B, T), -inf at padding.

    Source: Devlin et al. (2019), section 4.2.
    """

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.to_logits = _linear(encoder.config.d_model, 2)

    def forward(self, token_ids: Tensor, segment_ids: Tensor | None = None,
                mask: Tensor | None = None) -> tuple[Tensor, Tensor]:  # fmt: skip
        logits = self.to_logits(self.encoder(token_ids, segment_ids, mask).x)  # (B, T, 2)
        logits = logits.masked_fill((token_ids == self.encoder.pad_id).unsqueeze(-1), -math.inf)
        return logits[..., 0], logits[..., 1]
