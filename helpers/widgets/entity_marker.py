"""Paste a text: entities light up, found in one way and in another."""

from collections.abc import Sequence
from typing import Any

import anywidget
import traitlets

from helpers.tasks.weak import KINDS
from helpers.widgets.asked import AskedMixin
from helpers.widgets.client import source
from helpers.widgets.entity_marker_data import COLOURS, Finder, compute, draw, in_words
from helpers.widgets.picture import PictureMixin, png


class EntityMarker(PictureMixin, AskedMixin, anywidget.AnyWidget):
    """The live widget; `entity_marker` makes it, `show` reads another text."""

    _esm = source("client.js", "entity_marker.js")
    _css = source("client.css", "entity_marker.css")

    shown = traitlets.Dict().tag(sync=True)
    kinds = traitlets.List().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    def __init__(self, finders: dict[str, Finder], text: str, **traits: Any):
        self.finders = finders
        super().__init__(**traits)
        self.show(text)

    def show(self, text: str) -> None:
        """Read a text and mark what is found in it."""
        self.shown = compute(self.finders, self.kinds, text)

    def picture(self) -> bytes:
        return png(draw(self.shown, self.kinds))

    def alt_text(self) -> str:
        return in_words(self.shown)


def entity_marker(finders: dict[str, Finder], text: str, *, kinds: Sequence[str] = KINDS,
                  title: str = "Entities") -> EntityMarker:  # fmt: skip
    """Mark countries, dates and whatever else is found in a text that the learner types or pastes.

    Args:
        finders: name -> function from a text to spans of characters, such as {"rules": weak_spans}. Each gets a copy of
            the text with its own marks.
        text: what is read at the beginning.
        kinds: which kinds of span are shown, at most six.
        title: what stands above it.

    Returns:
        The widget.

    Raises:
        ValueError: no finder, or more kinds than colours.
    """
    if not finders or not 1 <= len(kinds) <= len(COLOURS):
        raise ValueError(f"Expected a finder or more, and 1 to {len(COLOURS)} kinds; got {len(finders)}, {len(kinds)}.")
    return EntityMarker(finders, text, kinds=list(kinds), title=title)
