"""The exercise on span F1 and its known wrong answers."""

from __future__ import annotations

from helpers.checks.answers import Number
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake
from helpers.tasks import spans as reference


def _f1(right, offered, there):
    return 2 * right / (offered + there) if right else 0.0


def _counts(gold, found, key=lambda span: span):
    """Right, offered, there, over all sentences, by what `key` keeps of a span."""
    right = offered = there = 0
    for true, mine in zip(gold, found, strict=True):
        true, mine = {key(tuple(span)) for span in true}, {key(tuple(span)) for span in mine}
        right, offered, there = right + len(true & mine), offered + len(mine), there + len(true)
    return right, offered, there


def _by(key):
    return lambda gold, found: _f1(*_counts(gold, found, key))


def _words(gold, found, kinds=True):
    """F1 of single words."""

    def cut(spans):
        return {(place, kind if kinds else "") for start, end, kind in spans for place in range(start, end)}

    pairs = [(cut(true), cut(mine)) for true, mine in zip(gold, found, strict=True)]
    return _f1(sum(len(a & b) for a, b in pairs), sum(len(b) for _, b in pairs), sum(len(a) for a, _ in pairs))


def _overlaps(gold, found, kinds=True):
    """A span counts as right if it touches one that is there."""
    right = offered = there = 0
    for true, mine in zip(gold, found, strict=True):
        mine = set(map(tuple, mine))
        right += sum(any(s < b and a < e and (k == c or not kinds) for a, b, c in true) for s, e, k in mine)
        offered, there = offered + len(mine), there + len(true)
    return _f1(right, offered, there)


def _by_place(gold, found):
    """The first span of a sentence is compared with the first, the second with the second."""
    pairs = list(zip(gold, found, strict=True))
    right = sum(tuple(a) == tuple(b) for true, mine in pairs for a, b in zip(true, mine, strict=False))
    return _f1(right, *_counts(gold, found)[1:])


def _of_each(gold, found, empty=0.0):
    """The mean of each sentence's F1."""
    scores = []
    for true, mine in zip(gold, found, strict=True):
        right, offered, there = _counts([true], [mine])
        scores.append(_f1(right, offered, there) if offered + there else empty)
    return sum(scores) / len(scores)


def _mixed(gold, found):
    """All sentences' spans in one bag: a span of one sentence can be right by another."""
    true = {tuple(span) for spans in gold for span in spans}
    mine = {tuple(span) for spans in found for span in spans}
    return _f1(len(true & mine), len(mine), len(true))


def _duplicates(gold, found):
    """A span that was found twice counts twice."""
    right = sum(tuple(span) in set(map(tuple, true)) for true, mine in zip(gold, found, strict=True) for span in mine)
    return _f1(right, sum(map(len, found)), sum(map(len, gold)))


def _offered_twice(gold, found):
    right = sum(len(set(map(tuple, true)) & set(map(tuple, mine))) for true, mine in zip(gold, found, strict=True))
    return _f1(right, sum(map(len, found)), sum(map(len, gold)))


def _of(rule, nothing=0.0):
    """A number made of right, offered and there; `nothing` where that divides by zero."""

    def answer(gold, found):
        try:
            return rule(*map(float, _counts(gold, found)))
        except ZeroDivisionError:
            return nothing

    return answer


def _unguarded(gold, found):
    right, offered, there = _counts(gold, found)
    precision, recall = right / offered, right / there
    return 2 * precision * recall / (precision + recall)


def _half_guarded(gold, found):
    right, offered, there = _counts(gold, found)
    precision = right / offered if offered else 0.0
    recall = right / there if there else 0.0
    return 2 * precision * recall / (precision + recall)


def _unguarded_sum(gold, found):
    right, offered, there = _counts(gold, found)
    return 2 * right / (offered + there)


def _right_f1(gold, found):
    return _f1(*_counts(gold, found))


