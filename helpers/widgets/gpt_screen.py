"""The whole GPT on one screen: a text flows through the learner's own model, and every part opens into its numbers."""

from typing import Any

import anywidget
import traitlets

from helpers.gpt import GPT
from helpers.widgets.asked import AskedMixin
from helpers.widgets.client import source
from helpers.widgets.gpt_screen_data import compute, part_names
from helpers.widgets.gpt_screen_picture import draw, in_words
from helpers.widgets.picture import PictureMixin, png

SCRIPTS = ("client.js", "svg.js", "gpt_screen_data.js", "gpt_screen_parts.js", "gpt_screen_sums.js",
           "gpt_screen_layout.js", "gpt_screen_colours.js", "gpt_screen_stage.js", "gpt_screen_next.js",
           "gpt_screen_heat.js", "gpt_screen_sheet.js", "gpt_screen.js")  # fmt: skip


class GptScreen(PictureMixin, AskedMixin, anywidget.AnyWidget):
    """The live widget; `gpt_screen` makes it.

    `show` reads another text. The traits `part`, `tensor`, `token` and `column` follow the learner: which part is
    open, such as "0.head2" (block and head from 0), "" for none; which of its tensors; which token, -1 for the last;
    which number of it, -1 for the largest.
    """

    _esm = source(*SCRIPTS)
    _css = source("client.css", "gpt_screen.css")

    text = traitlets.Unicode().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)  # see gpt_screen_data.compute
    packed = traitlets.Bytes().tag(sync=True)  # float16, in the order of shown["layout"]
    part = traitlets.Unicode().tag(sync=True)
    tensor = traitlets.Unicode().tag(sync=True)
    token = traitlets.Int(-1).tag(sync=True)
    column = traitlets.Int(-1).tag(sync=True)
    temperature = traitlets.Float(1.0).tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    def __init__(self, model: GPT, vocabulary: Any, text: str, **traits: Any):
        self.model, self.vocabulary = model, vocabulary
        super().__init__(**traits)
        self.show(text)

    def show(self, text: str) -> None:
        """Read a text, with the weights that the model has now; ValueError if it is empty or has strange tokens."""
        made = compute(self.model, self.vocabulary, text)
        self.arrays = {name: tensor.numpy() for name, tensor in made["arrays"].items()}
        with self.hold_sync():
            self.text, self.shown, self.packed = str(text), made["shown"], made["packed"]
            self.token = -1

    def picture(self) -> bytes:
        return png(draw(self.shown, self.arrays))

    def alt_text(self) -> str:
        return in_words(self.shown, self.arrays)


def gpt_screen(model: GPT, vocabulary: Any, text: str, *, part: str = "", temperature: float = 1.0,
               title: str = "The whole GPT on one screen") -> GptScreen:  # fmt: skip
    """Show a whole GPT at work on a text: tokens, embedding, every block with its heads, logits, probabilities.

    Args:
        model: a GPT of any config, such as the one just trained; it is read with the weights that it has now.
        vocabulary: `encode(text)` and `decode(ids)`, such as `CharacterText.vocabulary`.
        text: what it reads first; the learner types another. The last 32 tokens are shown.
        part: open at first, such as "0.head2" (block and head from 0), "1.feed", "logits"; none if empty.
        temperature: by which logits are divided before they become probabilities, above 0.
        title: what stands above it.

    Returns:
        The widget. Its numbers take at most about 450 kB, 200 kB for 4 blocks of width 64 and 32 tokens.

    Raises:
        ValueError: an empty text, a vocabulary that is not the model's, a part that it has not, or a temperature that
            is not above 0.

    Example:
        >>> gpt_screen(model, text.vocabulary, "The city of London is", part="0.head1")
    """
    if not 0 < temperature < float("inf"):
        raise ValueError(f"temperature is {temperature}; expected a number above 0.")
    if part and part not in (known := part_names(model.config)):
        raise ValueError(f"part is {part!r}; this model has {', '.join(known)}.")
    return GptScreen(model, vocabulary, text, part=part, temperature=temperature, title=title)
