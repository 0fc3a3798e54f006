"""News sentences in which every entity was marked by reading, kept as places and kinds, without the text.

The sentences were drawn by the hash of their text from those of 8 to 40 words that hold a capital inside, a digit
or a sign of money (an entity needs one of these); nobody looked at them before the draw, and no rule took part in it.
Each was then read, in November 2026, by the AI that wrote this course, and by nobody else, by these guidelines:

- country: the name of a state, or of a territory with a code of its own in ISO 3166, in any usual form ("US",
  "America", "Holland"), as a place, a government, a team, or before a noun ("US election"). The 's is left out. Not:
  adjectives and peoples ("French"), parts of a state ("England", "Texas"), capitals that stand for it ("Moscow"),
  unions ("EU"), and a country inside another's proper name ("Qatar University").
- language: a name of a language that is spoken, read or written there. This sample has none.
- date: a month by its name, with the day and the year that belong to it. Not: weekdays, a year alone, "9/11".
- money: an amount with its currency, the whole of it ("200,000 euros", "millions of dollars"), or a currency that is
  itself the subject ("the euro rose": euro). Not: an amount whose currency was lost.

One month that the reader had overlooked was added when the rules had found it; nothing else was changed afterwards.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from helpers.data.text import Article, sentences
from helpers.tasks.spans import Span

FILE = Path(__file__).with_name("hand_checked.json")
_MARK = re.compile(r"(?<=\S )\W*[A-Z0-9]|[$£€]|\d")


@dataclass(frozen=True)
class Checked:
    """A sentence of the sample and what was marked in it, in characters."""

    text: str
    spans: tuple[Span, ...]


def digest(text: str) -> str:
    """Twelve digits by which a text is known again."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def drawn(articles: Iterable[Article], n: int) -> list[tuple[str, int, str]]:
    """The first n sentences by hash, each as (digest of its article, its number there, text)."""
    found = {}
    for article in articles:
        of = digest(article.text)
        for number, text in enumerate(sentences(article.text)):
            if 8 <= len(text.split()) <= 40 and _MARK.search(text):
                found.setdefault(text, (of, number, text))
    by_hash = sorted(found, key=lambda text: hashlib.sha256(f"sample:{text}".encode()).hexdigest())
    return [found[text] for text in by_hash[:n]]


def hand_checked(articles: Iterable[Article]) -> list[Checked]:
    """The sample, its texts taken from the news archive.

    Args:
        articles: `data.news_articles()`.

    Raises:
        ValueError: an article or a sentence is not what it was when it was read.
    """
    rows = json.loads(FILE.read_text(encoding="utf-8"))
    wanted = {row["article"] for row in rows}
    texts = {of: sentences(article.text) for article in articles if (of := digest(article.text)) in wanted}
    found = []
    for row in rows:
        there = texts.get(row["article"], [])
        text = there[row["sentence"]] if row["sentence"] < len(there) else ""
        if digest(text) != row["digest"]:
            raise ValueError(f"Sentence {row['sentence']} of article {row['article']} has changed since it was read.")
        found.append(Checked(text, tuple(Span(*span) for span in row["spans"])))
    return found
