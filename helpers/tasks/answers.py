"""From the sentence to the answer in it: what kind of thing is asked for, and which stretch of it fits (lesson 10).

Rules, and few. A reader trained on questions and answers written by people would do better; the course has no such
data, and says how often the rules are right.
"""

from __future__ import annotations

import re
from collections import Counter

from helpers.data.text import words
from helpers.tasks.retrieval import content_words
from helpers.tasks.spans import Span

_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_NUMBER = r"\d[\d,]*(?:\.\d+)?(?:st|nd|rd|th)?"
_SPELT = r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|eighteen|thirteen|twenty|hundred|dozen)"
_SCALE = r"(?: (?:million|billion|thousand|hundred))?"
_UNITS = r"(?:km2?|square km|metres?|meters?|miles|feet|inches|pounds|kg|percent|%|years?|times|hours|days|°C|cm|m|ft)"
_NAME = r"(?:(?:Mc|O'|al-)?[A-ZÀ-ÖØ-ÞĀ-Ž][\w’'-]*|[A-Z]\.)"
_NAMES = rf"{_NAME}(?:(?: (?:of|the|de|von|van|and))? {_NAME})*"

KINDS = {
    "date": [rf"\b\d{{1,2}} {_MONTH} \d{{4}}\b", rf"\b{_MONTH} \d{{1,2}}, \d{{4}}\b", rf"\b{_MONTH} \d{{4}}\b",
             r"\b(?:1[0-9]|20)\d\d\b", r"\b\d{1,4} (?:BCE?|AD)\b"],
    "measure": [rf"\b{_NUMBER}{_SCALE} {_UNITS}(?!\w)"],
    "count": [rf"(?<![\w.,-]){_NUMBER}{_SCALE}(?![\w%-])", rf"\b{_SPELT}\b"],
    "name": [rf"(?<!\w){_NAMES}"],
    "thing": [],
}  # fmt: skip


def asked_kind(question: str) -> str:
    """What a question asks for: "date", "measure", "count", "name" (of a person or place) or "thing"."""
    text = question.lower()
    first = re.search(r"\b(?:when|how|who|whom|whose|where|what|which)\b", text)
    text = text[first.start() :] if first else text
    if re.match(r"when\b|(?:what|which) (?:year|day|month)\b", text):
        return "date"
    if re.match(r"how (?:long|high|deep|far|tall|large|big|heavy|much)\b|(?:what|which) height\b", text):
        return "measure"
    if re.match(r"how (?:many|old)\b", text):
        return "count"
    named = (r"(?:which|what) (?:city|country|countries|president|college|hall|book|battle|language|rocket|prize|"
             r"(?:mountain )?town|flight|nationality|encoding|capital)\b")  # fmt: skip
    if re.match(rf"(?:who|whom|whose|where)\b|{named}", text) or re.search(r"\b(?:capital|called)\b", text):
        return "name"
    return "thing"


def find_answer(question: str, sentence: str) -> Span:
    """The stretch of a sentence that fits a question best, in characters; its kind is what was asked for.

    Candidates are what has the form asked for and doesn't stand in the question. Of these the one nearest to the
    sentence's words that the question has too is taken, the first of equals. If there is none, it is the sentence.

    Args:
        question, sentence: any texts.
    """
    kind = asked_kind(question)
    asked = set(content_words(question))
    stems = set(map(_stem, asked))
    shared = [match.start() for match in re.finditer(r"[\w'-]+", sentence) if _stem(match[0].lower()) in stems]
    for pattern in KINDS[kind]:
        spans = [Span(*match.span(), kind) for match in re.finditer(pattern, sentence)]
        fresh = [span for span in spans if _is_fresh(sentence, span, asked)]
        if fresh:
            return min(fresh, key=lambda span: _distance(span, shared))
    return Span(0, len(sentence.rstrip(" .")), kind)


def _is_fresh(sentence: str, span: Span, asked: set[str]) -> bool:
    """Whether it says something that the question doesn't, and is no mere capital at the beginning."""
    said = content_words(sentence[span.start : span.end])
    is_month = span.kind == "name" and re.fullmatch(_MONTH, sentence[span.start : span.end])
    return bool(said) and not set(said) <= asked and not is_month


def _distance(span: Span, shared: list[int]) -> float:
    near = sorted(min(abs(place - span.start), abs(place - span.end)) for place in shared)[:2]
    return sum(near) / len(near) if near else 0.0


def _stem(word: str) -> str:
    return re.sub(r"(?:s|ed|ing|e)$", "", word) if len(word) > 4 else word


def overlap_f1(found: str, wanted: str) -> float:
    """F1 of the words of an answer and of the right one, 0 to 1: SQuAD's, over our `words` ("1,200" is not "1200").

    Source: Rajpurkar et al. (2016), section 6.1.
    """
    mine, theirs = Counter(_plain(found)), Counter(_plain(wanted))
    common = (mine & theirs).total()
    return 2 * common / (mine.total() + theirs.total()) if common else 0.0


def same_answer(found: str, wanted: str) -> bool:
    """Whether two answers have the same words, articles and marks apart."""
    return _plain(found) == _plain(wanted)


def _plain(text: str) -> list[str]:
    return [word for word in words(text) if word not in ("a", "an", "the")]


