"""What a model loses without each of its heads, and what it would say after each of its layers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from helpers.tracing.heads import switched_off
from helpers.tracing.parts import attention_of
from helpers.tracing.record import record


@torch.no_grad()
def without_each_head(model: nn.Module, measure: Callable[[], float], part: str | None = None) -> np.ndarray:
    """Measure a model with each of its heads switched off in turn.

    Args:
        model: with attention. measure: called without arguments; a number such as the model's loss on a text.
        part: which attention, where there are several.

    Returns:
        (layers, H): the measure without that head.
    """
    modules = attention_of(model, part)
    found = np.zeros((len(modules), modules[0].n_heads))
    for place in np.ndindex(found.shape):
        with switched_off(model, [place], part):
            found[place] = float(measure())
    return found


@torch.no_grad()
def logit_lens(model: nn.Module, *inputs: Tensor) -> Tensor:
    """What a model would answer if it stopped after each layer: its own last steps, on every layer's vectors.

    Args:
        model: a `GPT` (last norm and `to_logits`) or a `MaskedLanguageModel` (its head), in evaluation mode.
        inputs: what it is called with: token_ids (B, T), …

    Returns:
        Logits (layers + 1, B, T, V): from the embeddings, then after each block; the last is the model's own answer.

    Raises:
        ValueError: the model is of another kind.

    Source: nostalgebraist (2020), "interpreting GPT: the logit lens".
    """
    with record(model) as seen:
        model(*inputs)
    hidden = next(iter(seen.hidden.values()))
    if hasattr(model, "to_logits") and hasattr(model, "stack"):
        return torch.stack([model.to_logits(model.stack.norm(x)) for x in hidden])
    if hasattr(model, "head") and hasattr(model, "encoder"):
        return torch.stack([model.head(x) for x in hidden])
    raise ValueError(f"The lens needs a GPT or a MaskedLanguageModel, got {type(model).__name__}.")
