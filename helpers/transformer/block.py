"""One block of a Transformer: tokens look at each other, then each is worked over by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.attention import KeyValues, MultiHeadAttention
from helpers.transformer.config import TransformerConfig

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": F.relu,
    "gelu": F.gelu,
    "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
    "squared_relu": lambda x: F.relu(x).square(),
}


def make_norm(config: TransformerConfig) -> nn.Module:
    """LayerNorm or RMSNorm over the D numbers of a token."""
    kind = nn.LayerNorm if config.norm_kind == "layer" else nn.RMSNorm
    return kind(config.d_model, eps=config.norm_eps)


class FeedForward(nn.Module):
    """Two linear layers with an activation between, the same for each token: (B, T, D) -> (B, T, D).

    Source: Vaswani et al. (2017), section 3.3.
    """

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.widen = nn.Linear(config.d_model, config.width, bias=config.bias)
        self.narrow = nn.Linear(config.width, config.d_model, bias=config.bias)
        self.activation = ACTIVATIONS[config.activation]
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor) -> Tensor:
        return self.narrow(self.dropout(self.activation(self.widen(x))))


def pre_norm_block(x: Tensor, attention_norm: Callable[[Tensor], Tensor], attend: Callable[[Tensor], Tensor],
                   feed_forward_norm: Callable[[Tensor], Tensor],
                   feed_forward: Callable[[Tensor], Tensor]) -> Tensor:  # fmt: skip
    """What a block with norm_place "pre" does, in two lines: each part works on normed numbers and adds its result.

    Args:
        x: (B, T, D). The other four are functions or modules from (B, T, D) to (B, T, D).

    Returns:
        (B, T, D).

    Source: Xiong et al. (2020), table 1.
    """
    x = x + attend(attention_norm(x))
    return x + feed_forward(feed_forward_norm(x))


def shift(x: Tensor, before: Tensor | None = None) -> Tensor:
    """Take the first half of each token's numbers from the token before it: (B, T, D) -> (B, T, D).

    So a token knows its left neighbour before any attention, at no cost. `before`, (B, 1, D), stands before the first;
    zeros if not given.

    Source: Peng et al. (2023), "RWKV", section 3.1, where the share of each number is learned.
    """
    half = x.shape[-1] // 2
    before = torch.zeros_like(x[:, :1]) if before is None else before
    earlier = torch.cat([before, x], dim=1)[:, :-1]  # (B, T, D)
    return torch.cat([earlier[..., :half], x[..., half:]], dim=-1)


class BlockOutput(NamedTuple):
    """x (B, T, D); attention (B, H, T, T) and cross_attention (B, H, T, S), None where there is none to show."""

    x: Tensor
    attention: Tensor | None
    cross_attention: Tensor | None


class Block(nn.Module):
    """Self-attention, in a decoder of an encoder-decoder also cross-attention, and the feed-forward part.

    Each part adds to what goes past it (the residual connection). With norm_place "pre" a part works on normed
    numbers and the sum stays as it is; with "post" the sum is normed.

    Args:
        config: sizes and variants. cross: whether the block also looks at another text's tokens.

    Source: Vaswani et al. (2017), section 3.1; pre-norm: Xiong et al. (2020), section 3.
    """

    def __init__(self, config: TransformerConfig, *, cross: bool = False) -> None:
        super().__init__()
        options = {"bias": config.bias, "dropout": config.dropout, "normed": config.normed_heads, "fused": config.fused}
        self.pre, self.shifted = config.norm_place == "pre", config.shifted
        self.attention_norm = make_norm(config)
        rotary = config.positions == "rotary"
        self.attention = MultiHeadAttention(config.d_model, config.n_heads, rotary=rotary, **options)
        if cross:
            self.cross_norm = make_norm(config)
            self.cross_attention = MultiHeadAttention(config.d_model, config.n_heads, **options)
        self.cross = cross
        self.feed_forward_norm = make_norm(config)
        self.feed_forward = FeedForward(config)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, mask: Tensor | None = None, memory: Tensor | None = None,
                memory_mask: Tensor | None = None, cache: KeyValues | None = None) -> BlockOutput:  # fmt: skip
        """Let tokens x (B, T, D) pass.

        Args:
            mask: which tokens of the text each may look at, True where allowed: (T, T), (B, 1 or T, T) …
            memory: the tokens of the other text, (B, S, D); memory_mask: (T, S), (B, 1 or T, S) …
            cache: keys and values of earlier tokens.

        Raises:
            ValueError: a block with cross-attention got no memory, or one without got some.
        """
        if self.cross != (memory is not None):
            raise ValueError(f"This block has {'' if self.cross else 'no '}cross-attention, and memory is "
                             f"{'missing' if memory is None else 'given'}.")  # fmt: skip
        x, attention = self._part(
            self.attention_norm, x, lambda y: self.attention(self._shift(y, cache, "attention"), mask=mask, cache=cache)
        )  # fmt: skip
        cross_attention = None
        if self.cross:
            x, cross_attention = self._part(
                self.cross_norm, x, lambda y: self.cross_attention(y, memory, mask=memory_mask))  # fmt: skip
        x, _ = self._part(
            self.feed_forward_norm, x, lambda y: (self.feed_forward(self._shift(y, cache, "feed_forward")), None)
        )  # fmt: skip
        return BlockOutput(x, attention, cross_attention)

    def _shift(self, x: Tensor, cache: KeyValues | None, part: str) -> Tensor:
        """What a part of the block reads: x, or x shifted, where the cache remembers the last token."""
        if not self.shifted:
            return x
        before = None
        if cache is not None:
            before, cache.before[part] = cache.before.get(part), x[:, -1:]
        return shift(x, before)

    def _part(self, norm: nn.Module, x: Tensor, work: Callable) -> tuple[Tensor, Tensor | None]:
        """x + work(norm(x)), or norm(x + work(x)); and the weights that `work` used."""
        output, weights = work(norm(x) if self.pre else x)
        x = x + self.dropout(output)
        return (x if self.pre else norm(x)), weights


def init_weights(model: nn.Module, config: TransformerConfig) -> None:
    """Draw small weights for all linear and embedding layers, from a normal distribution with spread 0.02.

    What is added to the sum 2 · n_layers times starts smaller by the root of that number, or at zero.

    Source: Radford et al. (2019), section 2.3.
    """
    for name, part in model.named_modules():
        if isinstance(part, nn.Linear | nn.Embedding):
            adds = name.endswith(("to_output", "narrow"))
            spread = 0.02 / (2 * max(config.n_layers, 1)) ** 0.5 if adds else 0.02
            nn.init.normal_(part.weight, std=0.0 if adds and config.zero_output else spread)
        if isinstance(part, nn.Linear) and part.bias is not None:
            with torch.no_grad():
                part.bias.zero_()
