"""Skip-gram with negative sampling (word2vec): learn vectors by telling true neighbours from random words.

`negative_sampling_loss` is the idea, on explicit pairs; `train_skipgram` lowers the same loss on blocks of text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import embedding, logsigmoid

from helpers.vectors.blocks import adagrad_, block_gradients, block_loss, text_blocks
from helpers.vectors.counts import encode, vocabulary
from helpers.vectors.space import WordVectors


def negative_sampling_loss(
    center: torch.Tensor, positive: torch.Tensor, negatives: torch.Tensor
) -> torch.Tensor:
    """Return how badly B centre words tell their true neighbour from N words drawn at random.

    For one centre c, its neighbour p and the drawn words n: -log σ(c·p) - Σ_n log σ(-c·n), averaged over the batch.

    Args:
        center: vectors of the centre words, (B, D).
        positive: vectors of their true neighbours, (B, D).
        negatives: vectors of the words drawn for each centre, (B, N, D).

    Returns:
        A scalar; with all scores 0 it is (1 + N) log 2. Finite for scores of any size.

    Raises:
        ValueError: the shapes do not fit together.

    Source: Mikolov et al. (2013), "Distributed Representations of Words and Phrases", equation 4.
    """
    if center.shape != positive.shape or center.shape != negatives.shape[::2]:
        raise ValueError(
            "Expected center (B, D), positive (B, D) and negatives (B, N, D), got "
            f"{tuple(center.shape)}, {tuple(positive.shape)} and {tuple(negatives.shape)}."
        )
    positive_scores = (center * positive).sum(dim=-1)  # (B,)
    negative_scores = (negatives @ center.unsqueeze(-1)).squeeze(-1)  # (B, N)
    losses = -logsigmoid(positive_scores) - logsigmoid(-negative_scores).sum(dim=-1)  # (B,)
    return losses.mean()


@dataclass(frozen=True)
class SkipGramConfig:
    """How skip-gram is trained.

    Attributes:
        d: numbers in a vector.
        window: the farthest neighbour; each word draws its own reach from 1 to it.
        negatives: random words for each true neighbour.
        min_count: rarer words are left out.
        epochs: passes over the text.
        learning_rate: at the start; it falls in a straight line to nothing.
        subsample: words that make up more than this share of the text are often skipped; 0 skips none.
        power: random words are drawn by their count to this power.
        block: words that stand together in a block.
        blocks: how many blocks make a step.
        shared: random words drawn for a step, shared by all its pairs; more make it slower and the vectors better.
    """

    d: int = 100
    window: int = 5
    negatives: int = 5
    min_count: int = 5
    epochs: int = 10
    learning_rate: float = 0.25
    subsample: float = 1e-3
    power: float = 0.75
    block: int = 32
    blocks: int = 16
    shared: int = 128


def skipgram_pairs(token_ids: Sequence[int] | Tensor, window: int = 2,
                   generator: torch.Generator | None = None) -> Tensor:  # fmt: skip
    """Return every pair (centre, neighbour) of one sentence, ordered by the place of the centre.

    Args:
        token_ids: the words of the sentence as numbers, (T,).
        window: how many places to each side.
        generator: if given, each centre draws its own reach from 1 to `window`, as word2vec does.

    Returns:
        Whole numbers, (P, 2).
    """
    token_ids = torch.as_tensor(token_ids)
    place = torch.arange(len(token_ids))
    distance = (place[:, None] - place).abs()  # (T, T)
    reach = torch.full((len(token_ids), 1), window)
    if generator is not None:
        reach = torch.randint(1, window + 1, reach.shape, generator=generator)
    centers, neighbours = torch.nonzero((distance > 0) & (distance <= reach), as_tuple=True)  # (P,) each
    return torch.stack([token_ids[centers], token_ids[neighbours]], dim=1)


def keep_probability(counts: Tensor, subsample: float) -> Tensor:
    """Return for each word, given the words' counts (V,), the chance that one occurrence is kept, (V,).

    √(t/f) + t/f for a word that makes up the share f of the text and t = `subsample`, as word2vec's program has it;
    the paper (Mikolov et al. 2013, section 2.3) has √(t/f). A subsample of 0 keeps every word.
    """
    ratio = subsample * counts.sum() / counts if subsample else torch.ones(len(counts))
    return (ratio.sqrt() + ratio).clamp(max=1)


def train_skipgram(sentences: Iterable[Sequence[str]], config: SkipGramConfig | None = None,
                   progress: Callable[[float, float], None] | None = None,
                   seed: int = 0) -> tuple[WordVectors, list[tuple[float, float]]]:  # fmt: skip
    """Train word vectors by skip-gram with negative sampling.

    Args:
        sentences: lists of words, the whole text.
        config: how to train; `SkipGramConfig()` if not given.
        progress: called now and then with the share done, 0 to nearly 1, and the loss.
        seed: of all that is drawn at random: the same seed and text give the same vectors.

    Returns:
        The vectors (V, d), the most frequent word first, and the history: pairs of the epochs done and the loss, the
        mean over pairs of `negative_sampling_loss`. Interrupted, it returns what it has so far.

    Raises:
        ValueError: fewer than two words are frequent enough.

    Source: Mikolov et al. (2013), "Distributed Representations of Words and Phrases", sections 2.2 and 2.3.
    """
    config = config or SkipGramConfig()
    sentences = list(sentences)
    vocab = vocabulary(sentences, config.min_count)
    if len(vocab) < 2:
        raise ValueError(f"{len(vocab)} words occur {config.min_count} times or more; training needs two or more.")
    token_ids, sentence = (torch.from_numpy(row).long() for row in encode(sentences, vocab))  # (T,) each
    generator = torch.Generator().manual_seed(seed)
    centers = (torch.rand(len(vocab), config.d, generator=generator) - 0.5) / config.d  # (V, D)
    contexts = torch.zeros_like(centers)
    history: list[tuple[float, float]] = []
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the products are too small to share: beside another program two threads are slower
    try:
        for done, loss in _train(token_ids, sentence, list(vocab.values()), centers, contexts, config, generator):
            history.append((done * config.epochs, loss))
            if progress is not None:
                progress(done, loss)
    except KeyboardInterrupt:
        pass  # keep what has been learned
    finally:
        torch.set_num_threads(threads)
    return WordVectors(list(vocab), centers.numpy()), history


def _train(token_ids: Tensor, sentence: Tensor, counts: list[int], centers: Tensor, contexts: Tensor,
           config: SkipGramConfig, generator: torch.Generator):  # fmt: skip
    """Train centers and contexts (V, D) in place; yield the share done and the loss ten times an epoch."""
    counts = torch.tensor(counts, dtype=torch.float64)  # (V,)
    keep = keep_probability(counts, config.subsample)
    noise = (counts**config.power).cumsum(0)  # (V,); a random word is where a random height meets this staircase
    center_seen, context_seen = torch.zeros(len(counts)), torch.zeros(len(counts))
    for epoch in range(config.epochs):
        kept = torch.rand(len(token_ids), generator=generator) < keep[token_ids]
        steps = -(-int(kept.sum()) // (config.block * config.blocks))
        batches = text_blocks(token_ids[kept], sentence[kept], config.window, config.block, config.blocks, generator)
        for step, (words, around, near) in enumerate(batches):
            done = (epoch + step / steps) / config.epochs
            rate = config.learning_rate * (1 - done)
            heights = torch.rand(config.shared, generator=generator, dtype=torch.float64) * noise[-1]
            drawn = torch.searchsorted(noise, heights)  # (N,)
            vectors = embedding(words, centers), embedding(around, contexts), embedding(drawn, contexts)
            if step % -(-steps // 10) == 0:
                yield done, float(block_loss(*vectors, near, config.negatives) / near.sum().clamp(min=1))
            for_words, for_around, for_drawn = block_gradients(*vectors, near, config.negatives)
            adagrad_(centers, center_seen, words.flatten(), for_words.flatten(0, 1), rate)
            adagrad_(contexts, context_seen, torch.cat([around.flatten(), drawn]),
                     torch.cat([for_around.flatten(0, 1), for_drawn]), rate)  # fmt: skip
