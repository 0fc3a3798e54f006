"""The exercise on splitting and joining heads and its known wrong answers."""

from __future__ import annotations

import torch

from helpers import attention
from helpers.checks.answers import Array
from helpers.checks.attention._shared import dice
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom


def _split(x, n):
    return x.unflatten(-1, (n, -1)).transpose(1, 2)


def _join(x):
    return x.transpose(1, 2).flatten(2)


def _no_transpose(x, n):
    return x.reshape(len(x), n, x.shape[1], -1)


def _interleaved(x, n):
    return x.unflatten(-1, (-1, n)).permute(0, 3, 1, 2)


def _over(mask):
    return mask.unsqueeze(1)


def _answer(split=_split, join=_join, over=_over, attend=attention.scaled_dot_product):
    """Attention in heads with something changed: how it splits, joins, or stretches the mask over the heads."""

    def answer(query, key, value, n_heads, mask):
        mask = None if mask is None else over(mask)
        output, _ = attend(split(query, n_heads), split(key, n_heads), split(value, n_heads), mask)
        return join(output)

    return answer


def _one_head(query, key, value, n_heads, mask):
    return attention.scaled_dot_product(query, key, value, mask)[0]


def _scaled_by_d_model(query, key, value, n_heads, mask):
    return _answer()(query / n_heads**0.5, key, value, n_heads, mask)


def _without_split_values(query, key, value, n_heads, mask):
    mask = None if mask is None else _over(mask)
    heads = (_split(x, n_heads) for x in (query, key, value))
    weights = attention.scaled_dot_product(*heads, mask)[1]  # (B, H, T, S)
    return weights.mean(1) @ value


def _mean_of_heads(x):
    return x.mean(1).repeat(1, 1, x.shape[1])


MISTAKES = (
    Mistake(
        "reshape-without-transpose",
        "Splitting is a reshape straight to (B, H, T, K): the numbers of different tokens are mixed. Make it "
        "(B, T, H, K) first, then exchange axes 1 and 2.",
        (_answer(split=_no_transpose), _answer(split=_no_transpose, join=lambda x: x.reshape(len(x), x.shape[2], -1))),
    ),
    Mistake(
        "join-without-transpose",
        "The heads are joined by a reshape of (B, H, T, K): numbers of different tokens land in one row. Bring the "
        "tokens back first: transpose(1, 2), then flatten(2).",
        (_answer(join=lambda x: x.reshape(len(x), x.shape[2], -1)),),
    ),
    Mistake(
        "interleaved",
        "A head takes every H-th number. It takes K neighbours: the last axis is H blocks of K, unflatten(-1, (H, K)).",
        (_answer(split=_interleaved), _answer(split=_interleaved,
                                              join=lambda x: x.permute(0, 2, 3, 1).flatten(2))),
    ),
    Mistake(
        "mask-over-batch",
        "The mask (B, 1 or T, S) was laid over (B, H, T, S) as it is: its texts were taken for heads. Give it an axis "
        "for the heads: mask.unsqueeze(1).",
        (_answer(over=lambda m: m),),
    ),
    Mistake(
        "mask-ignored",
        "The mask is not handed on. Each head needs it.",
        (_answer(over=lambda m: None),),
    ),
    Mistake(
        "mask-inverted",
        "The mask is used the wrong way round; scaled_dot_product wants True where attending is allowed.",
        (_answer(over=lambda m: ~m.unsqueeze(1)),),
    ),
    Mistake(
        "one-head",
        "That is attention with a single head over all numbers. Split them first.",
        (_one_head,),
    ),
    Mistake(
        "scaled-by-d-model",
        "The scores are scaled by the root of d_model. A head has K = d_model / n_heads numbers, and "
        "scaled_dot_product sees that by itself.",
        (_scaled_by_d_model,),
    ),
    Mistake(
        "heads-averaged",
        "The heads are averaged. They are joined, side by side: first head 1's K numbers, then head 2's.",
        (_answer(join=_mean_of_heads), _answer(join=lambda x: x.mean(1)), _answer(join=lambda x: x.sum(1)),
         _without_split_values),
    ),
    Mistake(
        "not-joined",
        "The heads are not joined: the answer still has four axes. Bring it back to (B, T, D).",
        (_answer(join=lambda x: x), _answer(join=lambda x: x.transpose(1, 2))),
    ),
    Mistake(
        "heads-reversed",
        "The heads stand in the wrong order. The first head's numbers come first.",
        (_answer(join=lambda x: _join(x.flip(1))),),
    ),
    Mistake(
        "attends-over-heads",
        "The axes of heads and tokens are not exchanged: the heads of a token look at each other, and tokens never "
        "meet. It must be (B, H, T, K) before attending.",
        (_answer(split=lambda x, n: x.unflatten(-1, (n, -1)), join=lambda x: x.flatten(2),
                 over=lambda m: None),
         _answer(split=lambda x, n: x.unflatten(-1, (n, -1)), join=lambda x: x.flatten(2))),
    ),
    Mistake(
        "returns-pair",
        "You return a pair. Only the joined output is wanted here, (B, T, D).",
        (lambda q, k, v, n, m: (_answer()(q, k, v, n, m), None),),
    ),
    Mistake(
        "heads-by-width",
        "n_heads was taken for the width of a head. It is how many heads there are; each is d_model / n_heads wide.",
        (_answer(split=lambda x, n: x.unflatten(-1, (-1, n)).transpose(1, 2)),),
    ),
)  # fmt: skip


