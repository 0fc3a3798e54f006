"""Spans, tags and scores: against a count by brute force, with random tags; weak labels, word places, the sample."""

import hashlib
import itertools
import json
import random

import pytest

from helpers import data
from helpers.tasks import names, sample
from helpers.tasks.spans import bio_tags, span_f1, span_scores, spans_of, token_accuracy, token_scores
from helpers.tasks.weak import KINDS, weak_spans
from helpers.tasks.words import cut, to_characters, to_words

HOSTILE = ["", " ", "<script>alert(1)</script>", "🙂", "שלום", "我爱这本书", "x" * 10_000, "a\nb", "\x00\u200d",
           "$", "May"]  # fmt: skip


def random_spans(rnd, n_words):
    spans, place = [], 0
    while place < n_words:
        length = rnd.randint(1, 3)
        if rnd.random() < 0.4 and place + length <= n_words:
            spans.append((place, place + length, rnd.choice(["a", "b"])))
            place += length
        else:
            place += 1
    return spans


def test_tags_and_spans_are_two_ways_to_write_the_same():
    rnd = random.Random(0)
    for _ in range(300):
        n_words = rnd.randint(0, 9)
        spans = random_spans(rnd, n_words)
        tags = bio_tags(rnd.sample(spans, len(spans)), n_words)
        assert spans_of(tags) == spans and len(tags) == n_words
        assert sum(tag[0] == "B" for tag in tags) == len(spans)


def test_tags_of_a_toy_sentence_and_of_neighbours():
    assert bio_tags([(0, 2, "country"), (2, 3, "country")], 4) == ["B-country", "I-country", "B-country", "O"]
    assert spans_of(["I-a", "I-a", "I-b", "O", "I-b", "B-b"]) == [(0, 2, "a"), (2, 3, "b"), (4, 5, "b"), (5, 6, "b")]


@pytest.mark.parametrize("spans", [[(0, 0, "a")], [(1, 3, "a"), (2, 4, "a")], [(3, 5, "a")], [(-1, 1, "a")]])
def test_spans_that_cannot_be_are_refused(spans):
    with pytest.raises(ValueError, match="empty, overlaps"):
        bio_tags(spans, 4)


def count_by_hand(gold, found):
    """What evaluation scripts count: walk over all possible spans of all sentences and tick them off."""
    right = there = offered = 0
    for true, mine in zip(gold, found, strict=True):
        for start, end, kind in itertools.product(range(9), range(10), "ab"):
            here, said = (start, end, kind) in true, (start, end, kind) in mine
            right, there, offered = right + (here and said), there + here, offered + said
    precision, recall = right / offered if offered else 0, right / there if there else 0
    return precision, recall, 2 * precision * recall / (precision + recall) if right else 0


def test_span_scores_equal_a_count_by_brute_force():
    rnd = random.Random(1)
    for _ in range(60):
        gold = [random_spans(rnd, 8) for _ in range(rnd.randint(1, 4))]
        found = [rnd.sample(spans, rnd.randint(0, len(spans))) + random_spans(rnd, 8)[:1] for spans in gold]
        assert tuple(span_scores(gold, found)) == pytest.approx(count_by_hand(gold, found))
        assert span_f1(gold, found) == pytest.approx(count_by_hand(gold, found)[2])


def test_scores_where_nothing_is_or_sentences_are_missing():
    assert span_f1([[]], [[]]) == 0.0 and span_f1([], []) == 0.0 and token_accuracy([], []) == 0.0
    assert span_f1([[(0, 1, "a")]], [[(0, 1, "a"), (0, 1, "a")]]) == 1.0
    with pytest.raises(ValueError):
        span_f1([[]], [])
    gold, found = [["B-a", "I-a", "O", "O"]], [["B-a", "O", "O", "B-b"]]
    assert token_scores(gold, found)[:2] == (0.5, 0.5) and token_accuracy(gold, found) == 0.5
    assert token_accuracy([["O"] * 19 + ["B-a"]], [["O"] * 20]) == 0.95


