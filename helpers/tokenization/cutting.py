"""Rules that cut running text into words before anything is learned."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD_OR_MARK = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
# GPT-2's rule: English endings, then letters, digits, or other signs with the space before them, then space.
_SPACED = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
# As in Hugging Face's tokenizers; Google's code has 0x2B820 in place of 0x2B920.
_CHINESE = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
            (0x2B920, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))  # fmt: skip


def rule_words(text: str) -> list[str]:
    """Words with their inner apostrophes, and every other sign for itself; space is dropped.

    Example:
        >>> rule_words("Don't panic!")
        ["Don't", 'panic', '!']
    """
    return _WORD_OR_MARK.findall(text)


def spaced_words(text: str) -> list[str]:
    """GPT-2's cut: a word keeps the space before it, so that nothing is lost and the words joined are the text.

    Example:
        >>> spaced_words("Don't panic!")
        ['Don', "'t", ' panic', '!']

    Source: Radford et al., Language Models are Unsupervised Multitask Learners (2019), section 2.2.
    """
    return _spaced().findall(text)


@lru_cache(maxsize=1)
def _spaced():
    import regex  # unlike `re` it knows \p{L}, the letters of all scripts

    return regex.compile(_SPACED)


def bert_clean(text: str, lower: bool = True) -> str:
    """BERT's cleaning: no control characters, space around Chinese characters, no accents, lower case.

    Args:
        text: any text.
        lower: whether to lower-case and to take accents off, as the uncased BERT models do.

    Source: Devlin et al. (2019), the released code, `tokenization.py`; one character is lower-cased at a time, as
        in Hugging Face's tokenizers.
    """
    if text.isascii():
        kept = "".join(" " if char in "\t\n\r" else char for char in text if char >= " " and char != "\x7f"
                       or char in "\t\n\r")  # fmt: skip
        return kept.lower() if lower else kept
    text = "".join(map(_cleaned, text))
    if not lower:
        return text
    bare = "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")
    return "".join(char.lower() for char in bare)


def _cleaned(char: str) -> str:
    if char in "\t\n\r":
        return " "
    if char == "\ufffd" or unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs"):
        return ""
    if char.isspace():
        return " "
    return f" {char} " if _is_chinese(ord(char)) else char


def _is_chinese(code: int) -> bool:
    """Chinese characters, which are written without space; Japanese kana and Korean are not among them."""
    return code >= 0x3400 and any(low <= code <= high for low, high in _CHINESE)


@lru_cache(maxsize=4096)
def _is_mark(char: str) -> bool:
    """Punctuation as BERT sees it: Unicode's, and every ASCII sign that is no letter, digit or space."""
    return (char.isascii() and char.isprintable() and not char.isalnum() and char != " ") or (
        unicodedata.category(char)[0] == "P"
    )


def bert_words(text: str) -> list[str]:
    """Cut cleaned text at space, and every punctuation mark into a word of its own.

    Example:
        >>> bert_words("don't panic!")
        ['don', "'", 't', 'panic', '!']
    """
    return "".join(f" {char} " if _is_mark(char) else char for char in text).split()
