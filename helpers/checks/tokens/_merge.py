"""The exercise on one byte-pair merge and its known wrong answers."""

from __future__ import annotations

from helpers import tokenization
from helpers.checks.answers_text import Strings
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom
from helpers.checks.tokens import _merge_wrong as wrong

_right = tokenization.merge_pair


MISTAKES = (
    Mistake(
        "end-of-list",
        "Your function looks at the symbol after the last one. The last symbol has no right neighbour: compare only "
        "while there are two left.",
        (wrong.out_of_range,),
    ),
    Mistake(
        "loses-last",
        "The last symbol is gone: your loop ends one place too early. What is left over belongs into the answer.",
        (wrong.loses_last,),
    ),
    Mistake(
        "first-only",
        "Only the first occurrence was merged. Go on to the end of the word.",
        (wrong.first_only,),
    ),
    Mistake("last-only", "Only the last occurrence was merged. Merge every one.", (wrong.last_only,)),
    Mistake(
        "from-the-right",
        "In a word such as “aaa”, the left pair is merged first, and then the third a has no partner. You went from "
        "right to left.",
        (wrong.from_the_right,),
    ),
    Mistake(
        "overlap",
        "A symbol was used twice: after a merge, go on behind both symbols. In “aaa” there is one pair to merge, "
        "not two.",
        (wrong.overlapping,),
    ),
    Mistake(
        "keeps-both",
        "The right half of the pair is still there beside the merged symbol. Step over both.",
        (wrong.keeps_both,),
    ),
    Mistake(
        "text-search",
        "You searched in the joined text. There the symbols' limits are lost: a pair is two neighbours in the list, "
        "not letters anywhere.",
        (
            wrong.in_text,
            wrong.in_spaced_text,
            lambda symbols, pair: " ".join(symbols).replace(" ".join(pair), "".join(pair)).split(" "),
            lambda symbols, pair: "".join(symbols).replace("".join(pair), " " + "".join(pair) + " ").split(),
        ),
    ),
    Mistake(
        "compares-joined",
        "You compared two symbols joined with the pair joined: then “l”, “ow” looks like “lo”, “w”. Compare the left "
        "one with the left, the right one with the right.",
        (wrong.compares_joined,),
    ),
    Mistake(
        "either-order",
        "You merged the pair in both orders. (“a”, “b”) is a followed by b; b followed by a is another pair.",
        (wrong.either_order,),
    ),
    Mistake(
        "pair-in-tuple",
        "The merged symbol is one string: the two written together, with nothing between them.",
        (
            lambda symbols, pair: [one if one != "".join(pair) or one in symbols else " ".join(pair)
                                   for one in _right(symbols, pair)],
            lambda symbols, pair: [one if one != "".join(pair) or one in symbols else "+".join(pair)
                                   for one in _right(symbols, pair)],
            lambda symbols, pair: [one if one != "".join(pair) or one in symbols else pair
                                   for one in _right(symbols, pair)],
        ),
    ),
    Mistake(
        "drops-others",
        "Only merged symbols are in your answer. The others stay where they are.",
        (
            lambda symbols, pair: [one for one in _right(symbols, pair) if one == "".join(pair)],
            lambda symbols, pair: ["".join(pair) for two in zip(symbols, symbols[1:], strict=False) if two == pair],
        ),
    ),
    Mistake("nothing-merged", "Nothing was merged: the word came back as it was.", (lambda symbols, pair: symbols,)),
    Mistake(
        "joins-all",
        "Everything was joined. Only the neighbours that are this pair become one.",
        (lambda symbols, pair: ["".join(symbols)],),
    ),
)  # fmt: skip


def _case(symbols: str, pair: str, about: str) -> Case:
    return Case((symbols.split("|") if symbols else [], tuple(pair.split("|"))), about)


merge_pair = Check(
    Exercise(
        name="tokens.merge_pair",
        title="One merge",
        difficulty="medium",
        minutes=8,
        arguments=("symbols", "pair"),
        reference=tokenization.merge_pair,
        answer=Strings(),
        cases=(
            _case("l|o|w", "l|o", "a pair at the beginning"),
            _case("s|l|o|w", "o|w", "a pair at the end"),
            _case("b|a|n|a|n|a", "a|n", "a pair that stands there twice"),
            _case("m|o|o|n|n|o", "n|o", "a pair whose halves also stand the other way round"),
            _case("a|a|a|a|a", "a|a", "five times the same letter"),
            _case("ba|na|n|a|b|an", "n|a", "the pair's letters inside other symbols"),
            _case("the| |the| |e", "e| ", "symbols of several letters, and a space"),
            _case("lo|w|lo|w|lo", "lo|w", "a pair of symbols, and half a pair at the end"),
            _case("l|ow|lo|w", "lo|w", "the same letters, cut elsewhere"),
            _case("c|a|t", "x|y", "a pair that is not there"),
            _case("", "a|b", "no symbols at all"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "letters-changed",
                "The symbols joined should spell the same word as before, and they do not.",
                lambda args, value: "".join(value.items) != "".join(args[0]),
            ),
            Symptom(
                "pair-left",
                "The pair still stands side by side somewhere in your answer.",
                lambda args, value: tuple(args[1]) in zip(value.items, value.items[1:], strict=False),
            ),
            Symptom("wrong-merges", "That is not the expected list of symbols.", lambda args, value: True),
        ),
        hints=(
            "Walk through the list with a place of your own, `place = 0` and `while place < len(symbols)`, since you "
            "go on by two after a merge and by one otherwise. `tuple(symbols[place : place + 2])` is never out of "
            "range: at the end it is shorter.",
            "In the loop: if `tuple(symbols[place : place + 2]) == pair`, append `pair[0] + pair[1]` to a new list "
            "and add 2 to `place`; otherwise append `symbols[place]` and add 1.",
        ),
    )
)
