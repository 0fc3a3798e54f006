"""The WordPiece tokenizer, as BERT and MiniLM use it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from helpers.tokenization.cutting import bert_clean, bert_words
from helpers.tokenization.interface import checked, checked_size, several
from helpers.tokenization.merges import Pair, learn_merges

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
INSIDE = "##"  # begins a token that goes on inside a word
CACHE = 100_000  # words whose cut is remembered


class WordPiece:
    """Cut text into words as BERT does, and each word into the longest known pieces, from left to right.

    A word with a part that no piece fits, or longer than `longest` characters, becomes `[UNK]`. Not lossless: space,
    and in the uncased form case and accents, are gone. Special tokens written in a text are text like any other.

    Attributes:
        vocab: every token; a piece that goes on inside a word begins with `##`.
        index: token -> id.

    Source: M. Schuster and K. Nakajima (2012); Y. Wu et al. (2016), section 4.1; Devlin et al. (2019), section 3.
    """

    def __init__(self, vocab: Sequence[str], *, lower: bool = True, longest: int = 100):
        """Make a tokenizer of a given vocabulary.

        Args:
            vocab: different tokens, `[UNK]` among them.
            lower: whether to lower-case and to take accents off.
            longest: the most characters a word may have.

        Raises:
            ValueError: `[UNK]` is missing, or a token stands twice.
        """
        self.vocab, self.lower, self.longest = list(vocab), lower, longest
        self.index = {token: number for number, token in enumerate(self.vocab)}
        if "[UNK]" not in self.index or len(self.index) != len(self.vocab):
            raise ValueError("a WordPiece vocabulary needs [UNK], and every token once.")
        self._cache: dict[str, list[int]] = {}

    @classmethod
    def from_file(cls, path: str | Path, *, lower: bool = True) -> WordPiece:
        """Read BERT's `vocab.txt`, one token a line, such as MiniLM's: `assets.path("minilm") / "vocab.txt"`."""
        return cls(Path(path).read_text(encoding="utf-8").rstrip("\n").split("\n"), lower=lower)

    @classmethod
    def train(cls, texts: Iterable[str], vocab_size: int = 8000, *, lower: bool = True,
              min_count: int = 2) -> WordPiece:  # fmt: skip
        """Learn a vocabulary from texts: byte-pair merges over characters, those inside a word marked with `##`.

        As in Hugging Face's trainer, pairs are merged by count; Schuster and Nakajima take the pair that raises
        the likelihood of a language model most.

        Args:
            texts: any texts.
            vocab_size: how many tokens at most, special ones and characters among them.
            lower: as for the tokenizer.
            min_count: a pair rarer than this is not merged.

        Raises:
            ValueError: `texts` is a string, or special tokens and characters alone are more than `vocab_size`.
        """
        counts = Counter(word for text in several(texts) for word in bert_words(bert_clean(text, lower)))
        cut = {word: [word[0], *(INSIDE + char for char in word[1:])] for word in counts}
        vocab = [*SPECIAL, *sorted({piece for pieces in cut.values() for piece in pieces})]
        checked_size(vocab_size, len(vocab), "special tokens and characters alone are as many")
        index = {piece: number for number, piece in enumerate(vocab)}

        def join(pair: Pair) -> int:
            new = vocab[pair[0]] + vocab[pair[1]].removeprefix(INSIDE)
            if new not in index:
                index[new] = len(vocab)
                vocab.append(new)
            return index[new]

        words = {tuple(index[piece] for piece in pieces): counts[word] for word, pieces in cut.items()}
        learn_merges(words, vocab_size - len(vocab), join, min_count, len(vocab))
        return cls(vocab, lower=lower)

    @property
    def vocab_size(self) -> int:
        return len(self.vocab)

    def tokens(self, text: str) -> list[str]:
        """The pieces of the text."""
        return [self.vocab[number] for number in self.encode(text)]

    def encode(self, text: str) -> list[int]:
        """Piece numbers, without the `[CLS]` and `[SEP]` that a model may want around them."""
        return [number for word in bert_words(bert_clean(text, self.lower)) for number in self._pieces(word)]

    def decode(self, token_ids: Sequence[int]) -> str:
        """The pieces with a space between words: a text like the one that was encoded, seldom the same."""
        tokens = [self.vocab[number] for number in checked(token_ids, self.vocab_size)]
        parts = [token[2:] if place and token.startswith(INSIDE) else f" {token}" for place, token in enumerate(tokens)]
        return "".join(parts).removeprefix(" ")

    def _pieces(self, word: str) -> list[int]:
        found = self._cache.get(word)
        if found is None:
            found = self._longest_first(word) if len(word) <= self.longest else [self.index["[UNK]"]]
            if len(self._cache) < CACHE:
                self._cache[word] = found
        return found

    def _longest_first(self, word: str) -> list[int]:
        """The longest piece that fits, then the longest that fits the rest, and so on."""
        pieces, start = [], 0
        while start < len(word):
            mark = INSIDE if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if mark + word[start:end] in self.index), None)
            if end is None:
                return [self.index["[UNK]"]]
            pieces.append(self.index[mark + word[start:end]])
            start = end
        return pieces
