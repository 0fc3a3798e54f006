"""Editing a head's attention by hand: what becomes of every token's vector and of what the model says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from helpers.bert import Encoded, Pretrained
from helpers.tracing import attention_of, overwritten, record
from helpers.widgets.client import legible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_TOKENS, BEST = 40, 6
KINDS = ("one", "alike", "without")
Edits = Mapping[tuple[int, int], Mapping[int, Mapping[str, Any]]]  # (layer, head) -> row -> {"kind", "key"}


@dataclass(frozen=True)
class Subject:
    """A model to edit and the text that it reads.

    Attributes:
        model: an encoder, a masked language model or a GPT.
        tokens: the T tokens as they are shown; token_ids (1, T).
        names: the tokens of the vocabulary as they are shown, for what the model says; empty if it says nothing.
        causal: whether tokens see only what came before.
        place: whose answer is shown: a [MASK], or the last token. note: what a reader should know.
    """

    model: nn.Module
    tokens: list[str]
    token_ids: Tensor
    names: list[str]
    causal: bool
    place: int
    note: str = ""


def of_encoder(pretrained: Pretrained, text: str, head: nn.Module | None = None) -> Subject:
    """An encoder reads the text; with `head`, a masked language model on it, it also says what stands at [MASK]."""
    tokenizer, longest = pretrained.tokenizer, min(MOST_TOKENS, pretrained.encoder.config.context_len)
    text = str(text).encode("utf-8", "replace").decode("utf-8")
    parts = [tokenizer.encode(part) for part in text.split("[MASK]")]
    ids = parts[0] + [one for part in parts[1:] for one in (tokenizer.index["[MASK]"], *part)]
    note = f"The text has {len(ids) + 2} tokens; the first {longest} are read." if len(ids) + 2 > longest else ""
    row = [tokenizer.index["[CLS]"], *ids[: longest - 2], tokenizer.index["[SEP]"]]
    masked = tokenizer.index["[MASK]"]
    return Subject(head or pretrained.encoder, [tokenizer.vocab[one] for one in row], torch.tensor([row]),
                   tokenizer.vocab if head is not None else [], False,
                   row.index(masked) if masked in row else len(row) - 1, note)  # fmt: skip


def of_gpt(model: nn.Module, vocabulary: Any, text: str) -> Subject:
    """A GPT reads the end of a text and says what comes next; ValueError for an empty one."""
    ids = torch.as_tensor(vocabulary.encode(str(text)))
    longest = min(MOST_TOKENS, model.config.context_len)
    if not len(ids):
        raise ValueError("Type at least one character.")
    note = f"The text has {len(ids):,} tokens; the last {longest} are read." if len(ids) > longest else ""
    names = [_visible(vocabulary.decode([number])) for number in range(model.config.vocab_size)]
    ids = ids[-longest:]
    return Subject(model, [names[one] for one in ids.tolist()], ids[None], names, True, len(ids) - 1, note)


def _visible(token: str) -> str:
    return {" ": "␣", "\n": "⏎", "\ufffd": "□"}.get(token, token)


class Edited:
    """One text in a model whose heads are told where to look.

    Args:
        subject: from `of_encoder` or `of_gpt`.
    """

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.modules = attention_of(subject.model)
        self.own, self.hidden, self.logits = self._run({})

    @torch.no_grad()
    def _run(self, edits: Edits) -> tuple[list[Tensor], Tensor, Tensor | None]:
        """Attention (H, T, T) of each layer, last vectors (T, D), and logits (V,) at the place that is shown."""
        subject = self.subject
        told = {head: _editor(rows, subject.causal) for head, rows in edits.items() if rows}
        with overwritten(subject.model, told), record(subject.model) as seen:
            output = subject.model(subject.token_ids)
        weights = [layer[0] for layer in next(iter(seen.attention.values()))]
        logits = None if isinstance(output, Encoded) else output[0, subject.place]
        return weights, next(iter(seen.hidden.values()))[-1][0], logits

    def shown(self, layer: int, head: int, edits: Edits) -> dict[str, Any]:
        """Everything the page draws.

        Args:
            layer, head: which map, counted from 0. edits: rows of heads that are told where to look; of a row, "one" is
                only `key`, "alike" all that may be seen alike, "without" its own weights but for `key`.

        Returns:
            tokens; weights and own, (T, T), as the head attends now and by itself; rows, edited ones of this head;
            edited, how many rows of how many heads; moved, of each token how far its last vector turned, 0 to 2; says,
            up to `BEST` triples (token, probability before, now), and kl, how far all of these moved in nats, None
            where the model says nothing; place, layer, head, n_layers, n_heads, causal, note.

        Raises:
            ValueError: there is no such layer, head, row or key; or a row may not look there.
        """
        n_tokens, n_heads = len(self.subject.tokens), self.modules[0].n_heads
        check(edits, len(self.modules), n_heads, n_tokens, self.subject.causal)
        if not (0 <= layer < len(self.modules) and 0 <= head < n_heads):
            raise ValueError(f"There is no head {head + 1} in a layer {layer + 1}.")
        weights, hidden, logits = self._run(edits) if any(edits.values()) else (self.own, self.hidden, self.logits)
        turned = 1 - torch.cosine_similarity(self.hidden, hidden)  # (T,)
        says, kl = self._says(logits)
        rows = {str(row): dict(edit) for row, edit in edits.get((layer, head), {}).items()}
        return {"tokens": self.subject.tokens, "weights": _plain(weights[layer][head]),
                "own": _plain(self.own[layer][head]), "rows": rows,
                "edited": [sum(map(len, edits.values())), sum(map(bool, edits.values()))],
                "moved": [round(max(0.0, value), 4) for value in turned.tolist()], "says": says, "kl": kl,
                "place": self.subject.place, "layer": layer, "head": head, "n_layers": len(self.modules),
                "n_heads": n_heads, "causal": self.subject.causal, "note": self.subject.note}  # fmt: skip

    def _says(self, logits: Tensor | None) -> tuple[list, float | None]:
        if logits is None:
            return [], None
        before, now = self.logits.double().log_softmax(-1), logits.double().log_softmax(-1)
        some = min(BEST // 2 + 1, len(now))
        best = dict.fromkeys(now.topk(some).indices.tolist() + before.topk(some).indices.tolist())
        names = self.subject.names
        rows = [[names[one], round(float(before[one].exp()), 4), round(float(now[one].exp()), 4)]
                for one in list(best)[:BEST]]  # fmt: skip
        return rows, round(float((before.exp() * (before - now)).sum().clamp(min=0)), 4)


def check(edits: Edits, n_layers: int, n_heads: int, n_tokens: int, causal: bool) -> None:
    """ValueError for a head, row, key or kind of edit that is not there."""
    for (layer, head), rows in edits.items():
        if not (0 <= layer < n_layers and 0 <= head < n_heads):
            raise ValueError(f"There is no head {head + 1} in a layer {layer + 1}.")
        for row, edit in rows.items():
            key = edit.get("key", 0)
            if edit.get("kind") not in KINDS or not (0 <= row < n_tokens and 0 <= key < n_tokens):
                raise ValueError(f"Row {row}, {dict(edit)}: expected a kind of {', '.join(KINDS)} and tokens from 0 to "
                                 f"{n_tokens - 1}.")  # fmt: skip
            if causal and edit["kind"] == "one" and key > row:
                raise ValueError("This model writes: a token may not look at what comes after it.")


def _editor(rows: Mapping[int, Mapping[str, Any]], causal: bool):
    """A function from a head's own weights (B, T, T) to edited ones."""

    def edit(own: Tensor) -> Tensor:
        new = own.clone()
        for row, what in rows.items():
            seen = row + 1 if causal else own.shape[-1]  # how many keys this row may look at
            if what["kind"] == "one":
                new[:, row] = 0
                new[:, row, what["key"]] = 1
            elif what["kind"] == "alike":
                new[:, row] = 0
                new[:, row, :seen] = 1 / seen
            else:
                new[:, row, what["key"]] = 0
                new[:, row] /= new[:, row].sum(-1, keepdim=True).clamp(min=1e-9)
        return new

    return edit


