"""Gradient against distance in JupyterLab in Chromium: sliders by keyboard, the picture by mouse, in both themes."""

import pytest

CELL = """
from helpers.widgets.gradient_distance import compute, gradient_distance
table = compute(20, gains=(0.5, 1.0, 3.0), biases=(-2.0, 0.0, 3.0), seeds=(0, 1, 2), d_hidden=16)
widget = gradient_distance(table, gain=1.0, bias=0.0)
widget
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_sliders_and_picture(lab, theme):
    page = lab.open([CELL, "1"], theme=theme, width=1280 if theme == "light" else 900)
    root = page.locator(".gradient-distance")
    root.scroll_into_view_if_needed()
    said, canvas = root.locator("[role=status]"), root.locator("canvas")
    assert said.inner_text().startswith("Of a gradient of 1, at distance 20 there is: RNN")
    cells = [row.inner_text() for row in root.locator("tbody tr").all()]
    assert len(cells) == 3 and cells[1].startswith("LSTM")

    before = canvas.screenshot()
    root.get_by_label("LSTM's forget bias").focus()
    page.keyboard.press("End")
    assert root.locator("output", has_text="+3").count() == 1 and canvas.screenshot() != before
    after = [row.inner_text() for row in root.locator("tbody tr").all()]
    assert after[0] == cells[0] and after[1] != cells[1] and after[2] == cells[2]  # only the LSTM has such a gate

    root.get_by_label("Width of the recurrent weights").focus()
    page.keyboard.press("ArrowRight")
    assert root.locator("output", has_text="3").first.inner_text() == "3"
    assert [row.inner_text() for row in root.locator("tbody tr").all()][0] != cells[0]
    root.get_by_label("Distance", exact=True).focus()
    page.keyboard.press("Home")
    assert "at distance 0 there is: RNN 1; LSTM 1; GRU 1." in said.inner_text()

    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 62 + 0.5 * (box["width"] - 74), box["y"] + 100)
    assert "at distance 10 there is" in said.inner_text()
    assert float(root.get_attribute("data-paint-ms-max")) >= float(root.get_attribute("data-paint-ms")) > 0
    assert root.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 2
