"""What the gates of a recurrent language model do over a text: numbers for the page, and a picture without one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from helpers.widgets.client import legible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LONGEST, TOP = 160, 6
MEANING = {
    "i": "input gate: how much is written", "f": "forget gate: how much is kept",
    "g": "candidate: what could be written",
    "o": "output gate: how much is shown", "c": "memory", "h": "state: what the next step sees",
    "r": "reset gate: how much past the candidate sees", "z": "update gate: how much is kept",
    "n": "candidate: what could be written",
}  # fmt: skip
SHARES = "iforz"  # from 0 to 1; the others have signs


def visible(char: str) -> str:
    """A character that can be seen: space, line end and what is unknown get signs of their own."""
    return {" ": "␣", "\n": "⏎", "\ufffd": "□"}.get(char, char)


def compute(model: Any, vocabulary: Any, text: str, order: Sequence[int] | None = None) -> dict[str, Any]:
    """Every gate, unit and character of a text, and what the model expects after each character.

    Args:
        model: a `RecurrentLanguageModel`.
        vocabulary: `encode(text)` and `decode(ids)`, such as `CharacterText.vocabulary`.
        text: any text; at most `LONGEST` characters of its beginning are read.
        order: in which order units are shown, (N,).

    Returns:
        chars (T,) as they are read; values, int8 (gates, N, T) of which each gate is `scale` / 127; gates, their
        names; scales; top, for each place the `TOP` likeliest next characters with probabilities; note.

    Raises:
        ValueError: the text is empty.
    """
    text = str(text)
    if not text:
        raise ValueError("Type at least one character.")
    ids = torch.as_tensor(vocabulary.encode(text[:LONGEST]))
    seen = model.eval().trace(ids[None])
    chances, best = torch.softmax(seen.pop("logits")[0], dim=-1).topk(min(TOP, model.vocab_size), dim=-1)  # (T, TOP)
    order = list(range(next(iter(seen.values())).shape[2])) if order is None else list(order)
    arrays = {name: value[0].T.numpy()[order] for name, value in seen.items()}  # (N, T) each
    scales = [1.0 if name != "c" else max(1e-6, float(np.abs(array).max())) for name, array in arrays.items()]
    values = [np.round(array / scale * 127) for array, scale in zip(arrays.values(), scales, strict=True)]
    shown = [visible(char) for char in vocabulary.decode(ids)]
    unknown = sum(char == "□" for char in shown)
    notes = [f"Only the first {LONGEST} of {len(text):,} characters are read."] if len(text) > LONGEST else []
    notes += [f"{unknown} characters, shown as □, are not in the model's alphabet."] if unknown else []
    return {
        "chars": shown,
        "gates": list(arrays),
        "scales": scales,
        "values": np.stack(values).astype(np.int8),  # (gates, N, T)
        "top": [
            [[visible(vocabulary.decode([token])), round(chance, 4)] for token, chance in zip(tokens, row, strict=True)]
            for tokens, row in zip(best.tolist(), chances.tolist(), strict=True)
        ],
        "note": " ".join(notes),
    }


def restlessness(states: np.ndarray) -> np.ndarray:
    """How much each unit changes from character to character, beside how far it moves at all: (T, N) in, (N,) out.

    A unit that stands still all the time, since its memory is full, counts as restless (1): it remembers nothing.
    The first eighth is left out, while memories fill.
    """
    states = states[len(states) // 8 :]
    steps = np.abs(np.diff(states, axis=0)).mean(axis=0) if len(states) > 1 else np.zeros(states.shape[1])
    return (steps + 0.02) / (states.std(axis=0) + 0.02)


def slow_first(model: Any, vocabulary: Any, text: str) -> list[int]:
    """The units in an order: those whose state changes slowest over a text first; see `restlessness`."""
    if not text:
        raise ValueError("Type at least one character.")
    state = model.eval().trace(torch.as_tensor(vocabulary.encode(text))[None])["h"][0]  # (T, N)
    return np.argsort(restlessness(state.numpy()), kind="stable").tolist()


def draw(shown: dict[str, Any], gate: str, place: int) -> "Figure":
    """One gate as a heatmap, units by characters, in a matplotlib Figure; `place` is marked."""
    from matplotlib.figure import Figure

    number = shown["gates"].index(gate)
    array = shown["values"][number] / 127 * shown["scales"][number]  # (N, T)
    top = shown["scales"][number]
    figure = Figure(figsize=(11, 4.2), dpi=100, layout="constrained")
    ax = figure.subplots()
    share = gate in SHARES
    image = ax.imshow(array, aspect="auto", interpolation="nearest", cmap="cividis" if share else "PuOr",
                      vmin=0 if share else -top, vmax=top)  # fmt: skip
    ax.axvline(place, color="#d55e00", linewidth=1.5)
    places = range(0, len(shown["chars"]), 1 + len(shown["chars"]) // 80)  # each label costs milliseconds
    ax.set_xticks(places, [legible(shown["chars"][at], 2) for at in places], parse_math=False)
    ax.set(title=f"{gate}, {MEANING[gate]}", xlabel="character that was just read", ylabel="unit, slow ones on top")
    figure.colorbar(image, ax=ax, label="value")
    return figure


def in_words(shown: dict[str, Any], gate: str, place: int) -> str:
    """What the picture shows, in two sentences."""
    read = "".join(shown["chars"][: place + 1][-20:])
    next_ = ", ".join(f"{char} {chance:.0%}" for char, chance in shown["top"][place][:3])
    units, length = shown["values"].shape[1:]
    return (f"Heatmap of {gate}, {MEANING[gate]}: {units} units over {length} characters. After “{read}” the model "
            f"expects {next_}.")  # fmt: skip
