"""Heads switched off, or told what to attend to, for as long as a `with` lasts; the model itself stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from helpers.tracing.parts import Head, attention_of, by_layer, in_sight

Edit = Callable[[Tensor], Tensor] | Tensor | np.ndarray


def output_without(found: Tensor, weight: Tensor, bias: Tensor, n_heads: int, off: Iterable[int]) -> Tensor:
    """What attention adds to the tokens when some heads are silent.

    Each head has K of the D numbers that `found` holds for a token: the first head the first K, and so on. A silent
    head's numbers are zero; the rest goes through the output projection as ever.

    Args:
        found: what the heads found, side by side, (B, T, D), D = H·K.
        weight: of the output projection, (D, D), as `nn.Linear` keeps it: row output, column input.
        bias: (D,).
        n_heads: H.
        off: the heads to silence, counted from 0; none at all is allowed.

    Returns:
        (B, T, D). Nothing that was given is changed.

    Source: Michel et al. (2019), section 2.3, equation 1.
    """
    heads = found.unflatten(-1, (n_heads, -1)).clone()  # (B, T, H, K)
    heads[:, :, list(off)] = 0.0
    return heads.flatten(-2) @ weight.T + bias


@contextmanager
def switched_off(model: nn.Module, heads: Iterable[Head], part: str | None = None, *,
                 texts: Sequence[bool] | None = None) -> Iterator[nn.Module]:  # fmt: skip
    """Silence heads: what they found is replaced by zeros before the output projection.

    Args:
        model: any of the course's models with attention; its weights are not touched, and when the `with` ends, by an
            exception too, its outputs are what they were.
        heads: pairs (layer, head), counted from 0.
        part: which attention, where the model has several; see `attention_parts`.
        texts: for each of the B texts of a batch whether it is read without these heads; all are if not given.

    Yields:
        The model.

    Raises:
        ValueError: there is no such head or part.

    Source: Michel et al. (2019), section 2.3.

    Example:
        >>> with switched_off(model, [(0, 2), (3, 1)]):
        ...     loss = language_model_loss(model, token_ids)
    """
    with ExitStack() as stack:
        for module, off in by_layer(model, heads, part).items():
            stack.callback(_silence(module, off, texts))
        yield model


def _silence(module: nn.Module, off: list[int], texts: Sequence[bool] | None) -> Callable[[], None]:
    """Hook one attention module; returns what takes the hook off again."""
    silent = torch.zeros(module.n_heads, module.to_output.in_features // module.n_heads, dtype=torch.bool)
    silent[off] = True
    silent = silent.flatten() if texts is None else silent.flatten() & torch.tensor(texts)[:, None, None]  # (B, 1, H·K)

    def silence(_: nn.Module, args: tuple[Tensor]) -> tuple[Tensor]:
        return (args[0].masked_fill(silent.to(args[0].device), 0.0),)  # (B, T, H·K)

    return module.to_output.register_forward_pre_hook(silence).remove


@contextmanager
def overwritten(model: nn.Module, edits: Mapping[Head, Edit], part: str | None = None) -> Iterator[nn.Module]:
    """Let heads attend to what we say: their weights are replaced after the softmax, the rest of the model goes on.

    Args:
        model: as for `switched_off`.
        edits: (layer, head) -> new weights, (T, S) or (B, T, S), queries by keys; or a function from the head's own
            weights (B, T, S) to new ones of that shape. Rows should sum to one, as a softmax gives them; rows of
            zeros find nothing. Masks are not applied again: what you write is what the head does.
        part: which attention, where the model has several.

    Yields:
        The model. Attention it returns, and what `record` sees, are the new weights.

    Raises:
        ValueError: there is no such head or part; during the call: weights of another shape, or not finite.

    Example:
        >>> with overwritten(model, {(3, 0): torch.eye(n_tokens)}):     # every token looks at itself
        ...     logits = model(token_ids)
    """
    with ExitStack() as stack:
        stack.enter_context(in_sight(by_layer(model, edits, part)))
        for number, module in enumerate(attention_of(model, part)):
            new = {int(head): edit for (layer, head), edit in edits.items() if layer == number}
            for remove in _overwrite(module, new, number) if new else ():
                stack.callback(remove)
        yield model


def _overwrite(module: nn.Module, edits: dict[int, Edit], layer: int) -> list[Callable[[], Any]]:
    """Hook one attention module; returns what takes the hooks off again."""
    last: list[Tensor] = []

    def change(_: nn.Module, args: tuple[Tensor]) -> tuple[Tensor]:
        rows = list(args[0].unbind(1))  # H of (B, T, S)
        for head, edit in edits.items():
            rows[head] = _weights(edit, rows[head], (layer, head))
        last[:] = [torch.stack(rows, dim=1)]  # (B, H, T, S)
        return (last[0],)

    def tell(_: nn.Module, args: tuple, output: tuple[Tensor, Tensor | None]) -> tuple[Tensor, Tensor]:
        return output[0], last.pop()

    # Weights go through the module's dropout and nothing else does: there they can be caught.
    return [module.dropout.register_forward_pre_hook(change).remove, module.register_forward_hook(tell).remove]


def _weights(edit: Edit, own: Tensor, head: Head) -> Tensor:
    """The new weights of one head, (B, T, S), checked."""
    new = edit if isinstance(edit, Tensor) else edit(own) if callable(edit) else torch.as_tensor(np.asarray(edit))
    if not isinstance(new, Tensor) or new.shape not in (own.shape, own.shape[1:]):
        came = tuple(new.shape) if isinstance(new, Tensor) else type(new).__name__
        raise ValueError(f"Head {head} attends with weights {tuple(own.shape)}, (B, T, S); the new ones are {came}.")
    if not bool(torch.isfinite(new).all()):
        raise ValueError(f"The new weights of head {head} hold NaN or infinity.")
    return new.to(own).expand(own.shape)
