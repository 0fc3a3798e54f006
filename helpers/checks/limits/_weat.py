"""The exercise on WEAT's effect size and its known wrong answers."""

from __future__ import annotations

import numpy as np

from helpers.checks.answers import Number
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake
from helpers.limits.weat import associations
from helpers.limits.weat import effect_size as reference


def _unit(rows):
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def _both(x, y, a, b):
    return associations(x, a, b), associations(y, a, b)


def _difference(of_x, of_y):
    return of_x.mean() - of_y.mean()


def _divided(of_x, of_y):
    return _difference(of_x, of_y) / np.concatenate([of_x, of_y]).std(ddof=1)


def _dots(x, y, a, b):
    return [(rows @ a.T).mean(1) - (rows @ b.T).mean(1) for rows in (x, y)]


def _centroids(x, y, a, b, inner=lambda rows: rows):
    to_a, to_b = (_unit(inner(rows).mean(0)) for rows in (a, b))
    return [_unit(rows) @ to_a - _unit(rows) @ to_b for rows in (x, y)]


def _pooled(of_x, of_y):
    n, m = len(of_x), len(of_y)
    return np.sqrt(((n - 1) * of_x.var(ddof=1) + (m - 1) * of_y.var(ddof=1)) / (n + m - 2))


def _distances(x, y, a, b):
    def mean(rows, others):
        return np.linalg.norm(rows[:, None] - others, axis=-1).mean(1)

    return [mean(rows, b) - mean(rows, a) for rows in (x, y)]


MISTAKES = (
    Mistake(
        "dot-products",
        "Those are dot products, which grow with the vectors' lengths. Divide each vector by its length: cosines.",
        (
            lambda x, y, a, b: _divided(*_dots(x, y, a, b)),
            lambda x, y, a, b: _divided(*_dots(_unit(x), _unit(y), a, b)),
            lambda x, y, a, b: _divided(*_dots(x, y, _unit(a), _unit(b))),
        ),
    ),
    Mistake(
        "population-deviation",
        "You divide the squares by n. The paper's figures come out with n - 1: `std(ddof=1)`.",
        (lambda x, y, a, b: _difference(*_both(x, y, a, b)) / np.concatenate(_both(x, y, a, b)).std(),),
    ),
    Mistake(
        "deviation-within-lists",
        "You take the deviation within each list and pool the two, as Cohen's d does. WEAT puts all target words into "
        "one list and takes the deviation around their common mean.",
        (
            lambda x, y, a, b: _difference(*_both(x, y, a, b)) / _pooled(*_both(x, y, a, b)),
            lambda x, y, a, b: _difference(*_both(x, y, a, b)) / np.mean([s.std(ddof=1) for s in _both(x, y, a, b)]),
            lambda x, y, a, b: _difference(*_both(x, y, a, b)) / np.mean([s.std() for s in _both(x, y, a, b)]),
            lambda x, y, a, b: _difference(*_both(x, y, a, b))
            / np.sqrt(np.mean([s.var(ddof=1) for s in _both(x, y, a, b)])),
            lambda x, y, a, b: _difference(*_both(x, y, a, b)) / np.sqrt(np.mean([s.var() for s in _both(x, y, a, b)])),
        ),
    ),
    Mistake(
        "deviation-of-one-list",
        "You divide by the deviation of one list. Take that of all target words, x and y together.",
        (
            lambda x, y, a, b: _difference(*_both(x, y, a, b)) / associations(x, a, b).std(ddof=1),
            lambda x, y, a, b: _difference(*_both(x, y, a, b)) / associations(y, a, b).std(ddof=1),
            lambda x, y, a, b: _difference(*_both(x, y, a, b)) / associations(x, a, b).std(),
            lambda x, y, a, b: _difference(*_both(x, y, a, b)) / associations(y, a, b).std(),
        ),
    ),
    Mistake(
        "variance",
        "You divide by the variance. Its square root is the standard deviation.",
        (
            lambda x, y, a, b: _difference(*_both(x, y, a, b)) / np.concatenate(_both(x, y, a, b)).var(ddof=1),
            lambda x, y, a, b: _difference(*_both(x, y, a, b)) / np.concatenate(_both(x, y, a, b)).var(),
        ),
    ),
    Mistake(
        "not-divided",
        "That is the difference of the two means. Divide it by the standard deviation over all target words.",
        (lambda x, y, a, b: _difference(*_both(x, y, a, b)),),
    ),
    Mistake(
        "sums",
        "You add up the associations of each list. That is the test's statistic; the effect size takes the means.",
        (
            lambda x, y, a, b: np.subtract(*[s.sum() for s in _both(x, y, a, b)]),
            lambda x, y, a, b: np.subtract(*[s.sum() for s in _both(x, y, a, b)])
            / np.concatenate(_both(x, y, a, b)).std(ddof=1),
        ),
    ),
    Mistake(
        "centroids",
        "You take one cosine with the mean of the attributes' vectors. Take the cosine with each attribute word, then "
        "their mean: the two differ, because a mean vector is shorter the less its words agree.",
        (
            lambda x, y, a, b: _divided(*_centroids(x, y, a, b)),
            lambda x, y, a, b: _divided(*_centroids(x, y, a, b, _unit)),
        ),
    ),
    Mistake(
        "wrong-sign",
        "The sign is the other way round: above zero means that x leans towards a.",
        (lambda x, y, a, b: -reference(x, y, a, b),),
    ),
    Mistake(
        "absolute",
        "The sign is lost. Below zero means that y leans towards a.",
        (lambda x, y, a, b: abs(reference(x, y, a, b)),),
    ),
    Mistake(
        "one-attribute",
        "You compare with the attributes of one list alone. A word's association is its mean cosine with a *minus* "
        "that with b.",
        (
            lambda x, y, a, b: _divided(*[(_unit(rows) @ _unit(a).T).mean(1) for rows in (x, y)]),
            lambda x, y, a, b: _divided(*[(_unit(rows) @ _unit(b).T).mean(1) for rows in (x, y)]),
        ),
    ),
    Mistake(
        "one-list",
        "Only one list of target words has entered the numerator. It is the mean of x minus the mean of y.",
        (
            lambda x, y, a, b: associations(x, a, b).mean() / np.concatenate(_both(x, y, a, b)).std(ddof=1),
            lambda x, y, a, b: associations(x, a, b).mean() - associations(y, a, b).mean() / np.concatenate(
                _both(x, y, a, b)).std(ddof=1),
        ),
    ),
    Mistake(
        "distances",
        "Those are distances. The test compares directions: cosines.",
        (lambda x, y, a, b: _divided(*_distances(x, y, a, b)),),
    ),
    Mistake(
        "deviation-of-cosines",
        "You take the deviation of all single cosines. Take that of the associations: one number a target word.",
        (
            lambda x, y, a, b: _difference(*_both(x, y, a, b))
            / (_unit(np.concatenate([x, y])) @ _unit(np.concatenate([a, b])).T).std(ddof=1),
            lambda x, y, a, b: _difference(*_both(x, y, a, b))
            / (_unit(np.concatenate([x, y])) @ _unit(np.concatenate([a, b])).T).std(),
        ),
    ),
)  # fmt: skip


