"""The token stepper in JupyterLab in Chromium: typing, the slider by keyboard and mouse, both themes."""

import json

import pytest

CELL = """
from helpers import tokenization as tok
from helpers.widgets.token_stepper import token_stepper
texts = ["the cat sat on the mat", "the cat ate the rat, don't you think?", "naïve 🙂 我爱这本书 the theory"]
bpe = tok.BPE.train(texts * 3, 330)
tokenizers = {"Words": tok.WordTokenizer.train(texts, 30), "Characters": tok.CharTokenizer.train(texts)}
stepper = token_stepper(tokenizers, bpe, text="the cat thinks", n_merges=3)
stepper
"""
READ = """
import json
from helpers.widgets.token_stepper_cuts import visible
from ipywidgets import HTML
def expected(text):
    return [[visible(t) for t in bpe.first(k).tokens(text)] for k in (0, 5, len(bpe.merges))]
print("EXPECTED" + json.dumps([expected(t) for t in %r]))
"""
TEXTS = ["a naïve cat’s 🙂\ufeff theory\n\tthe 我爱这本书", "<script>window.hacked=1</script> the <b>",
         "e\u0301 👩\u200d👧 the the"]  # fmt: skip
BOXES = "boxes => boxes.map(box => box.textContent)"


class Stepper:
    def __init__(self, page):
        self.page, self.root = page, page.locator(".token-stepper")
        self.typed, self.slider = self.root.get_by_label("Your text"), self.root.get_by_label("Merges", exact=True)
        self.exact, self.said = self.root.get_by_label("Number of merges"), self.root.locator("[role=status]")
        self.merged = self.root.locator(".ts-merged")
        self.root.scroll_into_view_if_needed()

    def tokens(self, place=".ts-merged") -> list[str]:
        return self.root.locator(f"{place} .ts-tokens .ts-token").evaluate_all(BOXES)

    def wait_for(self, text: str) -> None:
        self.merged.locator(".ts-count", has_text=text).wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_by_keyboard(lab, theme):
    page = lab.open([CELL, READ % TEXTS], theme=theme)
    it = Stepper(page)
    assert it.said.inner_text().startswith("Merge 3 joins ") and it.root.locator(".ts-fresh").count() <= 14
    assert it.tokens("section:nth-of-type(1)") == ["the", "cat", "<unk>"]
    assert it.root.locator(".ts-unknown").count() >= 1
    it.slider.focus()
    page.keyboard.press("Home")
    assert it.tokens() == ["·" if char == " " else char for char in "the cat thinks"]
    assert it.said.inner_text() == "No merges: every byte is a token."
    page.keyboard.press("ArrowRight")
    assert it.exact.input_value() == "1" and page.locator(".jp-Notebook .jp-CodeCell").count() == 2
    page.keyboard.press("End")
    total = int(it.exact.get_attribute("max"))
    assert it.exact.input_value() == str(total) and len(it.tokens()) < 14
    assert float(it.root.get_attribute("data-paint-ms-max")) >= 0

    said = page.locator("text=EXPECTED").last.inner_text()
    expected = json.loads(said[said.index("EXPECTED") + 8 :])
    for text, by_merges in zip(TEXTS, expected, strict=True):
        it.typed.fill(text)
        page.wait_for_function("n => document.querySelector('.ts-merged .ts-count').textContent.startsWith(n + ' ')",
                               arg=len(by_merges[2]))  # fmt: skip
        for k, tokens in zip((0, 5, total), by_merges, strict=True):
            it.exact.fill(str(k))
            assert it.tokens() == tokens, (text, k)
    assert page.evaluate("window.hacked") is None and it.root.locator("script, b").count() == 0
    assert float(it.root.get_attribute("data-answer-ms")) > 0
    ink, paper = it.root.locator(".ts-token").first.evaluate("e => [getComputedStyle(e).color, "
                                                             "getComputedStyle(e).backgroundColor]")  # fmt: skip
    bright = {color: sum(map(int, color[4:-1].split(","))) for color in (ink, paper)}
    assert abs(bright[ink] - bright[paper]) > 350


def test_by_mouse_and_a_long_text(lab):
    page = lab.open([CELL, "stepper.n_merges = 2"], width=900)
    it = Stepper(page)
    page.wait_for_function("document.querySelector('.ts-merged input[type=number]').value === '2'")
    it.root.get_by_role("button", name="我爱这本书").click()
    it.wait_for("15 tokens")
    assert it.tokens()[0] == "<E6>" and it.typed.input_value() == "我爱这本书"
    it.typed.fill("")
    it.wait_for("0 tokens")
    it.typed.fill("שלום")
    it.wait_for("8 tokens")
    assert it.merged.locator(".ts-tokens").get_attribute("dir") == "rtl"

    it.typed.fill("the cat 🙂 " * 910)
    page.wait_for_function("document.querySelector('.token-stepper .ts-count').textContent.startsWith('2,730 ')")
    assert len(it.tokens()) == 160
    it.merged.get_by_role("button", name="Show 1,000 of").click()
    assert len(it.tokens()) == 1160
    box = it.slider.bounding_box()
    page.mouse.move(box["x"] + 4, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 20, box["y"] + box["height"] / 2, steps=8)
    page.mouse.up()
    assert it.exact.input_value() == it.exact.get_attribute("max")
    assert it.root.evaluate("e => e.scrollWidth <= e.clientWidth")
    it.exact.fill("99999")
    assert it.root.locator("section").count() == 3 and it.slider.get_attribute("aria-valuetext") != "99,999 merges"
