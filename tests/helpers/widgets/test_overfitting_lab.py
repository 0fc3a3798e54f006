"""The over-fitting lab: what the page gets to show, its picture, its words."""

from itertools import combinations

import pytest
import traitlets

from helpers.overfitting import CURES, SWITCHES, Curve
from helpers.widgets.overfitting_lab import draw, overfitting_lab, table


def curve(shift=0.0):
    return Curve([20, 40, 60], [0.6, 0.3, 0.1], [0.65 + shift, 0.6 + shift, 0.9 + shift], [0.6, 0.7, 0.7],
                 [0.66, 0.61 + shift, 0.95 + shift], [0.6, 0.68, 0.69])  # fmt: skip


RUNS = {chosen: [curve(0.01 * n), curve(0.02 * n), curve()] for n in range(4) for chosen in combinations(CURES, n)}


def test_table():
    it = table([curve(0.1), curve(0.0), curve(0.3)])
    assert it["steps"] == [20, 40, 60] and it["valid"][2] == pytest.approx([0.9, 1.0, 1.2])
    assert it["last"]["step"] == [60] * 3 and it["last"]["test_loss"] == pytest.approx([0.95, 1.05, 1.25])
    assert it["early"]["step"] == [40] * 3 and it["early"]["test_accuracy"] == pytest.approx([0.68] * 3)


def test_widget():
    widget = overfitting_lab(RUNS, ["dropout", "early stopping"], title="<i>")
    assert len(widget.runs) == 8 and widget.highest == 1.0 and widget.switches == list(SWITCHES)
    data, _ = widget._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert "With dropout, early stopping: final loss 0.10" in data["text/plain"]
    assert [ax.get_title() for ax in draw(widget.runs, []).axes] == ["no cure", ", ".join(SWITCHES)]
    with pytest.raises(traitlets.TraitError):
        widget.on = ["prayer"]


def test_complaints():
    with pytest.raises(ValueError, match="no runs with no cure"):
        overfitting_lab({})
    with pytest.raises(ValueError, match="no switch 'prayer'"):
        overfitting_lab(RUNS, ["prayer"])
