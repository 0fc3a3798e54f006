"""Tokens of the translation task: words and digits on the English side, pieces of words on the other."""

from __future__ import annotations

import datetime
import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from helpers.data.translation import LANGUAGES, NAMES

PAD, BEGIN, END, UNKNOWN = range(4)  # the same numbers on both sides
SPECIAL = ("<pad>", "<begin>", "<end>", "<unk>")
LOST = "\ufffd"  # what an unknown piece becomes when it is read back
_SOURCE = re.compile(r"[^\W\d_]+|\S", re.UNICODE)
_PARTS = re.compile(r"[-\u202f]?[^\W\d_]+|.", re.DOTALL)  # a hyphen, or a narrow space, goes with what follows


@dataclass(frozen=True)
class Vocabulary:
    """Tokens and their numbers; the first four are padding, begin, end and unknown.

    Attributes:
        tokens: each token stands at its own number.
    """

    tokens: tuple[str, ...]
    _numbers: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_numbers", {token: number for number, token in enumerate(self.tokens)})

    def __len__(self) -> int:
        return len(self.tokens)

    def numbers(self, tokens: Iterable[str]) -> list[int]:
        """The number of each token, `UNKNOWN` for those that are not here."""
        return [self._numbers.get(token, UNKNOWN) for token in tokens]

    def unknown(self, tokens: Iterable[str]) -> list[str]:
        """The tokens that are not here, each once, in order."""
        return [token for token in dict.fromkeys(tokens) if token not in self._numbers]

    @classmethod
    def of(cls, tokens: Iterable[str]) -> Vocabulary:
        """A vocabulary of these tokens, sorted, after the four special ones."""
        return cls((*SPECIAL, *sorted(set(tokens) - set(SPECIAL))))


def source_tokens(text: str) -> list[str]:
    """English as tokens: words in small letters, single digits, single marks.

    Example:
        >>> source_tokens("Twenty-one; May 3")
        ['twenty', '-', 'one', ';', 'may', '3']
    """
    return [found.lower() for found in _SOURCE.findall(unicodedata.normalize("NFC", text))]


def target_pieces(text: str, language: str) -> list[str]:
    """A text of the other language as pieces; one that goes on without a space begins with "##", as in WordPiece.

    German writes a number as one word; it is cut into the words it is made of. The longest that fits is taken first.

    Example:
        >>> target_pieces("einundzwanzig; 3. Mai", "de")
        ['ein', '##und', '##zwanzig', '##;', '3', '##.', 'Mai']
    """
    pieces = []
    for word in unicodedata.normalize("NFC", text).split(" "):
        parts = [piece for part in _PARTS.findall(word) for piece in _number_words(part, language)]
        pieces += [part if place == 0 else f"##{part}" for place, part in enumerate(parts)]
    return pieces


def join_pieces(pieces: Sequence[str]) -> str:
    """The text that pieces were cut from: the same one, if it had single spaces between its words."""
    text = "".join(piece[2:] if piece.startswith("##") else f" {piece}" for piece in pieces)
    return text.removeprefix(" ")


def _number_words(part: str, language: str) -> list[str]:
    """A German number as the words it is made of; anything else as it is."""
    if language == "de" and re.fullmatch(f"(?:{'|'.join(_german())})+", part):
        return re.findall("|".join(_german()), part)
    return [part]


@functools.lru_cache(maxsize=1)
def _german() -> list[str]:
    """The words that German numbers below a million are made of, the longest first."""
    words = {_spoken(number, "de") for number in (*range(21), *range(30, 100, 10))}
    return sorted(words | {"ein", "und", "hundert", "tausend"}, key=lambda word: (-len(word), word))


def _spoken(number: int, language: str) -> str:
    from num2words import num2words

    return num2words(number, lang=language)


@functools.lru_cache(maxsize=4)
def vocabularies(language: str) -> tuple[Vocabulary, Vocabulary]:
    """All tokens that numbers below a billion, dates and names need: of English, and of the other language.

    Raises:
        ValueError: a language that the course has no pairs for.
    """
    if language not in LANGUAGES:
        raise ValueError(f"Expected one of the languages {', '.join(LANGUAGES)}, got {language!r}.")
    from babel.dates import format_date

    numbers = (*range(101), *range(100, 1000, 100), *(n * 1000 for n in (1, 2, 3, 5, 21, 22, 80, 100, 200)),
               *(n * 10**6 for n in (1, 2, 5, 21, 22, 80, 100, 200)), 1_001, 21_021, 1_100_101)  # fmt: skip
    days = [datetime.date(1984, month, 21) for month in range(1, 13)]
    sides = []
    for spoken in ("en", language):
        texts = [_spoken(number, spoken) for number in numbers]
        texts += [format_date(day, "long", locale=spoken) for day in days]
        texts += NAMES["ru" if spoken == "ru" else "en"] + ["01234567890", "0 1 2 3 4 5 6 7 8 9", "0;"]
        cut = source_tokens if spoken == "en" else functools.partial(target_pieces, language=language)
        tokens = {token for text in texts for token in cut(text)}
        if spoken == "de":
            tokens |= {f"##{word}" for word in _german()} | set(_german())
        sides.append(Vocabulary.of(tokens))
    return sides[0], sides[1]
