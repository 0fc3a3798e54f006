"""n-gram models: count what followed the last n - 1 tokens, and smooth the counts."""

from __future__ import annotations

import torch
from torch import Tensor

MOST_COUNTS = 150_000_000  # numbers in a table; float32, so 600 MB


class NGram:
    """Predicts a token from the n - 1 before it, by counting.

    A text is counted once, for contexts of every length from 0 to n - 1. Where there is less past (the first
    places of a text), the longest context that fits is used.

    Args:
        n: 1 (no context), 2 (bigram), 3, …
        vocab_size: how many tokens there are, V; token numbers go from 0 to V - 1.
        add_k: added to every count ("Laplace" for 1). With 0, what was never seen has probability 0, and after
            a context that was never seen all tokens are equally likely.
        interpolate: mix with the next shorter context, down to "all tokens equally likely". The share of the
            longer one is N / (N + T), where N is how often the context was seen and T how many different tokens
            followed it (Witten and Bell): a context seen often is trusted, a new one is not.

    Raises:
        ValueError: n or vocab_size below 1, or add_k below 0.

    Source: Jurafsky and Martin, Speech and Language Processing (3rd edition, draft), chapter 3; Chen and Goodman,
    An Empirical Study of Smoothing Techniques for Language Modeling (1998), section 2.5.
    """

    def __init__(self, n: int, vocab_size: int, *, add_k: float = 0.0, interpolate: bool = False):
        if n < 1 or vocab_size < 1 or not add_k >= 0:
            raise ValueError(f"Expected n and vocab_size from 1, add_k from 0; got {n}, {vocab_size}, {add_k}.")
        self.n, self.vocab_size, self.add_k, self.interpolate = n, vocab_size, add_k, interpolate
        self.contexts: list[Tensor] = []  # for each length the contexts that were seen, as sorted codes, (C,)
        self.table: Tensor | None = None  # log P of every token after every context, (1 + all C, V)
        self.n_counts = 0

    def fit(self, token_ids: Tensor) -> NGram:
        """Count a text, (N,); returns the model itself. A text of less than n tokens leaves long contexts empty.

        Afterwards `contexts` holds what was seen, `n_counts` how many counts above zero that took.

        Raises:
            ValueError: token numbers out of range, or the tables would not fit into memory.
        """
        self._check(token_ids)
        self._check_size(1)
        shorter = torch.full((1, self.vocab_size), 1 / self.vocab_size)  # knows nothing: all equally likely
        self.contexts, rows, self.n_counts = [], [shorter], 0
        for length in range(self.n):
            contexts, counts = self._count(token_ids, length)  # (C,), (C, V)
            if length > 0:  # the same context without its oldest token
                shorter = shorter[torch.searchsorted(self.contexts[-1], contexts % self.vocab_size ** (length - 1))]
            shorter = self._probabilities_from(counts, shorter)  # (C, V)
            self.contexts.append(contexts)
            self.n_counts += int((counts > 0).sum())
            rows.append(shorter)
        self.table = torch.cat(rows).log_()
        return self

    def _count(self, token_ids: Tensor, length: int) -> tuple[Tensor, Tensor]:
        """The different contexts of one length, sorted, (C,), and what followed each how often, (C, V)."""
        following = token_ids[length:]
        code = self._codes(token_ids[None], length)[0, length - 1 : -1] if length else torch.zeros_like(token_ids)
        contexts, row = code[: len(following)].unique(return_inverse=True)
        self._check_size(len(contexts))
        pairs = row * self.vocab_size + following
        counts = torch.bincount(pairs, minlength=len(contexts) * self.vocab_size).float()
        return contexts, counts.view(len(contexts), self.vocab_size)

    def _probabilities_from(self, counts: Tensor, shorter: Tensor) -> Tensor:
        """Smooth: counts of contexts and the probabilities after their shorter versions in, all (C, V)."""
        seen = counts.sum(dim=-1, keepdim=True)  # (C, 1), at least 1
        own = (counts + self.add_k) / (seen + self.add_k * self.vocab_size)
        if not self.interpolate:
            return own
        kinds = (counts > 0).sum(dim=-1, keepdim=True)  # (C, 1)
        share = seen / (seen + kinds)
        return share * own + (1 - share) * shorter

    def __call__(self, token_ids: Tensor) -> Tensor:
        """Return log P(token t + 1 | tokens up to t): token_ids (B, T) in, (B, T, V) out; -inf for impossible.

        Raises:
            ValueError: nothing was counted yet, or token numbers out of range.
        """
        if self.table is None:
            raise ValueError("Count a text first: model.fit(token_ids).")
        self._check(token_ids)
        return self.table[self._rows(token_ids)]

    def probabilities(self, token_ids: Tensor) -> Tensor:
        """The same as probabilities, (B, T, V), which add up to 1 along the last axis."""
        return self(token_ids).exp()

    def _rows(self, token_ids: Tensor) -> Tensor:
        """For each place the row of the table to use, (B, T): that of the longest context that fits."""
        result = torch.zeros_like(token_ids)  # row 0 knows nothing
        first = 1
        for length, contexts in enumerate(self.contexts):
            if len(contexts):
                code = self._codes(token_ids, length).contiguous()
                row = torch.searchsorted(contexts, code).clamp(max=len(contexts) - 1)  # (B, T)
                known = contexts[row] == code
                # A context never seen: the shorter one's row when interpolating, else all are equally likely.
                unseen = result if self.interpolate else torch.zeros_like(result)
                fits = torch.arange(token_ids.shape[1]) >= length - 1  # where the past is long enough
                result = torch.where(fits, torch.where(known, first + row, unseen), result)
            first += len(contexts)
        return result

    def _codes(self, token_ids: Tensor, length: int) -> Tensor:
        """Each place's last `length` tokens as one number, (B, T); wrong where the past is shorter."""
        code = torch.zeros_like(token_ids)
        for back in range(length - 1, -1, -1):
            shifted = torch.zeros_like(token_ids)
            shifted[:, back:] = token_ids[:, : max(token_ids.shape[1] - back, 0)]
            code = code * self.vocab_size + shifted
        return code

    def _check_size(self, n_contexts: int) -> None:
        if n_contexts * self.vocab_size > MOST_COUNTS:
            raise ValueError(f"{n_contexts:,} contexts by {self.vocab_size:,} tokens are too many to keep; "
                             f"take a smaller n than {self.n} or a shorter text.")  # fmt: skip

    def _check(self, token_ids: Tensor) -> None:
        if token_ids.numel() and not 0 <= int(token_ids.min()) <= int(token_ids.max()) < self.vocab_size:
            raise ValueError(f"Expected token numbers from 0 to {self.vocab_size - 1}, got "
                             f"{int(token_ids.min())} to {int(token_ids.max())}.")  # fmt: skip
