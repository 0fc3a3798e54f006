"""One step of each recurrent cell, with every gate visible.

Weights have PyTorch's layout: a matrix for the input x and one for the state h, the blocks of the gates one
under the other. Sizes: B texts in a batch, D numbers of input, N units.
"""

import torch
from torch import Tensor

GATES = {"rnn": ("h",), "lstm": ("i", "f", "g", "o", "c", "h"), "gru": ("r", "z", "n", "h")}


def rnn_step(
    x: Tensor, h: Tensor, weight_x: Tensor, weight_h: Tensor, bias: Tensor, seen: dict | None = None
) -> Tensor:
    """The plain recurrent cell: the new state is a squeezed sum of what is read and what was remembered.

    Args:
        x: (B, D) what is read now. h: (B, N) the state so far, from -1 to 1.
        weight_x: (N, D). weight_h: (N, N). bias: (N,), PyTorch's bias_ih + bias_hh.
        seen: a dict that takes the values of this step by name.

    Returns:
        The new state (B, N), from -1 to 1.

    Source: Elman, *Finding Structure in Time* (1990); with tanh as in `torch.nn.RNNCell`.
    """
    h = torch.tanh(x @ weight_x.T + h @ weight_h.T + bias)  # (B, N)
    if seen is not None:
        seen.update(h=h)
    return h


def lstm_step(
    x: Tensor, h: Tensor, c: Tensor, weight_x: Tensor, weight_h: Tensor, bias: Tensor, seen: dict | None = None
) -> tuple[Tensor, Tensor]:
    """Long short-term memory: a memory c that is kept by one gate, written by another and read by a third.

    Args:
        x: (B, D) what is read now. h: (B, N) the state, c: (B, N) the memory so far.
        weight_x: (4N, D). weight_h: (4N, N). bias: (4N,), PyTorch's bias_ih + bias_hh. The four blocks stand in
            the order input gate i, forget gate f, candidate g, output gate o.
        seen: a dict that takes the values of this step by name.

    Returns:
        The new state h, from -1 to 1, and the new memory c, unbounded: both (B, N).

    Source: Hochreiter and Schmidhuber (1997), section 4; forget gate: Gers et al. (2000), section 3.
    """
    i, f, g, o = (x @ weight_x.T + h @ weight_h.T + bias).chunk(4, dim=-1)  # (B, N) each
    i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
    c = f * c + i * g
    h = o * torch.tanh(c)
    if seen is not None:
        seen.update(i=i, f=f, g=g, o=o, c=c, h=h)
    return h, c


def gru_step(
    x: Tensor, h: Tensor, weight_x: Tensor, weight_h: Tensor, bias_x: Tensor, bias_h: Tensor, seen: dict | None = None
) -> Tensor:
    """Gated recurrent unit: no memory apart from the state, and one gate that shares it between old and new.

    Args:
        x: (B, D) what is read now. h: (B, N) the state so far, from -1 to 1.
        weight_x: (3N, D). weight_h: (3N, N). bias_x, bias_h: (3N,) each. The three blocks stand in the order
            reset gate r, update gate z, candidate n.
        seen: a dict that takes the values of this step by name.

    Returns:
        The new state (B, N), from -1 to 1.

    Source: Cho et al. (2014), section 2.3, in PyTorch's form: r is multiplied after the matrix, z keeps the old.
    """
    r_x, z_x, n_x = (x @ weight_x.T + bias_x).chunk(3, dim=-1)  # (B, N) each
    r_h, z_h, n_h = (h @ weight_h.T + bias_h).chunk(3, dim=-1)  # (B, N) each
    r, z = torch.sigmoid(r_x + r_h), torch.sigmoid(z_x + z_h)
    n = torch.tanh(n_x + r * n_h)
    h = (1 - z) * n + z * h
    if seen is not None:
        seen.update(r=r, z=z, n=n, h=h)
    return h
