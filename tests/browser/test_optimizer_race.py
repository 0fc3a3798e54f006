"""The optimiser race in JupyterLab in Chromium: its JavaScript against Python, step, play, reset."""

import json

import numpy as np
import pytest

from helpers.widgets.optimizer_race_paths import SURFACES, paths

CELL = """
from helpers.widgets.optimizer_race import optimizer_race
race = optimizer_race("long valley", 0.05, title="<script>window.hacked=1</script>")
race
"""


def places(root) -> dict[str, list[float]]:
    return json.loads(root.get_attribute("data-places"))


def compare(root, surface: str, rate: float, steps: int) -> None:
    expected = paths(SURFACES[surface], rate, steps)
    for racer, place in places(root).items():
        assert place == pytest.approx(expected[racer][-1].tolist(), abs=1e-9), (surface, racer)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_race(lab, theme):
    page = lab.open([CELL, "1"], theme=theme)
    root = page.locator(".optimizer-race")
    root.scroll_into_view_if_needed()
    assert root.locator("h3").inner_text().startswith("<script>") and page.evaluate("window.hacked") is None
    compare(root, "long valley", 0.05, 0)
    root.get_by_role("button", name="One step").press("Enter")
    compare(root, "long valley", 0.05, 1)
    root.get_by_role("button", name="20 steps").click()
    compare(root, "long valley", 0.05, 21)
    assert root.locator("[role=status]").inner_text().startswith("After 21 steps, ")

    pixels = """canvas => Array.from(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data)
        .filter((_, i) => i % 997 === 0)"""
    before = root.locator("canvas").evaluate(pixels)
    for surface in reversed(SURFACES):  # another one each time, the first one last
        root.get_by_role("combobox").select_option(surface)
        root.get_by_role("button", name="20 steps").click()
        compare(root, surface, 0.05, 20)
        assert (root.locator("canvas").evaluate(pixels) == before) == (surface == "long valley")
    assert np.std(before) > 5

    slider = root.get_by_label("Learning rate")
    slider.focus()
    page.keyboard.press("End")
    rate = float(root.locator("output").inner_text())
    assert rate > 1.9 and slider.get_attribute("aria-valuetext") == root.locator("output").inner_text()
    root.get_by_role("button", name="20 steps").click()
    assert "off the map" in root.locator("tbody").inner_text()
    assert "the steps are too large" in root.locator("[role=status]").inner_text()

    page.emulate_media(reduced_motion="no-preference")
    slider.focus()
    page.keyboard.press("Home")
    root.get_by_role("button", name="Play").click()
    root.get_by_role("button", name="Pause").wait_for()
    root.get_by_role("button", name="Pause").click()
    stopped = places(root)
    page.wait_for_timeout(120)
    assert places(root) == stopped
    root.get_by_role("button", name="Reset").click()
    page.emulate_media(reduced_motion="reduce")
    root.get_by_role("button", name="Play").click()  # no animation: the end at once
    assert root.locator("[role=status]").inner_text().startswith("After 200 steps")
    assert root.get_by_role("button", name="Play").is_visible()
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 2
    assert root.evaluate("e => e.scrollWidth <= e.clientWidth")
