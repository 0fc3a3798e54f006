"""The entity marker in JupyterLab in Chromium: typing, switches by keyboard, hostile texts, both themes."""

import pytest

CELL = """
from helpers.tasks import weak_spans
from helpers.widgets.entity_marker import entity_marker
rules = lambda text: weak_spans(text)
first = lambda text: weak_spans(text)[:1]
marker = entity_marker({"rules": rules, "first alone": first}, "In March, New Zealand paid $5 million to the UK.",
                       title="<script>window.hacked=1</script>")
marker
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_marking(lab, theme):
    page = lab.open([CELL, "1"], theme=theme, width=900 if theme == "dark" else 1280)
    root = page.locator(".entity-marker")
    root.scroll_into_view_if_needed()
    assert root.locator("h3").inner_text().startswith("<script>") and page.evaluate("window.hacked") is None
    rules, first = root.locator("section").nth(0), root.locator("section").nth(1)
    marks = ["March date", "New Zealand country", "$5 million money", "UK country"]
    assert rules.locator("mark").all_inner_texts() == marks
    assert first.locator("mark").count() == 1 and "country 2" in rules.locator("h4").inner_text()
    colours = rules.locator("mark").evaluate_all("all => all.map(e => getComputedStyle(e).backgroundColor)")
    assert len(set(colours)) == 3 and colours[1] == colours[3]

    root.get_by_label("date").focus()
    page.keyboard.press("Space")  # switches a kind off, without the kernel
    assert rules.locator("mark").count() == 3 and "4 entities" not in root.locator("[role=status]").inner_text()
    page.keyboard.press("Space")
    typed = root.get_by_label("Text")
    typed.fill("Peru, <img src=x onerror='window.hacked=1'> 🙂 שלום 我 and Chile.")
    page.wait_for_function("document.querySelectorAll('.entity-marker section:first-of-type mark').length === 2")
    assert root.locator("img").count() == 0 and page.evaluate("window.hacked") is None
    assert "<img src=x" in rules.locator("p").inner_text() and float(root.get_attribute("data-answer-ms")) > 0
    typed.fill("x" * 5000)
    page.wait_for_function("document.querySelector('.entity-marker').textContent.includes('1,500 of 5,000')")
    typed.fill("")
    page.wait_for_function("document.querySelector('.entity-marker').textContent.includes('Type or paste')")
    typed.press("d")
    typed.press("d")  # no keys for JupyterLab
    assert root.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 2
