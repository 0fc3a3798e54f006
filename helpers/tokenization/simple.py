"""Two tokenizers that need no training beyond a list: words found by rules, and single characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from helpers.tokenization.cutting import rule_words
from helpers.tokenization.interface import checked, checked_size, several

UNKNOWN = "<unk>"


class WordTokenizer:
    """Words and marks by rule, with a vocabulary of the most frequent; every other word is `<unk>`.

    Not lossless: space, case (with `lower`) and unknown words are gone.
    """

    def __init__(self, vocab: Sequence[str], lower: bool = True):
        self.vocab = [UNKNOWN, *(word for word in dict.fromkeys(vocab) if word != UNKNOWN)]
        self.index = {word: number for number, word in enumerate(self.vocab)}
        self.lower = lower

    @classmethod
    def train(cls, texts: Iterable[str], vocab_size: int = 10_000, *, lower: bool = True) -> WordTokenizer:
        """Keep the most frequent words; of equally frequent ones, those that come first.

        Args:
            texts: any texts.
            vocab_size: how many tokens at most, `<unk>` among them, at least 1.
            lower: whether "The" and "the" are one word.

        Raises:
            ValueError: `texts` is a string, or the size too small.
        """
        checked_size(vocab_size, 1, "<unk> has a place")
        counts = Counter(word for text in several(texts) for word in rule_words(text.lower() if lower else text))
        return cls([word for word, _ in counts.most_common(vocab_size - 1)], lower)

    @property
    def vocab_size(self) -> int:
        return len(self.vocab)

    def tokens(self, text: str) -> list[str]:
        """The words of the text; those outside the vocabulary as `<unk>`."""
        return [self.vocab[number] for number in self.encode(text)]

    def encode(self, text: str) -> list[int]:
        """Word numbers; 0 is `<unk>`."""
        return [self.index.get(word, 0) for word in rule_words(text.lower() if self.lower else text)]

    def decode(self, token_ids: Sequence[int]) -> str:
        """The words with a space between them: a text like the one that was encoded, seldom the same."""
        return " ".join(self.vocab[number] for number in checked(token_ids, self.vocab_size))


class CharTokenizer:
    """One token for each character (Unicode code point). Lossless on text whose characters it has seen."""

    def __init__(self, alphabet: Iterable[str]):
        self.vocab = [UNKNOWN, *sorted({char for char in alphabet if char != UNKNOWN})]
        if long := [char for char in self.vocab[1:] if len(char) != 1]:
            raise ValueError(f"the alphabet holds {long[0]!r}; expected single characters.")
        self.index = {char: number for number, char in enumerate(self.vocab)}

    @classmethod
    def train(cls, texts: Iterable[str], vocab_size: int = 10_000) -> CharTokenizer:
        """Keep the most frequent characters, at most `vocab_size` - 1; the others become `<unk>`."""
        checked_size(vocab_size, 1, "<unk> has a place")
        counts = Counter(char for text in several(texts) for char in text)
        return cls(char for char, _ in counts.most_common(vocab_size - 1))

    @property
    def vocab_size(self) -> int:
        return len(self.vocab)

    def tokens(self, text: str) -> list[str]:
        """The characters of the text, unknown ones as `<unk>`."""
        return [self.vocab[number] for number in self.encode(text)]

    def encode(self, text: str) -> list[int]:
        """Character numbers; 0 is `<unk>`."""
        return [self.index.get(char, 0) for char in text]

    def decode(self, token_ids: Sequence[int]) -> str:
        """The characters joined."""
        return "".join(self.vocab[number] for number in checked(token_ids, self.vocab_size))
