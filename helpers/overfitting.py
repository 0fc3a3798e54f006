"""A model with more freedom than data, and four cures for what follows (lesson 03).

A small network learns to judge film snippets from a few hundred of them. Three cures change the training: dropout,
weight decay, augmentation. The fourth, early stopping, changes only the moment at which the weights are taken, so
eight runs hold all sixteen combinations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import product

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from helpers import data
from helpers.text_cnn import PADDING, UNKNOWN, MeanOfWords, encode, vocabulary
from helpers.training import Recipe, train

LR = 0.004
CURES = ("dropout", "weight decay", "augmentation")
SWITCHES = (*CURES, "early stopping")


@dataclass(frozen=True)
class Texts:
    """Rows of word numbers (N, T) and verdicts (N,), 0 or 1, in three parts, and the number of words."""

    vocab_size: int
    train: tuple[Tensor, Tensor]
    valid: tuple[Tensor, Tensor]
    test: tuple[Tensor, Tensor]


def few_reviews(reviews, n_train: int = 1200, n_valid: int = 500, n_test: int = 1000, length: int = 30) -> Texts:
    """A few film snippets of each part, from all over it, that people clearly liked or disliked (0.5 from neutral).

    Args:
        reviews: `data.reviews("film")`. n_train, n_valid, n_test: how many. length: words kept of each.

    Returns:
        The texts; the words are those of the training part.
    """
    parts = {}
    for name, n in (("train", n_train), ("valid", n_valid), ("test", n_test)):
        clear = [review for review in getattr(reviews, name) if abs(review.rating) >= 0.5]
        parts[name] = clear[:: max(len(clear) // n, 1)][:n]  # the archive is sorted by verdict
    numbers = vocabulary(review.text for review in parts["train"])
    rows = {}
    for name, part in parts.items():
        verdicts = torch.tensor([int(review.rating > 0) for review in part])
        rows[name] = encode([review.text for review in part], numbers, length), verdicts
    return Texts(len(numbers) + 2, **rows)


def wiki_instead() -> data.Reviews:
    """Something to tell apart where the reviews are missing: sentences of Wikipedia from two groups of articles.

    Returns:
        Sentences with rating 1 or -1 by article, half of each at most, in splits by `data.reviews`' shares.
    """
    found = data.Reviews()
    for number, article in enumerate(data.wiki_articles()):
        for place, sentence in enumerate(data.sentences(article.text)[:120]):
            split = {8: "valid", 9: "test"}.get(place % 10, "train")
            found.append(data.Review(f"{number}_{place}", sentence, 1.0 if number % 2 else -1.0, split))
    return found


def augment(token_ids: Tensor, share: float = 0.3, generator: torch.Generator | None = None) -> Tensor:
    """New reviews from old ones: each word is blotted out (made "unknown") with a chance of `share`; (B, T).

    Source: Iyyer et al., Deep Unordered Composition Rivals Syntactic Methods (2015), section 3.1 ("word dropout");
    Wei and Zou, EDA (2019), section 2.
    """
    blot = torch.rand(token_ids.shape, generator=generator) < share
    return torch.where(blot & (token_ids != PADDING), UNKNOWN, token_ids)


@dataclass
class Curve:
    """What one run shows after each of some steps.

    Attributes:
        steps, train_loss, valid_loss, valid_accuracy, test_loss, test_accuracy: one entry for each evaluation.
    """

    steps: list[int] = field(default_factory=list)
    train_loss: list[float] = field(default_factory=list)
    valid_loss: list[float] = field(default_factory=list)
    valid_accuracy: list[float] = field(default_factory=list)
    test_loss: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)

    def taken(self, early_stopping: bool) -> int:
        """The evaluation whose weights are kept: the one with the smallest validation loss, or the last."""
        return self.valid_loss.index(min(self.valid_loss)) if early_stopping else len(self.steps) - 1


def run(texts: Texts, cures: Iterable[str] = (), seed: int = 0, steps: int = 200) -> Curve:
    """Train once with some of CURES, and judge often; ValueError for a cure that is none of them."""
    cures = set(cures)
    if not cures <= set(CURES):
        raise ValueError(f"cures are {sorted(cures)}; expected some of {', '.join(CURES)}.")
    torch.manual_seed(seed)
    model = MeanOfWords(texts.vocab_size, d_model=32, d_hidden=32, dropout=0.5 if "dropout" in cures else 0.0)
    curve = Curve()

    def next_batch(generator):
        chosen = torch.randint(len(texts.train[1]), (32,), generator=generator)
        words = texts.train[0][chosen]
        return augment(words, generator=generator) if "augmentation" in cures else words, texts.train[1][chosen]

    def loss_of(model, batch):
        return cross_entropy(model(batch[0]), batch[1])

    def evaluate(model):
        logits = [model(part[0]) for part in (texts.train, texts.valid, texts.test)]
        right = [(scores.argmax(1) == part[1]).float().mean().item()
                 for scores, part in zip(logits[1:], (texts.valid, texts.test), strict=True)]  # fmt: skip
        curve.steps.append(min(20 * (len(curve.steps) + 1), steps))
        curve.train_loss.append(cross_entropy(logits[0], texts.train[1]).item())
        curve.valid_loss.append(cross_entropy(logits[1], texts.valid[1]).item())
        curve.valid_accuracy.append(right[0])
        curve.test_loss.append(cross_entropy(logits[2], texts.test[1]).item())
        curve.test_accuracy.append(right[1])
        return curve.valid_loss[-1]

    recipe = Recipe(steps, LR, final_fraction=1.0, clip_norm=None, evaluate_every=20,
                    weight_decay=3.0 if "weight decay" in cures else 0.0)  # fmt: skip
    train(model, next_batch, loss_of, recipe, evaluate=evaluate, generator=torch.Generator().manual_seed(seed),
          show=False)  # fmt: skip
    return curve


def run_all(texts: Texts, seeds: Iterable[int] = (0, 1, 2), steps: int = 200,
            tell: Callable[[float, float], None] | None = None) -> dict[tuple[str, ...], list[Curve]]:  # fmt: skip
    """Every combination of CURES with every seed.

    Args:
        texts: what to learn from. seeds: one run each. steps: of each run.
        tell: called with (runs done, last validation loss), to move a progress bar.

    Returns:
        For each combination, in the order of CURES, one curve a seed. `Curve.taken` adds early stopping.
    """
    curves: dict[tuple[str, ...], list[Curve]] = {}
    done = 0
    for switches in product((False, True), repeat=len(CURES)):
        chosen = tuple(cure for cure, on in zip(CURES, switches, strict=True) if on)
        curves[chosen] = []
        for seed in seeds:
            curves[chosen].append(run(texts, chosen, seed, steps))
            done += 1
            if tell is not None:
                tell(done, curves[chosen][-1].valid_loss[-1])
    return curves
