"""The task that BERT learns from: some tokens are hidden, and what stood there has to be guessed."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

IGNORED = -100  # the target of a place where nothing is asked, as in PyTorch's cross_entropy


def mask_tokens(token_ids: Tensor, generator: torch.Generator, *, mask_id: int, vocab_size: int,
                special_ids: Iterable[int], rate: float = 0.15) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Choose places, and hide most of what stands there: 80 % become [MASK], 10 % any token, 10 % stay as they are.

    Args:
        token_ids: (B, T); not changed.
        generator: of the chance.
        mask_id: the number of [MASK]. vocab_size: V.
        special_ids: tokens never chosen and never put in by chance: padding, [CLS], [SEP], [MASK] …
        rate: the chance of every other token to be chosen, from 0 to 1.

    Returns:
        inputs and targets, (B, T) each: targets are the tokens that stood at the chosen places, `IGNORED` elsewhere.

    Raises:
        ValueError: a rate outside 0 to 1, or no token is left to put in.

    Source: Devlin et al. (2019), section 3.1 and appendix A.1.
    """
    special = torch.tensor(sorted({*special_ids, mask_id}))
    ordinary = torch.ones(vocab_size, dtype=torch.bool)
    ordinary[special] = False
    if not 0 <= rate <= 1 or not ordinary.any():
        raise ValueError(
            f"rate is {rate}, and {int(ordinary.sum())} tokens are not special; expected 0 to 1, and some."
        )
    chosen = (torch.rand(token_ids.shape, generator=generator) < rate) & ~torch.isin(token_ids, special)
    fate = torch.rand(token_ids.shape, generator=generator)  # below 0.8: hidden; below 0.9: replaced
    candidates = ordinary.nonzero().squeeze(1)
    drawn = candidates[torch.randint(len(candidates), token_ids.shape, generator=generator)]
    inputs = torch.where(chosen & (fate < 0.8), mask_id, token_ids)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), drawn, inputs)
    return inputs, token_ids.masked_fill(~chosen, IGNORED)


def masked_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """How surprised the model is by the hidden tokens: the mean over the places that are asked about, in nats.

    Args:
        logits: (…, V). targets: (…), `IGNORED` where nothing is asked.

    Returns:
        A scalar; 0 if nothing is asked anywhere.
    """
    asked = targets != IGNORED
    if not asked.any():
        return logits.sum() * 0.0
    return cross_entropy(logits[asked], targets[asked])
