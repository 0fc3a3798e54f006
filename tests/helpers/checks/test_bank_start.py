"""Lesson 00's exercise: right answers in several styles, wrong ones with the reason each must get."""

from collections import Counter

import pytest

from helpers.checks.start import most_likely


def with_a_loop(probabilities):
    best, highest = None, float("-inf")
    for word, probability in probabilities.items():
        if probability > highest:
            best, highest = word, probability
    return best


def by_sorting(probabilities):
    return sorted(probabilities.items(), key=lambda pair: -pair[1])[0][0]


def by_counter(probabilities):
    return Counter(probabilities).most_common(1)[0][0]


def by_position(probabilities):
    import numpy as np

    return np.array(list(probabilities))[np.argmax(list(probabilities.values()))]  # a NumPy str


@pytest.mark.parametrize(
    "answer",
    [most_likely.reference, with_a_loop, by_sorting, by_counter, by_position],
    ids=lambda f: f.__name__,
)
def test_right(answer):
    assert most_likely(answer, seconds=60).status == "right"


def later_wins(probabilities):
    best, highest = None, 0
    for word, probability in probabilities.items():
        if probability >= highest:
            best, highest = word, probability
    return best


def takes_away(probabilities):
    best = max(probabilities, key=probabilities.get)
    probabilities.pop(best)
    return best


def stops_at_once(probabilities):
    for word in probabilities:
        return word


def beats_the_one_before(probabilities):
    best, last = None, 0
    for word, probability in probabilities.items():
        if probability > last:
            best = word
        last = probability
    return best


WRONG = [
    ("least-likely", lambda p: sorted(p, key=p.get)[0]),
    ("tie-last", later_wins),
    ("compares-with-previous", beats_the_one_before),
    ("tie-by-alphabet", lambda p: max((q, w) for w, q in p.items())[1]),
    ("tie-by-alphabet", lambda p: max(p.items(), key=lambda pair: pair[::-1])[0]),
    ("tie-by-alphabet", lambda p: sorted(p, key=lambda word: (-p[word], word))[0]),
    ("alphabetical", lambda p: max(p)),
    ("returns-probability", lambda p: sorted(p.values())[-1]),
    ("returns-pair", lambda p: sorted(p.items(), key=lambda pair: pair[1], reverse=True)[0]),
    ("returns-list", lambda p: sorted(p, key=p.get, reverse=True)[:1]),
    ("first-word", stops_at_once),
    ("last-word", lambda p: [*p.keys()].pop()),
    ("longest-word", lambda p: sorted(p, key=lambda word: -len(word))[0]),
    ("constant", lambda p: "the"),
    ("changes-input", takes_away),
    ("returns-none", lambda p: print(max(p, key=p.get))),
    ("wrong-word", lambda p: "".join(reversed(max(p, key=p.get)))),
    ("wrong-type", lambda p: {max(p, key=p.get)}),
]


@pytest.mark.parametrize("reason, answer", WRONG)
def test_wrong(reason, answer):
    result = most_likely(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason)
    assert result.message


def test_untried():
    assert most_likely(lambda probabilities: ...).status == "untried"
