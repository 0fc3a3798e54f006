"""Attention without anything learned: words weigh each other by the dot products of their vectors."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from helpers.vectors import WordVectors


@dataclass(frozen=True)
class AttentionMaps:
    """The tokens of a text and how much each attends to each, in every layer and head of a model.

    Attributes:
        tokens: the T tokens, in order.
        attention: weights (layers, heads, T, T), float32; `attention[layer, head, query, key]`. Each row
            (one query, all keys) sums to one.
        note: what a reader should know, such as that a long text was cut; empty if there is nothing to say.
    """

    tokens: list[str]
    attention: np.ndarray
    note: str = ""


def dot_product_attention(x: np.ndarray) -> np.ndarray:
    """Let each vector weigh all others: the softmax over their dot products.

    Args:
        x: T vectors of D numbers, (T, D), finite and small enough to multiply.

    Returns:
        Weights (T, T), float64; row q says how much vector q attends to each vector. Each row sums to one.

    Raises:
        ValueError: `x` is no matrix, or its dot products are not finite (NaN, infinity, or too large).

    Source: Vaswani et al. (2017), section 3.2.1, without the learned projections and without the scaling.
    """
    x = np.asarray(x, dtype=np.float64)
    if x.ndim != 2:
        raise ValueError(f"x has shape {x.shape}; expected (T, D): D numbers for each of T tokens.")
    with np.errstate(all="ignore"):
        scores = x @ x.T                                          # (T, T)
    if not np.isfinite(scores).all():
        raise ValueError("The dot products of x are not finite; look for NaN, infinity or huge numbers in x.")
    largest = scores.max(axis=1, keepdims=True, initial=-np.inf)  # taken off, so that exp never overflows
    weights = np.exp(scores - largest)
    return weights / weights.sum(axis=1, keepdims=True)           # (T, T)


def word_vector_attention(vectors: "WordVectors | Mapping[str, np.ndarray]", text: str, *,
                          max_words: int = 128) -> AttentionMaps:
    """Let each word of a text weigh the others by the dot products of their word vectors.

    No model reads the text: a word has the same vector everywhere, so the weights know nothing of order or
    grammar. A word without a vector gets the zero vector, which finds all words equally interesting.

    Args:
        vectors: anything where `vectors["cat"]` gives (D,) and `"cat" in vectors` says whether it can.
        text: any text; it is lower-cased and cut into words and punctuation marks.
        max_words: words beyond this number are left out, and the note says so.

    Returns:
        One layer with one head: attention (1, 1, T, T), float32. An empty text has T = 0.

    Example:
        >>> maps = word_vector_attention({"cat": np.array([1.0, 0.0])}, "The cat")
        >>> maps.tokens, maps.attention.shape
        (['the', 'cat'], (1, 1, 2, 2))
    """
    found = re.findall(r"\w+|[^\w\s]", text.lower())
    words = found[:max_words]
    unknown = [word for word in dict.fromkeys(words) if word not in vectors]
    known = [vectors[word] for word in words if word in vectors]
    x = np.zeros((len(words), len(known[0]) if known else 1))     # (T, D)
    if known:
        x[[word in vectors for word in words]] = known
    notes = []
    if len(words) < len(found):
        notes.append(f"The text has {len(found):,} words; only the first {max_words} are shown.")
    if unknown:
        some = ", ".join(f"“{word}”" for word in unknown[:5]) + (" and others" if len(unknown) > 5 else "")
        notes.append(f"No vector for {some}: counted as zero.")
    attention = dot_product_attention(x).astype(np.float32)
    return AttentionMaps(words, attention[None, None], " ".join(notes))
