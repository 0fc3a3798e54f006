"""Lesson 12's table: every smaller model as a real file, loaded and asked in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from helpers import assets, bert
from helpers import fine_tuning as ft
from helpers.compression.distil import Student, narrow_vectors, student_pieces
from helpers.compression.files import save
from helpers.compression.prune import least_important, pruned, without_heads
from helpers.compression.quantise import dynamic

HALF = 0.5  # of the blocks' weights
THIRD = 24  # heads of MiniLM's 72
STUDENT = {"n_pieces": 8000, "width": 64, "d_hidden": 64}


@dataclass(frozen=True)
class Contender:
    """A row of the table.

    Attributes:
        name: as a learner reads it.
        kind: what is in its file: "weights", "module" (PyTorch's own format), "student" or "counting".
        write: makes the file at a path.
        heads: heads that its file lacks.
    """

    name: str
    kind: str
    write: Callable[[Path], object]
    heads: tuple[tuple[int, int], ...] = ()


def contenders(judge: nn.Module, student: nn.Module | None, heads: Sequence[tuple[int, int]]) -> list[Contender]:
    """The rows, from the fine-tuned MiniLM, the trained student (None leaves it out) and the heads to take out."""
    gone = tuple(map(tuple, heads))
    found = [
        Contender("MiniLM, 32 bits", "weights", lambda path: save(judge, path)),
        Contender("MiniLM, kept in 16 bits", "weights", lambda path: save(judge, path, 16)),
        Contender("MiniLM, kept in 8 bits (ours)", "weights", lambda path: save(judge, path, 8)),
        Contender("MiniLM, 8 bits (PyTorch)", "module", lambda path: torch.save(dynamic(judge), path)),
        Contender("half of the weights pruned", "weights", lambda path: save(pruned(judge, HALF), path, sparse=True)),
        Contender("a third of the heads out", "weights", lambda path: save(without_heads(judge, gone), path), gone),
    ]
    if student is not None:
        found.append(Contender("student", "student", lambda path: save(student, path, 16)))
    return [*found, Contender("TF-IDF", "counting", write_counting)]


def write_counting(path: Path) -> None:
    """Lesson 01's TF-IDF with logistic regression, as lesson 09 chose it, pickled."""
    import pickle

    from sklearn.linear_model import LogisticRegression

    from helpers.bag_of_words import BagOfWords

    train, valid = ft.labelled(), ft.labelled(split="valid")
    bag = BagOfWords(n_max=2)
    table, held_out = bag.fit_transform(train.texts), bag.transform(valid.texts)
    tried = [LogisticRegression(C=c, max_iter=2000).fit(table, train.labels.numpy()) for c in (1.0, 5.0, 20.0)]
    best = max(tried, key=lambda model: model.score(held_out, valid.labels.numpy()))
    path.write_bytes(pickle.dumps((bag, best)))


def new_student(teacher: bert.Pretrained, texts: Sequence[str], **sizes: int) -> Student:
    """A student that knows the commonest word pieces of some texts, with the teacher's own vectors made narrow."""
    sizes = STUDENT | sizes
    ids = ft.encoded(teacher.tokenizer, list(texts))
    vectors = teacher.encoder.embedding.token.weight
    numbers, known = student_pieces(ids, len(vectors), sizes["n_pieces"])
    return Student(numbers, narrow_vectors(vectors, known, sizes["width"]), sizes["d_hidden"])


def empty_judge() -> bert.Classifier:
    """A classifier of MiniLM's sizes without weights, which take no memory until they are read from a file."""
    about = json.loads((assets.path("minilm") / "config.json").read_text(encoding="utf-8"))
    config = bert.bert_config(about["vocab_size"], d_model=about["hidden_size"], n_heads=about["num_attention_heads"],
                              n_layers=about["num_hidden_layers"], d_ff=about["intermediate_size"],
                              context_len=about["max_position_embeddings"], fused=True)  # fmt: skip
    with torch.device("meta"):
        return bert.Classifier(bert.Encoder(config), pooling="mean").eval()


def empty_student(n_pieces: int = STUDENT["n_pieces"], vocab_size: int = 30_522) -> Student:
    """A student of the right sizes, to be filled from a file."""
    numbers = torch.zeros(vocab_size, dtype=torch.int32)
    return Student(numbers, torch.zeros(n_pieces, STUDENT["width"]), STUDENT["d_hidden"])


def weigh(contender: Contender, texts: Sequence[str], folder: Path, *, threads: int = 1) -> dict[str, Any]:
    """Write a contender's file, and let a new process load it and judge texts: see `helpers.weigh`.

    Returns:
        name, bytes, and what the process printed: p_good of each text, milliseconds, megabytes.

    Raises:
        RuntimeError: the process failed; with the end of what it said.
    """
    path, texts_file = folder / "model", folder / "texts.json"
    contender.write(path)
    texts_file.write_text(json.dumps(list(texts)), encoding="utf-8")
    command = [sys.executable, "-m", "helpers.weigh", contender.kind, str(path), str(texts_file),
               "--threads", str(threads), "--heads", json.dumps(contender.heads)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    if done.returncode:
        raise RuntimeError(f"{contender.name} could not be weighed: {done.stderr[-500:]}")
    return {"name": contender.name, "bytes": path.stat().st_size} | json.loads(done.stdout.splitlines()[-1])


def measure(heads: Sequence[Sequence[tuple[int, int]]], student: nn.Module | None, texts: Sequence[str],
            labels: torch.Tensor, tell: Callable[[str], object] = print) -> list[dict[str, Any]]:  # fmt: skip
    """All rows: each contender with its accuracy, bytes, milliseconds a text and peak memory.

    Args:
        heads: of each seed, the heads to take out; the first seed's are weighed, the others' only judged.
        student: trained, or None. texts, labels: what is judged.
        tell: called with a line when a row is there.
    """
    judge, rows = ft.load_judge(bert.load_minilm()), []
    for contender in contenders(judge, student, heads[0]):
        with tempfile.TemporaryDirectory() as folder:
            row = weigh(contender, texts, Path(folder))
        row["accuracy"] = round(ft.accuracy(torch.tensor(row.pop("p_good")), labels), 4)
        rows.append(row)
        tell(f"{row['name']}: {row}")
    return rows


def heads_of(importances: Sequence[torch.Tensor], n: int = THIRD) -> list[list[tuple[int, int]]]:
    """The n least important heads by each calibration sample's importance (layers, heads)."""
    return [least_important(importance, n) for importance in importances]
