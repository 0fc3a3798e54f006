"""Lesson 07's models: GPT by the usual recipe and by the fast one, an LSTM beside them, ablations and sizes."""

from __future__ import annotations

import dataclasses
import functools
import math
from typing import Any

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from helpers import recurrent, runtime
from helpers.checkpoints.recipe import Checkpoint, Trained, digest
from helpers.gpt import GPT, fast_config, few_shot, gpt2_config
from helpers.language_models import CharacterText, characters, language_model_loss
from helpers.metrics import bits_per_character
from helpers.training import History, Recipe, train

BATCH, LENGTH = 8, 128
SIZES = {"context_len": LENGTH, "d_model": 64, "n_heads": 4, "n_layers": 4}
LARGE = SIZES | {"d_model": 128}  # of the lesson's result
BEST = LARGE | {"shifted": True}
USUAL = {"learning_rate": 3e-3, "warmup_steps": 30, "final_fraction": 0.0, "weight_decay": 0.1}
FAST = {"learning_rate": 2e-2, "final_fraction": 0.0, "optimizer": "muon"}
WITHOUT_MUON = {"learning_rate": 3e-3, "warmup_steps": 30, "final_fraction": 0.0}
LSTM = {"d_model": 128, "d_hidden": 374}
LSTM_RECIPE = {"learning_rate": 5e-3, "warmup_steps": 30, "final_fraction": 0.0}
SHOTS = (0, 1, 2, 4, 8)
SMALL = {"context_len": 64, "d_model": 32, "n_layers": 2}
CONTEXTS = (1, 2, 4, 8, 16, 32, 64, 128)

# Each piece of the fast recipe, put back to what GPT-2 has: changes to the model, and how it is trained.
ABLATIONS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "fast": ({}, FAST),
    "learned positions": ({"positions": "learned"}, FAST),
    "no norm on queries and keys": ({"normed_heads": False}, FAST),
    "GELU": ({"activation": "gelu_tanh"}, FAST),
    "output projections not zero": ({"zero_output": False}, FAST),
    "AdamW": ({}, WITHOUT_MUON),
    "usual": ({"positions": "learned", "normed_heads": False, "activation": "gelu_tanh", "zero_output": False,
               "norm_kind": "layer", "bias": True}, USUAL),
}  # fmt: skip
SHIFTED = {"token shift": ({"shifted": True}, FAST)}  # one piece more
WIDTHS = {16: 2, 32: 3, 64: 4, 96: 4}  # d_model -> layers, for the scaling line


def make(kind: str, **sizes: Any) -> nn.Module:
    """An untrained model over characters: "usual" or "fast" (a GPT), or "lstm"."""
    size = characters().vocabulary.vocab_size
    if kind == "lstm":
        return recurrent.RecurrentLanguageModel(size, "lstm", **LSTM)
    if kind == "usual":
        return GPT(gpt2_config(size, fused=True, **(SIZES | sizes)))
    return GPT(fast_config(size, **(SIZES | sizes)))


def fit(model: nn.Module, recipe: Recipe, seed: int) -> tuple[History, float]:
    """Train on Wikipedia's characters; returns the history and bits per character on held-out text."""
    text = characters()
    held_out = text.valid[:10_000]  # as in lesson 04
    judge = functools.partial(bits_per_character, token_ids=held_out)
    history = train(model, text.batches(BATCH, LENGTH), language_model_loss, recipe, evaluate=judge, show=False,
                    generator=runtime.seed(seed), keep_best=False)  # fmt: skip
    return history, round(judge(model), 4)


def shots(model: nn.Module, text: CharacterText) -> dict[str, list[float]]:
    """Task -> accuracy after each number of examples in `SHOTS`."""
    return {task: [round(few_shot.accuracy(model, text.vocabulary, task, n), 3) for n in SHOTS]
            for task in few_shot.TASKS}  # fmt: skip


