"""Lesson 12's records: what is kept is what they say, and all that the lesson reads from them is there."""

from statistics import median

import torch

from helpers import assets, checkpoints
from helpers import fine_tuning as ft
from helpers.compression import from_whole_numbers, table
from helpers.fine_tuning.ladder import unpacked
from helpers.tokenization import WordPiece
from tests.helpers.needs import needs


@needs("minilm")
@needs("reviews")
def test_the_kept_student_says_what_its_record_says():
    found = checkpoints.record("compression_student")
    student = table.empty_student(found.recipe["sizes"]["n_pieces"])
    checkpoints.load("compression_student", student)
    test = ft.draw(ft.labelled(split="test"), 200, seed=0)
    tokenizer = WordPiece.from_file(assets.path("minilm") / "vocab.txt")
    now = ft.probabilities(student, ft.encoded(tokenizer, test.texts))[:, 1]
    rows = torch.randperm(len(ft.labelled(split="test")), generator=torch.Generator().manual_seed(0))[:200]
    assert (now - unpacked(found.runs[0]["figures"]["p_good"])[rows]).abs().max() < 0.02  # kept in 16 bits
    labels = ft.labelled(split="test").labels
    for name in ("compression_student", "compression_alone"):
        for run in checkpoints.record(name).runs:
            assert abs(ft.accuracy(unpacked(run["figures"]["p_good"]), labels) - run["figures"]["accuracy"]) < 0.004
    opinions = from_whole_numbers(checkpoints.record("compression_teacher").figures["log_odds"][0]["film"])
    assert len(opinions) == len(ft.labelled()) and ft.accuracy(opinions.sigmoid(), ft.labelled().labels) > 0.8


def test_the_students_beat_counting_and_teaching_helps():
    taught, alone, counting = (checkpoints.record(name).figures["accuracy"]
                               for name in ("compression_student", "compression_alone", "reviews_tfidf"))  # fmt: skip
    assert len(taught) == len(alone) == 3 and median(taught) > median(alone) > counting[0]["all"]
    for one, other in zip(*(checkpoints.record(name).runs for name in ("compression_student", "compression_alone")),
                          strict=True):  # fmt: skip
        assert min(loss for _, _, loss in one["curve"]) < min(loss for _, _, loss in other["curve"]) - 0.01


def test_the_tables_are_whole():
    grid, heads = checkpoints.record("compression_grid"), checkpoints.record("compression_heads")
    rows = grid.figures["accuracy"][0]
    assert len(rows) == len(grid.recipe["bits"]) and {len(row) for row in rows} == {len(grid.recipe["sparsity"])}
    assert all(0.3 <= value <= 1 for row in rows for value in row) and rows[-1][0] > 0.8 > 0.65 > rows[0][-1]
    for run in heads.runs:
        assert len(run["figures"]["heads"]) == table.THIRD and len({tuple(h) for h in run["figures"]["heads"]}) == 24
        assert all(0 <= layer < 6 and 0 <= head < 12 for layer, head in run["figures"]["heads"])
    measured = {row["name"]: row for row in checkpoints.record("compression_table").figures["rows"][0]}
    assert len(measured) == 8 and all(row["bytes"] > 0 and row["ms_1"] > 0 < row["peak_mb"]
                                      for row in measured.values())  # fmt: skip
    whole, student = measured["MiniLM, 32 bits"], measured["student"]
    assert whole["bytes"] > 20 * student["bytes"] and whole["ms_1"] > 3 * student["ms_1"]
    assert abs(measured["MiniLM, kept in 8 bits (ours)"]["accuracy"] - whole["accuracy"]) < 0.02
