"""Gates over a text: type anything and see, character by character, what each unit of a recurrent model does."""

from typing import Any

import anywidget
import traitlets

from helpers.widgets.asked import AskedMixin
from helpers.widgets.client import source
from helpers.widgets.picture import PictureMixin, png
from helpers.widgets.recurrent_gates_data import MEANING, SHARES, compute, draw, in_words, slow_first


class RecurrentGates(PictureMixin, AskedMixin, anywidget.AnyWidget):
    """The live widget; `recurrent_gates` makes it.

    `show` reads another text. The traits `gate`, `place` and `unit` follow the learner; out of range, they move
    to the nearest that exists.
    """

    _esm = source("client.js", "recurrent_gates.js")
    _css = source("client.css", "recurrent_gates.css")

    text = traitlets.Unicode().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)  # chars, gates, scales, top, note, shape
    values = traitlets.Bytes().tag(sync=True)  # int8 (gates, N, T)
    gate = traitlets.Unicode().tag(sync=True)
    place = traitlets.Int().tag(sync=True)
    unit = traitlets.Int().tag(sync=True)
    meaning = traitlets.Dict(MEANING).tag(sync=True)
    shares = traitlets.Unicode(SHARES).tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    def __init__(self, model: Any, vocabulary: Any, text: str, order: list[int], **traits: Any):
        self.model, self.vocabulary, self.order = model, vocabulary, order
        super().__init__(**traits)
        self.show(text)
        self.gate = self.gate or self.shown["gates"][1 if "f" in self.shown["gates"] else 0]
        self.place = self.shown["shape"][2] - 1

    def show(self, text: str) -> None:
        """Read a text and show its gates; ValueError if it is empty."""
        shown = compute(self.model, self.vocabulary, text, self.order)
        values = shown.pop("values")
        with self.hold_sync():
            self.text, self.values = str(text), values.tobytes()
            self.shown = {**shown, "shape": list(values.shape)}
            self.place, self.unit = self.place, self.unit  # into range

    @traitlets.validate("place", "unit")
    def _in_range(self, proposal: dict) -> int:
        if not self.shown:
            return 0
        most = self.shown["shape"][{"unit": 1, "place": 2}[proposal["trait"].name]] - 1
        return max(0, min(most, proposal["value"]))

    @traitlets.validate("gate")
    def _known(self, proposal: dict) -> str:
        names = self.shown.get("gates", [])
        if proposal["value"] and names and proposal["value"] not in names:
            raise ValueError(f"gate is {proposal['value']!r}; this model has {', '.join(names)}.")
        return proposal["value"]

    def take(self, asked: dict[str, Any]) -> None:
        self.show(asked["text"])
        self.place = self.shown["shape"][2] - 1  # what was typed last

    def _arrays(self) -> dict[str, Any]:
        import numpy as np

        return {**self.shown, "values": np.frombuffer(self.values, np.int8).reshape(self.shown["shape"])}

    def picture(self) -> bytes:
        return png(draw(self._arrays(), self.gate, self.place))

    def alt_text(self) -> str:
        return in_words(self._arrays(), self.gate, self.place)


def recurrent_gates(model: Any, vocabulary: Any, text: str, *, gate: str = "", sample: str = "",
                    title: str = "Gates over a text") -> RecurrentGates:  # fmt: skip
    """Look into a recurrent language model while it reads.

    Args:
        model: a trained `RecurrentLanguageModel` of characters; read by hand, so that every gate is seen.
        vocabulary: `encode(text)` and `decode(ids)`, such as `CharacterText.vocabulary`.
        text: what it reads first; the learner types another.
        gate: shown first, such as "f"; by default the forget gate of an LSTM, else the first.
        sample: a text by which units are ordered, the slow ones first; by default `text`.
        title: what stands above it.

    Returns:
        The widget.

    Raises:
        ValueError: an empty text, or a gate that the model hasn't.
    """
    return RecurrentGates(model, vocabulary, text, slow_first(model, vocabulary, sample or text), gate=gate,
                          title=title)  # fmt: skip
