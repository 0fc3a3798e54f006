"""The token stepper: one text cut by several tokenizers in colour, and a slider over byte-pair merges."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import anywidget
import traitlets

from helpers.tokenization import BPE, Tokenizer
from helpers.tokenization.bpe import readable
from helpers.widgets.asked import AskedMixin
from helpers.widgets.client import legible, source
from helpers.widgets.picture import PictureMixin, png
from helpers.widgets.token_stepper_cuts import UNKNOWN, cut_all, tokens_after, visible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = ("#CDE7F7", "#FBE3BF", "#CFEBDD", "#F3D9E8", "#E4E4E4")
COLUMNS, LINES = 96, 3  # of a tokenizer's part of the picture
EXAMPLES = ("I don't know.", "naïve café", "🙂👍🏽", "我爱这本书", "שלום עולם", "untokenizable", "<b>12,000</b>")


def draw(rows: Sequence[tuple[str, Sequence[str]]]) -> Figure:
    """The tokens of each tokenizer as coloured boxes, in a matplotlib Figure.

    Args:
        rows: pairs of a name and tokens; what does not fit into three lines is counted.
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    laid = [(f"{name}: {len(tokens):,} tokens", *_lay_out(tokens)) for name, tokens in rows]
    height = sum(1.6 + lines for _, _, lines in laid) + 0.2
    figure = Figure(figsize=(10, 0.3 * height), dpi=100, layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(-1, COLUMNS + 1), ylim=(height, 0))
    ax.axis("off")
    top = 0.3
    for title, boxes, lines in laid:
        ax.text(0, top + 0.5, legible(title, 90), fontsize=11, fontweight="bold", va="center", parse_math=False)
        for number, (text, line, column, width) in enumerate(boxes):
            y = top + 1.1 + line
            ax.add_patch(Rectangle((column, y), width, 0.86, facecolor=COLOURS[number % 5], edgecolor="#777777",
                                   linewidth=0.5))  # fmt: skip
            ax.text(column + width / 2, y + 0.45, text, fontsize=9, family="monospace", ha="center", va="center",
                    parse_math=False)  # fmt: skip
        top += 1.6 + lines
    return figure


def _lay_out(tokens: Sequence[str]) -> tuple[list[tuple[str, int, float, float]], int]:
    """Boxes (text, line, column, width) in lines of 96 columns, and the number of lines."""
    boxes, line, column = [], 0, 0.0
    for number, token in enumerate(tokens):
        text = legible(visible(token), 30)
        width = 0.9 + sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
        if column + width > COLUMNS:
            line, column = line + 1, 0.0
        if line == LINES:
            boxes.append((f"and {len(tokens) - number:,} more", line, 0.0, 20.0))
            return boxes, line + 1
        boxes.append((text, line, column, width))
        column += width + 0.3
    return boxes, line + 1


class TokenStepper(PictureMixin, AskedMixin, anywidget.AnyWidget):
    """The live stepper; `token_stepper` makes it.

    The trait `n_merges` follows the slider and may be set from Python; `show` takes a text. Moving the slider needs
    no kernel: each boundary of the text knows how many merges it outlives.
    """

    _esm = source("client.js", "token_stepper_tokens.js", "token_stepper.js")
    _css = source("client.css", "token_stepper.css")

    title = traitlets.Unicode().tag(sync=True)
    cut = traitlets.Dict().tag(sync=True)
    merges = traitlets.List().tag(sync=True)
    n_merges = traitlets.Int().tag(sync=True)
    examples = traitlets.List().tag(sync=True)

    def __init__(self, tokenizers: Mapping[str, Tokenizer], bpe: BPE, text: str, **traits):
        self.tokenizers, self.bpe = dict(tokenizers), bpe
        merges = [[readable(left), readable(right)] for left, right in bpe.merges]
        super().__init__(cut=cut_all(text, self.tokenizers, bpe), merges=merges, **traits)

    def show(self, text: str) -> None:
        """Cut and show another text."""
        self.cut = cut_all(text, self.tokenizers, self.bpe)

    @traitlets.validate("n_merges")
    def _in_range(self, proposal) -> int:
        if not 0 <= proposal["value"] <= len(self.bpe.merges):
            raise ValueError(f"n_merges is {proposal['value']}; expected 0 to {len(self.bpe.merges)}.")
        return proposal["value"]

    def _rows(self) -> list[tuple[str, list[str]]]:
        """Names and tokens as shown, all of them."""
        rows = [(name, tokenizer.tokens(self.cut["text"])) for name, tokenizer in self.tokenizers.items()]
        after = tokens_after(self.cut["text"], self.cut["falls"], self.n_merges)
        return [*rows, (f"Byte-pair encoding after {self.n_merges:,} merges", after)]

    def picture(self) -> bytes:
        return png(draw(self._rows()))

    def alt_text(self) -> str:
        said = [f"{self.title}: {legible(self.cut['text'], 200)}"]
        for name, tokens in self._rows():
            unknown = sum(token in UNKNOWN for token in tokens)
            first = " | ".join(visible(token) for token in tokens[:20])
            said.append(f"{name}: {len(tokens):,} tokens, {unknown} of them unknown: {legible(first, 200)}.")
        return " ".join(said)


def token_stepper(tokenizers: Mapping[str, Tokenizer], bpe: BPE, *, text: str, n_merges: int | None = None,
                  title: str = "One text, cut in several ways",
                  examples: Sequence[str] = EXAMPLES) -> TokenStepper:  # fmt: skip
    """Let the learner type any text and see how each tokenizer cuts it, and step through byte-pair merges.

    Args:
        tokenizers: name -> tokenizer, shown in this order above the byte-pair encoding.
        bpe: byte-pair encoding over bytes; the slider runs from none of its merges to all.
        text: the text shown first.
        n_merges: where the slider stands first; None for all merges.
        title: what stands above it.
        examples: texts to choose from.

    Returns:
        The widget.

    Raises:
        ValueError: `bpe` is over characters, `n_merges` is out of range, or `text` is no string.
    """
    if bpe.unit != "byte":
        raise ValueError("bpe is over characters; expected one over bytes, BPE.train(texts).")
    if not isinstance(text, str):
        raise ValueError(f"text is {type(text).__name__}; expected a string.")
    n_merges = len(bpe.merges) if n_merges is None else n_merges
    return TokenStepper(tokenizers, bpe, text, n_merges=n_merges, title=title, examples=list(examples))
