"""RNN, LSTM and GRU step: right answers in several styles, wrong ones with the reason each must get."""

import numpy as np
import pytest
import torch
from torch import nn

from helpers.checks import recurrent as checks


def sig(value):
    return 1 / (1 + torch.exp(-value))


# The RNN step ------------------------------------------------------------
def rnn_with_linear(x, h, weight_x, weight_h, bias):
    return nn.functional.linear(torch.cat([x, h], 1), torch.cat([weight_x, weight_h], 1), bias).tanh()


def rnn_with_loops(x, h, weight_x, weight_h, bias):
    rows = []
    for b in range(len(x)):
        row = [torch.tanh(weight_x[n] @ x[b] + weight_h[n] @ h[b] + bias[n]) for n in range(len(bias))]
        rows.append(torch.stack(row))
    return torch.stack(rows)


def rnn_with_cell(x, h, weight_x, weight_h, bias):
    cell = nn.RNNCell(x.shape[1], h.shape[1])
    with torch.no_grad():
        cell.weight_ih[:], cell.weight_hh[:], cell.bias_ih[:], cell.bias_hh[:] = weight_x, weight_h, bias, 0
    return cell(x, h)


def rnn_in_numpy(x, h, weight_x, weight_h, bias):
    return np.tanh(x.numpy() @ weight_x.numpy().T + h.numpy() @ weight_h.numpy().T + bias.numpy())


def rnn_writes(x, h, weight_x, weight_h, bias):
    h.copy_(torch.tanh(x @ weight_x.T + h @ weight_h.T + bias))
    return h


RNN_RIGHT = [rnn_with_linear, rnn_with_loops, rnn_with_cell, rnn_in_numpy]
RNN_WRONG = [
    ("sigmoid", lambda x, h, wx, wh, b: sig(wx.mm(x.T).T + wh.mm(h.T).T + b)),
    ("relu", lambda x, h, wx, wh, b: (x @ wx.T + h @ wh.T + b).clamp(min=0)),
    ("no-tanh", lambda x, h, wx, wh, b: nn.functional.linear(x, wx, b) + nn.functional.linear(h, wh)),
    ("forgets-bias", lambda x, h, wx, wh, b: (x @ wx.T + h @ wh.T).tanh()),
    ("bias-outside", lambda x, h, wx, wh, b: b + (x @ wx.T + h @ wh.T).tanh()),
    ("bias-twice", lambda x, h, wx, wh, b: nn.functional.linear(x, wx, b).add(nn.functional.linear(h, wh, b)).tanh()),
    ("forgets-state", lambda x, h, wx, wh, b: nn.functional.linear(x, wx, b).tanh()),
    ("forgets-input", lambda x, h, wx, wh, b: nn.functional.linear(h, wh, b).tanh()),
    ("state-without-matrix", lambda x, h, wx, wh, b: (nn.functional.linear(x, wx, b) + h).tanh()),
    ("separate-tanh", lambda x, h, wx, wh, b: (x @ wx.T + b).tanh() + (h @ wh.T).tanh()),
    ("multiplies", lambda x, h, wx, wh, b: torch.tanh((x @ wx.T) * (h @ wh.T) + b)),
    ("not-transposed", lambda x, h, wx, wh, b: torch.tanh(x @ wx + h @ wh + b)),
    ("not-transposed", lambda x, h, wx, wh, b: torch.tanh(x @ wx.T + torch.matmul(h, wh) + b)),
    ("swapped-matrices", lambda x, h, wx, wh, b: torch.tanh(h @ wx.T + x @ wh.T + b)),
    ("changes-input", rnn_writes),
    ("opposite-sign", lambda x, h, wx, wh, b: -torch.tanh(x @ wx.T + h @ wh.T + b)),
    ("out-of-range", lambda x, h, wx, wh, b: torch.tanh(x @ wx.T + h @ wh.T + b).cumsum(1) * 1.5 + 1),
    ("wrong-shape", lambda x, h, wx, wh, b: torch.tanh(x @ wx.T + h @ wh.T + b)[None]),
    ("returns-none", lambda x, h, wx, wh, b: None),
    ("wrong-type", lambda x, h, wx, wh, b: (torch.ones(1), "h")),
    ("exception", lambda x, h, wx, wh, b: torch.tanh(x @ wx.T + h @ wh.T + c)),  # noqa: F821
]


