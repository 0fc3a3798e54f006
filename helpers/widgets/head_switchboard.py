"""The head switchboard: click heads of an encoder off and see which texts are still neighbours."""

from collections.abc import Sequence
from typing import Any

import anywidget
import traitlets

from helpers.bert import Pretrained
from helpers.widgets.asked import AskedMixin
from helpers.widgets.client import source
from helpers.widgets.head_switchboard_data import Neighbours, Reader, draw, in_words
from helpers.widgets.picture import PictureMixin, png


class HeadSwitchboard(PictureMixin, AskedMixin, anywidget.AnyWidget):
    """The live widget; `head_switchboard` makes it, `switch` and `read` move it from Python."""

    _esm = source("client.js", "head_switchboard.js")
    _css = source("client.css", "head_switchboard.css")

    shown = traitlets.Dict().tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    def __init__(self, pretrained: Pretrained, texts: Sequence[str], off: Sequence[Sequence[int]], **traits: Any):
        self.pretrained, self.reader = pretrained, Reader(pretrained.encoder)
        super().__init__(**traits)
        self.read(texts, off)

    def read(self, texts: Sequence[str], off: Sequence[Sequence[int]] | None = None) -> None:
        """Compare other texts; ValueError for too few, too many, or an empty one."""
        neighbours = Neighbours(self.pretrained, texts, self.reader)
        self._compare(neighbours, self.shown.get("off", []) if off is None else off)

    def switch(self, off: Sequence[Sequence[int]]) -> None:
        """Switch these heads off, pairs (layer, head) from 0, and all others on; ValueError for an unknown one."""
        self._compare(self.neighbours, off)

    def _compare(self, neighbours: Neighbours, off: Sequence[Sequence[int]]) -> None:
        shown = neighbours.without(off)  # raises before anything has changed
        with self.hold_sync():
            self.neighbours, self.shown, self.said = neighbours, shown, in_words(shown)

    def take(self, asked: dict[str, Any]) -> None:
        if asked.get("texts", self.shown["texts"]) != self.shown["texts"]:
            self.read(asked["texts"], asked.get("off"))
        elif "off" in asked:
            self.switch(asked["off"])

    def picture(self) -> bytes:
        return png(draw(self.shown))

    def alt_text(self) -> str:
        return f"{self.title}. {self.said}"


def head_switchboard(pretrained: Pretrained, texts: Sequence[str], *, off: Sequence[Sequence[int]] = (),
                     title: str = "Head switchboard") -> HeadSwitchboard:  # fmt: skip
    """Switch heads of an encoder off and see what becomes of its sentence vectors.

    Args:
        pretrained: an encoder with its tokenizer, such as `bert.load_minilm()`; it is not changed.
        texts: the first is compared with the one to five others.
        off: heads that are off at first, pairs (layer, head) counted from 0; the page counts from 1.
        title: what stands above it.

    Returns:
        The widget.

    Raises:
        ValueError: too few or too many texts, an empty one, or a head that is not there.
    """
    return HeadSwitchboard(pretrained, texts, off, title=title)
