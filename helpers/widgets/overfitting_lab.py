"""The over-fitting lab: four cures as switches over curves that were really run."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import anywidget
import numpy as np
import traitlets

from helpers.overfitting import CURES, SWITCHES, Curve
from helpers.plots import OKABE_ITO
from helpers.widgets.client import source
from helpers.widgets.picture import PictureMixin, png

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def key(cures: Sequence[str]) -> str:
    """How a combination of CURES is named in the tables: their names in order, with + between."""
    return "+".join(cure for cure in CURES if cure in cures)


def spread(values: Sequence[float]) -> list[float]:
    """Lowest, median and highest of the seeds' values."""
    return [round(float(value), 4) for value in (min(values), np.median(values), max(values))]


def table(curves: Sequence[Curve]) -> dict:
    """What the page shows of one combination of CURES, over its seeds.

    Returns:
        {"steps", "train", "valid": for each evaluation [lowest, median, highest] loss; "last", "early": for the
        weights taken at the end and at the smallest validation loss {"step", "test_loss", "test_accuracy"}}.
    """
    found = {"steps": curves[0].steps}
    for name in ("train", "valid"):
        losses = np.array([getattr(curve, f"{name}_loss") for curve in curves])  # (seeds, evaluations)
        found[name] = [spread(column) for column in losses.T]
    for name, early in (("last", False), ("early", True)):
        places = [curve.taken(early) for curve in curves]
        step = spread([curve.steps[place] for curve, place in zip(curves, places, strict=True)])
        found[name] = {"step": [round(value) for value in step]} | {
            measure: spread([getattr(curve, measure)[place] for curve, place in zip(curves, places, strict=True)])
            for measure in ("test_loss", "test_accuracy")
        }
    return found


def draw(runs: Mapping[str, dict], on: Sequence[str]) -> "Figure":
    """The losses without any cure, and with those that are on (all, if none is), in a matplotlib Figure."""
    from matplotlib.figure import Figure

    on = on or SWITCHES
    figure = Figure(figsize=(9, 3.6), dpi=100, layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    for ax, chosen, title in zip(axes, ([], on), ("no cure", ", ".join(on)), strict=True):
        it = runs[key(chosen)]
        for name, colour, dash in (("train", "blue", "-"), ("valid", "vermillion", "--")):
            low, middle, high = np.array(it[name]).T
            ax.fill_between(it["steps"], low, high, color=OKABE_ITO[colour], alpha=0.25)
            ax.plot(it["steps"], middle, color=OKABE_ITO[colour], linestyle=dash, marker="",
                    label={"train": "learned from", "valid": "held out"}[name])  # fmt: skip
        taken = it["early" if "early stopping" in chosen else "last"]["step"][1]
        ax.axvline(taken, color="black", linestyle=":", marker="", label="weights taken")
        ax.set_title(title, fontsize=11)
        ax.set_xlabel("steps of training")
    axes[0].set_ylabel("loss, nats")
    axes[0].legend(frameon=False)
    return figure


class OverfittingLab(PictureMixin, anywidget.AnyWidget):
    """The live lab; `overfitting_lab` makes it. The trait `on` holds the cures that are switched on."""

    _esm = source("client.js", "svg.js", "overfitting_lab.js")
    _css = source("client.css", "overfitting_lab.css")

    runs = traitlets.Dict().tag(sync=True)
    switches = traitlets.List(list(SWITCHES)).tag(sync=True)
    on = traitlets.List(traitlets.Enum(SWITCHES)).tag(sync=True)
    highest = traitlets.Float().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)

    def picture(self) -> bytes:
        return png(draw(self.runs, self.on))

    def alt_text(self) -> str:
        said = []
        for name, chosen in (("no cure", []), (", ".join(self.on or SWITCHES), self.on or SWITCHES)):
            it = self.runs[key(chosen)]
            taken = it["early" if "early stopping" in chosen else "last"]
            learned, held_out = it["train"][-1][1], it["valid"][-1][1]
            said.append(f"With {name}: final loss {learned:.2f} on the texts learned from, {held_out:.2f} on held-out "
                        f"ones; loss on the test {taken['test_loss'][1]:.2f}.")  # fmt: skip
        return f"{self.title}. {' '.join(said)}"


def overfitting_lab(curves: Mapping[tuple[str, ...], Sequence[Curve]], on: Sequence[str] = (), *,
                    title: str = "Over-fitting and its cures") -> OverfittingLab:  # fmt: skip
    """Let the learner switch cures on and off and see what they do to the losses.

    Args:
        curves: what `helpers.overfitting.run_all` gave: every combination of its CURES.
        on: the switches that are on at first, out of `helpers.overfitting.SWITCHES`.
        title: what stands above it.

    Returns:
        The widget. It needs no kernel.

    Raises:
        ValueError: a combination is missing, or there is no such switch.
    """
    needed = [chosen for n in range(len(CURES) + 1) for chosen in combinations(CURES, n)]
    if missing := [chosen for chosen in needed if not curves.get(chosen)]:
        raise ValueError(f"There are no runs with {missing[0] or 'no cure'}; run_all makes every combination.")
    if wrong := [name for name in on if name not in SWITCHES]:
        raise ValueError(f"There is no switch {wrong[0]!r}; expected some of {', '.join(SWITCHES)}.")
    runs = {key(chosen): table(curves[chosen]) for chosen in needed}
    highest = max(row[2] for it in runs.values() for name in ("train", "valid") for row in it[name])
    seeds = len(curves[()])
    note = (f"Each line is the median of {seeds} runs, the band runs from the lowest to the highest. Early stopping "
            "takes the weights where the loss on held-out texts was smallest; the test texts chose nothing.")
    return OverfittingLab(runs=runs, on=list(on), highest=float(np.ceil(highest * 4) / 4), title=title, note=note)
