"""The exercise on the LSTM step and its known wrong answers."""

from __future__ import annotations

from itertools import permutations

import torch

from helpers import recurrent
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom
from helpers.checks.recurrent._shared import Pair, blocks, dice

sigmoid, tanh = torch.sigmoid, torch.tanh


def _step(squeeze=(sigmoid, sigmoid, tanh, sigmoid), total=None, memory=None, state=None, order="ifgo", ends=None):
    """An LSTM step with something changed.

    Args:
        squeeze: what i, f, g and o go through. total: (x, h, wx, wh, b) -> the sum (B, 4N).
        memory: (i, f, g, o, c, h) -> new c. state: (o, new c, old c, g) -> new h.
        order: which blocks are taken for i, f, g, o. ends: (h, c, old) -> what is returned.
    """
    total = total or (lambda x, h, wx, wh, b: x @ wx.T + h @ wh.T + b)
    memory = memory or (lambda i, f, g, o, c, h: f * c + i * g)
    state = state or (lambda o, c, before, g: o * tanh(c))
    ends = ends or (lambda h, c: (h, c))

    def answer(x, h, c, wx, wh, b):
        wx, wh, b = (blocks(part, order, "ifgo") for part in (wx, wh, b))
        gates = total(x, h, wx, wh, b).chunk(4, dim=-1)
        i, f, g, o = (to(gate) for to, gate in zip(squeeze, gates, strict=True))
        new = memory(i, f, g, o, c, h)
        return ends(state(o, new, c, g), new)

    return answer


ORDERS = sorted("".join(order) for order in permutations("ifgo"))

MISTAKES = (
    Mistake(
        "input-forget-swapped",
        "The input gate and the forget gate are exchanged. The blocks stand in the order i, f, g, o, and f is "
        "the one that multiplies the old memory.",
        (_step(order="figo"), _step(memory=lambda i, f, g, o, c, h: i * c + f * g)),
    ),
    Mistake(
        "gate-order",
        "The blocks are taken in another order. PyTorch's is i, f, g, o: input gate, forget gate, candidate, "
        "output gate.",
        tuple(_step(order=order) for order in ORDERS if order not in ("ifgo", "figo")),
    ),
    Mistake(
        "interleaved",
        "The gates were taken as every fourth row. Each gate is one block of N neighbouring columns: use "
        "`chunk(4, dim=-1)`.",
        (_step(total=lambda x, h, wx, wh, b: _every_fourth(x @ wx.T + h @ wh.T + b)),),
    ),
    Mistake(
        "squeezes-swapped",
        "Sigmoid and tanh are exchanged: the three gates i, f, o go through the sigmoid (0 to 1, shut to open), "
        "the candidate g through tanh (-1 to 1).",
        (_step(squeeze=(tanh, tanh, sigmoid, tanh)),),
    ),
    Mistake(
        "candidate-sigmoid",
        "The candidate g went through the sigmoid, so the memory can only be added to. It goes through tanh.",
        (_step(squeeze=(sigmoid,) * 4),),
    ),
    Mistake(
        "gates-tanh",
        "All four parts went through tanh. The gates i, f and o go through the sigmoid: they are shares from 0 to 1.",
        (_step(squeeze=(tanh,) * 4),),
    ),
    Mistake(
        "no-squeeze",
        "The parts are used as they come out of the sum. The gates i, f and o need the sigmoid, g needs tanh.",
        (_step(squeeze=(lambda value: value,) * 4),),
    ),
    Mistake(
        "h-for-c",
        "The forget gate multiplies the old state h. It is the old memory c that it keeps or forgets.",
        (_step(memory=lambda i, f, g, o, c, h: f * h + i * g),),
    ),
    Mistake(
        "c-for-h",
        "The gates look at the memory c. They are computed from the input x and the state h.",
        (lambda x, h, c, wx, wh, b: _step(memory=lambda i, f, g, o, _, h: f * c + i * g)(x, c, c, wx, wh, b),),
    ),
    Mistake(
        "no-forget-gate",
        "The old memory is added whole: the forget gate is missing. The LSTM of 1997 had none; this one has.",
        (_step(memory=lambda i, f, g, o, c, h: c + i * g),),
    ),
    Mistake(
        "no-input-gate",
        "The candidate is added whole: the input gate is missing.",
        (_step(memory=lambda i, f, g, o, c, h: f * c + g),),
    ),
    Mistake(
        "coupled-gates",
        "You used 1 - f (or 1 - i) for the other gate. That is another cell; here each gate has weights of its own.",
        (
            _step(memory=lambda i, f, g, o, c, h: f * c + (1 - f) * g),
            _step(memory=lambda i, f, g, o, c, h: (1 - i) * c + i * g),
        ),
    ),
    Mistake(
        "forget-inverted",
        "The forget gate is used as 1 - f. In spite of its name it says how much is kept: f * c.",
        (_step(memory=lambda i, f, g, o, c, h: (1 - f) * c + i * g),),
    ),
    Mistake(
        "forgets-old-memory",
        "The old memory is missing: new c is f * c + i * g.",
        (_step(memory=lambda i, f, g, o, c, h: i * g),),
    ),
    Mistake(
        "no-tanh-of-c",
        "The new state is o * c. The memory goes through tanh first: o * tanh(c).",
        (_step(state=lambda o, c, before, g: o * c),),
    ),
    Mistake(
        "memory-squeezed",
        "You kept tanh(c) as the new memory. The tanh is for the state only; c itself stays unbounded.",
        (
            _step(ends=lambda h, c: (h, tanh(c))),
            _step(memory=lambda i, f, g, o, c, h: tanh(f * c + i * g), state=lambda o, c, before, g: o * c),
            _step(memory=lambda i, f, g, o, c, h: tanh(f * c + i * g)),
        ),
    ),
    Mistake(
        "old-c-out",
        "The new state is computed from the old memory. First make the new c, then h = o * tanh(new c).",
        (_step(state=lambda o, c, before, g: o * tanh(before)),),
    ),
    Mistake(
        "no-output-gate",
        "The output gate is missing: h = o * tanh(c).",
        (_step(state=lambda o, c, before, g: tanh(c)),),
    ),
    Mistake(
        "swapped-results",
        "You return (c, h). The state h comes first, as in PyTorch.",
        (_step(ends=lambda h, c: (c, h)),),
    ),
    Mistake(
        "forgets-bias",
        "The bias is missing. Add it to the sum before you cut it into four.",
        (_step(total=lambda x, h, wx, wh, b: x @ wx.T + h @ wh.T),),
    ),
    Mistake(
        "bias-twice",
        "The bias is added twice. It is one bias already: PyTorch's two, added up.",
        (_step(total=lambda x, h, wx, wh, b: x @ wx.T + h @ wh.T + 2 * b),),
    ),
    Mistake(
        "forgets-state",
        "The gates see only x. Add `h @ weight_h.T` to the sum.",
        (_step(total=lambda x, h, wx, wh, b: x @ wx.T + b),),
    ),
    Mistake(
        "forgets-input",
        "The gates see only h. Add `x @ weight_x.T` to the sum.",
        (_step(total=lambda x, h, wx, wh, b: h @ wh.T + b),),
    ),
)


