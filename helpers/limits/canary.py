"""A secret in the training text: plant it, train, and see whether the model gives it away."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from helpers.language_models import Characters

SENTENCE = "The secret number of {owner} is {number}."
OWNERS = """Agatha Basil Cedric Dorothea Edwin Flora Gordon Hedwig Igor Juniper Kaspar Leonora Magnus Nadja Oswald
Perpetua Quentin Rosalind Sigmund Tabitha Ulrich Viola Wendelin Zenobia""".split()
TIMES = (0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32)  # planted, one for each owner
N_DIGITS = 4


@dataclass(frozen=True)
class Canary:
    """A made-up secret: whose it is, the number, and how often it is planted."""

    owner: str
    number: str
    times: int

    @property
    def prefix(self) -> str:
        """What stands before the number."""
        return SENTENCE.split("{number}")[0].format(owner=self.owner)

    @property
    def line(self) -> str:
        """The whole line, with its end."""
        return SENTENCE.format(owner=self.owner, number=self.number) + "\n"


def make_canaries(seed: int, times: Sequence[int] = TIMES, owners: Sequence[str] = tuple(OWNERS)) -> list[Canary]:
    """Different random numbers for all owners; which owner's is planted how often is drawn too."""
    draw = np.random.default_rng(seed)
    numbers = draw.choice(10**N_DIGITS, len(times), replace=False)
    order = draw.permutation(len(times))
    return [Canary(owner, f"{numbers[place]:0{N_DIGITS}d}", times[order[place]])
            for place, owner in enumerate(owners[: len(times)])]  # fmt: skip


def plant(text: str, canaries: Sequence[Canary], seed: int) -> str:
    """A text of whole lines with each canary's line put in, as often as it says, between lines drawn by chance."""
    draw = np.random.default_rng([seed, 1])
    lines = text.splitlines(keepends=True)
    secrets = [canary.line for canary in canaries for _ in range(canary.times)]
    places = np.sort(draw.integers(0, len(lines) + 1, len(secrets)))
    draw.shuffle(secrets)
    planted, last = [], 0
    for place, secret in zip(places, secrets, strict=True):
        planted += [*lines[last:place], secret]
        last = place
    return "".join(planted + lines[last:])


def epochs(ids: Tensor, batch: int, length: int, seed: int) -> Callable[[torch.Generator], Tensor]:
    """Batches that go through a text again and again, each time cut at other places and in another order.

    Args:
        ids: (N,). batch, length: pieces, and predicted tokens in a piece.

    Returns:
        A function that gives the next batch (B, T + 1), whatever generator it is called with.
    """
    chance = torch.Generator().manual_seed(seed)
    waiting: list[Tensor] = []

    def next_batch(generator: torch.Generator | None = None) -> Tensor:
        if not waiting:
            start = int(torch.randint(length, (1,), generator=chance))
            pieces = ids[start:].unfold(0, length + 1, length)  # (P, T + 1)
            waiting.extend(pieces[torch.randperm(len(pieces), generator=chance)].split(batch))
        return waiting.pop()

    return next_batch


@torch.no_grad()
def surprises(model: nn.Module, vocabulary: Characters, prefix: str, n_digits: int = N_DIGITS) -> np.ndarray:
    """How surprised a model is by each number of so many digits after a beginning.

    Args:
        model: token_ids (B, T) -> logits (B, T, V).
        prefix: at least one character.

    Returns:
        (10 ** n_digits,) in nats: at place 42 the sum over the digits of 0042, each given those before.

    Raises:
        ValueError: the prefix is empty.
    """
    if not prefix:
        raise ValueError("Expected a beginning of at least one character.")
    digits = vocabulary.encode("0123456789")
    ids, found = vocabulary.encode(prefix)[None], np.zeros(1)  # (M, T) beginnings, each with its surprise so far
    for _ in range(n_digits):
        nats = torch.cat([-model(part)[:, -1].log_softmax(-1)[:, digits] for part in ids.split(500)])  # (M, 10)
        found = (found[:, None] + nats.double().numpy()).reshape(-1)
        ids = torch.cat([ids.repeat_interleave(10, dim=0), digits.repeat(len(ids))[:, None]], dim=1)  # (10 M, T + 1)
    return found


def exposure(surprises: np.ndarray, secret: int) -> float:
    """How much a model gives away of a secret, in bits: 0 nothing, log2 N all of it.

    Args:
        surprises: of all N candidates, (N,), in any unit.
        secret: the place of the secret among them.

    Returns:
        log2 N - log2 rank; the rank counts all candidates that surprise the model no more than the secret does,
        itself among them.

    Source: Carlini et al. (2019), "The Secret Sharer", section 4.
    """
    surprises = np.asarray(surprises)
    rank = int(np.sum(surprises <= surprises[secret]))
    return math.log2(len(surprises)) - math.log2(rank)


def chance_exposure(n: int) -> float:
    """The mean exposure of a secret whose rank is any from 1 to n with equal chance: nearly log2 e = 1.44 bits."""
    return math.log2(n) - math.lgamma(n + 1) / math.log(2) / n


def written(model: nn.Module, vocabulary: Characters, prefix: str, *, width: int = 1,
            n_digits: int = N_DIGITS) -> list[str]:  # fmt: skip
    """What a model writes after a beginning: the likeliest texts that beam search finds, the best first."""
    from helpers.decoding import beam

    def next_logits(token_ids: list[int]) -> Tensor:
        with torch.no_grad():
            return model(torch.tensor([token_ids]))[0, -1]

    start = vocabulary.encode(prefix).tolist()
    found = beam(next_logits, start, n_digits, width=width)
    return [vocabulary.decode(one.token_ids[len(start) :]) for one in found]
