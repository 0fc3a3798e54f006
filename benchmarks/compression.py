"""Lesson 12's table in one run: smaller models as files, each loaded and asked in a process of its own."""

from __future__ import annotations

from statistics import median
from typing import Any

from helpers import checkpoints
from helpers import fine_tuning as ft
from helpers.compression import table
from helpers.fine_tuning.ladder import unpacked

# Rows whose accuracy seeds change -> the record of the seeds.
SEEDED = {"a third of the heads out": "compression_heads", "student": "compression_student"}


def measure() -> list[dict[str, Any]]:
    """Every contender now, on all test snippets, one thread; of the records of three seeds the other accuracies."""
    student = table.empty_student(checkpoints.record("compression_student").recipe["sizes"]["n_pieces"])
    checkpoints.load("compression_student", student)
    heads = [run["figures"]["heads"] for run in checkpoints.record("compression_heads").runs]
    test = ft.labelled(split="test")
    rows = table.measure(heads, student, test.texts, test.labels, lambda line: print(line, flush=True))
    for row in rows:
        row["accuracies"] = [row["accuracy"]]
        if row["name"] in SEEDED:
            row["accuracies"] += checkpoints.record(SEEDED[row["name"]]).figures["accuracy"][1:]
    said = checkpoints.record("compression_alone").figures["p_good"]
    alone = [ft.accuracy(unpacked(text), test.labels) for text in said]
    rows.insert(-1, {"name": "the same student without teacher", "accuracies": alone})
    sure = max(float(test.labels.double().mean()), 1 - float(test.labels.double().mean()))
    return [*rows, {"name": "always the commoner answer", "accuracies": [sure]}]


def tables(rows: list[dict[str, Any]]) -> str:
    """The results as Markdown."""
    lines = ["Film snippets, all of the test split; one thread; median and range over three seeds where something is "
             "drawn (heads by a sample, the student's training). Milliseconds of processor time a text include the "
             "tokenizer; memory is the peak of a process that loads the file and judges all.", "",
             "| model | judged right | MB on disk | ms a text, alone | in batches of 32 | MB of memory |",
             "|---|---|---|---|---|---|"]  # fmt: skip
    for row in rows:
        scores = row["accuracies"]
        right = f"{median(scores):.1%}" + (f" ({min(scores):.1%}–{max(scores):.1%})" if len(scores) > 1 else "")
        if "bytes" not in row:
            lines.append(f"| {row['name']} | {right} | | | | |")
            continue
        lines.append(f"| {row['name']} | {right} | {row['bytes'] / 1e6:.1f} | {row['ms_1']:.2f} | {row['ms_32']:.2f} | "
                     f"{row['peak_mb']} |")  # fmt: skip
    return "\n".join(lines)
