"""Our encoder and GPT beside PyTorch's and Hugging Face's: training steps per second, and loss against seconds.

`python -m benchmarks transformer` measures the first; `python -m benchmarks.transformer FILE [SEEDS]` trains on the
characters of a text, by the usual recipe and by ours, and prints lines of JSON.
"""

import dataclasses
import json
import math
import sys
import time
from pathlib import Path
from statistics import median

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from helpers import runtime
from helpers.gpt import GPT, fast_config, gpt2_config, next_token_loss
from helpers.training.muon import Muon
from helpers.transformer import Stack, TransformerConfig

V, D, HEADS, LAYERS, CONTEXT, BATCH = 1000, 128, 4, 4, 64, 16


def contenders() -> dict[str, tuple[nn.Module, object]]:
    """Name -> model, and a function from the model and token_ids (B, T) to a loss. All have the same sizes."""
    from transformers import BertConfig, BertModel, GPT2Config, GPT2LMHeadModel

    sizes = {"context_len": CONTEXT, "d_model": D, "n_heads": HEADS, "n_layers": LAYERS}
    bert = BertConfig(vocab_size=V, hidden_size=D, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
                      intermediate_size=4 * D, max_position_embeddings=CONTEXT, hidden_dropout_prob=0.0,
                      attention_probs_dropout_prob=0.0)  # fmt: skip
    gpt2 = GPT2Config(vocab_size=V, n_positions=CONTEXT, n_embd=D, n_layer=LAYERS, n_head=HEADS, resid_pdrop=0.0,
                      embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=None, eos_token_id=None)  # fmt: skip
    layer = nn.TransformerEncoderLayer(D, HEADS, 4 * D, 0.0, "gelu", batch_first=True)
    theirs = nn.Sequential(nn.Embedding(V, D), nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False))
    ours = Stack(TransformerConfig(V, norm_place="post", activation="gelu", positions="learned", fused=True, **sizes))
    return {
        "encoder, ours": (ours, lambda model, ids: model(ids).x.square().mean()),
        "encoder, nn.TransformerEncoder": (theirs, lambda model, ids: model(ids).square().mean()),
        "encoder, Hugging Face BertModel": (BertModel(bert, add_pooling_layer=False),
                                            lambda model, ids: model(ids).last_hidden_state.square().mean()),
        "GPT, ours": (GPT(gpt2_config(V, fused=True, **sizes)), lambda model, ids: next_token_loss(model(ids), ids)),
        "GPT, Hugging Face GPT-2": (GPT2LMHeadModel(gpt2), lambda model, ids: model(ids, labels=ids).loss),
    }  # fmt: skip


def measure(rounds: int = 9, each: int = 8) -> list[dict]:
    """Training steps per second, the contenders taking turns; medians over rounds, after one to warm up."""
    runtime.threads(2)
    runs = {name: (model, loss_of, torch.optim.AdamW(model.parameters())) for name, (model, loss_of) in
            contenders().items()}  # fmt: skip
    token_ids, seconds = torch.randint(V, (BATCH, CONTEXT)), {name: [] for name in runs}
    for _ in range(rounds + 1):
        for name, (model, loss_of, optimizer) in runs.items():
            started = time.perf_counter()
            for _ in range(each):
                optimizer.zero_grad()
                loss_of(model, token_ids).backward()
                optimizer.step()
            seconds[name].append((time.perf_counter() - started) / each)
    return [{"model": name, "steps_per_second": 1 / median(seconds[name][1:]),
             "parameters": sum(part.numel() for part in runs[name][0].parameters())} for name in runs]  # fmt: skip


def tables(rows: list[dict]) -> str:
    """The results as Markdown, with the ratio of our speed to each peer's."""
    lines = [f"A step is forward, backward and AdamW on {BATCH} texts of {CONTEXT} tokens; {LAYERS} layers, {HEADS} "
             f"heads, width {D}.", "",
             "| model | training steps per second | ours over this | parameters |", "|---|---|---|---|"]  # fmt: skip
    for kind in ("encoder", "GPT"):
        group = [row for row in rows if row["model"].startswith(kind)]
        for row in group:
            ratio = group[0]["steps_per_second"] / row["steps_per_second"]
            lines.append(f"| {row['model']} | {row['steps_per_second']:.1f} | {ratio:.2f} | {row['parameters']:,} |")
    return "\n".join(lines)


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
    fast = fast_config(vocab_size, **sizes)
    return [TextRecipe("usual", usual, 2000, 12, False, 1e-3),
            TextRecipe("ours", fast, 250, 16, True, 1e-2, warmup=0, final=0.0, weight_decay=0.0)]  # fmt: skip


def text(path: str, recipe: TextRecipe, seed: int) -> dict:
    """Train by one recipe on the first 90 % of a text; loss on all of the last 10 %, seconds of training alone."""
    runtime.threads(2)
    runtime.seed(seed)
    characters = Path(path).read_text(encoding="utf-8")
    number = {character: row for row, character in enumerate(sorted(set(characters)))}
    token_ids = torch.tensor([number[character] for character in characters])
    cut = int(0.9 * len(token_ids))
    training, held_out = token_ids[:cut], token_ids[cut:]
    model = GPT(dataclasses.replace(recipe.config, vocab_size=len(number)))
    hidden = [part for name, part in model.named_parameters() if part.ndim == 2 and "blocks" in name]
    others = [part for part in model.parameters() if not any(part is matrix for matrix in hidden)]
    if recipe.muon:
        optimizer = Muon(hidden, others, recipe.learning_rate, recipe.weight_decay)
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
    return {"recipe": recipe.name, "seed": seed, "seconds": seconds, "loss": curve[-1][1], "curve": curve,
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


if __name__ == "__main__":
    for seed in range(int(sys.argv[2]) if len(sys.argv) > 2 else 1):
        for recipe in recipes(vocab_size=1):
            print(json.dumps(text(sys.argv[1], recipe, seed)), flush=True)
