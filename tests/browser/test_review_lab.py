"""The live review in JupyterLab in Chromium: typing, words left out by mouse and keys, hostile and foreign texts."""

import pytest

CELL = """
import torch
from helpers import bert
from helpers.tokenization import WordPiece
from helpers.widgets.review_lab import review_lab
vocab = "[PAD] [UNK] [CLS] [SEP] [MASK] a good bad not film ! , . 我".split()
torch.manual_seed(0)
model = bert.Classifier(bert.Encoder(bert.bert_config(len(vocab), d_model=16, n_heads=2, n_layers=1)), pooling="mean")
for weight in model.parameters():
    torch.nn.init.normal_(weight, std=0.4)
lab = review_lab(model, WordPiece(vocab), "A good film", examples=["not bad", "<i>bad</i>"],
                 title="<script>window.hacked=1</script>")
lab
"""
READY = "document.querySelector('.review-lab').dataset.parts === 'true'"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_reviews(lab, theme):
    page = lab.open([CELL, "1"], theme=theme, width=900 if theme == "dark" else 1280)
    root = page.locator(".review-lab")
    root.scroll_into_view_if_needed()
    words, said, typed = root.locator(".rl-word"), root.locator("[role=status]"), root.get_by_label("Your review")

    def wait_for(n: int) -> None:
        page.wait_for_function(f"document.querySelectorAll('.rl-word').length === {n} && {READY}")

    wait_for(3)
    assert root.locator("h3").inner_text().startswith("<script>") and page.evaluate("window.hacked") is None
    assert root.locator(".rl-words").inner_text().split() == ["A", "good", "film"]
    assert root.locator(".rl-bars li").count() == 3 and "% sure" in said.inner_text()
    before = said.inner_text()
    words.nth(0).focus()
    page.keyboard.press("ArrowRight")
    assert words.nth(1).evaluate("e => e === document.activeElement")
    page.keyboard.press("Space")
    page.wait_for_function("document.querySelectorAll('.rl-gone').length === 1")
    assert "1 word left out" in said.inner_text() and said.inner_text() != before
    assert words.nth(1).evaluate("e => e === document.activeElement")
    assert words.nth(1).get_attribute("aria-pressed") == "true"
    words.nth(2).click()
    page.wait_for_function("document.querySelectorAll('.rl-gone').length === 2")
    root.get_by_role("button", name="Put all words back").click()
    page.wait_for_function("document.querySelectorAll('.rl-gone').length === 0")
    assert said.inner_text() == before

    root.get_by_role("button", name="not bad").press("Enter")
    wait_for(2)
    assert typed.input_value() == "not bad"
    typed.fill("")
    assert "at least one word" in root.locator(".cw-problem").inner_text()
    typed.press_sequentially("a bad, bad film", delay=15)
    wait_for(4)
    assert root.locator(".cw-problem").inner_text() == "" and float(root.get_attribute("data-answer-ms")) > 0
    typed.fill("<img src=x onerror='window.hacked=1'> 🙂 שלום")
    wait_for(5)
    assert root.locator("img").count() == 0 and page.evaluate("window.hacked") is None
    assert [word.inner_text() for word in words.all()][3:] == ["🙂", "שלום"]
    typed.fill("我爱这本书")
    wait_for(5)
    typed.fill("good film . " * 900)
    page.wait_for_function(f"document.querySelector('.rl-unread') && {READY}")
    assert root.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 2
