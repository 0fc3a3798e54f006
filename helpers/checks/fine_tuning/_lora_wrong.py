"""Known wrong LoRA layers, with what each learner is told."""

from __future__ import annotations

import torch
from torch import nn

from helpers.checks.exercise import Mistake


class _Layer(nn.Module):
    """A LoRA layer with something changed; the options are explained at `_lora`."""

    def __init__(self, linear, rank, alpha, scale, start, base, between):
        super().__init__()
        self.linear, self.base, self.between = linear.requires_grad_(False), base, between
        n_in, n_out = linear.in_features, linear.out_features
        self.scale = {"right": alpha / rank, "none": 1.0, "alpha": alpha, "rank": 1 / rank, "times": alpha * rank,
                      "upside down": rank / alpha, "root": alpha / rank**0.5, "width": alpha / n_in,
                      "both": alpha / (rank * rank)}[scale]  # fmt: skip
        self.down = nn.Parameter(torch.zeros(rank, n_in) if start in ("zero", "down") else torch.ones(rank, n_in))
        self.up = nn.Parameter(torch.zeros(n_out, rank) if start in ("zero", "up") else torch.ones(n_out, rank))

    def forward(self, x):
        middle = x @ self.down.T
        middle = {"": lambda y: y, "relu": torch.relu, "tanh": torch.tanh}[self.between](middle)
        correction = self.scale * (middle @ self.up.T)
        if self.base == "none":
            return correction
        if self.base == "weight":
            return x @ self.linear.weight.T + correction
        if self.base == "minus":
            return self.linear(x) - correction
        if self.base == "times":
            return self.linear(x) * (1 + correction)
        if self.base == "plain":
            return self.linear(x) + 0.0 * correction
        if self.base == "scaled":
            return self.scale * (self.linear(x) + middle @ self.up.T)
        return self.linear(x) + correction


def _lora(scale="right", start="up", base="right", between=""):
    """A function that makes a layer with something changed.

    Args:
        scale: of the correction: "right", "none", "alpha", "rank" (one over it), "times" (alpha · rank) …
        start: what is zero at first: "up" (right), "down" (right as well), "zero" (both) or "random" (none).
        base: "right"; "none" (the layer is missing), "weight" (its bias is), "minus", "times", "plain" (no correction),
            "scaled" (the layer is scaled too).
        between: a function between the two matrices: "relu", "tanh" or none.
    """

    def answer(linear, rank, alpha):
        return _Layer(linear, rank, alpha, scale, start, base, between)

    return answer


MISTAKES = (
    Mistake(
        "no-scaling",
        "The correction is not scaled. It counts alpha / rank times.",
        (_lora("none"),),
    ),
    Mistake(
        "scaled-by-alpha",
        "The correction is multiplied by alpha alone. Divide by the rank as well, so that a larger rank does not mean "
        "a larger correction.",
        (_lora("alpha"),),
    ),
    Mistake(
        "scaled-by-rank",
        "The correction is divided by the rank, but alpha is missing: alpha / rank.",
        (_lora("rank"),),
    ),
    Mistake(
        "multiplied-by-rank",
        "The correction is multiplied by alpha · rank. Divide by the rank.",
        (_lora("times"),),
    ),
    Mistake(
        "upside-down",
        "The scale is the wrong way round, rank / alpha. It is alpha / rank.",
        (_lora("upside down"),),
    ),
    Mistake(
        "root-of-the-rank",
        "The scale is alpha over the root of the rank. Some later papers do that; here it is alpha / rank.",
        (_lora("root"),),
    ),
    Mistake(
        "divided-by-width",
        "The scale is alpha over the number of inputs. It is alpha over the rank.",
        (_lora("width"),),
    ),
    Mistake(
        "scaled-twice",
        "The correction is divided by the rank twice.",
        (_lora("both"),),
    ),
    Mistake(
        "starts-with-noise",
        "The layer starts by changing what the pretrained one computes: neither matrix is zero. Put `up` to zeros, so "
        "that the correction starts as nothing.",
        (_lora(start="random"),),
    ),
    Mistake(
        "never-learns",
        "Both matrices start at zero. Then the gradient of each is zero, since it is multiplied with the other, and "
        "nothing ever moves. Let `down` start at random.",
        (_lora(start="zero"),),
    ),
    Mistake(
        "base-missing",
        "Only the correction comes back. Add it to what the frozen layer gives.",
        (_lora(base="none"),),
    ),
    Mistake(
        "bias-missing",
        "The frozen layer's bias is missing. `self.linear(x)` adds it.",
        (_lora(base="weight"),),
    ),
    Mistake(
        "subtracts",
        "The correction is subtracted. It would learn all the same, but it would not be W + alpha / rank · up down.",
        (_lora(base="minus"),),
    ),
    Mistake(
        "multiplies",
        "The correction multiplies the layer's output. Add it.",
        (_lora(base="times"),),
    ),
    Mistake(
        "correction-unused",
        "The two matrices are there, but they change nothing. Add the correction in `forward`.",
        (_lora(base="plain"),),
    ),
    Mistake(
        "scales-the-layer-too",
        "The scale stands before everything. Only the correction is scaled, not the frozen layer.",
        (_lora(base="scaled"),),
    ),
    Mistake(
        "not-linear",
        "There is an activation between the two matrices. Then they can't be merged into the weight: leave it out.",
        (_lora(between="relu"), _lora(between="tanh")),
    ),
)
