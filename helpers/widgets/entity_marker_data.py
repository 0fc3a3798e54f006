"""Entities in a text, found in several ways, as pieces of text that are marked or not."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from helpers.tasks.spans import Span
from helpers.widgets.client import legible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LONGEST = 1500  # characters that are read
COLOURS = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#F0E442", "#D55E00")

Finder = Callable[[str], Sequence[Span]]


def compute(finders: dict[str, Finder], kinds: Sequence[str], text: str) -> dict[str, Any]:
    """What each finder finds in a text.

    Args:
        finders: name -> function from a text to spans of characters.
        kinds: the kinds of entity that are shown, in the order of their colours.
        text: any text; its beginning is read if it is long.

    Returns:
        "text" that was read; "rows", for each finder its name, its pieces [text, kind or ""] from left to right and how
        many of each kind; "note".
    """
    text = str(text)
    read = text[:LONGEST].encode("utf-8", "replace").decode()
    rows = []
    for name, find in finders.items():
        spans = [span for span in sorted(find(read)) if span[2] in kinds]
        pieces, place = [], 0
        for start, end, kind in spans:
            if start < place:
                continue  # overlaps the one before
            if start > place:
                pieces.append([read[place:start], ""])
            pieces.append([read[start:end], kind])
            place = end
        if place < len(read):
            pieces.append([read[place:], ""])
        count = Counter(kind for _, kind in pieces if kind)
        rows.append({"name": name, "pieces": pieces, "counts": {kind: count[kind] for kind in kinds}})
    note = f"Only the first {LONGEST:,} of {len(text):,} characters are read." if len(text) > LONGEST else ""
    return {"text": read, "rows": rows, "note": note}


def in_words(shown: dict[str, Any]) -> str:
    """What was found, in a sentence for each way of finding."""
    said = []
    for row in shown["rows"]:
        found = [f"{legible(text, 40)} ({kind})" for text, kind in row["pieces"] if kind]
        said.append(f"{row['name']}: {', '.join(found[:12]) or 'nothing'}{' …' if len(found) > 12 else ''}.")
    return " ".join(said)


def draw(shown: dict[str, Any], kinds: Sequence[str]) -> "Figure":
    """The text with its entities in colour, once for each finder, in a matplotlib Figure."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 0.5 + 1.5 * len(shown["rows"])), dpi=100, layout="none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set(xlim=(0, 104), ylim=(0.3 + 4.2 * len(shown["rows"]), -0.9))
    for number, row in enumerate(shown["rows"]):
        top = 4.2 * number
        axes.text(1, top, row["name"], fontsize=12, fontweight="bold", va="center", parse_math=False)
        column, line = 1, top + 1
        for text, kind in _words(row["pieces"]):
            wide = len(text) + bool(kind) * (len(kind) + 3)
            if column + wide > 102:
                column, line = 1, line + 1
            if line > top + 3.1:
                axes.text(column, line - 1, "…", va="center", fontsize=11)
                break
            box = {"facecolor": COLOURS[kinds.index(kind)], "edgecolor": "none", "pad": 1.5} if kind else None
            said = f"{text} [{kind}]" if kind else text
            axes.text(column, line, said, family="monospace", fontsize=10.5, va="center", bbox=box, parse_math=False)
            column += wide + 1
    return figure


def _words(pieces: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Pieces cut at spaces where they are not marked, so that lines can break."""
    found = []
    for text, kind in pieces:
        if kind:
            found.append((legible(text, 60), kind))
        else:
            found += [(legible(word, 60), "") for word in text.split()]
    return found
