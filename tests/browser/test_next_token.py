"""The next-token bars in JupyterLab in Chromium: sliders against Python's arithmetic, keys, new and hostile texts."""

import json

import numpy as np
import pytest

from helpers.decoding import probabilities
from tests.browser.attention_page import ASK_KERNEL

CELL = """
import torch
from helpers.language_models import Characters, NGram
from helpers.widgets.next_token import next_token
vocabulary = Characters()
text = "the cat sat on the mat, then they left. " * 5
model = NGram(3, vocabulary.vocab_size, add_k=0.05).fit(vocabulary.encode(text))
bars = next_token(model, vocabulary, "on th", title="<script>window.hacked=1</script>")
bars
"""


def compare(root, logits, **options):
    expected = probabilities(logits, **options)
    assert np.allclose(json.loads(root.get_attribute("data-kept")), expected, atol=1e-9)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_sliders_and_texts(lab, theme):
    from helpers.language_models import Characters, NGram
    from helpers.widgets.next_token_data import compute

    page = lab.open([CELL, "1"], theme=theme, width=900 if theme == "dark" else 1280)
    root = page.locator(".next-token")
    root.scroll_into_view_if_needed()
    vocabulary = Characters()
    text = "the cat sat on the mat, then they left. " * 5
    logits = compute(NGram(3, 80, add_k=0.05).fit(vocabulary.encode(text)), vocabulary, "on th")["logits"]
    assert root.locator("h3").inner_text().startswith("<script>") and page.evaluate("window.hacked") is None
    assert root.locator("li").count() == 20 and root.locator(".nt-cut").count() == 0
    compare(root, logits)

    top_p, top_k, temperature = (root.get_by_label(name) for name in ("Top-p", "Top-k", "Temperature"))
    top_p.focus()
    for _ in range(30):
        page.keyboard.press("ArrowLeft")
    assert top_p.get_attribute("aria-valuetext") == "0.70"
    compare(root, logits, top_p=0.7)
    assert root.locator(".nt-cut").count() > 0 and root.locator(".cw-number", has_text="cut off").count() > 0
    top_k.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    compare(root, logits, top_k=5, top_p=0.7)
    temperature.focus()
    page.keyboard.press("End")
    compare(root, logits, temperature=3.0, top_k=5, top_p=0.7)
    page.keyboard.press("Home")
    assert json.loads(root.get_attribute("data-kept"))[0] == 1
    assert "1 token of 80" in root.locator("[role=status]").inner_text()
    root.get_by_role("button", name="All off").press("Enter")
    compare(root, logits)
    page.evaluate(ASK_KERNEL, "bars.options = {'temperature': 0.83, 'top_k': 7, 'top_p': 1.0}")
    root.locator("output", has_text="the 7 likeliest").wait_for()
    compare(root, logits, temperature=0.83, top_k=7)
    top_k.focus()
    page.keyboard.press("ArrowLeft")  # a slider moves itself alone
    compare(root, logits, temperature=0.83, top_k=5)

    typed = root.get_by_label("Text so far")
    typed.fill("<img src=x onerror='window.hacked=1'> 🙂 שלום")
    root.locator(".cw-note", has_text="not in the model's alphabet").wait_for()
    assert root.locator("img").count() == 0 and page.evaluate("window.hacked") is None
    typed.fill("")
    assert "at least one character" in root.locator(".cw-problem").inner_text()
    typed.fill("the m")
    root.locator("h4 bdi", has_text="the␣m").wait_for()
    assert root.locator("li .nt-token").first.inner_text() == "a" and float(root.get_attribute("data-answer-ms")) > 0
    assert root.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 2
