"""The positions explorer in JupyterLab in Chromium: its numbers are Python's; keyboard and mouse, both themes."""

import math

import pytest

CELL = """
from helpers.widgets.positions_explorer import positions_explorer
widget = positions_explorer(32, position=20)
widget
"""
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_numbers_keys_and_pointer(lab, theme):
    page = lab.open([CELL, "1"], theme=theme, width=1280 if theme == "light" else 900)
    root = page.locator(".positions-explorer")
    root.scroll_into_view_if_needed()
    said, pane = root.locator("[role=status]"), root.locator(".pe-pane")
    likeness = sum(math.cos(1 / 10_000 ** (2 * i / 32)) for i in range(16)) / 16
    assert said.inner_text().startswith(f"Position 20, number 0: sin(20.000) = {math.sin(20):.3f}; it comes round ever")
    assert f"Most like position 20: 19 ({likeness:.2f}) and 21 ({likeness:.2f})" in said.inner_text()

    before = pane.screenshot()
    pane.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    page.evaluate(PAINTED)
    angle = 21 / 10_000 ** (2 / 32)
    assert f"Position 21, number 3: cos({angle:.3f}) = {math.cos(angle):.3f}".replace("-", "−") in said.inner_text()
    assert pane.screenshot() != before
    root.get_by_label("Numbers in a vector, D").select_option("4")
    root.get_by_label("Base").select_option("10")
    page.evaluate(PAINTED)
    angle = 21 / 10 ** (2 / 4)
    assert f"number 3: cos({angle:.3f}) = {math.cos(angle):.3f}".replace("-", "−") in said.inner_text()
    root.get_by_label("Position", exact=True).focus()
    page.keyboard.press("Home")
    page.evaluate(PAINTED)
    assert said.inner_text().startswith("Position 0, number 3: cos(0.000) = 1.000")

    box = root.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 44 + 0.3 * (box["width"] - 44), box["y"] + 7 * 30 + 3)
    page.evaluate(PAINTED)
    assert said.inner_text().startswith("Position 30, number 1: cos(30.000)")
    assert float(root.get_attribute("data-paint-ms-max")) > 0
    assert root.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 2