# The LSTM step ------------------------------------------------------------
def lstm_with_cell(x, h, c, weight_x, weight_h, bias):
    cell = nn.LSTMCell(x.shape[1], h.shape[1])
    with torch.no_grad():
        cell.weight_ih[:], cell.weight_hh[:], cell.bias_ih[:], cell.bias_hh[:] = weight_x, weight_h, bias, 0
    return cell(x, (h, c))


def learner(order="ifgo", gate=sig, candidate=torch.tanh, keep=None, out=None, result=None, bias_times=1):
    """An LSTM step in a learner's words, gate by gate, with something changed."""

    def answer(x, h, c, weight_x, weight_h, bias):
        n, at = h.shape[1], {name: place for place, name in enumerate(order)}

        def part(name):
            rows = slice(at[name] * n, (at[name] + 1) * n)
            return x @ weight_x[rows].T + h @ weight_h[rows].T + bias_times * bias[rows]

        i, f, o, g = gate(part("i")), gate(part("f")), gate(part("o")), candidate(part("g"))
        new_c = (keep or (lambda i, f, g, c, h: f * c + i * g))(i, f, g, c, h)
        new_h = (out or (lambda o, new_c, c: o * new_c.tanh()))(o, new_c, c)
        return (result or (lambda h, c: (h, c)))(new_h, new_c)

    return answer


LSTM_RIGHT = [
    learner(),
    lstm_with_cell,
    learner(result=lambda h, c: [h, c]),
    learner(result=lambda h, c: torch.stack([h, c])),
    learner(result=lambda h, c: (h.numpy(), c.numpy())),
]
LSTM_WRONG = [
    ("input-forget-swapped", learner("figo")),
    ("gate-order", learner("ifog")),
    ("gate-order", learner("iogf")),
    ("gate-order", learner("fogi")),
    ("squeezes-swapped", learner(gate=torch.tanh, candidate=sig)),
    ("candidate-sigmoid", learner(candidate=sig)),
    ("gates-tanh", learner(gate=torch.tanh)),
    ("no-squeeze", learner(gate=lambda v: v, candidate=lambda v: v)),
    ("h-for-c", learner(keep=lambda i, f, g, c, h: f * h + i * g)),
    ("c-for-h", lambda x, h, c, wx, wh, b: learner()(x, c, c, wx, wh, b)),
    ("no-forget-gate", learner(keep=lambda i, f, g, c, h: c + i * g)),
    ("no-input-gate", learner(keep=lambda i, f, g, c, h: f * c + g)),
    ("coupled-gates", learner(keep=lambda i, f, g, c, h: f * c + (1 - f) * g)),
    ("forget-inverted", learner(keep=lambda i, f, g, c, h: (1 - f) * c + i * g)),
    ("forgets-old-memory", learner(keep=lambda i, f, g, c, h: i * g)),
    ("no-tanh-of-c", learner(out=lambda o, new, c: o * new)),
    ("memory-squeezed", learner(result=lambda h, c: (h, c.tanh()))),
    ("old-c-out", learner(out=lambda o, new, c: o * c.tanh())),
    ("no-output-gate", learner(out=lambda o, new, c: new.tanh())),
    ("swapped-results", learner(result=lambda h, c: (c, h))),
    ("forgets-bias", learner(bias_times=0)),
    ("bias-twice", learner(bias_times=2)),
    ("forgets-state", lambda x, h, c, wx, wh, b: learner()(x, h, c, wx, 0 * wh, b)),
    ("forgets-input", lambda x, h, c, wx, wh, b: learner()(0 * x, h, c, wx, wh, b)),
    ("one-of-two", learner(result=lambda h, c: h)),
    ("not-two", learner(result=lambda h, c: (h, h, c))),
    ("two-shapes", learner(result=lambda h, c: (h, c[:, :1].repeat(1, 7)))),
    ("returns-none", learner(result=lambda h, c: (h, None))),
    ("wrong-type", learner(result=lambda h, c: (h, "c"))),
    ("memory-right", learner(out=lambda o, new, c: o * new.sin())),
    ("state-out-of-range", learner(keep=lambda i, f, g, c, h: f * c + i * g + 0.3, out=lambda o, new, c: 5 + new)),
    ("wrong-shape", learner(result=lambda h, c: (h[None], c[None]))),
]


