"""GPT: a decoder alone, which reads tokens and predicts the next one at every place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from helpers.attention import KeyValues
from helpers.transformer import Output, Stack, TransformerConfig
from helpers.transformer.block import init_weights

if TYPE_CHECKING:
    from transformers import GPT2LMHeadModel


def gpt2_config(vocab_size: int, **sizes: int | float | bool) -> TransformerConfig:
    """The variants of GPT-2: learned positions, norms before each part, GELU; sizes as you like.

    Source: Radford et al. (2019), section 2.3.
    """
    return TransformerConfig(vocab_size, positions="learned", activation="gelu_tanh", **sizes)


def fast_config(vocab_size: int, **sizes: int | float | bool) -> TransformerConfig:
    """The variants that reach a loss soonest on a small budget; sizes as you like.

    Rotary positions (Su et al., 2021), RMS norms (Zhang and Sennrich, 2019), on queries and keys too (Henry et al.,
    2020), squared ReLU (So et al., 2021), output projections that start at zero, no biases, fused attention.
    """
    variants = {"positions": "rotary", "norm_kind": "rms", "normed_heads": True, "activation": "squared_relu",
                "zero_output": True, "bias": False, "fused": True}  # fmt: skip
    return TransformerConfig(vocab_size, **(variants | sizes))


def next_token_loss(logits: Tensor, token_ids: Tensor) -> Tensor:
    """Return the mean surprise, in nats, at the token that comes next: place t predicts token t + 1.

    Args:
        logits: (B, T, V), made from token_ids (B, T).

    Returns:
        A scalar over the B · (T - 1) places that have a next token.

    Raises:
        ValueError: there is no next token, or the shapes differ.
    """
    if logits.shape[:2] != token_ids.shape or token_ids.shape[1] < 2:
        raise ValueError(f"Expected logits (B, T, V) for token_ids (B, T) with T of 2 or more, got "
                         f"{tuple(logits.shape)} and {tuple(token_ids.shape)}.")  # fmt: skip
    return cross_entropy(logits[:, :-1].flatten(0, 1), token_ids[:, 1:].flatten())


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


class NextToken:
    """Logits for the next token of one text that grows, computed with a key/value cache.

    It reads only what is new. Where the text is not a continuation of the one before, or the learned positions are used
    up, it starts again with the last `context_len` tokens.

    Args:
        model: a GPT in evaluation mode.

    Example:
        >>> next_logits = NextToken(model)
        >>> next_logits([1, 2, 3]).shape, next_logits([1, 2, 3, 4]).shape
        (torch.Size([65]), torch.Size([65]))
    """

    def __init__(self, model: GPT) -> None:
        self.model = model
        self._read: list[int] = []  # the tokens in the cache
        self._cache = model.new_cache()

    @torch.no_grad()
    def __call__(self, token_ids: list[int] | Tensor) -> Tensor:
        """One or more token_ids, all of the text so far, (T,) -> logits (V,); ValueError for an empty text."""
        text = [int(token) for token in token_ids]
        if not text:
            raise ValueError("There is no token to go on from: start with one, such as a line break.")
        if self.model.config.positions == "learned":
            text = text[-self.model.config.context_len :]
        seen = len(self._read)
        if seen >= len(text) or text[:seen] != self._read:
            self._read, self._cache, seen = [], self.model.new_cache(), 0
        device = next(self.model.parameters()).device
        logits = self.model(torch.tensor([text[seen:]], device=device), self._cache)  # (1, new, V)
        self._read = text
        return logits[0, -1]


def to_hugging_face(model: GPT) -> GPT2LMHeadModel:
    """Put our weights into Hugging Face's GPT-2 class, which must then give the same logits.

    Raises:
        ValueError: the config is not that of GPT-2 (see `gpt2_config`).
    """
    from transformers import GPT2Config, GPT2LMHeadModel

    config = model.config
    twin = gpt2_config(config.vocab_size, context_len=config.context_len, d_model=config.d_model,
                       n_heads=config.n_heads, n_layers=config.n_layers, d_ff=config.d_ff, dropout=config.dropout,
                       zero_output=config.zero_output, fused=config.fused)  # fmt: skip
    if config != twin or model.to_logits.weight is not model.stack.embedding.token.weight:
        raise ValueError("Only a GPT made with gpt2_config and tied embeddings fits into Hugging Face's class.")
    theirs = GPT2LMHeadModel(GPT2Config(
        vocab_size=config.vocab_size, n_positions=config.context_len, n_embd=config.d_model, n_head=config.n_heads,
        n_layer=config.n_layers, n_inner=config.width, resid_pdrop=config.dropout, embd_pdrop=config.dropout,
        attn_pdrop=config.dropout, bos_token_id=None, eos_token_id=None))  # fmt: skip
    weights = {"wte": model.stack.embedding.token, "wpe": model.stack.embedding.position, "ln_f": model.stack.norm}
    state = {f"{name}.{key}": value for name, part in weights.items() for key, value in part.state_dict().items()}
    for number, block in enumerate(model.stack.blocks):
        heads = block.attention
        three = [heads.to_query, heads.to_key, heads.to_value]
        parts = {"attn.c_proj": heads.to_output, "mlp.c_fc": block.feed_forward.widen,
                 "mlp.c_proj": block.feed_forward.narrow}  # fmt: skip
        linear = {name: (part.weight, part.bias) for name, part in parts.items()}
        linear["attn.c_attn"] = torch.cat([part.weight for part in three]), torch.cat([part.bias for part in three])
        for name, (weight, bias) in linear.items():  # theirs multiply from the other side: weights are transposed
            state |= {f"h.{number}.{name}.weight": weight.T, f"h.{number}.{name}.bias": bias}
        for name, norm in (("ln_1", block.attention_norm), ("ln_2", block.feed_forward_norm)):
            state |= {f"h.{number}.{name}.{key}": value for key, value in norm.state_dict().items()}
    theirs.transformer.load_state_dict({key: value.detach().clone() for key, value in state.items()})
    return theirs.train(model.training)
