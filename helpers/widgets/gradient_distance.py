"""Gradient against distance: how far back RNN, LSTM and GRU can learn, by how their weights are drawn at first."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets

from helpers.plots import DASHES, OKABE_ITO
from helpers.recurrent import gradient_norms
from helpers.widgets.client import source
from helpers.widgets.picture import PictureMixin, png

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GAINS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
BIASES = (-2.0, 0.0, 1.0, 3.0)
LISTS = {"gain": "gains", "bias": "biases"}  # slider -> where its values stand in the table
NAMES = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}
COLOURS = {"rnn": OKABE_ITO["vermillion"], "lstm": OKABE_ITO["blue"], "gru": OKABE_ITO["green"]}


def compute(farthest: int = 50, *, gains: Sequence[float] = GAINS, biases: Sequence[float] = BIASES,
            seeds: Sequence[int] = (0, 1, 2), d_hidden: int = 32) -> dict[str, Any]:  # fmt: skip
    """All curves of the widget, measured now.

    Args:
        farthest: the largest distance.
        gains: widths of the recurrent weights; see `gradient_norms`.
        biases: added to the LSTM's forget gates; RNN and GRU have none.
        seeds: for weights and inputs.
        d_hidden: units.

    Returns:
        gains, biases, seeds, and curves: by kind, [bias][gain][low, middle, high] a list of log10 of the gradient
        relative to that at distance 0 of the same draw; RNN and GRU have one bias.
    """

    def curve(kind: str, gain: float, bias: float) -> list[list[float]]:
        runs = [gradient_norms(kind, farthest, gain=gain, forget_bias=bias, seed=seed, d_hidden=d_hidden, batch=8)
                for seed in seeds]  # fmt: skip
        shares = np.stack([(run / run[0]).double().numpy() for run in runs])  # (seeds, distances)
        logs = np.log10(shares.clip(1e-30, 1e30))
        return [part.round(2).tolist() for part in (logs.min(0), np.median(logs, axis=0), logs.max(0))]

    curves = {kind: [[curve(kind, gain, bias) for gain in gains] for bias in (biases if kind == "lstm" else (0.0,))]
              for kind in NAMES}  # fmt: skip
    return {"gains": list(gains), "biases": list(biases), "seeds": len(seeds), "curves": curves}


def chosen(table: dict[str, Any], kind: str, gain: int, bias: int) -> list[list[float]]:
    """Of one kind the lowest, the middle and the highest curve of the seeds, log10, at the slider's places."""
    return table["curves"][kind][bias if kind == "lstm" else 0][gain]


def draw(table: dict[str, Any], gain: int, bias: int) -> "Figure":
    """Three curves with their bands on a logarithmic axis, in a matplotlib Figure."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4.4), dpi=100, layout="constrained")
    ax = figure.subplots()
    for number, (kind, name) in enumerate(NAMES.items()):
        low, middle, high = (10.0 ** np.array(part) for part in chosen(table, kind, gain, bias))
        distances = np.arange(len(middle))
        ax.fill_between(distances, low, high, color=COLOURS[kind], alpha=0.2, linewidth=0)
        ax.plot(distances, middle, color=COLOURS[kind], linestyle=DASHES[number], marker="", label=name)
    ax.set(yscale="log", ylim=(1e-12, 1e6), xlabel="distance, characters back",
           ylabel="gradient, relative to distance 0",
           title=f"Weights of width {table['gains'][gain]:g}, forget bias {table['biases'][bias]:+g}")  # fmt: skip
    ax.legend()
    return figure


class GradientDistance(PictureMixin, anywidget.AnyWidget):
    """The live widget; `gradient_distance` makes it. The traits `gain` and `bias` are places in the table's lists."""

    _esm = source("client.js", "gradient_distance.js")
    _css = source("client.css", "gradient_distance.css")

    table = traitlets.Dict().tag(sync=True)
    gain = traitlets.Int().tag(sync=True)
    bias = traitlets.Int().tag(sync=True)
    distance = traitlets.Int().tag(sync=True)
    names = traitlets.Dict(NAMES).tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    @traitlets.validate("gain", "bias", "distance")
    def _in_range(self, proposal: dict) -> int:
        name, value = proposal["trait"].name, proposal["value"]
        most = len(self.table["curves"]["rnn"][0][0][0] if name == "distance" else self.table[LISTS[name]]) - 1
        if not 0 <= value <= most:
            raise ValueError(f"{name} is {value}; expected 0 to {most}.")
        return value

    def picture(self) -> bytes:
        return png(draw(self.table, self.gain, self.bias))

    def alt_text(self) -> str:
        def at(kind: str) -> str:
            return f"{NAMES[kind]} 10^{chosen(self.table, kind, self.gain, self.bias)[1][self.distance]:.1f}"

        return (f"{self.title}. Recurrent weights of width {self.table['gains'][self.gain]:g}, forget bias "
                f"{self.table['biases'][self.bias]:+g}. Gradient at distance {self.distance} relative to distance "
                f"0: {', '.join(map(at, NAMES))}.")  # fmt: skip


def gradient_distance(table: dict[str, Any] | None = None, *, gain: float = 1.0, bias: float = 0.0,
                      title: str = "Gradient against distance") -> GradientDistance:  # fmt: skip
    """Move the width of the first weights and the forget bias, and see how far back a gradient reaches.

    Every curve is measured beforehand, in about two seconds, and then the sliders need no kernel.

    Args:
        table: from `compute`; measured now if None.
        gain, bias: what the sliders show first, from the table's lists.
        title: what stands above it.

    Returns:
        The widget.

    Raises:
        ValueError: gain or bias is not in the table.
    """
    table = compute() if table is None else table
    for name, value in (("gain", gain), ("bias", bias)):
        if value not in table[LISTS[name]]:
            raise ValueError(f"{name} is {value}; the table has {', '.join(map(str, table[LISTS[name]]))}.")
    farthest = len(table["curves"]["rnn"][0][0][0]) - 1
    return GradientDistance(table=table, gain=table["gains"].index(gain), bias=table["biases"].index(bias),
                            distance=farthest, title=title)  # fmt: skip
