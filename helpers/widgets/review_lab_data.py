"""A review judged: the verdict, what each word contributes to it, and a picture without a page."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch

from helpers import bert
from helpers.fine_tuning import left_out, log_odds, occlude, words_of
from helpers.widgets.client import legible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST, LONGEST, BATCH = 48, 128, 16  # words that are asked about; word pieces that are read; texts at a time
GOOD, BAD = "#0072B2", "#D55E00"


def judge_of(classifier: Any, tokenizer: Any) -> Callable[[list[str]], list[float]]:
    """A function from texts to their log-odds of "good", by a classifier of two classes and its tokenizer."""

    @torch.no_grad()
    def judge(texts: list[str]) -> list[float]:
        classifier.eval()
        found = [log_odds(classifier(bert.batch_of(tokenizer, texts[start : start + BATCH], longest=LONGEST).token_ids))
                 for start in range(0, len(texts), BATCH)]  # fmt: skip
        return torch.cat(found).double().tolist()

    return judge


def read_part(tokenizer: Any, text: str) -> int:
    """How many characters of a text fit into what the model reads; cut between words where that is possible."""
    room = LONGEST - 2
    if len(tokenizer.encode(text)) <= room:
        return len(text)
    end = 0
    for start, stop in words_of(text, len(text)):
        room -= len(tokenizer.encode(text[start:stop]))
        if room < 0:
            break
        end = stop
    return end


def compute(judge: Callable[[list[str]], Sequence[float]], tokenizer: Any, text: str, without: Sequence[int] = (),
            parts: bool = True) -> dict[str, Any]:  # fmt: skip
    """Everything the page draws.

    Args:
        judge: from texts to log-odds, such as `judge_of(…)`. tokenizer: says how much of a text can be read.
        text: any text with something in it.
        without: numbers of words that are left out.
        parts: whether to ask what each word contributes; it takes one reading for each.

    Returns:
        text; words, [start, end] each, counted in characters; without; log_odds and p_good of what is left; values, for
        each word its contribution, None where it is left out or was not asked; unread, the end of a text that is too
        long; note.

    Raises:
        ValueError: there is no word, or a number belongs to none.
    """
    end = read_part(tokenizer, text)
    kept, spans = text[:end], words_of(text[:end], MOST)
    if not spans:
        raise ValueError("Type at least one word; a text of signs only, or a single endless word, can't be judged.")
    without = sorted({int(number) for number in without})
    if without and not 0 <= without[0] <= without[-1] < len(spans):
        raise ValueError(f"There are words 0 to {len(spans) - 1}, not {without}.")
    (now,) = judge([left_out(kept, [spans[number] for number in without])])
    values: list[float | None] = [None] * len(spans)
    if parts:
        asked = (number for number in range(len(spans)) if number not in without)
        for number, part in zip(asked, occlude(judge, kept, without=without, most=MOST), strict=True):
            values[number] = round(part.value, 3)
    notes = [f"Only the beginning is read: {LONGEST - 2} word pieces."] if end < len(text.rstrip()) else []
    if len(words_of(kept, len(kept) + 1)) > MOST:
        notes.append(f"Long text: its words are asked about in {MOST} stretches.")
    return {"text": text, "words": [list(span) for span in spans], "without": without, "log_odds": round(now, 3),
            "p_good": 1 / (1 + math.exp(-now)), "values": values, "unread": text[end:][:200],
            "note": " ".join(notes)}  # fmt: skip


def strongest(shown: dict[str, Any], n: int = 12) -> list[tuple[str, float]]:
    """The words that move the verdict most, with their contributions."""
    words = [shown["text"][start:end] for start, end in shown["words"]]
    found = [(word, value) for word, value in zip(words, shown["values"], strict=True) if value is not None]
    return sorted(found, key=lambda pair: -abs(pair[1]))[:n]


def verdict(shown: dict[str, Any]) -> str:
    """The verdict in words: which, and how sure."""
    good = shown["p_good"] >= 0.5
    return f"{'good' if good else 'bad'}, {max(shown['p_good'], 1 - shown['p_good']):.1%} sure"


def in_words(shown: dict[str, Any]) -> str:
    """What the widget shows, in a sentence or two."""
    told = ", ".join(f"{word} {value:+.1f}" for word, value in strongest(shown, 4))
    return f"The review “{legible(shown['text'], 120)}” is judged {verdict(shown)}. Strongest words: {told or 'none'}."


def draw(shown: dict[str, Any]) -> "Figure":
    """The verdict and the strongest words as bars to both sides, in a matplotlib Figure."""
    from matplotlib.figure import Figure

    rows = strongest(shown)
    figure = Figure(figsize=(9, 1.6 + 0.32 * max(len(rows), 1)), dpi=100, layout="constrained")
    axes = figure.subplots()
    axes.barh(range(len(rows)), [value for _, value in rows], color=[GOOD if value > 0 else BAD for _, value in rows])
    axes.set_yticks(range(len(rows)), [legible(word, 20) for word, _ in rows], parse_math=False)
    axes.invert_yaxis()
    axes.axvline(0, color="#444444", linewidth=1)
    axes.set_xlabel("← speaks for bad        contribution in log-odds        speaks for good →")
    axes.set_title(f"“{legible(shown['text'], 70)}”\n{verdict(shown)}", loc="left", fontsize=11, parse_math=False)
    return figure
