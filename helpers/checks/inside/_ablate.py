"""The exercise on switching heads off and its known wrong answers."""

from __future__ import annotations

import torch

from helpers.checks.answers import Array
from helpers.checks.attention._shared import dice
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake
from helpers.tracing.heads import output_without as reference


def _zeroed(found, places):
    found = found.clone()
    found[..., places] = 0
    return found


def _slices(n_numbers, n_heads, off):
    width = n_numbers // n_heads
    return [place for head in off for place in range(head * width, (head + 1) * width)]


def _without(found, weight, bias, places):
    return _zeroed(found, places) @ weight.T + bias


def _inside(places, n_numbers):
    return [place for place in places if 0 <= place < n_numbers]


def _right(f, w, b, h, off):
    return _without(f, w, b, _slices(f.shape[-1], h, off))


MISTAKES = (
    Mistake(
        "one-number-per-head",
        "You silence one number per head. A head has K = D / H numbers: head h those from h · K up to (h + 1) · K.",
        (lambda f, w, b, h, off: _without(f, w, b, list(off)),),
    ),
    Mistake(
        "wrong-slice",
        "The slice begins at h. Each head has K = D / H numbers, so head h begins at h · K.",
        (
            lambda f, w, b, h, off: _without(f, w, b, _inside(
                [place for head in off for place in range(head, head + f.shape[-1] // h)], f.shape[-1])),
        ),
    ),
    Mistake(
        "width-is-heads",
        "You take slices of H numbers. Of D numbers each of H heads has K = D / H.",
        (
            lambda f, w, b, h, off: _without(f, w, b, _inside(
                [place for head in off for place in range(head * h, (head + 1) * h)], f.shape[-1])),
        ),
    ),
    Mistake(
        "interleaved",
        "You take every H-th number for a head. Heads stand side by side: the first K numbers are head 0's.",
        (
            lambda f, w, b, h, off: _without(f, w, b, [place for place in range(f.shape[-1]) if place % h in off]),
        ),
    ),
    Mistake(
        "counts-from-one",
        "You silence the head before: heads are counted from 0.",
        (lambda f, w, b, h, off: _without(f, w, b, _slices(f.shape[-1], h, [(head - 1) % h for head in off])),),
    ),
    Mistake(
        "keeps-only",
        "You silence all heads but those in `off`. These are the ones to be silent.",
        (
            lambda f, w, b, h, off: _without(f, w, b, _slices(f.shape[-1], h, [x for x in range(h) if x not in off])),
        ),
    ),
    Mistake(
        "rows-of-the-weight",
        "You silence what comes out of the projection. A head's numbers go *into* it: its columns of the weight, not "
        "its rows.",
        (
            lambda f, w, b, h, off: _zeroed(f @ w.T, _slices(f.shape[-1], h, off)) + b,
            lambda f, w, b, h, off: _zeroed(f @ w.T + b, _slices(f.shape[-1], h, off)),
        ),
    ),
    Mistake(
        "forgets-bias",
        "The bias is missing. It belongs to the projection, not to any head, and is added as ever.",
        (lambda f, w, b, h, off: _zeroed(f, _slices(f.shape[-1], h, off)) @ w.T,),
    ),
    Mistake(
        "not-transposed",
        "`nn.Linear` keeps its weight as (output, input) and computes `x @ weight.T + bias`. The transpose is missing.",
        (lambda f, w, b, h, off: _zeroed(f, _slices(f.shape[-1], h, off)) @ w + b,),
    ),
    Mistake(
        "rescaled",
        "You make up for the silent heads by making the others louder, as dropout does. Here they stay as they are.",
        (
            lambda f, w, b, h, off: _without(f * h / max(h - len(off), 1), w, b, _slices(f.shape[-1], h, off)),
            lambda f, w, b, h, off: (_right(f, w, b, h, off) - b) * h / max(h - len(off), 1) + b,
        ),
    ),
    Mistake(
        "tokens-not-heads",
        "You silence tokens. The heads lie along the last axis of `found`, K numbers each.",
        (
            lambda f, w, b, h, off: (f * torch.tensor([float(t not in off) for t in range(f.shape[1])])[:, None]) @ w.T
            + b,
        ),
    ),
    Mistake(
        "first-of-them-only",
        "Only one of the heads is silent. `off` may hold several.",
        (
            lambda f, w, b, h, off: _right(f, w, b, h, list(off)[:1]),
            lambda f, w, b, h, off: _right(f, w, b, h, list(off)[-1:]),
        ),
    ),
    Mistake(
        "nothing-off",
        "Nothing is switched off: that is the output of all heads.",
        (lambda f, w, b, h, off: f @ w.T + b,),
    ),
    Mistake(
        "no-projection",
        "The right heads are silent, but the output projection is missing: `@ weight.T + bias`.",
        (lambda f, w, b, h, off: _zeroed(f, _slices(f.shape[-1], h, off)),),
    ),
)


def _case(b: int, t: int, h: int, k: int, off: list[int], about: str) -> Case:
    roll = dice(1000 * b + 100 * t + 10 * h + k)
    return Case((roll(b, t, h * k), roll(h * k, h * k), roll(h * k), h, off), about)


output_without = Check(
    Exercise(
        name="inside.output_without",
        title="Switch heads off",
        difficulty="medium",
        minutes=8,
        arguments=("found", "weight", "bias", "n_heads", "off"),
        reference=reference,
        answer=Array("a tensor (B, T, D)"),
        cases=(
            _case(1, 1, 2, 3, [1], "one token, two heads of three numbers, the second one off"),
            _case(1, 2, 3, 2, [0], "two tokens, three heads of two numbers, the first one off"),
            _case(2, 3, 3, 4, [2], "two texts, three heads of four numbers, the last one off"),
            _case(2, 4, 4, 3, [1, 3], "four heads of three numbers, two of them off"),
            _case(1, 3, 5, 2, [0, 1, 4], "five heads of two numbers, three of them off"),
            _case(2, 2, 3, 4, [], "no head off"),
            _case(1, 3, 2, 4, [0, 1], "both of two heads off: only the bias is left"),
        ),
        mistakes=MISTAKES,
        hints=(
            "Head h owns the numbers from h · K up to (h + 1) · K of each token, K = D / H. Which of `found`'s three "
            "axes is that? And remember that `found` belongs to its caller.",
            "`heads = found.clone().unflatten(-1, (n_heads, -1))` has shape (B, T, H, K); then "
            "`heads[:, :, off] = 0`, `flatten(-2)`, `@ weight.T + bias`.",
        ),
    )
)
