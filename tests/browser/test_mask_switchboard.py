"""The mask switchboard in JupyterLab in Chromium: switches, leaks, keyboard and mouse, both themes, hostile text."""

import pytest

CELL = """
import torch
from helpers.transformer import Stack, TransformerConfig
from helpers.widgets.mask_switchboard import mask_switchboard
torch.manual_seed(0)
torch.set_num_threads(1)
stack = Stack(TransformerConfig(16, d_model=16, n_heads=2, n_layers=2)).eval()
widget = mask_switchboard(lambda token_ids, mask: stack(token_ids, mask).x, 16, changed=3)
widget
"""
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_switches_and_leaks(lab, theme):
    page = lab.open([CELL, "1"], theme=theme, width=1280 if theme == "light" else 900)
    root = page.locator(".mask-switchboard")
    root.scroll_into_view_if_needed()
    said = root.locator(".ms-said")
    assert said.inner_text() == (
        "Token 4, on, is changed. Outputs 4, 5, 6 move. No leak. Leaks over all tokens: 0.")
    assert root.locator(".ms-leak").count() == 0 and root.locator(".ms-grid tbody tr").count() == 16

    root.get_by_label("Causal mask").select_option("late")
    root.locator(".ms-said", has_text="Leak: outputs 2, 3 depend on the future.").wait_for()
    assert root.locator(".ms-leak").count() == 9 and float(root.get_attribute("data-answer-ms")) > 0
    root.get_by_role("button", name="on stays").or_(root.get_by_role("button", name="on moves")).focus()
    page.keyboard.press("ArrowRight")
    page.evaluate(PAINTED)
    assert "Token 5, the, is changed." in said.inner_text()
    page.keyboard.press("End")
    page.evaluate(PAINTED)
    assert "Token 8, ‹pad›, is changed. No output of a word moves. No leak." in said.inner_text()
    root.get_by_label("Causal mask").select_option("off")
    root.get_by_label("hide padding").uncheck()
    root.locator(".ms-said", has_text="outputs 1, 2, 3, 4, 5, 6 depend on padding.").wait_for()
    root.get_by_label("Causal mask").select_option("right")
    root.get_by_label("Window").select_option("2")
    root.get_by_label("hide padding").check()
    root.locator(".ms-said", has_text="Leaks over all tokens: 0.").wait_for()
    root.locator(".ms-grid").first.locator("tbody tr").first.locator("td").nth(1).click()
    page.evaluate(PAINTED)
    assert "Token 2, cat, is changed. Outputs 2, 3, 4 move." in said.inner_text()  # two blocks, one place each

    typed = root.get_by_label("Text")
    typed.fill("שלום 🙂 " + "z" * 300 + " <img src=x onerror='window.hacked=1'>")
    root.locator(".ms-tokens", has_text="z" * 300).wait_for()
    assert root.locator("img").count() == 0 and page.evaluate("window.hacked") is None
    typed.fill(" ")
    assert root.locator(".cw-problem").inner_text() == "Type at least one word."
    typed.fill("b c " * 40)
    root.locator(".cw-note", has_text="first 12 words").wait_for()
    assert root.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 2
