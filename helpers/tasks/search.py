"""Ask the Wikipedia sample: the sentences that fit a question best, by words and by vectors, and the answer in each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from torch import Tensor

from helpers.bert import Pretrained
from helpers.data.text import Article
from helpers.tasks.answers import find_answer
from helpers.tasks.retrieval import BM25, Passage, passages
from helpers.tasks.spans import Span
from helpers.tasks.store import VectorStore


class Found(NamedTuple):
    """A sentence that was found, how well it fits, and the stretch of it that may be the answer, in characters."""

    passage: Passage
    score: float
    answer: Span


class Search:
    """An index of passages by words and by vectors.

    Args:
        passages: what is searched.
        store: their vectors, in the same order.
        encode: a list of texts -> their vectors, (N, D), such as `bert.load_minilm().encode_texts`.

    Raises:
        ValueError: not as many vectors as passages.
    """

    WAYS = ("words", "vectors")

    def __init__(self, passages: Sequence[Passage], store: VectorStore, encode: Callable[[list[str]], Tensor]) -> None:
        if len(passages) != len(store.vectors):
            raise ValueError(f"There are {len(passages)} passages and {len(store.vectors)} vectors; expected as many.")
        self.passages, self.encode = list(passages), encode
        self.words = BM25([passage.titled for passage in passages])
        self.vectors = store.rounded  # (N, D)

    def scores(self, question: str, way: str) -> np.ndarray:
        """How well each passage fits, (N,), by "words" (BM25) or "vectors" (cosine).

        Raises:
            ValueError: another way.
        """
        if way not in self.WAYS:
            raise ValueError(f"way is {way!r}; expected one of {', '.join(self.WAYS)}.")
        if way == "words":
            return self.words.scores(question)
        return (self.vectors @ self.encode([question])[0]).numpy()

    def ask(self, question: str, way: str = "vectors", k: int = 5) -> list[Found]:
        """The k passages that fit best, the best first; by words, only those that share one."""
        scores = self.scores(question, way)
        best = [place for place in np.argsort(-scores, kind="stable")[:k] if way == "vectors" or scores[place] > 0]
        return [Found(self.passages[place], float(scores[place]), find_answer(question, self.passages[place].text))
                for place in best]  # fmt: skip


KEPT_WIDTH, FEW = 384, 12  # MiniLM's; sentences of each article that another model reads at once


def wiki_search(articles: Sequence[Article], model: Pretrained) -> Search:
    """An index of the Wikipedia sample, with the vectors that the course keeps of it if the model is MiniLM.

    Another model, such as the course's own where MiniLM is missing, reads the beginnings of the articles now.

    Args:
        articles: `data.wiki_articles()`. model: reads questions.

    Raises:
        CheckpointError: the vectors are missing or damaged.
    """
    from helpers import checkpoints

    found = passages(articles)
    if model.encoder.config.d_model != KEPT_WIDTH:
        found = [passage for passage in found if passage.sentence < FEW]
        store = VectorStore.of(model.encode_texts([passage.titled for passage in found], longest=64))
    else:
        store = VectorStore(len(found))
        checkpoints.load("wiki_vectors", store)
    return Search(found, store, model.encode_texts)
