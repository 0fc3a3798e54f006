"""The exercise on maximal marginal relevance and its known wrong answers."""

from __future__ import annotations

import torch

from helpers.checks.answers import Array
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake
from helpers.tasks import summaries as reference


def _mmr(how="max", weights=None, sign=-1, again=False, first=None, among="chosen", extra=0, of=lambda sims: sims):
    """MMR with something changed.

    Args:
        how: of the similarities to those chosen, "max", "sum", "mean", "min" or the "last" one's.
        weights: from trade_off, the weights of relevance and redundancy.
        sign: of redundancy. again: a sentence may be chosen twice. first: which is chosen first, without looking.
        among: redundancy towards those "chosen", or "all" others. extra: how many more are chosen.
        of: what is made of a similarity first.
    """

    def answer(relevance, similarity, k, trade_off):
        a, b = weights(trade_off) if weights else (trade_off, 1 - trade_off)
        n, chosen = len(relevance), []
        for _ in range(max(0, k + extra) if again else max(0, min(k + extra, n))):
            if first is not None and not chosen:
                chosen.append(min(first, n - 1))
                continue
            others = [chosen if among == "chosen" else [j for j in range(n) if j != i] for i in range(n)]
            sims = [similarity[i, others[i]] if others[i] else torch.zeros(1) for i in range(n)]
            take = {"max": torch.max, "sum": torch.sum, "mean": torch.mean, "min": torch.min,
                    "last": lambda x: x[-1]}[how]  # fmt: skip
            score = torch.stack([a * relevance[place] + sign * b * take(of(sims[place])) for place in range(n)])
            if not again:
                score[chosen] = -torch.inf
            chosen.append(int(score.argmax()))
        return chosen

    return answer


def _top(relevance, similarity, k, trade_off):
    return torch.sort(relevance, descending=True, stable=True).indices[:k]


def _in_order(relevance, similarity, k, trade_off):
    return sorted(reference.mmr(relevance, similarity, k, trade_off))


def _backwards(relevance, similarity, k, trade_off):
    return reference.mmr(relevance, similarity, k, trade_off)[::-1]


def _mask(relevance, similarity, k, trade_off):
    chosen = reference.mmr(relevance, similarity, k, trade_off)
    return [int(place in chosen) for place in range(len(relevance))]


def _too_many(relevance, similarity, k, trade_off):
    """Fails where fewer than k sentences are left."""
    chosen, left = [], list(range(len(relevance)))
    for _ in range(k):
        scores = [trade_off * relevance[i] - (1 - trade_off) * max([similarity[i, j] for j in chosen], default=0)
                  for i in left]  # fmt: skip
        chosen.append(left.pop(max(range(len(left)), key=lambda place: scores[place])))
    return chosen


def _no_start(relevance, similarity, k, trade_off):
    """`max()` of nothing at the first choice."""
    chosen = []
    for _ in range(k):
        scores = {i: trade_off * relevance[i] - (1 - trade_off) * max(similarity[i, j] for j in chosen)
                  for i in range(len(relevance)) if i not in chosen}  # fmt: skip
        chosen.append(max(scores, key=scores.get))
    return chosen


def _values(relevance, similarity, k, trade_off):
    return relevance[reference.mmr(relevance, similarity, k, trade_off)]


