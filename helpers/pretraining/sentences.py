"""Pairs of sentences: which of the two texts a token belongs to, and BERT's question whether one follows the other."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import torch
from torch import Tensor

SentencePair = tuple[str, str, bool]  # first, second, whether the second follows


def segment_ids(token_ids: Tensor, sep_id: int, pad_id: int) -> Tensor:
    """0 for tokens of the first text, up to and with its [SEP], and for padding; 1 for the second text and its [SEP].

    Args:
        token_ids: (B, T), such as [CLS] a b [SEP] c [SEP] [PAD].
        sep_id, pad_id: the numbers of [SEP] and [PAD].

    Returns:
        (B, T), whole numbers.

    Source: Devlin et al. (2019), section 3 and figure 2.
    """
    ends = (token_ids == sep_id).long()
    behind = ends.cumsum(dim=1) - ends  # how many [SEP] stand to the left of each token: (B, T)
    return ((behind > 0) & (token_ids != pad_id)).long()


def sentence_pairs(articles: Sequence[Sequence[str]], generator: torch.Generator) -> list[SentencePair]:
    """Ask of every sentence that has a next one: is this it? Half of the time it is, else one of another article.

    Args:
        articles: each a list of sentences, in order.
        generator: of the chance.

    Returns:
        (first, second, whether the second follows the first in its article), in the order of the articles.

    Raises:
        ValueError: a sentence of another article is wanted, and there is none.

    Source: Devlin et al. (2019), section 3.1, task 2.
    """
    everything = [sentence for article in articles for sentence in article]
    pairs: list[SentencePair] = []
    start = 0  # where the article begins in `everything`
    for article in articles:
        n_others = len(everything) - len(article)
        for first, following in pairwise(article):
            if torch.rand((), generator=generator) < 0.5:
                pairs.append((first, following, True))
                continue
            if n_others == 0:
                raise ValueError("There is one article alone; a false next sentence comes from another one.")
            place = int(torch.randint(n_others, (), generator=generator))
            place += len(article) if place >= start else 0  # step over this article
            pairs.append((first, everything[place], False))
        start += len(article)
    return pairs


def harder_pairs(articles: Sequence[Sequence[str]], generator: torch.Generator) -> list[SentencePair]:
    """The same question, but the false sentence comes from the same article: the topic no longer gives it away.

    Args:
        articles, generator: as for `sentence_pairs`; articles of fewer than three sentences give no pairs.

    Returns:
        As `sentence_pairs`; a false second sentence is neither the first nor the one that follows it.
    """
    pairs: list[SentencePair] = []
    for article in articles:
        if len(article) < 3:
            continue
        for number, (first, following) in enumerate(pairwise(article)):
            if torch.rand((), generator=generator) < 0.5:
                pairs.append((first, following, True))
                continue
            place = int(torch.randint(len(article) - 2, (), generator=generator))
            pairs.append((first, article[place + (2 if place >= number else 0)], False))
    return pairs


def document_counts(documents: Iterable[Sequence]) -> Counter:
    """In how many documents, lists of tokens, each token occurs."""
    return Counter(token for document in documents for token in set(document))


def overlap(first: Sequence, second: Sequence, counts: Counter, n_documents: int) -> float:
    """How many rare things two sentences share, without reading either: the sum of the shared tokens' idf.

    Args:
        first, second: tokens. counts: of `document_counts`, over `n_documents` of them.

    Returns:
        0 or more, in nats; a token that stands in every document counts for nothing.
    """
    return sum(max(math.log(n_documents / (1 + counts[token])), 0.0) for token in {*first} & {*second})
