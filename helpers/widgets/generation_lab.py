"""Writing with a language model: a beginning, a temperature, cut-offs, and each character by its probability."""

import math
from typing import TYPE_CHECKING, Any

import anywidget
import torch
import traitlets

from helpers.decoding import Remembering, probabilities
from helpers.widgets.asked import AskedMixin
from helpers.widgets.client import legible, source
from helpers.widgets.picture import PictureMixin, png
from helpers.widgets.recurrent_gates_data import visible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LONGEST, TOP = 300, 10
OPTIONS = {"temperature": 0.8, "top_k": 0, "top_p": 1.0, "seed": 0}


def compute(model: Any, vocabulary: Any, prompt: str, *, length: int = 120, temperature: float = 0.8, top_k: int = 0,
            top_p: float = 1.0, seed: int = 0) -> dict[str, Any]:  # fmt: skip
    """Write on from a beginning, and keep how probable each character was.

    Args:
        model: has `read(token_ids (1, T), state) -> (logits (1, T, V), state)`, such as `RecurrentLanguageModel`.
        vocabulary: `encode(text)` and `decode(ids)`.
        prompt: the beginning; only its last `LONGEST` characters are read.
        length: characters to write.
        temperature: above 0; 0 takes the likeliest character always. top_k: 0 keeps all. top_p: 0 to 1.
        seed: for the dice.

    Returns:
        prompt as it was read; written, pairs (character, its probability in per cent); top, the likeliest first
        characters as triples (character, probability, probability at temperature 1); bits, how surprised the
        model was at its own text, per character at temperature 1; note.

    Raises:
        ValueError: an empty prompt, or an option out of range.
    """
    if not prompt:
        raise ValueError("Type at least one character to begin with.")
    if not 0 <= temperature < math.inf:
        raise ValueError(f"temperature is {temperature}; expected 0 or more.")
    model.eval()
    generator = torch.Generator().manual_seed(int(seed))
    next_logits = Remembering(model.read)
    ids = torch.as_tensor(vocabulary.encode(prompt[-LONGEST:])).tolist()
    begin, written, first, bits = len(ids), [], [], 0.0
    cut = {"temperature": temperature, "top_k": top_k or None, "top_p": top_p} if temperature else {"top_k": 1}
    for _ in range(length):
        logits = next_logits(ids)
        chances = probabilities(logits, **cut)  # (V,)
        plain = torch.softmax(logits, dim=0)  # (V,)
        if not first:
            order = plain.topk(min(TOP, len(plain))).indices.tolist()
            both = torch.stack([chances, plain.double()])[:, order].T.tolist()  # (TOP, 2)
            first = [[visible(vocabulary.decode([token])), *(round(chance, 4) for chance in pair)]
                     for token, pair in zip(order, both, strict=True)]  # fmt: skip
        token = int(torch.multinomial(chances, 1, generator=generator))
        written.append([vocabulary.decode([token]), round(100 * float(chances[token]))])
        bits -= math.log2(max(float(plain[token]), 1e-12))
        ids.append(token)
    note = f"Only the last {LONGEST} of {len(prompt):,} characters are read." if len(prompt) > LONGEST else ""
    return {"prompt": vocabulary.decode(ids[:begin]), "written": written, "top": first,
            "bits": round(bits / max(length, 1), 2), "note": note}  # fmt: skip


def draw(shown: dict[str, Any]) -> "Figure":
    """The text, and the first character's chances with and without the temperature, in a matplotlib Figure."""
    import textwrap

    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), dpi=100, layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1.7, 1))
    left.axis("off")
    whole = shown["prompt"] + "".join(char for char, _ in shown["written"])
    lines = [line for part in whole.split("\n") for line in textwrap.wrap(part, 58) or [""]]
    left.text(0, 1, "\n".join(legible(line, 60) for line in lines[:14]), va="top", family="monospace", fontsize=9,
              parse_math=False)  # fmt: skip
    places = range(len(shown["top"]))
    right.barh(places, [row[1] for row in shown["top"]], color="#0072B2", label="as drawn")
    right.plot([row[2] for row in shown["top"]], places, "o", color="#D55E00", label="temperature 1")
    right.set_yticks(places, [legible(row[0], 2) for row in shown["top"]], parse_math=False)
    right.invert_yaxis()
    right.set(xlabel="probability", title="First character")
    right.legend()
    return figure


class GenerationLab(PictureMixin, AskedMixin, anywidget.AnyWidget):
    """The live widget; `generation_lab` makes it, `write` writes from Python."""

    _esm = source("client.js", "generation_lab.js")
    _css = source("client.css", "generation_lab.css")

    prompt = traitlets.Unicode().tag(sync=True)
    options = traitlets.Dict(OPTIONS).tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    def __init__(self, model: Any, vocabulary: Any, prompt: str, length: int, **traits: Any):
        self.model, self.vocabulary, self.length = model, vocabulary, length
        super().__init__(**traits)
        self.write(prompt)

    def write(self, prompt: str, **options: float) -> None:
        """Write on from `prompt`; options as in `compute`, those not named stay. ValueError as there."""
        options = {**self.options, **options}
        shown = compute(self.model, self.vocabulary, prompt, length=self.length, **options)
        with self.hold_sync():
            self.prompt, self.options, self.shown = prompt, options, shown

    def take(self, asked: dict[str, Any]) -> None:
        self.write(asked["prompt"], **{name: asked[name] for name in OPTIONS})

    def picture(self) -> bytes:
        return png(draw(self.shown))

    def alt_text(self) -> str:
        text = "".join(char for char, _ in self.shown["written"]).replace("\n", " ")
        return (f"{self.title}. At temperature {self.options['temperature']:g}, from “{self.shown['prompt']}” the "
                f"model writes: {text[:120]}…")  # fmt: skip


def generation_lab(model: Any, vocabulary: Any, prompt: str = "The ", *, length: int = 120,
                   temperature: float = 0.8, title: str = "Let it write") -> GenerationLab:  # fmt: skip
    """Let a language model write, and turn its temperature while the dice stay the same.

    Args:
        model, vocabulary: as for `compute`.
        prompt: what it begins with; the learner types another.
        length: characters to write; 120 take some tens of milliseconds.
        temperature: shown first.
        title: what stands above it.

    Returns:
        The widget.

    Raises:
        ValueError: an empty prompt or a temperature below 0.
    """
    options = {**OPTIONS, "temperature": temperature}
    return GenerationLab(model, vocabulary, prompt, length, options=options, title=title)
