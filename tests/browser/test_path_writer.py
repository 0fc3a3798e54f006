"""Writing by choosing in JupyterLab in Chromium: keys, mouse, undo, paths tried, hostile texts."""

import pytest

from tests.browser.attention_page import ASK_KERNEL, KEYS_AT_ONCE, TYPE_AT_ONCE

CELL = """
from helpers.language_models import Characters, NGram
from helpers.widgets.path_writer import path_writer
vocabulary = Characters()
text = "the cat sat on the mat, then they left. " * 5
model = NGram(3, vocabulary.vocab_size, add_k=0.05).fit(vocabulary.encode(text))
writer = path_writer(model, vocabulary, "on t", title="<script>window.hacked=1</script>")
writer
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_choosing(lab, theme):
    page = lab.open([CELL, "1"], theme=theme, width=900 if theme == "dark" else 1280)
    root = page.locator(".path-writer")
    root.scroll_into_view_if_needed()
    pane, text, said = root.locator(".pw-pane"), root.locator(".pw-text"), root.locator("[role=status]")
    written = "document.querySelector('.pw-text').textContent"

    def wait_for(expected: str) -> None:
        page.wait_for_function(f"{written} === {expected + '▏'!r}")

    assert root.locator("h3").inner_text().startswith("<script>") and page.evaluate("window.hacked") is None
    assert root.locator(".pw-choices li").count() == 9 and "Nothing chosen yet" in said.inner_text()
    pane.focus()
    page.keyboard.press("1")
    wait_for("on th")
    page.keyboard.press("1")
    wait_for("on the")
    assert "2 choices" in said.inner_text() and " × " in said.inner_text() and "one in" in said.inner_text()
    page.keyboard.press("Backspace")
    wait_for("on th")
    page.keyboard.press("2")
    page.wait_for_function(f"{written}.length === 7 && {written} !== 'on the▏'")
    assert root.locator("tbody tr").count() == 3  # two paths, and the one that is always the likeliest
    assert root.locator(".pw-here").count() == 1
    page.keyboard.press("Escape")
    wait_for("on t")
    page.keyboard.press("Enter")
    wait_for("on th")
    page.keyboard.press("Space")
    page.wait_for_function(f"{written}.length === 7")
    text.locator("button").first.click()  # back to the first choice
    wait_for("on th")
    assert pane.evaluate("e => e === document.activeElement")  # so that keys go on working

    page.keyboard.press("Escape")
    wait_for("on t")
    pane.evaluate(KEYS_AT_ONCE, ["1", "2", "1", " ", " ", " ", " ", " ", "Backspace", "Backspace"])
    page.wait_for_function("document.querySelectorAll('.pw-text button').length === 6")  # none of ten is lost
    root.get_by_label("Begin with").evaluate(TYPE_AT_ONCE, ["Lo", "Lon", "London"])
    pane.evaluate(KEYS_AT_ONCE, ["1"])
    page.wait_for_function(f"{written}.startsWith('London') && {written}.length === 8")
    page.evaluate(ASK_KERNEL, "writer.begin('on t')")
    wait_for("on t")
    assert root.get_by_label("Begin with").input_value() == "on t"
    pane.focus()
    page.keyboard.press("1")
    wait_for("on th")

    two = root.locator(".pw-ahead button").first
    assert "together" in two.get_attribute("title")
    two.press("Enter")  # presses the button, and is not the key for the likeliest
    wait_for("on the␣")
    assert float(root.get_attribute("data-answer-ms")) > 0
    root.locator(".pw-path").last.click()
    page.wait_for_function(f"{written}.length === 8")

    root.get_by_label("Begin with").fill("<img src=x onerror='window.hacked=1'> 🙂")
    page.wait_for_function(f"{written}.includes('img src')")
    assert root.locator("img").count() == 0 and page.evaluate("window.hacked") is None
    root.get_by_label("Begin with").fill("")
    assert "at least one character" in root.locator(".cw-problem").inner_text()
    root.get_by_label("Begin with").press("3")  # a digit typed is no choice
    wait_for("3")
    assert root.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 2
