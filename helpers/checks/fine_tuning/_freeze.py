"""The exercise on freezing and its known wrong answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from helpers import bert, fine_tuning
from helpers.checks.answers import Reading, _never_an_answer
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake
from helpers.checks.guard import Stop
from helpers.checks.show import kind


@dataclass(frozen=True)
class Frozen:
    """A classifier, read as numbers: what learns, how much dropout there is now and after `train()`, its weights."""

    wanted: str = "the classifier itself"

    def read(self, value: Any, args: tuple) -> Reading:
        """Read an answer; the chance of each dropout layer is asked before and after `train()`."""
        if (never := _never_an_answer(value, self.wanted)) is not None:
            return never
        if not isinstance(value, bert.Classifier):
            return Reading(None, "wrong-type", f"Your function returns an object of type {kind(value)}; expected "
                                               f"{self.wanted}, so that it can be used at once.")  # fmt: skip
        try:
            learns = [float(weight.requires_grad) for weight in value.parameters()]
            total = [float(weight.detach().double().abs().sum()) for weight in value.parameters()]
            now = _chances(value)
            after = _chances(value.train())
            return Reading(np.array([*learns, *now, *after, *total]))
        except Stop:
            raise
        except BaseException:
            return Reading(None, "broken", "The classifier that comes back can no longer be put into training mode.")


def _chances(model: nn.Module) -> list[float]:
    """The chance with which each dropout layer leaves out a number as things stand, by the layers' names."""
    return [getattr(layer, "p", 0.0) if layer.training else 0.0 for name, layer in model.named_modules()
            if name.endswith("dropout")]  # fmt: skip


def _freeze(parts="first", grad=True, drop="zero"):
    """Freezing, with something changed.

    Args:
        parts: "first" (embedding and the first n blocks), "blocks", "embedding", "encoder", "all", "head", "last" (the
            last n blocks), "more" or "fewer" (by one block), "rest" (all that should learn).
        grad: whether gradients are switched off. drop: dropout is put to "zero", switched off by "eval", "left", or
            zero "everywhere"; "eval-all" puts the whole model in eval mode.
    """

    def answer(classifier, n):
        encoder, blocks = classifier.encoder, classifier.encoder.blocks
        chosen = {"first": [encoder.embedding, *blocks[:n]], "blocks": blocks[:n], "embedding": [encoder.embedding],
                  "encoder": [encoder], "all": [classifier], "head": [classifier.to_logits],
                  "last": [encoder.embedding, *blocks[len(blocks) - n :]],
                  "more": [encoder.embedding, *blocks[: n + 1]],
                  "fewer": [encoder.embedding, *blocks[: max(n - 1, 0)]],
                  "rest": [*blocks[n:], classifier.to_logits]}[parts]  # fmt: skip
        for part in chosen:
            if grad:
                part.requires_grad_(False)
            if drop == "eval":
                part.eval()
            elif drop == "zero":
                fine_tuning.without_dropout(part)
        if drop == "everywhere":
            fine_tuning.without_dropout(classifier)
        elif drop == "eval-all":
            classifier.eval()
        return classifier

    return answer


