"""The exercise on one step of beam search and its known wrong answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from helpers import decoding
from helpers.checks.answers import Array, Reading
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom
from helpers.checks.guard import Stop

FRACTIONS = "`/` gives fractions. The parent is the whole number of times V fits: `//`."
WANTED = "three tensors of the same length: (scores, parents, tokens)"


@dataclass(frozen=True)
class Three:
    """Three vectors of one length, read as an array (3, K)."""

    wanted: str = WANTED

    def read(self, value: Any, args: tuple) -> Reading:
        """Read an answer; anything but three vectors of one length is said."""
        if not isinstance(value, (tuple, list)):
            one = Array(self.wanted).read(value, args)
            if one.reason in ("returns-none", "returns-function", "returns-generator", "returns-coroutine"):
                return one
            return Reading(None, "not-three", f"Your function returns one thing; expected {self.wanted}.")
        try:
            if len(value) != 3:
                return Reading(None, "not-three", f"Your function returns {len(value)} things; expected {self.wanted}.")
            parts = [Array(self.wanted).read(part, args) for part in value]
        except Stop:
            raise
        except BaseException:
            return Reading(None, "wrong-type", f"What your function returns can't be read; expected {self.wanted}.")
        for part in parts:
            if part.value is None:
                return part
        if len({part.value.shape for part in parts}) > 1 or parts[0].value.ndim != 1:
            shapes = ", ".join(str(part.value.shape) for part in parts)
            return Reading(None, "three-shapes", f"The three have shapes {shapes}; expected one length, (K,), for all.")
        scores, *places = map(_is_float, value)
        if scores and any(places):  # floats can't be indices; whole scores: the three are in another order
            return Reading(None, "true-division", FRACTIONS)
        return Reading(np.stack([part.value for part in parts]))


def _is_float(part: Any) -> bool:
    part = part.detach() if isinstance(part, torch.Tensor) else part
    return len(part) > 0 and np.asarray(part).dtype.kind == "f"


def _best(totals, width, size, largest=True):
    best, places = totals.flatten().sort(descending=largest, stable=True)
    return best[:width], places[:width] // size, places[:width] % size


def _per_parent(scores, log_probs, width):
    """The best token of each beginning."""
    best, tokens = (scores[:, None] + log_probs).max(-1)
    order = best.argsort(descending=True)[:width]
    return best[order], order, tokens[order]


def _from_best(scores, log_probs, width):
    """Only the best beginning goes on."""
    parent = int(scores.argmax())
    totals, tokens = (scores[parent] + log_probs[parent]).sort(descending=True)
    return totals[:width], torch.full_like(tokens[:width], parent), tokens[:width]


def _with(change):
    """The right answer, changed afterwards: change(best, parents, tokens, vocab_size, number of beginnings)."""

    def answer(scores, log_probs, width):
        best, parents, tokens = _best(scores[:, None] + log_probs, width, log_probs.shape[1])
        return change(best, parents, tokens, log_probs.shape[1], len(scores))

    return answer


def _topk(scores, log_probs, width):
    best, places = (scores[:, None] + log_probs).flatten().topk(width)
    return best, places // log_probs.shape[1], places % log_probs.shape[1]


MISTAKES = (
    Mistake("forgets-scores", "The score of the beginning is missing: add it to the log-probability of the next token.",
            (lambda s, p, w: _best(p, w, p.shape[1]),)),
    Mistake("multiplies", "Logarithms are added, not multiplied: log(a · b) = log a + log b.",
            (lambda s, p, w: _best(s[:, None] * p, w, p.shape[1]), )),
    Mistake("adds-probabilities", "You left the logarithms: exp of both, multiplied, orders them alike, but the scores "
            "that go on must be log-probabilities.",
            (_with(lambda b, p, t, v, n: (b.exp(), p, t)),)),
    Mistake("worst-first", "These are the worst continuations. Log-probabilities are negative: the largest is the one "
            "nearest to 0.",
            (lambda s, p, w: _best(s[:, None] + p, w, p.shape[1], largest=False),)),
    Mistake("ascending", "The right ones, in the wrong order: the best comes first.",
            (_with(lambda b, p, t, v, n: (b.flip(0), p.flip(0), t.flip(0))),)),
    Mistake("one-per-beginning", "You kept one continuation of each beginning. Two of the best may share it.",
            (_per_parent,)),
    Mistake("best-beginning-only", "Only the best beginning went on. One that is behind may get ahead with its next "
            "token: that is what the beam is for.", (_from_best,)),
    Mistake("exchanged", "The three are in another order: return scores, parents, tokens.",
            (_with(lambda b, p, t, v, n: (p, t, b)), _with(lambda b, p, t, v, n: (t, p, b)),
             _with(lambda b, p, t, v, n: (b, t, p)))),
    Mistake("divides-by-beginnings", "A place in the flattened table is parent · V + token. Divide by V, the number of "
            "tokens, not by the number of beginnings.",
            (_with(lambda b, p, t, v, n: (b, (p * v + t) // n, (p * v + t) % n)),)),
    Mistake("flat-places", "The tokens are still places in the flattened table. Take the rest after dividing by V, "
            "`places % V`.",
            (_with(lambda b, p, t, v, n: (b, p, p * v + t)), _with(lambda b, p, t, v, n: (b, p * v + t, t)),
             _with(lambda b, p, t, v, n: (b, p * v + t, p * v + t)))),
    Mistake("true-division", FRACTIONS,
            (_with(lambda b, p, t, v, n: (b, (p * v + t) / v, t)),)),
    Mistake("keeps-all", "Everything is kept. Cut off after `width`.",
            (lambda s, p, w: _best(s[:, None] + p, 10**6, p.shape[1]),)),
    Mistake("width-too-large", "Right, until there are fewer continuations than `width`: `topk` then raises. Ask for "
            "min(width, how many there are).", (_topk,)),
    Mistake("wrong-axis", "The scores were added along the wrong axis: beginning w is row w, `scores[:, None]`.",
            (lambda s, p, w: _best(s + p, w, p.shape[1]),)),
)  # fmt: skip


def _case(beginnings: int, tokens: int, width: int, about: str) -> Case:
    generator = torch.Generator().manual_seed(100 * beginnings + 10 * tokens + width)
    scores = -torch.rand(beginnings, generator=generator) * 2 - 0.5
    log_probs = (torch.randn(beginnings, tokens, generator=generator) * 1.5).log_softmax(-1)
    return Case((scores.round(decimals=2), log_probs.round(decimals=3), width), about)


beam_step = Check(
    Exercise(
        name="seq2seq.beam_step",
        title="One step of beam search",
        difficulty="hard",
        minutes=12,
        arguments=("scores", "log_probs", "width"),
        reference=decoding.beam_step,
        answer=Three(),
        cases=(
            Case((torch.tensor([-0.5]), torch.tensor([[-0.3, -1.5, -3.0]]), 2), "one beginning, three tokens, width 2"),
            Case((torch.tensor([-0.5, -0.9]), torch.tensor([[-1.2, -1.1, -1.0], [-0.1, -3.0, -4.0]]), 2),
                 "two beginnings, the second with a very likely token"),
            Case((torch.tensor([-0.2, -3.0]), torch.tensor([[-0.7, -0.9, -2.0], [-0.4, -1.3, -2.0]]), 2),
                 "two beginnings, where both of the best go on from the first"),
            _case(3, 5, 3, "three beginnings, five tokens, width 3"),
            _case(2, 7, 4, "two beginnings, seven tokens, width 4"),
            _case(3, 3, 2, "as many beginnings as tokens"),
            _case(4, 3, 1, "width 1"),
            _case(1, 3, 8, "a width above the number of continuations"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom("not-sorted", "The scores must fall: the best continuation comes first.",
                    lambda args, value: bool((np.diff(value[0]) > 1e-6).any())),
            Symptom("does-not-add-up", "A score must be its parent's plus the log-probability of its token; yours "
                    "does not fit the parents and tokens beside it.",
                    lambda args, value: not np.allclose(value[0], (args[0].numpy()[value[1].astype(int)]
                                        + args[1].numpy()[value[1].astype(int), value[2].astype(int)]), atol=1e-4)),
            Symptom("not-the-best", "There are better continuations than these among all beginnings and tokens.",
                    lambda args, value: True),
        ),
        hints=(
            "`scores[:, None] + log_probs` is a table (W, V): every beginning with every next token. Flatten it, sort "
            "it downwards, keep the first `width`.",
            "A place in the flattened table is parent · V + token. So the parent is `places // V`, the token is "
            "`places % V`. Slicing `[:width]` also works when there are fewer.",
        ),
    )  # fmt: skip
)