# The GRU step ------------------------------------------------------------
def gru_with_cell(x, h, weight_x, weight_h, bias_x, bias_h):
    cell = nn.GRUCell(x.shape[1], h.shape[1])
    with torch.no_grad():
        cell.weight_ih[:], cell.weight_hh[:], cell.bias_ih[:], cell.bias_hh[:] = weight_x, weight_h, bias_x, bias_h
    return cell(x, h)


def gru(order="rzn", gate=sig, squeeze=torch.tanh, mix=None, reset=None, bx=1, bh=1):
    """A GRU step in a learner's words, with something changed."""

    def answer(x, h, weight_x, weight_h, bias_x, bias_h):
        n = h.shape[1]
        rows = {name: slice(place * n, (place + 1) * n) for place, name in enumerate(order)}
        from_x = {name: x @ weight_x[at].T + bx * bias_x[at] for name, at in rows.items()}
        from_h = {name: h @ weight_h[at].T + bh * bias_h[at] for name, at in rows.items()}
        r, z = gate(from_x["r"] + from_h["r"]), gate(from_x["z"] + from_h["z"])
        matrix, bias = weight_h[rows["n"]], bh * bias_h[rows["n"]]
        past = (reset or (lambda r, h, w, b: r * (h @ w.T + b)))(r, h, matrix, bias)
        return (mix or (lambda z, new, h: h + (1 - z) * (new - h)))(z, squeeze(from_x["n"] + past), h)

    return answer


GRU_RIGHT = [gru(), gru_with_cell, gru(mix=lambda z, new, h: z * h + new - z * new)]
GRU_WRONG = [
    ("z-inverted", gru(mix=lambda z, new, h: (1 - z) * h + z * new)),
    ("reset-before-matrix", gru(reset=lambda r, h, w, b: (r * h) @ w.T + b)),
    ("bias-outside-reset", gru(reset=lambda r, h, w, b: r * (h @ w.T) + b)),
    ("reset-update-swapped", gru("zrn")),
    ("gate-order", gru("nzr")),
    ("gate-order", gru("rnz")),
    ("no-reset", gru(reset=lambda r, h, w, b: h @ w.T + b)),
    ("candidate-sigmoid", gru(squeeze=sig)),
    ("squeezes-swapped", gru(gate=torch.tanh, squeeze=sig)),
    ("gates-tanh", gru(gate=torch.tanh)),
    ("returns-candidate", gru(mix=lambda z, new, h: new)),
    ("adds-all", gru(mix=lambda z, new, h: new + z * h)),
    ("drops-old", gru(mix=lambda z, new, h: new - z * new)),
    ("final-tanh", gru(mix=lambda z, new, h: torch.tanh(h + (1 - z) * (new - h)))),
    ("forgets-bias-h", gru(bh=0)),
    ("forgets-bias-x", gru(bx=0)),
    ("forgets-biases", gru(bx=0, bh=0)),
    ("biases-swapped", lambda x, h, wx, wh, bx, bh: gru()(x, h, wx, wh, bh, bx)),
    ("wrong-shape", lambda *args: gru()(*args)[0]),
    ("returns-none", lambda *args: None),
    ("wrong-type", lambda *args: (gru()(*args), "state")),
]

BANKS = {
    "rnn_step": (RNN_RIGHT, RNN_WRONG),
    "lstm_step": (LSTM_RIGHT, LSTM_WRONG),
    "gru_step": (GRU_RIGHT, GRU_WRONG),
}


@pytest.mark.parametrize(
    ("name", "place"), [(name, place) for name, (right, _) in BANKS.items() for place in range(len(right))]
)
def test_right(name, place):
    result = getattr(checks, name)(BANKS[name][0][place], seconds=60)
    assert result.status == "right", (result.reason, result.message)


@pytest.mark.parametrize(
    ("name", "place"), [(name, place) for name, (_, wrong) in BANKS.items() for place in range(len(wrong))]
)
def test_wrong(name, place):
    reason, answer = BANKS[name][1][place]
    result = getattr(checks, name)(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


@pytest.mark.parametrize("name", BANKS)
def test_untried(name):
    assert getattr(checks, name)(lambda *args: ...).status == "untried"
