"""Distillation: a small student learns what a large teacher says, not only what is right."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, kl_div, log_softmax
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from helpers.bert import mean_pool
from helpers.fine_tuning.batches import Batches


def distillation_loss(student: Tensor, teacher: Tensor, labels: Tensor, temperature: float, alpha: float) -> Tensor:
    """alpha times how far the student is from the teacher, and 1 - alpha times how surprised it is by the labels.

    The first is T² KL(teacher ‖ student) of both softened by the temperature T; the second the cross-entropy of the
    student's own probabilities. Both are means over the batch, in nats.

    Args:
        student, teacher: logits (B, C). labels: (B,). temperature: above 0. alpha: from 0 to 1.

    Returns:
        A scalar.

    Source: Hinton et al. (2015), section 2; their first term is the cross-entropy, which differs from KL by what the
    student can't change.
    """
    soft_student = log_softmax(student / temperature, dim=1)
    soft_teacher = log_softmax(teacher / temperature, dim=1)
    soft = kl_div(soft_student, soft_teacher, reduction="batchmean", log_target=True) * temperature**2
    return alpha * soft + (1 - alpha) * cross_entropy(student, labels)


class Student(nn.Module):
    """Word pieces, a narrow LSTM in both directions, the mean and the largest of its states: logits (B, 2).

    Args:
        numbers: of each of the teacher's word pieces the student's own number, (V,): 0 padding, 1 unknown.
        vectors: where its embeddings start, (own V, d).
        d_hidden: of each direction. dropout: on embeddings and states.

    Source: Tang et al. (2019), section 3.1, who distil BERT into such a network.
    """

    def __init__(self, numbers: Tensor, vectors: Tensor, d_hidden: int = 64, dropout: float = 0.3) -> None:
        super().__init__()
        self.register_buffer("numbers", numbers.to(torch.int32))
        self.embedding = nn.Embedding.from_pretrained(vectors.clone(), freeze=False, padding_idx=0)
        self.lstm = nn.LSTM(vectors.shape[1], d_hidden, batch_first=True, bidirectional=True)
        self.to_logits = nn.Linear(4 * d_hidden, 2)
        self.dropout = nn.Dropout(dropout)

    def forward(self, token_ids: Tensor) -> Tensor:
        """The teacher's token_ids (B, T), padded with 0 -> logits (B, 2)."""
        own = self.numbers[token_ids].long()
        used = token_ids != 0
        lengths = used.sum(dim=1).clamp(min=1)
        x = self.dropout(self.embedding(own))  # (B, T, d)
        if len(x) == 1:
            states = self.lstm(x[:, : int(lengths[0])])[0]
        else:
            packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
            states = pad_packed_sequence(self.lstm(packed)[0], batch_first=True)[0]
        used = used[:, : states.shape[1]]  # (B, T')
        largest = states.masked_fill(~used.unsqueeze(-1), -1.0).amax(dim=1)  # states lie between -1 and 1
        return self.to_logits(self.dropout(torch.cat([mean_pool(states, used), largest], dim=1)))


def student_pieces(token_ids: Tensor, vocab_size: int, n_pieces: int) -> tuple[Tensor, Tensor]:
    """The student's vocabulary: the commonest word pieces of its texts.

    Args:
        token_ids: (N, T), padded with 0. vocab_size: V. n_pieces: how many the student knows, padding and unknown too.

    Returns:
        numbers: (V,), the student's number of each piece, 1 for those it does not know.
        known: (n_pieces,) at most, the teacher's number of each of the student's pieces; the first two are 0.
    """
    counts = torch.bincount(token_ids.flatten(), minlength=vocab_size)
    counts[0] = 0
    best = counts.argsort(descending=True, stable=True)[: n_pieces - 2]
    best = best[counts[best] > 0]
    numbers = torch.ones(vocab_size, dtype=torch.int32)
    numbers[0], numbers[best] = 0, torch.arange(2, len(best) + 2, dtype=torch.int32)
    return numbers, torch.cat([torch.zeros(2, dtype=torch.long), best])


def narrow_vectors(vectors: Tensor, known: Tensor, width: int) -> Tensor:
    """The teacher's embeddings of the student's pieces, from D numbers down to `width` by their principal axes.

    Args:
        vectors: (V, D). known: (n,), rows 0 and 1 stand for padding and unknown and come out as zeros.

    Returns:
        (n, width), narrower if there are fewer pieces or numbers; typical entries of 0.3.
    """
    chosen = vectors[known].detach()
    chosen = chosen - chosen[2:].mean(dim=0)
    _, _, axes = torch.linalg.svd(chosen[2:], full_matrices=False)
    found = chosen @ axes[:width].T
    found = found * (0.3 / found[2:].std())
    found[:2] = 0.0
    return found


class Lessons(Batches):
    """Batches for a student: texts with what the teacher says of each, and with their labels.

    Args:
        token_ids: (N, T). teacher: the teacher's log-odds of class 1, (N,). labels: (N,).
    """

    def __init__(self, token_ids: Tensor, teacher: Tensor, labels: Tensor, batch_size: int = 32) -> None:
        super().__init__(token_ids, labels, batch_size)
        self.teacher = torch.stack([torch.zeros_like(teacher), teacher], dim=1)  # logits (N, 2): softmax is the same

    def __call__(self, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """The next batch: token_ids (B, T), the teacher's logits (B, 2), labels (B,)."""
        if not self._waiting:
            self._waiting = self.epoch(generator)
        rows = self._waiting.pop()
        ids = self.token_ids[rows]
        width = int((ids != self.pad_id).any(dim=0).nonzero().max()) + 1
        return ids[:, :width], self.teacher[rows], self.labels[rows]


def whole_numbers(log_odds: Tensor) -> str:
    """Log-odds (N,) as text, in hundredths: short enough for a record."""
    return " ".join(str(round(100 * z)) for z in log_odds.tolist())


def from_whole_numbers(text: str) -> Tensor:
    """The log-odds (N,) that `whole_numbers` wrote down."""
    return torch.tensor([int(part) for part in text.split()]) / 100


def length_buckets(lengths: Sequence[int], batch_size: int) -> list[list[int]]:
    """Numbers of texts in batches of like length: sorted by length, then cut; among equals the first comes first."""
    order = sorted(range(len(lengths)), key=lambda number: lengths[number])
    return [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
