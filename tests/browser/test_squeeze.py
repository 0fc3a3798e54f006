"""The squeeze in JupyterLab in Chromium: sliders by keyboard, cells by mouse, both themes, numbers as Python's."""

CELL = """
import numpy as np, torch
from helpers import bert
from helpers.widgets.squeeze import squeeze
from helpers.widgets.squeeze_data import compute, on_levels
torch.manual_seed(0)
config = bert.bert_config(60, d_model=384, n_heads=12, n_layers=1, d_ff=768, context_len=16)
model = bert.Classifier(bert.Encoder(config), pooling="mean")
bits, percents = [2, 3, 4, 8, 32], [0, 50, 90]
accuracy = [[0.5, 0.5, 0.5], [0.7, 0.6, 0.5], [0.84, 0.8, 0.55], [0.86, 0.85, 0.6], [0.862, 0.851, 0.61]]
table = compute(model, bits, percents, accuracy, baseline=("<b>counting</b> words", 0.8))
for row in table["rows"]:
    row["name"] = "<script>" + row["name"]
squeeze(table, bits=8)
"""
PYTHON = "[(s['pruned'], s['used']) for s in [on_levels(table['rows'][1]['weights'], 3, table['edges'][1])]]"


def test_bits_and_pruning(lab):
    page = lab.open([CELL, PYTHON], theme="dark", width=1280)
    root = page.locator(".squeeze")
    root.scroll_into_view_if_needed()
    said, canvas = root.locator("[role=status]"), root.locator("canvas")
    assert said.inner_text().startswith("8 bits, 0 % pruned: 86.0 % right")
    before = canvas.screenshot()
    root.get_by_label("Bits a weight").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert said.inner_text().startswith("3 bits, 0 % pruned: 70.0 % right") and canvas.screenshot() != before
    root.get_by_label("Weights pruned").focus()
    page.keyboard.press("ArrowRight")
    assert "3 bits, 50 % pruned: 60.0 % right" in said.inner_text()
    root.locator("select").select_option(index=1)
    python = page.locator(".jp-OutputArea-output", has_text="[(").last.inner_text().strip("[]() \n")
    pruned, used = python.split(", ")
    assert f"{pruned} are pruned; the rest takes {used} different values" in root.inner_text()
    root.locator("td", has_text="61").click()
    assert said.inner_text().startswith("32 bits, 90 % pruned: 61.0 % right")
    assert root.locator("td.sq-here").count() == 1 and root.locator("script, b").count() == 0
    assert float(root.get_attribute("data-paint-ms-max")) > 0
    for width in (1920, 1280, 900):
        page.set_viewport_size({"width": width, "height": 900})
        assert root.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 2
