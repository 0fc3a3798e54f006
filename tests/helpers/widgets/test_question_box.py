"""The question box: ranks against plain sorting, whole sentences, hostile questions; the store of rounded vectors."""

import io
import json

import numpy as np
import pytest
import torch
from PIL import Image

from helpers.tasks.retrieval import Passage
from helpers.tasks.search import Search
from helpers.tasks.store import VectorStore
from helpers.widgets.question_box import question_box
from helpers.widgets.question_box_data import LONGEST, compute

PASSAGES = [
    Passage("Rain", 0, "Rain fell on 3 May 1931 in Lisbon."),
    Passage("Rain", 1, "It has 48 names."),
    Passage("Tea", 0, "Anna Berg wrote about tea <b>and</b> milk."),
    Passage("Moon", 0, "The Moon is 384,400 km away; $x_$ 🙂."),
]
HOSTILE = ["", "  ", "<script>alert(1)</script>", "🙂", "שלום?", "我爱这本书?", "x" * 10_000, "When?\nWho?", "\x00",
           "\ud800 rain"]  # fmt: skip


def encode(texts):
    """A stand-in for MiniLM: counts of four letters."""
    return torch.nn.functional.normalize(
        torch.tensor([[text.lower().count(letter) + 0.1 for letter in "amot"] for text in texts]), dim=1)  # fmt: skip


@pytest.fixture(scope="module")
def search():
    return Search(PASSAGES, VectorStore.of(encode([one.titled for one in PASSAGES])), encode)


def test_rounded_vectors_point_the_same_way():
    vectors = torch.nn.functional.normalize(torch.randn(50, 384, generator=torch.Generator().manual_seed(0)), dim=1)
    store = VectorStore.of(vectors)
    assert store.vectors.dtype == torch.int8 and int(store.vectors.abs().max()) == 127
    assert (store.rounded - vectors).abs().max() <= store.step / 2 + 1e-7
    assert torch.cosine_similarity(store.rounded, vectors).min() > 0.9995
    assert torch.allclose(store.scores(vectors[3]), store.rounded @ vectors[3])
    again = VectorStore(50)
    again.load_state_dict(store.state_dict())
    assert torch.equal(again.rounded, store.rounded)


def test_both_ways_rank_by_their_scores(search):
    for way in Search.WAYS:
        scores = search.scores("rain and tea on the moon", way)
        found = search.ask("rain and tea on the moon", way, 3)
        order = [place for place in np.argsort(-scores, kind="stable") if way == "vectors" or scores[place] > 0][:3]
        assert [one.passage for one in found] == [PASSAGES[place] for place in order]
        assert [one.score for one in found] == pytest.approx([scores[place] for place in order])
    assert search.ask("nothing here shares xyz", "words") == []
    with pytest.raises(ValueError, match="expected one of words, vectors"):
        search.ask("?", "both")
    with pytest.raises(ValueError, match="expected as many"):
        Search(PASSAGES[:2], VectorStore(3), encode)


def test_the_box_asks_and_marks_the_answer(search):
    box = question_box(search, "When did rain fall?", suggestions=["Who wrote about tea?"])
    first = box.shown["ways"][1]["rows"][0]
    assert (first["article"], first["answer"], first["share"]) == ("Rain", "3 May 1931", 1.0)
    box.set_state({"question": {"id": 2, "text": "Who wrote about tea?"}})
    assert box.answer == {"id": 2, "problem": ""} and box.shown["ways"][1]["rows"][0]["answer"] == "Anna Berg"
    assert "Anna Berg" in box.alt_text() and "Tea" in box.alt_text()
    texts = {one.text for one in PASSAGES}
    for way in box.shown["ways"]:
        for row in way["rows"]:
            assert row["before"] + row["answer"] + row["behind"] in texts and 0 <= row["share"] <= 1


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.filterwarnings("error")
def test_any_question_may_be_asked(search, text):
    box = question_box(search, "rain", title=text[:40])
    box.set_state({"question": {"id": 1, "text": text}})
    assert box.answer == {"id": 1, "problem": ""}
    assert (len(text) > LONGEST) == ("Only the first" in box.shown["note"])
    assert Image.open(io.BytesIO(box.picture())).size == (1000, 440) and box.alt_text()
    json.dumps(box.shown, allow_nan=False).encode()


def test_a_question_that_cannot_be_read_is_told_of(search):
    box = question_box(search, "rain")
    box.set_state({"question": {"id": 3}})
    assert box.answer["id"] == 3 and "KeyError" in box.answer["problem"]
    assert compute(search, "rain", 2)["ways"][0]["rows"][1:]
