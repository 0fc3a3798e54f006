"""Lesson 10: MiniLM's vectors of the Wikipedia sample's sentences, and how good summaries made with its vectors are.

Nothing is trained here. Reading some thousand sentences takes minutes, so it is done once and kept.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence

import torch
from torch import nn

from helpers import bert, data
from helpers.checkpoints.recipe import Checkpoint, Trained, digest
from helpers.metrics.rouge import KINDS, mean_rouge, rouge
from helpers.tasks import retrieval, summaries
from helpers.tasks.store import VectorStore
from helpers.training import History

N_STORIES, K, TRADE_OFFS = 300, 3, (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)


def wiki_vectors(seed: int = 0) -> Trained:
    """Read every passage behind its article's title and keep its vector."""
    started, found = time.perf_counter(), retrieval.passages(data.wiki_articles())
    vectors = bert.load_minilm().encode_texts([passage.titled for passage in found])
    store = VectorStore.of(vectors)
    error = float((1 - torch.nn.functional.cosine_similarity(store.rounded, vectors)).max())
    return Trained(store, _took(started), {"passages": len(found), "largest_error": round(error, 6)})


def judge(stories: Sequence[summaries.Story], pick: Callable[[int], Sequence[int]]) -> dict[str, float]:
    """Mean ROUGE of summaries, and their mean number of words; `pick` gives the sentences of a story by its number."""
    made = [summaries.summary(story, pick(number)) for number, story in enumerate(stories)]
    found = mean_rouge(made, [story.reference for story in stories])
    words = sum(len(text.split()) for text in made) / len(made)
    return {kind: round(found[kind], 4) for kind in KINDS} | {"words": round(words, 1)}


def _by_words(story: summaries.Story) -> list[int]:
    """The sentences most like the whole text by ROUGE-1: in effect the longest, since all their words stand in it."""
    whole = " ".join(story.sentences)
    close = [rouge(sentence, whole)["rouge1"] for sentence in story.sentences]
    return sorted(range(len(close)), key=lambda place: -close[place])[:K]


def summed_up(seed: int = 0) -> Trained:
    """Sum up 300 articles in several ways and compare with headline and subtitle."""
    started, stories = time.perf_counter(), summaries.stories(data.news_articles(), N_STORIES)
    model = bert.load_minilm()
    flat = model.encode_texts([sentence for story in stories for sentence in story.sentences])
    vectors = flat.split([len(story.sentences) for story in stories])
    figures = {f"mmr_{trade_off}": judge(stories, lambda n, t=trade_off: summaries.choose(vectors[n], K, t))
               for trade_off in TRADE_OFFS}  # fmt: skip
    for number in range(3):
        drawn = [random.Random(f"{number} {story.title}").sample(range(len(story.sentences)), K) for story in stories]
        figures[f"random_{number}"] = judge(stories, drawn.__getitem__)
    figures["lead"] = judge(stories, lambda n: range(K))
    figures["words"] = judge(stories, lambda n: _by_words(stories[n]))
    figures["oracle"] = judge(stories, lambda n: summaries.oracle(stories[n], K))
    return Trained(nn.Module(), _took(started), figures)


def _took(started: float) -> History:
    """A history of no steps and the seconds since `started`."""
    return History(seconds=[time.perf_counter() - started])


def _wiki() -> dict[str, str]:
    return {"wiki": digest(passage.titled for passage in retrieval.passages(data.wiki_articles()))}


def _news() -> dict[str, str]:
    stories = summaries.stories(data.news_articles(), N_STORIES)
    return {"stories": digest(text for story in stories for text in (story.reference, *story.sentences))}


CHECKPOINTS = [
    Checkpoint(name="wiki_vectors", about="MiniLM's vectors of the Wikipedia sample's sentences, in one byte a number.",
               train=wiki_vectors, texts=_wiki, seeds=(0,),
               recipe={"model": "MiniLM", "per_article": retrieval.PER_ARTICLE, "titled": True}),
    Checkpoint(name="summaries", about="Lesson 10's summaries of 300 news articles and their ROUGE.",
               train=summed_up, texts=_news, seeds=(0,), keeps_weights=False,
               recipe={"model": "MiniLM", "stories": N_STORIES, "sentences": K, "trade_offs": list(TRADE_OFFS)}),
]  # fmt: skip
