"""Word vectors by counting: which words stand near which, how surprising that is, and a smaller copy of it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from helpers.vectors.space import WordVectors


def vocabulary(sentences: Iterable[Sequence[str]], min_count: int = 5) -> dict[str, int]:
    """Count the words and return those seen at least `min_count` times, with their counts, most frequent first.

    Words seen equally often stand in the order in which they first appear.
    """
    counts = Counter(word for sentence in sentences for word in sentence)
    return {word: count for word, count in counts.most_common() if count >= min_count}


def window_counts(sentences: Iterable[Sequence[str]], vocab: Iterable[str], window: int = 2) -> np.ndarray:
    """Count how often each word stands at most `window` places from each other word: the plain way, for toys.

    Args:
        sentences: lists of words; a window never reaches into the next sentence.
        vocab: V words; others are taken out of the sentences first.
        window: how many places to the left and to the right.

    Returns:
        Array (V, V), symmetric: entry [w, c] counts word c near word w.
    """
    index = {word: row for row, word in enumerate(vocab)}
    counts = np.zeros((len(index), len(index)))
    for sentence in sentences:
        rows = [index[word] for word in sentence if word in index]
        for place, row in enumerate(rows):
            for neighbour in rows[max(0, place - window) : place] + rows[place + 1 : place + 1 + window]:
                counts[row, neighbour] += 1
    return counts


def ppmi(counts, shift: float = 1.0, alpha: float = 1.0):
    """Return positive pointwise mutual information: how far counts exceed what chance would give.

    PMI(w, c) = log P(w, c) / (P(w) P(c)); negative values, and pairs never seen, become 0.

    Args:
        counts: how often word w (row) stands near context c (column), (V, C); a dense array or scipy sparse.
        shift: k in max(PMI - log k, 0); a larger k keeps fewer, surer pairs. 1 leaves PMI as it is.
        alpha: P(c) is taken from counts to this power; below 1, rare contexts weigh less (0.75 is usual).

    Returns:
        An array (V, C) of values of 0 or more, dense or sparse as `counts` came. A row of zeros stays zeros.

    Raises:
        ValueError: counts is not a matrix, or shift is not positive.

    Source: Levy and Goldberg (2014), section 3; alpha: Levy, Goldberg and Dagan (2015), section 3.2.
    """
    if len(np.shape(counts)) != 2 or shift <= 0:
        raise ValueError(f"Expected counts (V, C) and shift > 0, got shape {np.shape(counts)} and shift {shift}.")
    if hasattr(counts, "tocoo"):
        return _sparse_ppmi(counts.tocsr().tocoo(), shift, alpha)  # entries of one cell added up
    counts = np.asarray(counts, dtype=float)
    word = counts.sum(axis=1, keepdims=True)  # (V, 1)
    context = counts.sum(axis=0, keepdims=True) ** alpha  # (1, C)
    seen, chance = counts * context.sum(), word * context  # (V, C); P(w, c) / P(w) P(c) = seen / chance
    ratio = np.divide(seen, shift * chance, out=np.ones_like(counts), where=counts > 0)  # unseen: log 1 = 0
    return np.maximum(np.log(ratio), 0.0)


def _sparse_ppmi(counts, shift: float, alpha: float):
    """The same from the stored entries alone: (V, C) in scipy's COO format in, CSR out, zeros dropped."""
    from scipy.sparse import csr_array

    word = np.bincount(counts.row, counts.data, minlength=counts.shape[0])  # (V,)
    context = np.bincount(counts.col, counts.data, minlength=counts.shape[1]) ** alpha  # (C,)
    kept = counts.data > 0
    rows, columns, values = counts.row[kept], counts.col[kept], counts.data[kept].astype(float)
    pmi = np.log(values * context.sum() / (shift * word[rows] * context[columns]))
    kept = pmi > 0
    return csr_array((pmi[kept], (rows[kept], columns[kept])), shape=counts.shape)


