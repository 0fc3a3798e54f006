"""Attention: each token takes a weighted mean of others, with weights it works out from what they hold.

`scaled_dot_product` is the idea, `masks` say who may look at whom, `MultiHeadAttention` is what a Transformer uses.
Masks are True where attending is allowed.
"""

from helpers.attention.masks import causal_mask, combine, padding_mask
from helpers.attention.multi_head import KeyValues, MultiHeadAttention, merge_heads, split_heads
from helpers.attention.positions import rotate, sinusoidal_positions
from helpers.attention.scores import (
    AdditiveScores,
    MultiplicativeScores,
    attend,
    dot_product_scores,
    masked_softmax,
    scaled_dot_product,
)
from helpers.attention.word_vectors import AttentionMaps, dot_product_attention, word_vector_attention

__all__ = [
    "AdditiveScores",
    "AttentionMaps",
    "KeyValues",
    "MultiHeadAttention",
    "MultiplicativeScores",
    "attend",
    "causal_mask",
    "combine",
    "dot_product_attention",
    "dot_product_scores",
    "masked_softmax",
    "merge_heads",
    "padding_mask",
    "rotate",
    "scaled_dot_product",
    "sinusoidal_positions",
    "split_heads",
    "word_vector_attention",
]
