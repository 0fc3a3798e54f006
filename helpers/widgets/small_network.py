"""The 3-2-1 network with a slider for each of its eleven numbers: activations forward, slopes back."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import anywidget
import traitlets

from helpers.plots import OKABE_ITO
from helpers.small_network import NAMES, START, Pass, Weights, backward, forward
from helpers.widgets.client import source
from helpers.widgets.picture import PictureMixin, png

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RANGE = 3.0  # of the sliders, both ways
INPUTS, HIDDEN, OUTPUT = [(0, 2), (0, 1), (0, 0)], [(2, 1.6), (2, 0.4)], (3.8, 1)


def draw(weights: Weights, done: Pass) -> "Figure":
    """The network with its numbers, and under each weight its slope, in a matplotlib Figure."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.2), dpi=100, layout="constrained")
    ax = figure.subplots()
    slopes, numbers = backward(weights, done).flat(), weights.flat()
    edges = [(3 * i + j, INPUTS[j], HIDDEN[i], 0.62 if i else 0.3) for i in range(2) for j in range(3)]
    edges += [(8 + i, HIDDEN[i], OUTPUT, 0.5) for i in range(2)]
    for number, start, end, at in edges:
        colour, dash = (OKABE_ITO["vermillion"], "--") if numbers[number] < 0 else (OKABE_ITO["blue"], "-")
        ax.plot(*zip(start, end, strict=True), color=colour, linestyle=dash, marker="",
                linewidth=1 + 1.5 * min(abs(numbers[number]), RANGE), zorder=1)  # fmt: skip
        place = [a + at * (b - a) for a, b in zip(start, end, strict=True)]
        ax.text(*place, f"{numbers[number]:.2f}\nslope {slopes[number]:.2f}", ha="center", va="center", fontsize=9,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
    nodes = [(place, f"x{i + 1}\n{done.x[i]:.2f}") for i, place in enumerate(INPUTS)]
    nodes += [(place, f"h{i + 1}\n{done.h[i]:.2f}") for i, place in enumerate(HIDDEN)]
    nodes += [(OUTPUT, f"y\n{done.y:.2f}")]
    for (x, y), text in nodes:
        ax.scatter(x, y, s=1900, color="white", edgecolor="black", zorder=2)
        ax.text(x, y, text, ha="center", va="center", fontsize=11)
    ax.set_title(f"target {done.target:.2f}, loss {done.loss:.3f}", fontsize=12)
    ax.set(xlim=(-0.4, 4.2), ylim=(-0.4, 2.4))
    ax.axis("off")
    return figure


class SmallNetwork(PictureMixin, anywidget.AnyWidget):
    """The live network; `small_network` makes it.

    The traits `numbers` (eleven, in the order of `helpers.small_network.NAMES`), `inputs`, `target` and
    `learning_rate` follow the learner and may be set from Python. All computing is done on the page.
    """

    _esm = source("client.js", "svg.js", "small_network_math.js", "small_network.js")
    _css = source("client.css", "small_network.css")

    numbers = traitlets.List(traitlets.Float(), minlen=11, maxlen=11).tag(sync=True)
    inputs = traitlets.List(traitlets.Float(), minlen=3, maxlen=3).tag(sync=True)
    target = traitlets.Float().tag(sync=True)
    learning_rate = traitlets.Float(0.1).tag(sync=True)
    start = traitlets.Dict().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    def now(self) -> tuple[Weights, Pass]:
        """The weights and the pass that the page shows."""
        weights = Weights.from_flat(self.numbers)
        return weights, forward(weights, self.inputs, self.target)

    def picture(self) -> bytes:
        return png(draw(*self.now()))

    def alt_text(self) -> str:
        weights, done = self.now()
        slopes = backward(weights, done).flat()
        steepest = max(range(11), key=lambda i: abs(slopes[i]))
        return (f"{self.title}. Inputs {', '.join(f'{x:.2f}' for x in done.x)}; hidden units {done.h[0]:.2f} and "
                f"{done.h[1]:.2f}; output {done.y:.2f}, target {done.target:.2f}, loss {done.loss:.3f}. The steepest "
                f"slope is that of {NAMES[steepest]}, {slopes[steepest]:.2f}.")  # fmt: skip


def small_network(weights: Weights = START, inputs: Sequence[float] = (1.0, 0.5, -1.0), target: float = 1.0, *,
                  learning_rate: float = 0.1,
                  title: str = "Three inputs, two hidden units, one output") -> SmallNetwork:  # fmt: skip
    """Let the learner move every number of the 3-2-1 network and see activations, slopes and loss follow.

    Args:
        weights: the eleven numbers at first.
        inputs, target: the example.
        learning_rate: of the button that takes a step: 0.01, 0.03, 0.1, 0.3 or 1.
        title: what stands above it.

    Returns:
        The widget.

    Raises:
        ValueError: there are not three inputs.
    """
    done = forward(weights, inputs, target)  # complains about wrong shapes
    start = {"numbers": weights.flat().tolist(), "inputs": done.x.tolist(), "target": done.target}
    return SmallNetwork(**start, start=start, learning_rate=learning_rate, title=title)
