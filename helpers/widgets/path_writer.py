"""Write a text by choosing token after token, with the probability of every path: keys 1 to 9, undo, draw."""

from typing import Any

import anywidget
import torch
import traitlets

from helpers.widgets.asked import AskedMixin
from helpers.widgets.client import source
from helpers.widgets.path_writer_data import Paths, draw, in_words
from helpers.widgets.picture import PictureMixin, png

ACTIONS = ("path", "start", "choose", "likeliest", "draw", "undo")


class PathWriter(PictureMixin, AskedMixin, anywidget.AnyWidget):
    """The live widget; `path_writer` makes it, `go` and `begin` move it from Python."""

    _esm = source("client.js", "path_writer.js")
    _css = source("client.css", "path_writer.css")

    text = traitlets.Unicode().tag(sync=True)  # the whole start; shown["start"] is what the model reads of it
    shown = traitlets.Dict().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    def __init__(self, model: Any, vocabulary: Any, start: str, seed: int, **traits: Any):
        self.model, self.vocabulary = model, vocabulary
        self.generator = torch.Generator().manual_seed(seed)
        super().__init__(**traits)
        self.begin(start)

    def begin(self, start: str) -> None:
        """Begin with another text; ValueError if it is empty."""
        paths = Paths(self.model, self.vocabulary, start)
        shown = paths.shown()
        with self.hold_sync():
            self.paths, self.text, self.shown = paths, paths.start, shown

    def go(self, path: list[int]) -> None:
        """Stand behind these tokens; ValueError if there are too many or an unknown one."""
        self.paths.go(path)
        self.shown = self.paths.shown()

    def take(self, asked: dict[str, Any]) -> None:
        action = next((name for name in ACTIONS if name in asked), None)
        if action == "start":
            self.begin(asked["start"])
        elif action == "path":
            self.go(asked["path"])
        elif action == "choose":
            self.go([*self.paths.path, asked["choose"]])
        elif action == "undo":
            self.go(self.paths.path[:-1])
        elif action == "likeliest":
            self.go([*self.paths.path, self.shown["choices"][0][0]])
        elif action == "draw":
            self.go([*self.paths.path, self.paths.drawn(self.generator)])

    def picture(self) -> bytes:
        return png(draw(self.shown))

    def alt_text(self) -> str:
        return in_words(self.shown)


def path_writer(model: Any, vocabulary: Any, start: str, *, path: str = "", seed: int = 0,
                title: str = "Write by choosing") -> PathWriter:  # fmt: skip
    """Let the learner write with a language model, one chosen token after the other.

    Args:
        model: token_ids (B, T) -> logits (B, T, V), such as a GPT.
        vocabulary: `encode(text)` and `decode(ids)`, such as `CharacterText.vocabulary`.
        start: what stands before the first choice; the learner may type another.
        path: tokens chosen already, as text.
        seed: of the button that draws.
        title: what stands above it.

    Returns:
        The widget.

    Raises:
        ValueError: an empty start, or a path that is too long.
    """
    widget = PathWriter(model, vocabulary, start, seed, title=title)
    if path:
        widget.go(torch.as_tensor(vocabulary.encode(path)).tolist())
    return widget
