"""Three optimisers race downhill on a surface of the learner's choice, with a slider for the learning rate."""

from typing import TYPE_CHECKING

import anywidget
import numpy as np
import traitlets

from helpers.plots import OKABE_ITO
from helpers.widgets.client import source
from helpers.widgets.optimizer_race_paths import SURFACES, Surface, paths
from helpers.widgets.picture import PictureMixin, png

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STEPS = 100  # of the still picture
LOOKS = {
    "SGD": ("black", "-", "o"),
    "momentum": (OKABE_ITO["blue"], "--", "s"),
    "Adam": (OKABE_ITO["vermillion"], ":", "^"),
}


def draw(surface: Surface, learning_rate: float, steps: int = STEPS) -> "Figure":
    """The surface from above with the three paths, in a matplotlib Figure."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.6), dpi=100, layout="constrained")
    ax = figure.subplots()
    line = np.linspace(-surface.reach, surface.reach, 81)
    x, y = np.meshgrid(line, line)
    height = surface.height(x, y)
    ax.contourf(x, y, np.sqrt(height - height.min()), levels=20, cmap="Greys_r", alpha=0.6)
    for name, track in paths(surface, learning_rate, steps).items():
        colour, dash, marker = LOOKS[name]
        track = track.clamp(-10, 10).nan_to_num().numpy()
        ax.plot(*track.T, color=colour, linestyle=dash, marker="", label=name)
        ax.plot(*track[-1], color=colour, marker=marker)
    ax.plot(*surface.start, marker="o", markersize=11, markerfacecolor="none", color="black")
    ax.set(xlim=(-surface.reach, surface.reach), ylim=(-surface.reach, surface.reach), aspect="equal",
           xlabel="first weight", ylabel="second weight",
           title=f"{surface.name}, learning rate {learning_rate:g}, {steps} steps")  # fmt: skip
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return figure


class OptimizerRace(PictureMixin, anywidget.AnyWidget):
    """The live race; `optimizer_race` makes it. Traits: `surface` (a name) and `learning_rate`."""

    _esm = source("client.js", "svg.js", "optimizer_race_paths.js", "optimizer_race.js")
    _css = source("client.css", "optimizer_race.css")

    surfaces = traitlets.Dict().tag(sync=True)
    surface = traitlets.Enum(list(SURFACES), "long valley").tag(sync=True)
    learning_rate = traitlets.Float().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    @traitlets.validate("learning_rate")
    def _positive(self, proposal) -> float:
        if not 0.001 <= proposal["value"] <= 2:
            raise ValueError(f"learning_rate is {proposal['value']}; expected a number from 0.001 to 2.")
        return proposal["value"]

    def picture(self) -> bytes:
        return png(draw(SURFACES[self.surface], self.learning_rate))

    def alt_text(self) -> str:
        surface, said = SURFACES[self.surface], []
        for name, track in paths(surface, self.learning_rate, STEPS).items():
            height = float(surface.height(*track[-1]))
            said.append(f"{name} at {height:.3f}" if height < 1e3 else f"{name} off the map")
        return (f"{self.title}: {self.surface}, learning rate {self.learning_rate:g}. Height after {STEPS} steps: "
                f"{', '.join(said)}.")  # fmt: skip


def optimizer_race(surface: str = "long valley", learning_rate: float = 0.05, *,
                   title: str = "Three ways downhill") -> OptimizerRace:  # fmt: skip
    """Let the learner race SGD, momentum and Adam.

    Args:
        surface: the first one shown: "long valley", "bent valley", "saddle" or "two hollows".
        learning_rate: the same for all three, from 0.001 to 2.
        title: what stands above it.

    Returns:
        The widget.

    Raises:
        ValueError: no such surface, or a learning rate out of range.
    """
    if surface not in SURFACES:
        raise ValueError(f"surface is {surface!r}; expected one of {', '.join(SURFACES)}.")
    places = {one.name: {"start": list(one.start), "reach": one.reach} for one in SURFACES.values()}
    return OptimizerRace(surfaces=places, surface=surface, learning_rate=learning_rate, title=title)
