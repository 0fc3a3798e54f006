"""Recurrent cells, layers and models beside torch.nn's: values, gradients, padding, state, gradients through time."""

import pytest
import torch
from torch import nn

from helpers import recurrent
from helpers.recurrent import Recurrent, RecurrentLanguageModel, ReviewClassifier

KINDS = {"rnn": (nn.RNNCell, nn.RNN), "lstm": (nn.LSTMCell, nn.LSTM), "gru": (nn.GRUCell, nn.GRU)}
B, T, D, N = 3, 7, 4, 5


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


def close(one, other, tolerance=1e-6):
    return torch.allclose(one, other, rtol=0, atol=tolerance)


def parts(state):
    return state if isinstance(state, tuple) else (state,)


# One step ------------------------------------------------------------
def one_step(kind, cell, x, h, c):
    """Our step with the weights of torch's cell: (h,) or (h, c)."""
    weights = cell.weight_ih, cell.weight_hh
    if kind == "rnn":
        return (recurrent.rnn_step(x, h, *weights, cell.bias_ih + cell.bias_hh),)
    if kind == "lstm":
        return recurrent.lstm_step(x, h, c, *weights, cell.bias_ih + cell.bias_hh)
    return (recurrent.gru_step(x, h, *weights, cell.bias_ih, cell.bias_hh),)


def test_a_step_equals_torchs_cell_in_values_and_gradients(kind):
    cell = KINDS[kind][0](D, N)
    x, h, c = (torch.randn(B, width, requires_grad=True) for width in (D, N, N))
    theirs = parts(cell(x, (h, c) if kind == "lstm" else h))
    ours = one_step(kind, cell, x, h, c)
    leaves = [x, h, *([c] if kind == "lstm" else []), *cell.parameters()]
    seed = torch.randn(B, N)
    gradients = [
        torch.autograd.grad(sum((part * (place + 1) * seed).sum() for place, part in enumerate(end)), leaves)
        for end in (theirs, ours)
    ]
    assert all(close(mine, its) for mine, its in zip(ours, theirs, strict=True))
    assert all(close(mine, its) for mine, its in zip(*gradients, strict=True))
    assert all(gradient.abs().max() > 1e-3 for gradient in gradients[1])


def test_seen_holds_every_gate_and_they_make_up_the_state(kind):
    cell, seen = KINDS[kind][0](D, N), {}
    x, h, c = torch.randn(B, D), torch.rand(B, N), torch.randn(B, N)
    weights = cell.weight_ih, cell.weight_hh
    biases = (cell.bias_ih, cell.bias_hh) if kind == "gru" else (cell.bias_ih + cell.bias_hh,)
    end = getattr(recurrent, f"{kind}_step")(x, *((h, c) if kind == "lstm" else (h,)), *weights, *biases, seen)
    assert tuple(seen) == recurrent.GATES[kind] and close(seen["h"], parts(end)[0], 0)
    if kind == "lstm":
        assert close(seen["c"], seen["f"] * c + seen["i"] * seen["g"]) and close(
            seen["h"], seen["o"] * seen["c"].tanh()
        )
    if kind == "gru":
        assert close(seen["h"], seen["z"] * h + (1 - seen["z"]) * seen["n"])
    for name in {"i", "f", "o", "r", "z"} & set(seen):
        assert 0 < seen[name].min() and seen[name].max() < 1


# Layers over time ------------------------------------------------------------
def both(kind, n_layers, fused):
    theirs = KINDS[kind][1](D, N, n_layers, batch_first=True)
    ours = Recurrent(kind, D, N, n_layers, fused=fused)
    ours.load_state_dict(theirs.state_dict())  # the same names and shapes
    return ours, theirs


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("n_layers", [1, 2])
def test_layers_equal_torchs_in_values_and_gradients(kind, n_layers, fused):
    ours, theirs = both(kind, n_layers, fused)
    x = torch.randn(B, T, D, requires_grad=True)
    state = tuple(torch.randn(n_layers, B, N) for _ in range(2 if kind == "lstm" else 1))
    state = state if kind == "lstm" else state[0]
    got, expected = ours(x, state), theirs(x, state)
    assert close(got[0], expected[0]) and got[0].shape == (B, T, N)
    assert all(close(a, b) for a, b in zip(parts(got[1]), parts(expected[1]), strict=True))
    mix = torch.randn(B, T, N)
    gradients = [
        torch.autograd.grad((out * mix).sum() + sum((p**2).sum() for p in parts(end)), [x, *module.parameters()])
        for (out, end), module in ((got, ours), (expected, theirs))
    ]
    assert all(close(a, b, 5e-6) for a, b in zip(*gradients, strict=True))


