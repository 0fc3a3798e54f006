"""The byte-pair tokenizer: over bytes, where nothing is ever unknown, or over characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from helpers.tokenization.cutting import spaced_words
from helpers.tokenization.history import merge_history
from helpers.tokenization.interface import checked, checked_size, several
from helpers.tokenization.merges import Pair, learn_merges
from helpers.tokenization.simple import UNKNOWN

# The 256 bytes in GPT-2's order: those that are printable signs first.
_PRINTABLE = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
BYTES = tuple(bytes([n]) for n in [*_PRINTABLE, *(n for n in range(256) if n not in set(_PRINTABLE))])
CACHE = 100_000  # words whose cut is remembered


class BPE:
    """Byte-pair encoding after GPT-2's cut into words that keep their space.

    Over bytes it is lossless on every string of Python. Over characters it is lossless on text whose characters it
    has seen; others become `<unk>`.

    Attributes:
        unit: "byte" or "char".
        vocab: every token, as bytes or str: the alphabet, then what the merges made.
        merges: pairs of tokens in the order learned.

    Source: Sennrich et al. (2016), section 3.2; bytes: Radford et al. (2019), section 2.2.
    """

    def __init__(self, merges: Sequence[tuple] = (), alphabet: Sequence | None = None):
        """Make a tokenizer of given merges.

        Args:
            merges: pairs of bytes, or of str, the first learned first.
            alphabet: None for the 256 bytes, or different characters.

        Raises:
            ValueError: a merge joins what neither the alphabet nor an earlier merge has made.
        """
        self.unit: Literal["byte", "char"] = "byte" if alphabet is None else "char"
        self.vocab: list = list(BYTES) if alphabet is None else [UNKNOWN, *alphabet]
        self.index = {token: number for number, token in enumerate(self.vocab)}
        self.merges: list[tuple] = []
        self._ranks: dict[Pair, tuple[int, int]] = {}
        self._cache: dict[str, tuple[list[int], list[int]]] = {}
        for left, right in merges:
            if left not in self.index or right not in self.index:
                raise ValueError(f"merge {len(self.merges)} joins {left!r} and {right!r}, of which one is unknown.")
            self._add((self.index[left], self.index[right]))

    def _add(self, pair: Pair) -> int:
        """Take a pair as the next merge and return the id of what it becomes."""
        left, right = (self.vocab[number] for number in pair)
        if left + right not in self.index:
            self.index[left + right] = len(self.vocab)
            self.vocab.append(left + right)
        new = self.index[left + right]
        self._ranks[pair] = len(self.merges), new
        self.merges.append((left, right))
        return new

    @classmethod
    def train(cls, texts: Iterable[str], vocab_size: int = 8256, *, unit: Literal["byte", "char"] = "byte",
              min_count: int = 1) -> BPE:  # fmt: skip
        """Learn merges from texts.

        Args:
            texts: any texts.
            vocab_size: how many tokens at most: over bytes 256 and one for each merge; over characters `<unk>`, the
                characters of the texts and the merges.
            unit: what is merged at first.
            min_count: a pair rarer than this is not merged.

        Raises:
            ValueError: `texts` is a string, or the alphabet alone is larger than `vocab_size`.
        """
        if unit not in ("byte", "char"):
            raise ValueError(f"unit is {unit!r}; expected 'byte' or 'char'.")
        counts = Counter(word for text in several(texts) for word in spaced_words(text))
        made = cls() if unit == "byte" else cls(alphabet=sorted({char for word in counts for char in word}))
        checked_size(vocab_size, made.vocab_size, f"the {unit}s alone are as many")
        words = {tuple(made._symbols(word)): n for word, n in counts.items()}
        learn_merges(words, vocab_size - made.vocab_size, made._add, min_count, made.vocab_size)
        return made

    def first(self, n_merges: int) -> BPE:
        """The tokenizer with only the first merges, as if training had stopped there."""
        if not 0 <= n_merges <= len(self.merges):
            raise ValueError(f"n_merges is {n_merges}; expected 0 to {len(self.merges)}.")
        alphabet = None if self.unit == "byte" else [token for token in self.vocab[1:] if len(token) == 1]
        return BPE(self.merges[:n_merges], alphabet)

    @property
    def vocab_size(self) -> int:
        return len(self.vocab)

    def encode(self, text: str) -> list[int]:
        """Token ids of any text."""
        return [number for word in spaced_words(text) for number in self._cut(word)[0]]

    def decode(self, token_ids: Sequence[int]) -> str:
        """The text; bytes that are no UTF-8 (a sign cut in two) become the sign for that, �."""
        parts = [self.vocab[number] for number in checked(token_ids, self.vocab_size)]
        if self.unit == "char":
            return "".join(parts)
        try:
            return b"".join(parts).decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return b"".join(parts).decode("utf-8", "replace")

    def tokens(self, text: str) -> list[str]:
        """The tokens to read. Bytes that are only part of a character are written as `<F0>`."""
        return [readable(self.vocab[number]) for number in self.encode(text)]

    def boundaries(self, text: str) -> tuple[list[int], list[int]]:
        """The text's symbols before any merge, and the number of merges that the boundary after each outlives.

        Returns:
            Ids (N,), and N numbers: after the first k merges a token ends exactly where the number is k or more.
            A word's end outlives all merges: its number is their count.
        """
        symbols: list[int] = []
        falls: list[int] = []
        for word in spaced_words(text):
            symbols += self._symbols(word)
            falls += [*self._cut(word)[1], len(self.merges)]
        return symbols, falls

    def _symbols(self, word: str) -> list[int]:
        if self.unit == "char":
            return [self.index.get(char, 0) for char in word]
        return [self.index[bytes([byte])] for byte in word.encode("utf-8", "surrogatepass")]

    def _cut(self, word: str) -> tuple[list[int], list[int]]:
        found = self._cache.get(word)
        if found is None:
            found = merge_history(self._symbols(word), self._ranks, len(self.merges))
            if len(self._cache) < CACHE and len(word) < 100:
                self._cache[word] = found
        return found


def readable(token: str | bytes) -> str:
    """A token as text: bytes that are whole characters as those, others one by one as `<F0>`."""
    if isinstance(token, str):
        return token
    try:
        return token.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(f"<{byte:02X}>" for byte in token)
