"""Every number that a GPT computes while it reads a text: by hand, step by step, and packed for the page."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import rms_norm

from helpers.attention import causal_mask, merge_heads, scaled_dot_product, split_heads
from helpers.attention.positions import rotate, sinusoidal_positions
from helpers.gpt import GPT
from helpers.transformer.block import shift
from helpers.widgets.recurrent_gates_data import visible

LONGEST, MOST_SYMBOLS, MOST_BYTES = 32, 256, 450_000
SENT = ("query", "key", "value", "attention", "attended", "wide", "fed")  # of each block; the page works out the rest


@torch.no_grad()
def trace(model: GPT, token_ids: Sequence[int] | Tensor) -> dict[str, Tensor]:
    """Read a text as `model.read` does without dropout, and keep every step; the model is left as it was.

    Args:
        model: a GPT of any config; a fused one is read with visible attention.
        token_ids: (T,), one or more.

    Returns:
        token (T, D); position (T, D) where one is added; x (T, D), their sum. For each block, named "0.query" and so
        on: normed1 (T, D) with pre-norm; query, key as they meet, value, output (H, T, K); scores, attention
        (H, T, T), a score that the mask hides being NaN; joined, attended, sum1, mid (T, D): what attention adds,
        the sum, and what goes on; normed2 (T, D) with pre-norm; read1, read2 (T, D) where tokens are shifted; wide,
        active (T, F); fed, sum2, x (T, D). At the end final (T, D) and logits (T, V).
    """
    config, embedding = model.config, model.stack.embedding
    ids = torch.as_tensor(token_ids, device=embedding.token.weight.device)
    n_tokens = len(ids)
    mask = causal_mask(n_tokens, n_tokens, window=config.window, device=ids.device)
    seen = {"token": embedding.token(ids)}  # (T, D)
    if config.positions == "sinusoidal":
        seen["token"] = seen["token"] * config.d_model**0.5
        seen["position"] = sinusoidal_positions(n_tokens, config.d_model).to(seen["token"])
    elif config.positions == "learned":
        seen["position"] = embedding.position(torch.arange(n_tokens, device=ids.device))
    x = seen["x"] = seen["token"] + seen.get("position", 0)
    for number, block in enumerate(model.stack.blocks):
        steps = _block(block, x, mask)
        x = steps["x"]
        seen |= {f"{number}.{name}": value for name, value in steps.items()}
    seen["final"] = model.stack.norm(x)
    seen["logits"] = model.to_logits(seen["final"])  # (T, V)
    return {name: value.float().cpu() for name, value in seen.items()}


def _block(block: Any, x: Tensor, mask: Tensor) -> dict[str, Tensor]:
    """All steps of one block over x (T, D); names and shapes as in `trace`."""
    steps, heads = {}, block.attention
    if block.pre:
        steps["normed1"] = block.attention_norm(x)
    source = steps.get("normed1", x)
    if block.shifted:
        source = steps["read1"] = shift(source[None])[0]
    for name in ("query", "key", "value"):
        steps[name] = split_heads(getattr(heads, f"to_{name}")(source), heads.n_heads)  # (H, T, K)
    for name in ("query", "key"):
        if heads.normed:
            steps[name] = rms_norm(steps[name], steps[name].shape[-1:])
        if heads.rotary:
            steps[name] = rotate(steps[name])
    query, key, value = (steps[name] for name in ("query", "key", "value"))
    steps["output"], steps["attention"] = scaled_dot_product(query, key, value, mask)
    steps["scores"] = (query @ key.mT / query.shape[-1] ** 0.5).masked_fill(~mask, torch.nan)  # (H, T, T)
    steps["joined"] = merge_heads(steps["output"])  # (T, D)
    steps["attended"] = heads.to_output(steps["joined"])
    steps["sum1"] = x + steps["attended"]
    steps["mid"] = steps["sum1"] if block.pre else block.attention_norm(steps["sum1"])
    if block.pre:
        steps["normed2"] = block.feed_forward_norm(steps["mid"])
    source = steps.get("normed2", steps["mid"])
    if block.shifted:
        source = steps["read2"] = shift(source[None])[0]
    steps["wide"] = block.feed_forward.widen(source)  # (T, F)
    steps["active"] = block.feed_forward.activation(steps["wide"])
    steps["fed"] = block.feed_forward.narrow(steps["active"])  # (T, D)
    steps["sum2"] = steps["mid"] + steps["fed"]
    steps["x"] = steps["sum2"] if block.pre else block.feed_forward_norm(steps["sum2"])
    return steps


def compute(model: GPT, vocabulary: Any, text: str) -> dict[str, Any]:
    """Read the end of a text and pack what the page cannot work out by itself.

    Args:
        model: a GPT of any config.
        vocabulary: `encode(text)` and `decode(ids)`, such as `Characters`.
        text: any text; its last `LONGEST` tokens are read as if it began there, fewer where the model has fewer
            learned positions, or is so large that they would take more than `MOST_BYTES`.

    Returns:
        shown, a dict: tokens as they can be seen, ids, config, symbols (of the vocabulary, as they can be seen),
        pieces (as they are written), layout (names and shapes in the order of packing), note. packed: float16,
        little-endian. arrays: what `trace` returns, for the still picture.

    Raises:
        ValueError: the text is empty, or the vocabulary is not the model's.
    """
    ids = [int(token) for token in vocabulary.encode(str(text))]
    if not ids:
        raise ValueError("Type at least one character.")
    config = model.config
    if max(ids) >= config.vocab_size:
        raise ValueError(f"The vocabulary gives token id {max(ids)}; the model knows 0 to {config.vocab_size - 1}. Is "
                         "this the vocabulary that it was trained with?")  # fmt: skip
    tokens = ids[-_most_tokens(config) :]
    arrays = trace(model, tokens)
    best = arrays["logits"][-1].argsort(descending=True)[:MOST_SYMBOLS]
    kept = sorted(best.tolist())  # token ids that the page knows, all of a small vocabulary
    sent = _sent(model, arrays, kept)
    pieces = [vocabulary.decode([token]) for token in kept]
    names = [visible(vocabulary.decode([token])) for token in tokens]
    shown = {
        "tokens": names, "ids": tokens, "kept": kept, "pieces": pieces, "symbols": [visible(p) for p in pieces],
        "layout": [[name, list(value.shape)] for name, value in sent.items()], "config": _facts(config),
        "note": _note(len(ids), names, arrays["logits"][-1], kept),
    }  # fmt: skip
    return {"shown": shown, "packed": pack(sent.values()), "arrays": arrays}


def part_names(config: Any) -> list[str]:
    """What can be opened on the page, in reading order: "tokens", "0.head1" (block and head from 0) and so on."""
    heads = [f"head{head}" for head in range(config.n_heads)]
    parts = ["block", "norm1", *heads, "joined", "sum1", "norm2", "feed", "sum2"]
    inside = [f"{block}.{part}" for block in range(config.n_layers) for part in parts]
    last = ["norm"] if config.norm_place == "pre" else []
    return ["tokens", "embedding", *inside, *last, "logits", "probabilities"]


def _most_tokens(config: Any) -> int:
    """How many tokens are shown, so that a notebook stays small."""
    a_block = 5 * config.d_model + config.n_heads * LONGEST + config.width
    a_token = 2 * (config.n_layers * a_block + 2 * config.d_model + min(MOST_SYMBOLS, config.vocab_size))
    most = max(4, min(LONGEST, MOST_BYTES // a_token))
    return min(most, config.context_len) if config.positions == "learned" else most


def _sent(model: GPT, arrays: dict[str, Tensor], kept: list[int]) -> dict[str, Tensor]:
    """The tensors that go to the page, by name, norms' gains and the output matrix among them."""
    sent = {name: arrays[name] for name in ("token", "position") if name in arrays}
    norms = {}
    for number, block in enumerate(model.stack.blocks):
        sent |= {f"{number}.{name}": arrays[f"{number}.{name}"] for name in SENT}
        norms |= {f"{number}.norm1": block.attention_norm, f"{number}.norm2": block.feed_forward_norm}
    if model.config.norm_place == "pre":
        norms["norm"] = model.stack.norm
    for name, norm in norms.items():
        sent |= {f"{name}.{key}": value.detach().float().cpu() for key, value in norm.named_parameters()}
    sent["output"] = model.to_logits.weight.detach()[kept].float().cpu()  # (kept, D)
    return {**sent, "logits": arrays["logits"][:, kept]}