@pytest.mark.parametrize("fused", [False, True])
def test_lengths_equal_packing(kind, fused):
    ours, theirs = both(kind, 2, fused)
    x, lengths = torch.randn(B, T, D), torch.tensor([3, 7, 1])
    packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    out, end = theirs(packed)
    out, _ = nn.utils.rnn.pad_packed_sequence(out, batch_first=True)
    got = ours(x, lengths=lengths)
    assert close(got[0], out) and all(close(a, b) for a, b in zip(parts(got[1]), parts(end), strict=True))
    noise = x.clone()
    noise[0, 3:], noise[2, 1:] = 99.0, -99.0  # what stands in the padding changes nothing
    again = ours(noise, lengths=lengths)
    assert close(again[0], got[0]) and close(parts(again[1])[0], parts(got[1])[0])


@pytest.mark.parametrize("fused", [False, True])
def test_reading_in_two_parts_equals_reading_at_once(kind, fused):
    ours = Recurrent(kind, D, N, 2, fused=fused)
    x = torch.randn(B, T, D)
    whole, end = ours(x)
    first, state = ours(x[:, :3])
    second, last = ours(x[:, 3:], state)
    assert close(torch.cat([first, second], dim=1), whole)
    assert all(close(a, b) for a, b in zip(parts(last), parts(end), strict=True))


def test_a_later_input_changes_no_earlier_state(kind):
    ours, x = Recurrent(kind, D, N), torch.randn(B, T, D)
    changed = x.clone()
    changed[:, 4] += 1
    before, after = ours(x)[0], ours(changed)[0]
    assert close(before[:, :4], after[:, :4], 0) and not close(before[:, 4:], after[:, 4:])


def test_trace_shows_the_states_of_the_last_layer(kind):
    ours, x = Recurrent(kind, D, N, 2, fused=True), torch.randn(B, T, D)
    seen = ours.trace(x)
    assert tuple(seen) == recurrent.GATES[kind] and all(value.shape == (B, T, N) for value in seen.values())
    assert close(seen["h"], ours(x)[0])


def test_the_start_is_torchs_with_a_forget_bias_on_top():
    torch.manual_seed(3)
    plain = Recurrent("lstm", D, N)
    torch.manual_seed(3)
    biased = Recurrent("lstm", D, N, forget_bias=-2.0)
    moved = biased.bias_ih_l0 - plain.bias_ih_l0
    assert moved.tolist() == pytest.approx([0] * N + [-2] * N + [0] * 2 * N)
    assert all(parameter.abs().max() <= N**-0.5 for parameter in plain.parameters())


def test_detach_cuts_the_gradient_and_keeps_the_values(kind):
    ours = Recurrent(kind, D, N)
    _, state = ours(torch.randn(B, T, D))
    cut = recurrent.detach(state)
    assert type(cut) is type(state) and recurrent.detach(None) is None
    for part, whole in zip(parts(cut), parts(state), strict=True):
        assert not part.requires_grad and whole.requires_grad and close(part, whole, 0)


@pytest.mark.parametrize(("call", "says"), [
    (lambda: Recurrent("elman", D, N), "'elman'"),
    (lambda: Recurrent("rnn", D, 0), "1 or more"),
    (lambda: Recurrent("rnn", D, N)(torch.zeros(B, D)), r"\(3, 4\); expected \(B, T, 4\)"),
    (lambda: Recurrent("rnn", D, N)(torch.zeros(B, 0, D)), "T at least 1"),
    (lambda: Recurrent("rnn", D, N)(torch.zeros(B, T, D), lengths=torch.tensor([1, 0, 2])), "from 1 to 7"),
    (lambda: Recurrent("rnn", D, N)(torch.zeros(B, T, D), lengths=torch.tensor([1, 8, 2])), "from 1 to 7"),
    (lambda: ReviewClassifier(9, pooling="max"), "'max'"),
    (lambda: recurrent.gradient_norms("rnn", 0), "at least 1"),
])  # fmt: skip
def test_what_does_not_fit_is_said(call, says):
    with pytest.raises(ValueError, match=says):
        call()


