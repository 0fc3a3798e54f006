"""Vectors that others trained."""

from typing import TYPE_CHECKING

import numpy as np

from helpers import assets

if TYPE_CHECKING:
    from helpers.vectors import WordVectors

_ROWS = 8192  # rows copied at a time


def glove() -> "WordVectors":
    """Stanford's GloVe vectors: 400,000 words of 50 dimensions, trained on 6 billion words.

    Needs 80 MB for the vectors and about as much for the words and their index.

    Returns:
        The vectors, the most frequent word first, lower case.

    Raises:
        AssetError: the asset is not cached and can't be fetched.

    Source: J. Pennington, R. Socher and C. D. Manning, GloVe, EMNLP 2014; PDDL; packaged by Kumo.AI.
    """
    from pyarrow import parquet

    from helpers.vectors import WordVectors

    folder = assets.path("glove")
    with parquet.ParquetFile(folder / "glove_6B_index.parquet") as file:  # read_table loads far more
        words = file.read(use_threads=False).column("index").to_pylist()
    file = folder / "glove_6B_50d_emb.npy"
    stored = np.load(file, mmap_mode="r", allow_pickle=False)  # (V, D), column after column
    matrix = np.empty(stored.shape, dtype=np.float32)  # (V, D), row after row: a word's numbers lie together
    for start in range(0, len(matrix), _ROWS):
        matrix[start : start + _ROWS] = stored[start : start + _ROWS]
    return WordVectors(words, matrix)
