"""Lesson 08's widgets in JupyterLab in Chromium: masking by mouse and keys, two sentences, hostile texts."""

import json

import pytest

from tests.browser.attention_page import ASK_KERNEL, TYPE_AT_ONCE

CELL = """
import torch
from helpers import bert
from helpers.pretraining.text import tokenizer
from helpers.widgets.mask_and_fill import mask_and_fill
from helpers.widgets.two_sentences import two_sentences
torch.manual_seed(0)
config = bert.bert_config(8000, d_model=16, n_heads=2, n_layers=2, context_len=64, dropout=0.0)
model = bert.MaskedLanguageModel(bert.Encoder(config)).eval()
for part in model.parameters():
    torch.nn.init.normal_(part, std=0.3)
fill = mask_and_fill(model, tokenizer(), "The cat sat on the mat.", masked=["cat"],
                     title="<script>window.hacked=1</script>")
fill
"""
OTHER = """
others = [["we", "may", "go", "home"], ["in", "may", "it", "rained"], ["you", "may", "<b>", "him"]]
two = two_sentences(model.encoder, tokenizer(), "We may go.", "It rained in May.", others=others, title="<img src=x>")
two
"""
SHOWS = """([root, name, value]) =>
    JSON.stringify(JSON.parse(document.querySelector(root).dataset.shown)[name]) === value"""
HOSTILE = "<img src=x onerror='window.hacked=1'> 🙂 שלום"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_masking_and_comparing(lab, theme):
    page = lab.open([CELL, OTHER, "1"], theme=theme, width=900 if theme == "dark" else 1280)
    fill, two = page.locator(".mask-and-fill"), page.locator(".two-sentences")
    fill.scroll_into_view_if_needed()

    def masked(places: list[int]) -> None:
        page.wait_for_function(SHOWS, arg=[".mask-and-fill", "masked", json.dumps(places, separators=(",", ":"))])

    assert fill.locator("h3").inner_text().startswith("<script>") and page.evaluate("window.hacked") is None
    tokens = fill.locator(".mf-line button")
    masked([1])
    assert tokens.count() == 7 and tokens.nth(1).get_attribute("aria-pressed") == "true"
    assert fill.locator("section").count() == 1 and fill.locator("section li").count() == 6
    tokens.nth(5).click()
    masked([1, 5])
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    masked([1, 4, 5])
    assert tokens.nth(4).evaluate("e => e === document.activeElement")  # so that keys go on working
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    masked([4, 5])
    assert "of 2" in fill.locator("[role=status]").inner_text() and float(fill.get_attribute("data-answer-ms")) > 0
    fill.get_by_role("button", name="Show all").press("Enter")
    masked([])
    assert "Nothing is masked" in fill.locator("[role=status]").inner_text()
    fill.evaluate("fill => [1, 2, 4].forEach(n => fill.querySelectorAll('.mf-line button')[n].click())")
    masked([1, 2, 4])  # none of three quick ones is lost
    texts = ["A the cat sat on the mat.", "A big the cat sat on the mat.", "A big, the cat sat on the mat."]
    fill.get_by_label("Text", exact=True).evaluate(TYPE_AT_ONCE, texts)
    masked([4, 5, 7])
    page.evaluate(ASK_KERNEL, "fill.show('It rained.', [1])")
    masked([1])
    assert fill.get_by_label("Text", exact=True).input_value() == "It rained."
    fill.get_by_label("Text", exact=True).fill(HOSTILE)
    fill.locator(".mf-sign", has_text="window").wait_for()
    fill.get_by_role("button", name="Mask every other").click()
    fill.locator("section").nth(2).wait_for()
    assert fill.locator("img").count() == 0 and page.evaluate("window.hacked") is None
    fill.get_by_label("Text", exact=True).fill(" ")
    assert "at least one word" in fill.locator(".cw-problem").inner_text()
    assert fill.evaluate("e => e.scrollWidth <= e.clientWidth")

    two.scroll_into_view_if_needed()
    lines = two.locator(".ts-line")

    def places(expected: list[int]) -> None:
        page.wait_for_function(SHOWS, arg=[".two-sentences", "places", json.dumps(expected, separators=(",", ":"))])

    places([1, 3])
    assert two.locator(".ts-bars li").count() == 3 and two.locator(".ts-near li").count() == 6
    assert two.locator("h3").inner_text() == "<img src=x>" and two.locator("img").count() == 0
    two.evaluate("""two => [0, 1].forEach(side =>
        two.querySelectorAll('.ts-line')[side].querySelectorAll('button')[2 * side].click())""")
    places([0, 2])
    lines.nth(0).locator("button").nth(1).click()
    places([1, 2])
    lines.nth(1).locator("button").nth(1).click()
    places([1, 1])
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    places([1, 0])
    assert "may and it" in two.locator("[role=status]").inner_text()
    two.get_by_role("button", name="embedding").press("Enter")
    assert "embedding" in two.locator("h4").first.inner_text()
    two.get_by_label("Second sentence", exact=True).fill(HOSTILE)
    lines.nth(1).locator("button", has_text="onerror").wait_for()
    assert two.locator("img").count() == 0 and page.evaluate("window.hacked") is None
    two.get_by_label("First sentence", exact=True).fill("")
    assert "at least one word" in two.locator(".cw-problem").inner_text()
    assert two.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 3
