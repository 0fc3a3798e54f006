"""What a masked language model puts into the gaps of a text: numbers for the page, and a picture without one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch

from helpers.widgets.client import legible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from helpers.bert import MaskedLanguageModel
    from helpers.tokenization import WordPiece

LONGEST, BEST, PANELS = 64, 6, 6  # tokens read, marks included; guesses shown for a gap; gaps shown in full
MASK = "[MASK]"


def pieces(tokenizer: "WordPiece", text: str) -> tuple[list[int], list[int]]:
    """The ids of a text, without marks, and the places where `[MASK]` was typed, which is a gap from the start."""
    ids: list[int] = []
    gaps: list[int] = []
    for number, part in enumerate(text.split(MASK)):
        if number:
            gaps.append(len(ids))
            ids.append(tokenizer.index[MASK])
        ids += tokenizer.encode(part)
    return ids, gaps


def room_in(model: "MaskedLanguageModel") -> int:
    """How many tokens of a text are read, marks aside."""
    return min(LONGEST, model.encoder.config.context_len) - 2


def signs(model: "MaskedLanguageModel", tokenizer: "WordPiece", text: str) -> list[tuple[str, bool]]:
    """The tokens of a text that are read: pairs (sign, whether it goes on inside a word)."""
    return [_sign(tokenizer, token) for token in pieces(tokenizer, str(text))[0][: room_in(model)]]


@torch.no_grad()
def compute(
    model: "MaskedLanguageModel", tokenizer: "WordPiece", text: str, masked: Sequence[int] = ()
) -> dict[str, Any]:
    """Everything the page needs to draw a text with gaps and what the model would fill in.

    Args:
        model, tokenizer: that belong together.
        text: any text with at least one token; the beginning of a long one is read. `[MASK]` in it is a gap.
        masked: places of the gaps, counted from 0 without [CLS]; those outside the text are dropped.

    Returns:
        text; tokens, T pairs (sign, whether it goes on inside a word); masked, the gaps in order; gaps, for each of
        them: place, best as pairs (sign, probability), true (sign, or "" where the learner typed [MASK]), chance and
        rank of the true one; own, for each token the probability that the model gives to it where it stands, as the
        text is now; note.

    Raises:
        ValueError: there is no token.
    """
    ids, typed = pieces(tokenizer, str(text))
    if not ids:
        raise ValueError("Type at least one word.")
    room = room_in(model)
    note = f"The text has {len(ids):,} tokens; the first {room} are read." if len(ids) > room else ""
    ids = ids[:room]
    gaps = sorted({place for place in (*masked, *typed) if 0 <= place < len(ids)})
    cls, sep, mask = (tokenizer.index[mark] for mark in ("[CLS]", "[SEP]", MASK))
    seen = [mask if place in gaps else token for place, token in enumerate(ids)]
    chances = model.eval()(torch.tensor([[cls, *seen, sep]]))[0, 1:-1].double().softmax(-1)  # (T, V)
    own = chances[torch.arange(len(ids)), torch.tensor(ids)]  # (T,)
    rows = [_gap(tokenizer, chances[place], place, ids[place], place in typed) for place in gaps]
    return {"text": str(text), "tokens": [list(_sign(tokenizer, token)) for token in ids], "masked": gaps, "gaps": rows,
            "own": [round(chance, 5) for chance in own.tolist()], "note": note}  # fmt: skip


def _sign(tokenizer: "WordPiece", token: int) -> tuple[str, bool]:
    sign = tokenizer.vocab[token]
    inside = sign.startswith("##") and len(sign) > 2
    return (sign[2:] if inside else sign), inside


def _gap(tokenizer: "WordPiece", chances: torch.Tensor, place: int, token: int, typed: bool) -> dict[str, Any]:
    best = chances.topk(BEST)
    guesses = [[tokenizer.vocab[one], round(chance, 5)] for one, chance in
               zip(best.indices.tolist(), best.values.tolist(), strict=True)]  # fmt: skip
    true = {"true": "", "chance": 0.0, "rank": 0} if typed else {
        "true": tokenizer.vocab[token], "chance": round(float(chances[token]), 5),
        "rank": 1 + int((chances > chances[token]).sum())}  # fmt: skip
    return {"place": place, "best": guesses, **true}


def find(shown: dict[str, Any], words: Sequence[str]) -> list[int]:
    """The first place of each word in what `compute` returned.

    Raises:
        ValueError: a word is no token of the text.
    """
    signs = [sign for sign, _ in shown["tokens"]]
    if missing := [word for word in words if word not in signs]:
        raise ValueError(f"{missing[0]!r} is no token of this text; its tokens are {', '.join(signs)}.")
    return [signs.index(word) for word in words]


def in_line(shown: dict[str, Any]) -> str:
    """The text with its gaps, in one line."""
    parts = []
    for place, (sign, inside) in enumerate(shown["tokens"]):
        sign = "____" if place in shown["masked"] else sign
        parts.append(sign if inside and parts else f" {sign}")
    return "".join(parts).strip()


def in_words(shown: dict[str, Any]) -> str:
    """What the widget shows, in a sentence or two."""
    line = f"A text with words to mask: “{legible(in_line(shown), 160)}”."
    if not shown["gaps"]:
        return f"{line} Nothing is masked."
    gap = shown["gaps"][0]
    guesses = ", ".join(f"{sign} {chance:.0%}" for sign, chance in gap["best"][:4])
    stood = f"; {gap['true']} stood there, guess number {gap['rank']}" if gap["true"] else ""
    return f"{line} For the first gap the model says {guesses}{stood}."


def draw(shown: dict[str, Any]) -> "Figure":
    """The text and up to three gaps with what the model puts there, in a matplotlib Figure."""
    from matplotlib.figure import Figure

    gaps = shown["gaps"][:3]
    figure = Figure(figsize=(10, 3.4 if gaps else 1.2), dpi=100, layout="constrained")
    figure.suptitle(legible(in_line(shown), 90), x=0.01, ha="left", fontsize=14, parse_math=False)
    for axes, gap in zip(figure.subplots(1, max(len(gaps), 1), squeeze=False)[0], gaps, strict=False):
        names = [legible(sign, 14) for sign, _ in gap["best"]]
        colours = ["#D55E00" if sign == gap["true"] else "#0072B2" for sign, _ in gap["best"]]
        axes.barh(range(len(names)), [chance for _, chance in gap["best"]], color=colours)
        axes.set_yticks(range(len(names)), names, parse_math=False, fontsize=12)
        axes.invert_yaxis()
        axes.set_xlabel("probability")
        stood = f"“{legible(gap['true'], 14)}”: guess {gap['rank']}, {gap['chance']:.1%}" if gap["true"] else "a gap"
        axes.set_title(stood, fontsize=12, parse_math=False)
    if not gaps:
        figure.axes[0].axis("off")
    return figure
