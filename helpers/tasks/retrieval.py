"""Find the sentence that answers: search in the Wikipedia sample, by words and by vectors (lesson 10)."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from helpers.data.text import Article, sentences, words
from helpers.tasks.sample import digest

FILE = Path(__file__).with_name("questions.json")
PER_ARTICLE = 80  # sentences, from its beginning: all vectors together stay under 3 MB


class Passage(NamedTuple):
    """A sentence that can be found: of which article, its number there, its text."""

    article: str
    sentence: int
    text: str

    @property
    def titled(self) -> str:
        """The sentence behind its article's title, without which "It has 48 provinces" says little."""
        return f"{self.article}: {self.text}"


@dataclass(frozen=True)
class Question:
    """A question of the course's, and where it is answered.

    Attributes:
        text: the question.
        article: which article answers.
        answers: number of a sentence that answers -> the answer there.
    """

    text: str
    article: str
    answers: dict[int, str]


def passages(articles: Sequence[Article]) -> list[Passage]:
    """The sentences that are searched: the first eighty of each article, those of 4 to 60 words."""
    return [Passage(article.title, number, text) for article in articles
            for number, text in enumerate(sentences(article.text)[:PER_ARTICLE])
            if 4 <= len(text.split()) <= 60]  # fmt: skip


def questions(articles: Sequence[Article]) -> list[Question]:
    """The course's questions about the Wikipedia sample, written from the articles before anything was searched.

    Args:
        articles: `data.wiki_articles()`, from which the answers' text is taken.

    Raises:
        ValueError: an article or a sentence is not what it was when the question was written.
    """
    texts = {article.title: sentences(article.text) for article in articles}
    found = []
    for row in json.loads(FILE.read_text(encoding="utf-8")):
        there, answers = texts.get(row["article"], []), {}
        for at in row["at"]:
            text = there[at["sentence"]] if at["sentence"] < len(there) else ""
            if digest(text) != at["digest"]:
                raise ValueError(f"Sentence {at['sentence']} of {row['article']!r} has changed since then.")
            answers[at["sentence"]] = text[slice(*at["answer"])]
        found.append(Question(row["question"], row["article"], answers))
    return found


class BM25:
    """Search by words: a rare word of the question that a sentence has counts for more, and a long sentence for less.

    Args:
        texts: what is searched.
        k1: how soon a word's further occurrences stop counting. b: how much length counts, 0 to 1.

    Source: Robertson and Zaragoza (2009), section 3.4.
    """

    def __init__(self, texts: Sequence[str], *, k1: float = 1.2, b: float = 0.75) -> None:
        counts = [Counter(words(text)) for text in texts]
        lengths = np.array([count.total() for count in counts], dtype=float)  # (N,)
        column: dict[str, int] = {}
        cells = [(row, column.setdefault(word, len(column)), n) for row, count in enumerate(counts)
                 for word, n in count.items()]  # fmt: skip
        rows, columns, n = np.array(cells, dtype=np.int64).reshape(-1, 3).T
        held = np.bincount(columns, minlength=len(column))  # texts that have each word
        rarity = np.log(1 + (len(texts) - held + 0.5) / (held + 0.5))
        shortening = k1 * (1 - b + b * lengths / max(lengths.sum() / max(len(texts), 1), 1.0))
        order = np.argsort(columns, kind="stable")
        self._rows = rows[order]
        self._weights = (rarity[columns] * n * (k1 + 1) / (n + shortening[rows]))[order]
        self._starts, self._column, self.n_texts = np.concatenate([[0], held.cumsum()]), column, len(texts)

    def scores(self, question: str) -> np.ndarray:
        """How well each text fits, (N,), 0 where no word is shared."""
        scores = np.zeros(self.n_texts)
        for word in words(question):
            if word in self._column:
                held = slice(*self._starts[self._column[word] : self._column[word] + 2])
                scores[self._rows[held]] += self._weights[held]
        return scores


def ranks(scores: np.ndarray, right: Sequence[int]) -> int:
    """The place, from 1, of the best of the right answers; texts of equal score stand in order."""
    order = np.argsort(-np.asarray(scores), kind="stable")
    return int(np.flatnonzero(np.isin(order, right))[0]) + 1


def recall_at(places: Sequence[int], k: int) -> float:
    """The share of questions, 0 to 1, whose right answer stands among the first k; ValueError if there are none."""
    if not places:
        raise ValueError("places is empty; expected the place of the right answer for at least one question.")
    return sum(place <= k for place in places) / len(places)


def right_passages(question: Question, found: Sequence[Passage]) -> list[int]:
    """The numbers of the passages that answer a question."""
    return [number for number, passage in enumerate(found)
            if passage.article == question.article and passage.sentence in question.answers]  # fmt: skip


def content_words(text: str) -> list[str]:
    """The words of a text that say what it is about."""
    return [word for word in words(text) if word not in _FUNCTION and re.search(r"\w", word)]


_FUNCTION = frozenset("""a an the of in on at by for from with to as and or is are was were be been do does did has have
    had it its he she his her him they their them this that who whom whose what which when where how why many much long
    there not no 's one into than more most very can could will would may might about after before""".split())
