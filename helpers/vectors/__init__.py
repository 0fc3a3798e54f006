"""Word vectors: count them, factorise them, train them, search them, judge them (lesson 02).

`space` holds vectors and searches them, `counts` makes them by counting (PPMI and SVD), `skipgram` trains them
(word2vec's skip-gram with negative sampling), `evaluation` compares them with people's judgements.
"""

from helpers.vectors.counts import cooccurrence, encode, ppmi, train_ppmi_svd, vocabulary, window_counts
from helpers.vectors.evaluation import AnalogyScores, PairScores, evaluate_analogies, evaluate_pairs, ranks
from helpers.vectors.skipgram import SkipGramConfig, negative_sampling_loss, skipgram_pairs, train_skipgram
from helpers.vectors.space import UnknownWordError, WordVectors, analogy, cosine, nearest

__all__ = [
    "AnalogyScores",
    "PairScores",
    "SkipGramConfig",
    "UnknownWordError",
    "WordVectors",
    "analogy",
    "cooccurrence",
    "cosine",
    "encode",
    "evaluate_analogies",
    "evaluate_pairs",
    "nearest",
    "negative_sampling_loss",
    "ppmi",
    "ranks",
    "skipgram_pairs",
    "train_ppmi_svd",
    "train_skipgram",
    "vocabulary",
    "window_counts",
]
