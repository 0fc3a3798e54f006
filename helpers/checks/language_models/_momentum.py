"""The exercise on one step of SGD with momentum and its known wrong answers."""

from __future__ import annotations

import torch

from helpers import optimizers
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake
from helpers.checks.pairs import Pair


def _rule(weights_of, velocity_of):
    """A wrong step from two formulas: the new velocity, and the weights that follow from it."""

    def step(weights, gradient, velocity, learning_rate, momentum):
        new = velocity_of(gradient, velocity, learning_rate, momentum)
        return weights_of(weights, gradient, velocity, new, learning_rate, momentum), new

    return step


def _right(g, v, lr, m):
    return m * v + g


MISTAKES = (
    Mistake(
        "ignores-velocity",
        "The weights follow the new gradient alone. They should follow the new velocity, which remembers older ones.",
        (
            _rule(lambda w, g, v, new, lr, m: w - lr * g, _right),
            _rule(lambda w, g, v, new, lr, m: w - lr * g, lambda g, v, lr, m: v),
            _rule(lambda w, g, v, new, lr, m: w - lr * g, lambda g, v, lr, m: g),
        ),
    ),
    Mistake(
        "old-velocity",
        "The weights moved with the velocity from before this step. Take up the new gradient first, then move.",
        (_rule(lambda w, g, v, new, lr, m: w - lr * v, _right),),
    ),
    Mistake(
        "velocity-not-returned",
        "The weights are right, but the velocity came back as it was. The next step needs the new one.",
        (lambda w, g, v, lr, m: (w - lr * (m * v + g), v),),
    ),
    Mistake(
        "rate-in-velocity",
        "You put the learning rate into the velocity, as some books do. Here, as in PyTorch, the velocity holds bare "
        "gradients, and the learning rate comes in when the weights move.",
        (
            _rule(lambda w, g, v, new, lr, m: w - new, lambda g, v, lr, m: m * v + lr * g),
            _rule(lambda w, g, v, new, lr, m: w + new, lambda g, v, lr, m: m * v - lr * g),
            _rule(lambda w, g, v, new, lr, m: w - lr * new, lambda g, v, lr, m: m * v + lr * g),
        ),
    ),
    Mistake(
        "averaged",
        "You weighted the gradient with 1 − momentum, which makes a running mean, as in Adam. Here it comes in whole.",
        (_rule(lambda w, g, v, new, lr, m: w - lr * new, lambda g, v, lr, m: m * v + (1 - m) * g),),
    ),
    Mistake(
        "momentum-on-gradient",
        "The momentum is on the wrong term: it says how much of the old velocity is kept.",
        (_rule(lambda w, g, v, new, lr, m: w - lr * new, lambda g, v, lr, m: v + m * g),),
    ),
    Mistake(
        "keeps-all",
        "The momentum is missing: all of the old velocity is kept, so it grows without end.",
        (_rule(lambda w, g, v, new, lr, m: w - lr * new, lambda g, v, lr, m: v + g),),
    ),
    Mistake(
        "uphill",
        "The weights move with the gradient, uphill. The loss grows along the gradient, so subtract.",
        (_rule(lambda w, g, v, new, lr, m: w + lr * new, _right),),
    ),
    Mistake(
        "velocity-sign",
        "Your velocity points downhill (its gradient has a minus). Here it collects gradients as they are, and the "
        "minus stands where the weights move.",
        (
            _rule(lambda w, g, v, new, lr, m: w + lr * new, lambda g, v, lr, m: m * v - g),
            _rule(lambda w, g, v, new, lr, m: w - lr * new, lambda g, v, lr, m: m * v - g),
        ),
    ),
    Mistake(
        "nesterov",
        "You looked one step ahead, which is Nesterov's variant. Here the weights move by the velocity itself.",
        (_rule(lambda w, g, v, new, lr, m: w - lr * (g + m * new), _right),),
    ),
    Mistake(
        "no-learning-rate",
        "The learning rate is missing: the weights move by the whole velocity.",
        (_rule(lambda w, g, v, new, lr, m: w - new, _right),),
    ),
    Mistake(
        "swapped",
        "Both are right, but in the other order: return the weights first, then the velocity.",
        (lambda w, g, v, lr, m: (m * v + g, w - lr * (m * v + g)),),
    ),
)


def _case(weights, gradient, velocity, learning_rate, momentum, about: str) -> Case:
    tensors = (torch.tensor(numbers, dtype=torch.float32) for numbers in (weights, gradient, velocity))
    return Case((*tensors, learning_rate, momentum), about)


momentum_step = Check(
    Exercise(
        name="language_models.momentum_step",
        title="A step with momentum",
        difficulty="easy",
        minutes=6,
        arguments=("weights", "gradient", "velocity", "learning_rate", "momentum"),
        reference=optimizers.momentum_step,
        answer=Pair("new weights and new velocity", ("weights", "velocity")),
        cases=(
            _case([1.0, 2.0], [0.5, -1.0], [0.0, 0.0], 0.1, 0.9, "the first step, when the velocity is zero"),
            _case([1.0, 2.0], [0.5, -1.0], [0.4, 0.6], 0.1, 0.9, "a later step"),
            _case([3.0, -1.0, 0.5], [1.0, 0.0, -2.0], [-1.0, 0.5, 2.0], 0.5, 0.5, "another learning rate"),
            _case([[0.5, 1.5], [2.5, -0.5]], [[1.0, 2.0], [-1.0, 0.5]], [[0.5, -0.5], [1.0, 2.0]], 0.01, 0.7,
                  "a matrix"),  # fmt: skip
            _case([1.0, -1.0], [2.0, 3.0], [4.0, 5.0], 0.2, 0.0, "no momentum at all"),
        ),
        mistakes=MISTAKES,
        hints=(
            "First the velocity: keep `momentum` times the old one and add the gradient. Make a new tensor; "
            "`velocity += …` would write into the caller's.",
            "Then the weights: subtract `learning_rate` times the *new* velocity. Return both, weights first.",
        ),
    )
)
