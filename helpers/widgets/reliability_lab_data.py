"""How sure and how often right, at any temperature: numbers for the page, and a picture without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from helpers.limits.calibration import at_temperature, confidence, surprise
from helpers.metrics import reliability

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BINS = (5, 10, 20)
LOW, HIGH = 0.2, 8.0  # temperatures


def checked(judges: dict[str, dict[str, Any]], labels: dict[str, Any]) -> dict[str, Any]:
    """Judges, texts and what is said of them, as plain data for the page.

    Args:
        judges: name -> kind of text -> probability of class 1 for each text, (N,).
        labels: kind of text -> 0 or 1 for each text, (N,).

    Returns:
        {"judges": {name: {kind: [thousandths]}}, "labels": {kind: "0110…"}}.

    Raises:
        ValueError: nothing to show, kinds or numbers that don't fit together, a probability outside 0 to 1.
    """
    if not judges or not labels:
        raise ValueError("Expected at least one judge and one kind of text.")
    answers = {kind: "".join(str(int(one)) for one in some) for kind, some in labels.items()}
    found: dict[str, dict[str, list[int]]] = {}
    for name, said in judges.items():
        for kind, answer in answers.items():
            p = np.asarray(said.get(kind, ()), dtype=float)
            if len(p) != len(answer) or not len(p):
                raise ValueError(f"{name!r} gave {len(p)} probabilities for {len(answer)} texts of kind {kind!r}.")
            if not ((p >= 0) & (p <= 1)).all() or set(answer) - {"0", "1"}:
                raise ValueError("Expected probabilities from 0 to 1, and labels 0 or 1.")
            found.setdefault(name, {})[kind] = np.rint(1000 * p).astype(int).tolist()
    return {"judges": found, "labels": answers}


def compute(shown: dict[str, Any], chosen: dict[str, Any]) -> dict[str, Any]:
    """What the page draws for one choice of judge, kind of text, temperature and number of bins.

    Args:
        shown: from `checked`. chosen: {"judge", "kind", "temperature", "bins"}.

    Returns:
        n, accuracy, confidence (their mean), error (expected calibration error), surprise (nats), and rows, one for
        each bin that holds any: [low, high, count, mean confidence, accuracy].

    Raises:
        ValueError: there is no such judge, kind or number of bins, or the temperature is out of range.
    """
    judge, kind, bins = chosen["judge"], chosen["kind"], chosen["bins"]
    if judge not in shown["judges"] or kind not in shown["labels"] or bins not in BINS:
        raise ValueError(f"There is no choice {judge!r}, {kind!r}, {bins!r}.")
    if not LOW <= chosen["temperature"] <= HIGH:
        raise ValueError(f"The temperature is {chosen['temperature']}; expected {LOW} to {HIGH}.")
    labels = np.array([int(one) for one in shown["labels"][kind]])
    p = at_temperature(np.array(shown["judges"][judge][kind]) / 1000, chosen["temperature"])
    said, right = confidence(p), (p > 0.5) == (labels == 1)
    found = reliability(said.tolist(), right.tolist(), bins)
    columns = found.low, found.high, found.counts, found.confidence, found.accuracy
    rows = [list(row) for row in zip(*columns, strict=True)]
    error = sum(count * abs(mean - true) for _, _, count, mean, true in rows) / len(labels)
    return {"n": len(labels), "accuracy": float(right.mean()), "confidence": float(said.mean()), "error": error,
            "surprise": surprise(p, labels), "rows": rows}  # fmt: skip


def draw(result: dict[str, Any], chosen: dict[str, Any]) -> Figure:
    """The reliability diagram as a matplotlib Figure."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.4), dpi=100, layout="constrained")
    axes = figure.subplots()
    for low, high, count, said, true in result["rows"]:
        axes.bar(low, true, high - low, align="edge", color="#56B4E9", edgecolor="white")
        axes.plot([said, said], [said, true], color="#D55E00", linestyle="-", marker="", linewidth=3)
        axes.plot([said], [true], marker="o", color="#D55E00")
        axes.text((low + high) / 2, 0.02, f"{count:,}", ha="center", fontsize=9)
    axes.plot((0.5, 1), (0.5, 1), color="grey", linestyle=":", marker="")
    axes.set(xlim=(0.5, 1), ylim=(0, 1), xlabel="what the judge says of its verdict (numbers: verdicts in a bin)",
             ylabel="share that was right")  # fmt: skip
    axes.set_title(f"{chosen['judge']}, {chosen['kind']}, temperature {chosen['temperature']:.2f}", loc="left",
                   parse_math=False)  # fmt: skip
    return figure


def in_words(result: dict[str, Any], chosen: dict[str, Any]) -> str:
    """What the picture shows, in a sentence."""
    return (f"{chosen['judge']} on {result['n']:,} texts of kind {chosen['kind']}, temperature "
            f"{chosen['temperature']:.2f}: says {result['confidence']:.1%} on average, is right for "
            f"{result['accuracy']:.1%}; calibration error {result['error']:.3f}.")  # fmt: skip
