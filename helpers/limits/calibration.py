"""Calibration once more: the error in plain NumPy, and one number that mends most of it."""

from __future__ import annotations

import numpy as np

CLIP = 5e-4  # records keep thousandths: 0 and 1 there mean at most this far away


def calibration_error(confidences: np.ndarray, right: np.ndarray, n_bins: int) -> float:
    """The expected calibration error: how far confidence and accuracy are apart, bin by bin, weighted by verdicts.

    Args:
        confidences: of N verdicts, (N,), from 0 to 1. right: whether each was right, (N,), 0 or 1.
        n_bins: bins of equal width from 0 to 1; a confidence on an edge belongs to the bin below it.

    Returns:
        From 0 to 1.

    Source: Guo et al. (2017), section 2, equation 3.
    """
    edges = np.linspace(0, 1, n_bins + 1)
    said = np.asarray(confidences, float) - 1e-7  # a hair: an edge kept with 32 bits belongs below, too
    bins = np.digitize(said, edges[1:-1], right=True)  # 0 to n_bins - 1
    error = 0.0
    for number in range(n_bins):
        here = bins == number
        if here.any():
            error += here.mean() * abs(confidences[here].mean() - right[here].mean())
    return float(error)


def log_odds(probabilities: np.ndarray) -> np.ndarray:
    """log(p / (1 - p)), with p kept away from 0 and 1."""
    p = np.clip(np.asarray(probabilities, dtype=float), CLIP, 1 - CLIP)
    return np.log(p / (1 - p))


def at_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """The probabilities of one of two classes if the log-odds are divided by a temperature above 0.

    Source: Guo et al. (2017), section 4.2.
    """
    if not temperature > 0:
        raise ValueError(f"The temperature is {temperature}; expected a number above 0.")
    return 1 / (1 + np.exp(-log_odds(probabilities) / temperature))


def surprise(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The mean of -log p(right class), in nats; probabilities of class 1, labels 0 or 1, each (N,).

    Probabilities nearer to 0 or 1 than `CLIP` count as that far away.
    """
    p = np.clip(probabilities, CLIP, 1 - CLIP)
    return float(-np.mean(np.where(np.asarray(labels) == 1, np.log(p), np.log(1 - p))))


def fit_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The temperature from 0.1 to 10 at which some labelled texts surprise the model least.

    Args:
        probabilities: of class 1, (N,). labels: 0 or 1, (N,).
    """
    from scipy.optimize import minimize_scalar

    def cost(log_temperature: float) -> float:
        return surprise(at_temperature(probabilities, float(np.exp(log_temperature))), labels)

    found = minimize_scalar(cost, bounds=(np.log(0.1), np.log(10)), method="bounded", options={"xatol": 1e-4})
    return float(np.exp(found.x))


def confidence(probabilities: np.ndarray) -> np.ndarray:
    """What a model gave to its own verdict, of two: from 0.5 to 1."""
    p = np.asarray(probabilities, dtype=float)
    return np.maximum(p, 1 - p)
