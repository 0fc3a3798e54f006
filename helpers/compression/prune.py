"""Pruning: weights set to zero by their size, and whole heads taken out of attention."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor, nn

from helpers import tracing

Head = tuple[int, int]


def pruning_masks(weights: Sequence[Tensor], fraction: float) -> list[Tensor]:
    """Which weights stay when the smallest of all are pruned.

    All matrices share one ranking by magnitude; k = round(fraction · number of weights) are pruned, exactly. Among
    equals those go first that stand first: earlier matrices, earlier rows, earlier columns.

    Args:
        weights: tensors of any shapes. fraction: from 0 to 1.

    Returns:
        A mask for each tensor, bool, of its shape: True where a weight stays.

    Source: Han et al. (2015), section 3; one ranking for all layers as in Frankle and Carbin (2019), section 4.
    """
    sizes = torch.cat([weight.abs().flatten() for weight in weights])
    stays = torch.ones(len(sizes), dtype=torch.bool)
    stays[sizes.argsort(stable=True)[: round(fraction * len(sizes))]] = False
    parts = stays.split([weight.numel() for weight in weights])
    return [part.view(weight.shape) for part, weight in zip(parts, weights, strict=True)]


def prunable(model: nn.Module) -> dict[str, nn.Parameter]:
    """Name -> weight of the linear layers in an encoder's blocks: embeddings and the head on top stay whole."""
    return {f"blocks.{name}.weight": part.weight for name, part in model.encoder.blocks.named_modules()
            if isinstance(part, nn.Linear)}  # fmt: skip


@torch.no_grad()
def pruned(classifier: nn.Module, fraction: float, *, everywhere: bool = True) -> nn.Module:
    """A copy of a classifier with the smallest weights of its encoder's blocks at zero.

    Args:
        fraction: of those weights, from 0 to 1.
        everywhere: one ranking for all matrices; else the same fraction of each.
    """
    copied = copy.deepcopy(classifier)
    weights = list(prunable(copied).values())
    if everywhere:
        masks = pruning_masks(weights, fraction)
    else:
        masks = [pruning_masks([weight], fraction)[0] for weight in weights]
    for weight, stays in zip(weights, masks, strict=True):
        weight.mul_(stays)
    return copied


def sparsity(weights: Iterable[Tensor]) -> float:
    """The share of zeros, from 0 to 1."""
    weights = list(weights)
    return sum(int((weight == 0).sum()) for weight in weights) / max(sum(weight.numel() for weight in weights), 1)


class Bias(nn.Module):
    """What is left of attention without heads: the output projection's bias, the same for every token."""

    def __init__(self, bias: Tensor) -> None:
        super().__init__()
        self.bias, self.fused, self.n_heads = nn.Parameter(bias.detach().clone()), True, 0

    def forward(self, x: Tensor, memory: Tensor | None = None, mask: Tensor | None = None, cache=None):
        return self.bias.expand_as(x), None


@torch.no_grad()
def without_heads(classifier: nn.Module, heads: Iterable[Head]) -> nn.Module:
    """A copy of a classifier from which heads are gone: narrower projections, and less to compute.

    It answers what the original answers with the same heads switched off (`tracing.switched_off`).

    Args:
        classifier: with an `encoder` of the course's blocks. heads: pairs (layer, head), counted from 0.

    Raises:
        ValueError: there is no such head.

    Source: Michel et al. (2019), section 4.
    """
    copied, heads = copy.deepcopy(classifier), set(heads)
    sizes = [block.attention.n_heads for block in copied.encoder.blocks]
    if odd := sorted(head for head in heads if not (0 <= head[0] < len(sizes) and 0 <= head[1] < sizes[head[0]])):
        raise ValueError(f"There is no head {odd[0]}; the layers have {sizes} heads, counted from 0.")
    for layer, block in enumerate(copied.encoder.blocks):
        stay = [head for head in range(sizes[layer]) if (layer, head) not in heads]
        block.attention = _narrowed(block.attention, stay)
    return copied


def _narrowed(attention: nn.Module, stay: list[int]) -> nn.Module:
    """An attention module with some of its heads."""
    if len(stay) == attention.n_heads:
        return attention
    if not stay:
        bias = attention.to_output.bias
        return Bias(torch.zeros(attention.to_output.out_features) if bias is None else bias)
    width = attention.to_query.out_features // attention.n_heads
    places = torch.tensor([head * width + number for head in stay for number in range(width)])
    for name in ("to_query", "to_key", "to_value"):
        setattr(attention, name, _linear(getattr(attention, name), rows=places))
    attention.to_output = _linear(attention.to_output, columns=places)
    attention.n_heads = len(stay)
    return attention


def _linear(layer: nn.Linear, rows: Tensor | None = None, columns: Tensor | None = None) -> nn.Linear:
    """Some rows (outputs) or columns (inputs) of a linear layer."""
    weight, bias = layer.weight, layer.bias
    if rows is not None:
        weight, bias = weight[rows], None if bias is None else bias[rows]
    if columns is not None:
        weight = weight[:, columns]
    made = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
    made.weight = nn.Parameter(weight.clone())
    if bias is not None:
        made.bias = nn.Parameter(bias.clone())
    return made


def head_importance(model: nn.Module, loss: Callable[[], Tensor]) -> Tensor:
    """How much a loss would change, by its gradient, if each head were turned down: (layers, heads), 0 and above.

    Every head's finding is multiplied by 1; the loss's gradient with respect to that 1 is its importance.

    Args:
        model: a classifier or encoder with all its heads; left as it was. loss: from nothing to a scalar.

    Source: Michel et al. (2019), section 4.1, equation 2; here for one batch, without their normalisation.
    """
    blocks = getattr(model, "encoder", model).blocks
    gates = torch.ones(len(blocks), blocks[0].attention.n_heads, requires_grad=True)
    hooks = []
    try:
        for layer, block in enumerate(blocks):
            width = block.attention.to_output.in_features // block.attention.n_heads

            def gate(_: nn.Module, args: tuple[Tensor], layer: int = layer, width: int = width) -> tuple[Tensor]:
                return (args[0] * gates[layer].repeat_interleave(width),)

            hooks.append(block.attention.to_output.register_forward_pre_hook(gate))
        return torch.autograd.grad(loss(), gates)[0].abs()
    finally:
        for hook in hooks:
            hook.remove()


def least_important(importance: Tensor, n: int) -> list[Head]:
    """The n heads of least importance (layers, heads), but never the last one of a layer."""
    left, found = [importance.shape[1]] * len(importance), []
    for place in importance.flatten().argsort(stable=True).tolist():
        layer, head = divmod(place, importance.shape[1])
        if len(found) < n and left[layer] > 1:
            left[layer] -= 1
            found.append((layer, head))
    return sorted(found)


def same_as_switched_off(classifier: nn.Module, heads: Sequence[Head], token_ids: Tensor) -> float:
    """The largest difference between logits without heads, and with the same heads switched off."""
    with torch.no_grad(), tracing.switched_off(classifier.encoder, heads):
        silent = classifier(token_ids)
    with torch.no_grad():
        return float((without_heads(classifier, heads)(token_ids) - silent).abs().max())


def rows_of_nonzeros(weight: Tensor) -> Tensor:
    """A matrix (out, in) kept as its nonzero weights and their places (PyTorch's CSR format), for `@` with (in, N)."""
    import warnings

    with warnings.catch_warnings():  # PyTorch says each time that this format is young
        warnings.simplefilter("ignore")
        return weight.detach().to_sparse_csr()
