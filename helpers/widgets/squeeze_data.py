"""What the squeeze widget shows: accuracy and bytes by bits and pruned share, and rows of weights on their levels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import nn

from helpers.compression.files import expected_bytes
from helpers.compression.prune import prunable
from helpers.plots import OKABE_ITO

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PARTS = {"attention.to_query": "queries", "attention.to_value": "values", "feed_forward.widen": "feed-forward, up",
         "feed_forward.narrow": "feed-forward, down"}  # fmt: skip


def compute(model: nn.Module, bits: Sequence[int], percents: Sequence[int], accuracy: Sequence[Sequence[float]],
            *, baseline: tuple[str, float] = ("guessing", 0.5)) -> dict[str, Any]:  # fmt: skip
    """All that the page needs; it asks the kernel nothing.

    Args:
        model: a classifier with an encoder of the course's blocks.
        bits: of each weight, 32 for whole ones. percents: of the blocks' weights that are pruned, rising from 0.
        accuracy: a row for each of `bits`, a number for each of `percents`, from 0 to 1.
        baseline: a name and an accuracy to compare with.

    Returns:
        bits, percents, accuracy, baseline; megabytes like accuracy; rows: dicts of a name, weights, and the size below
        which weights are pruned at each of `percents`.

    Raises:
        ValueError: the table's sizes do not fit.
    """
    if len(accuracy) != len(bits) or any(len(row) != len(percents) for row in accuracy):
        raise ValueError(f"Expected accuracy as {len(bits)} rows of {len(percents)} numbers, one for each choice.")
    weights = prunable(model)
    n = sum(weight.numel() for weight in weights.values())
    edges = thresholds(np.concatenate([weight.detach().abs().numpy().ravel() for weight in weights.values()]), percents)
    return {"bits": list(bits), "percents": list(percents), "accuracy": [list(row) for row in accuracy],
            "megabytes": [[round(_bytes(model, b, percent, n) / 1e6, 2) for percent in percents] for b in bits],
            "baseline": list(baseline), "rows": chosen_rows(model), "edges": edges}  # fmt: skip


def _bytes(model: nn.Module, bits: int, percent: int, n: int) -> int:
    return expected_bytes(model, bits, 1 - percent / 100, n)


def thresholds(sizes: np.ndarray, percents: Sequence[int]) -> list[float]:
    """For each share, the magnitude up to which weights go: those equal to it included; -1 where none go."""
    places = [round(percent / 100 * len(sizes)) - 1 for percent in percents]
    ranked = np.partition(sizes, sorted({place for place in places if place >= 0}) or 0)
    return [float(ranked[place]) if place >= 0 else -1.0 for place in places]


def chosen_rows(model: nn.Module) -> list[dict[str, Any]]:
    """Rows to look at: the first of some matrices, and the one whose largest weight stands out most."""
    blocks, found = model.encoder.blocks, []
    for layer in sorted({0, len(blocks) - 1}):
        for part, name in PARTS.items():
            weight = blocks[layer].get_submodule(part).weight.detach().numpy()
            found.append(_row(f"layer {layer + 1}, {name}, first row", weight[0]))
    stands_out = None
    for layer, block in enumerate(blocks):
        for part, name in PARTS.items():
            sizes = np.abs(block.get_submodule(part).weight.detach().numpy())
            ratios = sizes.max(axis=1) / np.median(sizes, axis=1).clip(1e-9)
            place = int(ratios.argmax())
            if stands_out is None or ratios[place] > stands_out[0]:
                stands_out = (ratios[place], layer, part, name, place)
    _, layer, part, name, place = stands_out
    weight = blocks[layer].get_submodule(part).weight.detach().numpy()
    found.append(_row(f"layer {layer + 1}, {name}, row {place + 1}: one weight stands out", weight[place]))
    return found


def _row(name: str, weights: np.ndarray) -> dict[str, Any]:
    return {"name": name, "weights": [float(f"{value:.5g}") for value in weights]}


def on_levels(weights: Sequence[float], bits: int, edge: float) -> dict[str, Any]:
    """A row pruned and put on levels, as the page does it.

    Returns:
        values: after both; scale: the distance of two levels, 0 for 32 bits; used: different values; pruned: zeros that
        were none; error: the largest change of a weight that was not pruned.
    """
    row = np.asarray(weights, dtype=np.float64)
    stays = np.abs(row) > edge
    kept = np.where(stays, row, 0.0)
    scale = 0.0
    values = kept
    if bits < 32:
        scale = np.abs(kept).max() / ((2**bits - 1) / 2) or 1.0
        values = np.clip(np.round(kept / scale), -(2 ** (bits - 1)), 2 ** (bits - 1) - 1) * scale
    return {"values": values, "scale": float(scale), "used": len(np.unique(values)),
            "pruned": int(((row != 0) & ~stays).sum()), "error": float(np.abs(values - kept).max())}  # fmt: skip


def in_words(table: dict[str, Any], bits: int, percent: int, row: int) -> str:
    """What the picture shows; bits, percent and row are places in the table's lists."""
    shown = on_levels(table["rows"][row]["weights"], table["bits"][bits], table["edges"][percent])
    right, size = table["accuracy"][bits][percent], table["megabytes"][bits][percent]
    return (f"{table['bits'][bits]} bits, {table['percents'][percent]} % pruned: {right:.1%} right, {size:.1f} MB. "
            f"The row takes {shown['used']} different values.")  # fmt: skip


def draw(table: dict[str, Any], bits: int, percent: int, row: int) -> Figure:
    """The table as a heat map, and the row's weights before and after."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.6), dpi=100, layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1.25, 1))
    values = np.array(table["accuracy"])
    left.imshow(values, cmap="cividis", vmin=0.5, vmax=values.max(), aspect="auto")
    for (r, c), value in np.ndenumerate(values):
        left.text(c, r, f"{100 * value:.0f}", ha="center", va="center",
                  color="black" if value > 0.5 + 0.55 * (values.max() - 0.5) else "white")  # fmt: skip
    left.add_patch(_frame(percent, bits))
    left.set_xticks(range(len(table["percents"])), table["percents"])
    left.set_yticks(range(len(table["bits"])), table["bits"])
    left.set(title="% of snippets judged right", xlabel="% of the blocks' weights pruned", ylabel="bits a weight")
    weights = np.array(table["rows"][row]["weights"])
    shown = on_levels(weights, table["bits"][bits], table["edges"][percent])
    right.hist(weights, bins=60, color="lightgrey", label="as trained")
    places, counts = np.unique(shown["values"], return_counts=True)
    right.vlines(places, 0, counts, color=OKABE_ITO["vermillion"], label="now")
    right.set(title=table["rows"][row]["name"], xlabel="weight", ylabel="how many of the row")
    right.legend()
    return figure


def _frame(x: int, y: int):
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.48, y - 0.48), 0.96, 0.96, fill=False, edgecolor=OKABE_ITO["vermillion"], linewidth=3)
