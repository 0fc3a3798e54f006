"""Sentences with tags, made from the news by weak labels, and what teaches a model with them (lesson 10)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from helpers.bert import IGNORED, Batch, batch_of
from helpers.data.text import Article, sentences
from helpers.tasks import names
from helpers.tasks.spans import Span, bio_tags, spans_of
from helpers.tasks.weak import KINDS, weak_spans
from helpers.tasks.words import Word, cut, to_characters, to_words
from helpers.tokenization import WordPiece

COUNTRY_TAGS = ("O", "B-country", "I-country")
ALL_TAGS = ("O", *(f"{mark}-{kind}" for kind in KINDS for mark in "BI"))
LENGTHS = (8, 40)  # words of a sentence that is learned from, as split by spaces
LONGEST = 64  # tokens, as long as what the course's BERT was pretrained on


@dataclass(frozen=True)
class Tagged:
    """A sentence, its words, and a tag for each."""

    text: str
    words: tuple[str, ...]
    tags: tuple[str, ...]

    @property
    def spans(self) -> list[Span]:
        """The spans of words that the tags say."""
        return spans_of(self.tags)

    @property
    def names(self) -> list[str]:
        """What the spans say, as it stands in the text."""
        return [self.text[start:end] for start, end, _ in to_characters(self.spans, cut(self.text))]


def tagged(text: str, spans: Iterable[tuple[int, int, str]]) -> Tagged:
    """A sentence and its entities, spans of characters, as words and tags.

    Raises:
        ValueError: a span doesn't begin and end with words, or two overlap.
    """
    words = cut(text)
    return Tagged(text, tuple(word.text for word in words), tuple(bio_tags(to_words(spans, words), len(words))))


def by_hash(articles: Iterable[Article], seed: int = 0) -> list[str]:
    """The sentences of 8 to 40 words, each once, in an order that depends on their text and the seed alone."""
    found = {text for article in articles for text in sentences(article.text)
             if LENGTHS[0] <= len(text.split()) <= LENGTHS[1]}  # fmt: skip
    return sorted(found, key=lambda text: hashlib.sha256(f"tagging:{seed}:{text}".encode()).digest())


@dataclass(frozen=True)
class CountrySplit:
    """Sentences to learn countries from, and sentences with other countries to be asked about.

    Attributes:
        train: one half names countries of the first half (`names.half`) and of no other, one half no country at all.
        test: the same with countries of the second half. No sentence of it is learned from.
    """

    train: list[Tagged]
    test: list[Tagged]


def country_split(articles: Sequence[Article], n_train: int, n_test: int, seed: int = 0,
                  leave_out: Iterable[str] = ()) -> CountrySplit:  # fmt: skip
    """Split sentences by the countries they name, so that no country of the test was ever labelled.

    Args:
        articles: of the news. n_train, n_test: sentences; the test's are the same for every seed.
        seed: which training sentences are drawn. leave_out: sentences for neither, such as the hand-checked ones.

    Raises:
        ValueError: there are not as many.
    """
    test = _with_countries(by_hash(articles), 1, n_test, set(leave_out))
    taken = {*leave_out, *(one.text for one in test)}
    return CountrySplit(_with_countries(by_hash(articles, seed + 1), 0, n_train, taken), test)


def _with_countries(texts: Iterable[str], half: int, n: int, leave_out: set[str]) -> list[Tagged]:
    """The first n // 2 sentences that name countries of one half alone, and as many that name none."""
    rows: dict[tuple[int, ...], list[Tagged]] = {(half,): [], (): []}
    for text in texts:
        spans = weak_spans(text, ["country"])
        halves = {names.half(names.countries()[text[span.start : span.end]]) for span in spans}
        found = rows.get(tuple(halves))
        if found is not None and len(found) < n // 2 and text not in leave_out:
            found.append(tagged(text, spans))
        if all(len(group) == n // 2 for group in rows.values()):
            return rows[half,] + rows[()]
    raise ValueError(f"There are not {n // 2} sentences with countries of half {half} alone, and as many with none.")


class TagBatches:
    """Batches to learn tags from: (Batch, targets), targets (B, T) at the first piece of each word, else ignored.

    Args:
        tokenizer: of the model. rows: what is learned. tags: all tags, in the order of the model's logits.
        batch_size: sentences. longest: tokens; what lies behind is cut.
    """

    def __init__(self, tokenizer: WordPiece, rows: Sequence[Tagged], tags: Sequence[str], batch_size: int = 16,
                 longest: int = LONGEST) -> None:  # fmt: skip
        self.tokenizer, self.rows, self.batch_size, self.longest = tokenizer, list(rows), batch_size, longest
        self.number = {tag: place for place, tag in enumerate(tags)}
        self._waiting: list[list[Tagged]] = []

    def __call__(self, generator: torch.Generator) -> tuple[Batch, Tensor]:
        """The next batch; every sentence comes once before any comes again, those of like length together."""
        if not self._waiting:
            order = [self.rows[place] for place in torch.randperm(len(self.rows), generator=generator)]
            pools = [order[start : start + 8 * self.batch_size] for start in range(0, len(order), 8 * self.batch_size)]
            batches = [batch for pool in pools for batch in chunks(sorted(pool, key=lambda row: len(row.words)),
                                                                   self.batch_size)]  # fmt: skip
            self._waiting = [batches[place] for place in torch.randperm(len(batches), generator=generator)]
        return self.encode(self._waiting.pop())

    def encode(self, rows: Sequence[Tagged]) -> tuple[Batch, Tensor]:
        """These sentences as a batch."""
        batch = batch_of(self.tokenizer, [row.words for row in rows], longest=self.longest)
        targets = torch.full_like(batch.token_ids, IGNORED)
        for number, (row, word_of) in enumerate(zip(rows, batch.word_of, strict=True)):
            for place, word in first_pieces(word_of):
                targets[number, place] = self.number[row.tags[word]]
        return batch, targets


def chunks(rows: Sequence, size: int) -> list:
    """Rows in groups of `size`; the last may be smaller."""
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def first_pieces(word_of: Sequence[int]) -> list[tuple[int, int]]:
    """(place of its first token, word) for each word of a row of `Batch.word_of`."""
    return [(place, word) for place, word in enumerate(word_of) if word >= 0 and word_of[place - 1] != word]


def tagging_loss(model: Callable[[Tensor], Tensor], batch: tuple[Batch, Tensor]) -> Tensor:
    """The mean surprise at the true tag of each word, in nats."""
    inputs, targets = batch
    return cross_entropy(model(inputs.token_ids).flatten(0, 1), targets.flatten(), ignore_index=IGNORED)


@torch.no_grad()
def predict(model: Callable[[Tensor], Tensor], tokenizer: WordPiece, rows: Sequence[Sequence[str]],
            tags: Sequence[str], *, batch_size: int = 32, longest: int = LONGEST) -> list[list[str]]:  # fmt: skip
    """The likeliest tag of each word; O for words behind the first `longest` tokens.

    Args:
        model: token_ids (B, T) -> logits (B, T, number of tags). rows: the words of each sentence.
    """
    found = [["O"] * len(row) for row in rows]
    order = sorted(range(len(rows)), key=lambda number: len(rows[number]))
    for numbers in chunks([number for number in order if rows[number]], batch_size):
        batch = batch_of(tokenizer, [rows[number] for number in numbers], longest=longest)
        best = model(batch.token_ids).argmax(dim=-1).tolist()  # (B, T)
        for row, (number, word_of) in enumerate(zip(numbers, batch.word_of, strict=True)):
            for place, word in first_pieces(word_of):
                found[number][word] = tags[best[row][place]]
    return found


def find_entities(model: Callable[[Tensor], Tensor], tokenizer: WordPiece, text: str, tags: Sequence[str], *,
                  window: int = 40) -> list[Span]:  # fmt: skip
    """Entities in any text, as spans of characters from left to right.

    Args:
        model, tags: as for `predict`. window: words that are read at once, where a sentence has more.
    """
    rows: list[list[Word]] = [[]]
    for word in cut(text):
        if len(rows[-1]) >= window or (rows[-1] and rows[-1][-1].text in ".!?" and len(rows[-1]) > 5):
            rows.append([])
        rows[-1].append(word)
    found = predict(model, tokenizer, [[word.text for word in row] for row in rows], tags)
    return [span for row, row_tags in zip(rows, found, strict=True) for span in to_characters(spans_of(row_tags), row)]
