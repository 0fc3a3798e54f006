"""The exercise on inputs and targets and its known wrong answers."""

from __future__ import annotations

import torch

from helpers import gpt
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake
from helpers.checks.pairs import Pair


def _flat(x):
    line = x.flatten()
    return line[:-1], line[1:]


MISTAKES = (
    Mistake(
        "not-shifted",
        "The targets are the inputs themselves: the model would learn to repeat what it has read. Each target stands "
        "one place further in the text.",
        (lambda x: (x, x), lambda x: (x[:, :-1], x[:, :-1]), lambda x: (x[:, 1:], x[:, 1:])),
    ),
    Mistake(
        "swapped",
        "That is the wrong way round: each target is the token before its input, so the model would learn to look "
        "back. The inputs leave out the last token, the targets the first.",
        (lambda x: (x[:, 1:], x[:, :-1]),),
    ),
    Mistake(
        "rolled",
        "`roll` brings the first token round to the end, so the last place is asked for a token that does not follow "
        "it. Drop that place.",
        (
            lambda x: (x, torch.cat([x[:, 1:], x[:, :1]], dim=1)),
            lambda x: (x[:, 1:], torch.cat([x[:, 2:], x[:, :1]], dim=1)),
        ),
    ),
    Mistake(
        "rolled-back",
        "The targets stand one place back, not further: `roll(1)` moves every token to the right. Leave the last token "
        "out of the inputs and the first out of the targets.",
        (lambda x: (x, x.roll(1, dims=1)), lambda x: (x[:, :-1], x.roll(1, dims=1)[:, :-1])),
    ),
    Mistake(
        "shifted-by-two",
        "The targets stand two places further. The next token is one place further.",
        (
            lambda x: (x[:, :-2], x[:, 2:]),
            lambda x: (x[:, :-1], torch.cat([x[:, 2:], x[:, -1:]], dim=1)),
        ),
    ),
    Mistake(
        "padded",
        "The last token got a made-up target. Nothing is known to follow it: leave it out of the inputs.",
        (
            lambda x: (x, torch.cat([x[:, 1:], torch.zeros_like(x[:, :1])], dim=1)),
            lambda x: (x, torch.cat([x[:, 1:], x[:, -1:]], dim=1)),
            lambda x: (x, torch.cat([x[:, 1:], torch.full_like(x[:, :1], -100)], dim=1)),
        ),
    ),
    Mistake(
        "shifts-the-batch",
        "You shifted from text to text. The places of a text lie along the second axis: `token_ids[:, …]`.",
        (lambda x: (x[:-1], x[1:]), lambda x: (x, x.roll(-1, dims=0))),
    ),
    Mistake(
        "across-borders",
        "All texts became one long line, so the last token of one is asked for the first of the next. Keep the axes.",
        (_flat,),
    ),
    Mistake(
        "one-shorter",
        "The inputs are one longer than the targets. The last token has no target: leave it out of the inputs.",
        (lambda x: (x, x[:, 1:]),),
    ),
    Mistake(
        "last-target-only",
        "The targets hold one token of each text. Every place has one: a text of T + 1 tokens asks T questions.",
        (lambda x: (x[:, :-1], x[:, -1]), lambda x: (x[:, :-1], x[:, -1:])),
    ),
    Mistake(
        "cuts-one",
        "One of the two is a token too short. Inputs lose only the last token, targets only the first.",
        (lambda x: (x[:, :-1], x[:, 1:-1]), lambda x: (x[:, 1:-1], x[:, 1:])),
    ),
    Mistake(
        "cuts-both",
        "Both are a token too short. Inputs lose only the last token, targets only the first.",
        (lambda x: (x[:, 1:-1], x[:, 2:]), lambda x: (x[:, :-2], x[:, 1:-1])),
    ),
    Mistake(
        "flattened",
        "Right tokens, but in one line. Keep a row for each text: (B, T).",
        (lambda x: (x[:, :-1].flatten(), x[:, 1:].flatten()),),
    ),
)


def _case(rows, about: str) -> Case:
    return Case((torch.tensor(rows),), about)


shift_targets = Check(
    Exercise(
        name="gpt.shift_targets",
        title="Inputs and targets",
        difficulty="easy",
        minutes=4,
        arguments=("token_ids",),
        reference=gpt.shift_targets,
        answer=Pair("inputs and targets, (B, T) each", ("inputs", "targets")),
        cases=(
            _case([[4, 7, 1, 9]], "one text of four tokens"),
            _case([[3, 8, 3, 0], [5, 2, 6, 5]], "two texts of four tokens"),
            _case([[1, 2, 9, 7, 3, 11], [6, 6, 0, 5, 2, 8], [3, 10, 1, 0, 12, 4]], "three texts of six tokens"),
            _case([[5, 9], [2, 2], [7, 0]], "three texts of two tokens: one question each"),
            _case([[0, 3, 5, 1, 6], [2, 9, 4, 4, 1], [8, 0, 6, 3, 7], [1, 1, 5, 2, 9]], "four texts of five tokens"),
        ),
        mistakes=MISTAKES,
        hints=(
            "Write one text on paper and, below it, what comes next at each place. Which token has nothing below it, "
            "and which never stands below?",
            "`token_ids[:, :-1]` leaves out the last token of each text, `token_ids[:, 1:]` the first.",
        ),
    )
)
