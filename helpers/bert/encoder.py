"""BERT's encoder: embeddings of token, place and segment, and a stack of lesson 06's blocks."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from helpers.attention import padding_mask
from helpers.transformer import Block, TransformerConfig, make_norm
from helpers.transformer.block import init_weights


def bert_config(vocab_size: int, **sizes: int | float | bool) -> TransformerConfig:
    """The variants of BERT: learned positions, norms after each sum, GELU; sizes as you like.

    Source: Devlin et al. (2019), section 3 and appendix A.2.
    """
    variants = {"d_model": 256, "n_heads": 4, "n_layers": 4, "context_len": 128, "dropout": 0.1, "norm_eps": 1e-12,
                "norm_place": "post", "positions": "learned", "activation": "gelu"}  # fmt: skip
    return TransformerConfig(vocab_size, **(variants | sizes))


class Embedding(nn.Module):
    """A token's vector, plus one for its place and one for its segment, normed: (B, T) -> (B, T, D)."""

    def __init__(self, config: TransformerConfig, n_segments: int = 2) -> None:
        super().__init__()
        self.token = nn.Embedding(config.vocab_size, config.d_model)
        self.segment = nn.Embedding(n_segments, config.d_model)
        self.position = nn.Embedding(config.context_len, config.d_model)
        self.norm = make_norm(config)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, token_ids: Tensor, segment_ids: Tensor | None = None) -> Tensor:
        """token_ids, segment_ids (B, T); all of segment 0 if not given.

        Raises:
            ValueError: the text is longer than there are positions.
        """
        n_tokens, longest = token_ids.shape[1], self.position.num_embeddings
        if n_tokens > longest:
            raise ValueError(f"The text has {n_tokens} tokens; there are positions for {longest}.")
        segment_ids = torch.zeros_like(token_ids) if segment_ids is None else segment_ids
        places = torch.arange(n_tokens, device=token_ids.device)
        return self.dropout(self.norm(self.token(token_ids) + self.segment(segment_ids) + self.position(places)))


class Encoded(NamedTuple):
    """What an encoder gives.

    Attributes:
        x: (B, T, D), a vector for each token that knows the tokens around it.
        hidden: n_layers + 1 of the same shape: the embeddings, then what each block gave.
        attention: n_layers of (B, H, T, T), row query, column key; None each on the fused path.
    """

    x: Tensor
    hidden: list[Tensor]
    attention: list[Tensor | None]


class Encoder(nn.Module):
    """BERT without a head: every token sees all others, to its left and to its right.

    Args:
        config: of the variants of `bert_config`.
        n_segments: how many different texts a row can hold.
        pad_id: the number of the filler token.

    Raises:
        ValueError: the config has other variants than BERT.

    Source: Devlin et al. (2019), section 3; figure 2 for the embeddings.

    Example:
        >>> model = Encoder(bert_config(8000))
        >>> model(torch.tensor([[2, 7, 9, 3]])).x.shape
        torch.Size([1, 4, 256])
    """

    def __init__(self, config: TransformerConfig, *, n_segments: int = 2, pad_id: int = 0) -> None:
        super().__init__()
        if (config.norm_place, config.positions) != ("post", "learned"):
            raise ValueError(f"BERT norms after each sum and learns its positions; this config has norm_place = "
                             f"{config.norm_place!r} and positions = {config.positions!r}.")  # fmt: skip
        self.config, self.pad_id = config, pad_id
        self.embedding = Embedding(config, n_segments)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.n_layers))
        init_weights(self, config)

    @property
    def fused(self) -> bool:
        """Whether attention takes PyTorch's fused kernel: faster, the same output, no weights to look at."""
        return all(block.attention.fused for block in self.blocks)

    @fused.setter
    def fused(self, value: bool) -> None:
        for block in self.blocks:
            block.attention.fused = value

    def forward(self, token_ids: Tensor, segment_ids: Tensor | None = None, mask: Tensor | None = None) -> Encoded:
        """Read token_ids (B, T).

        Args:
            segment_ids: (B, T), 0 for the first text of a row and 1 for the second; all 0 if not given.
            mask: which tokens may be looked at, bool, (B, 1 or T, T), True where allowed; all but padding if not given.

        Raises:
            ValueError: the text is longer than there are positions.
        """
        mask = padding_mask(token_ids, self.pad_id) if mask is None else mask
        return self.encode_vectors(self.embedding(token_ids, segment_ids), mask)

    def encode_vectors(self, x: Tensor, mask: Tensor | None = None) -> Encoded:
        """Let the blocks work on vectors (B, T, D) instead of tokens; arguments as for `forward`."""
        hidden, attentions = [x], []
        for block in self.blocks:
            x, attention, _ = block(x, mask)
            hidden.append(x)
            attentions.append(attention)
        return Encoded(x, hidden, attentions)
