"""Is a model as often right as it says? Reliability by bins, and the expected calibration error (lessons 09 and 13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

Numbers = Sequence[float] | Tensor


@dataclass(frozen=True)
class Reliability:
    """Verdicts sorted into bins by how sure the model was; only bins that hold any.

    Attributes:
        low, high: edges of each bin.
        counts: verdicts in it.
        confidence: what the model said, on average.
        accuracy: the share that was right.
    """

    low: list[float]
    high: list[float]
    counts: list[int]
    confidence: list[float]
    accuracy: list[float]


def reliability(confidences: Numbers, right: Sequence[bool] | Tensor, n_bins: int = 10) -> Reliability:
    """Compare what a model says with how often it is right, bin by bin.

    Args:
        confidences: the probability that the model gave to its own verdict, (N,), from 0 to 1.
        right: whether the verdict was right, (N,).
        n_bins: bins of equal width between 0 and 1; a confidence on an edge belongs to the bin below.

    Raises:
        ValueError: nothing to judge, lengths that differ, a confidence outside 0 to 1, no bins.

    Source: Guo et al. (2017), "On Calibration of Modern Neural Networks", section 2.
    """
    said = torch.as_tensor(confidences, dtype=torch.float64).flatten()
    true = torch.as_tensor(right).flatten().double()
    if len(said) != len(true) or not len(said):
        raise ValueError(f"Expected as many verdicts as confidences, at least one; got {len(true)} and {len(said)}.")
    if n_bins < 1 or not bool(((said >= 0) & (said <= 1)).all()):
        raise ValueError(f"Expected confidences from 0 to 1 and at least one bin; got {n_bins} bins.")
    # 1e-6: a confidence kept with 32 bits, such as 0.8, may stand a hair above its edge.
    places = (said * n_bins - 1e-6).ceil().long().clamp(1, n_bins) - 1  # (N,)
    kept = [place for place in range(n_bins) if bool((places == place).any())]
    return Reliability([place / n_bins for place in kept], [(place + 1) / n_bins for place in kept],
                       [int((places == place).sum()) for place in kept],
                       [float(said[places == place].mean()) for place in kept],
                       [float(true[places == place].mean()) for place in kept])  # fmt: skip


def expected_calibration_error(confidences: Numbers, right: Sequence[bool] | Tensor, n_bins: int = 10) -> float:
    """By how much a model's confidence and its accuracy differ: the mean over bins, weighted by their verdicts.

    Args:
        confidences, right, n_bins: as for `reliability`.

    Returns:
        From 0, as often right as it says, to 1. With N verdicts, a perfectly calibrated model scores above 0 too, by
        chance alone.

    Raises:
        ValueError: as for `reliability`.

    Source: Guo et al. (2017), section 2, equation 3; after Naeini et al. (2015).
    """
    bins = reliability(confidences, right, n_bins)
    gaps = zip(bins.counts, bins.confidence, bins.accuracy, strict=True)
    return sum(count * abs(said - true) for count, said, true in gaps) / sum(bins.counts)
