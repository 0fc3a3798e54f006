"""Sinusoidal positions as a picture: a row for each position, and which positions are like the chosen one."""

from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets

from helpers.widgets.client import source
from helpers.widgets.picture import PictureMixin, png

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTHS = (4, 8, 16, 32, 64, 128)
BASES = (10, 100, 1_000, 10_000)
N_POSITIONS = 64


def compute(n_positions: int, d_model: int, base: float, position: int) -> dict[str, Any]:
    """The table and the likeness of each position to a chosen one.

    Args:
        n_positions: T. d_model: D, even. base: of the wavelengths. position: the chosen one, 0 to T - 1.

    Returns:
        table (T, D) and likeness (T,), the dot product with the chosen row divided by D/2, so that it is 1 with itself.
    """
    from helpers.attention import sinusoidal_positions

    table = sinusoidal_positions(n_positions, d_model, base=float(base)).double().numpy()
    return {"table": table, "likeness": table @ table[position] / (d_model / 2)}


def draw(found: dict[str, Any], position: int, dimension: int) -> "Figure":
    """The table as a heatmap beside the likeness as a curve, in a matplotlib Figure."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4.2), dpi=100, layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    image = left.imshow(found["table"], aspect="auto", interpolation="nearest", cmap="PuOr", vmin=-1, vmax=1)
    left.axhline(position, color="#d55e00")
    left.axvline(dimension, color="#d55e00", linestyle="--")
    left.set(title="Sinusoidal positions", xlabel="number in the vector", ylabel="position")
    figure.colorbar(image, ax=left, label="value")
    right.plot(found["likeness"], color="#0072B2", linestyle="-", marker="")
    right.axvline(position, color="#d55e00")
    right.set(title=f"Likeness to position {position}", xlabel="position", ylabel="dot product / (D/2)")
    right.set_ylim(-1.05, 1.05)
    return figure


class PositionsExplorer(PictureMixin, anywidget.AnyWidget):
    """The live widget; `positions_explorer` makes it. All traits follow the learner; the page computes by itself."""

    _esm = source("client.js", "svg.js", "positions_explorer.js")
    _css = source("client.css", "positions_explorer.css")

    n_positions = traitlets.Int(N_POSITIONS).tag(sync=True)
    d_model = traitlets.Int().tag(sync=True)
    base = traitlets.Int().tag(sync=True)
    position = traitlets.Int().tag(sync=True)
    dimension = traitlets.Int(0).tag(sync=True)
    widths = traitlets.List(list(WIDTHS)).tag(sync=True)
    bases = traitlets.List(list(BASES)).tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    @traitlets.validate("d_model", "base")
    def _known(self, proposal: dict) -> int:
        name, value = proposal["trait"].name, proposal["value"]
        known = WIDTHS if name == "d_model" else BASES
        if value not in known:
            raise ValueError(f"{name} is {value}; expected one of {', '.join(map(str, known))}.")
        return value

    @traitlets.validate("position", "dimension")
    def _in_range(self, proposal: dict) -> int:
        most = self.n_positions if proposal["trait"].name == "position" else (self.d_model or max(WIDTHS))
        return max(0, min(most - 1, proposal["value"]))

    @traitlets.observe("d_model")
    def _narrower(self, change: Any) -> None:
        self.dimension = self.dimension  # into range

    def _found(self) -> dict[str, Any]:
        return compute(self.n_positions, self.d_model, self.base, self.position)

    def picture(self) -> bytes:
        return png(draw(self._found(), self.position, self.dimension))

    def alt_text(self) -> str:
        likeness = self._found()["likeness"]
        others = np.delete(np.arange(self.n_positions), self.position)
        best = others[np.argsort(-likeness[others], kind="stable")[:2]]
        near = " and ".join(f"{place} ({likeness[place]:.2f})" for place in best)
        return (f"{self.title}. {self.n_positions} positions of {self.d_model} numbers, base {self.base}: stripes, "
                f"fast on the left and slow on the right. Most like position {self.position} are {near}.")  # fmt: skip


def positions_explorer(d_model: int = 32, *, base: int = 10_000, position: int = 20,
                       title: str = "Sinusoidal positions") -> PositionsExplorer:  # fmt: skip
    """Look at the vectors of 64 positions, and at which of them are alike.

    Args:
        d_model: D, one of 4, 8, 16, 32, 64 and 128. base: one of 10, 100, 1000 and 10000.
        position: the chosen one, 0 to 63. title: what stands above it.

    Returns:
        The widget.

    Raises:
        ValueError: a width or a base that is not offered.
    """
    return PositionsExplorer(d_model=d_model, base=base, position=position, title=title)
