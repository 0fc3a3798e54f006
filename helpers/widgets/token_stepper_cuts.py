"""What the token stepper computes: a text cut by several tokenizers, and by byte-pair merges one after the other."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from helpers.tokenization import BPE, Tokenizer
from helpers.tokenization.bpe import readable

LONGEST = 20_000  # characters taken from a text
SENT = 3_000  # tokens of a tokenizer that are sent to the page; all are counted
UNKNOWN = ("<unk>", "[UNK]")
MARKS = {" ": "·", "\n": "↵", "\t": "⇥", "\r": "␍", "\u3000": "·"}


def cut_all(text: str, tokenizers: Mapping[str, Tokenizer], bpe: BPE) -> dict:
    """Cut a text by every tokenizer.

    Args:
        text: any text; what is beyond 20,000 characters is left out, and halves of surrogate pairs become �.
        tokenizers: name -> tokenizer.
        bpe: byte-pair encoding over bytes.

    Returns:
        "text" as it was cut, "note" about what was left out, "rows" with name, tokens (at most 3,000), their count
        and how many are unknown, and "falls": for each byte how many merges the boundary after it outlives.
    """
    note = f"Only the first {LONGEST:,} characters are shown." if len(text) > LONGEST else ""
    text = text[:LONGEST].encode("utf-8", "replace").decode() if not text.isascii() else text[:LONGEST]
    rows = []
    for name, tokenizer in tokenizers.items():
        tokens = tokenizer.tokens(text)
        unknown = sum(token in UNKNOWN for token in tokens)
        rows.append({"name": name, "tokens": tokens[:SENT], "count": len(tokens), "unknown": unknown})
    return {"text": text, "note": note, "rows": rows, "falls": bpe.boundaries(text)[1]}


def tokens_after(text: str, falls: list[int], n_merges: int) -> list[str]:
    """The tokens after the first `n_merges`, from what `cut_all` computed; half characters as `<F0>`."""
    data, start, tokens = text.encode(), 0, []
    for place, fall in enumerate(falls, start=1):
        if fall >= n_merges:
            tokens.append(readable(data[start:place]))
            start = place
    return tokens


def visible(token: str) -> str:
    """A token to look at: space as a dot, line ends as arrows, other invisible characters by their number.

    An accent that begins a token stands on a dotted circle.
    """
    shown = "".join(map(_visible, token))
    return f"◌{shown}" if unicodedata.category(token[:1] or " ").startswith("M") else shown


def _visible(char: str) -> str:
    if char in MARKS:
        return MARKS[char]
    kind = unicodedata.category(char)
    if kind in ("Cc", "Cf", "Zs", "Zl", "Zp", "Cn", "Co", "Cs"):
        return f"<{ord(char):04X}>"
    return char
