"""The task: short texts that people have rated, and the sign of the rating as the answer."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from helpers import data

OPINION = 0.5  # a rating nearer to zero is no opinion

# Four little reviews of the kind that introductions train a model on: text, and 1 for good.
LITTLE_REVIEWS = (
    ("I love this story, it is wonderful.", 1),
    ("What a great day at the cinema!", 1),
    ("I hate the ending, it is awful.", 0),
    ("A terrible waste of an evening.", 0),
)


@dataclass(frozen=True)
class Labelled:
    """Texts with their answers.

    Attributes:
        texts: N texts.
        labels: (N,), int64: 1 for a rating above zero, 0 for one below.
        ratings: (N,), from -4 to 4, the mean of several people's.
    """

    texts: list[str]
    labels: Tensor
    ratings: Tensor

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, rows: Sequence[int] | Tensor) -> Labelled:
        """Some of the texts, by their numbers."""
        rows = torch.as_tensor(rows)
        return Labelled([self.texts[row] for row in rows.tolist()], self.labels[rows], self.ratings[rows])


def labelled(domain: str = "film", split: str = "train", *, opinion: float = OPINION) -> Labelled:
    """The rated texts of one domain and split that have an opinion.

    Args:
        domain: one of `helpers.data.DOMAINS`. split: "train", "valid" or "test".
        opinion: texts rated nearer to zero than this are left out.

    Raises:
        AssetError: the reviews are missing and can't be fetched.
        ValueError: there is no such domain or split.
    """
    if split not in ("train", "valid", "test"):
        raise ValueError(f"split is {split!r}; expected train, valid or test.")
    reviews = [review for review in _reviews(domain) if review.split == split and abs(review.rating) >= opinion]
    ratings = torch.tensor([review.rating for review in reviews])
    return Labelled([review.text for review in reviews], (ratings > 0).long(), ratings)


def film_parts() -> dict[str, Labelled]:
    """The film snippets with an opinion: "train", "valid" and "test"."""
    return {split: labelled("film", split) for split in ("train", "valid", "test")}


def wiki_parts() -> dict[str, Labelled]:
    """Stands in when the reviews are missing: sentences of Wikipedia, labelled by which articles they come from."""
    found = [(sentence, number % 2) for number, article in enumerate(data.wiki_articles())
             for sentence in data.sentences(article.text)[:60]]  # fmt: skip
    parts = {"train": found[::4] + found[1::4], "valid": found[2::4], "test": found[3::4]}
    return {split: Labelled([text for text, _ in rows], torch.tensor([label for _, label in rows]),
                            torch.tensor([2.0 * label - 1.0 for _, label in rows]))
            for split, rows in parts.items()}  # fmt: skip


@functools.lru_cache(maxsize=4)
def _reviews(domain: str) -> data.Reviews:
    return data.reviews(domain)  # finding near-duplicates takes seconds


def draw(part: Labelled, n: int | None, seed: int) -> Labelled:
    """n texts by chance, all if n is None; of one seed, a smaller draw is part of a larger one.

    Raises:
        ValueError: there are fewer than n, or n is below 1.
    """
    n = len(part) if n is None else n
    if not 1 <= n <= len(part):
        raise ValueError(f"n is {n}; there are {len(part)} texts.")
    return part[torch.randperm(len(part), generator=torch.Generator().manual_seed(seed))[:n]]


def accuracy(probabilities: Tensor, labels: Tensor) -> float:
    """The share of right verdicts: probabilities (N, C) or of class 1 alone, (N,), against labels (N,)."""
    verdicts = probabilities.argmax(dim=1) if probabilities.ndim == 2 else (probabilities > 0.5).long()
    return float((verdicts == labels).double().mean())
