"""The exercise on sentence pairs and its known wrong answers, judged by what every right answer shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from helpers.checks.answers import Reading, _never_an_answer
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Symptom
from helpers.checks.guard import Stop
from helpers.checks.masking._pairs_wrong import MISTAKES
from helpers.checks.masking._profile import UNUSED, Facts, dice
from helpers.checks.show import kind
from helpers.pretraining import sentences

ENOUGH = 200  # pairs below which shares say nothing
SHARES = (0.0, 0.15, 0.3, 0.5, 0.7, 0.85, 1.0)


def _how_many(which: Iterable[bool]) -> str:
    which = list(which)
    return "none there" if not which else "all" if all(which) else "some" if any(which) else "none"


def _share(share: float) -> str:
    """A share of true pairs in per cent; at some 230 pairs chance moves a half by up to 15."""
    return f"about {100 * (0.5 if abs(share - 0.5) < 0.15 else min(SHARES, key=lambda one: abs(one - share))):.0f} %"


def _by_rule(labels: list[bool], openings: list[bool]) -> bool:
    """Whether labels hardly ever change, or nearly always, or those of the articles' first pairs are all the same."""
    changes = sum(one != two for one, two in pairwise(labels)) / len(labels)
    return not 0.1 < changes < 0.9 or (len(openings) > 25 and len(set(openings)) == 1)


def _asked(firsts: list[str], wanted: list[str]) -> str:
    return "once, in order" if firsts == wanted else "once" if Counter(firsts) == Counter(wanted) else "no"


def facts(articles: list[list[str]], pairs: list[tuple[str, str, bool]]) -> Facts:
    """What a list of pairs says about how it was made."""
    place = {sentence: (n, m) for n, article in enumerate(articles) for m, sentence in enumerate(article)}
    follows = {first: second for article in articles for first, second in pairwise(article)}
    true = [(first, second) for first, second, is_next in pairs if is_next]
    false = [(first, second) for first, second, is_next in pairs if not is_next]
    known = [pair for pair in false if pair[1] in place and pair[0] in place]
    found: dict[str, object] = {
        "sentences": f"{len(place):,}",
        "every sentence with a next one asked": _asked([first for first, _, _ in pairs], list(follows)),
        "pairs": "as many as such sentences" if len(pairs) == len(follows) else "another number",
    }
    if len(pairs) >= ENOUGH:  # below that, chance may hide a mistake
        found["true pairs follow each other"] = _how_many(follows.get(one) == two for one, two in true)
        found["false pairs follow each other"] = _how_many(follows.get(one) == two for one, two in false)
        found["false from the same article"] = _how_many(place[a][0] == place[b][0] for a, b in known)
        found["sentences that are in no article"] = _how_many(b not in place for _, b, _ in pairs)
        found["true pairs"] = _share(len(true) / len(pairs))
        openings = [is_next for first, _, is_next in pairs if first in place and place[first][1] == 0]
        found["labels"] = "by a rule" if _by_rule([is_next for _, _, is_next in pairs], openings) else "by chance"
        different = len({second for _, second in false})
        found["false sentences"] = "varied" if len(false) < 20 or different > len(false) / 4 else "few"
        places = {place[b][1] for _, b in known}
        homes = [(place[a][0], place[b][0]) for a, b in known]
        beside = [one[1] == two[1] for one, two in pairwise(homes) if one[0] == two[0]]
        found["false ones of an article"] = "from any"
        if len(beside) > 50 and sum(beside) > 0.6 * len(beside):
            found["false ones of an article"] = "from one other"
        found["false ones by place"] = "first ones alone" if len(known) > 20 and places == {0} else "any"
    return Facts(found)


