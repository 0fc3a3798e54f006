"""Static pictures of attention maps: arrays in, a matplotlib Figure out. Nothing is shown or saved."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

import numpy as np

from helpers.widgets.client import legible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TICKS = (0, 0.01, 0.05, 0.2, 0.5, 1)
MOST_LABELS = 40     # along one axis; of more tokens every second, third … is named


def draw_map(weights: np.ndarray, ax: "Axes", *, queries: Sequence[str] = (),
             keys: Sequence[str] = ()) -> "Axes":
    """Draw one map (T_query, T_key) on `ax`; colours follow the square root of the weight, from 0 to 1."""
    from matplotlib.colors import PowerNorm

    ax.imshow(weights, cmap="cividis", norm=PowerNorm(0.5, 0, 1), interpolation="nearest", aspect="equal")
    for axis, tokens in ((ax.yaxis, queries), (ax.xaxis, keys)):
        places = range(0, len(tokens), -(-len(tokens) // MOST_LABELS) or 1)
        axis.set_ticks(list(places), [legible(tokens[place], 18) or " " for place in places])
        for text in axis.get_ticklabels():
            text.set_parse_math(False)      # "$" is a token, not a formula
    ax.tick_params(length=0)
    return ax


def head(weights: np.ndarray, queries: Sequence[str], keys: Sequence[str], *, layer: int = 0, head: int = 0,
         n_layers: int = 1, n_heads: int = 1, query: int | None = None) -> "Figure":
    """One map, large, with its tokens.

    Args:
        weights: (T_query, T_key), 0 to 1; may be empty.
        queries, keys: the tokens down and across.
        layer, head, n_layers, n_heads: for the title, counted from 0.
        query: the row to frame, if any.
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    n_queries, n_keys = weights.shape
    if not weights.size:
        figure = Figure(figsize=(5, 0.6), dpi=110)
        figure.text(0.5, 0.5, "There are no tokens to show.", ha="center", va="center")
        return figure
    size = [float(np.clip(0.34 * n, 2.4, 6.4)) + 0.09 * _letters(tokens)
            for n, tokens in ((n_keys, queries), (n_queries, keys))]   # inches: the map and its labels
    figure = Figure(figsize=(size[0] + 1.8, size[1] + 0.9), dpi=110, layout="constrained", facecolor="white")
    ax = draw_map(weights, figure.subplots(), queries=queries, keys=keys)
    ax.tick_params(axis="x", rotation=90, labelsize=9)
    ax.tick_params(axis="y", labelsize=9)
    ax.set(xlabel="key", ylabel="query")
    if n_layers * n_heads > 1:
        ax.set_title(f"Layer {layer + 1} of {n_layers}, head {head + 1} of {n_heads}", fontsize=11)
    if query is not None:
        ax.add_patch(Rectangle((-0.5, query - 0.5), n_keys, 1, fill=False, edgecolor="#D55E00", linewidth=2,
                               clip_on=False))
    figure.colorbar(ax.images[0], ax=ax, ticks=TICKS, format="%g", shrink=0.8, label="attention weight")
    return figure


def _letters(tokens: Sequence[str]) -> int:
    """Length of the longest label, in letters; Chinese characters count twice."""
    return max(sum(1 + (east_asian_width(letter) in "WF") for letter in legible(token, 18))
               for token in tokens)


def grid(weights: np.ndarray) -> "Figure":
    """All maps of (layers, heads, T_query, T_key), small, in one image: layers down and heads across."""
    from matplotlib.figure import Figure

    small = _shrink(weights)
    n_layers, n_heads, height, width = small.shape
    gap = max(1, round(width / 12))
    tiles = np.pad(small, [(0, 0), (0, 0), (0, gap), (0, gap)], constant_values=np.nan)
    mosaic = tiles.transpose(0, 2, 1, 3).reshape(n_layers * (height + gap), n_heads * (width + gap))
    cell = min(0.8, 9 / n_heads)
    tall = cell * n_layers * min(2, max(0.5, height / width))
    figure = Figure(figsize=(cell * n_heads + 1.6, tall + 0.9), dpi=110, layout="constrained",
                    facecolor="white")
    ax = draw_map(mosaic[:-gap, :-gap], figure.subplots())
    ax.set_aspect("auto")
    ax.spines[:].set_visible(False)
    ax.set_xticks(np.arange(n_heads) * (width + gap) + (width - 1) / 2, range(1, n_heads + 1))
    ax.set_yticks(np.arange(n_layers) * (height + gap) + (height - 1) / 2, range(1, n_layers + 1))
    ax.set(xlabel="head (in each map: query down, key across)", ylabel="layer")
    figure.colorbar(ax.images[0], ax=ax, ticks=TICKS, format="%g", label="attention weight")
    return figure


def _shrink(weights: np.ndarray, most: int = 32) -> np.ndarray:
    """Average blocks of weights until no side of a map is longer than `most`; smaller ones stay."""
    for axis in (2, 3):
        block = -(-weights.shape[axis] // most)
        starts = np.arange(0, weights.shape[axis], block)
        widths = np.diff([*starts, weights.shape[axis]]).reshape((-1, 1) if axis == 2 else (-1,))
        weights = np.add.reduceat(weights, starts, axis=axis) / widths
    return weights
