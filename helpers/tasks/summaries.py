"""Summaries made of the text's own sentences: the first three, random ones, the central ones, and MMR (lesson 10)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from helpers.data.text import Article, sentences
from helpers.metrics.rouge import rouge

SENTENCES = (12, 40)  # of an article that is summed up
MOST_SHARED = 0.6  # of the subtitle's words; more, and the article says its subtitle again


def mmr(relevance: Tensor, similarity: Tensor, k: int, trade_off: float) -> list[int]:
    """Choose k sentences that matter and don't repeat each other: maximal marginal relevance.

    Each time the one with the largest trade_off · relevance − (1 − trade_off) · redundancy is taken, where redundancy
    is its largest similarity to a sentence chosen before (0 as long as none is). Of equals the first is taken.

    Args:
        relevance: how much each sentence matters, (N,).
        similarity: of each sentence to each, (N, N).
        k: how many to choose; all if there are fewer.
        trade_off: 0 to 1; 1 looks at relevance alone.

    Returns:
        Numbers of the sentences in the order in which they were chosen, each once.

    Source: Carbonell and Goldstein (1998), section 2.
    """
    chosen: list[int] = []
    redundancy = torch.zeros_like(relevance)
    for step in range(min(k, len(relevance))):
        score = trade_off * relevance - (1 - trade_off) * redundancy  # (N,)
        score[chosen] = -torch.inf
        chosen.append(int(score.argmax()))
        of_new = similarity[:, chosen[-1]]
        redundancy = of_new if step == 0 else torch.maximum(redundancy, of_new)
    return chosen


def centrality(vectors: Tensor) -> Tensor:
    """How close each sentence is to what the text is about: its cosine with the mean of all, (N,) from (N, D)."""
    vectors = torch.nn.functional.normalize(vectors, dim=-1)
    return vectors @ torch.nn.functional.normalize(vectors.mean(0), dim=0)


def choose(vectors: Tensor, k: int = 3, trade_off: float = 0.7) -> list[int]:
    """Numbers of the k sentences that MMR takes from sentence vectors (N, D), in the order of the text."""
    vectors = torch.nn.functional.normalize(vectors, dim=-1)
    return sorted(mmr(centrality(vectors), vectors @ vectors.T, k, trade_off))


@dataclass(frozen=True)
class Story:
    """An article to be summed up, and what its editors wrote above it.

    Attributes:
        title: the headline.
        sentences: of the text, without its subtitle.
        reference: headline and subtitle: the nearest thing to a summary by a person that the archive has.
    """

    title: str
    sentences: tuple[str, ...]
    reference: str


def stories(articles: Sequence[Article], n: int = 300) -> list[Story]:
    """Articles that can be summed up and judged, the first n by the hash of their text.

    Taken are those with a subtitle, of 12 to 40 sentences, none of which says the subtitle again (more than six in ten
    of its pairs of words): many articles of this archive begin with their subtitle, and there lead-3 would copy the
    answer.

    Raises:
        ValueError: there are fewer than n.
    """
    by_hash = sorted(articles, key=lambda article: hashlib.sha256(f"story:{article.text}".encode()).hexdigest())
    found = []
    for article in by_hash:
        subtitle, _, text = article.text.partition("\n")
        own = sentences(text)
        if text and SENTENCES[0] <= len(own) <= SENTENCES[1] and not _repeats(own, subtitle):
            found.append(Story(article.title, tuple(own), f"{article.title}. {subtitle}"))
        if len(found) == n:
            return found
    raise ValueError(f"Only {len(found)} of {len(articles)} articles can be used; {n} are asked for.")


def _repeats(own: Sequence[str], subtitle: str) -> bool:
    """Whether a sentence, or the subtitle's own words in the text's beginning, give the subtitle away."""
    return any(shared(one, subtitle) > MOST_SHARED for one in (*own, " ".join(own[:3])))


def shared(text: str, subtitle: str) -> float:
    """The share of the subtitle's pairs of neighbouring words that the text has, 0 to 1."""
    words, theirs = text.lower().split(), subtitle.lower().split()
    pairs, of = set(zip(words, words[1:], strict=False)), list(zip(theirs, theirs[1:], strict=False))
    return sum(pair in pairs for pair in of) / len(of) if of else 0.0


def oracle(story: Story, k: int = 3) -> list[int]:
    """The k sentences that a greedy search with the reference in hand takes: as far as choosing sentences can go."""
    chosen: list[int] = []
    for _ in range(min(k, len(story.sentences))):
        left = [place for place in range(len(story.sentences)) if place not in chosen]
        chosen.append(max(left, key=lambda place: rouge(summary(story, [*chosen, place]), story.reference)["rouge1"]))
    return sorted(chosen)


def summary(story: Story, places: Sequence[int]) -> str:
    """The sentences at these places, in the order of the text."""
    return " ".join(story.sentences[place] for place in sorted(places))