MISTAKES = (
    Mistake("lambda-swapped", "The weights are exchanged: `trade_off` belongs to relevance, 1 − `trade_off` to "
            "redundancy.", (_mmr(weights=lambda t: (1 - t, t)),)),  # fmt: skip
    Mistake("sum-not-max", "You add up the similarities to all chosen sentences. Take the largest: repeating one of "
            "them is enough.", (_mmr("sum"),)),  # fmt: skip
    Mistake("mean-not-max", "You take the mean similarity to the chosen sentences. A copy of one of them is then "
            "forgiven because of the others: take the largest.", (_mmr("mean"),)),  # fmt: skip
    Mistake("min-not-max", "You take the smallest similarity to the chosen sentences. Take the largest.",
            (_mmr("min"),)),  # fmt: skip
    Mistake("last-only", "You compare with the sentence chosen last alone. It may repeat an earlier one, too.",
            (_mmr("last"),)),  # fmt: skip
    Mistake("rewards-redundancy", "Redundancy is added. It is to be avoided: subtract it.", (_mmr(sign=1),)),
    Mistake("chosen-again", "A sentence is chosen twice. Leave those out that are chosen already.",
            (_mmr(again=True),)),  # fmt: skip
    Mistake("relevance-only", "Those are the k most relevant ones: redundancy has no say.", (_top, _mmr(sign=0))),
    Mistake("redundancy-only", "Relevance has no say: the sentences are only different from each other.",
            (_mmr(weights=lambda t: (0.0, 1.0)), _mmr(weights=lambda t: (0.0, 1.0), first=0))),  # fmt: skip
    Mistake("no-weights", "Relevance and redundancy weigh the same whatever `trade_off` says.",
            (_mmr(weights=lambda t: (1.0, 1.0)), _mmr(weights=lambda t: (t, t)))),  # fmt: skip
    Mistake("one-weight", "Only one of the two has its weight: trade_off · relevance − (1 − trade_off) · redundancy.",
            (_mmr(weights=lambda t: (t, 1.0)), _mmr(weights=lambda t: (1.0, 1 - t)),
             _mmr(weights=lambda t: (1.0, t)))),  # fmt: skip
    Mistake("first-sentence-first", "The first sentence is always chosen first. Begin with the most relevant one: as "
            "nothing is chosen, its redundancy is 0.", (_mmr(first=0),)),  # fmt: skip
    Mistake("against-all", "You compare with all other sentences. Only those that are chosen already can be repeated.",
            (_mmr(among="all"),)),  # fmt: skip
    Mistake("negative-lost", "A negative similarity counts as 0 with you, or has lost its sign. Take the largest as it "
            "is: redundancy is 0 only as long as nothing is chosen.",
            (_mmr(of=torch.abs), _mmr(of=torch.relu))),  # fmt: skip
    Mistake("one-too-few", "One sentence too few is chosen.", (_mmr(extra=-1),)),
    Mistake("one-too-many", "One sentence too many is chosen.", (_mmr(extra=1),)),
    Mistake("sorted", "The right sentences, in the order of the text. Here they are wanted in the order in which they "
            "were chosen.", (_in_order,)),  # fmt: skip
    Mistake("backwards", "The right sentences, the last choice first. The first choice comes first.", (_backwards,)),
    Mistake("returns-a-mask", "That marks the chosen sentences by 1. Return their numbers, in the order of choice.",
            (_mask,)),  # fmt: skip
    Mistake("returns-values", "Those are the relevances of the chosen sentences. Return their numbers.", (_values,)),
    Mistake("runs-out", "It fails where there are fewer than k sentences: take all of them then.", (_too_many,)),
    Mistake("max-of-nothing", "At the first choice nothing is chosen yet, and `max` of nothing raises. Redundancy is 0 "
            "then: `max(…, default=0)`.", (_no_start,)),  # fmt: skip
)


def _vectors(*rows: tuple[float, ...]) -> torch.Tensor:
    return torch.nn.functional.normalize(torch.tensor(rows), dim=1)


def _case(relevance: list[float], rows: list[tuple[float, ...]], k: int, trade_off: float, about: str) -> Case:
    vectors = _vectors(*rows)
    return Case((torch.tensor(relevance), vectors @ vectors.T, k, trade_off), about)


_FAN = [(1.0, 0.0, 0.1), (0.9, 0.3, 0.0), (0.0, 1.0, 0.2), (0.2, 0.3, 1.0), (0.6, 0.7, 0.1), (0.5, 0.0, 0.6)]

mmr = Check(
    Exercise(
        name="tasks.mmr",
        title="Maximal marginal relevance",
        difficulty="hard",
        minutes=12,
        arguments=("relevance", "similarity", "k", "trade_off"),
        reference=reference.mmr,
        answer=Array("the numbers of the chosen sentences, in the order of choice"),
        cases=(
            _case([0.5, 0.9, 0.8], [(0.0, 1.0), (1.0, 0.0), (1.0, 0.05)], 2, 0.5,
                  "two of three sentences, of which two say the same"),
            _case([0.5, 0.9, 0.8], [(0.0, 1.0), (1.0, 0.0), (1.0, 0.05)], 2, 0.9,
                  "the same, where relevance counts most"),
            Case((torch.tensor([0.9, 0.5, 0.45]), torch.tensor([[1.0, 0.0, -0.3], [0.0, 1.0, 0.0], [-0.3, 0.0, 1.0]]),
                  2, 0.5), "a negative similarity"),
            _case([0.65, 0.55, 0.95, 0.9, 0.6, 0.8], _FAN, 4, 0.4, "four of six, where redundancy counts more"),
            _case([0.4, 0.15, 0.35, 0.75, 0.2, 0.85], _FAN, 4, 0.8, "four of six, where relevance counts more"),
            _case([0.5, 0.6, 0.7, 0.4, 0.55, 0.65], _FAN[::-1], 3, 0.75, "three of six sentences"),
            _case([0.2, 0.8], [(1.0, 0.2), (0.9, 0.4)], 3, 0.5, "three asked for, where there are two"),
        ),
        mistakes=MISTAKES,
        hints=(
            "A loop of `min(k, len(relevance))` rounds. In each, give every sentence that is left its score; its "
            "redundancy is `max((similarity[i, j] for j in chosen), default=0)`.",
            "`left = [i for i in range(len(relevance)) if i not in chosen]`, then `chosen.append(max(left, "
            "key=score))` with `score(i) = trade_off * relevance[i] - (1 - trade_off) * redundancy(i)`.",
        ),
    )
)
