"""How good are word vectors? They are compared with people's rankings and asked analogy questions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from helpers.vectors.space import WordVectors


@dataclass(frozen=True)
class PairScores:
    """Agreement with people on pairs of words.

    Attributes:
        spearman, pearson: correlation of cosines with people's ratings, -1 to 1; NaN for fewer than two pairs.
        pairs: how many pairs were compared; missing: the share of all pairs left out, a word being unknown.
    """

    spearman: float
    pearson: float
    pairs: int
    missing: float


@dataclass(frozen=True)
class AnalogyScores:
    """Answers to analogy questions a : b = c : d, a section or all together.

    Attributes:
        asked: questions whose four words are known; correct: answered with d.
        gave_b, gave_c: answered with the second or the third word of the question itself.
    """

    asked: int
    correct: int
    gave_b: int = 0
    gave_c: int = 0

    @property
    def accuracy(self) -> float:
        """The share of correct answers among those asked; NaN if none was."""
        return self.correct / self.asked if self.asked else float("nan")

    def __add__(self, other: "AnalogyScores") -> "AnalogyScores":
        return AnalogyScores(self.asked + other.asked, self.correct + other.correct, self.gave_b + other.gave_b,
                             self.gave_c + other.gave_c)  # fmt: skip


def ranks(values: Iterable[float]) -> np.ndarray:
    """The rank of each value, 1 for the smallest; equal values share the mean of their ranks, (N,)."""
    _, place, count = np.unique(np.asarray(list(values)), return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[place]


def evaluate_pairs(vectors: WordVectors, pairs: Iterable[tuple[str, str, float]]) -> PairScores:
    """Compare cosines with people's ratings of word pairs, as gensim's `evaluate_word_pairs` does.

    Args:
        vectors: word vectors, words in lower case.
        pairs: first word, second word, rating; pairs with an unknown word are left out, not guessed.

    Returns:
        Correlations, number of pairs compared, share left out.
    """
    pairs = list(pairs)
    known = [(a.lower(), b.lower(), rating) for a, b, rating in pairs
             if a.lower() in vectors and b.lower() in vectors]  # fmt: skip
    missing = 1 - len(known) / len(pairs) if pairs else 0.0
    if len(known) < 2:
        return PairScores(float("nan"), float("nan"), len(known), missing)
    first, second = (vectors.unit[[vectors.index[pair[side]] for pair in known]] for side in (0, 1))  # (N, D)
    cosines = np.einsum("nd,nd->n", first, second, dtype=np.float64)
    ratings = np.array([rating for _, _, rating in known], dtype=float)
    pearson = np.corrcoef(cosines, ratings)[0, 1]
    spearman = np.corrcoef(ranks(cosines), ranks(ratings))[0, 1]
    return PairScores(float(spearman), float(pearson), len(known), missing)


def evaluate_analogies(vectors: WordVectors, questions: Mapping[str, Iterable[tuple[str, str, str, str]]], *,
                       restrict_vocab: int = 300_000, exclude_given: bool = True,
                       batch: int = 50) -> dict[str, AnalogyScores]:  # fmt: skip
    """Ask analogy questions and count right answers, as gensim's `evaluate_word_analogies` does.

    Args:
        vectors: word vectors, the most frequent word first, words in lower case.
        questions: section -> questions (a, b, c, d); those with a word outside the vocabulary are left out.
        restrict_vocab: only the first so many words are known, in questions and as answers.
        exclude_given: whether a, b and c are barred as answers; the customary test bars them.
        batch: questions answered at once; larger takes more memory.

    Returns:
        Scores for each section, and for all together under "total".

    Source: Mikolov et al. (2013), "Efficient Estimation of Word Representations", section 4.1.
    """
    unit = vectors.unit[:restrict_vocab]
    scores = {}
    for section, rows in questions.items():
        known = [[vectors.index.get(word.lower(), len(unit)) for word in row] for row in rows]
        rows = np.array([row for row in known if max(row) < len(unit)], dtype=int).reshape(-1, 4)
        score = AnalogyScores(0, 0)
        for start in range(0, len(rows), batch):
            score += _answer(unit, rows[start : start + batch], exclude_given)
        scores[section] = score
    scores["total"] = sum(scores.values(), AnalogyScores(0, 0))
    return scores


def _answer(unit: np.ndarray, rows: np.ndarray, exclude_given: bool) -> AnalogyScores:
    """Answer a batch of questions, rows (N, 4) of word numbers, by the cosine with b - a + c."""
    a, b, c, expected = rows.T  # (N,) each
    cosines = (unit[b] - unit[a] + unit[c]) @ unit.T  # (N, V), up to a factor that does not change the order
    if exclude_given:
        np.put_along_axis(cosines, rows[:, :3], -np.inf, axis=1)
    given = cosines.argmax(axis=1)
    # "b" and "c" are named only where they are not the expected word
    wrong = given != expected
    return AnalogyScores(len(rows), int((~wrong).sum()), int((wrong & (given == b)).sum()),
                         int((wrong & (given == c) & (given != b)).sum()))  # fmt: skip
