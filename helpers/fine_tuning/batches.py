"""Texts as batches with little padding, the loss of a batch, and verdicts on many texts."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from helpers import bert
from helpers.tokenization import WordPiece

LONGEST = 64  # tokens, marks included; of the film snippets, one in a thousand is longer


def encoded(tokenizer: WordPiece, texts: list[str], longest: int = LONGEST) -> Tensor:
    """Texts as token numbers, (N, T), 0 where a text has ended."""
    return bert.batch_of(tokenizer, texts, longest=longest).token_ids


def trimmed(token_ids: Tensor, pad_id: int = 0) -> Tensor:
    """A batch without the columns that hold nothing but padding: (B, T) -> (B, T' <= T), at least one."""
    used = (token_ids != pad_id).any(dim=0).nonzero()
    return token_ids[:, : int(used.max()) + 1 if len(used) else 1]


class Batches:
    """Draws batches epoch by epoch, texts of like length together; `train` takes it as `next_batch`.

    Each epoch the texts are shuffled, sorted within groups of eight batches, cut into batches, and these shuffled:
    nearly all padding is saved, and batches still differ from epoch to epoch.

    Args:
        token_ids: (N, T), padded with pad_id. labels: (N,).
        batch_size: texts in a batch; the last of an epoch may be smaller.
    """

    def __init__(self, token_ids: Tensor, labels: Tensor, batch_size: int = 32, pad_id: int = 0) -> None:
        self.token_ids, self.labels, self.batch_size, self.pad_id = token_ids, labels, batch_size, pad_id
        self.lengths = (token_ids != pad_id).sum(dim=1)
        self._waiting: list[Tensor] = []

    @property
    def per_epoch(self) -> int:
        """Batches in an epoch."""
        return -(-len(self.labels) // self.batch_size)

    def __call__(self, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """The next batch: token_ids (B, T), labels (B,)."""
        if not self._waiting:
            self._waiting = self.epoch(generator)
        rows = self._waiting.pop()
        return trimmed(self.token_ids[rows], self.pad_id), self.labels[rows]

    def epoch(self, generator: torch.Generator) -> list[Tensor]:
        """The numbers of the texts of each batch of one epoch."""
        order = torch.randperm(len(self.labels), generator=generator)
        groups = [group[self.lengths[group].argsort(stable=True)] for group in order.split(8 * self.batch_size)]
        batches = [batch for group in groups for batch in group.split(self.batch_size)]
        return [batches[place] for place in torch.randperm(len(batches), generator=generator).tolist()]


def review_loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
    """How surprised a classifier, token_ids (B, T) -> logits (B, C), is by the right classes; in nats."""
    return cross_entropy(model(batch[0]), batch[1])


@torch.no_grad()
def probabilities(model: nn.Module, token_ids: Tensor, *, batch_size: int = 64, pad_id: int = 0) -> Tensor:
    """What a classifier thinks of many texts, read in `eval` mode, those of like length together.

    Args:
        model: token_ids (B, T) -> logits (B, C). token_ids: (N, T), padded.

    Returns:
        (N, C), each row adding up to 1, in the order of the texts.
    """
    was_training = model.training
    model.eval()
    order = (token_ids != pad_id).sum(dim=1).argsort()
    found = [model(trimmed(token_ids[rows], pad_id)).softmax(dim=1) for rows in order.split(batch_size)]
    model.train(was_training)
    result = torch.empty_like(torch.cat(found))
    result[order] = torch.cat(found)
    return result
