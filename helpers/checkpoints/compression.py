"""Lesson 12's models: what the teacher says, students with and without it, heads to take out, and the table.

    python -m helpers.checkpoints compression_student

The teacher is MiniLM with the corrections of "reviews_lora" merged in. There is one; seeds vary what is made from it:
the student's first weights, its batches, and the sample by which heads are ranked.
"""

from __future__ import annotations

import functools
import time
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from helpers import bert, data, runtime
from helpers import compression as small
from helpers import fine_tuning as ft
from helpers.checkpoints.recipe import Checkpoint, Trained, digest
from helpers.checkpoints.store import load, record
from helpers.compression import table
from helpers.fine_tuning.ladder import packed
from helpers.training import History, Recipe, train

STUDENT = {"sizes": table.STUDENT, "batch": 32, "steps": 1200, "learning_rate": 3e-3, "weight_decay": 0.01,
           "temperature": 2.0, "alpha": 0.9}  # fmt: skip
ALONE = STUDENT | {"alpha": 0.0}
HEADS = {"sample": 64, "counts": [12, 24, 36, 48], "judged": 200}
GRID = {"bits": [2, 3, 4, 5, 6, 8, 32], "sparsity": [0, 30, 50, 60, 70, 80, 90], "judged": 200}


def others() -> list[str]:
    """Training texts of the other domains, opinion or not: the teacher alone says what it thinks of them."""
    return [text for domain in data.DOMAINS if domain != "film" for text in ft.labelled(domain, opinion=0.0).texts]


@functools.cache
def teacher() -> tuple[bert.Pretrained, bert.Classifier]:
    """MiniLM as it came, and fine-tuned."""
    found = bert.load_minilm()
    return found, ft.load_judge(found)


def log_odds(model: nn.Module, texts: list[str]) -> Tensor:
    """A judge's log-odds of "good" for each text, (N,)."""
    p = ft.probabilities(model, ft.encoded(teacher()[0].tokenizer, texts)).double()
    return (p[:, 1].log() - p[:, 0].log()).float()


def train_teacher(seed: int) -> Trained:
    """Nothing is trained: what the teacher says of all that students learn from."""
    started = time.perf_counter()
    said = {name: small.whole_numbers(log_odds(teacher()[1], texts))
            for name, texts in (("film", ft.labelled().texts), ("others", others()))}  # fmt: skip
    return _measured({"log_odds": said}, started)


