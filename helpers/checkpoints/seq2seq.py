"""Lesson 05's translators of lists, with attention and without: the same parameters, batches and steps."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Callable

import torch

from helpers import data, metrics, runtime
from helpers.checkpoints.recipe import Checkpoint, Trained, digest
from helpers.recurrent.seq2seq import Seq2Seq, translate, translation_loss
from helpers.training import History, Recipe, train
from helpers.translation import BEGIN, END, TranslationTask, by_length, exact_match, outcomes

SIZES = {"d_model": 64, "d_hidden": 128}
BATCH, ITEMS, POOL = 48, (1, 10), 8000
SHORT, SHORT_STEPS = (1, 3), 500  # short lists first: where to look is learned sooner on them, and cheaper
RECIPE = Recipe(steps=2400, learning_rate=4e-3, warmup_steps=50, final_fraction=0.02, evaluate_every=100)
EDGES = (0, 20, 40, 60, 80, 100)
LONGEST = 160  # pieces, at translating; the longest right answer has fewer


def make(looks: str, task: TranslationTask) -> Seq2Seq:
    """An untrained translator: looks "dot" (attention) or "none"."""
    return Seq2Seq(len(task.source), len(task.target), looks=looks, **SIZES)


def unseen_lists(task: TranslationTask, n: int, items: tuple[int, int] = ITEMS, split: str = "test") -> list[data.Pair]:
    """Lists of unseen numbers and dates, n of each number of things."""
    lengths = range(items[0], items[1] + 1)
    return [pair for length in lengths for pair in task.pairs(n, split, items=(length, length), seed=length)]


def judge(model: torch.nn.Module, task: TranslationTask, translate: Callable = translate) -> dict:
    """Exact match on unseen lists, also by length, and on unseen single numbers and dates; BLEU of the lists."""

    def found(pairs):
        return outcomes(lambda ids: translate(model, ids, begin=BEGIN, end=END, longest=LONGEST)[0], task, pairs)

    lists = found(unseen_lists(task, 60))
    pieces = [[task.pieces(task.encode_target(text)) for text in texts]
              for texts in ([one.written for one in lists], [one.pair.target for one in lists])]  # fmt: skip
    return {
        "exact": round(exact_match(lists), 4),
        "by_length": {name: [round(share, 4), n] for name, (share, n) in by_length(lists, EDGES).items()},
        "bleu": round(metrics.bleu(*pieces), 2),
        "numbers": round(exact_match(found(data.number_pairs(200, task.language, "test"))), 4),
        "dates": round(exact_match(found(data.date_pairs(200, task.language, "test"))), 4),
        "longer_lists": round(exact_match(found(unseen_lists(task, 20, (12, 14)))), 4),
    }


def train_on_lists(model: torch.nn.Module, task: TranslationTask, recipe: Recipe, seed: int) -> History:
    """Train a translator of any kind on the lists of lesson 05, the same ones for the same seed."""
    held_out = task.batch(task.pairs(64, items=ITEMS, seed=1))
    return train(model, short_first(task), translation_loss, recipe, generator=torch.Generator().manual_seed(seed),
                 evaluate=lambda model: float(translation_loss(model, held_out)), show=False,
                 keep_best=False)  # fmt: skip


def short_first(task: TranslationTask) -> Callable[[torch.Generator], tuple[torch.Tensor, torch.Tensor]]:
    """Batches of short lists for the first steps, then of all."""
    batches = {items: task.batches(BATCH, items=items, pool=POOL) for items in (SHORT, ITEMS)}
    steps = itertools.count()
    return lambda generator: batches[SHORT if next(steps) < SHORT_STEPS else ITEMS](generator)


def train_one(looks: str, seed: int, language: str = "de") -> Trained:
    """Train one on lists of one to ten numbers, dates and names."""
    task = TranslationTask(language)
    runtime.seed(seed)
    model = make(looks, task)
    history = train_on_lists(model, task, RECIPE, seed)
    return Trained(model, history, judge(model, task))


def _texts(language: str) -> dict[str, str]:
    pairs = [*data.number_pairs(POOL, language), *data.date_pairs(POOL, language)]
    return {"pairs": digest([pair.source + "\t" + pair.target for pair in pairs])}


def _checkpoint(name: str, looks: str, about: str, language: str = "de") -> Checkpoint:
    return Checkpoint(
        name=name, about=about, train=functools.partial(train_one, looks, language=language),
        recipe={"model": {**SIZES, "looks": looks}, "batch": BATCH, "items": list(ITEMS), "pool": POOL,
                "first": [SHORT_STEPS, list(SHORT)], "language": language, "training": dataclasses.asdict(RECIPE)},
        texts=functools.partial(_texts, language))  # fmt: skip


CHECKPOINTS = [
    _checkpoint("seq2seq_attention", "dot", "Lesson 05's translator of lists into German, with attention."),
    _checkpoint("seq2seq_none", "none", "The same without attention: one vector for the whole list."),
]
