"""Two sets of choices for a GPT: those of GPT-2, and those that learn fastest on a small budget."""

from __future__ import annotations

from helpers.transformer import TransformerConfig


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
