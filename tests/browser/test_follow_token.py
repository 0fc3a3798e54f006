"""Follow one token in JupyterLab in Chromium: by keyboard and mouse, in both themes, with hostile text."""

import pytest

CELL = """
from helpers.widgets.follow_token import follow_token
widget = follow_token(title="<script>window.hacked=1</script>")
widget
"""
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_by_keyboard_and_mouse(lab, theme):
    page = lab.open([CELL, "1"], theme=theme, width=1280 if theme == "light" else 900)
    root = page.locator(".follow-token")
    root.scroll_into_view_if_needed()
    said, rows = root.locator("[role=status]"), root.locator("tbody tr")
    assert root.locator("h3").inner_text() == "<script>window.hacked=1</script>"
    assert said.inner_text().startswith("Head 1: sat (place 3) attends to cat 64 %, sat 15 %, mat 15 %")
    assert rows.nth(1).inner_text().split() == "cat [3, 0] 2·3 + 0·0 = 6 4.24 allowed 0.64 [2, 1] [1.27, 0.64]".split()
    assert root.locator("tfoot").inner_text().split()[-2:] == ["[1.58,", "0.98]"]

    root.get_by_role("button", name="sat").focus()
    page.keyboard.press("ArrowLeft")
    page.evaluate(PAINTED)
    assert "cat (place 2) attends to" in said.inner_text()
    assert page.evaluate("document.activeElement.textContent") == "cat"  # the focus goes with the choice
    root.get_by_label("causal mask").check()
    page.evaluate(PAINTED)
    assert rows.nth(2).inner_text().count("forbidden") == 1 and root.locator(".ft-hidden").count() == 4
    root.get_by_label("Steps shown").focus()
    page.keyboard.press("Home")
    page.evaluate(PAINTED)
    assert root.locator("thead th").count() == 2 and "Guess the next column" in said.inner_text()
    page.keyboard.press("ArrowRight")
    page.evaluate(PAINTED)
    assert root.locator("thead th").all_inner_texts() == ["token", "key k", "score q · k"]
    page.keyboard.press("End")
    root.get_by_label("Head").select_option("1")
    root.get_by_role("button", name="the").last.click()
    page.evaluate(PAINTED)
    assert said.inner_text().startswith("Head 2: the (place 5) attends to cat")
    assert float(root.get_attribute("data-paint-ms-max")) > 0

    typed = root.get_by_label("Sentence")
    typed.fill("שלום 我 🙂 " + "z" * 300 + " <img src=x onerror='window.hacked=1'>")
    root.locator("tbody", has_text="z" * 300).wait_for()
    assert root.locator("img").count() == 0 and page.evaluate("window.hacked") is None
    assert float(root.get_attribute("data-answer-ms")) > 0
    typed.fill("")
    assert root.locator(".cw-problem").inner_text() == "Type at least one word."
    typed.fill("a " * 40)
    root.locator(".cw-note", has_text="first 12 words").wait_for()
    assert rows.count() == 12 and root.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 2
