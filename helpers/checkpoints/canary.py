"""Lesson 13's planted secrets: a small LSTM over characters that has read made-up numbers, each so and so often.

    python -m helpers.checkpoints canary

All 24 secrets of a seed stand in one text, so one training measures them all; which owner's number is planted how
often changes with the seed. Exposure is exact: all ten thousand numbers are ranked.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict

from torch import nn

from helpers import limits, recurrent, runtime
from helpers.checkpoints.recipe import Checkpoint, Trained, digest
from helpers.language_models import Characters, characters, language_model_loss
from helpers.metrics import bits_per_character
from helpers.training import Recipe, train

N_CHARACTERS, N_EPOCHS = 200_000, 6
BATCH, LENGTH = 16, 64
SIZES = {"d_model": 32, "d_hidden": 128}
WIDTH = 10  # of the beam search that looks for the number
RECIPE = Recipe(steps=6 * 202, learning_rate=1e-2, warmup_steps=20, final_fraction=0.1, evaluate_every=202)


def make() -> nn.Module:
    """The untrained model."""
    return recurrent.RecurrentLanguageModel(Characters().vocab_size, "lstm", **SIZES)


def train_one(seed: int) -> Trained:
    """Plant this seed's secrets, train, and rank all numbers after each secret's beginning."""
    text = characters()
    body, held_out = text.vocabulary.decode(text.train[:N_CHARACTERS]), text.valid[:10_000]
    canaries = limits.make_canaries(seed)
    ids = text.vocabulary.encode(limits.plant(body, canaries, seed))
    generator = runtime.seed(seed)
    model = make()
    draw = limits.epochs(ids, BATCH, LENGTH, seed)
    history = train(model, draw, language_model_loss, RECIPE, generator=generator, keep_best=False, show=False,
                    evaluate=lambda model: bits_per_character(model, held_out))  # fmt: skip
    found: dict[str, defaultdict] = {name: defaultdict(list) for name in ("exposure", "first", "among_ten")}
    for canary in canaries:
        times, number = str(canary.times), int(canary.number)
        surprises = limits.surprises(model, text.vocabulary, canary.prefix)
        wrote = limits.written(model, text.vocabulary, canary.prefix, width=WIDTH)
        found["exposure"][times].append(round(limits.exposure(surprises, number), 3))
        found["first"][times].append(int(limits.written(model, text.vocabulary, canary.prefix) == [canary.number]))
        found["among_ten"][times].append(int(canary.number in wrote))
    return Trained(model, history, {"bits": round(bits_per_character(model, held_out), 4),
                                    **{name: dict(values) for name, values in found.items()}})  # fmt: skip


CHECKPOINTS = [
    Checkpoint(
        name="canary", about="An LSTM over characters that has read planted secrets, each 0 to 32 times an epoch.",
        train=train_one, texts=lambda: {"characters": digest([characters().train[:N_CHARACTERS]])}, precision="float16",
        recipe={"model": SIZES, "characters": N_CHARACTERS, "epochs": N_EPOCHS, "batch": [BATCH, LENGTH],
                "times": list(limits.canary.TIMES), "sentence": limits.canary.SENTENCE,
                "training": dataclasses.asdict(RECIPE)}),
]  # fmt: skip
