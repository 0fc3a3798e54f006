"""Hooks that keep what a model computes on its way: attention, hidden states, queries and keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import rms_norm

from helpers.attention import rotate, split_heads
from helpers.recurrent.layer import Recurrent
from helpers.recurrent.seq2seq import Seq2Seq
from helpers.tracing.parts import attention_parts, in_sight
from helpers.transformer import Block


@dataclass
class Recording:
    """What the last call of a model left behind; each a dict from part to one tensor a layer.

    Attributes:
        attention: (B, H, T, S), row query, column key.
        hidden: (B, T, D): what went into the first block, then what each block gave; of a recurrent layer its input and
            its states.
        queries, keys: (B, H, T or S, K), as they were multiplied: normed and turned where the model does that.
    """

    attention: dict[str, list[Tensor]] = field(default_factory=dict)
    hidden: dict[str, list[Tensor]] = field(default_factory=dict)
    queries: dict[str, list[Tensor]] = field(default_factory=dict)
    keys: dict[str, list[Tensor]] = field(default_factory=dict)


@contextmanager
def record(model: nn.Module, *, cut_below: bool = False) -> Iterator[Recording]:
    """Watch a model at work through hooks, which are taken off when the `with` ends, whatever happened in it.

    Args:
        model: any of the course's models: `Encoder` and what stands on it, `GPT`, `EncoderDecoder`, recurrent ones and
            `Seq2Seq`. Neither weights nor outputs are changed.
        cut_below: treat what goes into the first block as given, so that gradients can be taken of it even where all
            weights are frozen.

    Yields:
        A `Recording` that every call of the model fills anew. Its tensors are part of the call's graph.

    Example:
        >>> with record(model) as seen:
        ...     model(token_ids)
        >>> seen.attention["stack"][0].shape      # (B, H, T, T)
    """
    seen, parts = Recording(), attention_parts(model)
    with ExitStack() as stack:
        stack.enter_context(in_sight(module for modules in parts.values() for module in modules))
        for name, modules in parts.items():
            for store in (seen.attention, seen.queries, seen.keys):
                store[name] = [torch.empty(0)] * len(modules)
            for layer, module in enumerate(modules):
                stack.callback(_watch_attention(module, seen, name, layer))
        for name, blocks in _blocks(model).items():
            seen.hidden[name] = [torch.empty(0)] * (len(blocks) + 1)
            stack.callback(_watch_input(blocks[0], seen.hidden[name], cut_below))
            for layer, block in enumerate(blocks, start=1):
                stack.callback(_watch_output(block, seen.hidden[name], layer))
        for name, module in model.named_modules():
            if isinstance(module, Recurrent):
                seen.hidden[name or "recurrent"] = [torch.empty(0)] * 2
                stack.callback(_watch_input(module, seen.hidden[name or "recurrent"], cut_below))
                stack.callback(_watch_output(module, seen.hidden[name or "recurrent"], 1))
        if isinstance(model, Seq2Seq):
            stack.callback(_watch_decoder(model, seen))
        yield seen


def _blocks(model: nn.Module) -> dict[str, list[Block]]:
    found: dict[str, list[Block]] = {}
    for path, module in model.named_modules():
        if isinstance(module, Block):
            found.setdefault(path.rpartition("blocks")[0].rstrip(".").rpartition(".")[2] or "self", []).append(module)
    return found


def _watch_attention(module: nn.Module, seen: Recording, name: str, layer: int) -> Callable[[], None]:
    def look(which: dict[str, list[Tensor]]) -> Callable:
        def keep(_: nn.Module, args: tuple, output: Tensor) -> None:
            projected = split_heads(output, module.n_heads)  # (B, H, T, K)
            if module.normed:
                projected = rms_norm(projected, projected.shape[-1:])
            which[name][layer] = rotate(projected, start[0]) if module.rotary else projected

        return keep

    start = [0]

    def note_start(_: nn.Module, args: tuple, kwargs: dict) -> None:
        cache = kwargs.get("cache", args[3] if len(args) > 3 else None)
        start[0] = 0 if cache is None else cache.seen

    def keep_weights(_: nn.Module, args: tuple, output: Tensor) -> None:
        seen.attention[name][layer] = args[0]  # what goes into the dropout: the weights, edited ones if there are any

    handles = [module.register_forward_pre_hook(note_start, with_kwargs=True),
               module.to_query.register_forward_hook(look(seen.queries)),
               module.to_key.register_forward_hook(look(seen.keys)),
               module.dropout.register_forward_hook(keep_weights)]  # fmt: skip
    return lambda: [handle.remove() for handle in handles]


def _watch_input(module: nn.Module, places: list[Tensor], cut_below: bool) -> Callable[[], None]:
    def keep(_: nn.Module, args: tuple) -> tuple:
        x = args[0].detach().requires_grad_() if cut_below else args[0]
        places[0] = x
        return (x, *args[1:])

    return module.register_forward_pre_hook(keep).remove


def _watch_output(module: nn.Module, places: list[Tensor], layer: int) -> Callable[[], None]:
    def keep(_: nn.Module, args: tuple, output: tuple) -> None:
        places[layer] = output[0]

    return module.register_forward_hook(keep).remove


def _watch_decoder(model: Seq2Seq, seen: Recording) -> Callable[[], None]:
    """A `Seq2Seq` decodes in a method and not in a module: wrap it, on this object alone, and unwrap it again."""
    decode, outer = model.decode, model.__dict__.get("decode")  # one of an outer `record`

    def watched(*args: Any, **kwargs: Any) -> tuple:
        output = decode(*args, **kwargs)
        seen.attention["cross"] = [output[1].unsqueeze(1)]  # (B, 1, T, S): one head
        return output

    def keep_states(_: nn.Module, args: tuple) -> None:
        seen.hidden["decoder states"] = [args[0].tensor_split(2, dim=-1)[1]]  # beside the context: (B, T, N)

    handle = model.combine.register_forward_pre_hook(keep_states)
    model.__dict__["decode"] = watched

    def unwrap() -> None:
        handle.remove()
        del model.__dict__["decode"]
        if outer is not None:
            model.__dict__["decode"] = outer

    return unwrap
