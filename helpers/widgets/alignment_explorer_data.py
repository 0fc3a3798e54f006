"""A translation step by step: what was written, what else might have been, and where each step looked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from helpers.recurrent.seq2seq import Seq2Seq, translate
from helpers.translation import BEGIN, END, TranslationTask, in_words
from helpers.translation.vocabulary import source_tokens
from helpers.widgets.client import isolated, legible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST, LONGEST, CHARACTERS, TOP = 100, 140, 5000, 5  # source tokens, target pieces, letters read at all, candidates
LANGUAGES = {"de": "German", "fr": "French", "ru": "Russian"}


def compute(model: Seq2Seq, task: TranslationTask, text: str) -> dict[str, Any]:
    """Translate a text greedily and keep every step.

    Args:
        model: trained on the task, in evaluation mode, with attention or without.
        task: its vocabularies.
        text: any text; digits such as "21" or "1984-05-21" are written out first. At most `MOST` tokens are read.

    Returns:
        source, the tokens as read (S,); known, whether the model has each; pieces (T,), the last of them "end" if the
        translation ended by itself; top, for each step pairs (piece, probability in per cent), the likeliest first;
        weights, uint8 (T, S), of which 255 is all attention; written, the translation; note, sentences for the reader.

    Raises:
        ValueError: there is nothing to translate.
    """
    spoken = in_words(str(text)[:CHARACTERS])
    tokens = source_tokens(spoken)
    if not tokens:
        raise ValueError("Type a number, a date, or several with semicolons between them, for example 21; May 3, 1984.")
    source_ids = torch.tensor([task.source.numbers(tokens[:MOST])])
    ids = translate(model, source_ids, begin=BEGIN, end=END, longest=LONGEST)[0]  # (1, T)
    with torch.no_grad():
        so_far = torch.cat([torch.tensor([[BEGIN]]), ids[:, :-1]], dim=1)
        logits, attention, _ = model.decode(so_far, model.encode(source_ids))
    chances, best = logits[0].softmax(dim=-1).topk(min(TOP, logits.shape[-1]), dim=-1)  # (T, TOP)
    name = [*task.target.tokens]
    name[END] = "end"
    return {
        "source": tokens[:MOST],
        "known": [not task.source.unknown([token]) for token in tokens[:MOST]],
        "pieces": [name[number] for number in ids[0].tolist()],
        "top": [[[name[number], round(100 * chance, 1)] for number, chance in zip(*row, strict=True)]
                for row in zip(best.tolist(), chances.tolist(), strict=True)],
        "weights": (attention[0] * 255).round().to(torch.uint8).numpy(),
        "written": task.decode(ids[0].tolist()),
        "note": _note(task, text, spoken, tokens, ended=int(ids[0, -1]) == END),
    }  # fmt: skip


def _note(task: TranslationTask, text: str, spoken: str, tokens: list[str], *, ended: bool) -> str:
    notes = []
    if len(tokens) > MOST or len(text) > CHARACTERS:
        notes.append(f"Only the first {MOST} words and marks are read.")
    if any(char.isdigit() for char in text) and spoken.replace(" ", "") != text.replace(" ", ""):
        notes.append(f"Read as: {legible(spoken, 120)}.")
    if unknown := task.source.unknown(tokens[:MOST]):
        some = ", ".join(f"“{isolated(legible(token, 20))}”" for token in unknown[:4])
        more = f" and {len(unknown) - 4} more" if len(unknown) > 4 else ""
        notes.append(f"The model has no vector of its own for {some}{more}; it reads each as “unknown”, and guesses.")
    if "million" in tokens[:MOST]:
        notes.append("No training pair had a million in it.")
    if not ended:
        notes.append(f"It was stopped after {LONGEST} pieces: it did not find an end.")
    return " ".join(notes)


def best_source(shown: dict[str, Any], step: int) -> tuple[str, int]:
    """The source token that a step looks at most, and the share in per cent; 0 for a model without attention."""
    row = shown["weights"][step]
    place = int(row.argmax())
    return shown["source"][place], round(100 * int(row[place]) / 255)


def plain(piece: str) -> str:
    """A piece as it is read, without the mark that joins it to the one before."""
    return piece.removeprefix("##")


def draw(shown: dict[str, Any], step: int, language: str) -> Figure:
    """The whole alignment, source across and translation down, in a matplotlib Figure; one step is framed."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    n_steps, n_source = shown["weights"].shape
    figure = Figure(figsize=(min(12, 3 + 0.34 * n_source), min(12, 1.8 + 0.3 * n_steps)), dpi=100, layout="constrained")
    ax = figure.subplots()
    image = ax.imshow(shown["weights"] / 255, cmap="cividis", vmin=0, vmax=1, aspect="auto", interpolation="nearest")
    ax.add_patch(Rectangle((-0.5, step - 0.5), n_source, 1, fill=False, edgecolor="#D55E00", lw=2, clip_on=False))
    for axis, names in ((ax.xaxis, shown["source"]), (ax.yaxis, [plain(piece) for piece in shown["pieces"]])):
        every = -(-len(names) // 45)
        axis.set_ticks(range(0, len(names), every), [legible(name, 14) or " " for name in names[::every]])
        for label in axis.get_ticklabels():
            label.set_parse_math(False)
    ax.tick_params(axis="x", rotation=90)
    ax.set(xlabel="key: English, as read", ylabel=f"query: {LANGUAGES[language]}, as written")
    ax.set_title(legible(shown["written"], 60), parse_math=False)
    figure.colorbar(image, ax=ax, label="attention", shrink=0.8)
    return figure


def in_sentences(shown: dict[str, Any], title: str) -> str:
    """The alignment in words."""
    looks = [f"{legible(plain(piece), 14)} at {legible(best_source(shown, step)[0], 14)}"
             for step, piece in enumerate(shown["pieces"][:8])]  # fmt: skip
    more = " and so on" if len(shown["pieces"]) > 8 else ""
    return (f"{title}. {legible(' '.join(shown['source']), 80)} becomes {legible(shown['written'], 80)}. "
            f"Most attention: {', '.join(looks)}{more}.")  # fmt: skip
