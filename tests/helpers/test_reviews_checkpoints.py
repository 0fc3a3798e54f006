"""The ladder's records: whole, of today's recipes, and what they say agrees with what they kept."""

import pytest
import torch

from helpers import checkpoints, data
from helpers import fine_tuning as ft
from helpers.checkpoints import reviews
from helpers.fine_tuning.ladder import CONTENDERS, ladder, present, said
from helpers.metrics import expected_calibration_error

DECLARED = {checkpoint.name: checkpoint for checkpoint in reviews.CHECKPOINTS}


def test_every_contender_is_declared_and_the_first_are_trained():
    assert set(DECLARED) == set(CONTENDERS)
    assert {"reviews_tfidf", "reviews_lstm", "reviews_lora"} <= set(present())


@pytest.mark.parametrize("stem", present())
def test_a_record_agrees_with_the_probabilities_it_kept(stem):
    record = checkpoints.record(stem)
    assert record.recipe == DECLARED[stem].recipe and record.texts == DECLARED[stem].texts()
    for number, run in enumerate(record.runs):
        figures = run["figures"]
        assert figures["accuracy"]["all"] == figures["domains"]["film"]
        for domain in data.DOMAINS:
            p, labels = said(stem, domain, number), ft.labelled(domain, "test").labels
            sure = (p - 0.5).abs() > 1e-3  # kept in thousandths
            assert len(p) == len(labels)
            assert abs(ft.accuracy(p, labels) - figures["domains"][domain]) <= float((~sure).double().mean()) + 1e-3
        p, labels = said(stem, "film", number), ft.labelled("film", "test").labels
        assert expected_calibration_error(torch.maximum(p, 1 - p), (p > 0.5).long() == labels) < 0.2


def test_what_reading_before_is_worth():
    """Bands: counting words beats what starts from chance; MiniLM with 500 labels beats counting with all of them."""
    rungs = ladder()
    tfidf, lora = rungs["TF-IDF, logistic regression"], rungs["MiniLM, LoRA"]
    assert 0.78 < tfidf["all"].low <= tfidf["all"].high < 0.82
    assert rungs["LSTM from scratch"]["all"].middle < tfidf["all"].low
    assert lora["all"].low > tfidf["all"].high + 0.04 and lora["500"].middle > tfidf["2000"].high
    assert lora["100"].middle > tfidf["100"].high + 0.05


def test_a_part_of_the_texts_and_little_reviews():
    part = ft.labelled("film", "valid")
    assert (part.ratings.abs() >= 0.5).all() and torch.equal(part.labels, (part.ratings > 0).long())
    small, large = ft.draw(part, 20, 3), ft.draw(part, 50, 3)
    assert small.texts == large.texts[:20] and len(ft.draw(part, None, 0)) == len(part)
    for wrong in (0, len(part) + 1):
        with pytest.raises(ValueError, match="texts"):
            ft.draw(part, wrong, 0)
    with pytest.raises(ValueError, match="split"):
        ft.labelled("film", "dev")
    assert sorted(label for _, label in ft.LITTLE_REVIEWS) == [0, 0, 1, 1]