MISTAKES = (
    Mistake(
        "dropout-left",
        "The right weights are frozen, but their dropout goes on: the same text leaves the frozen part with other "
        "numbers each time. Put `p` of the Dropout layers in there to 0.",
        (_freeze(drop="left"),),
    ),
    Mistake(
        "eval-only",
        "`eval()` switches dropout off, and the training loop's `train()` switches it on again, for the whole model. "
        "Put `p` of the frozen Dropout layers to 0.",
        (_freeze(drop="eval"),),
    ),
    Mistake(
        "eval-everything",
        "The whole classifier is in `eval` mode. Only the frozen part is to go without dropout, and it must stay so "
        "after `train()`.",
        (_freeze(drop="eval-all"),),
    ),
    Mistake(
        "dropout-gone-everywhere",
        "Dropout is gone in the parts that still learn, too. Take it from the frozen part alone.",
        (_freeze(drop="everywhere"),),
    ),
    Mistake(
        "gradients-left",
        "Dropout is gone, but the weights still learn. `part.requires_grad_(False)` freezes all weights of a part.",
        (_freeze(grad=False),),
    ),
    Mistake(
        "nothing-changed",
        "Nothing is frozen: all weights still learn. `torch.no_grad()` holds only while its block runs.",
        (_freeze(grad=False, drop="left"),),
    ),
    Mistake(
        "embedding-forgotten",
        "The blocks are frozen, the embeddings below them are not. What is under a frozen block should be frozen too.",
        (_freeze("blocks"), _freeze("blocks", drop="left")),
    ),
    Mistake(
        "embedding-only",
        "The embeddings are frozen, the blocks are not. The first `n_blocks` of them belong to the frozen part.",
        (_freeze("embedding"), _freeze("embedding", drop="left")),
    ),
    Mistake(
        "whole-encoder",
        "The whole encoder is frozen. The blocks after the first `n_blocks` are to go on learning.",
        (_freeze("encoder"), _freeze("encoder", drop="left")),
    ),
    Mistake(
        "head-frozen",
        "The head is frozen as well, and it starts from chance: then nothing can be learned. Leave it.",
        (_freeze("all"), _freeze("all", drop="left")),
    ),
    Mistake(
        "only-the-head-frozen",
        "You froze the head and left the encoder free. It is the other way round.",
        (_freeze("head"), _freeze("head", drop="left")),
    ),
    Mistake(
        "last-blocks",
        "You froze the last blocks. The first ones, next to the embeddings, hold what is most general; freeze those.",
        (_freeze("last"), _freeze("last", drop="left")),
    ),
    Mistake(
        "wrong-way-round",
        "You froze what should learn, and left what should be frozen.",
        (_freeze("rest"), _freeze("rest", drop="left")),
    ),
    Mistake(
        "one-block-too-many",
        "One block too many is frozen: `blocks[:n_blocks]` are the first `n_blocks`.",
        (_freeze("more"), _freeze("more", drop="left")),
    ),
    Mistake(
        "one-block-too-few",
        "One block too few is frozen: `blocks[:n_blocks]` are the first `n_blocks`.",
        (_freeze("fewer"), _freeze("fewer", drop="left")),
    ),
)


def _case(n_layers: int, n_blocks: int, about: str) -> Case:
    torch_state = torch.get_rng_state()
    torch.manual_seed(n_layers + 10 * n_blocks)
    config = bert.bert_config(3, d_model=2, n_heads=1, n_layers=n_layers, context_len=5)
    model = bert.Classifier(bert.Encoder(config), pooling="mean").train()
    torch.set_rng_state(torch_state)
    return Case((model, n_blocks), about)


freeze = Check(
    Exercise(
        name="fine_tuning.freeze",
        title="Freezing",
        difficulty="medium",
        minutes=8,
        arguments=("classifier", "n_blocks"),
        reference=fine_tuning.freeze,
        answer=Frozen(),
        cases=(
            _case(1, 0, "one block, none of it frozen: the embeddings alone are"),
            _case(2, 1, "two blocks, the first frozen"),
            _case(4, 2, "four blocks, two frozen"),
            _case(2, 2, "two blocks, both frozen: only the head learns"),
        ),
        mistakes=MISTAKES,
        hints=(
            "The parts are `classifier.encoder.embedding` and `classifier.encoder.blocks[:n_blocks]`. "
            "`part.requires_grad_(False)` freezes all weights of one.",
            "`part.modules()` gives every layer inside a part. Where `isinstance(layer, torch.nn.Dropout)`, set "
            "`layer.p = 0.0`. Return the classifier.",
        ),
        may_change=("classifier",),
    )
)
