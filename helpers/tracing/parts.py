"""Where a model keeps its attention: the modules, by part and layer, and how a head is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from torch import nn

from helpers.attention import MultiHeadAttention

Head = tuple[int, int]  # layer, head, both counted from 0


def attention_parts(model: nn.Module) -> dict[str, list[MultiHeadAttention]]:
    """The attention modules of a model: part -> one for each layer, in the order in which they work.

    Args:
        model: any model made of the course's blocks. A GPT has one part, "stack"; an `Encoder` "self", a model with
            one inside "encoder"; an `EncoderDecoder` "encoder", "decoder" and "cross"; a recurrent model none.

    Returns:
        A dict, empty where there is no `MultiHeadAttention`.
    """
    found: dict[str, list[MultiHeadAttention]] = {}
    for path, module in model.named_modules():
        if isinstance(module, MultiHeadAttention):
            stack, kind = path.rpartition("blocks")[0].rstrip("."), path.rpartition(".")[2]
            name = "cross" if kind == "cross_attention" else stack.rpartition(".")[2] or "self"
            found.setdefault(name, []).append(module)
    return found


def attention_of(model: nn.Module, part: str | None = None) -> list[MultiHeadAttention]:
    """The attention modules of one part, layer by layer; `part` may be left out where there is only one.

    Raises:
        ValueError: there is no such part, there are several, or none at all; the message names what there is.
    """
    parts = attention_parts(model)
    if not parts:
        raise ValueError(f"There is no multi-head attention in this {type(model).__name__}.")
    if part is None and len(parts) == 1:
        return next(iter(parts.values()))
    if part not in parts:
        names = ", ".join(map(repr, parts))
        raise ValueError(f"part is {part!r}; this {type(model).__name__} has attention in {names}.")
    return parts[part]


def all_heads(model: nn.Module, part: str | None = None) -> list[Head]:
    """Every head of a part as (layer, head), counted from 0."""
    return [(layer, head) for layer, module in enumerate(attention_of(model, part)) for head in range(module.n_heads)]


def by_layer(model: nn.Module, heads: Iterable[Head],
             part: str | None = None) -> dict[MultiHeadAttention, list[int]]:  # fmt: skip
    """Sort heads by the module that they belong to.

    Raises:
        ValueError: something is no pair (layer, head), or there is no such head.
    """
    modules, sorted_heads = attention_of(model, part), {}
    for pair in heads:
        try:
            layer, head = (int(number) for number in pair)
        except (TypeError, ValueError):
            raise ValueError(f"A head is a pair (layer, head) such as (0, 3), got {pair!r}.") from None
        if not 0 <= layer < len(modules) or not 0 <= head < modules[layer].n_heads:
            last = len(modules) - 1, modules[0].n_heads - 1
            raise ValueError(f"There is no head {(layer, head)}; they go from (0, 0) to {last}.")
        sorted_heads.setdefault(modules[layer], []).append(head)
    return sorted_heads


@contextmanager
def in_sight(modules: Iterable[MultiHeadAttention]) -> Iterator[None]:
    """Let attention be computed step by step: PyTorch's fused kernel gives no weights to look at, or to change."""
    modules = list(modules)
    before = [module.fused for module in modules]
    try:
        for module in modules:
            module.fused = False
        yield
    finally:
        for module, fused in zip(modules, before, strict=True):
            module.fused = fused
