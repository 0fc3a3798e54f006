"""The mask switchboard: switch masks on and off, change a token, and see which outputs of a real model move."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from helpers.attention import toy
from helpers.widgets.asked import AskedMixin
from helpers.widgets.client import legible, source
from helpers.widgets.picture import PictureMixin, png

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

PAD = "‹pad›"
CAUSAL = {"right": "on", "late": "on, one place too far", "off": "off"}
WINDOWS = (0, 2, 3)  # 0: no window
MOVES = 1e-5  # less is rounding

Model = Callable[["Tensor", "Tensor"], "Tensor"]  # token_ids (B, T), mask (T, T) or (B, T, T) -> (B, T, D)


def make_mask(n_words: int, n_padding: int, causal: str, hide_padding: bool, window: int) -> "Tensor":
    """The mask (T, T) that the switches ask for, T words and padding together; True where attending is allowed."""
    import torch

    total = n_words + n_padding
    query, key = torch.arange(total)[:, None], torch.arange(total)
    mask = torch.ones(total, total, dtype=torch.bool)
    if causal != "off":
        mask &= key <= query + (causal == "late")
    if window:
        mask &= key > query - window
    if hide_padding:
        mask &= key < n_words
    return mask


def compute(model: Model, text: str, *, n_tokens: int, n_padding: int = 2, causal: str = "right",
            hide_padding: bool = True, window: int = 0) -> dict[str, Any]:  # fmt: skip
    """Change each token of a text in turn and measure which outputs move.

    Args:
        model: token_ids (B, T) and a mask (T, T) -> outputs (B, T, D).
        text: any text; its first `toy.LONGEST` words are read.
        n_tokens: numbers the model knows; 0 is padding.
        n_padding: fillers after the words.
        causal: one of `CAUSAL`. hide_padding, window: the other switches; see `make_mask`.

    Returns:
        tokens (T,); n_words; mask (T, T), 0 or 1, queries by keys; moves (T, T): `moves[i][j]` says how much output i
        moves when token j is changed; leaks: triples (kind, output, changed), kind "future" or "padding"; note.

    Raises:
        ValueError: there is no word in the text, or a switch is in no known position.
    """
    import torch

    words = toy.words(text)
    if not words:
        raise ValueError("Type at least one word.")
    if causal not in CAUSAL or window not in WINDOWS or n_padding not in range(5):
        raise ValueError(f"Expected causal of {', '.join(CAUSAL)}, window of {WINDOWS} and 0 to 4 fillers; got "
                         f"{causal!r}, {window} and {n_padding}.")  # fmt: skip
    numbers = {word: 1 + place % (n_tokens - 2) for place, word in enumerate(dict.fromkeys(words))}
    ids = torch.tensor([*(numbers[word] for word in words), *[0] * n_padding])  # (T,)
    total = len(ids)
    mask = make_mask(len(words), n_padding, causal, hide_padding, window)
    batch = ids.repeat(total + 1, 1)  # (T + 1, T): the text as it is, then with each token changed in turn
    batch[torch.arange(1, total + 1), torch.arange(total)] = n_tokens - 1
    with torch.no_grad():
        output = model(batch, mask)  # (T + 1, T, D)
    moves = (output[1:] - output[0]).abs().amax(-1).T  # (T, T): output by changed token
    leaks = []
    for place, changed in (moves[: len(words)] > MOVES).nonzero().tolist():
        if changed >= len(words) or (causal != "off" and changed > place):
            leaks.append(["padding" if changed >= len(words) else "future", place, changed])
    return {"tokens": [*words, *[PAD] * n_padding], "n_words": len(words), "mask": mask.int().tolist(),
            "moves": [[max(round(value, 4), 1e-4) if value > MOVES else 0 for value in row] for row in moves.tolist()],
            "leaks": leaks, "causal": causal, "hide_padding": bool(hide_padding), "window": window,
            "note": f"Only the first {toy.LONGEST} words and marks are read." if toy.is_cut(text) else ""}  # fmt: skip


def verdict(shown: dict[str, Any], changed: int) -> str:
    """What a changed token tells about the masks, in one or two sentences."""
    moved = [place + 1 for place, row in enumerate(shown["moves"]) if row[changed] and place < shown["n_words"]]
    leaks = [leak for leak in shown["leaks"] if leak[2] == changed]
    moves = f"Outputs {', '.join(map(str, moved))} move." if moved else "No output of a word moves."
    if not leaks:
        return f"{moves} No leak."
    places = ", ".join(str(place + 1) for _, place, _ in leaks)
    outputs = f"output {places} depends" if len(leaks) == 1 else f"outputs {places} depend"
    return f"{moves} Leak: {outputs} on {'the future' if leaks[0][0] == 'future' else 'padding'}."


def draw(shown: dict[str, Any], changed: int) -> "Figure":
    """The mask beside the outputs that move, in a matplotlib Figure; leaks are crossed."""
    from matplotlib.figure import Figure

    tokens = [legible(token, 10) for token in shown["tokens"]]
    size = 0.42 * len(tokens)
    figure = Figure(figsize=(4 + 2 * size, 1.9 + size), dpi=100, layout="constrained")
    left, right = figure.subplots(1, 2)
    left.imshow(shown["mask"], cmap="cividis", vmin=0, vmax=1)
    left.set(title="The mask: may look (bright)", xlabel="key", ylabel="query")
    moves = [[1 if value else 0 for value in row] for row in shown["moves"]]
    right.imshow(moves, cmap="cividis", vmin=0, vmax=1)
    right.axvline(changed, color="#d55e00")
    right.set(title="Outputs that move (bright)", xlabel="changed token", ylabel="output")
    for _, place, token in shown["leaks"]:
        right.text(token, place, "×", color="#d55e00", ha="center", va="center", fontsize=15, fontweight="bold")
    for ax in (left, right):
        ax.set_xticks(range(len(tokens)), tokens, rotation=60, parse_math=False)
        ax.set_yticks(range(len(tokens)), tokens, parse_math=False)
    return figure


class MaskSwitchboard(PictureMixin, AskedMixin, anywidget.AnyWidget):
    """The live widget; `mask_switchboard` makes it.

    `set` moves the switches; the trait `changed`, the token that is changed, follows the learner.
    """

    _esm = source("client.js", "mask_switchboard.js")
    _css = source("client.css", "mask_switchboard.css")

    text = traitlets.Unicode().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)
    changed = traitlets.Int().tag(sync=True)
    choices = traitlets.Dict({"causal": CAUSAL, "window": list(WINDOWS)}).tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    def __init__(self, model: Model, n_tokens: int, n_padding: int, text: str, switches: dict[str, Any], **traits: Any):
        self.model, self.n_tokens, self.n_padding = model, n_tokens, n_padding
        super().__init__(**traits)
        self.set(text, **switches)

    def set(self, text: str | None = None, *, causal: str | None = None, hide_padding: bool | None = None,
            window: int | None = None) -> None:  # fmt: skip
        """Move switches, or take another text; what is not given stays. ValueError for what can't be."""
        now = {name: self.shown.get(name) for name in ("causal", "hide_padding", "window")}
        asked = {"causal": causal, "hide_padding": hide_padding, "window": window}
        now |= {name: value for name, value in asked.items() if value is not None}
        text = self.text if text is None else str(text)
        shown = compute(self.model, text, n_tokens=self.n_tokens, n_padding=self.n_padding, **now)
        with self.hold_sync():
            self.text, self.shown = text, shown
            self.changed = self.changed  # into range

    @traitlets.validate("changed")
    def _in_range(self, proposal: dict) -> int:
        return max(0, min(len(self.shown.get("tokens", [0])) - 1, proposal["value"]))

    def take(self, asked: dict[str, Any]) -> None:
        names = ("text", "causal", "hide_padding", "window")
        self.set(**{name: asked[name] for name in names if name in asked})

    def picture(self) -> bytes:
        return png(draw(self.shown, self.changed))

    def alt_text(self) -> str:
        token = f"token {self.changed + 1} ({self.shown['tokens'][self.changed]})"
        return (f"{self.title}. Causal mask {CAUSAL[self.shown['causal']]}, padding "
                f"{'hidden' if self.shown['hide_padding'] else 'not hidden'}. Changed: {token}. "
                f"{verdict(self.shown, self.changed)}")  # fmt: skip


def mask_switchboard(model: Model, n_tokens: int, text: str = toy.SENTENCE, *, n_padding: int = 2, changed: int = 3,
                     causal: str = "right", hide_padding: bool = True, window: int = 0,
                     title: str = "Mask switchboard") -> MaskSwitchboard:  # fmt: skip
    """Switch a model's masks and see, for any changed token, which outputs move.

    Args:
        model: token_ids (B, T) and a mask (T, T), True where allowed -> outputs (B, T, D). Each switch runs it once, on
            T + 1 texts, so it should take at most some 20 milliseconds.
        n_tokens: the size of its vocabulary, 3 or more; 0 is padding.
        text: read first. n_padding: fillers after it, 0 to 4. changed: the token changed first, counted from 0.
        causal, hide_padding, window: the switches; see `compute`.
        title: what stands above it.

    Returns:
        The widget.

    Raises:
        ValueError: an empty text, or a switch in no known position.
    """
    switches = {"causal": causal, "hide_padding": hide_padding, "window": window}
    widget = MaskSwitchboard(model, n_tokens, n_padding, text, switches, title=title)
    widget.changed = changed
    return widget
