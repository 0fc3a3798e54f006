"""The optimisers by hand against `torch.optim`, over many steps."""

import pytest
import torch

from helpers.optimizers import SGD, Adam, adam_step, momentum_step, sgd_step

PAIRS = {
    "sgd": (SGD, torch.optim.SGD, {"lr": 0.05}, {}),
    "sgd decay": (SGD, torch.optim.SGD, {"lr": 0.05, "weight_decay": 0.1}, {}),
    "momentum": (SGD, torch.optim.SGD, {"lr": 0.02, "momentum": 0.9}, {}),
    "momentum decay": (SGD, torch.optim.SGD, {"lr": 0.02, "momentum": 0.9, "weight_decay": 0.1}, {}),
    "adam": (Adam, torch.optim.Adam, {"lr": 0.01}, {}),
    "adam decay": (Adam, torch.optim.Adam, {"lr": 0.01, "weight_decay": 0.1}, {}),
    "adam betas": (Adam, torch.optim.Adam, {"lr": 0.01, "betas": (0.5, 0.9), "eps": 1e-3}, {}),
    "adamw": (Adam, torch.optim.AdamW, {"lr": 0.01, "weight_decay": 0.1}, {"decoupled": True}),
}


def path(make, steps=300):
    """Weights of a small network after each of some steps on noisy data, in double precision."""
    dice = torch.Generator().manual_seed(0)
    start = [torch.randn(shape, generator=dice, dtype=torch.double) for shape in [(4, 3), (4,), (2, 2)]]
    parameters = [weights.requires_grad_() for weights in start]
    optimizer, found = make(parameters), []
    for step in range(steps):
        x = torch.randn(3, generator=dice, dtype=torch.double)
        loss = (torch.tanh(parameters[0] @ x + parameters[1]) - x.sum()).pow(2).sum()
        if step % 5 == 0:  # a parameter without a gradient in most steps
            loss = loss + parameters[2].pow(2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        found.append(torch.cat([weights.detach().flatten() for weights in parameters]))
    return torch.stack(found)


@pytest.mark.parametrize("name", PAIRS)
def test_equal_to_torch_over_many_steps(name):
    mine, theirs, settings, extra = PAIRS[name]
    difference = path(lambda p: mine(p, **settings, **extra)) - path(lambda p: theirs(p, **settings))
    assert difference.abs().max() < 1e-9


def test_steps_change_nothing_in_place():
    weights, gradient, memory = torch.ones(2), torch.tensor([1.0, -2.0]), torch.tensor([0.5, 0.0])
    assert sgd_step(weights, gradient, 0.1).tolist() == pytest.approx([0.9, 1.2])
    new, velocity = momentum_step(weights, gradient, memory, 0.1, 0.5)
    assert velocity.tolist() == [1.25, -2.0] and new.tolist() == pytest.approx([0.875, 1.2])
    new, _, _ = adam_step(weights, gradient, torch.zeros(2), torch.zeros(2), 1, 0.1)
    assert new.tolist() == pytest.approx([0.9, 1.1])  # Adam's first step is the learning rate, whatever the gradient
    assert weights.tolist() == [1, 1] and memory.tolist() == [0.5, 0.0]
