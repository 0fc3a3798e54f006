"""Search, answers and summaries: against plain loops, on hostile texts, and the questions against their articles."""

import itertools
import math
import random
from collections import Counter

import numpy as np
import pytest
import torch

from helpers import data
from helpers.tasks import answers, retrieval, summaries

TEXTS = ["tea and milk", "milk milk sun", "rain", "the sun and the moon and the rain and tea", "", "🙂 שלום 我爱这本书"]


def plain_bm25(texts, question, k1=1.2, b=0.75):
    """The formula, text by text and word by word."""
    documents = [data.words(text) for text in texts]
    mean = sum(map(len, documents)) / len(documents)
    scores = []
    for document in documents:
        count, score = Counter(document), 0.0
        for word in data.words(question):
            n, having = count[word], sum(word in other for other in documents)
            idf = math.log(1 + (len(documents) - having + 0.5) / (having + 0.5))
            score += idf * n * (k1 + 1) / (n + k1 * (1 - b + b * len(document) / mean)) if n else 0.0
        scores.append(score)
    return scores


def test_bm25_equals_its_formula():
    index = retrieval.BM25(TEXTS)
    for question in ("milk", "the sun, the rain", "milk milk tea", "nothing known", "", "🙂"):
        assert index.scores(question) == pytest.approx(plain_bm25(TEXTS, question))
    assert retrieval.BM25([""]).scores("milk").tolist() == [0.0]


def test_ranks_and_recall():
    scores = np.array([0.1, 0.5, 0.5, 0.3])
    assert [retrieval.ranks(scores, right) for right in ([1], [2], [3], [0, 3])] == [1, 2, 3, 3]
    assert retrieval.recall_at([1, 2, 6, 11], 5) == 0.5
    with pytest.raises(ValueError, match="at least one question"):
        retrieval.recall_at([], 1)


def test_every_question_is_answered_in_the_passages():
    articles = data.wiki_articles()
    found, asked = retrieval.passages(articles), retrieval.questions(articles)
    assert len(asked) >= 60 and len({question.text for question in asked}) == len(asked)
    assert len(found) * 384 < 3_000_000
    for question in asked:
        places = retrieval.right_passages(question, found)
        assert len(places) == len(question.answers)
        for place in places:
            answer = question.answers[found[place].sentence]
            assert answer and answer in found[place].text
            assert answers.same_answer(answer, answer) or not data.words(answer)
    with pytest.raises(ValueError, match="has changed"):
        retrieval.questions([type(one)(one.title, one.text[::-1]) for one in articles])


@pytest.mark.parametrize(("question", "sentence", "answer"), [
    ("When was the bridge built?", "The bridge was built in 1931 by two brothers.", "1931"),
    ("How many people live there?", "About 12,500 people live in the old town.", "12,500"),
    ("How long is the river?", "The river is 310 km long and has 5 bridges.", "310 km"),
    ("Who wrote the letter?", "The letter was written by Anna Berg in Rome.", "Anna Berg"),
    ("Where did she go when the war ended?", "When the war ended, she went to Lisbon.", "Lisbon"),
])  # fmt: skip
def test_the_stretch_that_fits(question, sentence, answer):
    found = answers.find_answer(question, sentence)
    assert sentence[found.start : found.end] == answer


@pytest.mark.parametrize("text", ["", "?", "<script>", "🙂", "שלום", "x" * 10_000, "когда?", "when when when"])
def test_any_question_and_any_sentence_have_some_answer(text):
    for question, sentence in itertools.product([text, "When?", "Who?"], repeat=2):
        found = answers.find_answer(question, sentence)
        assert 0 <= found.start <= found.end <= len(sentence)


def test_answers_are_compared_by_their_words():
    assert answers.same_answer("the Battle of Shiloh.", "Battle of Shiloh") and not answers.same_answer("1931", "1932")
    assert answers.overlap_f1("President Franklin Pierce", "Franklin Pierce") == pytest.approx(0.8)
    assert answers.overlap_f1("", "x") == 0.0


def plain_mmr(relevance, similarity, k, trade_off):
    chosen = []
    while len(chosen) < min(k, len(relevance)):
        best = None
        for place in range(len(relevance)):
            if place in chosen:
                continue
            repeats = max((float(similarity[place, other]) for other in chosen), default=0.0)
            score = trade_off * float(relevance[place]) - (1 - trade_off) * repeats
            if best is None or score > best[0] + 1e-9:
                best = score, place
        chosen.append(best[1])
    return chosen


def test_mmr_equals_a_plain_loop():
    generator = torch.Generator().manual_seed(0)
    for trial in range(40):
        n = 1 + trial % 7
        vectors = torch.nn.functional.normalize(torch.randn(n, 3, generator=generator), dim=1)
        relevance, similarity = torch.rand(n, generator=generator), vectors @ vectors.T
        for k, trade_off in itertools.product((0, 1, 3, 9), (0.0, 0.5, 1.0)):
            chosen = summaries.mmr(relevance.clone(), similarity, k, trade_off)
            assert chosen == plain_mmr(relevance, similarity, k, trade_off) and len(set(chosen)) == len(chosen)


def test_summaries_of_toy_vectors():
    vectors = torch.tensor([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.7, 0.7]])
    assert summaries.choose(vectors, 2, trade_off=1.0) != summaries.choose(vectors, 2, trade_off=0.3)
    assert summaries.choose(vectors, 9) == [0, 1, 2, 3] and summaries.choose(vectors[:1]) == [0]
    assert summaries.centrality(vectors).argmax() == 3


def test_stories_do_not_give_their_reference_away():
    found = summaries.stories(data.news_articles())
    assert len(found) == 300 and len({story.sentences for story in found}) == 300
    rnd = random.Random(0)
    for story in found:
        subtitle = story.reference.removeprefix(f"{story.title}. ")
        assert subtitle and summaries.shared(" ".join(story.sentences[:3]), subtitle) <= summaries.MOST_SHARED
        places = rnd.sample(range(len(story.sentences)), 3)
        assert summaries.summary(story, places).startswith(story.sentences[min(places)])
    best = summaries.oracle(found[0])
    lead = summaries.rouge(summaries.summary(found[0], [0, 1, 2]), found[0].reference)["rouge1"]
    assert summaries.rouge(summaries.summary(found[0], best), found[0].reference)["rouge1"] >= lead
    with pytest.raises(ValueError, match="can be used"):
        summaries.stories(data.news_articles()[:20])
