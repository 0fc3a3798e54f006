"""Loss against seconds on the characters of a text: the usual laptop recipe for a small GPT, and ours at the same size.

`python -m benchmarks --text FILE` runs it alone; the file is not part of the course (Tiny Shakespeare is usual).
"""

import dataclasses
import math
import time
from pathlib import Path
from statistics import median

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from helpers import runtime
from helpers.gpt import GPT, fast_config, gpt2_config
from helpers.training.muon import Muon, hidden_matrices
from helpers.transformer import TransformerConfig

D, HEADS, LAYERS, CONTEXT = 128, 4, 4, 64


@dataclasses.dataclass(frozen=True)
class TextRecipe:
    """How a GPT is trained on a text, by characters."""

    name: str
    config: TransformerConfig
    steps: int
    batch: int
    muon: bool
    learning_rate: float
    warmup: int = 100
    final: float = 0.1
    weight_decay: float = 0.1
    betas: tuple[float, float] = (0.9, 0.99)


def recipes(vocab_size: int) -> list[TextRecipe]:
    """The usual laptop recipe for this text, and ours at the same size."""
    sizes = {"context_len": CONTEXT, "d_model": D, "n_heads": HEADS, "n_layers": LAYERS}
    usual = gpt2_config(vocab_size, bias=False, fused=True, **sizes)
    fast = fast_config(vocab_size, shifted=True, **sizes)
    return [TextRecipe("usual", usual, 2000, 12, False, 1e-3),
            TextRecipe("ours", fast, 160, 16, True, 5e-3, warmup=0, final=0.0, weight_decay=0.0)]  # fmt: skip


def train(path: str, recipe: TextRecipe, seed: int) -> dict:
    """Train by one recipe on the first 90 % of a text; loss on all of the last 10 %, seconds of training alone."""
    runtime.threads(2)
    runtime.seed(seed)
    characters = Path(path).read_text(encoding="utf-8")
    number = {character: row for row, character in enumerate(sorted(set(characters)))}
    token_ids = torch.tensor([number[character] for character in characters])
    cut = int(0.9 * len(token_ids))
    training, held_out = token_ids[:cut], token_ids[cut:]
    model = GPT(dataclasses.replace(recipe.config, vocab_size=len(number)))
    if recipe.muon:
        optimizer = Muon(*hidden_matrices(model), recipe.learning_rate, recipe.weight_decay)
    else:
        optimizer = torch.optim.AdamW(model.parameters(), recipe.learning_rate, recipe.betas,
                                      weight_decay=recipe.weight_decay)  # fmt: skip
    seconds, curve = 0.0, []
    for step in range(recipe.steps):
        started = time.perf_counter()
        share = (step - recipe.warmup) / max(recipe.steps - recipe.warmup, 1)
        height = (step + 1) / recipe.warmup if share < 0 else (
            recipe.final + (1 - recipe.final) * 0.5 * (1 + math.cos(math.pi * share)))  # fmt: skip
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate * height
        starts = torch.randint(len(training) - CONTEXT - 1, (recipe.batch,))
        block = training[starts[:, None] + torch.arange(CONTEXT + 1)]  # (B, T + 1)
        loss = cross_entropy(model(block[:, :-1]).flatten(0, 1), block[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        seconds += time.perf_counter() - started
        if (step + 1) % max(recipe.steps // 5, 1) == 0:
            curve.append((round(seconds, 1), round(held_out_loss(model, held_out), 4)))
    return {"recipe": recipe.name, "seed": seed, "seconds": seconds, "steps": recipe.steps, "batch": recipe.batch,
            "loss": curve[-1][1], "curve": curve,
            "parameters": sum(part.numel() for part in model.parameters())}  # fmt: skip


@torch.no_grad()
def held_out_loss(model: GPT, token_ids: torch.Tensor) -> float:
    """Nats per character over the whole of token_ids, in blocks of CONTEXT."""
    model.eval()
    n_blocks = (len(token_ids) - 1) // CONTEXT
    inputs, targets = (token_ids[shift : shift + n_blocks * CONTEXT].view(-1, CONTEXT) for shift in (0, 1))
    total = sum(cross_entropy(model(x).flatten(0, 1), y.flatten(), reduction="sum").item()
                for x, y in zip(inputs.split(128), targets.split(128), strict=True))  # fmt: skip
    model.train()
    return total / (n_blocks * CONTEXT)


def measure(path: str, seeds=(0, 1, 2)) -> list[dict]:
    """All runs, the recipes taking turns."""
    return [train(path, recipe, seed) for seed in seeds for recipe in recipes(vocab_size=1)]


def tables(rows: list[dict]) -> str:
    """The results as Markdown: loss and seconds, and what share of the usual recipe's seconds ours takes."""
    groups = {name: [row for row in rows if row["recipe"] == name] for name in ("usual", "ours")}
    usual = median(row["seconds"] for row in groups["usual"])
    lines = [f"{LAYERS} layers, {HEADS} heads, width {D}, context {CONTEXT}; loss in nats per character over all "
             "of the last tenth of the text; median and range over seeds.", "",
             "| recipe | steps | batch | parameters | loss | seconds of training | share of the usual |",
             "|---|---|---|---|---|---|---|"]  # fmt: skip
    for name, group in groups.items():
        losses, seconds = ([row[key] for row in group] for key in ("loss", "seconds"))
        lines.append(f"| {name} | {group[0]['steps']:,} | {group[0]['batch']} | {group[0]['parameters']:,} | "
                     f"{median(losses):.3f} ({min(losses):.3f}–{max(losses):.3f}) | {median(seconds):.1f} | "
                     f"{median(seconds) / usual:.2f} |")  # fmt: skip
    return "\n".join(lines)
