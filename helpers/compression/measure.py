"""Where the time goes: seconds by part through hooks, multiplications by arithmetic, milliseconds a text."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import torch
from torch import Tensor, nn

# Processor time, which other programs on the machine do not change; Windows counts it too coarsely.
CLOCK = time.perf_counter if sys.platform == "win32" else time.process_time
PROJECTIONS = ("to_query", "to_key", "to_value", "to_output")


def multiplications(config: object, n_tokens: int) -> dict[str, int]:
    """Multiply-adds that a BERT encoder makes for one text, by part; norms and activations are left out.

    Args:
        config: with d_model, width and n_layers. n_tokens: T.
    """
    d, per_layer = config.d_model, n_tokens * config.n_layers
    return {"embeddings": 0, "projections": 4 * d * d * per_layer, "scores and mixing": 2 * n_tokens * d * per_layer,
            "feed-forward": 2 * d * config.width * per_layer}  # fmt: skip


@torch.no_grad()
def seconds_by_part(classifier: nn.Module, token_ids: Tensor, repeats: int = 5) -> dict[str, float]:
    """Seconds of processor time that each part of an encoder takes for a batch, the median of some runs.

    Hooks note the clock before and after a part. Attention minus its four projections is scores and mixing; what no
    part accounts for (norms, sums, masks, the head on top) is "the rest".

    Args:
        classifier: with an `encoder`; hooks are taken off again. token_ids: (B, T).
    """
    encoder, spent, began, hooks = classifier.encoder, {}, {}, []

    def watch(module: nn.Module, part: str) -> None:
        def before(*_: object) -> None:
            began[module] = CLOCK()

        def after(*_: object) -> None:
            spent[part] = spent.get(part, 0.0) + CLOCK() - began[module]

        hooks.extend([module.register_forward_pre_hook(before), module.register_forward_hook(after)])

    runs = []
    try:
        watch(encoder.embedding, "embeddings")
        for block in encoder.blocks:
            watch(block.attention, "attention")
            watch(block.feed_forward, "feed-forward")
            for name in PROJECTIONS if block.attention.n_heads else ():
                watch(getattr(block.attention, name), "projections")
        for _ in range(repeats + 1):
            spent.clear()
            spent["projections"] = 0.0
            started = CLOCK()
            classifier(token_ids)
            whole = CLOCK() - started
            named = spent["embeddings"] + spent["attention"] + spent["feed-forward"]
            runs.append({"embeddings": spent["embeddings"], "projections": spent["projections"],
                         "scores and mixing": spent["attention"] - spent["projections"],
                         "feed-forward": spent["feed-forward"], "the rest": whole - named})  # fmt: skip
    finally:
        for hook in hooks:
            hook.remove()
    return {part: median(run[part] for run in runs[1:]) for part in runs[0]}


def seconds(work: Callable[[], object], repeats: int = 5) -> float:
    """Seconds of processor time that a piece of work takes: the median of some runs, after one that does not count."""
    work()
    found = []
    for _ in range(repeats):
        started = CLOCK()
        work()
        found.append(CLOCK() - started)
    return median(found)


def in_turn(works: dict[str, Callable[[], object]], repeats: int = 5, *, warm: bool = True) -> dict[str, float]:
    """Seconds of processor time of several pieces of work that take turns, so that a slow moment hits them all.

    Args:
        works: name -> what to do. repeats: of each, at least one; the median counts.
        warm: do each once beforehand, which does not count.
    """
    found: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values() if warm else ():
        work()
    for _ in range(repeats):
        for name, work in works.items():
            started = CLOCK()
            work()
            found[name].append(CLOCK() - started)
    return {name: median(values) for name, values in found.items()}


@dataclass(frozen=True)
class Outliers:
    """How large a layer's inputs are.

    Attributes:
        name: of the layer.
        largest: the largest magnitude of each of its input's numbers over all tokens, (D,), in their order.
        typical: the median of `largest`.
    """

    name: str
    largest: np.ndarray

    @property
    def typical(self) -> float:
        return float(np.median(self.largest))

    @property
    def ratio(self) -> float:
        """By how much the largest number exceeds the typical one."""
        return float(self.largest.max() / self.typical)


@torch.no_grad()
def input_ranges(model: nn.Module, token_ids: Tensor, pad_id: int = 0) -> list[Outliers]:
    """How large the inputs of each linear layer get, number by number, over the tokens of some texts.

    Args:
        model: classifier or encoder; hooks are taken off again. token_ids: (B, T); padding does not count.

    Source: Dettmers et al. (2022), section 4, who look for numbers that are large in nearly all layers.
    """
    used, found, hooks = token_ids != pad_id, [], []

    def note(name: str) -> Callable:
        def look(_: nn.Module, args: tuple[Tensor]) -> None:
            x = args[0]
            rows = x[used] if x.ndim == 3 and x.shape[:2] == used.shape else x.flatten(0, -2)
            found.append(Outliers(name, rows.abs().amax(dim=0).numpy()))

        return look

    for name, part in model.named_modules():
        if isinstance(part, nn.Linear):
            hooks.append(part.register_forward_pre_hook(note(name)))
    try:
        model(token_ids)
    finally:
        for hook in hooks:
            hook.remove()
    return found


def padding_share(lengths: Sequence[int], batches: Sequence[Sequence[int]]) -> float:
    """The share of padding among all places of some batches of texts, from 0 to 1."""
    places = sum(len(batch) * max(lengths[number] for number in batch) for batch in batches if batch)
    used = sum(lengths[number] for batch in batches for number in batch)
    return 1 - used / places if places else 0.0
