"""The word explorer in JupyterLab in Chromium: typed in, clicked, dragged, asked faster than it answers."""

import re
import time

import pytest

TOY = """
import numpy as np
from helpers.vectors import WordVectors
from helpers.widgets import word_explorer as module
from helpers.widgets.word_explorer import word_explorer
toy = WordVectors(["man", "woman", "king", "queen", "tree", "bush", "grass"],
                  [[1, 0, 0], [1, .05, 0], [1, .3, 0], [.2, 1, 0], [0, .1, 1], [0, 0, 1], [.1, .3, 1]])
"""
ONE = TOY + "word_explorer(toy, n=3)"
IS_DARK = "e => getComputedStyle(e).backgroundColor.match(/[0-9]+/g).slice(0, 3).every(part => part < 90)"


class Explorer:
    def __init__(self, page, index: int = 0):
        self.page, self.root = page, page.locator(".word-explorer").nth(index)
        self.near, self.far = self.root.locator("section").all()
        self.word, self.many = (
            self.root.get_by_label("Word", exact=True),
            self.root.get_by_label("Number of neighbours"),
        )
        self.a, self.b, self.c = (self.root.get_by_label(f"{name}, ") for name in "abc")
        self.leave_out = self.root.get_by_label("Leave out the three given words")
        self.root.scroll_into_view_if_needed()

    def rows(self, section) -> list[str]:
        return [button.inner_text() for button in section.locator(".cw-word").all()]

    def wait_for(self, said: str, section=None) -> None:
        """Until the sentence of a section contains `said`."""
        (section or self.near).locator(".we-said", has_text=said).wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_by_keyboard(lab, theme):
    page = lab.open([ONE, "1"], theme=theme)
    it = Explorer(page)
    assert it.rows(it.near) == ["woman", "man", "queen"] and it.word.input_value() == "king"
    assert it.near.locator(".we-said").inner_text() == "Nearest to king: woman."
    assert it.root.evaluate(IS_DARK) == (theme == "dark")

    it.word.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("Tree", delay=20)
    it.wait_for("Nearest to Tree: bush")
    assert (
        it.rows(it.near) == ["bush", "grass", "queen"]
        and float(it.root.get_attribute("data-neighbours-ms")) > 0
    )
    page.keyboard.type("z")
    problem = it.near.locator(".cw-problem")
    problem.wait_for()
    assert "'Treez' is not among the 7 words" in problem.inner_text() and "tree" in problem.inner_text()
    assert it.rows(it.near) == []
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    it.wait_for("Type a word")
    assert it.near.locator(".cw-problem").count() == 0
    page.keyboard.type("king")
    it.wait_for("Nearest to king")

    page.keyboard.press("Tab")
    for key in ("ArrowRight", "ArrowRight"):  # JupyterLab would go to another cell
        page.keyboard.press(key)
    it.near.locator("li").nth(4).wait_for()
    assert it.root.locator("output").inner_text() == "5" and len(it.rows(it.near)) == 5
    assert page.evaluate("document.activeElement.type") == "range"

    it.a.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("queen")
    it.wait_for("Nearest to king − queen + woman", it.far)
    page.keyboard.press("Control+A")
    page.keyboard.type("man")
    it.wait_for("Nearest to king − man + woman", it.far)
    assert not {"man", "king", "woman"} & set(it.rows(it.far))
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    it.wait_for("king (one of the given words)", it.far)
    assert not it.leave_out.is_checked() and it.rows(it.far)[0] == "king"
    assert "given" in it.far.locator("li").first.inner_text()
    page.keyboard.press("b")  # in JupyterLab this adds a cell
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 2


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_by_mouse(lab, theme):
    page = lab.open([ONE], theme=theme)
    it = Explorer(page)
    before = it.near.screenshot()
    it.near.get_by_role("button", name="queen").click()
    it.wait_for("Nearest to queen")
    assert it.word.input_value() == "queen" and it.near.screenshot() != before
    assert it.word.evaluate("e => e === document.activeElement")  # the focus is not lost with the old list

    box = it.many.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 2.5 / 20, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2, steps=12)
    page.mouse.move(box["x"] - 20, box["y"] + box["height"] / 2, steps=12)
    page.mouse.up()
    page.wait_for_function(
        "document.querySelectorAll('.word-explorer section')[0].querySelectorAll('li').length === 1"
    )
    assert it.root.locator("output").inner_text() == "1"

    it.leave_out.click()
    it.wait_for("king (one of the given words)", it.far)
    it.leave_out.click()
    it.wait_for("queen", it.far)
    assert it.far.locator(".cw-striped").count() == 0


