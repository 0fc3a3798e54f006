"""The known wrong answers to scaled dot-product attention, with what each learner is told."""

from __future__ import annotations

import math

import torch

from helpers.checks.attention._scaled_wrong import (
    INF,
    _answer,
    _asks_if,
    _clean,
    _given,
    _naive,
    _needs_mask,
    _number,
    _own_mask,
    _softmax,
)
from helpers.checks.exercise import Mistake

MISTAKES = (
    Mistake(
        "softmax-axis",
        "The rows do not sum to one: the softmax runs over the wrong axis. Each query shares out its attention over "
        "the keys, the last axis.",
        tuple(_answer(weigh=lambda s, d=d: _softmax(s, d), after=a) for d in (0, 1, -2) for a in (None, _clean)),
    ),
    Mistake(
        "no-scaling",
        "The scores are not scaled. Divide them by the root of K, the number of numbers in a query.",
        (_answer(divide=lambda q, k, v: 1.0), _answer(divide=lambda q, k, v: 1.0, after=None)),
    ),
    Mistake(
        "scaled-by-k",
        "The scores are divided by K itself. It is its root: query.shape[-1] ** 0.5.",
        (_answer(divide=lambda q, k, v: q.shape[-1]), _answer(divide=lambda q, k, v: q.shape[-1], after=None)),
    ),
    Mistake(
        "scaled-up",
        "The scores are multiplied by the root of K, which makes them larger still. Divide.",
        (_answer(divide=lambda q, k, v: q.shape[-1] ** -0.5), _answer(divide=lambda q, k, v: q.shape[-1] ** -0.5,
                                                                      after=None)),
    ),
    Mistake(
        "scaled-by-d-model",
        "With several heads the scores are divided by the root of d_model, all heads together. Each head has K numbers "
        "of its own: the last axis of query says how many.",
        (_answer(divide=lambda q, k, v: (math.prod(q.shape[-3:]) / q.shape[-2]) ** 0.5 if q.ndim == 4
                 else q.shape[-1] ** 0.5),),
    ),
    Mistake(
        "scaled-by-length",
        "The scores are divided by the root of another size, such as the number of tokens. It is that of K, the last "
        "axis of query.",
        tuple(_answer(divide=by, after=a) for a in (None, _clean) for by in (
            lambda q, k, v: q.shape[-2] ** 0.5, lambda q, k, v: k.shape[-2] ** 0.5,
            lambda q, k, v: v.shape[-1] ** 0.5, lambda q, k, v: len(q) ** 0.5)),
    ),
    Mistake(
        "scales-after-softmax",
        "The weights are divided after the softmax, so that the rows no longer sum to one. Scale the scores before it.",
        tuple(_answer(divide=lambda q, k, v: 1.0, after=a,
                      sum_up=lambda w, q, k, v: w / q.shape[-1] ** 0.5 @ v) for a in (None, _clean)),
    ),
    Mistake(
        "mask-after-softmax",
        "The mask comes after the softmax, so the rows no longer sum to one: what forbidden keys got is lost. Hide "
        "their scores before the softmax.",
        (_answer(hide=lambda s, m: s),),
    ),
    Mistake(
        "mask-ignored",
        "The mask has no effect. Where it is False, the score must become minus infinity before the softmax.",
        (_answer(hide=lambda s, m: s, after=None),),
    ),
    Mistake(
        "mask-inverted",
        "The mask is used the wrong way round: here True means that attending is allowed. Forbid where it is False, "
        "`~mask`.",
        (_answer(of_mask=_given(lambda m: ~m)), _answer(of_mask=_given(lambda m: ~m), after=None),
         _answer(of_mask=_given(lambda m: ~m), after=lambda w, m: w.nan_to_num(0.0))),
    ),
    Mistake(
        "mask-transposed",
        "The mask is transposed: its rows are queries and its columns keys, as in the scores.",
        (_answer(of_mask=_given(lambda m: m.mT if m.shape[-1] == m.shape[-2] else m)),
         _answer(of_mask=_given(lambda m: m.mT if m.shape[-1] == m.shape[-2] else m), after=None)),
    ),
    Mistake(
        "mask-broadcasts",
        "The mask has lost an axis and then fits in a wrong place, without an error: (B, 1, S) became (B, S), and the "
        "texts of the batch were taken for queries. Leave its shape as it is; it broadcasts.",
        tuple(_answer(of_mask=_given(lambda m: m.squeeze(-2) if m.shape[-2] == 1 else m), after=a)
              for a in (None, _clean)),
    ),
    Mistake(
        "mask-of-first",
        "The mask of the first text is used for the whole batch. Each text has its own padding.",
        tuple(_answer(of_mask=_given(lambda m: m[:1] if m.ndim > 2 else m), after=a) for a in (None, _clean)),
    ),
    Mistake(
        "sees-one-ahead",
        "A future token is seen: the mask that was given is replaced by a triangle that reaches one place too far. "
        "Use the mask as it comes.",
        tuple(_answer(of_mask=_own_mask(1), after=a) for a in (None, _clean)),
    ),
    Mistake(
        "own-causal-mask",
        "Your function makes a causal mask of its own and forgets the one it is given, such as one for padding.",
        tuple(_answer(of_mask=_own_mask(0), after=a) for a in (None, _clean)),
    ),
    Mistake(
        "zero-is-no-mask",
        "Forbidden scores became 0 (or next to it: 1e-9 is not -1e9). The exponential of 0 is 1, so such keys still "
        "get weight. Use minus infinity.",
        tuple(_answer(hide=hide, after=None) for hide in (
            lambda s, m: s * m, lambda s, m: s.masked_fill(~m, 0.0), lambda s, m: s.masked_fill(~m, 1e-9))),
    ),
    Mistake(
        "underflow",
        "You masked after the softmax and then divided again. The softmax takes off the largest of all scores, "
        "forbidden ones too: if that one is far above the rest, exp of all that is allowed is 0. Mask first.",
        tuple(_answer(hide=lambda s, m: s, after=lambda w, m, a=a: a(w * m)) for a in (
            lambda w: (w / w.sum(-1, keepdim=True)).nan_to_num(0.0), lambda w: w / w.sum(-1, keepdim=True),
            lambda w: w / (w.sum(-1, keepdim=True) + 1e-9), lambda w: w / w.sum(-1, keepdim=True).clamp(min=1e-6))),
    ),
    Mistake(
        "other-dtype",
        "Right, but for numbers of 16 bits (float16): torch.zeros(…), torch.where(mask, 0.0, …) and a bool times a "
        "number are float32, and the product with value then mixes two dtypes. Fill the scores that you have, "
        "scores.masked_fill(~mask, float('-inf')), or pass dtype=scores.dtype.",
        (_answer(hide=lambda s, m: s + torch.where(m, 0.0, -INF)),),
    ),
    Mistake(
        "large-number-overflows",
        "-1e9 does not exist in float16, where the largest number is 65,504: your function raises an error there, as "
        "models often run. Use minus infinity, float('-inf').",
        (_number(-1e9, _clean)[0], _number(-1e9)[0], _number(-1e30)[0]),
    ),
    Mistake(
        "large-finite-number",
        "A large finite number is not minus infinity: a query whose keys are all forbidden gets equal weights for all "
        "of them. Fill with float('-inf'), and give such a query zeros.",
        (*_number(-1e9)[1:], *_number(-1e30)[1:], _answer(
            hide=lambda s, m: s.masked_fill(~m, torch.finfo(s.dtype).min), after=None)),
    ),
    Mistake(
        "finite-number-leaks",
        "The finite number that hides a score is not low enough: where allowed scores lie below it, a forbidden key "
        "gets the attention. Use minus infinity.",
        tuple(made for fill in (-1e4, -1e3, -100.0) for after in (None, _clean)
              for made in (_number(fill, after)[0], *_number(fill, after)[2:])),
    ),
    Mistake(
        "nan-rows",
        "A query that may look at nothing gets NaN: softmax over minus infinities is 0/0. Give it zeros, for example "
        "with masked_fill after the softmax.",
        (_answer(after=None), _answer(hide=lambda s, m: s + torch.where(m, 0.0, -INF), after=None),
         _answer(weigh=lambda s: _naive(s - s.amax(-1, keepdim=True)), after=None)),
    ),
    Mistake(
        "unstable-softmax",
        "With large scores there is NaN or infinity: exp overflows, or all of them vanish. Take off the largest score "
        "first, or use torch.softmax.",
        (_answer(weigh=_naive), _answer(weigh=_naive, after=None)),
    ),
    Mistake(
        "mask-none",
        "Without a mask your function fails: mask may be None, which forbids nothing. Ask `if mask is not None`.",
        _needs_mask(
            lambda s, m: s.masked_fill(~m, -INF),
            lambda s, m: s.masked_fill(m == 0, -INF),
            lambda s, m: torch.where(m, s, -INF),
            lambda s, m: s.masked_fill(m.logical_not(), -INF),
            lambda s, m: s.masked_fill(torch.logical_not(m), -INF),
        ),
    ),
    Mistake(
        "asks-if-mask",
        "`if mask:` asks a whole tensor for one truth value. Ask `if mask is not None:`.",
        (_asks_if,),
    ),
    Mistake(
        "t-reverses-all",
        "`.T` turns round all axes, which is right for matrices alone. For a batch exchange the last two: key.mT or "
        "key.transpose(-2, -1).",
        (_answer(product=lambda q, k: q @ k.T),),
    ),
    Mistake(
        "key-not-transposed",
        "The keys are not transposed. Scores are query @ key.mT: each query meets each key, (..., T, S).",
        (_answer(product=lambda q, k: q @ k), _answer(product=lambda q, k: q.mT @ k)),
    ),
    Mistake(
        "scores-transposed",
        "The scores are the wrong way round: rows are queries, columns are keys. It is query @ key.mT.",
        (_answer(product=lambda q, k: k @ q.mT), _answer(product=lambda q, k: k @ q.mT, after=None)),
    ),
    Mistake(
        "transposed-weights",
        "The values are mixed with transposed weights. It is attention @ value: each query's row meets all values.",
        (_answer(sum_up=lambda w, q, k, v: w.mT @ v),),
    ),
    Mistake(
        "mixes-keys",
        "The output mixes the keys. The keys have done their work in the scores; mix the values.",
        (_answer(sum_up=lambda w, q, k, v: w @ k),),
    ),
    Mistake(
        "returns-scores",
        "The second thing you return are the scores. Return the weights, after the softmax.",
        (_answer(ends=lambda o, w, s: (o, s)),),
    ),
    Mistake(
        "returns-only-output",
        "Only the output comes back. Return the pair (output, attention): the weights are what we want to look at.",
        (_answer(ends=lambda o, w, s: o), _answer(ends=lambda o, w, s: o, after=None)),
    ),
    Mistake(
        "returns-only-attention",
        "Only the weights come back. Return the pair (output, attention), the output being attention @ value.",
        (_answer(ends=lambda o, w, s: w), _answer(ends=lambda o, w, s: w, after=None)),
    ),
    Mistake(
        "swapped-results",
        "The two results are exchanged. Return (output, attention), in this order.",
        (_answer(ends=lambda o, w, s: (w, o)), _answer(ends=lambda o, w, s: (w, o), after=None)),
    ),
)  # fmt: skip
