"""The next token's distribution: type a text, turn temperature, top-k and top-p, and see what is left of it."""

from typing import Any

import anywidget
import traitlets

from helpers.widgets.asked import AskedMixin
from helpers.widgets.client import source
from helpers.widgets.next_token_data import OPTIONS, compute, distribution, draw, in_words
from helpers.widgets.picture import PictureMixin, png


class NextTokenBars(PictureMixin, AskedMixin, anywidget.AnyWidget):
    """The live widget; `next_token` makes it, `show` reads another text. The sliders ask the kernel nothing."""

    _esm = source("client.js", "next_token_math.js", "next_token.js")
    _css = source("client.css", "next_token.css")

    text = traitlets.Unicode().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)
    options = traitlets.Dict(OPTIONS).tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    def __init__(self, model: Any, vocabulary: Any, text: str, **traits: Any):
        self.model, self.vocabulary = model, vocabulary
        super().__init__(**traits)
        self.show(text)
        distribution(self.shown, **self.options)  # complains about options out of range

    def show(self, text: str) -> None:
        """Read a text; ValueError if it is empty."""
        shown = compute(self.model, self.vocabulary, text)
        with self.hold_sync():
            self.text, self.shown = str(text), shown

    def picture(self) -> bytes:
        return png(draw(self.shown, self.options))

    def alt_text(self) -> str:
        return in_words(self.shown, self.options)


def next_token(model: Any, vocabulary: Any, text: str, *, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0,
               title: str = "What comes next?") -> NextTokenBars:  # fmt: skip
    """Show what a language model expects next, and what temperature and cut-offs make of it.

    Args:
        model: token_ids (B, T) -> logits (B, T, V), such as a GPT.
        vocabulary: `encode(text)` and `decode(ids)`, such as `CharacterText.vocabulary`.
        text: what it reads first; the learner types another.
        temperature: shown first; 0 keeps the likeliest alone. top_k: 0 keeps all. top_p: from 0 to 1.
        title: what stands above it.

    Returns:
        The widget.

    Raises:
        ValueError: an empty text, or an option out of range.
    """
    options = {"temperature": temperature, "top_k": top_k, "top_p": top_p}
    return NextTokenBars(model, vocabulary, text, options=options, title=title)
