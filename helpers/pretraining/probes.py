"""What an encoder has learned without labels: neighbours of a word in its sentence, and a probe with its control."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from helpers import data
from helpers.bert import Encoder, batch_of
from helpers.tokenization import WordPiece

WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
UNASKED = -1  # the label of a word that is not asked about


@dataclass(frozen=True)
class Spotted:
    """A sentence as words in lower case, and for each whether it was written with a capital letter.

    Attributes:
        words: (N,). capital: (N,), 1, 0 or `UNASKED` for the first word of the sentence, whose capital says nothing.
    """

    words: list[str]
    capital: list[int]


def spot_capitals(texts: Iterable[str], *, shortest: int = 6, longest: int = 40) -> list[Spotted]:
    """Sentences with a label on each word that costs nothing: was it written with a capital letter, inside a sentence?

    In English these are names for the most part (and "I", days, months, nationalities), so the label is a weak one for
    "part of a name". An encoder that reads lower case never sees it.

    Args:
        texts: articles, a paragraph a line. shortest, longest: words of a sentence that is taken.

    Returns:
        The sentences, in order; one in capitals throughout is left out.
    """
    found = []
    for text in texts:
        for sentence in data.sentences(text):
            words = WORD.findall(sentence)
            capital = [int(word[0].isupper()) for word in words]
            if shortest <= len(words) <= longest and sum(capital[1:]) <= len(words) / 2:
                found.append(Spotted([word.lower() for word in words], [UNASKED, *capital[1:]]))
    return found


def written_both_ways(spotted: Sequence[Spotted], *, least: int = 12, share: float = 0.25) -> list[Spotted]:
    """Ask only about words that are written both ways, such as "president": the word alone does not tell.

    Args:
        spotted: sentences. least: how often a word must stand in them. share: of its rarer form, up to 0.5.

    Returns:
        The sentences that hold such a word, with all others `UNASKED`.
    """
    forms: dict[str, list[int]] = {}
    for one in spotted:
        for word, capital in zip(one.words, one.capital, strict=True):
            if capital != UNASKED:
                forms.setdefault(word, []).append(capital)
    both = {word for word, seen in forms.items() if len(seen) >= least and share <= np.mean(seen) <= 1 - share}
    asked = [Spotted(one.words, [capital if word in both else UNASKED for word, capital in
                                 zip(one.words, one.capital, strict=True)]) for one in spotted]  # fmt: skip
    return [one for one in asked if any(capital != UNASKED for capital in one.capital)]


@torch.no_grad()
def word_vectors(encoder: Encoder, tokenizer: WordPiece, sentences: Sequence[Sequence[str]], *,
                 batch_size: int = 32, longest: int = 64) -> list[Tensor]:  # fmt: skip
    """The vectors of every word in its sentence, after every block; a word's are those of its first piece.

    Args:
        encoder, tokenizer: that belong together.
        sentences: each a list of words. batch_size: sentences read at once. longest: tokens of a sentence.

    Returns:
        For each sentence (N, n_layers + 1, D), the embeddings first; N words, fewer where the sentence was cut.
    """
    encoder.eval()
    found: list[Tensor] = []
    for start in range(0, len(sentences), batch_size):
        batch = batch_of(tokenizer, [list(words) for words in sentences[start : start + batch_size]], longest=longest)
        hidden = torch.stack(encoder(batch.token_ids, batch.segment_ids).hidden, dim=2)  # (B, T, n_layers + 1, D)
        for row, word_of in enumerate(batch.word_of):
            places = [place for place, word in enumerate(word_of) if word >= 0 and word != word_of[place - 1]]
            found.append(hidden[row, places])
    return found


@dataclass(frozen=True)
class Occurrences:
    """A word wherever it stands in some sentences.

    Attributes:
        word: the word.
        vectors: (N, n_layers + 1, D), of each occurrence, the embeddings first.
        places: N pairs (number of the sentence, place in it).
    """

    word: str
    vectors: Tensor
    places: list[tuple[int, int]]

    def nearest(self, number: int, layer: int = -1, k: int = 3) -> list[tuple[int, float]]:
        """The k other occurrences whose vectors point the same way: pairs (number, cosine), the nearest first."""
        unit = torch.nn.functional.normalize(self.vectors[:, layer], dim=-1)
        cosines = unit @ unit[number]
        cosines[number] = -2.0
        best = cosines.topk(min(k, len(self.places) - 1))
        return list(zip(best.indices.tolist(), best.values.tolist(), strict=True))

    def agreement(self, labels: Sequence, layer: int) -> float:
        """The share of occurrences whose nearest other one has the same label."""
        same = [labels[number] == labels[self.nearest(number, layer, 1)[0][0]] for number in range(len(self.places))]
        return float(np.mean(same))


def occurrences(encoder: Encoder, tokenizer: WordPiece, sentences: Sequence[Sequence[str]], word: str) -> Occurrences:
    """Read the sentences that hold a word, and keep its vectors.

    Raises:
        ValueError: the word stands in fewer than two of them.
    """
    found, places = [], []
    numbers = [number for number, words in enumerate(sentences) if word in words]
    read = word_vectors(encoder, tokenizer, [sentences[number] for number in numbers])
    for number, vectors in zip(numbers, read, strict=True):
        for place, other in enumerate(sentences[number][: len(vectors)]):
            if other == word:
                found.append(vectors[place])
                places.append((number, place))
    if len(found) < 2:
        raise ValueError(f"{word!r} stands {len(found)} times in these sentences; expected twice or more.")
    return Occurrences(word, torch.stack(found), places)


@dataclass(frozen=True)
class Examples:
    """Words for a probe: vectors (N, n_layers + 1, D), labels (N,) of 0 and 1, and the words themselves."""

    vectors: Tensor
    labels: np.ndarray
    words: list[str]


def examples(encoder: Encoder, tokenizer: WordPiece, spotted: Sequence[Spotted]) -> Examples:
    """Every word that is asked about, with its vectors in its sentence."""
    vectors, labels, words = [], [], []
    for one, read in zip(spotted, word_vectors(encoder, tokenizer, [one.words for one in spotted]), strict=True):
        asked = [place for place in range(len(read)) if one.capital[place] != UNASKED]
        vectors.append(read[asked])
        labels += [one.capital[place] for place in asked]
        words += [one.words[place] for place in asked]
    return Examples(torch.cat(vectors), np.array(labels), words)


def control_labels(words: Sequence[str], share: float, seed: int = 0) -> np.ndarray:
    """A label for each word type, drawn by chance: a probe that gets these right has learned words by heart.

    Args:
        words: (N,). share: how many of the types get a 1. seed: of the chance.

    Source: Hewitt and Liang (2019), section 2.
    """
    types = sorted(set(words))
    drawn = dict(zip(types, np.random.default_rng(seed).random(len(types)) < share, strict=True))
    return np.array([int(drawn[word]) for word in words])


def probe_scores(train_x: Tensor, train_y: np.ndarray, test_x: Tensor, *, decay: float = 0.03) -> Tensor:
    """Scores (M,) that a linear probe, a logistic regression on vectors (N, D), gives to test vectors (M, D).

    Args:
        train_x: (N, D); every number is brought to mean 0 and spread 1. train_y: (N,), 0 or 1. test_x: (M, D).
        decay: times half the squared length of the weights is added to the mean loss.
    """
    mean, spread = train_x.mean(0), train_x.std(0) + 1e-6
    x, y = (train_x - mean) / spread, torch.as_tensor(train_y, dtype=train_x.dtype)
    weights = torch.zeros(x.shape[1] + 1, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=60, line_search_fn="strong_wolfe")

    def step() -> Tensor:
        optimizer.zero_grad()
        surprise = binary_cross_entropy_with_logits(x @ weights[1:] + weights[0], y)
        loss = surprise + decay / 2 * (weights[1:] ** 2).sum()
        loss.backward()
        return loss

    optimizer.step(step)
    with torch.no_grad():
        return (test_x - mean) / spread @ weights[1:] + weights[0]


def probe(train_x: Tensor, train_y: np.ndarray, test_x: Tensor, *, decay: float = 0.03) -> np.ndarray:
    """The labels (M,), 0 or 1, that go with `probe_scores`: 1 where the score is above 0."""
    return (probe_scores(train_x, train_y, test_x, decay=decay) > 0).long().numpy()
