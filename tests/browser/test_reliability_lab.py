"""The reliability lab in JupyterLab in Chromium: controls against Python's numbers, keys, hostile names."""

import json

import numpy as np
import pytest

from helpers.widgets import reliability_lab_data as data

CELL = """
import numpy as np
from helpers.widgets.reliability_lab import reliability_lab
draw = np.random.default_rng(0)
labels = {"film": draw.integers(0, 2, 300), "<b>tweet</b>": draw.integers(0, 2, 40)}
judges = {name: {kind: np.clip(0.5 + (some - 0.5) * size + draw.normal(0, 0.3, len(some)), 0, 1)
                 for kind, some in labels.items()}
          for name, size in (("bold", 1.2), ("<script>window.hacked=1</script>", 0.3))}
lab = reliability_lab(judges, labels, fitted={"bold": 2.5}, title="<img src=x onerror='window.hacked=1'>")
lab
"""


@pytest.fixture(scope="module")
def shown():
    there = {}
    exec(CELL.replace("\nlab\n", "\n"), there)
    return there["lab"].shown


def compare(root, shown, judge="bold", kind="film", temperature=1.0, bins=10):
    found = json.loads(root.get_attribute("data-result"))
    wanted = data.compute(shown, {"judge": judge, "kind": kind, "temperature": temperature, "bins": bins})
    assert [row[2] for row in found["rows"]] == [row[2] for row in wanted["rows"]]
    for name in ("error", "accuracy", "confidence", "surprise"):
        assert found[name] == pytest.approx(wanted[name], abs=1e-9)
    assert np.allclose(found["rows"], wanted["rows"], atol=1e-9)
    assert f"Calibration error {wanted['error']:.3f}" in root.locator("[role=status]").inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_controls(lab, shown, theme):
    page = lab.open([CELL, "lab.chosen['temperature']"], theme=theme, width=900 if theme == "dark" else 1280)
    root = page.locator(".reliability-lab")
    root.scroll_into_view_if_needed()
    assert root.locator("h3").inner_text().startswith("<img") and page.evaluate("window.hacked") is None
    compare(root, shown)
    heat = root.get_by_label("Temperature", exact=True)
    heat.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    compare(root, shown, temperature=8.0**0.03)
    page.keyboard.press("End")
    compare(root, shown, temperature=8.0)
    assert heat.get_attribute("aria-valuetext") == "8.00" and float(root.get_attribute("data-paint-ms-max")) < 100
    page.keyboard.press("Home")
    compare(root, shown, temperature=0.2)
    root.get_by_role("button", name="Fitted on films: 2.50").press("Enter")
    compare(root, shown, temperature=2.5)
    root.get_by_label("Bins").select_option("20")
    root.get_by_label("Texts").select_option("<b>tweet</b>")
    compare(root, shown, kind="<b>tweet</b>", temperature=2.5, bins=20)
    root.get_by_role("button", name="Temperature 1", exact=True).click()
    root.get_by_label("Judge").select_option("<script>window.hacked=1</script>")
    compare(root, shown, "<script>window.hacked=1</script>", "<b>tweet</b>", bins=20)
    assert root.get_by_role("button", name="Fitted").count() == 0 and page.evaluate("window.hacked") is None
    assert root.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 2
