"""Probes: what can be read off a model's vectors, and how much of it the probe has learned by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch

from helpers.bert import Pretrained, batch_of
from helpers.tracing.heads import switched_off
from helpers.tracing.parts import Head

BEFORE = ("the", "of", "and", "in", "to")  # the words that the lesson's probe looks for
Predict = Callable[[np.ndarray], np.ndarray]  # vectors (N, D) in, labels (N,) out


class Examples(NamedTuple):
    """Vectors (N, D); labels (N,), 0 and up; types (N,): the number of the word that each vector stands for."""

    vectors: np.ndarray
    labels: np.ndarray
    types: np.ndarray


def fit_linear(vectors: np.ndarray, labels: np.ndarray, *, strength: float = 1e-2) -> Predict:
    """Train a linear probe by least squares: one score for each label, and the highest wins.

    Args:
        vectors: (N, D). labels: (N,), whole numbers from 0.
        strength: of the penalty on large weights, as a share of the vectors' mean square.

    Returns:
        A function from vectors (M, D) to labels (M,).
    """
    vectors = np.asarray(vectors, dtype=np.float64)
    middle = vectors.mean(axis=0)
    x = vectors - middle  # (N, D)
    targets = np.eye(int(labels.max()) + 1)[labels]  # (N, C)
    shares = targets.mean(axis=0)
    penalty = strength * np.square(x).sum() / max(x.shape[1], 1) + 1e-9
    weights = np.linalg.solve(x.T @ x + penalty * np.eye(x.shape[1]), x.T @ (targets - shares))  # (D, C)
    return lambda new: ((np.asarray(new, dtype=np.float64) - middle) @ weights + shares).argmax(axis=1)


def selectivity(fit: Callable[[np.ndarray, np.ndarray], Predict], train: Examples, test: Examples,
                random_labels: np.ndarray) -> float:  # fmt: skip
    """How much better a probe does at its task than at a task that only learning by heart can solve.

    In the control task every word has a label drawn at random, always the same for that word: nothing in the vectors
    knows it. A probe that is good at that too is strong by itself, and says little about the vectors.

    Args:
        fit: from vectors and labels to a function that predicts labels, such as `fit_linear`.
        train, test: vectors (N, D), labels (N,) and types (N,) each.
        random_labels: for each word (type) its random label, (number of types,).

    Returns:
        Accuracy on the test vectors at the task, minus that at the control task, -1 to 1.

    Source: Hewitt and Liang (2019), section 2.
    """
    task = fit(train.vectors, train.labels)
    control = fit(train.vectors, random_labels[train.types])
    at_task = (task(test.vectors) == test.labels).mean()
    at_control = (control(test.vectors) == random_labels[test.types]).mean()
    return float(at_task - at_control)


class Places(NamedTuple):
    """Words to probe: the sentences they stand in; (sentence, place) of each; labels and types, (N,) each."""

    sentences: list[list[str]]
    where: list[tuple[int, int]]
    labels: np.ndarray
    types: np.ndarray


def words_after(sentences: Sequence[list[str]], n_words: int, generator: torch.Generator) -> Places:
    """Find words that follow one of `BEFORE`; a word's label is which.

    Args:
        sentences: as lists of words. n_words: how many are wanted, at least.
        generator: draws the order in which sentences of 8 to 20 words are searched.

    Returns:
        Words with their labels; types are numbered by first appearance.
    """
    kept, where = [], []
    for number in torch.randperm(len(sentences), generator=generator).tolist():
        words = sentences[number]
        found = [place for place in range(1, len(words)) if words[place - 1] in BEFORE and words[place] not in BEFORE]
        if 8 <= len(words) <= 20 and found:
            where += [(len(kept), place) for place in found]
            kept.append(words)
        if len(where) >= n_words:
            break
    words = [kept[number][place] for number, place in where]
    types = {word: number for number, word in enumerate(dict.fromkeys(words))}
    labels = np.array([BEFORE.index(kept[number][place - 1]) for number, place in where])
    return Places(kept, where, labels, np.array([types[word] for word in words]))


@torch.no_grad()
def vectors_at(pretrained: Pretrained, places: Places, *, off: Sequence[Head] = (),
               n_layers: int | None = None) -> np.ndarray:  # fmt: skip
    """The vectors of these words, of their first piece, after each layer.

    Args:
        pretrained: an encoder with its tokenizer. places: from `words_after`.
        off: heads to switch off. n_layers: stop after so many blocks; all if not given.

    Returns:
        (layers + 1, N, D), float32.
    """
    encoder, of_sentence = pretrained.encoder, {}
    blocks = list(encoder.blocks)[:n_layers]
    for row, (number, place) in enumerate(places.where):
        of_sentence.setdefault(number, []).append((row, place))
    found = np.zeros((len(blocks) + 1, len(places.where), encoder.config.d_model), np.float32)
    order = sorted(of_sentence, key=lambda number: len(places.sentences[number]))
    for start in range(0, len(order), 32):
        numbers = order[start : start + 32]
        batch = batch_of(pretrained.tokenizer, [places.sentences[number] for number in numbers])
        rows, at, to = [], [], []
        for line, number in enumerate(numbers):
            for row, place in of_sentence[number]:
                rows.append(line), at.append(batch.word_of[line].index(place)), to.append(row)
        with switched_off(encoder, off):
            x, mask = encoder.embedding(batch.token_ids), (batch.token_ids != encoder.pad_id).unsqueeze(1)
            found[0, to] = x[rows, at].numpy()
            for layer, block in enumerate(blocks, start=1):
                x = block(x, mask).x
                found[layer, to] = x[rows, at].numpy()
    return found


def majority(labels: np.ndarray) -> float:
    """The share of the most frequent label: what a probe reaches that reads nothing."""
    return Counter(labels.tolist()).most_common(1)[0][1] / len(labels)
