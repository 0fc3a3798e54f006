"""What the course's BERT reads: rows as they should be, and none of the reviews that judge it."""

import os

import pytest
import torch

from helpers import assets, data
from helpers.data.splits import normalised
from helpers.pretraining import text

if not all(map(assets.available, ("reviews", "news"))) and os.environ.get("CI") != "true":
    pytest.skip("the assets reviews and news are not here: python -m helpers.assets", allow_module_level=True)


def test_no_test_review_stands_in_the_training_text():
    tests = {normalised(review.text) for domain in data.DOMAINS for review in data.reviews(domain).test}
    short = {normalised(one) for split in ("train", "valid") for one in text.texts("reviews", split)}
    assert len(tests) > 2000 and not tests & short
    beginnings = {" ".join(one.split()[:8]) for one in tests if len(one.split()) >= 8}
    for source in ("news", "wiki"):
        for article in text.texts(source):
            words = normalised(article).split()
            assert not beginnings.intersection(map(" ".join, zip(*(words[start:] for start in range(8)), strict=False)))


def test_held_out_articles_are_others():
    for source in ("news", "wiki"):
        train, valid = set(text.texts(source)), set(text.texts(source, "valid"))
        assert valid and not train & valid and len(valid) < len(train) / 20
    with pytest.raises(ValueError, match="Expected a source"):
        text.texts("news", "test")


def test_rows_and_batches():
    cut = text.tokenizer()
    rows = text.article_rows(["the cat sat on the mat " * 20, "too short"], 12)
    assert rows.shape[1] == 12 and {row[0] for row in rows.tolist()} == {cut.index["[CLS]"]}
    assert {row[-1] for row in rows.tolist()} == {cut.index["[SEP]"]}
    assert cut.decode(rows[0, 1:-1].tolist()) == "the cat sat on the mat the cat sat on"
    short = text.short_rows(["good film", "bad", "the cat sat on the mat"], 8)
    assert [cut.decode([one for one in row if one]) for row in short.tolist()] == [
        "[CLS] good film [SEP] bad [SEP]", "[CLS] the cat sat on the mat [SEP]"]  # fmt: skip
    next_batch = text.batches({"a": rows, "b": rows[:1]}, 4, {"b": 3})
    inputs, targets = next_batch(torch.Generator().manual_seed(0))
    assert inputs.shape == targets.shape == (4, 12) and cut.vocab_size == text.VOCAB_SIZE
