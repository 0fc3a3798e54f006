"""Word vectors: count them, factorise them, train them, search them, judge them (lesson 02).

`space` holds vectors and searches them, `counts` makes them by counting (PPMI and SVD), `skipgram` trains them
(word2vec's skip-gram with negative sampling), `evaluation` compares them with people's judgements.
"""

from helpers.vectors.counts import ppmi, vocabulary, window_counts
from helpers.vectors.skipgram import negative_sampling_loss
from helpers.vectors.space import UnknownWordError, WordVectors, analogy, cosine, nearest

__all__ = [
    "UnknownWordError",
    "WordVectors",
    "analogy",
    "cosine",
    "nearest",
    "negative_sampling_loss",
    "ppmi",
    "vocabulary",
    "window_counts",
]
