"""Choosing the next token: which of the likely ones may be drawn."""

from __future__ import annotations

from torch import Tensor


def top_p(probabilities: Tensor, p: float) -> Tensor:
    """Keep the fewest of the likeliest tokens that reach p together, and share the probability among them.

    `helpers.decoding.probabilities` does the same after temperature and top-k.

    Args:
        probabilities: (V,), adding up to one.
        p: from 0 (the likeliest alone) to 1 (all but the last millionth).

    Returns:
        (V,), adding up to one; zero for what was cut off.

    Source: Holtzman et al. (2020), section 3.1.
    """
    ranked, order = probabilities.sort(descending=True, stable=True)  # (V,) each
    likelier = ranked.cumsum(0) - ranked  # (V,) what the tokens before each reach together
    kept = likelier < p - 1e-6  # the token that crosses p is kept; 1e-6: sums of rounded 32-bit numbers
    kept[0] = True  # the likeliest always
    result = probabilities.new_zeros(len(probabilities))
    result[order[kept]] = ranked[kept]
    return result / result.sum()
