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
        pairs: how many pairs were compared; missing: the share of all pairs that have an unknown word.
    """

    spearman: float
    pearson: float
    pairs: int
    missing: float


@dataclass(frozen=True)
class AnalogyScores:
    """Answers to analogy questions a : b = c : d, a section or all together.

    Attributes:
        asked: questions that count, by default those whose four words are known; correct: answered with d.
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


def evaluate_pairs(vectors: WordVectors, pairs: Iterable[tuple[str, str, float]], *,
                   restrict_vocab: int = 300_000, zero_for_unknown: bool = False) -> PairScores:  # fmt: skip
    """Compare cosines with people's ratings of word pairs, as gensim's `evaluate_word_pairs` does.

    Args:
        vectors: word vectors, the most frequent word first. Capitals make no difference: of "Paris" and "paris" the
            first counts.
        pairs: first word, second word, rating.
        restrict_vocab: only the first so many words are known.
        zero_for_unknown: pairs with an unknown word get cosine 0; otherwise they are left out.

    Returns:
        Correlations, number of pairs compared, share with an unknown word.
    """
    first, _ = vectors.folded
    known, unknown = [], []
    for a, b, rating in pairs:
        row = first.get(a.upper(), restrict_vocab), first.get(b.upper(), restrict_vocab)
        (known if max(row) < restrict_vocab else unknown).append((*row, float(rating)))
    a, b = (vectors.unit[[pair[side] for pair in known]] for side in (0, 1))  # (N, D)
    cosines = np.einsum("nd,nd->n", a, b, dtype=np.float64)
    ratings = np.array([rating for *_, rating in known])
    missing = len(unknown) / max(len(known) + len(unknown), 1)
    if zero_for_unknown:
        cosines = np.concatenate([cosines, np.zeros(len(unknown))])
        ratings = np.concatenate([ratings, [rating for *_, rating in unknown]])
    if len(cosines) < 2:
        return PairScores(float("nan"), float("nan"), len(cosines), missing)
    pearson = np.corrcoef(cosines, ratings)[0, 1]
    spearman = np.corrcoef(ranks(cosines), ranks(ratings))[0, 1]
    return PairScores(float(spearman), float(pearson), len(cosines), missing)


def evaluate_analogies(vectors: WordVectors, questions: Mapping[str, Iterable[tuple[str, str, str, str]]], *,
                       restrict_vocab: int = 300_000, exclude_given: bool = True, wrong_if_unknown: bool = False,
                       batch: int = 50) -> dict[str, AnalogyScores]:  # fmt: skip
    """Ask analogy questions and count right answers, as gensim's `evaluate_word_analogies` does.

    Args:
        vectors: word vectors, the most frequent word first. Capitals make no difference: of "Paris" and "paris" the
            first is asked about, both are right.
        questions: section -> questions (a, b, c, d).
        restrict_vocab: only the first so many words are known, in questions and as answers.
        exclude_given: whether a, b and c are barred as answers; the customary test bars them.
        wrong_if_unknown: count questions with an unknown word as wrong answers; otherwise they are left out.
        batch: questions answered at once; larger takes more memory.

    Returns:
        Scores for each section, and for all together under "total".

    Source: Mikolov et al. (2013), "Efficient Estimation of Word Representations", section 4.1.
    """
    first, same = vectors.folded
    unit, same = vectors.unit[:restrict_vocab], same[:restrict_vocab]
    spellings: dict[int, list[int]] = {}  # of words that have more than one: first row -> the others
    for row in np.flatnonzero(same != np.arange(len(same))):
        spellings.setdefault(int(same[row]), []).append(int(row))
    scores = {}
    for section, questions_of_section in questions.items():
        rows = [[first.get(word.upper(), len(unit)) for word in question] for question in questions_of_section]
        known = np.array([row for row in rows if max(row) < len(unit)], dtype=int).reshape(-1, 4)
        score = AnalogyScores(len(rows) - len(known) if wrong_if_unknown else 0, 0)
        for start in range(0, len(known), batch):
            score += _answer(unit, same, spellings, known[start : start + batch], exclude_given)
        scores[section] = score
    scores["total"] = sum(scores.values(), AnalogyScores(0, 0))
    return scores


def _answer(unit: np.ndarray, same: np.ndarray, spellings: dict[int, list[int]], rows: np.ndarray,
            exclude_given: bool) -> AnalogyScores:  # fmt: skip
    """Answer a batch of questions, rows (N, 4) of word numbers, by the cosine with b - a + c."""
    a, b, c, expected = rows.T  # (N,) each
    cosines = (unit[b] - unit[a] + unit[c]) @ unit.T  # (N, V), up to a factor that does not change the order
    if exclude_given:
        np.put_along_axis(cosines, rows[:, :3], -np.inf, axis=1)
        for question, row in enumerate(rows[:, :3].tolist()):
            for word in row:
                cosines[question, spellings.get(word, [])] = -np.inf
    given = same[cosines.argmax(axis=1)]  # (N,)
    given[np.isneginf(cosines.max(axis=1))] = -1  # every word is barred: no answer
    # "b" and "c" are named only where they are not the expected word
    wrong = given != expected
    return AnalogyScores(len(rows), int((~wrong).sum()), int((wrong & (given == b)).sum()),
                         int((wrong & (given == c) & (given != b)).sum()))  # fmt: skip
