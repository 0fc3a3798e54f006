"""The question box in JupyterLab in Chromium: typing, suggestions, hostile questions and sentences, both themes."""

import pytest

CELL = """
import torch
from helpers.tasks.retrieval import Passage
from helpers.tasks.search import Search
from helpers.tasks.store import VectorStore
from helpers.widgets.question_box import question_box
encode = lambda texts: torch.nn.functional.normalize(
    torch.tensor([[text.lower().count(letter) + 0.1 for letter in "amot"] for text in texts]), dim=1)
passages = [Passage("Rain", 0, "Rain fell on 3 May 1931 in Lisbon."), Passage("Rain", 1, "It has 48 names."),
            Passage("Tea <b>", 0, "Anna Berg wrote <img src=x onerror='window.hacked=1'> about tea and שלום.")]
search = Search(passages, VectorStore.of(encode([one.titled for one in passages])), encode)
box = question_box(search, "When did rain fall?", suggestions=["Who wrote about tea?"],
                   title="<script>window.hacked=1</script>")
box
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_asking(lab, theme):
    page = lab.open([CELL, "1"], theme=theme, width=900 if theme == "dark" else 1280)
    root = page.locator(".question-box")
    root.scroll_into_view_if_needed()
    vectors, words = root.locator("section").nth(0), root.locator("section").nth(1)
    assert vectors.locator("li").count() == 3 and words.locator("mark").first.inner_text() == "3 May 1931"
    assert root.locator("img").count() == 0 and root.locator("script").count() == 0
    root.get_by_role("button", name="Who wrote about tea?").press("Enter")
    page.wait_for_function("document.querySelectorAll('.question-box mark')[3].textContent === 'Anna Berg'")
    assert "<img src=x" in words.locator("li p").first.inner_text() and page.evaluate("window.hacked") is None
    assert float(root.get_attribute("data-answer-ms")) > 0
    typed = root.get_by_role("searchbox", name="Question")
    typed.fill("<script>zzz()</script>")
    page.wait_for_function("document.querySelector('.question-box').textContent.includes('No sentence has any')")
    typed.fill("")
    page.wait_for_function("document.querySelector('.question-box').textContent.includes('Type a question above')")
    typed.press("d")
    typed.press("d")
    assert page.evaluate("window.hacked") is None and root.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 2
