"""What switching heads off does to a text's neighbours: arrays in, plain data and a figure out."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity
from torch.nn.utils.rnn import pad_sequence

from helpers.attention import padding_mask
from helpers.bert import Encoder, Pretrained, batch_of
from helpers.tracing import switched_off
from helpers.tracing.parts import Head
from helpers.widgets.client import legible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_TEXTS, MOST_TOKENS = 6, 48
Row = tuple[int, ...]  # token ids of a text, without padding


class Reader:
    """An encoder that does not read again what it has just read: it keeps the hidden states of the last texts.

    Args:
        encoder: not changed. When its weights change, all is read anew.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.encoder, self.weights = encoder, -1
        self.seen: dict[frozenset[Head], dict[Row, list[Tensor]]] = {}  # heads off -> text -> layers + 1 of (T, D)

    @torch.no_grad()
    def read(self, rows: Sequence[Row], off: Iterable[Head]) -> tuple[Tensor, Tensor]:
        """Vectors of texts, (B, D) each, the means of their tokens: with all heads on, and with these off.

        Only new texts run, and only through the layers from the first whose heads differ from a run that is kept.
        """
        both, weights = (frozenset(), frozenset(off)), sum(weight._version for weight in self.encoder.parameters())
        if weights != self.weights:
            self.seen, self.weights = {}, weights
        waiting: dict[int, dict[tuple[frozenset[Head], Row], list[Tensor]]] = {}  # by the layer that they start at
        for heads, row in dict.fromkeys(itertools.product(both, rows)):
            if row not in self.seen.get(heads, {}):
                below = self._below(heads, row)
                waiting.setdefault(max(len(below) - 1, 0), {})[heads, row] = below
        for first, jobs in waiting.items():
            self._run(first, jobs)
        self.seen = {heads: {row: self.seen[heads][row] for row in rows} for heads in both}
        on, now = (torch.stack([self.seen[heads][row][-1].mean(dim=0) for row in rows]) for heads in both)
        return on, now

    def _below(self, off: frozenset[Head], row: Row) -> list[Tensor]:
        """What is kept of a text up to the first layer that needs to run."""
        best: list[Tensor] = []
        for heads, seen in self.seen.items():
            alike = min((layer for layer, _ in heads ^ off), default=0)  # so many layers at the bottom
            if row in seen and alike >= len(best):
                best = seen[row][: alike + 1]
        return best

    def _run(self, first: int, jobs: dict[tuple[frozenset[Head], Row], list[Tensor]]) -> None:
        """Texts in one batch, each with its own heads off, from a layer on; a batch costs little more than a text."""
        ids = pad_sequence([torch.tensor(row) for _, row in jobs], True, self.encoder.pad_id)  # (B, T)
        mask = padding_mask(ids, self.encoder.pad_id)
        x = pad_sequence([below[-1] for below in jobs.values()], True) if first else self.encoder.embedding(ids)
        states = [x]  # (B, T, D) each
        with ExitStack() as stack:
            for off in {heads for heads, _ in jobs}:
                texts = [heads == off for heads, _ in jobs]
                stack.enter_context(switched_off(self.encoder, off, texts=texts))
            for block in self.encoder.blocks[first:]:
                x = block(x, mask).x
                states.append(x)
        for number, ((heads, row), below) in enumerate(jobs.items()):
            found = below[:-1] + [state[number, : len(row)] for state in states]
            self.seen.setdefault(heads, {})[row] = found


