"""Attention maps as numbers: checked, packed for the browser, and said in words."""

from collections.abc import Sequence
from typing import Any

import numpy as np

MOST_TOKENS = 128


def check(tokens: Sequence[str], attention: Any, query_tokens: Sequence[str] | None = None) -> np.ndarray:
    """Bring attention to (layers, heads, T_query, T_key), float64, or say what is wrong with it.

    Args:
        tokens: the key tokens, at most 128; also the queries, unless `query_tokens` is given.
        attention: NumPy or PyTorch weights, (T, T), (heads, T, T) or (layers, heads, T, T); rows sum to one.
        query_tokens: the query tokens where they differ (cross-attention).

    Raises:
        ValueError: wrong shape, too many tokens, tokens that are no text, NaN, negative weights, or rows that
            do not sum to one.
    """
    _check_tokens("tokens", tokens)
    if query_tokens is not None:
        _check_tokens("query_tokens", query_tokens)
    weights = _array(attention)
    expected = (len(tokens if query_tokens is None else query_tokens), len(tokens))
    if not 2 <= weights.ndim <= 4:
        more = " It looks like a batch: take attention[:, 0]." if weights.ndim == 5 else ""
        raise ValueError(f"attention has shape {weights.shape}; expected (T, T), (heads, T, T) or "
                         f"(layers, heads, T, T).{more}")
    if weights.shape[-2:] != expected:
        raise ValueError(f"attention has shape {weights.shape}, but there are {expected[0]} queries and "
                         f"{expected[1]} keys: its last two axes should be {expected}.")
    weights = weights.reshape((1,) * (4 - weights.ndim) + weights.shape)          # (layers, heads, T_q, T_k)
    if 0 in weights.shape[:2] or (expected[0] > 0) != (expected[1] > 0):
        raise ValueError(f"attention has shape {weights.shape}; every axis needs at least one entry.")
    _check_rows(weights)
    return weights


def _check_tokens(name: str, given: Any) -> None:
    listed = isinstance(given, Sequence | np.ndarray) and not isinstance(given, str | bytes)
    if not listed or not all(isinstance(token, str) for token in given):
        raise ValueError(f"{name} is {str(given)[:60]!r}; expected a list of str, one for each token.")
    if len(given) > MOST_TOKENS:
        raise ValueError(f"There are {len(given)} {name}; the map shows at most {MOST_TOKENS}: cut the text.")


def _array(attention: Any) -> np.ndarray:
    if hasattr(attention, "detach"):                                              # a PyTorch tensor
        attention = attention.detach().cpu().double().numpy()
    try:
        return np.asarray(attention, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"attention is a {type(attention).__name__} that makes no array of numbers "
                         f"({error}); expected NumPy or PyTorch weights.") from None


def _check_rows(weights: np.ndarray) -> None:
    """Each row must be a distribution: finite, not negative, summing to one."""
    if not np.isfinite(weights).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(weights))[0])
        raise ValueError(f"attention holds NaN or infinity, first at (layer, head, query, key) = {where}; "
                         "a row in which everything is masked gives NaN after softmax.")
    if weights.size and weights.min() < -1e-6:
        raise ValueError(f"attention holds {weights.min():.4g}; weights are never negative. Are these scores "
                         "from before the softmax?")
    wrong = np.argwhere(np.abs(weights.sum(-1) - 1) > 5e-3)                       # float16 is as rough that
    if len(wrong):
        layer, head, query = (int(i) for i in wrong[0])
        total = weights[layer, head, query].sum()
        raise ValueError(f"The row of query {query} in layer {layer}, head {head} sums to {total:.4g}; "
                         "expected 1: softmax over the keys, the last axis.")


def pack(weights: np.ndarray) -> bytes:
    """Weights from 0 to 1 as 16-bit fractions, little-endian; off by at most 1/131,070."""
    return np.round(np.clip(weights, 0, 1) * 65535).astype("<u2").tobytes()


def unpack(packed: bytes, shape: Sequence[int]) -> np.ndarray:
    """The weights that `pack` packed, (layers, heads, T_query, T_key), float32."""
    return (np.frombuffer(packed, "<u2") / np.float32(65535)).astype(np.float32).reshape(shape)


def telling_query(queries: Sequence[str]) -> int:
    """The query selected at first: the last word; not a mark such as [SEP], </s> or a full stop."""
    for place in range(len(queries) - 1, -1, -1):
        token = queries[place].strip()
        if any(map(str.isalnum, token)) and token[0] + token[-1] not in ("[]", "<>"):
            return place
    return 0


def row_of(queries: list[str], query: int | str | None) -> int:
    """The number of the query to select, given as number, as token, or not at all."""
    if query is None:
        return telling_query(queries)
    if isinstance(query, str):
        if query not in queries:
            raise ValueError(f"query is {query!r}, which is not among the tokens {queries[:20]}.")
        return queries.index(query)
    if not 0 <= query < max(1, len(queries)):
        raise ValueError(f"query is {query}; expected 0 to {len(queries) - 1}.")
    return int(query)


def in_words(weights: np.ndarray, queries: Sequence[str], keys: Sequence[str], *, layer: int, head: int,
             query: int) -> str:
    """The row of one query as a sentence: `weights` (T_query, T_key), layer and head counted from 0."""
    key = int(weights[query].argmax())
    return (f"“{queries[query]}” attends most to “{keys[key]}” {weights[query, key]:.3f} "
            f"in layer {layer + 1}, head {head + 1}.")
