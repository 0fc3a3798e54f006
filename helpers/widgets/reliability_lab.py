"""Reliability: how sure a judge is and how often right, for any kind of text, with a temperature to turn."""

from typing import Any

import anywidget
import traitlets

from helpers.widgets.client import source
from helpers.widgets.picture import PictureMixin, png
from helpers.widgets.reliability_lab_data import BINS, HIGH, LOW, checked, compute, draw, in_words


class ReliabilityLab(PictureMixin, anywidget.AnyWidget):
    """The live widget; `reliability_lab` makes it. Everything is computed on the page."""

    _esm = source("client.js", "svg.js", "reliability_lab_math.js", "reliability_lab.js")
    _css = source("client.css", "reliability_lab.css")

    shown = traitlets.Dict().tag(sync=True)
    fitted = traitlets.Dict().tag(sync=True)
    chosen = traitlets.Dict().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    def result(self) -> dict[str, Any]:
        """The numbers of what is chosen now."""
        return compute(self.shown, self.chosen)

    def picture(self) -> bytes:
        return png(draw(self.result(), self.chosen))

    def alt_text(self) -> str:
        return in_words(self.result(), self.chosen)


def reliability_lab(judges: dict[str, dict[str, Any]], labels: dict[str, Any], *, judge: str | None = None,
                    kind: str | None = None, temperature: float = 1.0, bins: int = 10,
                    fitted: dict[str, float] | None = None, title: str = "How sure, and how often right?",
                    ) -> ReliabilityLab:  # fmt: skip
    """Let the learner compare what judges say with how often they are right.

    Args:
        judges: name -> kind of text -> probability of class 1 for each text.
        labels: kind of text -> the right class, 0 or 1, of each text.
        judge, kind, temperature, bins: shown first; the first judge and kind if not given.
        fitted: name of a judge -> a temperature chosen for it elsewhere, which a button sets.
        title: what stands above it.

    Returns:
        The widget.

    Raises:
        ValueError: nothing to show, things that don't fit together, or a choice that is not there.
    """
    shown = checked(judges, labels)
    chosen = {"judge": judge or next(iter(judges)), "kind": kind or next(iter(labels)), "temperature": temperature,
              "bins": bins}  # fmt: skip
    compute(shown, chosen)  # complains about a choice that is not there
    kept = {name: min(max(float(one), LOW), HIGH) for name, one in (fitted or {}).items() if name in judges}
    return ReliabilityLab(shown=shown | {"bins": list(BINS), "range": [LOW, HIGH]}, fitted=kept, chosen=chosen,
                          title=title)  # fmt: skip
