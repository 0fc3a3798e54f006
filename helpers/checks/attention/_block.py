"""The exercise on the pre-norm block and its known wrong answers."""

from __future__ import annotations

import torch
from torch import nn

from helpers.checks.answers import Array
from helpers.checks.attention._shared import dice
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake
from helpers.transformer import pre_norm_block as reference

MISTAKES = (
    Mistake(
        "post-norm",
        "The sums are normed: that is post-norm, the paper's order. Here each part works on normed numbers, and the "
        "sum stays as it is.",
        (lambda x, n1, a, n2, f: (lambda y: n2(y + f(y)))(n1(x + a(x))),),
    ),
    Mistake(
        "no-residual",
        "Nothing goes past the parts: x itself is missing from the sums. Each part adds its result to what came in.",
        (lambda x, n1, a, n2, f: f(n2(a(n1(x)))),),
    ),
    Mistake(
        "first-residual-missing",
        "The first residual is missing: attention replaces x. Add its result to x.",
        (lambda x, n1, a, n2, f: (lambda y: y + f(n2(y)))(a(n1(x))),),
    ),
    Mistake(
        "second-residual-missing",
        "The second residual is missing: the feed-forward part replaces what came in. Add its result to it.",
        (lambda x, n1, a, n2, f: f(n2(x + a(n1(x)))),),
    ),
    Mistake(
        "residual-to-the-start",
        "The feed-forward's result is added to the block's input, so what attention added is lost. Add it to the sum "
        "after attention.",
        (lambda x, n1, a, n2, f: x + f(n2(x + a(n1(x)))),),
    ),
    Mistake(
        "one-norm-for-both",
        "One norm is used twice. Each part has its own, with weights of its own.",
        (lambda x, n1, a, n2, f: (lambda y: y + f(n1(y)))(x + a(n1(x))),
         lambda x, n1, a, n2, f: (lambda y: y + f(n2(y)))(x + a(n2(x)))),
    ),
    Mistake(
        "norms-swapped",
        "The two norms are exchanged: the first belongs to attention.",
        (lambda x, n1, a, n2, f: (lambda y: y + f(n1(y)))(x + a(n2(x))),),
    ),
    Mistake(
        "norms-the-sum-too",
        "The parts work on normed numbers, and then the sum is normed as well. Leave the sum as it is.",
        (lambda x, n1, a, n2, f: (lambda y: n2(y + f(n2(y))))(n1(x + a(n1(x)))),
         lambda x, n1, a, n2, f: n2((lambda y: y + f(n2(y)))(x + a(n1(x)))),
         lambda x, n1, a, n2, f: n1((lambda y: y + f(n2(y)))(x + a(n1(x))))),
    ),
    Mistake(
        "norms-the-result",
        "The norm comes after the part: x + norm(part(x)). It comes before: x + part(norm(x)).",
        (lambda x, n1, a, n2, f: (lambda y: y + n2(f(y)))(x + n1(a(x))),),
    ),
    Mistake(
        "residual-from-normed",
        "What goes past a part is the normed x. The residual is x as it came in; only the part sees it normed.",
        (lambda x, n1, a, n2, f: (lambda z: n2(z) + f(n2(z)))(n1(x) + a(n1(x))),
         lambda x, n1, a, n2, f: (lambda z: z + f(n2(z)))(n1(x) + a(n1(x))),
         lambda x, n1, a, n2, f: (lambda z: n2(z) + f(n2(z)))(x + a(n1(x)))),
    ),
    Mistake(
        "no-norm",
        "Nothing is normed. Each part gets norm(x), with its own norm.",
        (lambda x, n1, a, n2, f: (lambda y: y + f(y))(x + a(x)),),
    ),
    Mistake(
        "second-norm-missing",
        "One of the norms is missing. Attention works on attention_norm(x), the feed-forward part on "
        "feed_forward_norm of the sum.",
        (lambda x, n1, a, n2, f: (lambda y: y + f(y))(x + a(n1(x))),
         lambda x, n1, a, n2, f: (lambda y: y + f(n2(y)))(x + a(x))),
    ),
    Mistake(
        "in-parallel",
        "Both parts read the block's input. The feed-forward part comes second and reads the sum after attention.",
        (lambda x, n1, a, n2, f: x + a(n1(x)) + f(n2(x)),),
    ),
    Mistake(
        "parts-swapped",
        "The feed-forward part comes first in yours. Tokens look at each other first.",
        (lambda x, n1, a, n2, f: (lambda y: y + a(n1(y)))(x + f(n2(x))),),
    ),
    Mistake(
        "attention-only",
        "The feed-forward part is missing.",
        (lambda x, n1, a, n2, f: x + a(n1(x)),),
    ),
    Mistake(
        "returns-what-is-added",
        "That is only what the block adds. Return the sum, x included.",
        (lambda x, n1, a, n2, f: reference(x, n1, a, n2, f) - x,),
    ),
)  # fmt: skip


class Mix(nn.Module):
    """Stands for attention: each token becomes a fixed mean of all tokens, times a matrix."""

    def __init__(self, weights: torch.Tensor, matrix: torch.Tensor) -> None:
        super().__init__()
        self.weights, self.matrix = weights, matrix

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.weights @ x @ self.matrix


def _case(about: str, seed: int, b: int, t: int, d: int) -> Case:
    draw = dice(seed)
    norms = [nn.LayerNorm(d), nn.LayerNorm(d)]
    wide, narrow = nn.Linear(d, 2 * d), nn.Linear(2 * d, d)
    with torch.no_grad():
        for part in (*norms, wide, narrow):
            part.weight.copy_(draw(*part.weight.shape) + (1.5 if part in norms else 0))
            part.bias.copy_(draw(*part.bias.shape))
    for part in (*norms, wide, narrow):
        part.requires_grad_(False)
    attend = Mix(draw(t, t).softmax(-1), draw(d, d))
    return Case((draw(b, t, d, size=2.0), norms[0], attend, norms[1], nn.Sequential(wide, nn.ReLU(), narrow)), about)


pre_norm_block = Check(
    Exercise(
        name="attention.pre_norm_block",
        title="A pre-norm block",
        difficulty="easy",
        minutes=6,
        arguments=("x", "attention_norm", "attend", "feed_forward_norm", "feed_forward"),
        reference=reference,
        answer=Array("a tensor (B, T, D)"),
        cases=(
            _case("one text, two tokens of three numbers", 41, 1, 2, 3),
            _case("one text, three tokens of four numbers", 42, 1, 3, 4),
            _case("two texts, two tokens of four numbers", 43, 2, 2, 4),
            _case("three texts, four tokens of six numbers", 44, 3, 4, 6),
        ),
        mistakes=MISTAKES,
        hints=(
            "Two lines. First: x plus what attention makes of the normed x. Call the sum x again.",
            "Second: the new x plus what the feed-forward part makes of it, normed by the other norm. "
            "Nothing is normed after a sum.",
        ),
    )
)
