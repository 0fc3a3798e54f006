"""Lesson 04's models, trained for a minute where the lesson has seconds."""

from __future__ import annotations

import dataclasses
import functools

from torch import nn

from helpers import recurrent, runtime
from helpers.checkpoints.recipe import Checkpoint, Trained, digest
from helpers.language_models import FeedForwardLM, characters, language_model_loss
from helpers.metrics import bits_per_character
from helpers.training import Recipe, train

SIZES = {"feed_forward": {"context_len": 8, "d_model": 16, "d_hidden": 64}, "lstm": {"d_model": 16, "d_hidden": 64}}
RECIPE = Recipe(steps=100_000, learning_rate=1e-2, warmup_steps=20, final_fraction=1.0, max_seconds=60,
                evaluate_every=200)  # fmt: skip
BATCH, LENGTH = 16, 64


def make(kind: str) -> nn.Module:
    """An untrained model of lesson 04: "feed_forward" or "lstm"."""
    size = characters().vocabulary.vocab_size
    if kind == "lstm":
        return recurrent.RecurrentLanguageModel(size, "lstm", **SIZES[kind])
    return FeedForwardLM(size, **SIZES[kind])


def train_one(kind: str, seed: int) -> Trained:
    """Train one on Wikipedia's characters, the recipe of lesson 04's table with 60 seconds."""
    text = characters()
    generator = runtime.seed(seed)
    model = make(kind)
    held_out = text.valid[:10_000]  # what the lesson's table looks at
    history = train(model, text.batches(BATCH, LENGTH), language_model_loss, RECIPE, generator=generator, show=False,
                    evaluate=lambda model: bits_per_character(model, held_out), keep_best=False)  # fmt: skip
    return Trained(model, history, {"bits": round(bits_per_character(model, held_out), 4)})


def _checkpoint(kind: str, about: str) -> Checkpoint:
    return Checkpoint(
        name=f"characters_{kind}", about=about, train=functools.partial(train_one, kind),
        recipe={"model": SIZES[kind], "batch": [BATCH, LENGTH], "training": dataclasses.asdict(RECIPE)},
        texts=lambda: {"characters": digest([characters().train])})  # fmt: skip


CHECKPOINTS = [
    _checkpoint("feed_forward", "Lesson 04's feed-forward model of eight characters after 60 seconds."),
    _checkpoint("lstm", "Lesson 04's LSTM over characters after 60 seconds."),
]