class Neighbours:
    """A text and others that are ranked by how alike their vectors are, with all heads and without some.

    Args:
        pretrained: an encoder with its tokenizer.
        texts: the first is compared with the others, one to five of them.
        reader: of this encoder, if it has read some of the texts before.

    Raises:
        ValueError: fewer than two texts, too many, an empty one, or one string instead of a list.
    """

    def __init__(self, pretrained: Pretrained, texts: Sequence[str], reader: Reader | None = None) -> None:
        if isinstance(texts, str):
            raise ValueError(f"Expected a list of texts, got the string {texts[:40]!r}.")
        self.encoder, self.reader = pretrained.encoder, reader or Reader(pretrained.encoder)
        self.texts = [str(text).encode("utf-8", "replace").decode("utf-8") for text in texts]
        if not 2 <= len(self.texts) <= MOST_TEXTS or not all(text.strip() for text in self.texts):
            raise ValueError(f"Give a text and 1 to {MOST_TEXTS - 1} others, one a line, none of them empty.")
        batch = batch_of(pretrained.tokenizer, self.texts, longest=MOST_TOKENS + 1)  # one more shows which is too long
        self.rows = [(*ids[: min(n, MOST_TOKENS) - 1], ids[n - 1])
                     for ids, n in zip(batch.token_ids.tolist(), map(len, batch.tokens), strict=True)]  # fmt: skip
        self.n_tokens = len(self.rows[0])
        is_cut = batch.token_ids.shape[1] > MOST_TOKENS
        self.note = f"Only the first {MOST_TOKENS} tokens of a text are read." if is_cut else ""

    def without(self, off: Iterable[Sequence[int]]) -> dict[str, Any]:
        """Everything the page draws.

        Args:
            off: pairs (layer, head) that are silent; a pair may stand twice.

        Returns:
            texts; off, sorted pairs; before and after, of each other text its cosine with the first; moved, of each
            text one minus the cosine of its vector with what it was, 0 to 2; n_layers, n_heads, n_tokens, note.

        Raises:
            ValueError: there is no such head.
        """
        off, config = sorted({(int(layer), int(head)) for layer, head in off}), self.encoder.config
        for layer, head in off:
            if not (0 <= layer < config.n_layers and 0 <= head < config.n_heads):
                raise ValueError(f"There is no head {head + 1} in a layer {layer + 1}.")
        before, after = self.reader.read(self.rows, off)  # (B, D) each
        return {"texts": self.texts, "off": [list(pair) for pair in off], "note": self.note, "n_tokens": self.n_tokens,
                "n_layers": config.n_layers, "n_heads": config.n_heads, "before": _alike(before),
                "after": _alike(after),
                "moved": [round(max(0.0, 1 - float(c)), 4) for c in cosine_similarity(before, after)]}  # fmt: skip


def _alike(vectors: Tensor) -> list[float]:
    return [round(float(cosine), 4) for cosine in cosine_similarity(vectors[:1], vectors[1:])]


def ranking(values: Sequence[float]) -> list[int]:
    """The places of the values, the largest first."""
    return sorted(range(len(values)), key=lambda place: -values[place])


def in_words(shown: dict[str, Any]) -> str:
    """What the switchboard shows, in a sentence or two."""
    n_off, n_all = len(shown["off"]), shown["n_layers"] * shown["n_heads"]
    before, after = ranking(shown["before"])[0], ranking(shown["after"])[0]
    nearest = f"nearest to “{shown['texts'][1 + after]}”, cosine {shown['after'][after]:.2f}"
    if not n_off:
        return f"All {n_all} heads are on: “{shown['texts'][0]}” is {nearest}."
    is_now = "is still" if before == after else "is now"
    return (f"{n_off} of {n_all} heads are off: “{shown['texts'][0]}” {is_now} {nearest}, "
            f"{shown['before'][after]:.2f} before.")  # fmt: skip


def draw(shown: dict[str, Any]) -> Figure:
    """The heads, crossed where they are off, beside the likenesses before and after."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 3.4), dpi=90, layout="constrained", facecolor="white")
    left, right = figure.subplots(1, 2, width_ratios=[2, 3])
    off = {tuple(pair) for pair in shown["off"]}
    left.imshow([[(layer, head) not in off for head in range(shown["n_heads"])] for layer in range(shown["n_layers"])],
                cmap="cividis", vmin=0, vmax=1.4)  # fmt: skip
    for layer, head in off:
        left.text(head, layer, "×", color="white", ha="center", va="center", fontsize=13)
    left.set(title="Heads (dark: off)", xlabel="head", ylabel="layer")
    left.set_xticks(range(shown["n_heads"]), range(1, shown["n_heads"] + 1), fontsize=8)
    left.set_yticks(range(shown["n_layers"]), range(1, shown["n_layers"] + 1))
    places = range(len(shown["before"]))
    right.barh([place - 0.2 for place in places], shown["before"], height=0.36, color="#999999", label="all heads on")
    right.barh([place + 0.2 for place in places], shown["after"], height=0.36, color="#0072B2", label="now")
    right.set_yticks(places, [legible(text, 40) for text in shown["texts"][1:]], parse_math=False)
    right.invert_yaxis()
    right.set_xlabel("cosine")
    right.set_title(f"How alike to “{legible(shown['texts'][0], 40)}”", parse_math=False, fontsize=10)
    right.legend()
    return figure
