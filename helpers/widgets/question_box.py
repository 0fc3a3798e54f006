"""Ask a question: sentences that may answer it, ranked by vectors and by words, with the answer marked in each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from helpers.widgets.asked import AskedMixin
from helpers.widgets.client import source
from helpers.widgets.picture import PictureMixin, png
from helpers.widgets.question_box_data import compute, draw, in_words

if TYPE_CHECKING:
    from helpers.tasks.search import Search


class QuestionBox(PictureMixin, AskedMixin, anywidget.AnyWidget):
    """The live widget; `question_box` makes it, `ask` asks from Python."""

    _esm = source("client.js", "question_box.js")
    _css = source("client.css", "question_box.css")

    shown = traitlets.Dict().tag(sync=True)
    suggestions = traitlets.List().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    def __init__(self, search: "Search", question: str, k: int, **traits: Any):
        self.search, self.k = search, k
        super().__init__(**traits)
        self.ask(question)

    def ask(self, question: str) -> None:
        """Search for what answers a question."""
        self.shown = compute(self.search, question, self.k)

    def take(self, asked: dict[str, Any]) -> None:
        self.ask(asked["text"])

    def picture(self) -> bytes:
        return png(draw(self.shown))

    def alt_text(self) -> str:
        return in_words(self.shown)


def question_box(search: "Search", question: str, *, suggestions: Sequence[str] = (), k: int = 5,
                 title: str = "Ask the Wikipedia sample") -> QuestionBox:  # fmt: skip
    """Let the learner ask, and see what is found in two ways.

    Args:
        search: an index (`helpers.tasks.search.Search`).
        question: what is asked at the beginning.
        suggestions: questions to press.
        k: sentences that are shown each way.
        title: what stands above it.

    Returns:
        The widget.
    """
    return QuestionBox(search, question, k, suggestions=list(suggestions), title=title)
