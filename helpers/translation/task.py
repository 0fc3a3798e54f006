"""The task as numbers: texts in, padded batches out, and back again."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor

from helpers.data.translation import Pair, date_pairs, list_pairs, number_pairs
from helpers.translation.vocabulary import (
    BEGIN,
    END,
    LOST,
    PAD,
    UNKNOWN,
    join_pieces,
    source_tokens,
    target_pieces,
    vocabularies,
)  # fmt: skip

THINGS = ("number", "number", "date", "name")  # what a list is made of: each as often as it stands here
Batch = tuple[Tensor, Tensor]


class TranslationTask:
    """English numbers, dates and lists, to be said in another language.

    Args:
        language: "de", "fr" or "ru".

    Attributes:
        source, target: the vocabularies of both sides; `len` of each is its size.

    Raises:
        ValueError: another language.

    Example:
        >>> task = TranslationTask("de")
        >>> task.decode(task.encode_target("einundzwanzig"))
        'einundzwanzig'
    """

    def __init__(self, language: str = "de") -> None:
        self.language = language
        self.source, self.target = vocabularies(language)

    def encode_source(self, text: str) -> list[int]:
        """The numbers of an English text's tokens, (S,); an unknown token is `UNKNOWN`."""
        return self.source.numbers(source_tokens(text))

    def encode_target(self, text: str) -> list[int]:
        """The numbers of a text's pieces, with `BEGIN` before and `END` after them, (T + 1,)."""
        return [BEGIN, *self.target.numbers(target_pieces(text, self.language)), END]

    def pieces(self, token_ids: Iterable[int]) -> list[str]:
        """The pieces of some target numbers up to the first `END`, `BEGIN` and padding left out."""
        pieces = []
        for number in map(int, token_ids):
            if number == END:
                break
            if number not in (PAD, BEGIN):
                pieces.append(self.target.tokens[number] if number != UNKNOWN else f"##{LOST}")
        return pieces

    def decode(self, token_ids: Iterable[int]) -> str:
        """The text of some target numbers; the one that was encoded, if all its pieces are known."""
        return join_pieces(self.pieces(token_ids))

    def source_batch(self, texts: Sequence[str]) -> Tensor:
        """English texts as numbers, padded at the end to the longest, (B, S) with S at least 1."""
        return padded([self.encode_source(text) for text in texts])

    def target_batch(self, texts: Sequence[str]) -> Tensor:
        """Texts as numbers with their marks, padded at the end to the longest, (B, T + 1)."""
        return padded([self.encode_target(text) for text in texts])

    def batch(self, pairs: Sequence[Pair]) -> Batch:
        """source_ids (B, S) and target_ids (B, T + 1) of some pairs."""
        return (self.source_batch([pair.source for pair in pairs]), self.target_batch([pair.target for pair in pairs]))

    def pairs(self, n: int, split: str = "test", *, items: tuple[int, int] = (1, 10), seed: int = 0) -> list[Pair]:
        """Lists to test on, `helpers.data.list_pairs` in this task's language."""
        return list_pairs(n, self.language, split, seed, items=items)

    def batches(self, batch_size: int, *, items: tuple[int, int] = (1, 10), things: Sequence[str] = THINGS,
                pool: int = 8000, seed: int = 0) -> Callable[[torch.Generator], Batch]:  # fmt: skip
        """Make training batches: lists put together anew each time, from a pool of training numbers and dates.

        All lists of a batch have the same number of things, so little of it is padding.

        Args:
            batch_size: B, lists in a batch.
            items: the fewest and the most things in a list; each number of things is as likely.
            things: what is drawn from, of "number", "date" and "name".
            pool: how many numbers, and dates, are prepared; some ten thousand a second.
            seed: of the pool.

        Returns:
            next_batch(generator) -> source_ids (B, S), target_ids (B, T + 1), as `helpers.training.train` takes it.

        Raises:
            ValueError: items that are no range, or unknown things.
        """
        fewest, most = items
        if not 1 <= fewest <= most or not things or not set(things) <= set(THINGS) or min(pool, batch_size) < 1:
            raise ValueError(f"Expected items such as (1, 10), things of number, date and name, a pool and a batch of "
                             f"1 or more; got {items}, {list(things)}, {pool} and {batch_size}.")  # fmt: skip
        pools = {thing: self._pool(thing, pool, seed) for thing in set(things)}
        comma = (self.source.numbers([";"]), self.target.numbers(["##;"]))

        def next_batch(generator: torch.Generator) -> Batch:
            length = int(torch.randint(fewest, most + 1, (), generator=generator))
            kinds = torch.randint(len(things), (batch_size, length), generator=generator).tolist()
            numbers = torch.randint(2**31, (batch_size, length), generator=generator).tolist()
            sources, targets = [], []
            for row_kinds, row_numbers in zip(kinds, numbers, strict=True):
                source: list[int] = []
                target = [BEGIN]
                for place, (kind, number) in enumerate(zip(row_kinds, row_numbers, strict=True)):
                    known = pools[things[kind]]
                    english, other = known[number % len(known)]
                    source += (comma[0] if place else []) + english
                    target += (comma[1] if place else []) + other
                sources.append(source)
                targets.append([*target, END])
            return padded(sources), padded(targets)

        return next_batch

    def _pool(self, thing: str, size: int, seed: int) -> list[tuple[list[int], list[int]]]:
        """Numbers of both sides of many training things of one kind, without marks."""
        if thing == "number":
            pairs = number_pairs(size, self.language, "train", seed)
        elif thing == "date":
            pairs = date_pairs(size, self.language, "train", seed)
        else:
            from helpers.data.translation import NAMES

            other = NAMES["ru" if self.language == "ru" else "en"]
            pairs = [Pair(*names) for names in zip(NAMES["en"], other, strict=True)]
        return [(self.encode_source(pair.source), self.encode_target(pair.target)[1:-1]) for pair in pairs]


def padded(rows: Sequence[Sequence[int]]) -> Tensor:
    """Rows of numbers as one tensor (B, longest), filled with `PAD` at the end; at least one column."""
    width = max((len(row) for row in rows), default=1)
    return torch.tensor([[*row, *[PAD] * (max(width, 1) - len(row))] for row in rows], dtype=torch.long)


def in_words(text: str) -> str:
    """Write typed digits as the task wants them: "21" as "twenty-one", "2024-05-21" as "May 21, 2024".

    Only a whole thing of a list (between semicolons) is changed, and only below a billion; all else stays as it is.

    Example:
        >>> in_words("21; 1984-05-21; May 3, 1999")
        'twenty-one; May 21, 1984; May 3, 1999'
    """
    return "; ".join(_thing_in_words(thing.strip()) for thing in text.split(";"))


def _thing_in_words(thing: str) -> str:
    if re.fullmatch(r"\d{1,9}|\d{1,3}(,\d{3}){1,2}", thing, re.ASCII):
        from num2words import num2words

        return num2words(int(thing.replace(",", "")), lang="en")
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", thing, re.ASCII):
        from babel.dates import format_date

        try:
            return format_date(datetime.date.fromisoformat(thing), "long", locale="en")
        except ValueError:
            return thing
    return thing
