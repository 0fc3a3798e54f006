"""Writing by choosing: what may come next, what would come after that, and how probable a path is."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch

from helpers.widgets.client import legible
from helpers.widgets.next_token_data import LONGEST, next_logits
from helpers.widgets.recurrent_gates_data import visible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CHOICES, AHEAD, MOST = 9, 3, 80  # keys 1 to 9; tokens shown behind each; tokens on a path


class Paths:
    """A text that grows by choices, the probability of each path, and the paths tried so far.

    Args:
        model: token_ids (B, T) -> logits (B, T, V), over the tokens of `vocabulary`.
        vocabulary: `encode(text)` and `decode(ids)`, such as `CharacterText.vocabulary`.
        start: what stands before the first choice; the end of a long one is read.

    Raises:
        ValueError: the start is empty.
    """

    def __init__(self, model: Any, vocabulary: Any, start: str) -> None:
        self.model, self.vocabulary, self.start = model, vocabulary, str(start)
        _, self.start_ids, self.note = next_logits(model, vocabulary, self.start)
        self.path: list[int] = []
        self._log_p: dict[tuple[int, ...], torch.Tensor] = {}  # path -> log-probability of each next token, (V,)
        self._tried: dict[tuple[int, ...], float] = {}

    @torch.no_grad()
    def log_p(self, paths: Sequence[Sequence[int]]) -> list[torch.Tensor]:
        """Log-probabilities of the next token behind each path, (V,) each; paths of one length are read together."""
        new = list(dict.fromkeys(tuple(path) for path in paths if tuple(path) not in self._log_p))
        longest = min(LONGEST, getattr(getattr(self.model, "config", None), "context_len", LONGEST))
        for length in {len(path) for path in new}:
            group = [path for path in new if len(path) == length]
            rows = torch.tensor([(self.start_ids + list(path))[-longest:] for path in group])  # (B, T)
            found = self.model(rows)[:, -1].double().log_softmax(dim=-1)  # (B, V)
            self._log_p.update(zip(group, found, strict=True))
        return [self._log_p[tuple(path)] for path in paths]

    def go(self, path: Sequence[int]) -> None:
        """Stand at the end of this path; ValueError for one that is too long or has an unknown token."""
        path = [int(token) for token in path]
        size = len(self.log_p([[]])[0])
        if len(path) > MOST or not all(0 <= token < size for token in path):
            raise ValueError(f"A path has up to {MOST} tokens, each from 0 to {size - 1}; undo some, or start over.")
        self.path = path
        if path:
            for n in range(1, len(path)):
                self._tried.pop(tuple(path[:n]), None)  # a path says more than its beginning
            self._tried[tuple(path)] = sum(self.chances(path))

    def chances(self, path: Sequence[int]) -> list[float]:
        """The log-probability of each token of a path."""
        before = self.log_p([path[:n] for n in range(len(path))])
        return [float(log_p[token]) for log_p, token in zip(before, path, strict=True)]

    def likeliest(self, length: int) -> list[int]:
        """The path that takes the likeliest token every time."""
        path: list[int] = []
        while len(path) < length:
            path.append(int(self.log_p([path])[0].argmax()))
        return path

    def drawn(self, generator: torch.Generator) -> int:
        """One next token, drawn with its probability."""
        return int(torch.multinomial(self.log_p([self.path])[0].exp(), 1, generator=generator))

    def shown(self) -> dict[str, Any]:
        """Everything the page draws.

        Returns:
            start and path, the latter as triples (id, sign, probability); log2, of the whole path; choices, up to
            `CHOICES` quadruples (id, sign, probability, ahead), ahead being `AHEAD` triples (id, sign, probability);
            rest, the probability of all other tokens; tried, the paths so far, the likeliest per token first, as dicts
            of ids, text, log2, each and here; greedy, the same for always taking the likeliest; note.
        """
        log_p = self.log_p([self.path])[0]
        best = log_p.topk(min(CHOICES, len(log_p)))
        behind = self.log_p([[*self.path, token] for token in best.indices.tolist()])
        choices = []
        for token, chance, following in zip(best.indices.tolist(), best.values.exp().tolist(), behind, strict=True):
            next_best = following.topk(min(AHEAD, len(following)))
            ahead = [self._triple(*pair) for pair in zip(next_best.indices.tolist(), next_best.values.tolist(),
                                                         strict=True)]  # fmt: skip
            choices.append([token, self._sign(token), round(chance, 5), ahead])
        here = tuple(self.path)
        tried = [self._row(path, total, path == here) for path, total in self._tried.items()]
        greedy = self.likeliest(len(here))
        return {"start": self.vocabulary.decode(self.start_ids), "note": self.note, "choices": choices,
                "path": [self._triple(*pair) for pair in zip(here, self.chances(here), strict=True)],
                "log2": sum(self.chances(here)) / math.log(2), "rest": max(0.0, 1 - float(best.values.exp().sum())),
                "tried": sorted(tried, key=lambda row: -row["each"])[:8],
                "greedy": self._row(greedy, sum(self.chances(greedy)), False)}  # fmt: skip

    def _sign(self, token: int) -> str:
        return visible(self.vocabulary.decode([token]))

    def _triple(self, token: int, log_p: float) -> list:
        return [token, self._sign(token), round(math.exp(log_p), 5)]

    def _row(self, path: Sequence[int], total: float, here: bool) -> dict[str, Any]:
        return {"ids": list(path), "text": "".join(map(self._sign, path)), "log2": total / math.log(2),
                "each": math.exp(total / max(len(path), 1)), "here": here}  # fmt: skip


def in_words(shown: dict[str, Any]) -> str:
    """What the widget shows, in a sentence or two."""
    text = "".join(sign for _, sign, _ in shown["path"])
    first = ", ".join(f"{sign} {chance:.0%}" for _, sign, chance, _ in shown["choices"][:4])
    chosen = f" then “{text}”, with probability 2 to the power of {shown['log2']:.1f};" if text else ""
    return f"A text by choices: “{shown['start'][-40:]}”{chosen} next may come {first}."


def draw(shown: dict[str, Any]) -> "Figure":
    """The text so far and the tree of what may come next, in a matplotlib Figure."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4.2), dpi=100, layout="constrained")
    axes = figure.subplots()
    axes.axis("off")
    axes.set(xlim=(0, 10), ylim=(len(shown["choices"]) - 0.4, -1.4))
    text = shown["start"][-30:] + "".join(sign for _, sign, _ in shown["path"])
    axes.text(0, -0.9, legible(text, 70), family="monospace", fontsize=13, parse_math=False)
    for row, (_, sign, chance, ahead) in enumerate(shown["choices"]):
        axes.text(0.1, row, f"{row + 1}", color="#666666", va="center")
        axes.text(0.6, row, legible(sign, 2), family="monospace", fontsize=13, va="center", parse_math=False)
        axes.barh(row, 4 * chance, left=1.1, height=0.6, color="#0072B2")
        axes.text(1.2 + 4 * chance, row, f"{chance:.0%}", va="center")
        then = "   ".join(f"{legible(sign, 2)} {share:.0%}" for _, sign, share in ahead)
        axes.text(6.2, row, f"then  {then}", va="center", family="monospace", fontsize=11, parse_math=False)
    return figure
