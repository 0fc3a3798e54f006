"""The analogy: right answers in several styles, wrong ones with the reason each must get."""

import math

import numpy as np
import pytest
import torch

from helpers import vectors as vec
from helpers.checks.vectors import analogy


def with_loops(vectors, a, b, c):
    unit = {}
    for word in vectors.words:
        length = math.sqrt(sum(float(x) ** 2 for x in vectors[word]))
        unit[word] = [float(x) / length for x in vectors[word]]
    target = [y - x + z for x, y, z in zip(unit[a], unit[b], unit[c], strict=True)]
    best, highest = None, -math.inf
    for word in vectors.words:
        score = sum(x * y for x, y in zip(unit[word], target, strict=True))
        if word not in (a, b, c) and score > highest:
            best, highest = word, score
    return best


def with_raw_inputs(vectors, a, b, c):
    """The given words at their own length, candidates by cosine: as common as the way of the papers."""
    found = vec.nearest(vectors, vectors[b] - vectors[a] + vectors[c], n=4)
    return [(word, score) for word, score in found if word not in (a, b, c)]


def with_torch(vectors, a, b, c):
    matrix = torch.nn.functional.normalize(torch.tensor(vectors.matrix), dim=1)
    rows = [vectors.index[word] for word in (a, b, c)]
    scores = matrix @ (matrix[rows[1]] - matrix[rows[0]] + matrix[rows[2]])
    scores[rows] = -math.inf
    return vectors.words[scores.argmax()]


def by_sorting(vectors, a, b, c):
    scores = vectors.unit @ (
        vec.WordVectors.unit.func(vectors)[[vectors.row(w) for w in (b, c)]].sum(0)
        - vectors.unit[vectors.row(a)]
    )
    for row in np.argsort(scores)[::-1]:
        if vectors.words[row] not in {a, b, c}:
            return vectors.words[row], float(scores[row])


def by_products(vectors, a, b, c):
    """3CosMul of Levy and Goldberg (2014)."""
    near = (1 + vectors.unit @ vectors.unit.T) / 2
    score = near[vectors.row(b)] * near[vectors.row(c)] / (near[vectors.row(a)] + 0.001)
    return max((w for w in vectors.words if w not in (a, b, c)), key=lambda w: score[vectors.row(w)])


def with_gensim(vectors, a, b, c):
    from gensim.models import KeyedVectors

    keyed = KeyedVectors(vectors.matrix.shape[1])
    keyed.add_vectors(vectors.words, vectors.matrix)
    return keyed.most_similar(positive=[b, c], negative=[a])


@pytest.mark.parametrize(
    "answer",
    [analogy.reference, with_loops, with_raw_inputs, with_torch, by_sorting, by_products, with_gensim],
    ids=lambda f: f.__name__,
)
def test_right(answer):
    assert analogy(answer, seconds=60).status == "right"


def learner(signs=(-1, 1, 1), leave_out="abc", matrix="unit", worst=False):
    """The analogy in a learner's words, with something changed."""

    def answer(vectors, a, b, c):
        words = dict(a=a, b=b, c=c)
        space = getattr(vectors, matrix)
        target = sum(
            sign * vectors.unit[vectors.index[word]] for sign, word in zip(signs, words.values(), strict=True)
        )
        ranked = sorted(vectors.words, key=lambda word: -float(space[vectors.index[word]] @ target))
        barred = [words[name] for name in leave_out]
        ranked = [word for word in ranked if word not in barred]
        return ranked[-1] if worst else ranked[0]

    return answer


def nearest_tip(vectors, a, b, c):
    target = vectors[b] - vectors[a] + vectors[c]
    others = [word for word in vectors.words if word not in (a, b, c)]
    return min(others, key=lambda word: math.dist(vectors[word], target))


def spoils(vectors, a, b, c):
    answer = with_loops(vectors, a, b, c)
    vectors.matrix[vectors.index[a]] = 0
    return answer


def spoils_unit(word_vectors, a, b, c):
    """`unit[row]` is a view: what is done to it in place is done to the words."""
    target = word_vectors.unit[word_vectors.index[b]]
    target -= word_vectors.unit[word_vectors.index[a]]
    target += word_vectors.unit[word_vectors.index[c]]
    scores = word_vectors.unit @ target
    scores[[word_vectors.index[word] for word in (a, b, c)]] = -np.inf
    return word_vectors.words[scores.argmax()]


def removes(vectors, a, b, c):
    answer = with_loops(vectors, a, b, c)
    for word in (a, b, c):
        vectors.words.remove(word)
    return answer


WRONG = [
    ("keeps-given-words", learner(leave_out="")),
    ("keeps-given-words", lambda *args: vec.analogy(*args, n=3, exclude_given=False)),
    ("excludes-some", learner(leave_out="c")),
    ("excludes-some", learner(leave_out="a")),
    ("excludes-some", learner(leave_out="ab")),
    ("excludes-some", learner(leave_out="bc")),
    ("swapped-difference", learner(signs=(1, -1, 1))),
    ("wrong-word-subtracted", learner(signs=(1, 1, -1))),
    ("adds-all", learner(signs=(1, 1, 1))),
    ("forgets-a", learner(signs=(0, 1, 1))),
    ("forgets-c", learner(signs=(-1, 1, 0))),
    ("neighbour-only", learner(signs=(0, 0, 1))),
    ("dot-product", learner(matrix="matrix")),
    ("euclidean", nearest_tip),
    ("worst-first", learner(worst=True)),
    ("changes-input", spoils),
    ("changes-input", spoils_unit),
    ("changes-input", removes),
    ("given-word", lambda vectors, a, b, c: b),
    ("constant", lambda vectors, a, b, c: "queen"),
    ("unknown-word", lambda *args: with_loops(*args).upper()),
    ("wrong-word", lambda vectors, a, b, c: [w for w in vectors.words if w not in (a, b, c)][-1]),
    ("wrong-type", lambda vectors, a, b, c: vectors.index[with_loops(vectors, a, b, c)]),
    ("wrong-type", lambda vectors, a, b, c: vectors[with_loops(vectors, a, b, c)]),
    ("wrong-type", lambda *args: [(score, word) for word, score in vec.analogy(*args)]),
    ("wrong-type", lambda *args: []),
    ("exception", lambda vectors, a, b, c: vectors["kingg"]),
    ("returns-none", lambda *args: None),
]


@pytest.mark.parametrize("reason, answer", WRONG)
def test_wrong(reason, answer):
    result = analogy(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


def test_untried():
    assert analogy(lambda vectors, a, b, c: ...).status == "untried"
