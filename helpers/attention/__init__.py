"""Attention: each token takes a weighted mean of others, with weights it works out from what they hold.

`scaled_dot_product` is the idea, `masks` say who may look at whom, `MultiHeadAttention` is what a Transformer uses.
Masks are True where attending is allowed. What needs PyTorch is imported when it is first asked for: a widget that only
draws attention does not have to wait for it.
"""

import importlib

from helpers.attention.word_vectors import AttentionMaps, dot_product_attention, word_vector_attention

_WITH_TORCH = {
    "masks": ("causal_mask", "combine", "padding_mask"),
    "multi_head": ("KeyValues", "MultiHeadAttention", "attend_in_heads", "merge_heads", "split_heads"),
    "positions": ("rotate", "sinusoidal_positions"),
    "scores": ("AdditiveScores", "MultiplicativeScores", "attend", "dot_product_scores", "masked_softmax",
               "scaled_dot_product"),
}  # fmt: skip

__all__ = ["AttentionMaps", "dot_product_attention", "word_vector_attention",
           *(name for names in _WITH_TORCH.values() for name in names)]  # fmt: skip


def __getattr__(name: str):
    for module, names in _WITH_TORCH.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
