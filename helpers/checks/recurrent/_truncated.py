"""The exercise on truncated back-propagation through time and its known wrong answers."""

from __future__ import annotations

import torch

from helpers import recurrent
from helpers.checks.answers import Array
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake
from helpers.checks.recurrent._shared import dice


def _chunks(x, chunk):
    return [x[start : start + chunk] for start in range(0, len(x), chunk)]


def _gradient(cut="border", loss_of="all", begin="on", keep="sum", chunks=_chunks):
    """The gradient chunk by chunk, with something changed.

    Args:
        cut: where the state is detached: "border", "never", "step" (everywhere), "late" (after a chunk's first step).
        loss_of: the states whose squares count: "all", "last" of each chunk.
        begin: the state a chunk begins with: "on" from the chunk before, "again" the first one, "zero".
        keep: what is returned of the chunks' gradients: "sum", "mean", "last", "first". chunks: how x is cut.
    """

    def answer(x, h, wx, wh, b, chunk):
        first, found, graph = h, [], 0.0
        for part in chunks(x, chunk):
            h = {"on": h, "again": first, "zero": torch.zeros_like(first)}[begin]
            h = h.detach() if cut == "border" else h
            states = []
            for place, now in enumerate(part):
                h = recurrent.rnn_step(now, h.detach() if cut == "step" else h, wx, wh, b)
                states.append(h)
                h = h.detach() if cut == "late" and place == 0 else h
            loss = (states[-1] ** 2).sum() if loss_of == "last" else sum((state**2).sum() for state in states)
            found.append(loss)
        if keep in ("last", "first"):
            found = found[-1:] if keep == "last" else found[:1]
        graph = sum(found) / (len(found) if keep == "mean" else 1)
        return torch.autograd.grad(graph, wh)[0]

    return answer


def _one_loss_at_the_end(x, h, wx, wh, b, chunk):
    for now in x:
        h = recurrent.rnn_step(now, h, wx, wh, b)
    return torch.autograd.grad((h**2).sum(), wh)[0]


def _mean_of_squares(x, h, wx, wh, b, chunk):
    total = 0
    for part in _chunks(x, chunk):
        h, loss = h.detach(), 0
        for now in part:
            h = recurrent.rnn_step(now, h, wx, wh, b)
            loss = loss + (h**2).mean()
        total = total + torch.autograd.grad(loss, wh)[0]
    return total


def _no_squares(x, h, wx, wh, b, chunk):
    total = 0
    for part in _chunks(x, chunk):
        h, loss = h.detach(), 0
        for now in part:
            h = recurrent.rnn_step(now, h, wx, wh, b)
            loss = loss + h.sum()
        total = total + torch.autograd.grad(loss, wh)[0]
    return total


def _freed_graph(x, h, wx, wh, b, chunk):
    total = 0
    for part in _chunks(x, chunk):
        loss = 0
        for now in part:
            h = recurrent.rnn_step(now, h, wx, wh, b)
            loss = loss + (h**2).sum()
        total = total + torch.autograd.grad(loss, wh)[0]
    return total


MISTAKES = (
    Mistake(
        "no-detach",
        "That is the whole gradient, through every border. Cut it: `h = h.detach()` before each chunk.",
        (_gradient(cut="never"),),
    ),
    Mistake(
        "second-backward",
        "PyTorch complains because the second chunk's gradient wants to go back through the first, whose "
        "graph is gone. Cut it off: `h = h.detach()` before each chunk.",
        (_freed_graph,),
    ),
    Mistake(
        "detaches-every-step",
        "The gradient is cut at every step, so nothing is learned about what is one place back. Detach once "
        "for each chunk, before its first step.",
        (_gradient(cut="step"),),
    ),
    Mistake(
        "detaches-late",
        "The cut stands one step late, after the first step of a chunk. Detach before it.",
        (_gradient(cut="late"),),
    ),
    Mistake(
        "starts-over",
        "Each chunk begins with the very first state. The numbers of the state go on from chunk to chunk; only "
        "the gradient stops.",
        (_gradient(begin="again"),),
    ),
    Mistake(
        "starts-at-zero",
        "Each chunk begins with zeros, and forgets what was read. The numbers of the state go on; only the "
        "gradient stops.",
        (_gradient(begin="zero"),),
    ),
    Mistake(
        "last-chunk-only",
        "That is the last chunk's gradient. Add up those of all chunks.",
        (_gradient(keep="last"),),
    ),
    Mistake(
        "first-chunk-only",
        "That is the first chunk's gradient. Go on with the others and add theirs.",
        (_gradient(keep="first"),),
    ),
    Mistake(
        "drops-the-rest",
        "The last chunk is missing where it is shorter than the others. Read it too.",
        (_gradient(chunks=lambda x, n: [part for part in _chunks(x, n) if len(part) == n] or [x]),),
    ),
    Mistake(
        "last-state-only",
        "The loss has only the last state of each chunk. It is the sum over all states.",
        (_gradient(loss_of="last"),),
    ),
    Mistake(
        "one-loss-at-the-end",
        "The loss has only the very last state. It is the sum over all states, chunk by chunk.",
        (_one_loss_at_the_end,),
    ),
    Mistake(
        "mean-over-chunks",
        "You took the mean over the chunks; the gradients are added up.",
        (_gradient(keep="mean"),),
    ),
    Mistake(
        "mean-of-squares",
        "The loss has the mean of the squares. It is their sum, over all units of all states.",
        (_mean_of_squares,),
    ),
    Mistake(
        "no-squares",
        "The loss adds up the states themselves. Square them first.",
        (_no_squares,),
    ),
    Mistake(
        "halves-the-text",
        "You cut the text into `chunk` pieces. It is cut into pieces of `chunk` places.",
        (_gradient(chunks=lambda x, n: x.tensor_split(n)), _gradient(chunks=lambda x, n: x.chunk(n))),
    ),
)


def _case(t: int, d: int, n: int, chunk: int, about: str) -> Case:
    draw = dice(3000 + 100 * t + 10 * d + n + chunk)
    args = draw(t, d), draw(n, size=0.6), draw(n, d), draw(n, n, size=0.8).requires_grad_(), draw(n, size=0.3)
    return Case((*args, chunk), about)


truncated_gradient = Check(
    Exercise(
        name="recurrent.truncated_gradient",
        title="Truncated back-propagation",
        difficulty="hard",
        minutes=12,
        arguments=("x", "h", "weight_x", "weight_h", "bias", "chunk"),
        reference=recurrent.truncated_gradient,
        answer=Array("the gradient by weight_h, a tensor (N, N)"),
        cases=(
            _case(2, 1, 1, 2, "two places in one chunk"),
            _case(4, 2, 2, 2, "four places in chunks of two"),
            _case(6, 2, 2, 3, "six places in chunks of three"),
            _case(7, 2, 3, 3, "seven places in chunks of three, the last of one"),
            _case(5, 3, 2, 1, "five places in chunks of one"),
            _case(12, 2, 3, 5, "twelve places in chunks of five, the last of two"),
        ),
        mistakes=MISTAKES,
        hints=(
            "Go through `x[start : start + chunk]` for start = 0, chunk, 2·chunk, … Before each chunk: "
            "`h = h.detach()`. Within it, step and add `(h ** 2).sum()` to the chunk's loss.",
            "At the end of each chunk, `torch.autograd.grad(loss, weight_h)[0]` is its gradient, (N, N). Add it to a "
            "total that began as zeros, and return the total.",
        ),
    )
)
