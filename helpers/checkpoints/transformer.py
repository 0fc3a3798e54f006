"""Lesson 06's Transformer on lesson 05's task, with as many parameters as lesson 05's translators.

It reads the same batches, as many as they; its learning rate is its own.
"""

from __future__ import annotations

import dataclasses

from helpers import runtime
from helpers.checkpoints import seq2seq
from helpers.checkpoints.recipe import Checkpoint, Trained
from helpers.checkpoints.seq2seq import BATCH, ITEMS, POOL
from helpers.training import Recipe
from helpers.transformer import EncoderDecoder, TransformerConfig, translate
from helpers.translation import TranslationTask

SIZES = {"d_model": 64, "n_heads": 4, "n_layers": 2, "d_ff": 256}
RECIPE = Recipe(steps=2400, learning_rate=6e-3, warmup_steps=50, final_fraction=0.02, evaluate_every=100)


def make(task: TranslationTask, *, fused: bool = False, **variant: object) -> EncoderDecoder:
    """An untrained Transformer for a task.

    Args:
        task: whose vocabularies it has. fused: the fast path, which keeps no attention to look at.
        variant: fields of `TransformerConfig`, such as positions="rotary".
    """
    configs = [TransformerConfig(len(words), **(SIZES | variant), fused=fused) for words in (task.source, task.target)]
    return EncoderDecoder(*configs)


def train_one(seed: int, language: str = "de") -> Trained:
    """Train one on the lists on which lesson 05 trains its translators: the same batches, as many steps."""
    task = TranslationTask(language)
    runtime.seed(seed)
    model = make(task, fused=True)
    history = seq2seq.train_on_lists(model, task, RECIPE, seed)
    return Trained(model, history, seq2seq.judge(model, task, translate))


CHECKPOINTS = [
    Checkpoint(
        name="transformer_lists", about="Lesson 06's Transformer, translating lists into German.",
        train=train_one, texts=seq2seq.CHECKPOINTS[0].texts,
        recipe={"model": {**SIZES, "positions": "sinusoidal", "norm_place": "pre"}, "batch": BATCH,
                "items": list(ITEMS), "pool": POOL, "first": [seq2seq.SHORT_STEPS, list(seq2seq.SHORT)],
                "language": "de", "training": dataclasses.asdict(RECIPE)}),
]  # fmt: skip