def _plain(weights: Tensor) -> list[list[float]]:
    return [[round(value, 4) for value in row] for row in weights.tolist()]


def in_words(shown: dict[str, Any]) -> str:
    """What the editor shows, in a sentence or two."""
    n_rows, n_heads = shown["edited"]
    which = f"Layer {shown['layer'] + 1}, head {shown['head'] + 1}."
    if not n_rows:
        return f"{which} Nothing is edited."
    most = max(range(len(shown["moved"])), key=shown["moved"].__getitem__)
    turned = f"“{shown['tokens'][most]}” turned most, by {shown['moved'][most]:.3f}"
    said = f"; what the model says moved by {shown['kl']:.3f} nats" if shown["kl"] is not None else ""
    rows, heads = (f"{n} {one}{'s' * (n > 1)}" for n, one in ((n_rows, "row"), (n_heads, "head")))
    return f"{which} {rows} of {heads} edited: {turned}{said}."


def draw(shown: dict[str, Any]) -> Figure:
    """The map, how far the vectors turned, and what the model says, in a matplotlib Figure."""
    from matplotlib.figure import Figure

    tokens = [legible(token, 12) for token in shown["tokens"]]
    figure = Figure(figsize=(9.5, 2.2 + 0.17 * len(tokens)), dpi=80, layout="constrained", facecolor="white")
    left, right = figure.subplots(1, 2, width_ratios=[3, 2])
    left.imshow(shown["weights"], cmap="cividis", vmin=0, vmax=1)
    for row in shown["rows"]:
        left.text(-0.45, int(row), "✎", color="white", ha="left", va="center", fontsize=9)
    left.set(title=f"Layer {shown['layer'] + 1}, head {shown['head'] + 1}", xlabel="key", ylabel="query")
    left.set_xticks(range(len(tokens)), tokens, rotation=90, parse_math=False, fontsize=8)
    left.set_yticks(range(len(tokens)), tokens, parse_math=False, fontsize=8)
    if shown["says"]:
        names, before, now = zip(*shown["says"], strict=True)
        places = range(len(names))
        right.barh([p - 0.2 for p in places], before, height=0.36, color="#999999", label="before")
        right.barh([p + 0.2 for p in places], now, height=0.36, color="#0072B2", label="now")
        right.set_yticks(places, [legible(name, 14) for name in names], parse_math=False)
        right.set(title="What the model says", xlabel="probability")
        right.legend()
    else:
        right.barh(range(len(tokens)), shown["moved"], color="#0072B2")
        right.set_yticks(range(len(tokens)), tokens, parse_math=False, fontsize=8)
        right.set(title="How far each token's last vector turned", xlabel="1 − cosine")
    right.invert_yaxis()
    return figure
