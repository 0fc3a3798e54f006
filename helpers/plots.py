"""Figures of the course: arrays and an `ax` in, the Axes out; `show` puts a figure on the page with its alt text.

Nothing here shows or saves by itself. Colours are Okabe and Ito's (2008), which colour-blind readers can tell
apart; every line also has a dash and a marker of its own, and magnitudes use cividis.
"""

import base64
import html
from collections.abc import Sequence

import numpy as np

from helpers.picture import png

OKABE_ITO = {
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "green": "#009E73",
    "orange": "#E69F00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "yellow": "#F0E442",
    "black": "#000000",
}
DASHES = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)), (0, (3, 3)), (0, (7, 2))]
MARKERS = ["o", "s", "^", "D", "v", "P", "X", "*"]


def style() -> None:
    """Set matplotlib for the rest of the kernel: readable on a projector, white behind, for dark pages too.

    Figures are closed after `show`, so the inline backend does not draw them a second time.
    """
    import matplotlib as mpl
    from cycler import cycler

    looks = cycler(color=list(OKABE_ITO.values())) + cycler(linestyle=DASHES) + cycler(marker=MARKERS)
    mpl.rcParams.update({
        "axes.prop_cycle": looks, "axes.spines.top": False, "axes.spines.right": False,
        "axes.titlesize": 13, "axes.titlelocation": "left", "axes.labelsize": 12, "font.size": 11,
        "lines.linewidth": 2, "lines.markersize": 5, "legend.frameon": False,
        "figure.dpi": 110, "figure.facecolor": "white", "savefig.facecolor": "white",
        "figure.constrained_layout.use": True, "image.cmap": "cividis",
    })  # fmt: skip


def show(figure, *, alt: str) -> None:
    """Put a figure on the page as a small PNG with alt text, and close it.

    JupyterLab gives pictures from matplotlib no alt text, so the picture goes out as HTML with one, and as a
    plain PNG for viewers that show no HTML.

    Args:
        figure: a Figure, or an Axes, whose figure is then shown.
        alt: what the figure shows, for someone who cannot see it.

    Raises:
        ValueError: if `alt` is empty.
    """
    import matplotlib.pyplot as plt
    from IPython.display import display

    if not alt.strip():
        raise ValueError("every figure needs alt text: say in a sentence what it shows")
    figure = getattr(figure, "figure", figure)
    for ax in figure.axes:  # a title too long for the figure goes on in a second line
        ax.set_title(ax.get_title(loc="left"), loc="left", wrap=True)
    picture = base64.b64encode(png(figure, colours=64, finer=1.4)).decode()
    width = round(figure.get_size_inches()[0] * figure.dpi)
    tag = (f'<img alt="{html.escape(alt, quote=True)}" src="data:image/png;base64,{picture}" '
           f'style="max-width: 100%; width: {width}px; background: white">')  # fmt: skip
    plt.close(figure)
    display({"text/html": tag, "image/png": picture, "text/plain": alt}, raw=True)


