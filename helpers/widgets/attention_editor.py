"""The attention editor: tell a head where to look, row by row, and see what becomes of the model's answer."""

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from helpers.bert import MaskedLanguageModel, Pretrained
from helpers.widgets.asked import AskedMixin
from helpers.widgets.attention_editor_data import Edited, Subject, draw, in_words, of_encoder, of_gpt
from helpers.widgets.client import source
from helpers.widgets.picture import PictureMixin, png


class AttentionEditor(PictureMixin, AskedMixin, anywidget.AnyWidget):
    """The live widget; `attention_editor` makes it. `read`, `select`, `edit` and `clear` move it from Python."""

    _esm = source("client.js", "attention_editor.js")
    _css = source("client.css", "attention_editor.css")

    text = traitlets.Unicode().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    def __init__(self, reader: Callable[[str], Subject], text: str, layer: int, head: int, **traits: Any):
        self.reader, self.edits = reader, {}
        super().__init__(**traits)
        self.read(text)
        self.select(layer, head)

    def read(self, text: str) -> None:
        """Read another text; all edits are gone. ValueError for one that cannot be read."""
        edited = Edited(self.reader(text))
        self.edited, self.text, self.edits = edited, str(text), {}
        self._show(self.shown.get("layer", 0), self.shown.get("head", 0), {})

    def select(self, layer: int, head: int) -> None:
        """Show another head, counted from 0; edits stay."""
        self._show(layer, head, self.edits)

    def edit(self, row: int, kind: str | None, key: int = 0) -> None:
        """Tell a row of the shown head where to look: kind "one", "alike", "without", or None for its own weights."""
        head = self.shown["layer"], self.shown["head"]
        rows = dict(self.edits.get(head, {}))
        rows.pop(int(row), None)
        if kind is not None:
            rows[int(row)] = {"kind": kind, "key": int(key)}
        self._show(*head, self.edits | {head: rows})

    def edit_all(self, kind: str) -> None:
        """Tell every row of the shown head: kind "alike", or "first", only the first token."""
        what = {"kind": "one", "key": 0} if kind == "first" else {"kind": kind, "key": 0}
        head = self.shown["layer"], self.shown["head"]
        self._show(*head, self.edits | {head: {row: dict(what) for row in range(len(self.shown["tokens"]))}})

    def clear(self) -> None:
        """Give all heads their own weights back."""
        self._show(self.shown["layer"], self.shown["head"], {})

    def _show(self, layer: int, head: int, edits: dict) -> None:
        shown = self.edited.shown(layer, head, edits)  # raises before anything has changed
        self.edits = {head: rows for head, rows in edits.items() if rows}
        with self.hold_sync():
            self.shown, self.said = shown, in_words(shown)

    def take(self, asked: dict[str, Any]) -> None:
        if "text" in asked:
            self.read(asked["text"])
        elif "select" in asked:
            self.select(*asked["select"])
        elif "row" in asked:
            self.edit(asked["row"], asked.get("kind"), asked.get("key", 0))
        elif "all" in asked:
            self.edit_all(asked["all"])
        elif "clear" in asked:
            self.clear()

    def picture(self) -> bytes:
        return png(draw(self.shown))

    def alt_text(self) -> str:
        return f"{self.title}, “{self.text[:80]}”. {self.said}"


def attention_editor(model: Any, tokenizer: Any = None, text: str = "", *, layer: int = 0, head: int = 0,
                     title: str = "Attention editor") -> AttentionEditor:  # fmt: skip
    """Edit a head's attention pattern and see what the model does with it.

    Args:
        model: a `Pretrained` encoder, whose vectors are watched; a `MaskedLanguageModel`, which also says what stands
            at [MASK]; or a `GPT`, which says what comes next. It is not changed.
        tokenizer: of a `MaskedLanguageModel` its `WordPiece`, of a `GPT` its vocabulary.
        text: read first; another may be typed. Of a long one 40 tokens are read.
        layer, head: shown first, counted from 0; the page counts from 1.
        title: what stands above it.

    Returns:
        The widget.

    Raises:
        ValueError: an empty text for a GPT, or no such head.
    """
    if isinstance(model, Pretrained):
        reader = lambda typed: of_encoder(model, typed)  # noqa: E731
    elif isinstance(model, MaskedLanguageModel):
        reader = lambda typed: of_encoder(Pretrained(model.encoder, tokenizer), typed, model)  # noqa: E731
    else:
        reader = lambda typed: of_gpt(model, tokenizer, typed)  # noqa: E731
    return AttentionEditor(reader, text, layer, head, title=title)
