"""Read the JavaScript and the style sheets that stand beside a widget, as one text each.

`anywidget` takes one module and one style sheet per widget. Ours are written in short files (shared parts,
geometry, drawing, wiring) and joined here, so nothing is fetched and nothing needs a bundler.
"""

import unicodedata
from pathlib import Path

HERE = Path(__file__).parent


def source(*names: str) -> str:
    """Join files of this folder, in the order given: `source("client.js", "embedding_map.js")`."""
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in names)


def legible(text: object, longest: int = 24) -> str:
    """One printable line for a figure: no control characters, at most `longest` characters."""
    hidden = ("Cc", "Cs", "Zl", "Zp")
    line = "".join(" " if unicodedata.category(char) in hidden else char for char in str(text))
    return line if len(line) <= longest else line[: longest - 1] + "…"


def isolated(word: str) -> str:
    """The word for use inside an English sentence: one written from right to left gets invisible brackets."""
    backwards = any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in word)
    return f"\u2068{word}\u2069" if backwards else word


def complaint(error: Exception) -> str:
    """The sentence a widget shows when its kernel side failed: a ValueError speaks for itself."""
    return str(error) if isinstance(error, ValueError) else f"The kernel met {type(error).__name__}: {error}"