def train_student(how: dict[str, Any], seed: int) -> Trained:
    """A student that learns film snippets, from labels alone or from what the teacher says of them and others."""
    film, valid, test = (ft.labelled(split=split) for split in ("train", "valid", "test"))
    tokenizer = teacher()[0].tokenizer
    runtime.seed(seed)
    texts, labels = list(film.texts), film.labels
    said = {name: small.from_whole_numbers(text)
            for name, text in record("compression_teacher").runs[0]["figures"]["log_odds"].items()}  # fmt: skip
    opinions = said["film"]
    student = table.new_student(teacher()[0], texts + others(), **how["sizes"])
    if how["alpha"] > 0:  # without a teacher nobody knows what to think of the other texts
        texts, opinions = texts + others(), torch.cat([opinions, said["others"]])
        labels = torch.cat([labels, (said["others"] > 0).long()])
    batches = small.Lessons(ft.encoded(tokenizer, texts), opinions, labels, how["batch"])
    valid_ids, test_ids = (ft.encoded(tokenizer, part.texts) for part in (valid, test))

    def loss(model: nn.Module, batch: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        ids, logits, answers = batch
        return small.distillation_loss(model(ids), logits, answers, how["temperature"], how["alpha"])

    def held_out(model: nn.Module) -> float:
        return float(cross_entropy(ft.probabilities(model, valid_ids).log(), valid.labels))

    recipe = Recipe(how["steps"], how["learning_rate"], warmup_steps=how["steps"] // 20, final_fraction=0.0,
                    weight_decay=how["weight_decay"], evaluate_every=how["steps"] // 6)  # fmt: skip
    history = train(student, batches, loss, recipe, evaluate=held_out, show=False,
                    generator=torch.Generator().manual_seed(seed))  # fmt: skip
    p = ft.probabilities(student, test_ids)
    figures = {"accuracy": round(ft.accuracy(p, test.labels), 4), "p_good": packed(p[:, 1]),
               "valid": round(ft.accuracy(ft.probabilities(student, valid_ids), valid.labels), 4)}  # fmt: skip
    print(figures["valid"], figures["accuracy"], flush=True)
    return Trained(student, history, figures)


def train_heads(seed: int) -> Trained:
    """Rank the teacher's heads on a sample of training snippets, and judge without more and more of them."""
    started, judge, tokenizer = time.perf_counter(), teacher()[1], teacher()[0].tokenizer
    sample = ft.draw(ft.labelled(), HEADS["sample"], seed)
    ids = ft.encoded(tokenizer, sample.texts)
    importance = small.head_importance(judge, lambda: cross_entropy(judge(ids), sample.labels))
    test = ft.labelled(split="test")
    part = ft.draw(test, HEADS["judged"], 0)  # the same for all seeds
    some, ids = ft.encoded(tokenizer, part.texts), ft.encoded(tokenizer, test.texts)
    by_chance = torch.rand(importance.shape, generator=torch.Generator().manual_seed(seed))
    curves: dict[str, dict[str, float]] = {"least important": {}, "by chance": {}}
    for n in HEADS["counts"]:
        for name, order in (("least important", importance), ("by chance", by_chance)):
            smaller = small.without_heads(judge, small.least_important(order, n))
            curves[name][str(n)] = round(ft.accuracy(ft.probabilities(smaller, some), part.labels), 4)
        print(n, {name: curve[str(n)] for name, curve in curves.items()}, flush=True)
    heads = small.least_important(importance, table.THIRD)
    p = ft.probabilities(small.without_heads(judge, heads), ids)
    return _measured({"heads": [list(head) for head in heads], "accuracy": round(ft.accuracy(p, test.labels), 4),
                      "curves": curves}, started)  # fmt: skip


def train_grid(seed: int) -> Trained:
    """Accuracy of the teacher on some test snippets, for each number of bits and each share of pruned weights."""
    started, judge = time.perf_counter(), teacher()[1]
    part = ft.draw(ft.labelled(split="test"), GRID["judged"], 0)
    ids, answers = ft.encoded(teacher()[0].tokenizer, part.texts), part.labels
    rows = []
    for bits in GRID["bits"]:
        rows.append([])
        for percent in GRID["sparsity"]:
            smaller = small.pruned(judge, percent / 100)
            smaller = smaller if bits == 32 else small.rounded(smaller, bits)
            rows[-1].append(round(ft.accuracy(ft.probabilities(smaller, ids), answers), 4))
        print(bits, rows[-1], flush=True)
    return _measured({"accuracy": rows}, started)


def train_table(seed: int) -> Trained:
    """Every contender as a file, in a process of its own."""
    started, test = time.perf_counter(), ft.labelled(split="test")
    student = table.empty_student(record("compression_student").recipe["sizes"]["n_pieces"])
    load("compression_student", student)
    heads = [run["figures"]["heads"] for run in record("compression_heads").runs]
    rows = table.measure(heads, student, test.texts, test.labels, lambda line: print(line, flush=True))
    return _measured({"rows": rows}, started)


def _measured(figures: dict[str, Any], started: float) -> Trained:
    """A run that measured and trained nothing."""
    stand_in = nn.ParameterList([nn.Parameter(torch.zeros(1))])
    return Trained(stand_in, History(seconds=[time.perf_counter() - started]), figures)


def _texts() -> dict[str, str]:
    return {"film": digest(ft.labelled().texts)}


def _all_texts() -> dict[str, str]:
    return _texts() | {"others": digest(others())}


_record = functools.partial(Checkpoint, keeps_weights=False)

CHECKPOINTS = [
    _record("compression_teacher", "What MiniLM, fine-tuned, says of film snippets and of other domains' reviews.",
            train_teacher, {"judge": "reviews_lora"}, _all_texts, (0,)),
    Checkpoint("compression_student", "A narrow LSTM on film snippets, taught by MiniLM.",
               functools.partial(train_student, STUDENT), STUDENT, _all_texts, precision="float16"),
    _record("compression_alone", "The same LSTM without a teacher.", functools.partial(train_student, ALONE), ALONE,
            _texts),
    _record("compression_heads", "MiniLM without its least important heads, and without heads by chance.", train_heads,
            HEADS, _texts),
    _record("compression_grid", "MiniLM by bits and by the share of its weights that is pruned.", train_grid, GRID,
            _texts, (0,)),
    _record("compression_table", "Smaller models as files: accuracy, bytes, milliseconds, megabytes.", train_table,
            {"student": "compression_student", "heads": "compression_heads"}, _texts, (0,)),
]  # fmt: skip
