"""Reading a text bit by bit: what was computed for earlier tokens is kept, not computed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from helpers.attention import causal_mask, scaled_dot_product

if TYPE_CHECKING:
    from helpers.gpt.model import GPT


def cached_step(embedded: Tensor, positions: Tensor, to_query: Tensor, to_key: Tensor, to_value: Tensor, keys: Tensor,
                values: Tensor) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """Let T new tokens attend to themselves and to S earlier ones, whose keys and values were kept.

    Args:
        embedded: the new tokens' embeddings, (T, D), still without positions.
        positions: a vector for every place of a text, (N, D), N at least S + T; the new tokens stand behind the S.
        to_query, to_key, to_value: what a token's vector is multiplied by, (D, K) each.
        keys, values: of the S earlier tokens, (S, K) each; S may be 0.

    Returns:
        The new tokens' output (T, K), and the keys and values of all tokens so far, (S + T, K) each.

    Source: Vaswani et al. (2017), section 3.2.1; one head of `MultiHeadAttention` with `KeyValues`.
    """
    n_seen, n_new = len(keys), len(embedded)
    x = embedded + positions[n_seen : n_seen + n_new]  # (T, D)
    keys = torch.cat([keys, x @ to_key])  # (S + T, K)
    values = torch.cat([values, x @ to_value])  # (S + T, K)
    output, _ = scaled_dot_product(x @ to_query, keys, values, causal_mask(n_new, n_seen + n_new))  # (T, K)
    return output, keys, values


class NextToken:
    """Logits for the next token of one text that grows, computed with a key/value cache.

    It reads only what is new: of a text that differs from the last one, what comes after their common beginning. With
    a window or shifted tokens it starts again there, and so it does with the last `context_len` tokens where the
    learned positions are used up.

    Args:
        model: a GPT in evaluation mode.

    Example:
        >>> next_logits = NextToken(model)
        >>> next_logits([1, 2, 3]).shape, next_logits([1, 2, 3, 4]).shape
        (torch.Size([65]), torch.Size([65]))
    """

    def __init__(self, model: GPT) -> None:
        self.model = model
        self._read: list[int] = []  # the tokens in the cache
        self._cache = model.new_cache()

    @torch.no_grad()
    def __call__(self, token_ids: list[int] | Tensor) -> Tensor:
        """One or more token_ids, all of the text so far, (T,) -> logits (V,); ValueError for an empty text."""
        text = [int(token) for token in token_ids]
        if not text:
            raise ValueError("There is no token to go on from: start with one, such as a line break.")
        if self.model.config.positions == "learned":
            text = text[-self.model.config.context_len :]
        self._go_back(text)
        device = next(self.model.parameters()).device
        new, self._read = text[len(self._read) :], []  # interrupted below, the next call starts with a fresh cache
        logits = self.model(torch.tensor([new], device=device), self._cache)  # (1, new, V)
        self._read = text
        return logits[0, -1]

    def _go_back(self, text: list[int]) -> None:
        """Forget what is not the beginning of `text`, and at least its last token, which has to be read."""
        same = 0
        for mine, theirs in zip(self._read, text[:-1], strict=False):
            if mine != theirs:
                break
            same += 1
        config = self.model.config
        if not self._cache or same < len(self._read) and (config.window is not None or config.shifted):
            same = 0  # no block remembers; or what fell out of the window, or stood before the last token, is gone
        if same == 0:
            self._cache = self.model.new_cache()
        elif same < len(self._read):
            for kept in self._cache:
                kept.key, kept.value, kept.seen = kept.key[..., :same, :], kept.value[..., :same, :], same
        self._read = self._read[:same]