def encode(sentences: Iterable[Sequence[str]], vocab: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    """Turn sentences into one long row of word numbers; words outside the vocabulary are taken out first.

    Args:
        sentences: lists of words; vocab: V different words, numbered in this order.

    Returns:
        token_ids (N,) and the number of the sentence that each stands in (N,), both int32.
    """
    number = {word: row for row, word in enumerate(vocab)}
    kept = [[number[word] for word in sentence if word in number] for sentence in sentences]
    lengths = [len(sentence) for sentence in kept]
    token_ids = np.fromiter((row for sentence in kept for row in sentence), np.int32, sum(lengths))
    return token_ids, np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)


def cooccurrence(sentences: Iterable[Sequence[str]], vocab: Iterable[str], window: int = 10,
                 harmonic: bool = True):  # fmt: skip
    """Count neighbours as `window_counts` does, for large text: sparse, and without a Python loop over words.

    Args:
        sentences: lists of words; vocab: V words.
        window: how many places to the left and to the right.
        harmonic: a neighbour at distance d counts 1/d, as in GloVe; otherwise 1.

    Returns:
        Symmetric scipy CSR array (V, V), float32.

    Raises:
        ValueError: window is below 1.

    Source: Pennington et al. (2014), section 4.2, for the weights by distance.
    """
    from scipy.sparse import coo_array, csr_array

    if window < 1:
        raise ValueError(f"Expected a window of 1 or more places, got {window}.")
    vocab = list(vocab)
    token_ids, sentence = encode(sentences, vocab)
    shape = (len(vocab), len(vocab))
    right = csr_array(shape, dtype=np.float32)  # neighbours to the right; those to the left are its mirror image
    for distance in range(1, window + 1):
        same = sentence[:-distance] == sentence[distance:]
        pairs = token_ids[:-distance][same], token_ids[distance:][same]
        weights = np.full(len(pairs[0]), 1 / distance if harmonic else 1, dtype=np.float32)
        right = right + coo_array((weights, pairs), shape=shape).tocsr()
    return right + right.T.tocsr()


def train_ppmi_svd(sentences: Iterable[Sequence[str]], d: int = 100, window: int = 10, min_count: int = 5,
                   power: float = 0.25, subsample: float = 0.0, seed: int = 0) -> WordVectors:  # fmt: skip
    """Make word vectors by counting: count neighbours, turn counts into surprise, keep the main directions.

    Args:
        sentences: lists of words, the whole text.
        d: how many numbers a vector gets, fewer than there are words in the vocabulary.
        window, min_count: places that count as near; words seen less often are left out.
        power: how much more the first directions weigh than the last, 0 (all alike) to 1 (as SVD gives them).
        subsample: words that make up more than this share of the text are often skipped before counting, and all that
            `min_count` leaves out, so that windows reach further; 0 skips none. As skip-gram does.
        seed: of what is skipped.

    Returns:
        Vectors (V, d), the most frequent word first.

    Raises:
        ValueError: the text has too few different words for d directions.

    Source: Levy and Goldberg (2014), section 4.2; Levy, Goldberg and Dagan (2015), section 3.3, for `power`, and 3.1,
    for subsampling.
    """
    from scipy.sparse.linalg import svds

    sentences = list(sentences)
    vocab = list(vocabulary(sentences, min_count))
    if len(vocab) <= d:
        raise ValueError(f"{len(vocab)} words occur {min_count} times or more; {d} directions need more than {d}.")
    if subsample:
        sentences = _subsampled(sentences, vocab, subsample, seed)
    surprise = ppmi(cooccurrence(sentences, vocab, window))  # (V, V), sparse
    U, S, _ = svds(surprise.astype(np.float32), k=d, rng=0, return_singular_vectors="u")  # (V, d), (d,)
    order = np.argsort(-S)
    return WordVectors(vocab, U[:, order] * S[order] ** power)


def _subsampled(sentences: list[Sequence[str]], vocab: list[str], subsample: float, seed: int) -> list[list[str]]:
    """The sentences without words that are not in the vocabulary, and with frequent ones left out by chance."""
    import torch

    from helpers.vectors.skipgram import keep_probability

    known = set(vocab)
    counts = Counter(word for sentence in sentences for word in sentence if word in known)
    chances = keep_probability(torch.tensor([counts[word] for word in vocab], dtype=torch.float64), subsample)
    keep = dict(zip(vocab, chances.tolist(), strict=True))
    draw = random.Random(seed)
    return [[word for word in sentence if word in keep and draw.random() < keep[word]] for sentence in sentences]
