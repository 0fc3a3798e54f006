"""What a checkpoint is made from: a function that trains, and all that was chosen for it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import nn

    from helpers.training import History


@dataclass
class Trained:
    """What training left.

    Attributes:
        model: with its final weights.
        history: of the training loop.
        figures: what it reached: name -> a number, or a list or dict of numbers.
    """

    model: nn.Module
    history: History
    figures: dict[str, Any]


@dataclass(frozen=True)
class Checkpoint:
    """A model to train beforehand.

    Attributes:
        name: lower case and underscores; of its files too.
        about: one sentence.
        train: from a seed, trains the model.
        recipe: all that was chosen, as plain data: sizes, steps, learning rate …
        texts: name -> SHA-256 of what it learns from (see `digest`); called when training starts.
        seeds: the weights of the first are kept, the figures of all.
        precision: "float32" or "float16", in which the weights are kept.
        keeps_weights: False keeps the record alone.
        begin: from a seed and a number of steps, the history of the recipe's first steps alone, where that is offered.

    Raises:
        ValueError: the name, the seeds or the precision can't be used, or the recipe is no plain data.
    """

    name: str
    about: str
    train: Callable[[int], Trained]
    recipe: dict[str, Any]
    texts: Callable[[], dict[str, str]] = field(default=dict)
    seeds: tuple[int, ...] = (0, 1, 2)
    precision: str = "float32"
    keeps_weights: bool = True
    begin: Callable[[int, int], History] | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.name):
            raise ValueError(f"{self.name!r} is no name for a checkpoint: lower-case letters, digits and _.")
        if not self.seeds or self.precision not in ("float32", "float16"):
            raise ValueError(f"{self.name}: expected one seed or more and a precision of float32 or float16.")
        if json.loads(json.dumps(self.recipe)) != self.recipe:
            raise ValueError(f"{self.name}: the recipe must be what JSON can hold: dicts, lists, numbers, text.")


def digest(texts: Iterable[Any]) -> str:
    """The SHA-256 of what a model learns from, item after item: strings, lists of tokens, integer tensors.

    It changes with any character, with the order, and with where one item ends.
    """
    total = hashlib.sha256()
    for text in texts:
        if isinstance(text, str):
            data = text.encode()
        elif hasattr(text, "numpy"):
            data = text.detach().cpu().contiguous().numpy().tobytes()
        else:
            data = json.dumps(text, ensure_ascii=False).encode()
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()