def _case(n: int, m: int, k: int, j: int, d: int, about: str) -> Case:
    draw = np.random.default_rng(1000 * n + 100 * m + 10 * k + j + d)
    lists = [draw.normal(size=(size, d)) * draw.uniform(0.5, 3, (size, 1)) for size in (n, m, k, j)]
    return Case(tuple(rows.round(3) for rows in lists), about)


effect_size = Check(
    Exercise(
        name="limits.effect_size",
        title="WEAT's effect size",
        difficulty="medium",
        minutes=8,
        arguments=("x", "y", "a", "b"),
        reference=reference,
        answer=Number(),
        cases=(
            _case(2, 2, 1, 1, 2, "two words in each list, one attribute on each side, two numbers a word"),
            _case(2, 2, 2, 2, 3, "two words in each list, two attributes on each side"),
            _case(3, 3, 2, 2, 3, "three words in each list, two attributes on each side"),
            _case(2, 4, 3, 2, 4, "lists of two and four words, three and two attributes"),
            _case(5, 3, 2, 4, 6, "lists of five and three words, two and four attributes"),
            _case(8, 8, 8, 8, 50, "eight words in each list, eight attributes on each side, 50 numbers a word"),
        ),
        mistakes=MISTAKES,
        hints=(
            "First a function that gives one number for each row of a list: its mean cosine with the rows of `a`, "
            "minus that with the rows of `b`. Rows of length 1 make `words @ a.T` a table of cosines.",
            "`of_x` and `of_y` are those numbers for the two lists. Then `of_x.mean() - of_y.mean()`, divided by "
            "`np.concatenate([of_x, of_y]).std(ddof=1)`.",
        ),
    )
)
