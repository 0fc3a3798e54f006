"""Where a token stands: attention itself cannot tell, so its position is added, or turned into its vector."""

from __future__ import annotations

import torch
from torch import Tensor

BASE = 10_000.0  # wavelengths grow from 2π to about 2π times this


def _angles(positions: Tensor, n_pairs: int, base: float = BASE) -> Tensor:
    """Position times frequency, (T, n_pairs); pair i turns by 1 / base^(i / n_pairs) a position."""
    frequencies = base ** -(torch.arange(n_pairs, device=positions.device) / n_pairs)  # (n_pairs,)
    return positions[:, None] * frequencies


def sinusoidal_positions(n_positions: int, d_model: int, *, start: int = 0, base: float = BASE) -> Tensor:
    """Give each position a vector of sines and cosines, slow and fast ones, as the hands of many clocks.

    Entry (p, 2i) is sin(p / 10000^(2i/D)), entry (p, 2i + 1) the cosine of the same angle.

    Args:
        n_positions: T. d_model: D, even. start: the first position.
        base: how slow the slowest pair turns, 10000 in the paper.

    Returns:
        (T, D), between -1 and 1.

    Raises:
        ValueError: d_model is odd.

    Source: Vaswani et al. (2017), section 3.5.
    """
    if d_model % 2:
        raise ValueError(f"d_model is {d_model}; sines and cosines come in pairs, so it must be even.")
    angles = _angles(torch.arange(start, start + n_positions, dtype=torch.float32), d_model // 2, base)  # (T, D/2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2)  # sine, cosine, sine, cosine …


def rotate(x: Tensor, start: int = 0) -> Tensor:
    """Turn each token's numbers, taken in pairs, by angles that grow with its position (rotary positions).

    The dot product of two turned vectors depends on how far apart they stand, and no longer on where.

    Args:
        x: queries or keys, (..., T, K), K even: numbers i and i + K/2 make a pair.
        start: the position of the first.

    Returns:
        (..., T, K), with the same lengths.

    Raises:
        ValueError: K is odd.

    Source: Su et al. (2021), section 3.2.2; pairs as in GPT-NeoX and Llama.
    """
    n_tokens, width = x.shape[-2:]
    if width % 2:
        raise ValueError(f"A head has {width} numbers; they are turned in pairs, so it must be even.")
    positions = torch.arange(start, start + n_tokens, device=x.device, dtype=torch.float32)
    angles = _angles(positions, width // 2)  # (T, K/2)
    cosine, sine = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    first, second = x.chunk(2, dim=-1)  # (..., T, K/2) each
    return torch.cat([first * cosine - second * sine, first * sine + second * cosine], dim=-1)