@dataclass(frozen=True)
class Pairs:
    """A list of (first, second, whether it follows), read into facts about it.

    Attributes:
        known: the cases; sentences are different in each, so which case it is shows in any of them.
    """

    known: tuple[Case, ...]
    wanted: str = "a list of (first, second, whether it follows)"

    def read(self, value: Any, args: tuple) -> Reading:
        """Read an answer; `args` say whether the generator was used. No pairs: that is the case without any."""
        if (never := _never_an_answer(value, self.wanted)) is not None:
            return never
        odd = Reading(None, "wrong-type", f"Your function returns {kind(value)}; expected {self.wanted}.")
        try:
            rows = [tuple(row) for row in value]
            bad = next((row for row in rows if len(row) != 3 or not all(isinstance(s, str) for s in row[:2])), None)
            if isinstance(value, (str, dict)) or bad is not None:
                got = f"an entry is {bad!r:.80}" if bad is not None else f"it is {kind(value)}"
                return Reading(None, "wrong-entry", f"Expected {self.wanted}, two strings and True or False; {got}.")
            pairs = [(str.__str__(first), str.__str__(second), bool(is_next)) for first, second, is_next in rows]
        except Stop:
            raise
        except BaseException:
            return odd
        heard = {sentence for first, second, _ in pairs for sentence in (first, second)}
        fits = (case for case in self.known if heard & {s for article in case.args[0] for s in article})
        case = next(fits, self.known[-1])
        found = facts(case.args[0], pairs)
        if args and len(pairs) >= ENOUGH and not (args[1].used(case.args[1]) and args[1].alone()):
            return Reading(found, *UNUSED)
        return Reading(found)


def _articles(name: str, *lengths: int) -> list[list[str]]:
    return [[f"{name}{n} sentence {m}." for m in range(length)] for n, length in enumerate(lengths)]


CASES = (
    Case((_articles("a", 3, 2), dice(1)), "two articles, of three and of two sentences"),
    Case((_articles("b", 2, 5, 1, 4), dice(2)), "four articles, one of a single sentence"),
    Case((_articles("c", *[9, 14, 3, 6, 1, 12] * 6), dice(3)), "thirty-six articles"),
    Case((_articles("d", 30, 0, 25, 40, 35, 45, 38, 20), dice(4)), "long articles, and an empty one"),
    Case((_articles("e", 1, 1, 0), dice(5)), "articles without any next sentence: no pairs"),
)

sentence_pairs = Check(
    Exercise(
        name="masking.sentence_pairs",
        title="Sentence pairs",
        difficulty="medium",
        minutes=10,
        arguments=("articles", "generator"),
        reference=sentences.sentence_pairs,
        answer=Pairs(CASES),
        cases=CASES,
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "true-pairs-wrong",
                "Some pairs are called True, and the second sentence does not follow the first in its article.",
                lambda args, value: value.facts.get("true pairs follow each other") in ("some", "none"),
            ),
            Symptom(
                "false-pairs-follow",
                "Some pairs are called False although the second sentence does follow the first.",
                lambda args, value: value.facts.get("false pairs follow each other") in ("some", "all"),
            ),
            Symptom(
                "same-article",
                "Some false sentences come from the same article. Draw from the others.",
                lambda args, value: value.facts.get("false from the same article") in ("some", "all"),
            ),
            Symptom(
                "foreign-sentence",
                "Some second sentences stand in no article.",
                lambda args, value: value.facts.get("sentences that are in no article") in ("some", "all"),
            ),
            Symptom(
                "wrong-number",
                "Not every sentence that has a next one is asked once: an article of n sentences gives n − 1 pairs.",
                lambda args, value: value.facts["every sentence with a next one asked"] == "no",
            ),
            Symptom(
                "other-order",
                "Every sentence is asked once, but the pairs do not stand in the order of the text.",
                lambda args, value: value.facts["every sentence with a next one asked"] == "once",
            ),
            Symptom(
                "by-rule",
                "Which pairs are true follows a rule, such as every other one. Let chance decide anew for each: "
                "`torch.rand((), generator=generator) < 0.5`.",
                lambda args, value: value.facts.get("labels") == "by a rule",
            ),
            Symptom(
                "from-one-other",
                "Most false sentences of an article come from one other article. Draw each from all sentences of all "
                "the others.",
                lambda args, value: value.facts.get("false ones of an article") == "from one other",
            ),
            Symptom(
                "uneven",
                "The pairs are right, but true and false are not half and half, or the false sentences hardly vary.",
                lambda args, value: True,
            ),
        ),
        hints=(
            "Two loops: over articles, and over their sentences with the next one, `zip(article, article[1:])`. For "
            "each, `torch.rand((), generator=generator) < 0.5` decides which pair it becomes.",
            "For a false pair, gather the sentences of all other articles, draw `torch.randint(len(others), (), "
            "generator=generator)`, and take that one.",
        ),
    )
)
