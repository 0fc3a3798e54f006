"""One word in two sentences: its two vectors compared layer by layer, and its nearest other occurrences."""

from collections.abc import Sequence
from typing import Any

import anywidget
import traitlets

from helpers.widgets.asked import AskedMixin
from helpers.widgets.client import source
from helpers.widgets.picture import PictureMixin, png
from helpers.widgets.two_sentences_data import Reader, compute, draw, in_words


class TwoSentences(PictureMixin, AskedMixin, anywidget.AnyWidget):
    """The live widget; `two_sentences` makes it, `show` reads other sentences or compares other words."""

    _esm = source("client.js", "two_sentences.js")
    _css = source("client.css", "two_sentences.css")

    shown = traitlets.Dict().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    def __init__(self, reader: Reader, texts: Sequence[str], places: Sequence[int] | None, **traits: Any):
        self.reader = reader
        super().__init__(**traits)
        self.show(texts, places)

    def show(self, texts: Sequence[str], places: Sequence[int] | None = None) -> None:
        """Compare a word of one text with a word of another; ValueError if one has no word."""
        self.shown = compute(self.reader, texts, places)

    def take(self, asked: dict[str, Any]) -> None:
        self.show(asked["texts"], asked.get("places"))

    def picture(self) -> bytes:
        return png(draw(self.shown))

    def alt_text(self) -> str:
        return in_words(self.shown)


def two_sentences(encoder: Any, tokenizer: Any, first: str, second: str, *, others: Sequence[Sequence[str]] = (),
                  places: Sequence[int] | None = None,
                  title: str = "One word in two sentences") -> TwoSentences:  # fmt: skip
    """Let the learner compare the vectors of a word in two sentences, after every block of an encoder.

    Args:
        encoder: a `helpers.bert.Encoder`; tokenizer: its own.
        first, second: the sentences shown first; the learner types others.
        others: sentences, lists of lower-case words, in which other occurrences of the words are sought.
        places: which word of each, counted from 0; None takes one that both share.
        title: what stands above it.

    Returns:
        The widget.

    Raises:
        ValueError: a sentence has no word.
    """
    return TwoSentences(Reader(encoder, tokenizer, others), [first, second], places, title=title)