def _case(about: str, seed: int, b: int, t: int, s: int, d: int, n_heads: int, mask=None) -> Case:
    draw = dice(seed)
    mask = None if mask is None else torch.tensor(mask, dtype=torch.bool)
    return Case((draw(b, t, d), draw(b, s, d), draw(b, s, d), n_heads, mask), about)


attend_in_heads = Check(
    Exercise(
        name="attention.attend_in_heads",
        title="Split and join heads",
        difficulty="medium",
        minutes=10,
        arguments=("query", "key", "value", "n_heads", "mask"),
        reference=attention.attend_in_heads,
        answer=Array("a tensor (B, T, D)"),
        cases=(
            _case("one text, two tokens, two heads of two numbers", 21, 1, 2, 2, 4, 2),
            _case("two texts, three tokens, two heads of three", 22, 2, 3, 3, 6, 2),
            _case("two queries, four keys, three heads of two", 23, 2, 2, 4, 6, 3),
            _case("two texts, two heads, one text padded", 24, 2, 3, 3, 4, 2, [[[1, 1, 0]], [[1, 1, 1]]]),
            _case("one head", 25, 1, 3, 2, 4, 1),
            _case("three texts, a mask for each, three heads", 26, 3, 2, 2, 6, 3,
                  [[[1, 0], [1, 1]], [[1, 1], [0, 1]], [[1, 0], [0, 1]]]),
            _case("two heads of four", 27, 1, 2, 3, 8, 2),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom("first-head-right", "The first head's numbers are right, the others are not.",
                    lambda args, value: _first_head(args, value)),
        ),
        hints=(
            "`x.unflatten(-1, (n_heads, -1))` turns (B, T, D) into (B, T, H, K), and `.transpose(1, 2)` that into "
            "(B, H, T, K). Do so with all three. `attention.scaled_dot_product` takes any number of axes in front.",
            "A mask (B, 1 or T, S) needs an axis for the heads: `mask.unsqueeze(1)`. The way back: "
            "`.transpose(1, 2)`, then `.flatten(2)`.",
        ),
    )
)  # fmt: skip


def _first_head(args: tuple, value) -> bool:
    width = args[0].shape[-1] // args[3]
    expected = attention.attend_in_heads(*args).numpy()
    return bool((abs(value - expected)[..., :width] < 1e-5).all())
