"""How close translations come to those of a person: exact match and BLEU (lesson 05)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

Tokens = Sequence[str]


def exact_match(written: Sequence[str], references: Sequence[str]) -> float:
    """The share of texts, 0 to 1, that are as they should be to the last letter.

    Raises:
        ValueError: there are no texts, or not as many of one as of the other.
    """
    _check(written, references)
    return sum(one == other for one, other in zip(written, references, strict=True)) / len(written)


@dataclass(frozen=True)
class Bleu:
    """BLEU and what it is made of.

    Attributes:
        score: 0 to 100.
        precisions: of single tokens, pairs, triples …: the share that the reference has as well, 0 to 100.
        brevity: 1, or less if the texts are shorter than the references.
    """

    score: float
    precisions: tuple[float, ...]
    brevity: float


def bleu(written: Sequence[Tokens], references: Sequence[Tokens], *, n_max: int = 4, smooth: bool = False) -> float:
    """BLEU of a set of texts, 0 to 100: how many of their n-grams stand in the references too.

    Args:
        written: the texts, each a list of tokens. references: what each should be.
        n_max: the longest n-grams that count.
        smooth: count half a match, then a quarter and so on, where an order of n-grams has none; else BLEU is 0.

    Returns:
        The geometric mean of the precisions of 1-grams to n_max-grams, all counted over the whole set, times the
        brevity penalty. A text's n-gram counts at most as often as its reference has it.

    Raises:
        ValueError: no texts, not as many of one as of the other, a text that is not cut into tokens, n_max below 1.

    Source: Papineni et al. (2002), section 2; smoothing: Chen and Cherry (2014), method 3.
    """
    return bleu_parts(written, references, n_max=n_max, smooth=smooth).score


def bleu_parts(written: Sequence[Tokens], references: Sequence[Tokens], *, n_max: int = 4,
               smooth: bool = False) -> Bleu:  # fmt: skip
    """BLEU with its precisions and its brevity penalty; arguments and errors as for `bleu`."""
    _check(written, references)
    if odd := [text for text in (*written, *references) if isinstance(text, str)]:
        raise ValueError(f"{odd[0]!r:.60} is one string; expected a list of tokens, such as text.split().")
    if n_max < 1:
        raise ValueError(f"n_max is {n_max}; expected 1 or more.")
    found, total = [0] * n_max, [0] * n_max
    for text, reference in zip(written, references, strict=True):
        for n in range(1, n_max + 1):
            ours, theirs = _ngrams(text, n), _ngrams(reference, n)
            found[n - 1] += (ours & theirs).total()  # the smaller count of each n-gram
            total[n - 1] += ours.total()
    n_written, n_reference = sum(map(len, written)), sum(map(len, references))
    brevity = 1.0 if n_written >= n_reference else math.exp(1 - n_reference / n_written) if n_written else 0.0
    precisions, halved = [], 1.0
    for ours, of in zip(found, total, strict=True):
        halved = halved / 2 if not ours else halved
        part = ours if ours or not smooth or not any(found) else halved
        precisions.append(100 * part / of if of else 0.0)
    log = sum(math.log(p) if p else -math.inf for p in precisions) / n_max
    return Bleu(brevity * math.exp(log), tuple(precisions), brevity)


def _ngrams(tokens: Tokens, n: int) -> Counter:
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def _check(written: Sequence, references: Sequence) -> None:
    if len(written) != len(references) or not written:
        raise ValueError(f"Expected as many texts as references, and at least one; got {len(written)} and "
                         f"{len(references)}.")  # fmt: skip
