"""The 3-2-1 network by hand against autograd and against finite differences."""

import numpy as np
import pytest
import torch
from torch import nn

from helpers.small_network import NAMES, START, Weights, backward, descend, finite_differences, forward, nudge

RNG = np.random.default_rng(0)
EXAMPLES = [(Weights.from_flat(RNG.normal(size=11)), RNG.normal(size=3), RNG.normal()) for _ in range(20)]


def by_autograd(weights, x, target):
    network = nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 1)).double()
    with torch.no_grad():
        network[0].weight.copy_(torch.tensor(weights.hidden))
        network[0].bias.copy_(torch.tensor(weights.hidden_bias))
        network[2].weight.copy_(torch.tensor(weights.output)[None])
        network[2].bias.fill_(weights.output_bias)
    loss = 0.5 * (network(torch.tensor(x, dtype=torch.double))[0] - target) ** 2
    loss.backward()
    return loss.item(), torch.cat([weight.grad.flatten() for weight in network.parameters()]).numpy()


@pytest.mark.parametrize("weights, x, target", [*EXAMPLES, (START, [1, 2, 3], 1.0), (START, [0, 0, 0], 0.5)])
def test_equal_to_autograd(weights, x, target):
    done = forward(weights, x, target)
    loss, gradient = by_autograd(weights, x, target)
    assert done.loss == pytest.approx(loss, abs=1e-12)
    assert backward(weights, done).flat() == pytest.approx(gradient, abs=1e-12)
    if np.abs(done.z).min() > 1e-4:  # on the bend of ReLU there are two slopes
        assert finite_differences(weights, x, target).flat() == pytest.approx(gradient, abs=1e-6)


def test_dead_units_get_no_gradient():
    weights = Weights.from_flat([*[-1.0] * 6, 0, 0, 1, 1, 0])
    gradient = backward(weights, forward(weights, [1, 1, 1], 2.0))
    assert not gradient.hidden.any() and not gradient.output.any() and gradient.output_bias == -2


def test_a_step_downhill_lowers_the_loss():
    for weights, x, target in EXAMPLES:
        done = forward(weights, x, target)
        after = forward(descend(weights, backward(weights, done), 0.001), x, target)
        assert after.loss <= done.loss


def test_names_and_order():
    assert len(NAMES) == len(START.flat()) == 11
    moved = nudge(START, NAMES.index("w21"), 1.0)
    assert moved.hidden[1, 0] == START.hidden[1, 0] + 1 and nudge(START, 10, 1.0).output_bias == START.output_bias + 1
    assert np.array_equal(Weights.from_flat(START.flat()).flat(), START.flat())


def test_what_does_not_fit():
    with pytest.raises(ValueError, match="three inputs"):
        forward(START, [1, 2], 0)
    with pytest.raises(ValueError, match="11 numbers"):
        Weights.from_flat([1, 2])
