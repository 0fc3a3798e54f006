"""The model: a causal stack of blocks and a score for every possible next token."""

from __future__ import annotations

from torch import Tensor, nn

from helpers.attention import KeyValues
from helpers.transformer import Output, Stack, TransformerConfig
from helpers.transformer.block import init_weights


class GPT(nn.Module):
    """A causal stack of blocks whose last vectors are compared with the embedding of every token.

    Args:
        config: sizes and variants, such as `gpt2_config(vocab_size)`.
        tied: use the embedding matrix for the logits too (Press and Wolf, 2017).

    Source: Radford et al. (2018), section 3.1, and (2019), section 2.3.

    Example:
        >>> model = GPT(gpt2_config(65, d_model=64))
        >>> model(torch.tensor([[1, 2, 3]])).shape
        torch.Size([1, 3, 65])
    """

    def __init__(self, config: TransformerConfig, *, tied: bool = True) -> None:
        super().__init__()
        self.config = config
        self.stack = Stack(config, causal=True)
        self.to_logits = nn.Linear(config.d_model, config.vocab_size, bias=False)
        init_weights(self, config)
        if tied:
            self.to_logits.weight = self.stack.embedding.token.weight

    def read(self, token_ids: Tensor, cache: list[KeyValues] | None = None) -> tuple[Tensor, Output]:
        """token_ids (B, T) -> logits (B, T, V), and the vectors and attention of every block."""
        output = self.stack(token_ids, cache=cache)
        return self.to_logits(output.x), output

    def forward(self, token_ids: Tensor, cache: list[KeyValues] | None = None) -> Tensor:
        """token_ids (B, T) -> logits (B, T, V); with a cache, token_ids are those that come after what it has seen."""
        return self.read(token_ids, cache)[0]

    def new_cache(self) -> list[KeyValues]:
        """An empty key/value cache for a text that is read, or written, bit by bit."""
        return self.stack.new_cache()
