"""Segments and sentence pairs: right answers in several styles, wrong ones with the reason each must get."""

import random

import numpy as np
import pytest
import torch

from helpers.checks.masking import segment_ids as segments
from helpers.checks.masking import sentence_pairs as pairs
from helpers.checks.masking._pairs import CASES, facts
from helpers.checks.masking._profile import dice


def row_by_row(token_ids, sep_id, pad_id):
    rows = []
    for row in token_ids.tolist():
        second, out = False, []
        for token in row:
            out.append(int(second and token != pad_id))
            second = second or token == sep_id
        rows.append(out)
    return rows


def with_argmax(token_ids, sep_id, pad_id):
    first = (token_ids == sep_id).int().argmax(dim=1, keepdim=True)
    return ((torch.arange(token_ids.shape[1]) > first) & (token_ids != pad_id)).int()


def with_numpy(token_ids, sep_id, pad_id):
    ids = token_ids.numpy()
    before = np.cumsum(ids == sep_id, axis=1) - (ids == sep_id)
    return np.where(ids == pad_id, 0, np.minimum(before, 1))


@pytest.mark.parametrize("answer", [segments.reference, row_by_row, with_argmax, with_numpy])
def test_segments_right(answer):
    result = segments(answer, seconds=60)
    assert result.status == "right", (result.reason, result.message)


