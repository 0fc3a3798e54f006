"""Attention with several heads: each looks in its own, narrower view of the tokens."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn.functional import rms_norm, scaled_dot_product_attention

from helpers.attention.positions import rotate
from helpers.attention.scores import scaled_dot_product


def split_heads(x: Tensor, n_heads: int) -> Tensor:
    """Cut the numbers of each token into heads: (B, T, H·K) -> (B, H, T, K).

    `unflatten` names the heads, (B, T, H, K), and `transpose` brings each head's tokens together.

    Raises:
        ValueError: the last axis cannot be divided among n_heads.
    """
    if x.shape[-1] % n_heads:
        raise ValueError(f"{x.shape[-1]} numbers cannot be divided among {n_heads} heads.")
    return x.unflatten(-1, (n_heads, -1)).transpose(-3, -2)


def merge_heads(x: Tensor) -> Tensor:
    """Put the heads of each token side by side again: (B, H, T, K) -> (B, T, H·K)."""
    return x.transpose(-3, -2).flatten(-2)


def attend_in_heads(query: Tensor, key: Tensor, value: Tensor, n_heads: int, mask: Tensor | None = None) -> Tensor:
    """Let every head attend by itself: split the numbers among heads, attend in each, join what the heads found.

    Args:
        query: (B, T, D). key, value: (B, S, D). n_heads: H; D = H·K.
        mask: bool (B, 1 or T, S), True where attending is allowed, the same for all heads.

    Returns:
        (B, T, D): the K numbers of the first head, then those of the second …

    Raises:
        ValueError: D cannot be divided among n_heads.

    Source: Vaswani et al. (2017), section 3.2.2, without the learned views.
    """
    query, key, value = (split_heads(x, n_heads) for x in (query, key, value))  # (B, H, T or S, K) each
    over_heads = None if mask is None else mask.unsqueeze(1)  # (B, 1, 1 or T, S): one for all heads
    output, _ = scaled_dot_product(query, key, value, over_heads)  # (B, H, T, K)
    return merge_heads(output)


@dataclass
class KeyValues:
    """The keys and values of the tokens so far, kept so that they need not be computed again.

    Attributes:
        key, value: (B, H, S, K) each; None before the first token.
        longest: how many tokens are kept at most; older ones are forgotten. None keeps all.
        seen: how many tokens have passed, forgotten ones included.
        before: part of a block -> what it read of the last token, (B, 1, D), where tokens are shifted.
    """

    key: Tensor | None = None
    value: Tensor | None = None
    longest: int | None = None
    seen: int = 0
    before: dict[str, Tensor] = field(default_factory=dict)

    def add(self, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Append T new tokens, (B, H, T, K) each; returns all keys and values that the new ones may need."""
        self.seen += key.shape[-2]
        if self.key is not None:
            key, value = torch.cat([self.key, key], dim=-2), torch.cat([self.value, value], dim=-2)
        keep = slice(None) if self.longest is None else slice(max(key.shape[-2] - self.longest, 0), None)
        self.key, self.value = key[..., keep, :], value[..., keep, :]
        return key, value


class MultiHeadAttention(nn.Module):
    """Attention with H heads of K = D / H numbers each, with learned views for queries, keys, values and output.

    Args:
        d_model: D, numbers in a token's vector, divisible by n_heads.
        n_heads: H.
        bias: whether the four linear layers add one.
        dropout: chance that a weight is left out in training.
        rotary: turn queries and keys by their positions (Su et al., 2021) before they meet.
        normed: bring queries and keys to length √K before they meet (Henry et al., 2020).
        fused: use PyTorch's fused kernel, which is faster and keeps no weights. Same output.

    Raises:
        ValueError: D cannot be divided among H heads.

    Source: Vaswani et al. (2017), section 3.2.2.
    """

    def __init__(self, d_model: int, n_heads: int, *, bias: bool = True, dropout: float = 0.0, rotary: bool = False,
                 normed: bool = False, fused: bool = False) -> None:  # fmt: skip
        super().__init__()
        if d_model % n_heads:
            raise ValueError(f"d_model = {d_model} cannot be divided among {n_heads} heads.")
        self.n_heads, self.rotary, self.normed, self.fused = n_heads, rotary, normed, fused
        self.to_query = nn.Linear(d_model, d_model, bias=bias)
        self.to_key = nn.Linear(d_model, d_model, bias=bias)
        self.to_value = nn.Linear(d_model, d_model, bias=bias)
        self.to_output = nn.Linear(d_model, d_model, bias=bias)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, memory: Tensor | None = None, mask: Tensor | None = None,
                cache: KeyValues | None = None) -> tuple[Tensor, Tensor | None]:  # fmt: skip
        """Let T tokens attend.

        Args:
            x: the tokens that ask, (B, T, D).
            memory: the tokens they look at, (B, S, D); x itself if not given (self-attention).
            mask: bool, True where attending is allowed: (T, S), (B, 1 or T, S) or (B, 1 or H, 1 or T, S).
            cache: keys and values of earlier tokens of the same text; the new ones are added to it.

        Returns:
            output (B, T, D) and attention (B, H, T, S), None on the fused path.
        """
        memory = x if memory is None else memory
        query = split_heads(self.to_query(x), self.n_heads)  # (B, H, T, K)
        key = split_heads(self.to_key(memory), self.n_heads)  # (B, H, S, K)
        value = split_heads(self.to_value(memory), self.n_heads)  # (B, H, S, K)
        if self.normed:
            query, key = rms_norm(query, query.shape[-1:]), rms_norm(key, key.shape[-1:])
        if self.rotary:
            start = cache.seen if cache is not None else 0
            query, key = rotate(query, start), rotate(key, start)
        if cache is not None:
            key, value = cache.add(key, value)
        if mask is not None and mask.ndim == 3:
            mask = mask.unsqueeze(1)  # (B, T, S) -> (B, 1, T, S), the same for all heads
        if self.fused:
            output, attention = self._fused(query, key, value, mask), None
        else:
            _, attention = scaled_dot_product(query, key, value, mask)  # (B, H, T, S)
            output = self.dropout(attention) @ value  # (B, H, T, K)
        return self.to_output(merge_heads(output)), attention

    def _fused(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
        chance = self.dropout.p if self.training else 0.0
        output = scaled_dot_product_attention(query, key, value, attn_mask=mask, dropout_p=chance)
        if mask is None:
            return output
        blind = ~mask.any(dim=-1, keepdim=True)  # kernels differ for a query without keys
        return output.masked_fill(blind, 0.0) if blind.any() else output
