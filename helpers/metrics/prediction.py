"""From scores to a verdict: softmax, cross-entropy, perplexity, bits per character (lesson 03)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn


def softmax(logits: Tensor) -> Tensor:
    """Turn scores into probabilities: the exponential of each, divided by their sum, along the last axis.

    The largest score is subtracted first. That changes no probability, since it divides numerator and
    denominator by the same number, and it keeps `exp` from overflowing: no exponent is above 0.

    Args:
        logits: scores of any size, (…, V); -inf stands for "impossible".

    Returns:
        Probabilities, (…, V), that add up to 1 along the last axis.

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 4.1.
    """
    shifted = logits - logits.max(dim=-1, keepdim=True).values  # (…, V), all at most 0
    exponentials = shifted.exp()  # (…, V)
    return exponentials / exponentials.sum(dim=-1, keepdim=True)


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Return how surprised a model is by what is true: the mean of -log P(target), in nats.

    -log softmax(z)[y] = log Σ exp(z) - z[y]. The logarithm of the sum is taken with the largest score outside,
    so that neither `exp` overflows nor `log` meets a zero.

    Args:
        logits: scores, (…, V).
        targets: for each row the index of the right answer, (…), from 0 to V - 1.

    Returns:
        A scalar, at least 0; log V for a model that finds all answers equally likely.

    Raises:
        ValueError: the shapes do not fit together, or there is no row.

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.3.
    """
    if logits.shape[:-1] != targets.shape or targets.numel() == 0:
        got = f"{tuple(logits.shape)} and {tuple(targets.shape)}"
        raise ValueError(f"Expected logits (…, V) and at least one target, (…), got {got}.")
    top = logits.max(dim=-1, keepdim=True).values  # (…, 1)
    log_sum = top.squeeze(-1) + (logits - top).exp().sum(dim=-1).log()  # (…)
    of_target = logits.gather(-1, targets.unsqueeze(-1)).squeeze(-1)  # (…), the score of the right answer
    return (log_sum - of_target).mean()


def perplexity(probabilities: Sequence[float] | Tensor) -> float:
    """Return among how many equally likely tokens the model could as well have been choosing.

    exp of the mean of -log p. Added up as logarithms, since a product of thousands of probabilities is 0 on a
    computer.

    Args:
        probabilities: what the model gave to each token that then came, (N,), from 0 to 1.

    Returns:
        A number from 1 (never surprised) to infinity (something came that was held impossible).

    Raises:
        ValueError: no probabilities, or a number that is none.

    Source: Jurafsky and Martin, Speech and Language Processing (3rd edition, draft), section 3.3.
    """
    values = [float(p) for p in probabilities]
    if not values or not all(0 <= p <= 1 for p in values):
        raise ValueError(f"Expected at least one probability, each from 0 to 1, got {values[:8]}.")
    if min(values) == 0:
        return math.inf
    nats = -sum(math.log(p) for p in values) / len(values)
    return math.exp(nats) if nats < 709 else math.inf  # exp(710) is more than a float holds


def text_nats(model: Callable[[Tensor], Tensor], token_ids: Tensor, *, context: int = 64,
              batch_size: int = 32) -> float:  # fmt: skip
    """Return the surprise of a model at a text, -log P in nats, added up over every token but the first.

    The text is read in windows. In each, the model sees at least `context` tokens before the first one that counts
    (fewer at the beginning of the text), and every token counts in one window only.

    Args:
        model: from token_ids (B, T) to logits (B, T, V), where logits[:, t] predict token t + 1.
        token_ids: the text, (N,), at least two tokens.
        context: tokens of the past that the model is given without being asked for them.
        batch_size: windows at a time.

    Raises:
        ValueError: the text has less than two tokens, or it isn't one row of them.
    """
    if token_ids.ndim != 1 or len(token_ids) < 2 or context < 0:
        raise ValueError(f"Expected one text of two tokens or more, (N,), got shape {tuple(token_ids.shape)}.")
    stride = max(context, 64)  # tokens that count in a window
    starts = range(0, len(token_ids) - 1, stride)  # tokens start + 1 … start + stride count
    windows = [token_ids[max(0, start - context) : start + stride + 1] for start in starts]
    counted = [min(stride, len(token_ids) - 1 - start) for start in starts]
    total = 0.0
    was_training = isinstance(model, nn.Module) and model.training
    if was_training:
        model.eval()
    try:
        with torch.no_grad():
            for group in _same_length(windows, batch_size):
                batch = torch.stack([windows[i] for i in group])  # (B, T + 1)
                n = counted[group[0]]
                log_p = model(batch[:, :-1]).log_softmax(dim=-1)[:, -n:]  # (B, n, V)
                total -= log_p.gather(-1, batch[:, -n:, None]).double().sum().item()
    finally:
        if was_training:
            model.train()
    return total


def _same_length(windows: Sequence[Tensor], batch_size: int) -> list[list[int]]:
    """Numbers of windows in groups of one length, at most `batch_size` in each."""
    by_length: dict[int, list[int]] = {}
    for i, window in enumerate(windows):
        by_length.setdefault(len(window), []).append(i)
    return [row[i : i + batch_size] for row in by_length.values() for i in range(0, len(row), batch_size)]


def bits_per_character(model: Callable[[Tensor], Tensor], token_ids: Tensor, *, n_characters: int | None = None,
                       context: int = 64, batch_size: int = 32) -> float:  # fmt: skip
    """Return how many yes-or-no questions a model leaves open per character of a text.

    Unlike perplexity it does not depend on how the text was cut into tokens, as long as `n_characters` counts the
    same characters for every model.

    Args:
        model, token_ids, context, batch_size: as for `text_nats`.
        n_characters: the characters that the predicted tokens stand for; None if each token is one character.

    Returns:
        A number from 0; log2 of the vocabulary's size for a model that finds all characters equally likely.

    Raises:
        ValueError: the text has less than two tokens, or there are no characters.
    """
    nats = text_nats(model, token_ids, context=context, batch_size=batch_size)
    return nats_to_bits(nats, len(token_ids) - 1 if n_characters is None else n_characters)


def nats_to_bits(nats: float, n_characters: int) -> float:
    """The surprise of a whole text in nats, as bits per character; ValueError if there are no characters."""
    if n_characters < 1:
        raise ValueError(f"n_characters is {n_characters}; expected how many characters were predicted, 1 or more.")
    return nats / math.log(2) / n_characters
