"""A live review: type one, see the verdict, and what each word contributes; click words to leave them out."""

from collections.abc import Sequence
from typing import Any

import anywidget
import traitlets

from helpers.widgets.asked import AskedMixin
from helpers.widgets.client import source
from helpers.widgets.picture import PictureMixin, png
from helpers.widgets.review_lab_data import compute, draw, in_words, judge_of

EXAMPLES = (
    "It starts slowly, but the ending is wonderful.",
    "It is not good.",
    "A clever idea, badly told.",
    "What a wonderful way to lose two hours.",
    "The book was better.",
)


class ReviewLab(PictureMixin, AskedMixin, anywidget.AnyWidget):
    """The live widget; `review_lab` makes it, `show` judges another text. Words are asked about once typing stops."""

    _esm = source("client.js", "review_lab.js")
    _css = source("client.css", "review_lab.css")

    shown = traitlets.Dict().tag(sync=True)
    examples = traitlets.List().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    def __init__(self, classifier: Any, tokenizer: Any, text: str, **traits: Any):
        self.judge, self.tokenizer = judge_of(classifier, tokenizer), tokenizer
        super().__init__(**traits)
        self.show(text)

    def show(self, text: str, without: Sequence[int] = (), parts: bool = True) -> None:
        """Judge a text, some of its words left out; ValueError if there is nothing to judge."""
        text = str(text).encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no text
        self.shown = compute(self.judge, self.tokenizer, text, without, parts)

    def take(self, asked: dict[str, Any]) -> None:
        self.show(asked["text"], asked.get("without", ()), bool(asked.get("parts")))

    def picture(self) -> bytes:
        return png(draw(self.shown))

    def alt_text(self) -> str:
        return in_words(self.shown)


def review_lab(classifier: Any, tokenizer: Any, text: str = EXAMPLES[0], *, examples: Sequence[str] = EXAMPLES,
               title: str = "What does it think of your review?") -> ReviewLab:  # fmt: skip
    """Let the learner try a classifier of reviews.

    Args:
        classifier: token_ids (B, T) -> logits (B, 2), class 1 being "good", such as a fine-tuned `bert.Classifier`.
        tokenizer: the WordPiece tokenizer that it was trained with.
        text: what is judged first. examples: texts to choose from.
        title: what stands above it.

    Returns:
        The widget.

    Raises:
        ValueError: the text has no word.
    """
    return ReviewLab(classifier, tokenizer, text, examples=[str(one) for one in examples], title=title)
