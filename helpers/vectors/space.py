"""A vocabulary with one vector a word, and what can be asked of it: cosine, neighbours, analogies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import cached_property

import numpy as np


class UnknownWordError(ValueError, KeyError):
    """A word that the vocabulary does not hold; the message names words that are close to it."""

    def __str__(self) -> str:
        return str(self.args[0])  # KeyError alone would show the message in quotation marks


class WordVectors:
    """Words and their vectors, row by row, the most frequent word first where frequency is known.

    Args:
        words: V different words.
        matrix: their vectors, (V, D); kept as float32.

    Attributes:
        words: list of V words.
        matrix: array (V, D), float32.
        index: dict from a word to its row.
        unit: array (V, D), float32: the same rows at length 1 (a zero row stays zero); made once, at first use.

    Raises:
        ValueError: the matrix has another number of rows than there are words, or a word stands twice.

    Example:
        >>> vectors = WordVectors(["cat", "dog"], [[1.0, 0.0], [3.0, 4.0]])
        >>> vectors["dog"], "cow" in vectors, len(vectors)
        (array([3., 4.], dtype=float32), False, 2)
    """

    def __init__(self, words: Sequence[str], matrix: np.ndarray) -> None:
        self.words = list(words)
        self.matrix = np.ascontiguousarray(matrix, dtype=np.float32)
        self.index = {word: row for row, word in enumerate(self.words)}
        if self.matrix.ndim != 2 or len(self.matrix) != len(self.words):
            raise ValueError(
                f"{len(self.words)} words came with a matrix of shape {self.matrix.shape}; "
                f"expected ({len(self.words)}, D), one row a word."
            )
        if len(self.index) != len(self.words):
            twice = next(word for row, word in enumerate(self.words) if self.index[word] != row)
            raise ValueError(f"The word {twice!r} stands more than once; give every word one row.")

    @cached_property
    def unit(self) -> np.ndarray:
        lengths = np.sqrt(np.einsum("vd,vd->v", self.matrix, self.matrix))  # (V,)
        lengths[lengths == 0] = 1.0
        return self.matrix / lengths[:, None]  # (V, D)

    @cached_property
    def folded(self) -> tuple[dict[str, int], np.ndarray]:
        """Words whose letters differ only in case taken as one: WORD -> its first row, and that for each row, (V,)."""
        first: dict[str, int] = {}
        rows = [first.setdefault(word.upper(), row) for row, word in enumerate(self.words)]
        return first, np.array(rows, dtype=int)

    def row(self, word: str) -> int:
        """Return the row of a word; UnknownWordError (a ValueError and a KeyError) if there is none."""
        try:
            return self.index[word]
        except (KeyError, TypeError):
            raise UnknownWordError(self._unknown(word)) from None

    def _unknown(self, word: object) -> str:
        if not isinstance(word, str):
            return f"Expected a word (str), got {type(word).__name__}."
        if word.lower() in self.index:
            close = [word.lower()]
        else:  # difflib is slow: look among the frequent words that begin alike and are about as long
            near = [w for w in self.words[:30_000] if w[:1] == word[:1].lower() and abs(len(w) - len(word)) < 3]
            close = get_close_matches(word.lower(), near, n=3)
        hint = f" Close to it: {', '.join(close)}." if close else ""
        return f"{word!r} is not among the {len(self):,} words of these vectors.{hint}"

    def __getitem__(self, word: str) -> np.ndarray:
        return self.matrix[self.row(word)]

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and word in self.index

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __len__(self) -> int:
        return len(self.words)

    def __repr__(self) -> str:
        return f"WordVectors({len(self):,} words, {self.matrix.shape[1]} dimensions)"


def cosine(u: np.ndarray, v: np.ndarray) -> float:
    """Return the cosine of the angle between two vectors: 1 same direction, 0 right angle, -1 opposite.

    Args:
        u, v: two vectors of the same length, each (D,).

    Returns:
        A number from -1 to 1; 0.0 if one of them is the zero vector, which has no direction.

    Raises:
        ValueError: the shapes differ, or are not those of vectors.
    """
    u, v = np.asarray(u, dtype=float), np.asarray(v, dtype=float)
    if u.ndim != 1 or u.shape != v.shape:
        raise ValueError(f"Expected two vectors of the same length, got shapes {u.shape} and {v.shape}.")
    length_u, length_v = np.linalg.norm(u), np.linalg.norm(v)
    if length_u == 0 or length_v == 0:
        return 0.0
    return float((u / length_u) @ (v / length_v))


def nearest(
    vectors: WordVectors, word_or_vector: str | np.ndarray, n: int = 10, exclude: Iterable[str] = ()
) -> list[tuple[str, float]]:
    """Return the n words whose vectors have the largest cosine with a word's vector, or with any vector.

    Args:
        vectors: V words in D dimensions.
        word_or_vector: a word (it is never its own neighbour) or a vector (D,).
        n: how many; fewer come back if the vocabulary holds fewer.
        exclude: words that may not be returned; those the vocabulary lacks are no matter.

    Returns:
        Pairs (word, cosine), the nearest first.

    Raises:
        ValueError: an unknown word, a vector that is not (D,), or a negative n.
    """
    hidden = {exclude} if isinstance(exclude, str) else set(exclude)
    if isinstance(word_or_vector, str):
        hidden.add(word_or_vector)
        target = vectors[word_or_vector]
    else:
        target = np.asarray(word_or_vector, dtype=np.float32)
    if target.shape != vectors.matrix.shape[1:]:
        raise ValueError(f"Expected a vector of shape {vectors.matrix.shape[1:]}, got {target.shape}.")
    if n < 0:
        raise ValueError(f"Expected n of 0 or more, got {n}.")

    length = np.linalg.norm(target)
    similarity = vectors.unit @ (target / length if length > 0 else target)  # (V,)
    hidden_rows = [vectors.index[word] for word in hidden if word in vectors]
    similarity[hidden_rows] = -np.inf
    n = min(n, len(vectors) - len(hidden_rows))
    if n == 0:
        return []
    best = np.argpartition(-similarity, n - 1)[:n]  # the n largest, in any order: no need to sort all V
    best = best[np.argsort(-similarity[best])]
    return [(vectors.words[row], float(similarity[row])) for row in best]


def analogy(
    word_vectors: WordVectors, a: str, b: str, c: str, n: int = 1, exclude_given: bool = True
) -> list[tuple[str, float]]:
    """Answer "a is to b as c is to ?" by vector arithmetic: the words nearest to b - a + c.

    Args:
        word_vectors: the words and their vectors.
        a, b, c: three words, such as "man", "king", "woman"; each counts with length 1.
        n: how many answers.
        exclude_given: whether a, b and c are barred from being the answer, as is usual.

    Returns:
        Pairs (word, cosine with b - a + c), the best first.

    Raises:
        ValueError: an unknown word, or a negative n.

    Source: Mikolov, Yih and Zweig (2013), section 4; called 3CosAdd by Levy and Goldberg (2014), section 3.
    """
    unit_a, unit_b, unit_c = word_vectors.unit[[word_vectors.row(word) for word in (a, b, c)]]  # each (D,)
    target = unit_b - unit_a + unit_c
    return nearest(word_vectors, target, n, exclude=(a, b, c) if exclude_given else ())
