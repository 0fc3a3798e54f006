"""The alignment explorer in JupyterLab in Chromium: by keyboard and mouse, in both themes, with any text."""

import pytest

CELL = """
import torch
from helpers.recurrent.seq2seq import Seq2Seq
from helpers.translation import TranslationTask
from helpers.widgets import alignment_explorer_data
from helpers.widgets.alignment_explorer import alignment_explorer
alignment_explorer_data.LONGEST = 12  # an untrained model finds no end
torch.manual_seed(0)
torch.set_num_threads(1)
task = TranslationTask("de")
model = Seq2Seq(len(task.source), len(task.target), d_model=8, d_hidden=12, looks="dot")
torch.nn.init.normal_(model.to_logits.weight, std=2)
torch.nn.init.normal_(model.source_embedding.weight, std=2)
widget = alignment_explorer(model, task, "twenty-one; Anna", title="<script>window.hacked=1</script>")
widget
"""
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_by_keyboard_and_mouse(lab, theme):
    page = lab.open([CELL, "1"], theme=theme, width=900 if theme == "dark" else 1280)
    root = page.locator(".alignment-explorer")
    root.scroll_into_view_if_needed()
    said, typed, target = root.locator("[role=status]"), root.get_by_label("English"), root.get_by_role("group").last
    pieces, source = root.locator(".ae-piece"), root.locator(".ae-chip:not(.ae-piece)")
    assert root.locator("h3").inner_text() == "<script>window.hacked=1</script>"
    assert [chip.locator("bdi").inner_text() for chip in source.all()] == ["twenty", "-", "one", ";", "anna"]
    n = pieces.count()
    assert n == 12 and f"Step 1 of {n} writes " in said.inner_text() and "looking most at" in said.inner_text()
    assert root.locator(".cw-bars li").count() == 5

    before = root.locator("canvas").screenshot()
    target.focus()
    for key in ("ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    page.evaluate(PAINTED)
    assert f"Step 3 of {n}" in said.inner_text() and root.locator("canvas").screenshot() != before
    assert pieces.nth(2).get_attribute("class").split().count("ae-now") == 1
    page.keyboard.press("End")
    page.evaluate(PAINTED)
    assert f"Step {n} of {n}" in said.inner_text()
    assert root.get_by_label("Step", exact=True).get_attribute("aria-valuetext") == f"{n} of {n}"
    root.get_by_role("button", name="Step back").click()
    page.evaluate(PAINTED)
    assert f"Step {n - 1} of {n}" in said.inner_text() and float(root.get_attribute("data-paint-ms")) >= 0
    pieces.nth(1).hover()
    page.evaluate(PAINTED)
    assert f"Step 2 of {n}" in said.inner_text()

    typed.focus()
    typed.fill("1984-05-21; <img src=x onerror='window.hacked=1'> שלום 🙂")
    root.locator(".cw-note", has_text="no vector of its own for “<”").wait_for()
    assert root.locator(".ae-unknown").count() > 5 and "Read as: May 21, 1984" in root.locator(".cw-note").inner_text()
    assert float(root.get_attribute("data-answer-ms")) > 0 and root.locator(".cw-problem").inner_text() == ""
    typed.fill(" ")
    assert "Type a number" in root.locator(".cw-problem").inner_text()
    typed.fill("nine; " * 300)
    root.locator(".cw-note", has_text="first 100 words").wait_for()
    page.evaluate(PAINTED)
    assert source.count() == 100 and root.locator("img").count() == 0
    root.get_by_role("button", name="21", exact=True).click()
    page.wait_for_function("document.querySelectorAll('.ae-chip:not(.ae-piece)').length === 3")
    assert root.evaluate("e => e.scrollWidth <= e.clientWidth") and page.evaluate("window.hacked") is None
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 2
