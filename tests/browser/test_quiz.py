"""A quiz in a real JupyterLab: drawn, answered by mouse and by keyboard, with a formula on the same page."""

import pytest

CELLS = [
    "from IPython.display import Markdown\nMarkdown(r'$\\frac{1}{2}$ and $\\sigma(x)$')",
    "from helpers.quiz import question, quiz\n"
    "quiz(question('Two and two?', right='four', wrong={'five': 'Too many.', 'three': 'Too few.'},"
    " because='Yes, four.'),"
    " question('Is <script>window.hacked = 1</script> text?', right='yes', wrong={'no': 'Look.'}, because='Quite.'))",
]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_answer_gets_its_own_feedback(lab, theme):
    page = lab.open(CELLS, theme=theme)
    first = page.locator(".Quiz").first
    first.locator("label", has_text="five").click()
    assert first.locator(".Feedback").inner_text() == "Too many."
    first.locator("label", has_text="four").click()
    assert first.locator(".Feedback").inner_text() == "Yes, four."
    assert "Is <script>window.hacked = 1</script> text?" in page.locator(".Quiz").nth(1).inner_text()
    assert page.evaluate("window.hacked") is None
    assert page.locator(".before").count() == 0     # the text for readers without scripts has made room


def test_the_keyboard_reaches_and_chooses_answers(lab):
    page = lab.open(CELLS)
    first = page.locator(".Quiz").first
    first.locator("input").first.focus()
    page.keyboard.press("Space")
    chosen = first.locator("label").first.inner_text()
    said = {"four": "Yes, four.", "five": "Too many.", "three": "Too few."}
    assert first.locator(".Feedback").inner_text() == said[chosen]
    page.keyboard.press("ArrowDown")
    assert first.locator(".Feedback").inner_text() == said[first.locator("label").nth(1).inner_text()]