@torch.no_grad()
def contexts(model: nn.Module, text: CharacterText, lengths: tuple[int, ...] = CONTEXTS,
             n_places: int = 500) -> dict[str, float]:  # fmt: skip
    """Number of characters the model is given -> its surprise at the next one, in bits, at the same places."""
    places = torch.arange(300, 10_300, 10_000 // n_places)
    found = {}
    for length in lengths:
        pieces = text.valid[places[:, None] + torch.arange(-length, 0)]  # (B, length)
        nats = cross_entropy(model(pieces)[:, -1], text.valid[places])
        found[str(length)] = round(nats.item() / math.log(2), 4)
    return found


def train_one(kind: str, sizes: dict[str, Any], recipe: Recipe, seed: int) -> Trained:
    """One of the three models of the lesson's result."""
    runtime.seed(seed)
    model = make(kind, **sizes)
    history, bits = fit(model, recipe, seed)
    text = characters()
    figures = {"bits": bits, "few_shot": shots(model, text), "by_context": contexts(model, text)}
    return Trained(model, history, figures)


def train_ablations(steps: int, seed: int, variants: dict[str, Any] = ABLATIONS) -> Trained:
    """The fast recipe, and without each of its pieces."""
    found = {}
    for name, (changes, how) in variants.items():
        runtime.seed(seed)
        model = GPT(fast_config(characters().vocabulary.vocab_size, **(SIZES | changes)))
        history, bits = fit(model, Recipe(steps, evaluate_every=steps, **how), seed)
        found[name] = {"bits": bits, "seconds": round(sum(history.seconds), 1)}
    return Trained(model, history, found)


def train_sizes(steps: int, seed: int) -> Trained:
    """The fast recipe at four sizes, the same text for each."""
    found = {}
    for width, layers in WIDTHS.items():
        runtime.seed(seed)
        model = make("fast", d_model=width, n_layers=layers)
        history, bits = fit(model, Recipe(steps, evaluate_every=steps, **FAST), seed)
        hidden = sum(part.numel() for part in model.stack.blocks.parameters())
        found[str(width)] = {"bits": bits, "parameters": hidden, "seconds": round(sum(history.seconds), 1)}
    return Trained(model, history, found)


def train_repeats(recipe: Recipe, seed: int) -> Trained:
    """A small GPT that reads nothing but made-up words, each repeated: does it learn to look back?"""
    generator, text = runtime.seed(seed), characters()
    model = make("fast", **SMALL)
    history = train(model, few_shot.repeats(text.vocabulary), language_model_loss, recipe, generator=generator,
                    show=False)  # fmt: skip
    return Trained(model, history, {"few_shot": shots(model, text)})


def _texts() -> dict[str, str]:
    return {"characters": digest([characters().train])}


def _checkpoint(kind: str, about: str, sizes: dict[str, Any], steps: int, how: dict[str, Any],
                keeps_weights: bool = True) -> Checkpoint:  # fmt: skip
    recipe = Recipe(steps, evaluate_every=steps // 20, **how)
    return Checkpoint(f"gpt_{kind}", about, functools.partial(train_one, kind, sizes, recipe), texts=_texts,
                      recipe={"model": sizes, "batch": [BATCH, LENGTH], "training": dataclasses.asdict(recipe)},
                      precision="float16", keeps_weights=keeps_weights)  # fmt: skip


def _table(name: str, about: str, train_all: Any, steps: int, what: dict[str, Any]) -> Checkpoint:
    return Checkpoint(f"gpt_{name}", about, functools.partial(train_all, steps), texts=_texts, keeps_weights=False,
                      recipe={"model": SIZES, "batch": [BATCH, LENGTH], "steps": steps} | what)  # fmt: skip


REPEATS = Recipe(150, **FAST)

CHECKPOINTS = [
    _checkpoint("usual", "A GPT over characters, as GPT-2 is built and usually trained.", LARGE, 300, USUAL),
    _checkpoint("fast", "The same GPT with the pieces that make it learn faster.", BEST, 300, FAST),
    _checkpoint("lstm", "An LSTM with as many parameters, over the same characters.", LSTM, 400, LSTM_RECIPE, False),
    _table("ablation", "The fast recipe without each of its pieces.", train_ablations, 120,
           {"variants": {name: list(parts) for name, parts in ABLATIONS.items()}}),
    _table("shift", "The fast recipe and token shift.", functools.partial(train_ablations, variants=SHIFTED), 120,
           {"variants": {name: list(parts) for name, parts in SHIFTED.items()}}),
    _table("sizes", "The fast recipe at four sizes, on equally much text.", train_sizes, 200,
           {"layers": {str(width): layers for width, layers in WIDTHS.items()}, "training": FAST}),
    Checkpoint("gpt_repeats", "A small GPT that has read only made-up words, each repeated.",
               functools.partial(train_repeats, REPEATS), keeps_weights=False,
               recipe={"model": SIZES | SMALL, "batch": [32, 36], "training": dataclasses.asdict(REPEATS)}),
]  # fmt: skip
