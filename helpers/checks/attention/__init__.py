"""Lesson 06: scaled dot-product attention, heads, causal mask, sinusoidal positions, a pre-norm block.

The references are in `helpers.attention` and `helpers.transformer`.
"""

from helpers.checks.attention._block import pre_norm_block
from helpers.checks.attention._causal import causal_mask
from helpers.checks.attention._heads import attend_in_heads
from helpers.checks.attention._positions import sinusoidal_positions
from helpers.checks.attention._scaled import scaled_dot_product

__all__ = ["scaled_dot_product", "causal_mask", "attend_in_heads", "sinusoidal_positions", "pre_norm_block"]
