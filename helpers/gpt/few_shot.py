"""Does a model see what the lines of a prompt are examples of? Tasks shown 0, 1, 2 … times before they are asked.

Chance is one in 26: the answer is the likeliest of 26 letters, whatever else the model would rather write.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor, nn

LOWER, UPPER = string.ascii_lowercase, string.ascii_uppercase
TASKS = ("repeat", "capital", "next letter")
WORD = 5  # letters of a word to repeat


class Vocabulary(Protocol):
    """What turns a prompt into numbers."""

    def encode(self, text: str) -> Tensor: ...


def prompt(task: str, shots: int, generator: torch.Generator) -> tuple[str, str]:
    """Make one prompt and its answer, a single letter.

    Args:
        task: "repeat": a made-up word, a line each time, whose last letter is asked ("qzvkx", "qzvk" -> "x").
            "capital": a letter and its capital ("f: F", "q: " -> "Q"). "next letter": a letter and the one that
            follows in the alphabet ("f: g", "q: " -> "r").
        shots: how many whole examples stand before the question, from 0; at most one for every other letter.
        generator: the dice.

    Raises:
        ValueError: there is no such task, or shots is negative.
    """
    if task not in TASKS or shots < 0:
        raise ValueError(f"task is {task!r} and shots is {shots}; expected one of {', '.join(TASKS)}, and 0 or more.")
    if task == "repeat":
        word = "".join(LOWER[int(i)] for i in torch.randperm(26, generator=generator)[:WORD])
        return f"\n{word}" * shots + f"\n{word[:-1]}", word[-1]
    answers = UPPER if task == "capital" else LOWER[1:]
    letters = torch.randperm(len(answers), generator=generator)[: min(shots, len(answers) - 1) + 1].tolist()
    *shown, asked = letters
    return "".join(f"\n{LOWER[i]}: {answers[i]}" for i in shown) + f"\n{LOWER[asked]}: ", answers[asked]


@torch.no_grad()
def accuracy(model: nn.Module, vocabulary: Vocabulary, task: str, shots: int, *, n_prompts: int = 200,
             seed: int = 0) -> float:  # fmt: skip
    """Return the share of prompts whose answer is the likeliest of the letters that could be one.

    Args:
        model: token_ids (B, T) -> logits (B, T, V), over characters. vocabulary: `encode(text)`.
        task, shots: as for `prompt`. n_prompts: how many are asked. seed: of the prompts.

    Returns:
        From 0 to 1; one in 26 by chance.
    """
    generator = torch.Generator().manual_seed(seed)
    made = [prompt(task, shots, generator) for _ in range(n_prompts)]
    token_ids = torch.stack([vocabulary.encode(text) for text, _ in made])  # (B, T): all have one length
    candidates = vocabulary.encode(UPPER if task == "capital" else LOWER)  # (26,)
    logits = model(token_ids)[:, -1]  # (B, V)
    given = candidates[logits[:, candidates].argmax(dim=-1)]  # (B,)
    return float((given == vocabulary.encode("".join(answer for _, answer in made))).float().mean())


def repeats(vocabulary: Vocabulary, batch_size: int = 32, lines: int = 6) -> Callable[[torch.Generator], Tensor]:
    """A function that draws batches of made-up words, each repeated line after line, for `training.train`.

    Args:
        vocabulary: `encode(text)`. batch_size: words at a time, B. lines: how often each stands in its text.

    Returns:
        From a `torch.Generator`, token_ids (B, lines · 6).
    """
    letters, line_end = vocabulary.encode(LOWER), vocabulary.encode("\n")

    def next_batch(generator: torch.Generator) -> Tensor:
        words = torch.rand(batch_size, 26, generator=generator).argsort(dim=1)[:, :WORD]  # (B, 5), no letter twice
        line = torch.cat([line_end.expand(batch_size, 1), letters[words]], dim=1)  # (B, 6)
        return line.repeat(1, lines)

    return next_batch
