"""Our encoder and GPT beside PyTorch's and Hugging Face's: training steps per second."""

import time
from statistics import median

import torch
from torch import nn

from helpers import runtime
from helpers.gpt import GPT, gpt2_config, next_token_loss
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