def test_several_sets_stand_side_by_side_and_hostile_words_are_text(lab):
    page = lab.open(
        [
            TOY
            + """
words = ["<script>window.hacked=1</script>", "🙂", "שלום", "我爱这本书", "x" * 300,
         "<img src=x onerror='window.hacked=1'>"]
odd = WordVectors(words, np.random.default_rng(0).normal(size=(6, 4)))
word_explorer({"<b>odd</b>": odd, "toy": toy}, word="שלום", analogy=tuple(words[:3]), leave_out=False)
"""
        ],
        width=700,
    )
    it = Explorer(page)
    assert it.near.locator("h4").all_inner_texts() == [
        "<b>odd</b> (6 words, 4 dimensions)",
        "toy (7 words, 3 dimensions)",
    ]
    assert set(it.rows(it.near)) == {
        "<script>window.hacked=1</script>",
        "🙂",
        "我爱这本书",
        "x" * 300,
        "<img src=x onerror='window.hacked=1'>",
    }
    assert "'שלום' is not among the 7 words" in it.near.locator(".cw-problem").inner_text()
    for word in ("我爱这本书", "🙂", "<img src=x onerror='window.hacked=1'>"):
        it.word.fill(word)
        it.wait_for(f"Nearest to {word}")
    assert page.evaluate("window.hacked") is None and it.root.locator("img, script, b").count() == 0
    assert it.root.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_fast_typing_makes_no_queue(lab):
    """The kernel takes 0.3 s for an answer. After the last key it owes two at most: in hand, and the newest."""
    page = lab.open(
        [
            TOY
            + """
import time
from ipywidgets import HTML
asked, seen, real = [], HTML(), module.answer_neighbours
def slow(sets, word, n):
    asked.append((word, time.time()))
    seen.value = f"asked: {asked}"
    time.sleep(0.3)
    return real(sets, word, n)
explorer = word_explorer(toy)
module.answer_neighbours = slow
display(explorer, seen)
"""
        ]
    )
    it = Explorer(page)
    it.word.fill("")
    it.word.press_sequentially("abcdefghijqueen", delay=20)
    it.word.press("Home")
    for _ in range(10):
        page.keyboard.press("Delete")
    last_key = time.time()
    it.wait_for("Nearest to queen")
    asked = re.findall(r"\('(\w*)', ([\d.]+)\)", page.locator(".widget-html-content", has_text="asked:").inner_text())
    assert asked[-1][0] == "queen" and sum(float(moment) > last_key for _, moment in asked) <= 2


def test_what_fails_in_the_kernel_is_said_and_the_next_question_works(lab):
    page = lab.open(
        [
            TOY
            + """
real = module.answer_neighbours
def failing(sets, word, n):
    return real(sets, word, n) if word != "tree" else 1 / 0
explorer = word_explorer(toy)
module.answer_neighbours = failing
explorer
"""
        ]
    )
    it = Explorer(page)
    it.word.fill("tree")
    it.wait_for("The kernel met ZeroDivisionError: division by zero")
    it.word.fill("queen")
    it.wait_for("Nearest to queen")


def test_a_question_from_python_reaches_the_page(lab):
    page = lab.open(
        [
            TOY
            + """
explorer = word_explorer(toy)
display(explorer)
explorer.neighbours_question = {"word": "bush", "n": 2}
"""
        ]
    )
    it = Explorer(page)
    it.wait_for("Nearest to bush: tree")
    assert it.word.input_value() == "bush" and it.root.locator("output").inner_text() == "2"


def test_time_from_key_to_bars_with_as_many_vectors_as_glove(lab, record_property):
    """The time is noted, not judged: see the limit of 100 ms in DESIGN.md."""
    page = lab.open(
        [
            """
import numpy as np
from helpers.vectors import WordVectors
from helpers.widgets.word_explorer import word_explorer
matrix = np.random.default_rng(0).standard_normal((400_000, 50), dtype=np.float32)
word_explorer(WordVectors([f"w{i}" for i in range(400_000)], matrix), word="w1", analogy=("w1", "w2", "w3"))
"""
        ]
    )
    it = Explorer(page)
    it.word.fill("w")
    it.near.locator(".cw-problem").wait_for()
    times = []
    for _ in range(8):
        for typed in ("w5", "w57"):
            before = it.rows(it.near)
            it.word.fill(typed)
            it.wait_for(f"Nearest to {typed}:")
            assert it.rows(it.near) != before
            times.append(float(it.root.get_attribute("data-neighbours-ms")))
    median = sorted(times)[len(times) // 2]
    record_property("key_to_bars_ms_median", median)
    print(f"400,000 x 50: from key to bars {min(times):.0f} to {max(times):.0f} ms, median {median:.0f} ms")
    assert min(times) > 0
