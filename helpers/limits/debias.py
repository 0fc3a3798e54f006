"""Taking one direction out of word vectors, and what is left of what it stood for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from helpers.vectors import WordVectors

# Pairs that differ in gender by definition: Bolukbasi et al. (2016), "Identifying the gender subspace".
PAIRS = (("she", "he"), ("her", "his"), ("woman", "man"), ("mary", "john"), ("herself", "himself"),
         ("daughter", "son"), ("mother", "father"), ("gal", "guy"), ("girl", "boy"), ("female", "male"))  # fmt: skip

# Left out of what may lean: words with a gender by definition, and others close to it, of the body, the church or the
# stage. A list of ours, made for this lesson.
BY_DEFINITION = frozenset("""
he him his himself she her hers herself man men woman women boy boys girl girls male males female females father
fathers mother mothers son sons daughter daughters brother brothers sister sisters uncle uncles aunt aunts nephew
nephews niece nieces husband husbands wife wives widow widows widower bride brides groom grooms bridegroom
grandfather grandmother grandson granddaughter grandmothers grandfathers stepfather stepmother stepson stepdaughter
godfather godmother dad daddy mom mommy mum mama papa king kings queen queens prince princes princess princesses duke
dukes duchess emperor empress lord lords lady ladies gentleman gentlemen sir madam actor actors actress actresses
waiter waitress hero heroes heroine host hostess steward stewardess heir heiress priest priests priestess monk monks
nun nuns bishop bishops pope popes abbot abbots convent monastery businessman businessmen businesswoman chairman
chairmen chairwoman congressman congressmen congresswoman spokesman spokesmen spokeswoman policeman policemen
policewoman fireman firemen cameraman salesman salesmen sportsman fisherman fishermen guy guys gal gals lad lads
bachelor bachelors spinster masculine feminine masculinity femininity motherhood fatherhood maternity maternal
paternal paternity pregnant pregnancy pregnancies womb uterus ovarian ovaries prostate penis testicular vagina vaginal
breast breasts menopause menstruation menstrual childbirth midwife midwives beard beards bearded mustache moustache
lesbian lesbians gay feminist feminists feminism goddess goddesses god gods witch witches wizard wizards
stallion mare bull bulls cow cows hen hens rooster colt filly ballerina ballerinas diva divas soprano sopranos
tenor tenors baritone patriarch matriarch patriarchal sorority fraternity fraternities sperm semen
""".split())


def unit_rows(vectors: WordVectors, words: Sequence[str]) -> np.ndarray:
    """The words' vectors at length 1, (N, D); `vectors.unit` would copy all of them."""
    rows = np.array([vectors[word] for word in words], dtype=float)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def gender_direction(vectors: WordVectors, pairs: Sequence[tuple[str, str]] = PAIRS) -> np.ndarray:
    """The direction in which the two words of such pairs differ most: a unit vector (D,), from he to she.

    It is the first principal component of the pairs, each seen from its own middle. Pairs of which a word has no vector
    are left out.

    Raises:
        ValueError: no pair is left.

    Source: Bolukbasi et al. (2016), section "Identifying the gender subspace".
    """
    known = [pair for pair in pairs if all(word in vectors for word in pair)]
    if not known:
        raise ValueError("Expected at least one pair of words that both have vectors.")
    rows = unit_rows(vectors, [word for pair in known for word in pair]).reshape(len(known), 2, -1)  # (P, 2, D)
    centred = (rows - rows.mean(axis=1, keepdims=True)).reshape(-1, rows.shape[-1])
    direction = np.linalg.svd(centred, full_matrices=False)[2][0]
    return direction * np.sign((rows[:, 0] - rows[:, 1]).mean(axis=0) @ direction)


def without_direction(rows: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Rows (N, D) at length 1, without their part along a unit vector (D,), at length 1 again ("neutralise")."""
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    rows = rows - (rows @ direction)[:, None] * direction
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def written_small(texts: Iterable[str], *, at_least: int = 3) -> list[str]:
    """Words of letters that these texts mostly write in lower case: names drop out. The most frequent first."""
    import re

    seen: Counter[str] = Counter()
    for text in texts:
        seen.update(re.findall(r"[A-Za-z]+", text))
    small = {word: count for word, count in seen.items() if word.islower() and len(word) > 2 and count >= at_least}
    return sorted((word for word, count in small.items() if count > 3 * seen[word.capitalize()]),
                  key=lambda word: -small[word])  # fmt: skip


def leaning(vectors: WordVectors, words: Iterable[str], direction: np.ndarray, n: int) -> tuple[list[str], list[str]]:
    """Of some words, without those of `BY_DEFINITION`, the n that lean most to she and the n that lean most to he.

    Returns:
        Two lists, the strongest first.

    Raises:
        ValueError: there are fewer than 2 n words with vectors.
    """
    words = [word for word in dict.fromkeys(words) if word in vectors and word not in BY_DEFINITION]
    if len(words) < 2 * n:
        raise ValueError(f"Expected at least {2 * n} words with vectors, got {len(words)}.")
    order = np.argsort(unit_rows(vectors, words) @ direction)
    return [words[row] for row in order[::-1][:n]], [words[row] for row in order[:n]]


def cluster_accuracy(first: np.ndarray, second: np.ndarray, *, seed: int = 0) -> float:
    """How well two clusters, found without labels, agree with two lists: from 0.5, not at all, to 1.

    Args:
        first, second: vectors (N, D) and (M, D).

    Source: Gonen and Goldberg (2019), the experiments.
    """
    from sklearn.cluster import KMeans

    labels = np.array([0] * len(first) + [1] * len(second))
    found = KMeans(2, n_init=10, random_state=seed).fit_predict(np.concatenate([first, second]))
    share = float(np.mean(found == labels))
    return max(share, 1 - share)


def recovered(first: np.ndarray, second: np.ndarray, *, seed: int = 0, make: Callable | None = None) -> float:
    """How often a classifier that saw half of two lists tells for the other half which list a word is from.

    Args:
        first, second: vectors (N, D) and (M, D). seed: of the split into halves.
        make: from nothing to a scikit-learn classifier; support vectors with a radial kernel if None.

    Source: Gonen and Goldberg (2019), the experiments.
    """
    from sklearn.svm import SVC

    rows = np.concatenate([first, second])
    labels = np.array([0] * len(first) + [1] * len(second))
    order = np.random.default_rng(seed).permutation(len(rows))
    learn, judge = order[: len(rows) // 2], order[len(rows) // 2 :]
    model = (make or SVC)().fit(rows[learn], labels[learn])
    return float(np.mean(model.predict(rows[judge]) == labels[judge]))
