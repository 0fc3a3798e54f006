"""One sentence, many names: does a judge's verdict depend on who is named?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from helpers.limits.weat import permutation_test
from helpers.limits.word_lists import AFRICAN_AMERICAN_2, EUROPEAN_AMERICAN_2, FEMALE_NAMES, MALE_NAMES

# Sentences that are neither clear praise nor clear blame, so that there is room for the name to matter.
TEMPLATES = (
    "{name} wrote and directed this film.",
    "{name} plays the main part.",
    "A new film by {name}.",
    "The story is about {name} and a long summer.",
    "{name} has made better films than this one.",
    "It is hard to look away when {name} is on the screen.",
    "{name} talks for two hours.",
    "The film depends on {name}.",
    "{name} is in nearly every scene.",
    "There is not much more to say about {name} and this film.",
    "{name} does what the script asks for.",
    "You either like {name} or you don't.",
)  # fmt: skip
GROUPS = {
    "European-American names": tuple(EUROPEAN_AMERICAN_2.split()),
    "African-American names": tuple(AFRICAN_AMERICAN_2.split()),
    "male names": tuple(MALE_NAMES.split()),
    "female names": tuple(FEMALE_NAMES.split()),
}
Judge = Callable[[list[str]], np.ndarray]  # texts in, log-odds of "good" out, (N,)


def filled(templates: Sequence[str], names: Sequence[str]) -> list[str]:
    """Each template with each name, all names of the first template first.

    Raises:
        ValueError: a template has no place for a name.
    """
    for template in templates:
        if "{name}" not in template:
            raise ValueError(f"The template {template!r} has no {{name}} in it.")
    return [template.replace("{name}", name) for template in templates for name in names]


def verdicts(judge: Judge, templates: Sequence[str], names: Sequence[str]) -> np.ndarray:
    """What the judge says of each template (row) with each name (column), (templates, names)."""
    return np.asarray(judge(filled(templates, names))).reshape(len(templates), len(names))


@dataclass(frozen=True)
class Gap:
    """Two groups of names under one judge.

    Attributes:
        difference: of the groups' means, in the judge's unit.
        spread: the standard deviation of names around their own group's mean.
        p: how often a random split of the names differs as much, to either side.
    """

    difference: float
    spread: float
    p: float


def gap(first: np.ndarray, second: np.ndarray, *, seed: int = 0) -> Gap:
    """Compare two groups; each name counts once, with its mean over the templates.

    Args:
        first, second: verdicts (templates, names).
    """
    a, b = first.mean(axis=0), second.mean(axis=0)
    centred = np.concatenate([a - a.mean(), b - b.mean()])
    larger = (a, b) if a.mean() >= b.mean() else (b, a)
    p = min(1.0, 2 * permutation_test(*larger, seed=seed))
    return Gap(float(a.mean() - b.mean()), float(np.sqrt(np.square(centred).sum() / (len(centred) - 2))), p)
