"""Lesson 01: counts, TF-IDF, one merge, cutting with merges; references in `bag_of_words` and `tokenization`."""

from helpers.checks.tokens._counts import count_vectors
from helpers.checks.tokens._encode import apply_merges
from helpers.checks.tokens._merge import merge_pair
from helpers.checks.tokens._tfidf import tfidf

__all__ = ["count_vectors", "tfidf", "merge_pair", "apply_merges"]
