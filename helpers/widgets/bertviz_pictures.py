"""Still pictures of BertViz's three views: arrays in, a matplotlib Figure out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from helpers.widgets.client import legible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf")
SHOWN = 24  # tokens


def _blank(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), dpi=80, layout="constrained", facecolor="white")


def _lines(ax: Axes, weights: np.ndarray, colour: str, x: tuple[float, float], y: float = 0.0, high: float = 1.0,
           width: float = 1.4, least: float = 0.02) -> None:  # fmt: skip
    """Lines from query to key, `high` apart, the first at y; the darker the larger the weight."""
    from matplotlib.collections import LineCollection
    from matplotlib.colors import to_rgba

    query, key = np.nonzero(weights > least)
    ends = [[(x[0], y + high * q), (x[1], y + high * k)] for q, k in zip(query, key, strict=True)]
    colours = [(*to_rgba(colour)[:3], min(1.0, float(weight))) for weight in weights[query, key]]
    ax.add_collection(LineCollection(ends, colors=colours, linewidths=width))


def head(tokens: list[str], attention: np.ndarray, layer: int, heads: list[int] | None) -> Figure:
    """The heads of one layer in colours over each other, as in BertViz's head view."""
    tokens = tokens[:SHOWN]
    shown = range(attention.shape[1]) if heads is None else heads
    figure = _blank(4.6, 0.5 + 0.26 * len(tokens))
    ax = figure.subplots()
    for number in shown:
        weights = attention[layer, number, : len(tokens), : len(tokens)]
        _lines(ax, weights * 0.8, COLOURS[number % 10], (0.3, 0.7), least=0.1)
    for place, token in enumerate(tokens):
        ax.text(0.28, place, legible(token, 14), ha="right", va="center", parse_math=False)
        ax.text(0.72, place, legible(token, 14), ha="left", va="center", parse_math=False)
    ax.axis("off")
    ax.set(xlim=(0, 1), ylim=(len(tokens) - 0.5, -0.5), title=f"Layer {layer} (counted from 0): query left, key right")
    return figure


def model(tokens: list[str], attention: np.ndarray) -> Figure:
    """Every head of every layer, small, as in BertViz's model view."""
    attention = attention[:12, :12, :SHOWN, :SHOWN]
    n_layers, n_heads = attention.shape[:2]
    figure = _blank(min(8.0, 1 + 0.6 * n_heads), 0.6 + 0.5 * n_layers)
    ax, step = figure.subplots(), 1 / max(attention.shape[-1], 1)
    for layer, head in np.ndindex(n_layers, n_heads):
        x, y = (head + 0.1, head + 0.9), layer + step / 2
        _lines(ax, attention[layer, head], COLOURS[layer % 10], x, y, 0.9 * step, 0.7)
    ax.set(xlim=(0, n_heads), ylim=(n_layers, 0), xlabel="head", ylabel="layer", title="Counted from 0")
    ax.set_xticks([head + 0.5 for head in range(n_heads)], range(n_heads))
    ax.set_yticks([layer + 0.5 for layer in range(n_layers)], range(n_layers))
    ax.spines[:].set_visible(False)
    return figure


def neuron(tokens: list[str], attention: np.ndarray, queries: np.ndarray, keys: np.ndarray, layer: int, head: int,
           query: int) -> Figure:  # fmt: skip
    """One query against every key, number by number, as in BertViz's neuron view."""
    tokens = tokens[:SHOWN]
    query = min(query, len(tokens) - 1)
    q, k = queries[layer, head, query], keys[layer, head, : len(tokens)]
    figure = _blank(9, 0.9 + 0.24 * len(tokens))
    axes = figure.subplots(1, 4, width_ratios=[4, 4, 0.7, 0.9])
    top = max(np.abs(k).max(), np.abs(q).max(), 1e-9)
    axes[0].imshow(k, cmap="PuOr", vmin=-top, vmax=top, aspect="auto")
    axes[0].set_title("key k", fontsize=10)
    top = max(np.abs(q * k).max(), 1e-9)
    axes[1].imshow(q * k, cmap="PuOr", vmin=-top, vmax=top, aspect="auto")
    axes[1].set_title(f"q × k, q being the query of “{legible(tokens[query], 14)}”", fontsize=10, parse_math=False)
    dots = (k @ q / np.sqrt(len(q)))[:, None]
    top = max(np.abs(dots).max(), 1e-9)
    axes[2].imshow(dots, cmap="PuOr", vmin=-top, vmax=top, aspect="auto")
    axes[2].set_title("q · k / √K", fontsize=10)
    axes[3].imshow(attention[layer, head, query, : len(tokens), None], cmap="cividis", vmin=0, vmax=1, aspect="auto")
    axes[3].set_title("weight", fontsize=10)
    for number, ax in enumerate(axes):
        ax.set_xticks([])
        ax.set_yticks(range(len(tokens)), [legible(token, 14) for token in tokens] if number == 0 else [],
                      parse_math=False)  # fmt: skip
        ax.tick_params(length=0)
    return figure
