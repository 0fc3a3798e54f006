"""The reliability lab: numbers against the metrics' own, choices that are not there, hostile names, pictures."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from helpers import metrics
from helpers.limits import at_temperature
from helpers.widgets import reliability_lab_data as data
from helpers.widgets.reliability_lab import reliability_lab

DRAW = np.random.default_rng(0)
LABELS = {"film": DRAW.integers(0, 2, 300), "<b>tweet</b>": DRAW.integers(0, 2, 40)}
JUDGES = {
    name: {kind: np.clip(0.5 + (labels - 0.5) * size + DRAW.normal(0, 0.3, len(labels)), 0, 1)
           for kind, labels in LABELS.items()}
    for name, size in (("bold", 1.2), ("שלום <script>", 0.3), ("$\\frac", 0.1))
}  # fmt: skip


CHOICES = [("film", 1.0, 10), ("<b>tweet</b>", 2.5, 5), ("film", 0.4, 20)]


@pytest.mark.parametrize(("kind", "temperature", "bins"), CHOICES)
def test_the_numbers_are_those_of_the_metrics(kind, temperature, bins):
    widget = reliability_lab(JUDGES, LABELS, judge="bold", kind=kind, temperature=temperature, bins=bins)
    p = at_temperature(np.rint(1000 * JUDGES["bold"][kind]) / 1000, temperature)
    sure, right = np.maximum(p, 1 - p), (p > 0.5) == (LABELS[kind] == 1)
    found = widget.result()
    assert found["error"] == pytest.approx(metrics.expected_calibration_error(sure.tolist(), right.tolist(), bins))
    assert found["accuracy"] == pytest.approx(right.mean()) and found["confidence"] == pytest.approx(sure.mean())
    assert sum(row[2] for row in found["rows"]) == found["n"] == len(LABELS[kind])
    assert f"error {found['error']:.3f}" in widget.alt_text()


@pytest.mark.filterwarnings("error")
def test_hostile_names_and_pictures():
    widget = reliability_lab(JUDGES, LABELS, fitted={"bold": 100.0, "nobody": 2.0}, title="<i>x</i>")
    assert widget.fitted == {"bold": 8.0}
    for judge in JUDGES:
        for kind in LABELS:
            widget.chosen = {"judge": judge, "kind": kind, "temperature": 3.0, "bins": 20}
            assert Image.open(io.BytesIO(widget.picture())).size == (800, 440)
    json.dumps([widget.shown, widget.fitted, widget.chosen], allow_nan=False)


@pytest.mark.parametrize("wrong", [
    lambda: reliability_lab({}, LABELS), lambda: reliability_lab(JUDGES, {}),
    lambda: reliability_lab(JUDGES, LABELS, judge="nobody"), lambda: reliability_lab(JUDGES, LABELS, temperature=0),
    lambda: reliability_lab(JUDGES, LABELS, bins=7),
    lambda: reliability_lab({"a": {"k": [0.5, 0.2]}}, {"k": [1]}),
    lambda: reliability_lab({"a": {"k": [1.5]}}, {"k": [1]}),
    lambda: reliability_lab({"a": {"k": [0.5]}}, {"k": [2]}), lambda: reliability_lab({"a": {}}, {"k": [1]}),
])  # fmt: skip
def test_what_does_not_fit_is_said(wrong):
    with pytest.raises(ValueError, match="xpected|no choice|gave"):
        wrong()


def test_extremes():
    found = data.compute(data.checked({"a": {"k": [0.0, 1.0, 0.5]}}, {"k": [0, 0, 1]}),
                         {"judge": "a", "kind": "k", "temperature": 1.0, "bins": 5})  # fmt: skip
    assert found["accuracy"] == pytest.approx(1 / 3)  # undecided counts as class 0
    assert [row[2] for row in found["rows"]] == [1, 2]
