"""A step with momentum: right answers in several styles, wrong ones with the reason each must get."""

import numpy as np
import pytest
import torch

from helpers.checks.language_models import momentum_step as check


def with_numpy(weights, gradient, velocity, learning_rate, momentum):
    new = momentum * velocity.numpy() + gradient.numpy()
    return [weights.numpy() - learning_rate * new, new]


def by_pytorch(weights, gradient, velocity, learning_rate, momentum):
    parameter = torch.nn.Parameter(weights.clone())
    optimizer = torch.optim.SGD([parameter], lr=learning_rate, momentum=momentum)
    if momentum:
        optimizer.state[parameter]["momentum_buffer"] = velocity.clone()
    parameter.grad = gradient.clone()
    optimizer.step()
    return parameter, optimizer.state[parameter]["momentum_buffer"] if momentum else gradient


def on_copies(weights, gradient, velocity, learning_rate, momentum):
    weights, velocity = weights.clone(), velocity.clone()
    velocity *= momentum
    velocity += gradient
    weights -= learning_rate * velocity
    return weights, velocity


@pytest.mark.parametrize("answer", [check.reference, with_numpy, by_pytorch, on_copies])
def test_right(answer):
    assert check(answer, seconds=60).status == "right"


def in_place(w, g, v, lr, m):
    v *= m
    v += g
    w -= lr * v
    return w, v


def pair(velocity, weights):
    def answer(w, g, v, lr, m):
        new = velocity(g, v, lr, m)
        return weights(w, g, v, new, lr, m), new

    return answer


def usual(g, v, lr, m):
    return g + v * m


def down(w, g, v, new, lr, m):
    return w - new * lr


WRONG = [
    ("ignores-velocity", pair(usual, lambda w, g, v, new, lr, m: w - g * lr)),
    ("old-velocity", pair(usual, lambda w, g, v, new, lr, m: w - v * lr)),
    ("velocity-not-returned", lambda w, g, v, lr, m: (w - lr * m * v - lr * g, v)),
    ("rate-in-velocity", pair(lambda g, v, lr, m: m * v + g * lr, lambda w, g, v, new, lr, m: w - new)),
    ("rate-in-velocity", pair(lambda g, v, lr, m: m * v - g * lr, lambda w, g, v, new, lr, m: w + new)),
    ("averaged", pair(lambda g, v, lr, m: m * v + g - m * g, down)),
    ("momentum-on-gradient", pair(lambda g, v, lr, m: m * g + v, down)),
    ("keeps-all", pair(lambda g, v, lr, m: g + v, down)),
    ("uphill", pair(usual, lambda w, g, v, new, lr, m: w + new * lr)),
    ("velocity-sign", pair(lambda g, v, lr, m: m * v - g, lambda w, g, v, new, lr, m: w + lr * new)),
    ("nesterov", pair(usual, lambda w, g, v, new, lr, m: w - lr * g - lr * m * new)),
    ("no-learning-rate", pair(usual, lambda w, g, v, new, lr, m: w - new)),
    ("swapped", lambda *args: on_copies(*args)[::-1]),
    ("changes-input", in_place),
    ("not-a-pair", lambda *args: on_copies(*args)[0]),
    ("not-a-pair", lambda *args: np.zeros((2, 2))),
    ("not-a-pair", lambda *args: (*on_copies(*args), 1)),
    ("not-a-pair", lambda *args: {"weights": 1}),
    ("wrong-shape", lambda *args: (on_copies(*args)[0], 1.0)),
    ("wrong-shape", lambda *args: tuple(x.sum() for x in on_copies(*args))),
    ("wrong-type", lambda *args: ("a", "b")),
    ("returns-none", lambda *args: None),
    ("returns-none", lambda *args: (None, None)),
    ("exception", lambda w, g, v, lr, m: (w - lr * missing, v)),  # noqa: F821
    ("wrong-signature", lambda w, g: w),
]


@pytest.mark.parametrize("reason, answer", WRONG)
def test_wrong(reason, answer):
    result = check(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


def test_untried():
    assert check(lambda weights, gradient, velocity, learning_rate, momentum: ...).status == "untried"
