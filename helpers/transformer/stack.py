"""Whole Transformers: a stack of blocks over token embeddings, alone or as an encoder with a decoder."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from helpers.attention import KeyValues, causal_mask, combine, padding_mask
from helpers.attention.positions import sinusoidal_positions
from helpers.transformer.block import Block, make_norm
from helpers.transformer.config import TransformerConfig


class TokenEmbedding(nn.Module):
    """Token numbers to vectors, with the position added where the config asks for it: (B, T) -> (B, T, D).

    With sinusoidal positions the vectors are multiplied by √D first, as in Vaswani et al. (2017), section 3.4. They
    start with a spread of 1/√D, so that afterwards they are about as large as the positions.
    """

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.config = config
        self.token = nn.Embedding(config.vocab_size, config.d_model)
        if config.positions == "sinusoidal":
            nn.init.normal_(self.token.weight, std=config.d_model**-0.5)
        elif config.positions == "learned":
            self.position = nn.Embedding(config.context_len, config.d_model)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, token_ids: Tensor, start: int = 0) -> Tensor:
        """token_ids (B, T), the first standing at position `start`; ValueError where a learned position is missing."""
        n_tokens, x = token_ids.shape[1], self.token(token_ids)  # (B, T, D)
        if self.config.positions == "sinusoidal":
            places = sinusoidal_positions(n_tokens, self.config.d_model, start=start)
            x = x * self.config.d_model**0.5 + places.to(x)
        elif self.config.positions == "learned":
            if start + n_tokens > self.config.context_len:
                raise ValueError(f"The text has {start + n_tokens} tokens; there are learned positions for "
                                 f"{self.config.context_len}.")  # fmt: skip
            x = x + self.position(torch.arange(start, start + n_tokens, device=token_ids.device))
        return self.dropout(x)


class Output(NamedTuple):
    """x (B, T, D); attention and cross_attention: a list with one entry a block, (B, H, T, S) or None."""

    x: Tensor
    attention: list[Tensor | None]
    cross_attention: list[Tensor | None]


class Stack(nn.Module):
    """Embeddings and n_layers blocks: an encoder, or a decoder with `causal=True`.

    Args:
        config: sizes and variants.
        causal: whether a token sees only what came before it.
        cross: whether the blocks also look at another text.
    """

    def __init__(self, config: TransformerConfig, *, causal: bool = False, cross: bool = False) -> None:
        super().__init__()
        self.config, self.causal = config, causal
        self.embedding = TokenEmbedding(config)
        self.blocks = nn.ModuleList(Block(config, cross=cross) for _ in range(config.n_layers))
        self.norm = make_norm(config) if config.norm_place == "pre" else nn.Identity()

    def new_cache(self) -> list[KeyValues]:
        """An empty cache, one entry a block, for a text that is read bit by bit."""
        return [KeyValues(longest=self.config.window) for _ in self.blocks]

    def forward(self, token_ids: Tensor, mask: Tensor | None = None, memory: Tensor | None = None,
                memory_mask: Tensor | None = None, cache: list[KeyValues] | None = None) -> Output:  # fmt: skip
        """Read token_ids (B, T).

        Args:
            mask: what may be looked at beside the causal rule, (T, S) or (B, 1 or T, S), such as a padding mask.
            memory, memory_mask: the other text (B, S, D) and which of it may be looked at.
            cache: one `KeyValues` a block; token_ids are then the tokens that come after those it has seen.
        """
        n_tokens, seen = token_ids.shape[1], cache[0].seen if cache else 0
        if self.causal:
            window = self.config.window
            kept = seen if window is None else min(seen, window)
            mask = combine(mask, causal_mask(n_tokens, kept + n_tokens, window=window, device=token_ids.device))
        x, attentions, crossed = self.embedding(token_ids, start=seen), [], []
        for number, block in enumerate(self.blocks):
            x, attention, cross = block(x, mask, memory, memory_mask, cache[number] if cache else None)
            attentions.append(attention)
            crossed.append(cross)
        return Output(self.norm(x), attentions, crossed)


class EncoderDecoder(nn.Module):
    """The whole Transformer of the paper: it reads a source text and writes a target text.

    Args:
        source, target: configs of encoder and decoder, of the same d_model.
        pad_id: the number of the filler token, in both texts.

    Raises:
        ValueError: the widths differ.

    Source: Vaswani et al. (2017), figure 1.
    """

    def __init__(self, source: TransformerConfig, target: TransformerConfig, *, pad_id: int = 0) -> None:
        super().__init__()
        if source.d_model != target.d_model:
            raise ValueError(f"The encoder is {source.d_model} wide and the decoder {target.d_model}; they must agree.")
        self.pad_id = pad_id
        self.encoder = Stack(source)
        self.decoder = Stack(target, causal=True, cross=True)
        self.to_logits = nn.Linear(target.d_model, target.vocab_size)

    def encode(self, source_ids: Tensor) -> tuple[Tensor, Tensor]:
        """Source (B, S) -> memory (B, S, D) and its mask (B, 1, S)."""
        mask = padding_mask(source_ids, self.pad_id)
        return self.encoder(source_ids, mask).x, mask

    def decode(self, target_ids: Tensor, memory: Tensor, memory_mask: Tensor,
               cache: list[KeyValues] | None = None) -> tuple[Tensor, Output]:  # fmt: skip
        """Target so far (B, T) -> logits for each next token, (B, T, V), and what the decoder looked at."""
        mask = None if cache else padding_mask(target_ids, self.pad_id)
        output = self.decoder(target_ids, mask, memory, memory_mask, cache)
        return self.to_logits(output.x), output

    def forward(self, source_ids: Tensor, target_ids: Tensor) -> Tensor:
        """Source (B, S) and target so far (B, T) -> logits (B, T, V) of each next target token."""
        memory, mask = self.encode(source_ids)
        return self.decode(target_ids, memory, mask)[0]
