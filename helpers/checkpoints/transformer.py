"""Lesson 06's Transformer on lesson 05's task, with as many parameters as lesson 05's translators.

A step costs less than theirs, so it takes about as many steps of larger batches in about the same time.
"""

from __future__ import annotations

import dataclasses

from torch import nn

from helpers import data, runtime
from helpers.checkpoints import seq2seq
from helpers.checkpoints.recipe import Checkpoint, Trained
from helpers.checkpoints.seq2seq import EDGES, LONGEST
from helpers.recurrent.seq2seq import translation_loss
from helpers.training import Recipe, train
from helpers.transformer import EncoderDecoder, TransformerConfig, translate
from helpers.translation import BEGIN, END, TranslationTask, by_length, exact_match, outcomes

SIZES = {"d_model": 64, "n_heads": 4, "n_layers": 2, "d_ff": 256}
BATCH, ITEMS, POOL = 48, (1, 10), 8000
RECIPE = Recipe(steps=1000, learning_rate=6e-3, warmup_steps=50, final_fraction=0.02, evaluate_every=100)


def make(task: TranslationTask, *, fused: bool = False, **variant: object) -> EncoderDecoder:
    """An untrained Transformer for a task.

    Args:
        task: whose vocabularies it has. fused: the fast path, which keeps no attention to look at.
        variant: fields of `TransformerConfig`, such as positions="rotary".
    """
    configs = [TransformerConfig(len(words), **(SIZES | variant), fused=fused) for words in (task.source, task.target)]
    return EncoderDecoder(*configs)


def judge(model: nn.Module, task: TranslationTask) -> dict:
    """Exact match on unseen lists, also by length, and on unseen single numbers and dates; see lesson 05's."""

    def found(pairs):
        return outcomes(lambda ids: translate(model, ids, begin=BEGIN, end=END, longest=LONGEST)[0], task, pairs)

    lists = found(task.pairs(800, items=ITEMS))
    return {
        "exact": round(exact_match(lists), 4),
        "by_length": {name: [round(share, 4), n] for name, (share, n) in by_length(lists, EDGES).items()},
        "numbers": round(exact_match(found(data.number_pairs(300, task.language, "test"))), 4),
        "dates": round(exact_match(found(data.date_pairs(300, task.language, "test"))), 4),
        "longer_lists": round(exact_match(found(task.pairs(100, "longer", items=(1, 8)))), 4),
    }


def train_one(seed: int, language: str = "de") -> Trained:
    """Train one on lists of one to ten numbers, dates and names, as lesson 05 trains its translators."""
    task = TranslationTask(language)
    generator = runtime.seed(seed)
    model = make(task, fused=True)
    held_out = task.batch(task.pairs(64, items=ITEMS, seed=1))
    history = train(model, task.batches(BATCH, items=ITEMS, pool=POOL), translation_loss, RECIPE, generator=generator,
                    evaluate=lambda model: float(translation_loss(model, held_out)), show=False,
                    keep_best=False)  # fmt: skip
    return Trained(model, history, judge(model, task))


CHECKPOINTS = [
    Checkpoint(
        name="transformer_lists", about="Lesson 06's Transformer, translating lists into German.",
        train=train_one, texts=seq2seq.CHECKPOINTS[0].texts,
        recipe={"model": {**SIZES, "positions": "sinusoidal", "norm_place": "pre"}, "batch": BATCH,
                "items": list(ITEMS), "pool": POOL, "language": "de", "training": dataclasses.asdict(RECIPE)}),
]  # fmt: skip
