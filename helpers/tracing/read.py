"""One text on its way through a model, as NumPy arrays; and what a score owes to each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from helpers.tracing.record import Recording, record

STACKS = ("decoder states", "decoder")  # whose vectors belong to cross-attention: of a `Seq2Seq`, of a Transformer


@dataclass(frozen=True)
class Trace:
    """One text on its way through a model, as arrays of float32.

    Attributes:
        attention: (layers, H, T, S), row query, column key. hidden: (layers + 1, T, D), the vectors before the first
            block and after each. queries: (layers, H, T, K). keys: (layers, H, S, K).
        output: what the model returned.
    """

    attention: np.ndarray
    hidden: np.ndarray
    queries: np.ndarray
    keys: np.ndarray
    output: Any


@torch.no_grad()
def read(model: nn.Module, *inputs: Tensor, part: str | None = None) -> Trace:
    """Let a model read one text, and keep what went on inside as NumPy arrays.

    Args:
        model: with attention, in evaluation mode.
        inputs: what it is called with, a batch of one text: token_ids (1, T), or source and target.
        part: which attention, where there are several: "encoder", "decoder" or "cross".

    Raises:
        ValueError: the batch holds several texts, or there is no such part.
    """
    with record(model) as seen:
        output = model(*inputs)
    part = _part(seen, model, part)
    stack = next(name for name in (STACKS if part == "cross" else (part,)) if name in seen.hidden)
    kept = seen.attention[part], seen.hidden[stack], seen.queries.get(part, []), seen.keys.get(part, [])
    return Trace(*map(_arrays, kept), output)


def _part(seen: Recording, model: nn.Module, part: str | None) -> str:
    if part is None and len(seen.attention) == 1:
        return next(iter(seen.attention))
    if part not in seen.attention:
        names = ", ".join(map(repr, seen.attention)) or "none"
        raise ValueError(f"part is {part!r}; the attention of this {type(model).__name__}: {names}.")
    return part


def _arrays(tensors: list[Tensor]) -> np.ndarray:
    """One array of all layers; of arrays, where their widths differ, as input and states of a recurrent layer do."""
    if any(len(tensor) != 1 for tensor in tensors):
        raise ValueError("Expected a batch of one text; `record` keeps whole batches, as tensors.")
    arrays = [tensor[0].detach().float().numpy() for tensor in tensors]
    if len({array.shape for array in arrays}) < 2:
        return np.stack(arrays) if arrays else np.zeros(0, np.float32)
    mixed = np.empty(len(arrays), dtype=object)
    mixed[:] = arrays
    return mixed


@dataclass(frozen=True)
class Gradients:
    """How a score would change if what went on inside a model did.

    Attributes:
        score: the number that was asked about.
        attention: (layers, H, T, S), gradients of each weight; hidden: (layers + 1, T, D), of each vector's numbers.
        times_input: (T,), vectors before the first block times their gradients, summed: to first order, what the score
            would lose if a token's vector were zero.
    """

    score: float
    attention: np.ndarray
    hidden: np.ndarray
    times_input: np.ndarray


def gradients(model: nn.Module, *inputs: Tensor, score: Callable[[Any], Tensor], part: str | None = None) -> Gradients:
    """Differentiate a score by all attention weights and hidden states of one text, without touching any `.grad`.

    Args:
        model, inputs, part: as for `read`. A recurrent language model has no attention; its array is empty.
        score: from the model's output to one number, such as `lambda logits: logits[0, -1].log_softmax(-1)[token]`.

    Raises:
        ValueError: the score is not one number, or does not depend on the model; or as for `read`.

    Source: Simonyan et al. (2014), section 3; times the input: Shrikumar et al. (2017), section 2.
    """
    with torch.enable_grad(), record(model, cut_below=True) as seen:
        value = score(model(*inputs))
    if not isinstance(value, Tensor) or value.numel() != 1 or not value.requires_grad:
        raise ValueError("score must turn the model's output into a tensor with one number that depends on it.")
    part = _part(seen, model, part) if seen.attention else next(iter(seen.hidden))
    stack = next(name for name in (STACKS if part == "cross" else (part,)) if name in seen.hidden)
    hidden = seen.hidden[stack]
    weights = seen.attention.get(part, [])
    asked = [*weights, *hidden]
    found = torch.autograd.grad(value.squeeze(), asked, allow_unused=True)
    found = [torch.zeros_like(of) if grad is None else grad for of, grad in zip(asked, found, strict=True)]
    of_weights, of_hidden = _arrays(found[: len(weights)]), _arrays(found[len(weights) :])
    times_input = (of_hidden[0] * _arrays(hidden[:1])[0]).sum(axis=-1)  # (T,)
    return Gradients(value.item(), of_weights, of_hidden, times_input)
