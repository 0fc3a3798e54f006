"""Other tasks without labels: find the tokens that were replaced (ELECTRA), put words back in order (StructBERT)."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from helpers.bert.masking import IGNORED

SPAN = 3  # tokens that are put out of order together


def replace_tokens(token_ids: Tensor, generator: torch.Generator, *, proposals: Tensor, special_ids: Iterable[int],
                   rate: float = 0.15) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Put other tokens in place of some, and ask of every token whether it is the true one.

    ELECTRA lets a small masked language model propose the other tokens; here they are drawn by their frequency alone.

    Args:
        token_ids: (B, T); not changed.
        generator: of the chance.
        proposals: (V,), how often each token is put in, 0 or more; special ones are never.
        special_ids: tokens that are never replaced, and never asked about.
        rate: the chance of every other token to be replaced, from 0 to 1.

    Returns:
        inputs (B, T), and labels (B, T): 1 where another token stands now, 0 where the true one does, also if it was
        drawn again; `IGNORED` at special tokens.

    Raises:
        ValueError: a rate outside 0 to 1, or nothing to put in.

    Source: Clark et al. (2020), "ELECTRA", section 2.
    """
    special = torch.tensor(sorted({*special_ids}), dtype=torch.long)
    weights = proposals.double().clone()
    weights[special] = 0
    if not 0 <= rate <= 1 or not weights.sum() > 0:
        raise ValueError(f"rate is {rate}; expected 0 to 1, and proposals above 0 for tokens that are not special.")
    ordinary = ~torch.isin(token_ids, special)
    chosen = (torch.rand(token_ids.shape, generator=generator) < rate) & ordinary
    drawn = torch.multinomial(weights, token_ids.numel(), replacement=True, generator=generator).view_as(token_ids)
    inputs = torch.where(chosen, drawn, token_ids)
    return inputs, (inputs != token_ids).long().masked_fill(~ordinary, IGNORED)


def shuffle_words(token_ids: Tensor, generator: torch.Generator, *, special_ids: Iterable[int],
                  rate: float = 0.05) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Put some spans of three tokens out of order, and ask for the token that stood at each of their places.

    Args:
        token_ids: (B, T); not changed.
        generator: of the chance.
        special_ids: tokens that are never moved.
        rate: the chance of every place to begin a span, from 0 to 1; spans do not overlap.

    Returns:
        inputs and targets, (B, T) each: at the places of a span the targets are the tokens that stood there,
        `IGNORED` elsewhere. A span may come out as it was, as one of its six orders.

    Raises:
        ValueError: a rate outside 0 to 1.

    Source: Wang et al. (2020), "StructBERT", section 2.3.
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"rate is {rate}; expected 0 to 1.")
    special = torch.isin(token_ids, torch.tensor(sorted({*special_ids})))
    begins = torch.rand(token_ids.shape, generator=generator) < rate
    inputs, targets = token_ids.clone(), torch.full_like(token_ids, IGNORED)
    for row, start in begins.nonzero().tolist():
        places = slice(start, start + SPAN)
        span = token_ids[row, places]
        taken = (targets[row, places] != IGNORED) | special[row, places]
        if len(span) == SPAN and not taken.any():
            targets[row, places] = span
            inputs[row, places] = span[torch.randperm(SPAN, generator=generator)]
    return inputs, targets


def detection(scores: Tensor, labels: Tensor) -> dict[str, float]:
    """How well scores tell replaced tokens from true ones, with what a guesser gets who knows only the shares.

    Args:
        scores: any shape, the larger the likelier replaced. labels: the same shape, 1, 0 or `IGNORED`.

    Returns:
        "accuracy" at score 0; "majority", the accuracy of always saying "true"; "auc", the chance that a replaced token
        has a higher score than a true one, 0.5 for a guesser.

    Raises:
        ValueError: there is no replaced token, or no true one.
    """
    asked = labels != IGNORED
    scores, truth = scores[asked].double(), labels[asked] == 1
    n_replaced, n_true = int(truth.sum()), int((~truth).sum())
    if not n_replaced or not n_true:
        raise ValueError(f"There are {n_replaced} replaced and {n_true} true tokens; expected some of each.")
    _, place, count = torch.unique(scores, sorted=True, return_inverse=True, return_counts=True)
    ranks = (count.cumsum(0) - (count - 1) / 2)[place]  # from 1, equal scores share the mean of theirs
    auc = (ranks[truth].sum() - n_replaced * (n_replaced + 1) / 2) / (n_replaced * n_true)
    return {"accuracy": float(((scores > 0) == truth).double().mean()), "majority": n_true / (n_true + n_replaced),
            "auc": float(auc)}  # fmt: skip