def test_words_keep_their_places():
    text = "The U.S. paid $5, n'est-ce pas?"
    assert all(text[word.start : word.end] == word.text for word in cut(text))
    words = cut(text)
    spans = to_words([(4, 8, "country"), (14, 16, "money")], words)
    assert [tuple(span) for span in spans] == [(1, 5, "country"), (6, 8, "money")]
    assert to_characters(spans, words) == [(4, 8, "country"), (14, 16, "money")]
    with pytest.raises(ValueError, match="from word to word"):
        to_words([(5, 8, "country")], cut("Britain"))


EXAMPLES = {
    "Trade between New Zealand and the UK grew.": [("New Zealand", "country"), ("UK", "country")],
    "New Mexico and South America are elsewhere; Guinea-Bissau is not.": [("Guinea-Bissau", "country")],
    "The Chinese and the Germans in China.": [("China", "country")],
    "She spoke in French, then German officials came; he learned English.": [
        ("French", "language"), ("English", "language")],
    "It cost $3.5 billion (3.2 billion euros) on March 29, 2017.": [
        ("$3.5 billion", "money"), ("3.2 billion euros", "money"), ("March 29, 2017", "date")],
    "Theresa May may march in May; on 5 June the euro fell.": [("May", "date"), ("5 June", "date"), ("euro", "money")],
    "US$285 billion, £5, 200 yuan and 40 years.": [("US$285 billion", "money"), ("£5", "money"), ("200 yuan", "money")],
}  # fmt: skip


@pytest.mark.parametrize("text", EXAMPLES)
def test_weak_labels(text):
    assert [(text[start:end], kind) for start, end, kind in weak_spans(text)] == EXAMPLES[text]


@pytest.mark.parametrize("text", HOSTILE)
def test_weak_labels_of_any_text_go_from_word_to_word(text):
    to_words(weak_spans(text), cut(text))


def test_names_come_from_babel_and_stay_together():
    found = names.countries()
    assert found["China"] == "CN" and found["Britain"] == found["United Kingdom"] == "GB" and found["Türkiye"] == "TR"
    assert not {"European Union", "World", "United Nations", "Unknown Region"} & set(found)
    assert {names.half(code) for code in found.values()} == {0, 1}
    assert 0.4 < sum(map(names.half, set(found.values()))) / len(set(found.values())) < 0.6
    assert "Amharic" in names.languages() and "May" in names.months() and "euros" in names.currencies()


def test_the_hand_checked_sample_belongs_to_its_sentences():
    checked = sample.hand_checked(data.news_articles())
    assert len(checked) >= 150 and sum(len(one.spans) for one in checked) >= 90
    for one in checked:
        assert {span.kind for span in one.spans} <= set(KINDS)
        to_words(one.spans, cut(one.text))  # they begin and end with words
        assert all(a.end <= b.start for a, b in itertools.pairwise(one.spans))
    hashes = [hashlib.sha256(f"sample:{one.text}".encode()).hexdigest() for one in checked]
    assert hashes == sorted(hashes) and hashes[-1] < "02"  # the first of their order, and not chosen by anyone


def test_the_draw_takes_the_first_by_hash_and_says_where_they_stand():
    articles = data.news_articles()[:20]
    drawn = sample.drawn(articles, 5)
    assert drawn == sample.drawn(articles[::-1], 5) and drawn == sample.drawn(articles, 8)[:5]
    for of, number, text in drawn:
        article = next(one for one in articles if sample.digest(one.text) == of)
        assert data.sentences(article.text)[number] == text


def test_a_changed_sentence_is_noticed():
    articles = data.news_articles()
    wanted = json.loads(sample.FILE.read_text(encoding="utf-8"))[0]["article"]
    changed = [type(one)(one.title, one.text + "!") if sample.digest(one.text) == wanted else one for one in articles]
    with pytest.raises(ValueError, match="changed since it was read"):
        sample.hand_checked(changed)
