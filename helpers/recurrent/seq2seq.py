"""From one sequence to another: a recurrent encoder reads, a recurrent decoder writes, attention looks back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from helpers.attention import (
    AdditiveScores,
    MultiplicativeScores,
    attend,
    dot_product_scores,
    masked_softmax,
    padding_mask,
)  # fmt: skip
from helpers.recurrent.layer import Recurrent, State
from helpers.recurrent.steps import gru_step

Looks = Literal["none", "dot", "multiplicative", "additive"]


class Source(NamedTuple):
    """What the encoder has read: a vector for each token, (B, S, N); which are real, (B, 1, S); one for all, (B, N)."""

    states: Tensor
    mask: Tensor
    summary: Tensor


def context_vectors(query: Tensor, states: Tensor, mask: Tensor) -> Tensor:
    """What each query finds in a text: the mean of its states, weighted by how well they fit the query.

    Args:
        query: the decoder's states, (B, T, N). states: the encoder's, (B, S, N).
        mask: bool (B, 1, S), True at real tokens.

    Returns:
        Context vectors (B, T, N), zeros where a text has no tokens.

    Source: Luong et al. (2015), section 3.1.
    """
    weights = masked_softmax(dot_product_scores(query, states), mask)  # (B, T, S)
    return weights @ states  # (B, T, N)


class Seq2Seq(nn.Module):
    """Encoder and decoder of gated recurrent units, with or without attention between them.

    The encoder reads the source in both directions. The decoder starts from the encoder's one vector. At each step it
    looks at the encoder's states, weighted by attention, or, with "none", at that one vector again; what it sees goes
    into its cell, beside the last token, and into its scores. "none" and "dot" have the same parameters, so the
    bottleneck can be measured by itself.

    Args:
        source_size, target_size: tokens in the two vocabularies.
        d_model: numbers in an embedding. d_hidden: N, units, even.
        looks: how scores are made: "none", "dot", "multiplicative" or "additive".
        pad_id: the filler, in both vocabularies.
        fused: see `Recurrent`. dropout: share of the decoder's numbers put to zero in training.

    Raises:
        ValueError: an unknown way to look, or an odd d_hidden.

    Source: Sutskever et al. (2014), section 2; Bahdanau et al. (2015), section 3; Luong et al. (2015), section 3.1.
    """

    def __init__(self, source_size: int, target_size: int, *, d_model: int = 64, d_hidden: int = 128,
                 looks: Looks = "dot", pad_id: int = 0, fused: bool = True, dropout: float = 0.0) -> None:  # fmt: skip
        super().__init__()
        if looks not in ("none", "dot", "multiplicative", "additive") or d_hidden % 2:
            raise ValueError("Expected looks none, dot, multiplicative or additive and an even d_hidden, got "
                             f"{looks!r} and {d_hidden}.")  # fmt: skip
        self.looks, self.pad_id = looks, pad_id
        self.source_embedding = nn.Embedding(source_size, d_model, padding_idx=pad_id)
        self.target_embedding = nn.Embedding(target_size, d_model, padding_idx=pad_id)
        self.forwards = Recurrent("gru", d_model, d_hidden // 2, fused=fused)
        self.backwards = Recurrent("gru", d_model, d_hidden // 2, fused=fused)
        self.start = nn.Linear(d_hidden, d_hidden)
        self.decoder = Recurrent("gru", d_model + d_hidden, d_hidden, fused=fused)
        if looks == "multiplicative":
            self.scores = MultiplicativeScores(d_hidden, d_hidden)
        elif looks == "additive":
            self.scores = AdditiveScores(d_hidden, d_hidden, d_hidden)
        else:
            self.scores = dot_product_scores
        self.combine = nn.Linear(2 * d_hidden, d_hidden)
        self.dropout = nn.Dropout(dropout)
        self.to_logits = nn.Linear(d_hidden, target_size)

    def encode(self, source_ids: Tensor) -> Source:
        """Read source_ids (B, S), padded at the end. Padding changes nothing: it is read after the last real token."""
        lengths = (source_ids != self.pad_id).sum(dim=1).clamp(min=1)  # (B,)
        place = torch.arange(source_ids.shape[1], device=source_ids.device)
        mirror = (lengths[:, None] - 1 - place) % source_ids.shape[1]  # (B, S): real tokens from the last to the first
        rows = torch.arange(len(source_ids), device=source_ids.device)[:, None]
        x = self.source_embedding(source_ids)  # (B, S, D)
        ahead, _ = self.forwards(x)  # (B, S, N/2)
        back = self.backwards(x[rows, mirror])[0][rows, mirror]  # mirrored, read, and mirrored again
        last = ahead[rows[:, 0], lengths - 1]  # (B, N/2)
        summary = torch.cat([last, back[:, 0]], dim=-1)  # (B, N): each direction has read the whole text
        return Source(torch.cat([ahead, back], dim=-1), padding_mask(source_ids, self.pad_id), summary)

    def decode(self, target_ids: Tensor, source: Source, state: State | None = None) -> tuple[Tensor, Tensor, State]:
        """Write on: the target so far, or its newest tokens if the state before them is given.

        Args:
            target_ids: (B, T). source: what `encode` gave. state: of the decoder, from an earlier call.

        Returns:
            Logits (B, T, V) of each next token; attention (B, T, S), all zeros with "none"; the state afterwards.
        """
        h = torch.tanh(self.start(source.summary)) if state is None else state[0]  # (B, N)
        x = self.target_embedding(target_ids)  # (B, T, D)
        if self.looks == "none":
            seen = source.summary.unsqueeze(1).expand(-1, x.shape[1], -1)  # (B, T, N): the same at every step
            attention = x.new_zeros(*target_ids.shape, source.states.shape[1])
            states, state = self.decoder(torch.cat([x, seen], dim=-1), h.unsqueeze(0))
        else:
            steps = []
            for now in x.unbind(dim=1):  # (B, D)
                context, weights = attend(self.scores(h.unsqueeze(1), source.states), source.states, source.mask)
                h = gru_step(torch.cat([now, context[:, 0]], dim=-1), h, *self.decoder.weights(0))  # (B, N)
                steps.append((h, context[:, 0], weights[:, 0]))
            states, seen, attention = (torch.stack(parts, dim=1) for parts in zip(*steps, strict=True))
            state = h.unsqueeze(0)
        mixed = torch.tanh(self.combine(torch.cat([seen, states], dim=-1)))  # (B, T, N)
        return self.to_logits(self.dropout(mixed)), attention, state

    def forward(self, source_ids: Tensor, target_ids: Tensor) -> Tensor:
        """Source (B, S) and the right target so far (B, T) (teacher forcing) -> logits (B, T, V)."""
        return self.decode(target_ids, self.encode(source_ids))[0]


def translation_loss(model: nn.Module, batch: tuple[Tensor, Tensor], pad_id: int = 0) -> Tensor:
    """Mean surprise in nats at the target's next tokens, padding left out.

    Args:
        model: source_ids and target_ids in, logits (B, T, V) out.
        batch: source_ids (B, S) and target_ids (B, T + 1), the target with its marks for beginning and end.
    """
    source_ids, target_ids = batch
    logits = model(source_ids, target_ids[:, :-1])
    return cross_entropy(logits.flatten(0, 1), target_ids[:, 1:].flatten(), ignore_index=pad_id)


@torch.no_grad()
def translate(model: Seq2Seq, source_ids: Tensor, *, begin: int, end: int, longest: int = 200) -> tuple[Tensor, Tensor]:
    """Translate a batch greedily, one token at a time for all texts at once.

    Args:
        model: in evaluation mode. source_ids: (B, S). begin, end: the target's marks. longest: tokens at most.

    Returns:
        token_ids (B, T), filled with the model's pad_id after `end`, and attention (B, T, S).

    Raises:
        ValueError: longest is below 1.
    """
    if longest < 1:
        raise ValueError(f"longest is {longest}; expected how many tokens to write at most, 1 or more.")
    source = model.encode(source_ids)
    token, state = source_ids.new_full((len(source_ids), 1), begin), None
    done, written, looked = torch.zeros_like(token[:, 0], dtype=torch.bool), [], []
    while len(written) < longest and not done.all():
        logits, attention, state = model.decode(token, source, state)
        token = logits.argmax(dim=-1).masked_fill(done[:, None], model.pad_id)  # (B, 1)
        written.append(token)
        looked.append(attention)
        done = done | (token[:, 0] == end)
    return torch.cat(written, dim=1), torch.cat(looked, dim=1)


class NextToken:
    """Scores for the next token of one text's translation, for `helpers.decoding`: ids so far in, logits (V,) out.

    It keeps the decoder's state after every beginning it was asked about, so that a beam costs one step for each of
    its texts.

    Args:
        model: in evaluation mode. source_ids: (1, S). begin: the target's first mark, which is not among the ids.

    Raises:
        ValueError: source_ids holds no text, or several.

    Example:
        >>> greedy(NextToken(model, source_ids, begin), [], 50, stop=end)
    """

    def __init__(self, model: Seq2Seq, source_ids: Tensor, begin: int) -> None:
        if source_ids.ndim != 2 or len(source_ids) != 1:
            raise ValueError(f"source_ids has shape {tuple(source_ids.shape)}; expected one text, (1, S).")
        self.model, self.begin = model, begin
        with torch.no_grad():
            self.source = model.encode(source_ids)
        self._known: dict[tuple[int, ...], tuple[Tensor, State]] = {}

    def __call__(self, token_ids: Sequence[int]) -> Tensor:
        """Logits (V,) of the token after `token_ids`, which may be none."""
        ids = tuple(int(token) for token in token_ids)
        known = len(ids)
        while known >= 0 and ids[:known] not in self._known:
            known -= 1
        for length in range(known + 1, len(ids) + 1):
            state = self._known[ids[: length - 1]][1] if length else None
            token = torch.tensor([[ids[length - 1] if length else self.begin]])
            with torch.no_grad():
                logits, _, state = self.model.decode(token, self.source, state)
            self._known[ids[:length]] = (logits[0, -1], state)
        return self._known[ids][0]
