"""The alignment explorer: type numbers, dates or lists, and walk through their translation step by step."""

from typing import Any

import anywidget
import numpy as np
import traitlets

from helpers.recurrent.seq2seq import Seq2Seq
from helpers.translation import TranslationTask
from helpers.widgets.alignment_explorer_data import LANGUAGES, compute, draw, in_sentences
from helpers.widgets.asked import AskedMixin
from helpers.widgets.client import source
from helpers.widgets.picture import PictureMixin, png


class AlignmentExplorer(PictureMixin, AskedMixin, anywidget.AnyWidget):
    """The live widget; `alignment_explorer` makes it.

    `show` translates another text. The trait `step` follows the learner; out of range, it moves to the nearest step.
    """

    _esm = source("client.js", "alignment_explorer_map.js", "alignment_explorer.js")
    _css = source("client.css", "alignment_explorer.css")

    text = traitlets.Unicode().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)  # source, known, pieces, top, written, note
    weights = traitlets.Bytes().tag(sync=True)  # uint8 (T, S)
    step = traitlets.Int().tag(sync=True)
    examples = traitlets.List().tag(sync=True)
    language = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    def __init__(self, model: Seq2Seq, task: TranslationTask, text: str, **traits: Any):
        self.model, self.task = model.eval(), task
        step = traits.pop("step", 0)
        super().__init__(language=LANGUAGES[task.language], **traits)
        self.show(text, step)

    def show(self, text: str, step: int = 0) -> None:
        """Translate a text and show one of its steps; ValueError if there is nothing to translate."""
        shown = compute(self.model, self.task, text)
        weights = shown.pop("weights")
        with self.hold_sync():
            self.text, self.weights, self.shown = str(text)[:2000], weights.tobytes(), shown
            self.step = step

    @traitlets.validate("step")
    def _in_range(self, proposal: dict) -> int:
        return max(0, min(len(self.shown.get("pieces", [0])) - 1, proposal["value"]))

    def _arrays(self) -> dict[str, Any]:
        shape = len(self.shown["pieces"]), len(self.shown["source"])
        return {**self.shown, "weights": np.frombuffer(self.weights, np.uint8).reshape(shape)}

    def picture(self) -> bytes:
        return png(draw(self._arrays(), self.step, self.task.language))

    def alt_text(self) -> str:
        return in_sentences(self._arrays(), self.title)


def alignment_explorer(model: Seq2Seq, task: TranslationTask, text: str = "twenty-one", *, step: int = 0,
                       examples: tuple[str, ...] = ("21", "May 21, 1984", "21; Anna; 4,305; 1999-12-31"),
                       title: str = "Where does each step look?") -> AlignmentExplorer:  # fmt: skip
    """Let the learner type numbers, dates and lists and follow the decoder's attention.

    Args:
        model: a trained `Seq2Seq`. task: what it was trained on.
        text: translated first. step: shown first, from 0.
        examples: texts to try at a click.
        title: what stands above it.

    Returns:
        The widget.

    Raises:
        ValueError: there is nothing to translate in the text.
    """
    return AlignmentExplorer(model, task, text, step=step, examples=list(examples), title=title)
