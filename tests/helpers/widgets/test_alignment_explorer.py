"""The alignment explorer without a page: what it computes, says, draws and answers."""

import numpy as np
import pytest
import torch

from helpers.recurrent.seq2seq import Seq2Seq, translate
from helpers.translation import BEGIN, END, TranslationTask
from helpers.widgets.alignment_explorer import alignment_explorer
from helpers.widgets.alignment_explorer_data import LONGEST, MOST, best_source, compute, draw, in_sentences


@pytest.fixture(scope="module")
def task():
    return TranslationTask("de")


def model_of(task, looks="dot", end=4.0):
    torch.manual_seed(0)
    model = Seq2Seq(len(task.source), len(task.target), d_model=8, d_hidden=12, looks=looks).eval()
    with torch.no_grad():
        model.to_logits.bias[END] += end
    return model


def test_it_shows_what_the_model_does(task):
    model = model_of(task, end=0.3)
    shown = compute(model, task, "twenty-one")
    ids, attention = translate(model, task.source_batch(["twenty-one"]), begin=BEGIN, end=END, longest=LONGEST)
    assert shown["source"] == ["twenty", "-", "one"] and all(shown["known"])
    assert shown["written"] == task.decode(ids[0].tolist()) and len(shown["pieces"]) == ids.shape[1]
    assert np.allclose(shown["weights"] / 255, attention[0], atol=0.003)
    assert [row[0][0] for row in shown["top"]] == shown["pieces"]
    assert all(row == sorted(row, key=lambda pair: -pair[1]) and len(row) == 5 for row in shown["top"])
    assert best_source(shown, 0)[0] in shown["source"]


def test_digits_are_written_out_and_the_reader_is_told(task):
    model = model_of(task)
    shown = compute(model, task, "21; 1984-05-21")
    assert " ".join(shown["source"]) == "twenty - one ; may 2 1 , 1 9 8 4"
    assert shown["note"] == "Read as: twenty-one; May 21, 1984."
    assert compute(model, task, "May 21, 1984")["note"] == ""


@pytest.mark.parametrize("text", ["cat", "🙂", "我爱你", "שלום", "<script>", "a\u0301", "\ud800", "$x_1$"])
def test_what_the_model_does_not_know_is_said(task, text):
    shown = compute(model_of(task), task, text)
    assert not all(shown["known"]) and "no vector of its own for “" in shown["note"]
    draw(shown, 0, "de")


def test_long_texts_are_cut_and_endless_translations_stopped(task):
    shown = compute(model_of(task, end=-100.0), task, "one; " * 2000)
    assert len(shown["source"]) == MOST and shown["weights"].shape == (LONGEST, MOST)
    assert "first 100 words" in shown["note"] and "stopped after 140 pieces" in shown["note"]
    assert "No training pair had a million" in compute(model_of(task), task, "1000000")["note"]
    draw(shown, 139, "de")


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_to_translate_is_said(task, text):
    with pytest.raises(ValueError, match="Type a number"):
        compute(model_of(task), task, text)


@pytest.mark.parametrize("looks", ["none", "dot", "multiplicative", "additive"])
def test_every_kind_of_model(task, looks):
    shown = compute(model_of(task, looks), task, "Anna; 7")
    total = shown["weights"].sum(axis=1) / 255
    assert np.allclose(total, 0 if looks == "none" else 1, atol=0.02)


def test_the_widget_answers_questions_and_leaves_a_picture(task):
    widget = alignment_explorer(model_of(task, end=0.3), task, "21", step=999)
    assert widget.step == len(widget.shown["pieces"]) - 1
    widget.step = -3
    assert widget.step == 0
    widget.question = {"id": 1, "text": "May 3, 1999"}
    assert widget.answer == {"id": 1, "problem": ""} and widget.shown["source"][0] == "may" and widget.step == 0
    widget.question = {"id": 2, "text": " "}
    assert widget.answer["problem"].startswith("Type a number") and widget.shown["source"][0] == "may"
    widget.question = {"id": 3, "text": None}
    assert widget.answer["id"] == 3
    bundle, _ = widget._repr_mimebundle_()
    assert bundle["image/png"] and "becomes" in bundle["text/plain"]
    assert in_sentences(compute(widget.model, task, "<b>"), "T").startswith("T. < b > becomes")


def test_the_picture_names_its_axes(task):
    shown = compute(model_of(task, end=0.3), task, "twenty-one")
    ax = draw(shown, 0, "de").axes[0]
    assert "English" in ax.get_xlabel() and "German" in ax.get_ylabel()
    assert [label.get_text() for label in ax.get_xticklabels()] == ["twenty", "-", "one"]
