"""Known wrong answers to the exercise on sentence pairs, each with its reason."""

from __future__ import annotations

from itertools import pairwise

import torch

from helpers.checks.exercise import Mistake


def _pairs(articles, dice, *, true=0.5, pool="others", again=None, turned=False, label=None, step=1):
    """The right steps, each of which an argument can spoil."""
    made, fixed = [], None
    everything = [s for article in articles for s in article]
    for article in articles:
        if pool == "others":
            candidates = [s for other in articles if other is not article for s in other]
        elif pool == "openings":
            candidates = [other[0] for other in articles if other and other is not article]
        else:
            candidates = article if pool == "same" else everything
        for first, following in list(pairwise(article))[::step]:
            second = candidates[int(torch.randint(len(candidates), (), generator=dice))]
            if again == "fixed":
                fixed = second if fixed is None else fixed
                second = fixed
            is_next = bool(torch.rand((), generator=dice) < true)
            pair = (first, following if is_next else second, is_next if label is None else label)
            made.append((pair[1], pair[0], pair[2]) if turned else pair)
            if again == "both":
                made.append((first, second, False) if is_next else (first, following, True))
    return made


def _with(**spoilt):
    return lambda articles, dice: _pairs(articles, dice, **spoilt)


def _across(articles, dice):
    """All articles as one long one."""
    everything = [s for article in articles for s in article]
    others_of = [[s for other in articles if other is not article for s in other] for article in articles]
    outside = [others for article, others in zip(articles, others_of, strict=True) for _ in article]
    pairs = []
    for (first, following), others in zip(pairwise(everything), outside, strict=False):
        is_next = bool(torch.rand((), generator=dice) < 0.5)
        pairs.append((first, following if is_next else others[int(torch.randint(len(others), (), generator=dice))],
                      is_next))  # fmt: skip
    return pairs


def _labels_swapped(articles, dice):
    return [(first, second, not is_next) for first, second, is_next in _pairs(articles, dice)]


def _labels_drawn_again(articles, dice):
    return [(one, two, bool(torch.rand((), generator=dice) < 0.5)) for one, two, _ in _pairs(articles, dice)]


def _articles_as_pairs(articles, dice):
    """One pair for each article."""
    return [pair for article in articles if len(article) > 1
            for pair in _pairs([article[:2], *[a for a in articles if a is not article]], dice)[:1]]  # fmt: skip


def _fixed_half(articles, dice):
    """The true pairs of the first half of each article, false ones of the second."""
    pairs = _pairs(articles, dice, true=1.0)
    rest = _pairs(articles, dice, true=0.0)
    return pairs[: len(pairs) // 2] + rest[: len(rest) // 2]


def _true_then_false(articles, dice):
    """Both pairs of each sentence, the true one first."""
    both = zip(_pairs(articles, dice, true=1.0), _pairs(articles, dice, true=0.0), strict=True)
    return [pair for two in both for pair in two]


MISTAKES = (
    Mistake(
        "all-true",
        "Every pair follows each other. A question that is always answered yes teaches nothing: half must be false.",
        (_with(true=1.0),),
    ),
    Mistake(
        "all-false",
        "No pair follows each other. Half of them must.",
        (_with(true=0.0),),
    ),
    Mistake(
        "not-half",
        "True and false pairs are not half and half: the share of true ones alone would then give answers away.",
        (_with(true=0.85), _with(true=0.3), _with(true=0.15), _with(true=0.7)),
    ),
    Mistake(
        "false-may-follow",
        "The false sentence is drawn from all sentences, so it may come from the same article, and at times it is the "
        "true next one, labelled False. Draw from the other articles.",
        (_with(pool="all"),),
    ),
    Mistake(
        "false-from-same",
        "The false sentence comes from the same article (and at times is the true next one). The task here, as in "
        "BERT, takes another article's.",
        (_with(pool="same"),),
    ),
    Mistake(
        "labels-swapped",
        "The labels are the wrong way round: True belongs to the pairs that follow each other.",
        (_labels_swapped,),
    ),
    Mistake(
        "labels-at-random",
        "Labels and pairs do not belong together: the label was drawn again. Draw once, and let that decide both.",
        (_labels_drawn_again, _with(label=True), _with(label=False)),
    ),
    Mistake(
        "across-articles",
        "The last sentence of an article got a pair as well. What follows it belongs to the next article: it has no "
        "next sentence.",
        (_across,),
    ),
    Mistake(
        "order-turned",
        "The pairs are the wrong way round: the sentence comes first, and then the one that may follow.",
        (_with(turned=True),),
    ),
    Mistake(
        "one-false-for-all",
        "The same false sentence stands in every false pair: a model would learn that one by heart. Draw each time.",
        (_with(again="fixed"),),
    ),
    Mistake(
        "openings-only",
        "The false sentences are all the first of their article. Openings sound like openings, which gives them away: "
        "draw from all sentences of the other articles.",
        (_with(pool="openings"),),
    ),
    Mistake(
        "both",
        "You make a true and a false pair of each sentence. One of the two, by chance.",
        (_with(again="both"), _true_then_false),
    ),
    Mistake(
        "every-other",
        "Sentences are left out: every one that has a next one is asked once, also those that were a second before.",
        (_with(step=2), _articles_as_pairs, _fixed_half),
    ),
    Mistake(
        "no-pairs",
        "Your list is empty.",
        (lambda articles, dice: [],),
    ),
)
