"""The ladder's records: contenders in order, and what each said of every test text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import torch
from torch import Tensor

# Name of the record -> what a learner reads.
CONTENDERS = {
    "reviews_tfidf": "TF-IDF, logistic regression",
    "reviews_lstm": "LSTM from scratch",
    "reviews_scratch": "Transformer from scratch",
    "reviews_glove": "Transformer, GloVe's vectors",
    "reviews_ours": "Transformer, pretrained by us",
    "reviews_minilm_frozen": "MiniLM, frozen",
    "reviews_lora": "MiniLM, LoRA",
    "reviews_minilm_full": "MiniLM, all weights",
}


def packed(probabilities: Tensor) -> str:
    """Probabilities (N,) as text, in thousandths: short enough for a record."""
    return " ".join(str(round(1000 * p)) for p in probabilities.tolist())


def unpacked(text: str) -> Tensor:
    """The probabilities (N,) that `packed` wrote down, to three digits."""
    return torch.tensor([int(part) for part in text.split()]) / 1000


@dataclass(frozen=True)
class Band:
    """Several seeds' results: the middle one, the smallest and the largest, and how many there are."""

    middle: float
    low: float
    high: float
    seeds: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Band:
        """From the seeds' values, at least one."""
        return cls(median(values), min(values), max(values), len(values))

    def __str__(self) -> str:
        band = f" ({self.low:.1%} to {self.high:.1%})" if self.seeds > 1 else ""
        return f"{self.middle:.1%}{band}"


def ladder(counts: Sequence[str] = ("100", "500", "2000", "all")) -> dict[str, dict[str, Band]]:
    """Contender -> number of labels -> accuracy on the test snippets, of all contenders that have a record.

    Raises:
        CheckpointError: a record is damaged.
    """
    from helpers import checkpoints

    found = {}
    for stem in present():
        runs = checkpoints.record(stem).figures["accuracy"]
        found[CONTENDERS[stem]] = {count: Band.of([run[count] for run in runs]) for count in counts}
    return found


def present() -> list[str]:
    """The contenders whose records are there; `make checkpoints` trains the others."""
    from helpers import checkpoints

    return [stem for stem in CONTENDERS if (checkpoints.FOLDER / f"{stem}.json").exists()]


def said(stem: str, domain: str = "film", seed: int = 0) -> Tensor:
    """What a contender with all labels gave as the probability of "good" to each test text of a domain, (N,)."""
    from helpers import checkpoints

    return unpacked(checkpoints.record(stem).runs[seed]["figures"]["p_good"][domain])
