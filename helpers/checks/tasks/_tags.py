"""The exercise on tags from spans and its known wrong answers."""

from __future__ import annotations

from helpers.checks.answers_text import Strings
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake
from helpers.tasks import spans as reference


def _tags(begin="B-{kind}", inside="I-{kind}", outside="O", shift=(0, 0), longer=0):  # fmt: skip
    """Tags with something changed: how each kind of tag is written, start and end shifted, a longer row."""

    def answer(spans, n_words):
        tags = [outside] * (n_words + longer)
        for start, end, kind in spans:
            start, end = max(start + shift[0], 0), min(end + shift[1], n_words)
            for place in range(start, end):
                tags[place] = (begin if place == start else inside).format(kind=kind)
        return tags

    return answer


def _merged(spans, n_words):
    """I- wherever the word before has the same kind, so that neighbours become one."""
    kinds = [""] * n_words
    for start, end, kind in spans:
        kinds[start:end] = [kind] * (end - start)
    return ["O" if not kind else f"{'I' if place and kinds[place - 1] == kind else 'B'}-{kind}"
            for place, kind in enumerate(kinds)]  # fmt: skip


def _old_style(spans, n_words):
    """B- between neighbours of one kind alone, else I-."""
    right = reference.bio_tags(spans, n_words)
    return [f"I-{tag[2:]}" if tag[0] == "B" and not (place and right[place - 1][2:] == tag[2:]) else tag
            for place, tag in enumerate(right)]  # fmt: skip


def _last_is_e(spans, n_words):
    tags = _tags()(spans, n_words)
    for start, end, kind in spans:
        if end - start > 1:
            tags[end - 1] = f"E-{kind}"
    return tags


def _singles_are_s(spans, n_words):
    tags = _tags()(spans, n_words)
    for start, end, kind in spans:
        if end - start == 1:
            tags[start] = f"S-{kind}"
    return tags


def _first_kind(spans, n_words):
    kind = spans[0][2] if spans else ""
    return _tags(begin=f"B-{kind}", inside=f"I-{kind}")(spans, n_words)


def _appended(spans, n_words):
    """Tags of the spans one after the other, filled up with O behind."""
    tags = []
    for start, end, kind in sorted(spans):
        tags += [f"B-{kind}"] + [f"I-{kind}"] * (end - start - 1)
    return (tags + ["O"] * n_words)[:n_words]


MISTAKES = (
    Mistake(
        "end-included",
        "Each span is one word too long: `end` is the first word behind it, as in `range(start, end)`.",
        (_tags(shift=(0, 1)),),
    ),
    Mistake("end-off-by-one", "Each span is one word too short at its end. `range(start, end)` stops before `end` by "
            "itself.", (_tags(shift=(0, -1)),)),  # fmt: skip
    Mistake("starts-late", "Each span begins one word too late. Words count from 0, as in Python.",
            (_tags(shift=(1, 0)), _tags(shift=(1, 1)))),  # fmt: skip
    Mistake("starts-early", "Each span begins one word too early. Words count from 0, as in Python.",
            (_tags(shift=(-1, -1)), _tags(shift=(-1, 0)))),  # fmt: skip
    Mistake("no-inside", "Every word of a span got a B. Only its first word does; the others get I.",
            (_tags(inside="B-{kind}"),)),  # fmt: skip
    Mistake("no-beginning", "Every word of a span got an I. Its first word gets a B, or two spans side by side melt "
            "into one.", (_tags(begin="I-{kind}"),)),  # fmt: skip
    Mistake("adjacent-merged", "Two spans of one kind side by side became one: the second lost its B. Look at where a "
            "span starts, not at the tag of the word before.", (_merged,)),  # fmt: skip
    Mistake("begins-only-between", "You wrote B only where a span follows another of its kind. That is an older "
            "scheme; here every span begins with a B.", (_old_style,)),  # fmt: skip
    Mistake("forgets-kind", "The kind is missing. Tags are written B-country and I-country, so that the kinds can be "
            "told apart.", (_tags("B", "I"),)),  # fmt: skip
    Mistake("forgets-kind-inside", "Words inside a span have no kind: I-country, not I alone.",
            (_tags(inside="I"), _tags(begin="B"))),  # fmt: skip
    Mistake("kind-without-mark", "The words have their kind and no B or I in front of it.",
            (_tags("{kind}", "{kind}"),)),  # fmt: skip
    Mistake("kind-first", "Mark and kind are the wrong way round: B-country, not country-B.",
            (_tags("{kind}-B", "{kind}-I"),)),  # fmt: skip
    Mistake("one-kind-for-all", "All spans got the kind of the first one. Each has its own.", (_first_kind,)),
    Mistake("wrong-separator", "Right marks, but written with something else than a hyphen: B-country.",
            (_tags("B_{kind}", "I_{kind}"), _tags("B {kind}", "I {kind}"), _tags("B{kind}", "I{kind}"))),  # fmt: skip
    Mistake("empty-outside", "Words outside every span are left empty. Their tag is the letter O.",
            (_tags(outside=""), _tags(outside="-"), _tags(outside="0"), _tags(outside="o"))),  # fmt: skip
    Mistake("other-scheme", "E for the last word and S for single ones belong to another scheme, BIOES. Here there are "
            "B, I and O.", (_last_is_e, _singles_are_s)),  # fmt: skip
    Mistake("not-in-place", "The tags stand one behind the other at the beginning, not where their words are.",
            (_appended,)),  # fmt: skip
    Mistake("too-long", "There is one tag too many: one for each of the `n_words` words.", (_tags(longer=1),)),
    Mistake("spans-only", "Only the words of spans got a tag. Every word has one; outside it is O.",
            (lambda spans, n_words: [tag for tag in _tags()(spans, n_words) if tag != "O"],)),  # fmt: skip
)

bio_tags = Check(
    Exercise(
        name="tasks.bio_tags",
        title="Tags from spans",
        difficulty="easy",
        minutes=6,
        arguments=("spans", "n_words"),
        reference=reference.bio_tags,
        answer=Strings("a list of tags, one for each word"),
        cases=(
            Case(([(1, 2, "country")], 3), "one word of three is a country"),
            Case(([(2, 4, "country")], 6), "a country of two words"),
            Case(([(0, 3, "money"), (4, 5, "date")], 6), "two kinds, the first at the beginning"),
            Case(([(1, 3, "country"), (3, 5, "country"), (5, 6, "date")], 7), "spans side by side"),
            Case(([(4, 7, "date"), (1, 2, "country")], 7), "spans in no order, one at the very end"),
            Case(([], 2), "no span at all"),
        ),
        mistakes=MISTAKES,
        hints=(
            "Start with O for every word: `tags = [\"O\"] * n_words`. Then go through the spans and write over their "
            "words.",
            "For a span, `tags[start] = f\"B-{kind}\"`; then, for each place in `range(start + 1, end)`, an I.",
        ),
    )
)
