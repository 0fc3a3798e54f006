"""Recurrent cells over time: a layer or several, by hand or with PyTorch's fused kernels, on the same weights."""

import math
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from helpers.recurrent.steps import GATES, gru_step, lstm_step, rnn_step

Kind = Literal["rnn", "lstm", "gru"]
State = Tensor | tuple[Tensor, Tensor]
FUSED = {"rnn": torch.rnn_tanh, "lstm": torch.lstm, "gru": torch.gru}
BLOCKS = {"rnn": 1, "lstm": 4, "gru": 3}


class Recurrent(nn.Module):
    """RNN, LSTM or GRU over a batch of sequences; parameters carry the names and shapes of `torch.nn.LSTM`'s.

    Args:
        kind: "rnn", "lstm" or "gru".
        d_in: numbers per input vector (D).
        d_hidden: units per layer (N).
        n_layers: layers, each reading the states of the one below.
        fused: compute with PyTorch's fused kernels; else step by step, every gate in sight. May be changed later.
        forget_bias: of an LSTM, what is added to the bias of every forget gate at the start.

    Raises:
        ValueError: an unknown kind, or a size below 1.

    Example:
        >>> outputs, state = Recurrent("lstm", 8, 16)(torch.zeros(2, 5, 8))
        >>> outputs.shape  # (B, T, N)
        torch.Size([2, 5, 16])
    """

    def __init__(self, kind: Kind, d_in: int, d_hidden: int, n_layers: int = 1, *, fused: bool = False,
                 forget_bias: float = 0.0) -> None:  # fmt: skip
        super().__init__()
        if kind not in BLOCKS:
            raise ValueError(f"kind is {kind!r}; expected one of {', '.join(map(repr, BLOCKS))}.")
        if min(d_in, d_hidden, n_layers) < 1:
            raise ValueError(f"d_in, d_hidden and n_layers are {d_in}, {d_hidden}, {n_layers}; all must be 1 or more.")
        self.kind, self.d_in, self.d_hidden, self.n_layers, self.fused = kind, d_in, d_hidden, n_layers, fused
        rows, reach = BLOCKS[kind] * d_hidden, 1 / math.sqrt(d_hidden)
        for layer in range(n_layers):
            width = d_in if layer == 0 else d_hidden
            for name, shape in (("weight_ih", (rows, width)), ("weight_hh", (rows, d_hidden)), ("bias_ih", (rows,)),
                                ("bias_hh", (rows,))):  # fmt: skip
                parameter = nn.Parameter(torch.empty(shape).uniform_(-reach, reach))  # as torch.nn.LSTM begins
                self.register_parameter(f"{name}_l{layer}", parameter)
            if kind == "lstm" and forget_bias:
                with torch.no_grad():
                    self.weights(layer)[2][d_hidden : 2 * d_hidden] += forget_bias

    def weights(self, layer: int) -> tuple[nn.Parameter, ...]:
        """Of one layer: weight_ih, weight_hh, bias_ih, bias_hh."""
        return tuple(getattr(self, f"{name}_l{layer}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))

    def initial_state(self, batch: int) -> State:
        """The state before anything was read, all zeros: (n_layers, B, N); of an LSTM a pair, state and memory."""
        zeros = self.weight_hh_l0.new_zeros(self.n_layers, batch, self.d_hidden)
        return (zeros, zeros.clone()) if self.kind == "lstm" else zeros

    def forward(self, x: Tensor, state: State | None = None, lengths: Tensor | None = None) -> tuple[Tensor, State]:
        """Read a batch of sequences.

        Args:
            x: (B, T, D) inputs.
            state: what to begin with; zeros if None. Not changed.
            lengths: (B,) how many places of each row are real, 1 to T; all if None.

        Returns:
            The last layer's states (B, T, N), zeros where a row has ended; and the state after each row's last
            real place, (n_layers, B, N), of an LSTM a pair.

        Raises:
            ValueError: x or lengths don't fit.
        """
        self._check(x)
        if lengths is not None:
            lengths = torch.as_tensor(lengths).cpu()
            if lengths.shape != x.shape[:1] or lengths.min() < 1 or lengths.max() > x.shape[1]:
                raise ValueError(f"lengths must be {len(x)} numbers from 1 to {x.shape[1]}, got {lengths.tolist()}.")
        state = self.initial_state(len(x)) if state is None else state
        if self.fused:
            return self._fused(x, state, lengths)
        return self._by_hand(x, state, lengths)

    def trace(self, x: Tensor, state: State | None = None) -> dict[str, Tensor]:
        """Every gate of the last layer at every place, by hand: names as in `GATES`, (B, T, N) each."""
        self._check(x)
        steps: list[dict] = []
        self._by_hand(x, self.initial_state(len(x)) if state is None else state, None, steps)
        return {name: torch.stack([step[name] for step in steps], dim=1) for name in GATES[self.kind]}

    def _check(self, x: Tensor) -> None:
        if x.dim() != 3 or x.shape[2] != self.d_in or not x.shape[1]:
            raise ValueError(f"x has shape {tuple(x.shape)}; expected (B, T, {self.d_in}) with T at least 1.")

    def _by_hand(self, x: Tensor, state: State, lengths: Tensor | None,
                 steps: list[dict] | None = None) -> tuple[Tensor, State]:  # fmt: skip
        """Layer by layer, place by place; `steps` takes what the last layer's gates did."""
        ends = []
        for layer in range(self.n_layers):
            now = tuple(part[layer] for part in (state if self.kind == "lstm" else (state,)))  # (B, N) each
            outputs, weights = [], self.weights(layer)
            for t in range(x.shape[1]):
                seen = {} if steps is not None and layer == self.n_layers - 1 else None
                new = self._step(x[:, t], now, weights, seen)
                if lengths is not None:  # a row that has ended keeps its state
                    going = (t < lengths)[:, None].to(x.device)  # (B, 1)
                    new = tuple(torch.where(going, after, before) for after, before in zip(new, now, strict=True))
                now = new
                outputs.append(now[0] if lengths is None else now[0] * going)
                if seen is not None:
                    steps.append(seen)
            x = torch.stack(outputs, dim=1)  # (B, T, N)
            ends.append(now)
        ends = tuple(torch.stack(parts) for parts in zip(*ends, strict=True))  # (n_layers, B, N) each
        return x, ends if self.kind == "lstm" else ends[0]

    def _step(self, x: Tensor, now: tuple[Tensor, ...], weights: tuple, seen: dict | None) -> tuple[Tensor, ...]:
        weight_x, weight_h, bias_x, bias_h = weights
        if self.kind == "rnn":
            return (rnn_step(x, *now, weight_x, weight_h, bias_x + bias_h, seen),)
        if self.kind == "lstm":
            return lstm_step(x, *now, weight_x, weight_h, bias_x + bias_h, seen)
        return (gru_step(x, *now, weight_x, weight_h, bias_x, bias_h, seen),)

    def _fused(self, x: Tensor, state: State, lengths: Tensor | None) -> tuple[Tensor, State]:
        """The same in one call of PyTorch's kernel."""
        flat = [parameter for layer in range(self.n_layers) for parameter in self.weights(layer)]
        rest = flat, True, self.n_layers, 0.0, self.training, False  # has biases, no dropout, one direction
        if lengths is None:
            outputs, *end = FUSED[self.kind](x, state, *rest, True)  # batch first
            return outputs, tuple(end) if self.kind == "lstm" else end[0]
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        order, back = packed.sorted_indices, packed.unsorted_indices
        begin = tuple(part[:, order] for part in state) if self.kind == "lstm" else state[:, order]
        outputs, *end = FUSED[self.kind](packed.data, packed.batch_sizes, begin, *rest)
        outputs, _ = pad_packed_sequence(packed._replace(data=outputs), batch_first=True, total_length=x.shape[1])
        end = tuple(part[:, back] for part in end)
        return outputs, end if self.kind == "lstm" else end[0]


def detach(state: State | None) -> State | None:
    """The same state, cut off from how it came about: no gradient flows back through it."""
    if state is None:
        return None
    return tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
