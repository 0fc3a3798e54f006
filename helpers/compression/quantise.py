"""Numbers on a grid: affine quantisation, symmetric quantisation of weights, and a layer that multiplies integers."""

from __future__ import annotations

import copy
from typing import NamedTuple

import torch
from torch import Tensor, nn


def quantise(x: Tensor, bits: int) -> tuple[Tensor, float, int]:
    """Put numbers on 2^bits equally spaced levels, of which one stands for zero exactly.

    The range is that of the numbers, stretched where it does not hold zero; `scale` is the distance of two levels,
    and level `zero_point` stands for 0. A level q means scale · (q - zero_point).

    Args:
        x: at least one number, all finite, any shape. bits: 1 to 16.

    Returns:
        levels: whole numbers from 0 to 2^bits - 1, int64, the shape of x.
        scale: above 0; 1 if all numbers are 0.
        zero_point: from 0 to 2^bits - 1.

    Source: Jacob et al. (2018), sections 2.1 and 3.
    """
    top = 2**bits - 1
    low, high = min(float(x.min()), 0.0), max(float(x.max()), 0.0)
    scale = (high - low) / top or 1.0
    zero_point = round(-low / scale)
    levels = ((x / scale).round() + zero_point).clamp(0, top).long()
    return levels, scale, zero_point


def dequantise(levels: Tensor, scale: float | Tensor, zero_point: int = 0) -> Tensor:
    """What levels mean: scale · (levels - zero_point), float32."""
    return (levels - zero_point).float() * scale


class Levels(NamedTuple):
    """Weights on a grid around zero: levels int8 (out, in), scale a tensor, () or (out, 1). Zero is level 0."""

    levels: Tensor
    scale: Tensor

    def values(self) -> Tensor:
        """What the levels mean, float32."""
        return dequantise(self.levels, self.scale)


def symmetric(weight: Tensor, bits: int = 8, *, per_row: bool = False) -> Levels:
    """Put a weight matrix on levels around zero, from -2^(bits - 1) to 2^(bits - 1) - 1.

    The scale is the largest magnitude over (2^bits - 1) / 2, as PyTorch chooses it; so level 0 is 0, and nothing is
    off by more than half a scale. PyTorch multiplies by 1 / scale, which sometimes rounds otherwise than dividing.

    Args:
        weight: (out, in), finite. bits: 2 to 8.
        per_row: one scale for each row (output) instead of one for the matrix.

    Raises:
        ValueError: bits out of range, or weights that are no matrix of numbers.

    Source: Jacob et al. (2018), section 2.1; per row: Krishnamoorthi (2018), section 2.
    """
    if not 2 <= bits <= 8 or weight.ndim != 2 or not bool(weight.isfinite().all()):
        raise ValueError(f"Expected a matrix of finite numbers and 2 to 8 bits, got shape {tuple(weight.shape)} and "
                         f"{bits} bits.")  # fmt: skip
    largest = weight.abs().amax(dim=1, keepdim=True) if per_row else weight.abs().max()
    scale = (largest.double() / ((2**bits - 1) / 2)).float()
    scale = torch.where(scale > 0, scale, torch.ones_like(scale))
    levels = (weight * (1 / scale)).round().clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return Levels(levels.to(torch.int8), scale)


def integer_product(x: Tensor, weight: Tensor) -> Tensor:
    """x (…, in) times weight (out, in), both whole numbers of at most 8 bits and a sign: exact sums, (…, out).

    The numbers are multiplied as float64, which holds whole numbers up to 2^53 exactly: PyTorch has no fast product of
    integers for this on every machine. So the result is that of integer arithmetic; the speed is not.
    """
    return (x.double() @ weight.double().T).long()


class QuantisedLinear(nn.Module):
    """A linear layer whose weights are 8-bit levels, and whose inputs are put on levels as they come.

    Inputs and weights become whole numbers; their products are summed as whole numbers, and one multiplication for
    each output brings the sum back to its unit.

    Args:
        linear: the layer, (in) -> (out); left as it is.
        bits: of the weights. per_row: a scale for each output.
        input_bits: of the inputs, which share one scale; PyTorch takes 7, so that old processors' sums don't overflow.

    Source: Jacob et al. (2018), section 2.2, equation 7, with scales of the inputs found at run time.
    """

    def __init__(self, linear: nn.Linear, bits: int = 8, *, per_row: bool = True, input_bits: int = 7) -> None:
        super().__init__()
        weight = symmetric(linear.weight.detach(), bits, per_row=per_row)
        self.input_bits = input_bits
        self.register_buffer("levels", weight.levels)
        self.register_buffer("scale", weight.scale.flatten())  # (out) or (1)
        self.register_buffer("bias", None if linear.bias is None else linear.bias.detach().clone())

    def forward(self, x: Tensor) -> Tensor:
        """(…, in) -> (…, out)."""
        levels, scale, zero_point = quantise(x, self.input_bits)
        sums = integer_product(levels - zero_point, self.levels)  # (…, out), whole numbers
        found = sums.double() * (scale * self.scale.double())
        return (found if self.bias is None else found + self.bias.double()).float()


def matrices(model: nn.Module) -> dict[str, nn.Parameter]:
    """Name -> weight (rows, columns) of all linear and embedding layers, a shared one once: worth compressing."""
    once = {name for name, _ in model.named_parameters()}
    return {f"{name}.weight": part.weight for name, part in model.named_modules()
            if isinstance(part, nn.Linear | nn.Embedding) and f"{name}.weight" in once}  # fmt: skip


@torch.no_grad()
def rounded(model: nn.Module, bits: int, *, per_row: bool = True) -> nn.Module:
    """A copy of a model whose matrices hold only what `bits` bits can say; it computes with 32 bits as before."""
    copied = copy.deepcopy(model)
    for weight in matrices(copied).values():
        weight.copy_(symmetric(weight, bits, per_row=per_row).values())
    return copied


def with_integers(model: nn.Module, bits: int = 8, *, per_row: bool = True, input_bits: int = 7) -> nn.Module:
    """A copy of a model whose linear layers multiply integers: see `QuantisedLinear`."""
    copied = copy.deepcopy(model)
    for part in list(copied.modules()):
        for name, child in part.named_children():
            if isinstance(child, nn.Linear):
                setattr(part, name, QuantisedLinear(child, bits, per_row=per_row, input_bits=input_bits))
    return copied


def dynamic(model: nn.Module) -> nn.Module:
    """A copy of a model, quantised by PyTorch: 8-bit weights in all linear layers, inputs put on levels as they come.

    PyTorch marks `torch.ao.quantization` as going to move to a package of its own; until then it is what everyone has.
    """
    import warnings

    from torch.ao.quantization import quantize_dynamic

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return quantize_dynamic(model, {nn.Linear}, dtype=torch.qint8)
