"""Weak labels: entities found by rules and lists of names, cheap, many, and sometimes wrong (lesson 10).

No rule looks at what a sentence means: "Jordan" is a country even where he plays basketball.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from helpers.tasks import names
from helpers.tasks.spans import Span
from helpers.tasks.words import Word, cut

KINDS = ("country", "language", "date", "money")

# Two words that begin or end as a country does and are another place: "New Mexico" is no Mexico.
_NOT_BEHIND = {"Mexico": ("New",), "Jersey": ("New",), "Ireland": ("Northern",), "Georgia": ("South",),
               "America": ("South", "North", "Latin", "Central")}  # fmt: skip
_SCALE = r"(?:hundred|thousand|million|billion|trillion|bn|mn|m|k)"
_AMOUNT = rf"\d+(?:,\d{{3}})*(?:\.\d+)?(?:[ -]?{_SCALE}\b)*"
_COUNT = rf"(?:{_AMOUNT}|(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|several|few)(?: {_SCALE})+)"
_DAY = r"(?:[0-3]?\d(?:st|nd|rd|th)?)"
_YEAR = r"(?:1[5-9]|20)\d\d"
_BEFORE_MONTH = r"(?i:in|since|last|next|until|till|early|late|mid|this|from|of|by)[ -]"


@functools.cache
def _patterns() -> dict[str, list[re.Pattern[str]]]:
    """Kind -> patterns; what counts is group 1."""
    month = "(?:" + "|".join(sorted(map(re.escape, names.months()), key=len, reverse=True)) + r")(?:\.(?= ?\d))?"
    unit = "(?:" + "|".join(sorted(names.currencies(), key=len, reverse=True)) + ")"
    dated = (rf"\b({_DAY}(?: of)? {month}(?:,? {_YEAR})?|{month} {_DAY}(?![\d:]|,\d)(?:,? {_YEAR})?"
             rf"|{month},? {_YEAR})\b")  # fmt: skip
    clear = "|".join(name for name in names.months() if name not in ("March", "May", "Mar", "Dec", "Jan", "Sun"))
    money = [rf"((?:\b(?:US|A|C|HK|NZ|S|R|Rs))?[$£€¥₹] ?{_AMOUNT})", rf"\b({_COUNT}[ -](?:[A-Z]\w+ )?{unit})\b",
             rf"\b({_AMOUNT} ?(?:USD|EUR|GBP|CNY|RMB|JPY))\b", rf"\b((?:USD|EUR|GBP|CNY|RMB|JPY|Rs\.?) ?{_AMOUNT})",
             r"\b[Tt]he (dollar|euro|yuan|renminbi|yen|ruble|rouble|rupee|peso|lira|pound sterling)\b"]  # fmt: skip
    dates = [dated, rf"\b({clear})\b", rf"\b{_BEFORE_MONTH}({month})\b"]
    return {"money": [re.compile(one) for one in money], "date": [re.compile(one) for one in dates]}


# A language's name is mostly that of a people, too. It counts where something is said, written or read in it.
_SAID = re.compile(r"\b(?:in|speaks?|spoken?|speaking|learn(?:s|ing|ed|t)?|study|studying|teach|teaching|"
                   r"fluent in|fluent|translated (?:in|from|into)|broken|subtitled in) $", re.IGNORECASE)  # fmt: skip
_OVER = re.compile(r"[.,;:!?\"')]|$| (?:and|or|but|to|with|at|as|on|by|for|in)\b")  # no noun follows
_TONGUE = re.compile(r"[ -](?:language|languages|speaking|speakers?|subtitles|dialects?|translation)\b")


def weak_spans(text: str, kinds: Sequence[str] = KINDS) -> list[Span]:
    """Find entities by the rules, without reading.

    Countries and languages are Babel's names (with what newspapers write beside, such as "UK"), the longest first; a
    language counts if it is spoken, learned or written in. Dates are Babel's months with their days and years;
    money is an amount with its currency, or a currency with "the".

    Args:
        text: any text. kinds: which of country, language, date and money to look for.

    Returns:
        Spans of characters from left to right; none overlaps another.
    """
    found: list[Span] = []
    for kind in ("money", "date"):
        for pattern in _patterns()[kind] if kind in kinds else ():
            found += [Span(*match.span(1), kind) for match in pattern.finditer(text)]
    words = cut(text)
    if "country" in kinds:
        found += _named(text, words, "country", _countries())
    if "language" in kinds:
        found += [span for span in _named(text, words, "language", _languages()) if _is_said(text, span)]
    return _apart(found, {word.start for word in words}, {word.end for word in words})


def country_code(name: str) -> str:
    """The code of a country by one of its names; KeyError if there is none."""
    return names.countries()[name]


@functools.cache
def _countries() -> dict[str, list[str]]:
    return _by_first(names.countries())


@functools.cache
def _languages() -> dict[str, list[str]]:
    return _by_first(names.languages())


def _by_first(found) -> dict[str, list[str]]:
    """First word -> the names that begin with it, the longest first."""
    table: dict[str, list[str]] = {}
    for name in sorted(found, key=lambda name: (-len(name), name)):
        table.setdefault(cut(name)[0].text, []).append(name)
    return table


def _named(text: str, words: Sequence[Word], kind: str, table: dict[str, list[str]]) -> list[Span]:
    """Names at the beginnings of words, the longest that fits, if no letter follows."""
    found, free = [], 0
    for place, word in enumerate(words):
        if word.start < free:
            continue
        for name in table.get(word.text, ()):
            end = word.start + len(name)
            if text.startswith(name, word.start) and not text[end : end + 1].isalnum():
                before = words[place - 1].text if place else ""
                free = end
                if before not in _NOT_BEHIND.get(name, ()):
                    found.append(Span(word.start, end, kind))
                break
    return found


def _is_said(text: str, span: Span) -> bool:
    """Whether the name stands where a language would: "in French.", "French-speaking"."""
    if _TONGUE.match(text, span.end):
        return True
    return bool(_SAID.search(text[max(0, span.start - 30) : span.start]) and _OVER.match(text, span.end))


def _apart(found: list[Span], starts: set[int], ends: set[int]) -> list[Span]:
    """The longest of those that overlap; only what begins and ends with words."""
    kept: list[Span] = []
    for span in sorted(found, key=lambda span: (span.start - span.end, span.start)):
        whole = span.start in starts and span.end in ends
        if whole and all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return sorted(kept)
