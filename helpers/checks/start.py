"""Lesson 00: one trivial exercise, to learn how exercises work."""

from __future__ import annotations

from helpers.checks.answers import Word
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake


def _most_likely(probabilities: dict[str, float]) -> str:
    """Return the word with the highest probability; on a tie, the one that comes first."""
    return max(probabilities, key=probabilities.get)


def _beats_the_one_before(probabilities):
    best, last = None, 0
    for word, probability in probabilities.items():
        best, last = word if probability > last else best, probability
    return best


CASES = (
    Case(({"mat": 0.7, "sofa": 0.3},), "two words, the likely one first"),
    Case(({"a": 0.2, "the": 0.5, "in": 0.3},), "three words, the likely one in the middle"),
    Case(({"so": 0.1, "moon": 0.1, "sun": 0.8},), "three words, the likely one last"),
    Case(({"rain": 0.2, "tea": 0.4, "milk": 0.4},), "a tie between the second word and the third"),
    Case(({"a": 0.5, "b": 0.1, "c": 0.4},), "a word that beats the one before it, and not the best"),
    Case(({"milk": 0.4, "tea": 0.4, "rain": 0.2},), "a tie between the first word and the second"),
    Case(({"to": 0.6, "through": 0.4},), "a likely word that is short and late in the alphabet"),
)

MISTAKES = (
    Mistake(
        "least-likely",
        "That is the least likely word. Sort the other way round, or take max in place of min.",
        (
            lambda probabilities: min(probabilities, key=probabilities.get),
            lambda probabilities: min(reversed(probabilities), key=probabilities.get),
        ),
    ),
    Mistake(
        "tie-last",
        "Nearly: on a tie yours returns the last of the equal words, and the first is wanted. `>=` or "
        "sorting in ascending order can do that.",
        (lambda probabilities: max(reversed(probabilities), key=probabilities.get),),
    ),
    Mistake(
        "tie-by-alphabet",
        "Nearly: on a tie yours goes by the alphabet, as pairs and tuples do where their numbers are equal. The word "
        "that comes first in the dict is wanted: compare the probabilities alone.",
        (
            lambda probabilities: max((p, word) for word, p in probabilities.items())[1],
            lambda probabilities: min((-p, word) for word, p in probabilities.items())[1],
        ),
    ),
    Mistake(
        "compares-with-previous",
        "Each word was compared with the one before it. Compare it with the best so far: what is remembered changes "
        "only inside the `if`.",
        (_beats_the_one_before,),
    ),
    Mistake(
        "alphabetical",
        "That is the word that comes last in the alphabet: `max` of a dict compares its keys. Tell it to "
        "compare probabilities, with `key=`.",
        (lambda probabilities: max(probabilities), lambda probabilities: sorted(probabilities)[-1]),
    ),
    Mistake(
        "returns-probability",
        "That is the highest probability itself. Return the word that has it.",
        (lambda probabilities: max(probabilities.values()),),
    ),
    Mistake(
        "returns-pair",
        "That is the word together with its probability. Return the word alone.",
        (
            lambda probabilities: max(probabilities.items(), key=lambda pair: pair[1]),
            lambda probabilities: max((p, word) for word, p in probabilities.items()),
        ),
    ),
    Mistake(
        "returns-list",
        "That is a list. Return one word, a str.",
        (
            lambda probabilities: sorted(probabilities, key=probabilities.get, reverse=True),
            lambda probabilities: [max(probabilities, key=probabilities.get)],
        ),
    ),
    Mistake(
        "first-word",
        "That is always the first word, whatever its probability. Compare all of them.",
        (lambda probabilities: next(iter(probabilities)),),
    ),
    Mistake(
        "last-word",
        "That is always the last word, whatever its probability. Compare all of them.",
        (lambda probabilities: list(probabilities)[-1],),
    ),
    Mistake(
        "longest-word",
        "That is the longest word: its letters were counted, not its probability.",
        (lambda probabilities: max(probabilities, key=len),),
    ),
)

__all__ = ["most_likely"]

most_likely = Check(
    Exercise(
        name="start.most_likely",
        title="The most likely word",
        difficulty="easy",
        minutes=2,
        arguments=("probabilities",),
        reference=_most_likely,
        answer=Word("one word of the dict (str)"),
        cases=CASES,
        mistakes=MISTAKES,
        hints=(
            "`probabilities.items()` gives pairs of a word and its probability. Go through them and "
            "remember the best so far; only a higher probability replaces it.",
            "In one line: `max(probabilities, key=…)` compares the words by what `key` says of each. "
            "`probabilities.get` says a word's probability.",
        ),
    )
)
