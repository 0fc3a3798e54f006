"""Gradients through time: how fast they fade with distance, and how a long text is cut into chunks."""

import math

import torch
from torch import Tensor

from helpers.recurrent.layer import Kind, Recurrent
from helpers.recurrent.steps import rnn_step


def gradient_norms(kind: Kind, farthest: int = 50, *, d_in: int = 16, d_hidden: int = 64, batch: int = 16,
                   gain: float | None = None, forget_bias: float = 0.0, seed: int = 0) -> Tensor:  # fmt: skip
    """How strongly the last state depends on what was read 0, 1, 2 … places before.

    A fresh cell reads random numbers; the gradient of a random direction of its last state is taken by every
    input at once, in one backward pass.

    Args:
        kind: "rnn", "lstm" or "gru".
        farthest: the largest distance, 1 or more.
        d_in, d_hidden, batch: sizes D, N, B.
        gain: draw the recurrent weights from a normal distribution of width gain/√N, so that 1 is the edge
            between fading and growing for a cell without gates; None keeps PyTorch's start, ±1/√N uniformly.
        forget_bias: added to an LSTM's forget gates.
        seed: for weights and inputs.

    Returns:
        (farthest + 1,) norms of the gradient by distance, the geometric mean over the batch.

    Raises:
        ValueError: farthest below 1, or a gain that is negative.

    Source: Pascanu, Mikolov and Bengio (2013), *On the difficulty of training recurrent neural networks*, section 2.
    """
    if farthest < 1 or (gain is not None and not gain >= 0):
        raise ValueError(f"farthest is {farthest} and gain {gain}; expected at least 1, and 0 or more.")
    generator = torch.Generator().manual_seed(seed)
    cell = Recurrent(kind, d_in, d_hidden, fused=True, forget_bias=forget_bias)
    reach = 1 / math.sqrt(d_hidden)
    with torch.no_grad():
        for name, parameter in cell.named_parameters():
            fresh = torch.rand(parameter.shape, generator=generator) * 2 * reach - reach
            if name.startswith("weight_hh") and gain is not None:
                fresh = torch.randn(parameter.shape, generator=generator) * gain * reach
            parameter.copy_(fresh)
        if kind == "lstm":
            cell.bias_ih_l0[d_hidden : 2 * d_hidden] += forget_bias
    before = 10  # places read first, so that no state is still the empty one
    x = torch.randn(batch, before + farthest + 1, d_in, generator=generator).requires_grad_()
    direction = torch.randn(d_hidden, generator=generator)
    outputs, _ = cell(x)  # (B, T, N)
    (outputs[:, -1] @ (direction / direction.norm())).sum().backward()
    norms = x.grad.double().norm(dim=-1).flip(1)[:, : farthest + 1]  # (B, farthest + 1), distance 0 first
    return norms.clamp(min=1e-45).log().mean(0).exp()


def truncated_gradient(x: Tensor, h: Tensor, weight_x: Tensor, weight_h: Tensor, bias: Tensor, chunk: int) -> Tensor:
    """The gradient of a plain recurrent cell over a long text, computed chunk by chunk.

    The loss is the sum of the squares of all states. The state goes on from chunk to chunk; the gradient stops
    at each border.

    Args:
        x: (T, D) the inputs. h: (N,) the state before the first.
        weight_x: (N, D). weight_h: (N, N), takes a gradient. bias: (N,).
        chunk: places per chunk, 1 or more; the last chunk may be shorter.

    Returns:
        The gradient by weight_h, (N, N), added up over the chunks.

    Source: Williams and Peng (1990); Mikolov et al. (2010), section 2, calls it truncated BPTT.
    """
    total = torch.zeros_like(weight_h)
    for start in range(0, len(x), chunk):
        h, loss = h.detach(), 0.0
        for now in x[start : start + chunk]:
            h = rnn_step(now, h, weight_x, weight_h, bias)
            loss = loss + (h**2).sum()
        total = total + torch.autograd.grad(loss, weight_h)[0]
    return total
