"""Exact pairs of sentences in two languages, as many as are wanted: numbers, dates, and lists of both with names.

The words come from num2words and the dates from Babel (which has them from Unicode's CLDR): no translation had to be
collected. What stands in the training pairs never stands in the others.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass

LANGUAGES = ("de", "fr", "ru")  # German says units before tens, French counts by twenties, Russian is not in Latin
SPLITS = ("train", "test", "longer")
NAMES = {
    "en": "Anna Boris Clara David Elena Felix Greta Ivan Julia Karl Laura Martin Nina Oscar Paula Robert".split(),
    "ru": "Анна Борис Клара Давид Елена Феликс Грета Иван Юлия Карл Лаура Мартин Нина Оскар Паула Роберт".split(),
}
LARGEST = 999_999  # of training and test; "longer" has numbers from one million to a billion less one
FIRST_DAY, DAYS = datetime.date(1900, 1, 1), 73_049  # to the end of 2099; "longer" has the two centuries after that
TEST_SHARE = 10  # percent of all numbers, and of all dates, that stand in the test pairs alone
BASIC = 100  # numbers below are never held out: that "eight" is "acht" cannot be worked out from other numbers


@dataclass(frozen=True)
class Pair:
    """A sentence in English and what it is in the other language."""

    source: str
    target: str


def number_pairs(n: int, language: str = "de", split: str = "train", seed: int = 0) -> list[Pair]:
    """Numbers in words, of one to six digits (in "test" three to six), each number of digits as often as another.

    Args:
        n: how many pairs; a number can stand in several.
        language: "de", "fr" or "ru".
        split: "train" and "test" share no number; "longer" has numbers of seven to nine digits.
        seed: the same seed gives the same pairs.

    Raises:
        ValueError: another language or split, or a negative n.

    Example:
        >>> number_pairs(1, "de", seed=7)
        [Pair(source='four hundred and seventy', target='vierhundertsiebzig')]
    """
    return _pairs(n, language, split, seed, lambda rng: [_number(rng, split)])


def date_pairs(n: int, language: str = "de", split: str = "train", seed: int = 0) -> list[Pair]:
    """Dates such as "May 21, 1984" and "21. Mai 1984", of the years 1900 to 2099; "longer": 2100 to 2299.

    Arguments and errors as for `number_pairs`.
    """
    return _pairs(n, language, split, seed, lambda rng: [_date(rng, split)])


def list_pairs(n: int, language: str = "de", split: str = "train", seed: int = 0, *,
               items: tuple[int, int] = (2, 6)) -> list[Pair]:  # fmt: skip
    """Lists of numbers, dates and names: "Anna; five hundred and two; May 21, 1984; Boris".

    Semicolons keep the things apart: with "and", nobody could tell "five hundred and two" from 500 and 2.

    Args:
        items: how many things a list has at least and at most; with "longer" one and a half times as many and twice
            as many, and numbers and dates of the usual kind that no training pair has.
        n, language, split, seed: as for `number_pairs`.

    Raises:
        ValueError: also if items are not two numbers from 1 up, in order.
    """
    fewest, most = items
    if not 1 <= fewest <= most:
        raise ValueError(f"items is {items}; expected the fewest and the most things in a list, such as (2, 6).")
    if split == "longer":
        fewest, most = most + max(most // 2, 1), 2 * most
    things = "test" if split == "longer" else split

    def draw(rng: random.Random) -> list[_Thing]:
        kinds = [_number, _number, _date, _name]
        return [rng.choice(kinds)(rng, things) for _ in range(rng.randint(fewest, most))]

    return _pairs(n, language, split, seed, draw)


_Thing = Callable[[str], str]  # from a language to the words


def _pairs(n: int, language: str, split: str, seed: int, draw: Callable[[random.Random], list[_Thing]]) -> list[Pair]:
    if language not in LANGUAGES or split not in SPLITS or n < 0:
        raise ValueError(f"Expected a language of {', '.join(LANGUAGES)}, a split of {', '.join(SPLITS)} and 0 or more "
                         f"pairs, got {language!r}, {split!r} and {n}.")  # fmt: skip
    rng = random.Random(f"{seed} {split}")
    drawn = [draw(rng) for _ in range(n)]
    english, other = (["; ".join(say(spoken) for say in things) for things in drawn]
                      for spoken in ("en", language))  # fmt: skip
    return [Pair(*both) for both in zip(english, other, strict=True)]


def _is_for_test(kind: str, number: int) -> bool:
    """Whether a number from 100 up, or a day, belongs to the test pairs: by a hash, so that no seed can move it."""
    if kind == "number" and number < BASIC:
        return False
    digest = hashlib.sha256(f"{kind} {number}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100 < TEST_SHARE


def _number(rng: random.Random, split: str) -> _Thing:
    while True:
        digits = rng.randint(7, 9) if split == "longer" else rng.randint(1, len(str(LARGEST)))
        number = rng.randrange(10 ** (digits - 1) if digits > 1 else 0, 10**digits)
        if split == "longer" or _is_for_test("number", number) == (split == "test"):
            return functools.partial(_number_in_words, number)


def _date(rng: random.Random, split: str) -> _Thing:
    while True:
        day = rng.randrange(DAYS)
        if split == "longer":
            return functools.partial(_date_in_words, FIRST_DAY + datetime.timedelta(days=DAYS + day))
        if _is_for_test("day", day) == (split == "test"):
            return functools.partial(_date_in_words, FIRST_DAY + datetime.timedelta(days=day))


def _name(rng: random.Random, split: str) -> _Thing:
    number = rng.randrange(len(NAMES["en"]))
    return lambda language: NAMES["ru" if language == "ru" else "en"][number]


@functools.lru_cache(maxsize=200_000)
def _number_in_words(number: int, language: str) -> str:
    from num2words import num2words

    return num2words(number, lang=language)


@functools.lru_cache(maxsize=200_000)
def _date_in_words(date: datetime.date, language: str) -> str:
    from babel.dates import format_date

    return format_date(date, "long", locale=language)
