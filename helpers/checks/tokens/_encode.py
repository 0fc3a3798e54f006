"""The exercise on cutting a word with given merges and its known wrong answers."""

from __future__ import annotations

from helpers import tokenization
from helpers.checks.answers_text import Strings
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom
from helpers.checks.tokens._merge_wrong import compares_joined

_merge = tokenization.merge_pair
_right = tokenization.apply_merges


def _once(symbols, pair):
    """Merge the first occurrence only."""
    for place in range(len(symbols) - 1):
        if (symbols[place], symbols[place + 1]) == tuple(pair):
            return [*symbols[:place], "".join(pair), *symbols[place + 2 :]]
    return list(symbols)


def _once_each(symbols, merges):
    for pair in merges:
        symbols = _once(symbols, pair)
    return list(symbols)


def _leftmost_first(symbols, merges):
    """Take the leftmost pair that is any merge, whatever its rank, until there is none."""
    symbols, known = list(symbols), {tuple(pair) for pair in merges}
    place = 0
    while place < len(symbols) - 1:
        if (symbols[place], symbols[place + 1]) in known:
            symbols[place : place + 2] = ["".join(symbols[place : place + 2])]
            place = 0
        else:
            place += 1
    return symbols


def _longest_first(symbols, merges):
    """The longest token that fits, from left to right, as WordPiece would."""
    text, known = "".join(symbols), {"".join(pair) for pair in merges} | set(symbols)
    pieces, start = [], 0
    while start < len(text):
        end = next(end for end in range(len(text), start, -1) if text[start:end] in known or end == start + 1)
        pieces.append(text[start:end])
        start = end
    return pieces


def _stops_at_a_gap(symbols, merges):
    """Ends at the first merge that does nothing."""
    symbols = list(symbols)
    for pair in merges:
        merged = _merge(symbols, pair)
        if merged == symbols:
            break
        symbols = merged
    return symbols


def _last_first(symbols, merges):
    symbols = list(symbols)
    while True:
        for pair in reversed(merges):
            if (merged := _merge(symbols, pair)) != symbols:
                symbols = merged
                break
        else:
            return symbols


def _compares_joined(symbols, merges):
    for pair in merges:
        symbols = compares_joined(symbols, pair)
    return list(symbols)


def _first_that_fits(symbols, merges):
    for pair in merges:
        if (merged := _merge(symbols, pair)) != list(symbols):
            return merged
    return list(symbols)


MISTAKES = (
    Mistake(
        "restarts-from-word",
        "Each merge began with the word as it was at first, so that only the last one counts. Go on with what the "
        "merge before has made.",
        (
            lambda symbols, merges: _merge(symbols, merges[-1]) if merges else list(symbols),
            lambda symbols, merges: _merge(symbols, merges[-1]),
        ),
    ),
    Mistake("first-merge", "Only the first merge was applied. Apply all of them, in their order.",
            (lambda symbols, merges: _merge(symbols, merges[0]) if merges else list(symbols),
             lambda symbols, merges: _merge(symbols, merges[0]))),
    Mistake(
        "one-step",
        "You stopped after the first merge that fitted. Go on until all merges have had their turn.",
        (_first_that_fits,),
    ),
    Mistake(
        "reversed",
        "The merges were applied from the last to the first. Later ones build on what earlier ones have made.",
        (lambda symbols, merges: _right(symbols, merges[::-1]), _last_first),
    ),
    Mistake(
        "stops-early",
        "You stopped at the first merge that found nothing to do. A later one may still fit.",
        (_stops_at_a_gap,),
    ),
    Mistake(
        "once-each",
        "Each merge was applied to one place only. A merge joins every occurrence in the word.",
        (_once_each,),
    ),
    Mistake(
        "compares-joined",
        "You merged neighbours that spell what the pair spells, cut elsewhere: “l”, “ow” is not the pair “lo”, “w”. "
        "Compare the left one with the left, the right one with the right.",
        (_compares_joined,),
    ),
    Mistake(
        "leftmost-first",
        "You merged the leftmost pair that any merge fits. What was learned first goes first, wherever it stands in "
        "the word.",
        (_leftmost_first,),
    ),
    Mistake(
        "longest-first",
        "You took the longest token that fits, from left to right. That is WordPiece; byte-pair encoding repeats its "
        "merges in the order learned.",
        (_longest_first,),
    ),
    Mistake(
        "nothing-merged", "Nothing was merged: the word came back as it was.", (lambda symbols, merges: list(symbols),)
    ),
    Mistake(
        "joins-all", "Everything was joined into one token.", (lambda symbols, merges: ["".join(symbols)],)
    ),
    Mistake(
        "lists-merges",
        "Those are the tokens that the merges make. Asked for is this word, cut with their help.",
        (lambda symbols, merges: ["".join(pair) for pair in merges],),
    ),
)  # fmt: skip


def _case(word: str, merges: str, about: str) -> Case:
    return Case((list(word), [tuple(pair.split("+")) for pair in merges.split()]), about)


apply_merges = Check(
    Exercise(
        name="tokens.apply_merges",
        title="Cut with merges",
        difficulty="medium",
        minutes=6,
        arguments=("symbols", "merges"),
        reference=tokenization.apply_merges,
        answer=Strings(),
        cases=(
            _case("low", "l+o lo+w", "two merges, the second built on the first"),
            _case("lower", "l+o e+r lo+w", "merges in several places"),
            _case("newest", "e+s es+t l+o n+e", "a merge that finds nothing between others that do"),
            _case("tower", "l+o o+w e+r ow+er", "a first merge that finds nothing"),
            _case("banana", "a+n an+a b+an", "a merge that fits twice"),
            _case("abcd", "b+c a+b c+d bc+d", "an early merge that leaves the leftmost pair without its partner"),
            _case("abc", "a+b b+c", "two merges that want the same letter"),
            _case("abc", "b+c a+bc a+b", "a merge that waits for its right half"),
            _case("low", "o+w lo+w", "a merge whose letters are there, cut elsewhere"),
            _case("aaaaaaa", "a+a aa+aa aaaa+aa", "the same letter seven times"),
            _case("ababcab", "a+b ab+c ab+ab", "a later merge with a longer reach"),
            _case("xyz", "a+b", "no merge that fits"),
            _case("xyz", "", "no merges"),
            _case("", "a+b", "an empty word"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "letters-changed",
                "The tokens joined should spell the same word as before, and they do not.",
                lambda args, value: "".join(value.items) != "".join(args[0]),
            ),
            Symptom(
                "merges-left",
                "Some merge could still be applied to your answer.",
                lambda args, value: any(pair in zip(value.items, value.items[1:], strict=False) for pair in args[1]),
            ),
            Symptom("wrong-tokens", "That is not the expected list of tokens.", lambda args, value: True),
        ),
        hints=(
            "A loop over `merges`: each pair is merged everywhere in the word before the next has its turn. The "
            "function of the exercise before does one such step; `tokenization.merge_pair` is ours.",
            "Keep the word in a variable, begin with `word = list(symbols)`, and in the loop write "
            "`word = tokenization.merge_pair(word, pair)`. Return the word after the loop.",
        ),
    )
)
