"""A text box over an attention map: type a sentence and see what a model's heads attend to."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import traitlets

from helpers.attention import AttentionMaps
from helpers.widgets import client
from helpers.widgets.attention_data import check
from helpers.widgets.attention_map import SCRIPTS, AttentionMap

NOTHING = np.zeros((1, 1, 0, 0), np.float32)   # attention of no tokens


@dataclass(frozen=True)
class Reading:
    """What came of one text: its maps, or none, and a sentence about what went wrong."""

    maps: AttentionMaps | None
    problem: str = ""
    error: Exception | None = None


def read(encode: Callable[[str], AttentionMaps], text: str) -> Reading:
    """Encode one text; whatever `encode` raises, or returns that is no attention, becomes a sentence.

    Args:
        encode: takes a text and gives `AttentionMaps`, or anything with `tokens` and `attention`.
        text: what was typed. An empty text is not encoded: it has no words that could attend.
    """
    if not isinstance(text, str):
        return Reading(None, f"Expected a text, got {type(text).__name__}.")
    if not text.strip():
        return Reading(AttentionMaps([], NOTHING), "Type a sentence to see which words attend to which.")
    try:
        maps = encode(text)
        if not (hasattr(maps, "tokens") and hasattr(maps, "attention")):
            raise ValueError(f"encode returned a {type(maps).__name__}; expected AttentionMaps.")
        check(maps.tokens, maps.attention)
    except Exception as error:   # any: the learner's own function may stand behind `encode`
        said = " ".join(str(error).split())[:300].rstrip(".") or "no message"
        return Reading(None, f"This text could not be read ({type(error).__name__}: {said}).", error)
    return Reading(maps)


class AttentionExplorer(AttentionMap):
    """The widget; make it with `attention_explorer`.

    Attributes:
        error: the exception that the last text met in `encode`, or None; the page shows it as a sentence.
    """

    _esm = (client.source(*SCRIPTS, "attention_explorer.js")
            + "\nexport default { render: attentionExplorer };\n")
    _css = client.source("client.css", "attention_map.css")

    question = traitlets.Dict().tag(sync=True)   # from the page: {"id", "text"}
    answer = traitlets.Dict().tag(sync=True)     # to the page: {"id", "text", "shown", "note", "problem"}

    def __init__(self, encode: Callable[[str], AttentionMaps], text: str) -> None:
        super().__init__()
        self._encode, self.error = encode, None
        self.observe(self._asked, "question")
        self.question = {"id": 1, "text": text}

    def _asked(self, change: dict) -> None:
        asked = change["new"]
        text = asked.get("text")
        reading = read(self._encode, text)
        text = text if isinstance(text, str) else ""
        self.error = reading.error
        with self.hold_sync():
            if reading.maps is not None:
                self._show(reading.maps)
            self.answer = {"id": asked.get("id", 0), "text": text, "problem": reading.problem,
                           "shown": text if reading.maps is not None else self.answer.get("shown", ""),
                           "note": getattr(reading.maps, "note", "")}

    def _show(self, maps: AttentionMaps) -> None:
        """Keep layer and head, and the selected token where the new text has it too."""
        before = self.tokens[self.query] if self.tokens else None
        attention = maps.attention if len(maps.tokens) else np.zeros((*self.shape[:2], 0, 0))
        self.show(maps.tokens, attention, query=before if before in maps.tokens else None)

    def alt_text(self) -> str:
        return f"A box to type a text in, with “{self.answer['shown'][:200]}”. {super().alt_text()}"


def attention_explorer(encode: Callable[[str], AttentionMaps],
                       text: str = "The cat sat on the mat because it was tired.", *, layer: int = 0,
                       head: int = 0, query: int | str | None = None,
                       view: str = "head") -> AttentionExplorer:
    """A text box over an attention map; Enter, the button or a pause in typing shows the new text.

    Args:
        encode: takes a text and gives `AttentionMaps`: the method `attention` of a `MiniLM`, or
            `functools.partial(word_vector_attention, vectors)`. What it raises is shown as one sentence.
        text: shown first.
        layer, head, query, view: what is shown of it first, as in `attention_map`.

    Returns:
        The widget; `widget.error` holds the exception of the last text, if there was one.

    Raises:
        ValueError: `text` could be read, but has no such layer, head or query; or there is no such view.
    """
    widget = AttentionExplorer(encode, text)
    if widget.tokens:
        widget.select(layer=layer, head=head, query=query, view=view)
    return widget