SEGMENTS_WRONG = [
    ("starts-at-sep", lambda x, sep, pad: (((x == sep).cumsum(1) > 0) & (x != pad)).long()),
    ("starts-at-sep-and-counts-on", lambda x, sep, pad: torch.cumsum(x == sep, dim=1)),
    ("padding-in-two", lambda x, sep, pad: (x == sep).cumsum(1) - (x == sep).int()),
    ("padding-in-one", lambda x, sep, pad: ((x == sep).cumsum(1) - (x == sep).int()).clamp(max=1)),
    ("last-sep-left-out", lambda x, sep, pad: (((x == sep).cumsum(1) == 1) & (x != sep)).long()),
    ("turned-round", lambda x, sep, pad: (((x == sep).cumsum(1) - (x == sep).int()) == 0).long()),
    ("counts-from-one", lambda x, sep, pad: torch.tensor(row_by_row(x, sep, pad)) + 1),
    ("marks-the-padding", lambda x, sep, pad: (x != pad).int()),
    ("marks-the-seps", lambda x, sep, pad: (x == sep).int()),
    ("in-halves", lambda x, sep, pad: (torch.arange(x.shape[1]) >= x.shape[1] // 2).int().repeat(len(x), 1)),
    ("all-zero", lambda x, sep, pad: torch.zeros(x.shape)),
    ("starts-at-sep", lambda x, sep, pad: (((x == sep).cumsum(1) == 1) & (x != pad)).int()),
    ("last-sep", lambda x, sep, pad: torch.tensor(
        [[int(t != pad and sep not in row[n:-1] + [row[-1]] or (t != pad and row[n:].count(sep) <= 1))
          for n, t in enumerate(row)] for row in x.tolist()])),
    ("wrong-shape", lambda x, sep, pad: torch.tensor(row_by_row(x, sep, pad))[0]),
    ("wrong-dtype", lambda x, sep, pad: torch.tensor(row_by_row(x, sep, pad)).bool()),
    ("exception", lambda x, sep, pad: x.index(sep)),
    ("returns-none", lambda x, sep, pad: None),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "answer"), SEGMENTS_WRONG)
def test_segments_wrong(reason, answer):
    result = segments(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


def with_numbers(articles, generator):
    found = []
    for number, article in enumerate(articles):
        others = [s for n, other in enumerate(articles) if n != number for s in other]
        for place in range(len(article) - 1):
            if int(torch.randint(2, (1,), generator=generator)):
                found.append([article[place], article[place + 1], 1])
            else:
                found.append([article[place], others[int(torch.randint(len(others), (1,), generator=generator))], 0])
    return found


def article_first(articles, generator):
    """The other article is drawn first, then one of its sentences: short articles are heard more often."""
    found, filled = [], [article for article in articles if article]
    for article in articles:
        for first, second in zip(article[:-1], article[1:], strict=True):
            is_next = bool(torch.rand(1, generator=generator) >= 0.5)
            if not is_next:
                other = article
                while other is article:
                    other = filled[int(torch.randint(len(filled), (1,), generator=generator))]
                second = other[int(torch.randint(len(other), (1,), generator=generator))]
            found.append((first, second, is_next))
    return found


def with_pythons_dice(articles, generator):
    chance = random.Random(int(torch.randint(10**6, (1,), generator=generator)))
    found = []
    for article in articles:
        others = [s for other in articles if other != article for s in other]
        for place in range(1, len(article)):
            true = chance.random() < 0.5
            found.append((article[place - 1], article[place] if true else chance.choice(others), true))
    return found


def test_pairs_right():
    for answer in (pairs.reference, with_numbers, article_first):
        result = pairs(answer, seconds=60)
        assert result.status == "right", (answer, result.reason, result.message)
    assert pairs(with_pythons_dice, seconds=60).status == "right"


def made(articles, generator, *, share=0.5, source=None, label=None, swap=False):
    found = []
    for article in articles:
        others = [s for other in articles if other is not article for s in other]
        for first, second in zip(article[:-1], article[1:], strict=True):
            true = bool(torch.rand(1, generator=generator) < share)
            pool = (source(articles, article) if source else others) or others
            wrong = pool[int(torch.randint(len(pool), (1,), generator=generator))]
            pair = (first, second if true else wrong, true if label is None else label(true, generator))
            found.append((pair[1], pair[0], pair[2]) if swap else pair)
    return found


def wrong(**spoilt):
    return lambda articles, generator: made(articles, generator, **spoilt)


def everything(articles, article):
    return [s for one in articles for s in one]


def false_by(sentence, label=lambda chance, n, place: chance):
    """False sentences, and labels, by a rule: `sentence(others, articles, number, n)`, n counting all pairs."""

    def answer(articles, generator):
        found = []
        for number, article in enumerate(articles):
            others = [s for other in articles if other is not article for s in other]
            for place in range(len(article) - 1):
                n = len(found)
                chance = bool(torch.rand((), generator=generator) < 0.5)
                drawn = others[int(torch.randint(len(others), (), generator=generator))]
                second = sentence(others, articles, number, n, place) if sentence else drawn
                true = label(chance, n, place)
                found.append((article[place], article[place + 1] if true else second, true))
        return found

    return answer


def of_the_next_article(others, articles, number, n, place):
    after = next(a for a in articles[number + 1 :] + articles if a and a is not articles[number])
    return after[n % len(after)]


def one_article_each(articles, generator):
    """Another article is drawn once for each, and all its false sentences come from there."""
    found = []
    for article in (article for article in articles if len(article) > 1):
        others = [other for other in articles if other and other is not article]
        other = others[int(torch.randint(len(others), (), generator=generator))]
        found += made([article, other], generator)[: len(article) - 1]
    return found


def two_of_anywhere(articles, generator):
    """A false pair is any two sentences of different articles."""
    found = []
    for first, second, is_next in with_numbers(articles, generator):
        if not is_next:
            home = next(article for article in articles if second in article)
            others = [s for article in articles if article is not home for s in article]
            first = others[int(torch.randint(len(others), (), generator=generator))]
        found.append((first, second, is_next))
    return found


def by_label(articles, generator):
    return sorted(made(articles, generator), key=lambda pair: not pair[2])


def shuffled(articles, generator):
    pairs = made(articles, generator)
    return [pairs[place] for place in torch.randperm(len(pairs), generator=generator).tolist()]


def half_each(articles, generator):
    half = sum(max(len(article) - 1, 0) for article in articles) // 2
    return false_by(None, lambda chance, n, place: n < half)(articles, generator)


def global_labels(articles, generator):
    """The false sentences come from the generator, the labels do not."""
    return false_by(None, lambda chance, n, place: bool(torch.rand(()) < 0.5))(articles, generator)


def python_alone(articles, generator):
    return with_numbers(articles, torch.Generator().manual_seed(random.randrange(10**6)))


PAIRS_WRONG = [
    ("wrong-number", two_of_anywhere),
    ("same-article", false_by(lambda others, articles, number, n, place: articles[number][0])),
    ("other-order", by_label),
    ("other-order", shuffled),
    ("by-rule", half_each),
    ("by-rule", false_by(None, lambda chance, n, place: n % 2 == 0)),
    ("by-rule", false_by(None, lambda chance, n, place: place % 2 == 1)),
    ("from-one-other", false_by(of_the_next_article)),
    ("from-one-other", one_article_each),
    ("from-one-other", false_by(lambda others, articles, number, n, place: others[n % len(others)])),
    ("from-one-other", false_by(lambda others, articles, number, n, place: others[place % len(others)])),
    ("uneven", false_by(lambda others, articles, number, n, place: others[n % 5 * (len(others) // 5)])),
    ("ignores-generator", global_labels),
    ("ignores-generator", python_alone),
    ("ignores-generator", lambda articles, generator: with_numbers(articles, torch.Generator().manual_seed(0))),
    ("all-true", wrong(share=2.0)),
    ("all-false", wrong(share=-1.0)),
    ("not-half", wrong(share=0.85)),
    ("false-may-follow", wrong(source=everything)),
    ("false-from-same", wrong(source=lambda articles, article: article)),
    ("labels-swapped", wrong(label=lambda true, generator: not true)),
    ("labels-at-random", wrong(label=lambda true, generator: bool(torch.rand(1, generator=generator) < 0.5))),
    ("labels-at-random", wrong(label=lambda true, generator: True)),
    ("order-turned", wrong(swap=True)),
    ("openings-only", wrong(source=lambda articles, article: [o[0] for o in articles if o and o is not article])),
    ("across-articles", lambda articles, generator: made(
        [[s for one in articles for s in one]], generator, source=lambda *_: ["x"]) and _across(articles, generator)),
    ("every-other", lambda articles, generator: with_numbers(articles, generator)[::2]),
    ("both", lambda articles, generator: [row for pair in zip(
        made(articles, generator, share=2.0), made(articles, generator, share=-1.0), strict=True) for row in pair]),
    ("no-pairs", lambda articles, generator: []),
    ("foreign-sentence", wrong(source=lambda articles, article: ["Something else."])),
    ("wrong-entry", lambda articles, generator: [(first, second) for first, second, _ in made(articles, generator)]),
    ("wrong-entry", lambda articles, generator: "abc"),
    ("wrong-type", lambda articles, generator: 7),
    ("exception", lambda articles, generator: made(articles, generator, source=lambda *_: [])[10_000]),
    ("returns-none", lambda articles, generator: None),
]  # fmt: skip


def test_no_seed_makes_a_right_answer_wrong():
    for case in CASES[2:4]:
        articles = case.args[0]
        said = {facts(articles, pairs.reference(articles, dice(seed))) for seed in range(300)}
        assert len(said) == 1


def _across(articles, generator):
    flat, found = everything(articles, None), []
    home = {s: n for n, article in enumerate(articles) for s in article}
    for first, second in zip(flat[:-1], flat[1:], strict=True):
        others = [s for s in flat if home[s] != home[first]]
        true = bool(torch.rand(1, generator=generator) < 0.5)
        other = others[int(torch.randint(len(others), (1,), generator=generator))]
        found.append((first, second if true else other, true))
    return found


@pytest.mark.parametrize(("reason", "answer"), PAIRS_WRONG)
def test_pairs_wrong(reason, answer):
    result = pairs(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


def test_untried():
    assert segments(lambda token_ids, sep_id, pad_id: ...).status == "untried"
    assert pairs(lambda articles, generator: ...).status == "untried"
