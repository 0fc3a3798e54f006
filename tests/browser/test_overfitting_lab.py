"""The over-fitting lab in JupyterLab in Chromium: every switch, by keyboard and by mouse."""

import json

import pytest

CELL = """
from itertools import combinations
from helpers.overfitting import CURES, Curve
from helpers.widgets.overfitting_lab import overfitting_lab
from ipywidgets import HTML, dlink
steps = list(range(20, 201, 20))
def curve(n, seed):
    valid = [0.7 - 0.03 * i + (4 - n) * 0.006 * i * i + 0.01 * seed for i in range(10)]
    return Curve(steps, [0.65 - 0.06 * i for i in range(10)], valid, [0.6] * 10, [v + 0.01 for v in valid],
                 [0.6 + 0.01 * i for i in range(10)])
runs = {c: [curve(n, seed) for seed in range(3)] for n in range(4) for c in combinations(CURES, n)}
lab, seen = overfitting_lab(runs), HTML()
dlink((lab, "on"), (seen, "value"), lambda on: "in Python: " + ", ".join(on))
display(lab, seen)
"""


def shown(root) -> dict:
    return json.loads(root.get_attribute("data-shown"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_switches(lab, theme):
    page = lab.open([CELL, "1"], theme=theme)
    root = page.locator(".overfitting-lab")
    root.scroll_into_view_if_needed()
    assert shown(root)["step"] == 200 and root.locator("tbody tr").count() == 1
    held_out = root.locator("polyline.ol-valid").get_attribute("points")

    root.get_by_label("early stopping").focus()
    page.keyboard.press("Space")
    early = shown(root)
    assert early["on"] == ["early stopping"] and early["step"] < 200
    assert root.locator("polyline.ol-valid").get_attribute("points") == held_out  # nothing else changed
    page.wait_for_selector("text=in Python: early stopping")

    for name in ("dropout", "weight decay", "augmentation"):
        root.get_by_label(name).click()
    assert shown(root)["on"] == ["dropout", "weight decay", "augmentation", "early stopping"]
    assert root.locator("polyline.ol-valid").get_attribute("points") != held_out
    assert shown(root)["step"] > early["step"]
    root.get_by_label("early stopping").click()
    assert shown(root)["step"] == 200 and root.locator("tbody tr").count() == 2
    assert "a gap of" in root.locator("[role=status]").inner_text()
    assert float(root.get_attribute("data-paint-ms-max")) < 100
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 2
    assert root.evaluate("e => e.scrollWidth <= e.clientWidth")