def axes(ax=None, *, size: tuple[float, float] = (7, 4)):
    """The Axes given, or those of a new figure of `size` inches."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=size)[1]


def heatmap(values: np.ndarray, rows: Sequence[str], columns: Sequence[str], ax=None, *, title: str,
            row_label: str, column_label: str, unit: str, form: str = "{:.2g}", signed: bool = False):  # fmt: skip
    """A matrix with every number written in its cell.

    Args:
        values: (R, C) numbers.
        rows: R labels; columns: C labels.
        title, row_label, column_label, unit: what the figure, its axes and its colours mean.
        form: how a number is written; signed: centre the colours at zero and tell the signs apart.

    Returns:
        The Axes.
    """
    values = np.asarray(values, dtype=float)
    if values.shape != (len(rows), len(columns)):
        raise ValueError(f"values have shape {values.shape}, labels ask for {(len(rows), len(columns))}")
    ax = axes(ax, size=(1.6 + 0.8 * len(columns), 1.4 + 0.45 * len(rows)))
    finite = np.abs(values[np.isfinite(values)])
    top = finite.max() if finite.size and finite.max() > 0 else 1.0
    low = -top if signed else 0.0
    image = ax.imshow(values, cmap="PuOr" if signed else "cividis", vmin=low, vmax=top, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        pale = abs(value) < 0.6 * top if signed else value > 0.6 * top
        ax.text(column, row, form.format(value), ha="center", va="center", color="black" if pale else "white")
    ax.set_xticks(range(len(columns)), columns, rotation=45 if max(map(len, columns)) > 5 else 0, ha="center")
    ax.set_yticks(range(len(rows)), rows)
    ax.set(title=title, xlabel=column_label, ylabel=row_label)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    ax.figure.colorbar(image, ax=ax, label=unit)
    return ax


def bars(labels: Sequence[str], values: Sequence[float], ax=None, *, title: str, unit: str,
         spread: Sequence[tuple[float, float]] | None = None, form: str = "{:.2f}",
         highlight: int | None = None):  # fmt: skip
    """Horizontal bars, the first at the top, each with its number.

    Args:
        labels, values: N names and N numbers.
        title, unit: what the figure and its horizontal axis mean.
        spread: N pairs (lowest, highest), drawn as a line over the bar, for results over several seeds.
        form: how a number is written; highlight: the index of a bar in another colour.

    Returns:
        The Axes.
    """
    if len(labels) != len(values):
        raise ValueError(f"{len(labels)} labels for {len(values)} values")
    ax = axes(ax, size=(7, 0.9 + 0.38 * len(labels)))
    places = np.arange(len(labels))
    colours = [OKABE_ITO["orange" if place == highlight else "sky"] for place in places]
    ax.barh(places, values, color=colours, edgecolor="black", linewidth=0.6)
    for place, value in enumerate(values):
        edge = max(value, 0.0, *(spread[place] if spread else ()))
        ax.annotate(form.format(value), (edge, place), xytext=(5, 0), textcoords="offset points", va="center")
        if spread:
            ax.plot(spread[place], (place, place), color="black", linestyle="-", marker="|", markersize=9)
    ax.set_yticks(places, labels)
    ax.invert_yaxis()
    ax.margins(x=0.12)
    ax.set(title=title, xlabel=unit)
    return ax


def lines(series: dict[str, tuple[Sequence[float], Sequence[float]]], ax=None, *, title: str, xlabel: str,
          ylabel: str, baseline: tuple[str, float] | None = None):  # fmt: skip
    """One line per entry of `series` (name -> x values, y values), and a flat line for the trivial baseline."""
    ax = axes(ax)
    for number, (name, (x, y)) in enumerate(series.items()):
        gap = max(1, len(x) // 12)
        ax.plot(x, y, label=name, color=list(OKABE_ITO.values())[number % 8], linestyle=DASHES[number % 8],
                marker=MARKERS[number % 8], markevery=gap)  # fmt: skip
    if baseline is not None:
        ax.axhline(baseline[1], color="grey", linestyle=(0, (2, 2)), marker="", label=baseline[0])
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    if len(series) > 1 or baseline is not None:
        ax.legend()
    return ax


def arrows(points: np.ndarray, names: Sequence[str], ax=None, *, title: str, moved: np.ndarray | None = None,
           xlabel: str = "first number", ylabel: str = "second number"):  # fmt: skip
    """Vectors of two numbers as arrows from the origin.

    Args:
        points: (N, 2) vectors; names: N labels.
        moved: (N, 2) where each vector stands later, drawn in a second colour.

    Returns:
        The Axes, with the same scale on both axes.
    """
    ax = axes(ax, size=(5.2, 4.4))
    sets = [("blue", np.asarray(points, dtype=float), names)]
    if moved is not None:
        sets.append(("vermillion", np.asarray(moved, dtype=float), [f"{name} after" for name in names]))
    for colour, ends, labels in sets:
        for (x, y), label in zip(ends, labels, strict=True):
            ax.annotate("", (x, y), (0, 0), arrowprops={"arrowstyle": "->", "color": OKABE_ITO[colour], "lw": 2})
            ax.annotate(label, (x, y), xytext=(4, 4), textcoords="offset points", color=OKABE_ITO[colour])
    every = np.concatenate([ends for _, ends, _ in sets] + [np.zeros((1, 2))])
    reach = max(float(np.ptp(every, axis=0).max()), 1e-9)
    middle = (every.max(axis=0) + every.min(axis=0)) / 2
    ax.set_xlim(middle[0] - 0.7 * reach, middle[0] + 0.75 * reach)
    ax.set_ylim(middle[1] - 0.7 * reach, middle[1] + 0.7 * reach)
    ax.axhline(0, color="lightgrey", linestyle="-", marker="", lw=1, zorder=0)
    ax.axvline(0, color="lightgrey", linestyle="-", marker="", lw=1, zorder=0)
    ax.set_aspect("equal")
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    return ax