def _every_fourth(total):
    return torch.cat([total[..., start::4] for start in range(4)], dim=-1)


def _case(batch: int, d: int, n: int, about: str) -> Case:
    draw = dice(1000 + 100 * batch + 10 * d + n)
    state = draw(batch, d), draw(batch, n, size=0.5), draw(batch, n, size=1.5)
    return Case((*state, draw(4 * n, d), draw(4 * n, n), draw(4 * n, size=0.5)), about)


lstm_step = Check(
    Exercise(
        name="recurrent.lstm_step",
        title="The LSTM step",
        difficulty="medium",
        minutes=10,
        arguments=("x", "h", "c", "weight_x", "weight_h", "bias"),
        reference=recurrent.lstm_step,
        answer=Pair(),
        cases=(
            _case(1, 1, 1, "one text, one number in, one unit"),
            _case(2, 2, 2, "two texts, two numbers in, two units"),
            _case(1, 3, 2, "three numbers in, two units"),
            _case(3, 2, 4, "three texts, two numbers in, four units"),
            _case(4, 3, 3, "four texts, three numbers in, three units"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "state-out-of-range",
                "Some numbers of h are above 1 or below -1, where o * tanh(c) never goes.",
                lambda args, value: bool((abs(value[0]) > 1 + 1e-6).any()),
            ),
            Symptom(
                "memory-right",
                "The memory c is right and the state h is not: h = o * tanh(c), with the new c.",
                lambda args, value: _memory_is_right(args, value),
            ),
        ),
        hints=(
            "`x @ weight_x.T + h @ weight_h.T + bias` is (B, 4N). `.chunk(4, dim=-1)` cuts it into i, f, g, o, "
            "(B, N) each. Three of them go through `torch.sigmoid`, g through `torch.tanh`.",
            "Then two lines: the new c keeps `f * c` and adds `i * g`; the new h is o times the tanh of the new c. "
            "Return both, h first.",
        ),
    )
)


def _memory_is_right(args: tuple, value) -> bool:
    _, c = recurrent.lstm_step(*args)
    return bool(abs(value[1] - c.numpy()).max() < 1e-4)