def _facts(config: Any) -> dict[str, Any]:
    names = ("vocab_size", "d_model", "n_heads", "n_layers", "norm_place", "norm_kind", "norm_eps", "positions",
             "activation", "window", "bias", "normed_heads", "shifted")  # fmt: skip
    return {**{name: getattr(config, name) for name in names}, "d_head": config.d_head, "d_ff": config.width}


def _note(n_tokens: int, names: list[str], logits: Tensor, kept: list[int]) -> str:
    notes, unknown = [], sum("□" in name for name in names)
    if n_tokens > len(names):
        notes.append(f"The text has {n_tokens:,} tokens; its last {len(names)} are read, as if it began there.")
    if unknown:
        notes.append(f"{unknown} {'token' if unknown == 1 else 'tokens'}, shown as □, "
                     f"{'is' if unknown == 1 else 'are'} not in the model's alphabet.")  # fmt: skip
    if len(kept) < len(logits):
        share = float(logits.softmax(dim=0)[kept].sum())
        notes.append(f"Of {len(logits):,} logits, those of the {len(kept)} likeliest tokens are shown, {share:.1%} of "
                     "all probability; probabilities are shares among them.")  # fmt: skip
    return " ".join(notes)


def pack(tensors: Any) -> bytes:
    """Tensors one behind the other as float16, little-endian: off by at most 1/2,048 of a number."""
    flat = [np.clip(tensor.numpy().ravel(), -65504, 65504) for tensor in tensors]
    return np.concatenate(flat).astype("<f2").tobytes()


def unpack(packed: bytes, layout: Sequence[Sequence[Any]]) -> dict[str, np.ndarray]:
    """The arrays that `pack` packed, by name, in float32."""
    flat, arrays, start = np.frombuffer(packed, "<f2").astype(np.float32), {}, 0
    for name, shape in layout:
        size = int(np.prod(shape))
        arrays[name], start = flat[start : start + size].reshape(shape), start + size
    return arrays