# Gradients through time ------------------------------------------------------------
def test_gradient_norms_are_autograds(kind):
    norms = recurrent.gradient_norms(kind, 4, d_in=3, d_hidden=6, batch=1, seed=5)
    assert norms.shape == (5,) and torch.isfinite(norms).all() and (norms > 0).all()
    assert torch.equal(norms, recurrent.gradient_norms(kind, 4, d_in=3, d_hidden=6, batch=1, seed=5))
    assert not torch.equal(norms, recurrent.gradient_norms(kind, 4, d_in=3, d_hidden=6, batch=1, seed=6))


def test_a_linear_ladder_fades_by_its_gain():
    """With recurrent weights of 0 nothing comes from one place before; small gains fade, large ones grow."""
    assert recurrent.gradient_norms("rnn", 3, gain=0.0)[1:].max() < 1e-30
    fading, growing = (recurrent.gradient_norms("rnn", 30, gain=gain, d_in=1) for gain in (0.5, 4.0))
    assert fading[30] < 1e-6 * fading[0] and growing[30] > 100 * growing[0]


def test_the_claim_of_the_lesson_over_three_seeds():
    for seed in range(3):
        far = {kind: float(recurrent.gradient_norms(kind, 50, seed=seed)[50]) for kind in KINDS}
        open_, shut = (float(recurrent.gradient_norms("lstm", 50, seed=seed, forget_bias=bias)[50]) for bias in (3, -2))
        assert far["rnn"] < 1e-6 and shut < 1e-6 * open_


def test_truncation_with_one_chunk_is_the_whole_gradient_and_with_many_is_local():
    x, h = torch.randn(6, 2), torch.randn(3)
    weight_x, bias = torch.randn(3, 2), torch.randn(3)
    weight_h = torch.randn(3, 3, requires_grad=True)

    def whole(x, h):
        loss = 0
        for now in x:
            h = recurrent.rnn_step(now, h, weight_x, weight_h, bias)
            loss = loss + (h**2).sum()
        return torch.autograd.grad(loss, weight_h)[0], h.detach()

    for chunk in (6, 10):
        assert close(recurrent.truncated_gradient(x, h, weight_x, weight_h, bias, chunk), whole(x, h)[0])
    first, middle = whole(x[:4], h)
    second, _ = whole(x[4:], middle)
    assert close(recurrent.truncated_gradient(x, h, weight_x, weight_h, bias, 4), first + second)
    assert not close(first + second, whole(x, h)[0], 1e-3)


# Models ------------------------------------------------------------
def test_the_language_model_reads_on_and_never_ahead(kind):
    model = RecurrentLanguageModel(11, kind, d_model=6, d_hidden=8, n_layers=2).eval()
    ids = torch.randint(0, 11, (2, 9))
    logits = model(ids)
    assert logits.shape == (2, 9, 11)
    first, state = model.read(ids[:, :5])
    second, _ = model.read(ids[:, 5:], state)
    assert close(torch.cat([first, second], 1), logits)
    other = ids.clone()
    other[:, 5] = (other[:, 5] + 1) % 11
    assert close(model(other)[:, :5], logits[:, :5], 0)
    seen = model.trace(ids)
    assert close(seen["logits"], logits) and seen["h"].shape == (2, 9, 8)
    assert set(seen) == {*recurrent.GATES[kind], "logits"}


@pytest.mark.parametrize("pooling", ["last", "mean"])
@pytest.mark.parametrize("fused", [False, True])
def test_padding_does_not_change_a_verdict(kind, pooling, fused):
    model = ReviewClassifier(20, kind, d_model=6, d_hidden=8, pooling=pooling, fused=fused).eval()
    rows = [[3, 4, 5], [6], [7, 8, 9, 10, 11, 12], []]
    together = model(*recurrent.padded(rows))
    alone = torch.cat([model(*recurrent.padded([row])) for row in rows])
    assert together.shape == (4, 2) and close(together, alone)
    ids, lengths = recurrent.padded(rows)
    assert close(model(torch.nn.functional.pad(ids, (0, 5), value=13), lengths), together)


def test_padded():
    ids, lengths = recurrent.padded([[1, 2, 3], [], [4]], longest=2)
    assert ids.tolist() == [[1, 2], [0, 0], [4, 0]] and lengths.tolist() == [2, 1, 1]