MISTAKES = (
    Mistake("counts-words", "You count words. A span is right as a whole or not at all: start, end and kind.",
            (_words, lambda gold, found: _words(gold, found, kinds=False))),  # fmt: skip
    Mistake("ignores-kind", "The kind is not compared: a date in a country's place counts as right.",
            (_by(lambda span: span[:2]),)),  # fmt: skip
    Mistake("ignores-end", "Only start and kind are compared. A span that ends elsewhere is wrong, too.",
            (_by(lambda span: (span[0], span[2])), _by(lambda span: span[0]))),  # fmt: skip
    Mistake("ignores-start", "Only end and kind are compared. A span that starts elsewhere is wrong, too.",
            (_by(lambda span: (span[1], span[2])), _by(lambda span: span[1]))),  # fmt: skip
    Mistake("overlap-counts", "Spans that merely overlap count as right. Start and end must be the same.",
            (_overlaps, lambda gold, found: _overlaps(gold, found, kinds=False))),  # fmt: skip
    Mistake("by-place-in-the-list", "You compare the first span with the first, the second with the second. One that "
            "was missed moves the rest: ask whether a span is among those that are there.", (_by_place,)),  # fmt: skip
    Mistake("kind-only", "Only the kinds are compared, not where the spans stand.", (_by(lambda span: span[2]),)),
    Mistake("sentences-mixed", "A span of one sentence was compared with those of another. Words are counted anew in "
            "each sentence: compare sentence by sentence.", (_mixed,)),  # fmt: skip
    Mistake("duplicates", "A span that was found twice counts twice. Take a set of each sentence's spans.",
            (_duplicates, _offered_twice)),  # fmt: skip
    Mistake("mean-of-sentences", "You took the F1 of each sentence and their mean. Count over all sentences first: a "
            "sentence without entities says nothing by itself.",
            (_of_each, lambda gold, found: _of_each(gold, found, 1.0))),  # fmt: skip
    Mistake("precision-only", "That is the precision: how much of what was found is right. What was missed must count "
            "as well.", (_of(lambda right, offered, there: right / offered),)),  # fmt: skip
    Mistake("recall-only", "That is the recall: how much of what is there was found. False alarms must count as well.",
            (_of(lambda right, offered, there: right / there),)),  # fmt: skip
    Mistake("plain-mean", "That is the plain mean of precision and recall. F1 is their harmonic mean, "
            "2 · P · R / (P + R), which is low if one of them is.",
            (_of(lambda right, offered, there: (right / offered + right / there) / 2),)),  # fmt: skip
    Mistake("no-two", "The 2 is missing: 2 · right / (found + there).",
            (_of(lambda right, offered, there: right / (offered + there)),)),  # fmt: skip
    Mistake("union", "You divided by all different spans: the Jaccard index. F1 is 2 · right / (found + there).",
            (_of(lambda right, offered, there: right / (offered + there - right)),)),  # fmt: skip
    Mistake("product", "That is precision times recall. F1 is 2 · P · R / (P + R).",
            (_of(lambda right, offered, there: right / offered * right / there),)),  # fmt: skip
    Mistake("geometric", "That is the geometric mean of precision and recall. F1 is their harmonic mean.",
            (_of(lambda right, offered, there: right / (offered * there) ** 0.5),)),  # fmt: skip
    Mistake("divides-by-zero", "It divides by zero where nothing is found, nothing is there, or nothing is right. "
            "Return 0 then.", (_unguarded, _half_guarded, _unguarded_sum)),  # fmt: skip
    Mistake("nothing-is-perfect", "Where nothing is there and nothing was found, the answer here is 0, by agreement.",
            (lambda gold, found: _right_f1(gold, found) if any(gold) or any(found) else 1.0,)),  # fmt: skip
    Mistake("percent", "Right, but in percent. Return a share from 0 to 1.",
            (lambda gold, found: 100 * _right_f1(gold, found),)),  # fmt: skip
    Mistake("counts-right", "That is how many are right. Set it against how many were found and are there.",
            (lambda gold, found: _counts(gold, found)[0],)),  # fmt: skip
)

_C, _D, _M = "country", "date", "money"

span_f1 = Check(
    Exercise(
        name="tasks.span_f1",
        title="Span F1",
        difficulty="medium",
        minutes=10,
        arguments=("gold", "found"),
        reference=reference.span_f1,
        answer=Number("one number from 0 to 1"),
        cases=(
            Case(([[(0, 1, _C), (3, 5, _C)]], [[(3, 5, _C)]]), "one of two spans found"),
            Case(([[(0, 2, _C), (4, 5, _D)]], [[(0, 2, _C), (4, 5, _M), (6, 7, _D)]]), "a wrong kind, a false alarm"),
            Case(([[(1, 4, _C), (5, 7, _D), (9, 10, _M), (12, 14, _C)]],
                  [[(1, 3, _C), (5, 6, _D), (9, 10, _M), (13, 14, _C)]]), "two ends and a start that are off"),
            Case(([[(0, 1, _C)], [], [(0, 1, _C), (2, 3, _C), (5, 6, _D)]], [[(2, 3, _C)], [(5, 6, _D)], [(0, 1, _C)]]),
                 "three sentences, one without entities"),
            Case(([[(0, 1, _C), (2, 3, _D)]], [[(0, 1, _C), (0, 1, _C), (4, 5, _C)]]), "a span that was found twice"),
            Case(([[(0, 2, _C)]], [[(3, 4, _M)]]), "nothing right"),
            Case(([[(0, 2, _C)], []], [[], []]), "nothing found"),
            Case(([[]], [[]]), "nothing there and nothing found"),
        ),
        mistakes=MISTAKES,
        hints=(
            "Three counts over all sentences: spans that are right, that are there, that were found. In one sentence, "
            "`set(true) & set(mine)` holds the right ones.",
            "F1 = 2 · right / (there + found). Return 0.0 first if nothing is right: then nothing is divided by zero.",
        ),
    )
)
