"""Gates over a text and the generation lab in JupyterLab in Chromium: by keyboard and mouse, in both themes."""

import pytest

from tests.browser.attention_page import ASK_KERNEL

MODEL = """
import torch
from helpers.language_models import Characters
from helpers.recurrent import RecurrentLanguageModel
torch.manual_seed(0)
torch.set_num_threads(1)
vocabulary = Characters()
model = RecurrentLanguageModel(vocabulary.vocab_size, "lstm", d_model=8, d_hidden=24)
"""
GATES = """
from helpers.widgets.recurrent_gates import recurrent_gates
widget = recurrent_gates(model, vocabulary, "The cat sat.", title="<script>window.hacked=1</script>")
widget
"""
LAB = """
from helpers.widgets.generation_lab import generation_lab
writer = generation_lab(model, vocabulary, "The ", length=60)
writer
"""
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_gates_by_keyboard_and_mouse(lab, theme):
    page = lab.open([MODEL, GATES, "1"], theme=theme)
    root = page.locator(".recurrent-gates")
    root.scroll_into_view_if_needed()
    pane, said, typed = root.locator(".rg-pane"), root.locator("[role=status]"), root.get_by_label("Text")
    assert root.locator("h3").inner_text() == "<script>window.hacked=1</script>"
    assert "Character 12 of 12" in said.inner_text() and root.locator(".cw-bars li").count() == 6
    assert root.locator("tr").count() == 6

    before = pane.screenshot()
    pane.focus()
    for key in ("ArrowLeft", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    page.evaluate(PAINTED)
    assert "Character 11 of 12, t; unit 3: f is 0." in said.inner_text() and pane.screenshot() != before
    page.keyboard.press("Home")
    page.evaluate(PAINTED)
    assert "Character 1 of 12" in said.inner_text()
    expected = root.locator(".cw-bars").inner_text()
    root.get_by_label("Show").select_option("c")
    page.evaluate(PAINTED)
    assert "unit 3: c is" in said.inner_text() and root.locator(".cw-bars").inner_text() == expected

    box = root.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 8 + 4.5 * (box["width"] - 16) / 12, box["y"] + 6 * 6 + 3)
    page.evaluate(PAINTED)
    assert "Character 5 of 12, c; unit 7" in said.inner_text()

    typed.focus()
    typed.fill("Hi <b>🙂</b> שלום")
    root.locator("[role=status]", has_text="of 16").wait_for()
    assert "9 characters, shown as □" in root.locator(".cw-note").last.inner_text()
    assert float(root.get_attribute("data-answer-ms")) > 0 and root.locator(".cw-problem").inner_text() == ""
    typed.fill("")
    assert root.locator(".cw-problem").inner_text() == "Type at least one character."
    typed.fill("z" * 500)
    root.locator("[role=status]", has_text="of 160").wait_for()
    assert "first 160 of 500" in root.locator(".cw-note").last.inner_text()
    assert root.evaluate("e => e.scrollWidth <= e.clientWidth") and page.evaluate("window.hacked") is None
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_generation_lab(lab, theme):
    page = lab.open([MODEL, LAB, "1"], theme=theme, width=900 if theme == "dark" else 1280)
    root = page.locator(".generation-lab")
    root.scroll_into_view_if_needed()
    text, temperature = root.locator(".gl-text"), root.get_by_label("Temperature")
    first = text.inner_text()
    assert first.startswith("The ") and len(first) == 64 and root.locator(".cw-bars li").count() == 10

    temperature.focus()
    page.keyboard.press("Home")
    root.locator("output", has_text="0, the likeliest always").wait_for()
    page.wait_for_function("document.querySelector('.gl-text').textContent.length === 64")
    page.wait_for_function(f"document.querySelector('.gl-text').textContent !== {first!r}")
    root.locator(".cw-number", has_text="100 %").wait_for()
    greedy = text.inner_text()
    root.get_by_role("button", name="New dice").click()
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    root.locator("output", has_text="2.0").wait_for()
    page.wait_for_function(f"document.querySelector('.gl-text').textContent !== {greedy!r}")
    assert float(root.get_attribute("data-answer-ms")) > 0
    page.evaluate(ASK_KERNEL, "writer.write('Rain', temperature=0.5, top_k=7, seed=40)")
    root.locator("output", has_text="the 7 likeliest").wait_for()
    assert temperature.input_value() == "0.5" and root.get_by_label("Begin with").input_value() == "Rain"
    root.get_by_role("button", name="New dice").click()
    page.wait_for_timeout(500)
    assert page.evaluate(ASK_KERNEL, "print([writer.options[name] for name in ('top_k', 'seed')])").strip() == "[7, 41]"
    root.get_by_label("Begin with").fill("<img src=x onerror='window.hacked=1'>")
    page.wait_for_function("document.querySelector('.gl-text b').textContent.startsWith('□') || "
                           "document.querySelector('.gl-text b').textContent.includes('img src')")
    assert root.locator("img").count() == 0 and page.evaluate("window.hacked") is None
    root.get_by_label("Begin with").fill("")
    assert "at least one character" in root.locator(".cw-problem").inner_text()
    assert root.evaluate("e => e.scrollWidth <= e.clientWidth")
