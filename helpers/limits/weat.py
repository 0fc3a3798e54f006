"""The word embedding association test: do two lists of words lean towards different attributes?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from helpers.limits.word_lists import TESTS, AssociationTest
from helpers.vectors import WordVectors

EXACT = 20_000  # up to so many ways to split, all are tried


def associations(words: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """For each word: its mean cosine with the attributes a minus that with the attributes b.

    Args:
        words: vectors (N, D). a, b: vectors (M, D) and (K, D); lengths don't matter.

    Returns:
        (N,), from -2 to 2: above 0, the word stands nearer to a.

    Source: Caliskan, Bryson and Narayanan (2017), supplementary material, "Word Embedding Association Test".
    """
    words, a, b = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (words, a, b))
    return (words @ a.T).mean(axis=1) - (words @ b.T).mean(axis=1)


def effect_size(x: np.ndarray, y: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
    """How far apart two lists of words stand between two lists of attributes, in standard deviations.

    Args:
        x, y: vectors of the target words, (N, D) and (M, D). a, b: of the attributes.

    Returns:
        Above 0 if x leans more towards a than y does; nearly 2 at most, for lists of equal length.

    Source: Caliskan, Bryson and Narayanan (2017), supplementary material; with the deviation of a sample (n - 1).
    """
    units = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (x, y, a, b)]
    of_x, of_y = ((rows @ units[2].T).mean(axis=1) - (rows @ units[3].T).mean(axis=1) for rows in units[:2])
    return float((of_x.mean() - of_y.mean()) / np.concatenate([of_x, of_y]).std(ddof=1))


def permutation_test(of_x: np.ndarray, of_y: np.ndarray, *, seed: int = 0, n_samples: int = 10_000) -> float:
    """How often a random split of all the words differs at least as much as x and y do: a one-sided p.

    Args:
        of_x, of_y: the words' associations, (N,) and (M,), or any other number for each of two lists.
        seed, n_samples: of the random splits, where there are too many to try them all.

    Returns:
        A share above 0: all splits of up to `EXACT`, else of the samples with the split itself counted as one.
    """
    every = np.concatenate([of_x, of_y])
    n, total = len(of_x), every.sum()
    enough = every[:n].sum() - 1e-12 * max(abs(total), 1)  # equal sums differ by rounding, in another order
    if comb(len(every), n) <= EXACT:
        sums = np.array([every[list(some)].sum() for some in combinations(range(len(every)), n)])
        return float(np.mean(sums >= enough))
    draw = np.random.default_rng(seed)
    orders = draw.permuted(np.tile(every, (n_samples, 1)), axis=1)  # (samples, N + M)
    return float((1 + np.sum(orders[:, :n].sum(axis=1) >= enough)) / (1 + n_samples))


@dataclass(frozen=True)
class Found:
    """What a test found.

    Attributes:
        effect: the effect size. low, high: between these it lies in nine of ten drawings of as many target words, with
            replacement, from the same lists: so much hangs on which words were chosen.
        p: of the permutation test, one-sided. missing: words without a vector.
    """

    effect: float
    low: float
    high: float
    p: float
    missing: tuple[str, ...]


def rows_of(vectors: WordVectors, words: Iterable[str]) -> np.ndarray:
    """The vectors of those words that have one, (N, D), double precision."""
    return np.array([vectors[word] for word in words if word in vectors], dtype=float)


def testable(vectors: WordVectors) -> list[AssociationTest]:
    """Those of `word_lists.TESTS` of which each list has at least two words with vectors."""
    def known(words: Iterable[str]) -> int:
        return sum(word in vectors for word in words)

    return [test for test in TESTS if min(map(known, (test.x, test.y, test.a, test.b))) >= 2]


def run_test(vectors: WordVectors, test: AssociationTest, *, without: Iterable[str] = ()) -> Found:
    """Take one association test on some vectors.

    Args:
        vectors: of words in lower case.
        test: one of `word_lists.TESTS`. without: target words to leave out.

    Raises:
        ValueError: fewer than two words of a list have vectors.
    """
    lists = [[word for word in words if word not in set(without)] for words in (test.x, test.y)]
    x, y, a, b = (rows_of(vectors, words) for words in (*lists, test.a, test.b))
    if min(map(len, (x, y, a, b))) < 2:
        raise ValueError(f"Expected at least two words of each list; {test.name!r} has too few with vectors.")
    of_x, of_y = associations(x, a, b), associations(y, a, b)
    low, high = np.quantile(_redrawn(of_x, of_y), (0.05, 0.95))
    missing = tuple(word for words in (*lists, test.a, test.b) for word in words if word not in vectors)
    return Found(effect_size(x, y, a, b), float(low), float(high), permutation_test(of_x, of_y), missing)


def _redrawn(of_x: np.ndarray, of_y: np.ndarray, n_draws: int = 1000) -> np.ndarray:
    """Effect sizes for target words drawn again from their own lists, (n_draws,)."""
    draw = np.random.default_rng(0)
    some_x, some_y = (draw.choice(one, (n_draws, len(one))) for one in (of_x, of_y))
    spread = np.concatenate([some_x, some_y], axis=1).std(axis=1, ddof=1)
    return (some_x.mean(axis=1) - some_y.mean(axis=1)) / np.maximum(spread, 1e-12)
