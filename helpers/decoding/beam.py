"""Beam search: keep the few best beginnings, not one alone (lesson 05)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from helpers.decoding.choosing import NextLogits, checked


@dataclass(frozen=True)
class Written:
    """A text that beam search has found.

    Attributes:
        token_ids: the beginning and what was written.
        log_probability: of what was written, in nats, at most 0.
        score: what the search sorts by: the log-probability over (tokens written) ** length_power.
        ended: whether it ends with the stop token; else it was cut off at the length.
    """

    token_ids: list[int]
    log_probability: float
    score: float
    ended: bool


def beam_step(scores: Tensor, log_probs: Tensor, width: int) -> tuple[Tensor, Tensor, Tensor]:
    """Go on with every beginning by every token, and keep the best.

    Args:
        scores: log-probability of each beginning, (W,).
        log_probs: log-probability of each next token after each beginning, (W, V).
        width: how many to keep, from 1 up.

    Returns:
        Of the best continuations, the best first: their log-probabilities, which beginning each goes on from, and
        with which token; three tensors (min(width, W · V),).
    """
    totals = (scores[:, None] + log_probs).flatten()  # (W · V,)
    best, places = totals.sort(descending=True, stable=True)  # on a tie the earlier beginning, the smaller token
    best, places = best[:width], places[:width]
    vocab_size = log_probs.shape[1]
    return best, places // vocab_size, places % vocab_size


def beam(next_logits: NextLogits, token_ids: Sequence[int], length: int, *, width: int = 4, stop: int | None = None,
         length_power: float = 0.0) -> list[Written]:  # fmt: skip
    """Search for likely texts: at each step keep the `width` best beginnings.

    With width 1 it writes what `greedy` writes. With a width that holds all beginnings it finds the best text.

    Args:
        next_logits: scores for the next token, (V,), from all ids so far.
        token_ids: the beginning. length: how many tokens to write at most.
        width: beginnings that are kept.
        stop: an id that ends a text, and is its last token.
        length_power: 0 compares log-probabilities, which favours short texts; 1 compares their mean per token.

    Returns:
        Up to `width` texts, the best score first; texts that were cut off at the length compete with the ended ones.

    Raises:
        ValueError: a width below 1, a negative length, a length_power that is no number from 0 up, or logits that can't
            be used (see `probabilities`).

    Source: Sutskever et al. (2014), section 3.2; length normalisation: Wu et al. (2016), section 7.
    """
    if isinstance(width, bool) or int(width) != width or width < 1:
        raise ValueError(f"width is {width}; expected how many texts to keep, a whole number from 1 up.")
    if length < 0:
        raise ValueError(f"length is {length}; expected how many tokens to write, 0 or more.")
    if not 0 <= length_power < math.inf:
        raise ValueError(f"length_power is {length_power}; expected a number from 0 up, such as 0 or 1.")
    start = [int(token) for token in token_ids]
    going, ended = [Written(start, 0.0, 0.0, False)], []
    for step in range(1, length + 1):
        if not going or _settled(going, ended, width, length**length_power):
            break
        scores = torch.tensor([one.log_probability for one in going], dtype=torch.float64)  # (W,)
        log_probs = _stacked([checked(next_logits(one.token_ids)) for one in going]).log_softmax(dim=-1)  # (W, V)
        found = beam_step(scores, log_probs, int(width))
        parents, going = going, []
        for total, parent, token in zip(*(part.tolist() for part in found), strict=True):
            if total > -math.inf:
                ids, done = [*parents[parent].token_ids, token], token == stop
                (ended if done else going).append(Written(ids, total, total / step**length_power, done))
    return sorted([*ended, *going], key=lambda one: -one.score)[: int(width)]


def _settled(going: list[Written], ended: list[Written], width: int, most: float) -> bool:
    """Whether enough texts have ended that none that is still going can overtake: going on never gains probability."""
    if len(ended) < width:
        return False
    bar = sorted((one.score for one in ended), reverse=True)[int(width) - 1]
    return max(one.log_probability for one in going) / most <= bar


def _stacked(rows: list[Tensor]) -> Tensor:
    if len({len(row) for row in rows}) > 1:
        raise ValueError(
            f"next_logits gave {', '.join(str(len(row)) for row in rows)} scores; expected as many each time."
        )
    return torch.stack(rows)
