"""Mask and fill: type a text, click words to hide them, and see what a masked language model puts there."""

from collections.abc import Sequence
from typing import Any

import anywidget
import traitlets

from helpers.widgets.asked import AskedMixin
from helpers.widgets.client import source
from helpers.widgets.mask_and_fill_data import compute, draw, find, in_words, signs
from helpers.widgets.picture import PictureMixin, png


class MaskAndFill(PictureMixin, AskedMixin, anywidget.AnyWidget):
    """The live widget; `mask_and_fill` makes it, `show` reads another text or hides other words."""

    _esm = source("client.js", "mask_and_fill.js")
    _css = source("client.css", "mask_and_fill.css")

    shown = traitlets.Dict().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    def __init__(self, model: Any, tokenizer: Any, text: str, **traits: Any):
        self.model, self.tokenizer = model, tokenizer
        super().__init__(**traits)
        self.show(text)

    def show(self, text: str, masked: Sequence[int] = ()) -> None:
        """Read a text with gaps at these places; ValueError if it is empty."""
        self.shown = compute(self.model, self.tokenizer, text, [int(place) for place in masked])

    def take(self, asked: dict[str, Any]) -> None:
        self.show(asked["text"], self._places(asked))

    def _places(self, asked: dict[str, Any]) -> list[int]:
        """The gaps asked for, counted in the text `of`; an edited text keeps those before the edit and after it."""
        before = asked.get("of", self.shown["text"])
        if asked["text"] == before:
            return asked["masked"]
        old, new = (signs(self.model, self.tokenizer, text) for text in (before, asked["text"]))
        ahead = next((n for n, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]),
                     min(len(old), len(new)))  # fmt: skip
        moved = [place if place < ahead else place + len(new) - len(old) for place in asked["masked"]]
        return [then for place, then in zip(asked["masked"], moved, strict=True)
                if 0 <= then < len(new) and old[place : place + 1] == [new[then]]]  # fmt: skip

    def picture(self) -> bytes:
        return png(draw(self.shown))

    def alt_text(self) -> str:
        return in_words(self.shown)


def mask_and_fill(model: Any, tokenizer: Any, text: str, *, masked: Sequence[str] = (),
                  title: str = "Mask and fill") -> MaskAndFill:  # fmt: skip
    """Let the learner hide words of a text and see what a masked language model puts there.

    Args:
        model: a `helpers.bert.MaskedLanguageModel`; tokenizer: its own.
        text: what is shown first; the learner types another. `[MASK]` in it is a gap.
        masked: tokens of the text to hide first, each where it stands first.
        title: what stands above it.

    Returns:
        The widget.

    Raises:
        ValueError: the text has no token, or one to hide is not in it.
    """
    widget = MaskAndFill(model, tokenizer, text, title=title)
    if masked:
        widget.show(text, find(widget.shown, list(masked)))
    return widget
