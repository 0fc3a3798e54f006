"""The exercise on analogies and its known wrong answers.

Right is who finds the word that the reference finds, and the cases are such that the common right ways agree:
inputs of length 1 as in Mikolov's papers and in gensim, inputs as they are, 3CosMul (Levy and Goldberg 2014).
"""

from __future__ import annotations

import numpy as np

from helpers import vectors
from helpers.checks.answers import Word
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom


def _answer(target, score=None, hidden="abc", last=False):
    """A way to answer: what the target is, how candidates are scored, which given words are barred."""
    score = score or (lambda space, target: space.unit @ target)

    def find(space, a, b, c):
        unit = {name: space.unit[space.index[word]] for name, word in zip("abc", (a, b, c), strict=True)}
        scores = score(space, target(**unit))
        for name, word in zip("abc", (a, b, c), strict=True):
            if name in hidden:
                scores[space.index[word]] = np.inf if last else -np.inf
        return space.words[int(scores.argmin() if last else scores.argmax())]

    return find


def _offset(a, b, c):
    return b - a + c


def _distance(space, target):
    return -np.linalg.norm(space.matrix - target, axis=1)


MISTAKES = (
    Mistake(
        "keeps-given-words",
        "The answer may not be one of the three given words, and the nearest word often is. Leave them out "
        "before you take the best.",
        (_answer(_offset, hidden=""),),
    ),
    Mistake(
        "excludes-some",
        "One or two of the given words are left out, but not all three. Leave out `a`, `b` and `c`.",
        tuple(_answer(_offset, hidden=some) for some in ("a", "b", "c", "ab", "ac", "bc")),
    ),
    Mistake(
        "swapped-difference",
        "You went the way back: a - b. From `a` to `b` is b - a, and the same step from `c` is b - a + c.",
        (_answer(lambda a, b, c: a - b + c),),
    ),
    Mistake(
        "wrong-word-subtracted",
        "You subtracted `c`. The step goes from `a` to `b`, and is then taken from `c`: b - a + c.",
        (_answer(lambda a, b, c: a + b - c),),
    ),
    Mistake(
        "adds-all",
        "All three vectors are added. The first has to be subtracted: b - a + c.",
        (_answer(lambda a, b, c: a + b + c),),
    ),
    Mistake(
        "forgets-a",
        "You looked near b + c; `a` is missing. Take it off: b - a + c.",
        (_answer(lambda a, b, c: b + c),),
    ),
    Mistake(
        "forgets-c",
        "You looked near b - a, which is only the step. Take it from `c`: b - a + c.",
        (_answer(lambda a, b, c: b - a),),
    ),
    Mistake(
        "neighbour-only",
        "That is the nearest neighbour of one of the given words. All three belong into the target: b - a + c.",
        (_answer(lambda a, b, c: c), _answer(lambda a, b, c: b)),
    ),
    Mistake(
        "dot-product",
        "You compared by dot product, so long vectors win by size. Compare by cosine: `word_vectors.unit` has "
        "every word at length 1.",
        (
            _answer(_offset, lambda space, target: space.matrix @ target),
            lambda space, a, b, c: _answer(
                lambda **_: space[b] - space[a] + space[c], lambda space, target: space.matrix @ target
            )(space, a, b, c),
        ),
    ),
    Mistake(
        "euclidean",
        "You took the word whose vector's tip is nearest. Lengths say how frequent a word is rather than "
        "what it means, so compare directions: cosine.",
        (
            _answer(_offset, _distance),
            lambda space, a, b, c: _answer(lambda **_: space[b] - space[a] + space[c], _distance)(space, a, b, c),
        ),
    ),
    Mistake(
        "worst-first",
        "That is the word farthest away. Sort the other way round, or take argmax in place of argmin.",
        (_answer(_offset, last=True), _answer(_offset, hidden="", last=True)),
    ),
)


ROYAL = vectors.WordVectors(
    ["man", "woman", "king", "queen", "boy", "bread"],
    np.array([[3, 1, 0], [3, -1, 0], [2, 1, 2], [2, -1, 2], [4, 1.5, -1], [-2, 0, 1]], dtype=float),
)


def _made_up() -> vectors.WordVectors:
    """Eight words that mean nothing, with random vectors of different lengths."""
    dice = np.random.default_rng(18)
    matrix = np.round(dice.normal(size=(8, 3)) * dice.choice([1, 1, 1, 2, 3], size=(8, 1)), 1)
    return vectors.WordVectors(["wug", "dax", "blick", "fep", "gorp", "zib", "toma", "lum"], matrix)


def _asked(space: vectors.WordVectors, a: str, b: str, c: str) -> Case:
    assert len(space.unit)  # made now, or a function that writes into it would seem to change nothing
    return Case((space, a, b, c), f"{a} is to {b} as {c} is to what")


MADE_UP = _made_up()

analogy = Check(
    Exercise(
        name="vectors.analogy",
        title="The analogy",
        difficulty="medium",
        minutes=10,
        arguments=("word_vectors", "a", "b", "c"),
        reference=vectors.analogy,
        answer=Word("a word, or a list of pairs (word, score) with the best first", pairs=True),
        cases=(
            _asked(ROYAL, "man", "king", "woman"),
            _asked(ROYAL, "king", "man", "queen"),
            _asked(ROYAL, "woman", "queen", "man"),
            _asked(MADE_UP, "toma", "fep", "gorp"),
            _asked(MADE_UP, "blick", "zib", "lum"),
            _asked(MADE_UP, "blick", "dax", "gorp"),
            _asked(MADE_UP, "lum", "zib", "toma"),
            _asked(MADE_UP, "fep", "zib", "wug"),
            _asked(MADE_UP, "dax", "lum", "zib"),
            _asked(MADE_UP, "wug", "zib", "gorp"),
            _asked(MADE_UP, "lum", "zib", "dax"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "given-word",
                "That is one of the three given words. They are near their own sum, so leave them out.",
                lambda args, value: value in args[1:],
            ),
            Symptom(
                "unknown-word",
                "That is not one of the words of `word_vectors`.",
                lambda args, value: value not in args[0],
            ),
        ),
        hints=(
            "`word_vectors.unit[word_vectors.index[word]]` is a word's vector at length 1. The target is the step "
            "from `a` to `b`, taken from `c`. `word_vectors.unit @ target` scores every word at once, (V,).",
            "With `scores = word_vectors.unit @ (b - a + c)`, set the scores of the three given words to "
            "`-np.inf`, and return `word_vectors.words[scores.argmax()]`.",
        ),
    )
)
