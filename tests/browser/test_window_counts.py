"""The window slider in JupyterLab in Chromium: by keyboard and by mouse, in both themes."""

import pytest

CELL = """
import random
from helpers.widgets.window_counts import window_counts
rng = random.Random(1)
animals = ["cat", "dog", "cow"], ["purrs", "barks", "moos"]
tools = ["saw", "drill", "file"], ["cuts", "bores", "rubs"]
text = []
for _ in range(300):
    nouns, verbs = rng.choice([animals, tools])
    text.append([word for _ in range(4) for word in ("the", rng.choice(nouns), rng.choice(verbs))])
slider = window_counts(text, ["cat", "saw"], window=1, n=5, widest=8, title="Kind or topic")
slider
"""
VERBS = {"purrs", "barks", "moos"}


class Slider:
    def __init__(self, page):
        self.page, self.root = page, page.locator(".window-counts")
        self.alike, self.near = self.root.locator(".wc-alike"), self.root.locator(".wc-near")
        self.window, self.said = self.root.get_by_label("Window size"), self.root.locator("[role=status]")
        self.typed, self.problem = self.root.get_by_label("Any other word"), self.root.locator(".cw-problem")
        self.root.scroll_into_view_if_needed()

    def rows(self, section) -> list[str]:
        return [button.inner_text() for button in section.locator(".cw-word").all()]

    def wait_for_word(self, word: str) -> None:
        self.root.locator(".wc-alike h4", has_text=f"as {word}").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_by_keyboard(lab, theme):
    page = lab.open([CELL, "1"], theme=theme)
    it = Slider(page)
    small, before = it.rows(it.alike), it.alike.screenshot()
    assert not VERBS & set(small) and it.said.inner_text().startswith(
        "Window 1: of the 5 words most like cat, 5 are"
    )
    assert it.root.locator(".wc-places .wc-in").count() == 2

    it.window.focus()
    page.keyboard.press("ArrowRight")
    assert it.root.locator("output").inner_text() == "2 places on each side"
    page.keyboard.press("End")
    it.root.locator("output", has_text="8 places").wait_for()
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    large = it.rows(it.alike)
    assert set(large) >= VERBS and it.alike.screenshot() != before
    shared = len(set(small) & set(large))
    assert (
        f"{shared} {'is' if shared == 1 else 'are'} also on the list of window 1, and 5 are"
        in it.said.inner_text()
    )
    assert it.window.get_attribute("aria-valuetext") == "8 places on each side"
    assert (
        it.root.locator(".wc-places .wc-in").count() == 16
        and float(it.root.get_attribute("data-paint-ms")) >= 0
    )
    page.keyboard.press("Home")
    it.root.locator("output", has_text="1 place").wait_for()
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert it.rows(it.alike) == small
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 2

    assert it.rows(it.near)[0] in VERBS | {"the"}
    counted = it.rows(it.near)
    it.root.get_by_label("Show what is counted").select_option("ppmi")
    assert it.rows(it.near) != counted and sorted(it.rows(it.near)) == sorted(counted)

    it.typed.focus()
    page.keyboard.type("Drill")
    page.keyboard.press("Enter")
    it.wait_for_word("drill")
    assert float(it.root.get_attribute("data-answer-ms")) > 0
    page.keyboard.type("zz")
    page.keyboard.press("Enter")
    it.root.locator(".cw-problem", has_text="'Drillzz' is not among the 13 words counted here").wait_for()
    it.typed.fill("  ")
    page.keyboard.press("Enter")
    assert it.problem.inner_text() == "Type a word first."
    page.keyboard.press("Tab")
    it.typed.fill("moos")
    it.root.get_by_role("button", name="Look", exact=True).press("Enter")
    it.wait_for_word("moos")
    assert it.problem.inner_text() == ""

    it.root.evaluate("""root => {
        const typed = root.querySelector("input[type=text]"), chips = root.querySelector(".wc-chips");
        for (typed.value of ["dog", "cow"])
            typed.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true}));
        [...chips.children].find(chip => chip.textContent === "saw").click();
    }""")
    page.evaluate("() => new Promise(done => setTimeout(done, 1000))")  # until both words would have been answered
    it.wait_for_word("saw")  # what was pressed last stays


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_by_mouse(lab, theme):
    page = lab.open([CELL + "\nfrom ipywidgets import HTML, dlink\nseen = HTML()\n"
                     "dlink((slider, 'window'), (seen, 'value'), lambda w: f'window in Python: {w}')\n"
                     "display(slider, seen)"], theme=theme)  # fmt: skip
    it = Slider(page)
    box = it.window.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 8, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, middle, steps=15)
    page.mouse.move(box["x"] + box["width"] + 30, middle, steps=15)
    page.mouse.up()
    assert it.window.input_value() == "8" and set(it.rows(it.alike)) >= VERBS  # what counts is where it ends
    page.wait_for_selector("text=window in Python: 8")

    it.root.get_by_role("button", name="saw").click()
    it.wait_for_word("saw")
    assert it.root.get_by_role("button", name="saw", exact=True).first.get_attribute("aria-pressed") == "true"
    it.alike.get_by_role("button").first.click()
    page.wait_for_function("document.querySelector('.wc-chips').children.length === 3")
    assert it.typed.evaluate("e => e === document.activeElement")  # the focus is not lost with the old list
    assert it.window.input_value() == "8"


def test_hostile_words_are_text(lab):
    page = lab.open(
        [
            """
import random
from helpers.widgets.window_counts import window_counts
rng = random.Random(0)
words = ["<script>window.hacked=1</script>", "🙂", "שלום", "我爱这本书", "x" * 300,
         "<img src=x onerror='window.hacked=1'>"]
window_counts([rng.choices(words, k=20) for _ in range(50)], words, title=words[0])
"""
        ],
        width=640,
    )
    it = Slider(page)
    assert it.root.locator("h3").inner_text() == "<script>window.hacked=1</script>"
    for word in ("<script>window.hacked=1</script>", "שלום", "我爱这本书", "x" * 300, "🙂"):
        it.root.locator(".wc-chips button").filter(has_text=word).click()
        it.wait_for_word(word)
        assert len(it.rows(it.alike)) == 5
    assert page.evaluate("window.hacked") is None and it.root.locator("img, script").count() == 0
    assert it.root.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_what_fails_in_the_kernel_is_said_and_the_next_word_works(lab):
    page = lab.open(
        [
            CELL,
            """
real = slider.windows.table
def failing(word, n):
    return real(word, n) if word != "dog" else 1 / 0
slider.windows.table = failing
""",
        ]
    )
    it = Slider(page)
    for word in ("dog", "cow"):
        it.typed.fill(word)
        page.keyboard.press("Enter")
        if word == "dog":
            it.root.locator(
                ".cw-problem", has_text="The kernel met ZeroDivisionError: division by zero"
            ).wait_for()
    it.wait_for_word("cow")
    assert it.problem.inner_text() == ""
