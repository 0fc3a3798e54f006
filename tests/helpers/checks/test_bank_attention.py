"""Exercises of lesson 06: right answers in several styles, wrong ones with the reason each must get."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.attention import scaled_dot_product
from helpers.checks import attention as checks

INF = float("inf")


# Scaled dot-product attention ------------------------------------------------------------
def attends(scale=None, hide=None, axis=-1, blind=True, mix=None, result=None):
    """Attention in a learner's words, with something changed."""

    def answer(query, key, value, mask):
        scores = torch.einsum("...tk,...sk->...ts", query, key)
        scores = scores / (math.sqrt(key.size(-1)) if scale is None else scale(query))
        if mask is not None:
            scores = hide(scores, mask) if hide else scores.masked_fill(mask.logical_not(), -INF)
        weights = torch.softmax(scores, dim=axis)
        if blind and mask is not None:
            weights = torch.where(mask, weights, torch.zeros_like(weights))
        output = mix(weights, key, value) if mix else torch.matmul(weights, value)
        return result(output, weights, scores) if result else (output, weights)

    return answer


def in_numpy(query, key, value, mask):
    query, key, value = query.numpy(), key.numpy(), value.numpy()
    scores = query @ key.swapaxes(-1, -2) / np.sqrt(query.shape[-1])
    allowed = np.ones(scores.shape, bool) if mask is None else np.broadcast_to(mask.numpy(), scores.shape)
    scores = np.where(allowed, scores, -np.inf)
    top = scores.max(-1, keepdims=True)
    raised = np.exp(scores - np.where(np.isinf(top), 0, top))
    weights = raised / np.maximum(raised.sum(-1, keepdims=True), 1e-7)
    return weights @ value, weights


def with_the_library(query, key, value, mask):
    eye = torch.eye(key.shape[-2], dtype=key.dtype).expand(*key.shape[:-1], key.shape[-2])
    found = [F.scaled_dot_product_attention(query, key, part, attn_mask=mask) for part in (value, eye)]
    if mask is None:
        return tuple(found)
    return tuple(part.masked_fill(~mask.any(-1, keepdim=True), 0.0) for part in found)


def nan_to_num(query, key, value, mask=None):
    scores = query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -INF)
    weights = scores.softmax(-1).nan_to_num(0.0)
    return [weights @ value, weights]


def writes(query, key, value, mask):
    query /= math.sqrt(query.shape[-1])
    return attends(scale=lambda q: 1.0)(query, key, value, mask)


def exponentials(query, key, value, mask):
    raised = torch.exp(query @ key.mT / query.shape[-1] ** 0.5)
    raised = raised if mask is None else raised * mask
    weights = raised / raised.sum(-1, keepdim=True)
    return weights @ value, weights


def only_square(query, key, value, mask):
    mask = mask if mask is None or mask.shape[-1] != mask.shape[-2] else mask.transpose(-1, -2)
    return attends()(query, key, value, mask)


def squeezes(query, key, value, mask):
    return attends()(query, key, value, mask if mask is None or mask.shape[-2] > 1 else mask.squeeze(-2))


def own_triangle(reach):
    def answer(query, key, value, mask):
        if mask is not None:
            mask = torch.arange(key.shape[-2]) <= torch.arange(query.shape[-2])[:, None] + reach
        return attends()(query, key, value, mask)

    return answer


def loops_in_float32(scores, mask):
    added, mask = torch.zeros(scores.shape), mask.expand(scores.shape)
    for place in np.ndindex(*scores.shape):
        added[place] = scores[place] if mask[place] else -INF
    return added


def renormalises(weights, mask):
    weights = weights * mask
    return weights / weights.sum(-1, keepdim=True)


def masks_afterwards(query, key, value, mask, clean=lambda weights: weights):
    weights = (query @ key.mT / query.shape[-1] ** 0.5).softmax(-1)
    weights = weights if mask is None else clean(renormalises(weights, mask))
    return weights @ value, weights


SCALED_RIGHT = [
    attends(), in_numpy, with_the_library, nan_to_num,
    attends(hide=lambda s, m: s + torch.zeros(m.shape, dtype=s.dtype).masked_fill(~m, -INF)),
    attends(hide=lambda s, m: s - s.new_full(m.shape, INF).masked_fill(m, 0)),
]  # fmt: skip
SCALED_WRONG = [
    ("softmax-axis", attends(axis=-2)),
    ("softmax-axis", attends(axis=0)),
    ("softmax-axis", attends(axis=-2, blind=False)),
    ("no-scaling", attends(scale=lambda q: 1)),
    ("scaled-by-k", attends(scale=lambda q: q.size(-1))),
    ("scaled-up", attends(scale=lambda q: 1 / math.sqrt(q.size(-1)))),
    ("scaled-by-d-model", attends(scale=lambda q: math.sqrt(q.size(-1) * (q.size(1) if q.dim() == 4 else 1)))),
    ("scaled-by-length", attends(scale=lambda q: math.sqrt(q.size(-2)))),
    ("scales-after-softmax", attends(scale=lambda q: 1, mix=lambda w, k, v: w @ v / math.sqrt(k.size(-1)))),
    ("mask-after-softmax", attends(hide=lambda s, m: s)),
    ("mask-ignored", lambda q, k, v, m: scaled_dot_product(q, k, v)),
    ("mask-inverted", attends(hide=lambda s, m: s.masked_fill(m, -INF), blind=False)),
    ("mask-inverted", lambda q, k, v, m: scaled_dot_product(q, k, v, m if m is None else ~m)),
    ("mask-transposed", only_square),
    ("mask-broadcasts", squeezes),
    ("mask-of-first", lambda q, k, v, m: attends()(q, k, v, m[0][None] if m is not None and m.ndim > 2 else m)),
    ("sees-one-ahead", own_triangle(1)),
    ("own-causal-mask", own_triangle(0)),
    ("zero-is-no-mask", attends(hide=lambda s, m: s * m, blind=False)),
    ("zero-is-no-mask", attends(hide=lambda s, m: torch.where(m, s, torch.full_like(s, 1e-9)), blind=False)),
    ("large-number-overflows", attends(hide=lambda s, m: s.masked_fill(m == 0, -1e9))),
    ("large-number-overflows", attends(hide=lambda s, m: s.masked_fill(m == 0, -1e9), blind=False)),
    ("large-number-overflows", attends(hide=lambda s, m: s.masked_fill(~m, -1e20), blind=False)),
    ("large-finite-number", attends(hide=lambda s, m: torch.where(m, s, -1e9), blind=False)),
    ("large-finite-number", attends(hide=lambda s, m: torch.where(m, s, torch.finfo(s.dtype).min), blind=False)),
    ("finite-number-leaks", attends(hide=lambda s, m: s.masked_fill(~m, -1e4), blind=False)),
    ("finite-number-leaks", attends(hide=lambda s, m: s.masked_fill(~m, -1e3))),
    ("underflow", masks_afterwards),
    ("underflow", lambda *four: masks_afterwards(*four, clean=lambda w: w.nan_to_num(0))),
    ("other-dtype", attends(hide=lambda s, m: s + torch.zeros(m.shape).masked_fill(~m, -INF))),
    ("other-dtype", attends(hide=lambda s, m: s + torch.where(m, 0.0, -INF))),
    ("other-dtype", attends(hide=loops_in_float32)),
    ("nan-rows", attends(hide=lambda s, m: s + torch.where(m, 0.0, -INF), blind=False)),
    ("nan-rows", attends(blind=False)),
    ("unstable-softmax", exponentials),
    ("mask-none", lambda q, k, v, m: attends(hide=None)(q, k, v, ~~m)),
    ("asks-if-mask", lambda q, k, v, m: attends()(q, k, v, m if m else None)),
    ("t-reverses-all", lambda q, k, v, m: (q @ k.T if k.ndim > 2 else q, attends()(q, k, v, m))[1]),
    ("transposed-weights", attends(mix=lambda w, k, v: w.transpose(-1, -2) @ v)),
    ("mixes-keys", attends(mix=lambda w, k, v: w @ k)),
    ("returns-scores", attends(result=lambda o, w, s: (o, s))),
    ("returns-only-output", attends(result=lambda o, w, s: o)),
    ("returns-only-attention", attends(result=lambda o, w, s: w)),
    ("swapped-results", attends(result=lambda o, w, s: (w, o))),
    ("changes-input", writes),
    ("not-two", attends(result=lambda o, w, s: (o, w, s))),
    ("two-shapes", attends(result=lambda o, w, s: (o[..., :1, :].repeat_interleave(7, -2), w))),
    ("attention-right", attends(mix=lambda w, k, v: (w @ v).tanh())),
    ("rows-do-not-sum", attends(result=lambda o, w, s: (o, w * 0.9))),
    ("returns-none", attends(result=lambda o, w, s: (None, w))),
    ("wrong-type", attends(result=lambda o, w, s: (o, "w"))),
    ("exception", attends(result=lambda o, w, s: nothing)),  # noqa: F821
]


# The causal mask ------------------------------------------------------------
def causal_loops(n_queries, n_keys):
    return [[key <= query + n_keys - n_queries for key in range(n_keys)] for query in range(n_queries)]


CAUSAL_RIGHT = [
    causal_loops,
    lambda t, s: torch.ones(t, s, dtype=torch.bool).tril(diagonal=s - t),
    lambda t, s: ~torch.triu(torch.ones(t, s), s - t + 1).bool(),
    lambda t, s: np.tri(t, s, s - t, dtype=bool),
]
CAUSAL_WRONG = [
    ("true-forbids", lambda t, s: torch.ones(t, s).triu(s - t + 1) > 0),
    ("excludes-itself", lambda t, s: np.tri(t, s, s - t - 1, dtype=bool)),
    ("sees-one-ahead", lambda t, s: [[k <= q + s - t + 1 for k in range(s)] for q in range(t)]),
    ("upper-triangle", lambda t, s: torch.ones(t, s).triu(s - t) == 1),
    ("upper-triangle", lambda t, s: torch.ones(t, s).triu(diagonal=1).bool()),
    ("queries-first", lambda t, s: np.tri(t, s, dtype=bool)),
    ("square", lambda t, s: torch.tril(torch.ones(t, t)).bool()),
    ("square", lambda t, s: torch.tril(torch.ones(s, s)).bool()),
    ("queries-for-keys", lambda t, s: np.tri(t, s, s - t, dtype=bool).T),
    ("minus-infinities", lambda t, s: torch.full((t, s), -INF).triu(s - t + 1)),
    ("all-allowed", lambda t, s: torch.full((t, s), True)),
    ("diagonal-alone", lambda t, s: torch.eye(s, dtype=torch.bool)[-t:]),
    ("not-bool", lambda t, s: torch.ones(t, s).tril(s - t)),
    ("not-bool", lambda t, s: np.tri(t, s, s - t, dtype=int)),
    ("blind-query", lambda t, s: torch.ones(t, s).tril(s - t).bool() & (torch.arange(t)[:, None] > 0)),
    ("returns-none", lambda t, s: None),
    ("wrong-type", lambda t, s: "triangle"),
]


# Heads ------------------------------------------------------------
def heads(cut=None, join=None, mask_for=None, scale=1.0):
    """Attention in heads in a learner's words, with something changed."""

    def answer(query, key, value, n_heads, mask):
        b, t, d = query.shape
        cut_ = cut or (lambda x: x.reshape(b, x.shape[1], n_heads, d // n_heads).permute(0, 2, 1, 3))
        q, k, v = cut_(query), cut_(key), cut_(value)
        if mask is not None:
            mask = mask_for(mask) if mask_for else mask[:, None]
        mixed = F.scaled_dot_product_attention(q / scale, k, v, attn_mask=mask)
        return (join or (lambda x: x.permute(0, 2, 1, 3).reshape(b, t, d)))(mixed)

    return answer


def one_head_after_another(query, key, value, n_heads, mask):
    parts = zip(*(x.chunk(n_heads, dim=-1) for x in (query, key, value)), strict=True)
    return torch.cat([scaled_dot_product(q, k, v, mask)[0] for q, k, v in parts], dim=-1)


def straight(query, key, value, n_heads, mask):
    b, t, d = query.shape
    return heads(cut=lambda x: x.view(b, n_heads, -1, d // n_heads), join=lambda x: x.reshape(b, t, d))(
        query, key, value, n_heads, mask)  # fmt: skip


def straight_back(query, key, value, n_heads, mask):
    return heads(join=lambda x: x.reshape(query.shape))(query, key, value, n_heads, mask)


def tokens_never_meet(query, key, value, n_heads, mask):
    b, t, d = query.shape
    q, k, v = (x.reshape(b, -1, n_heads, d // n_heads) for x in (query, key, value))
    return scaled_dot_product(q, k, v)[0].reshape(b, t, d)


def every_other(query, key, value, n_heads, mask):
    x = [torch.stack([part[..., h::n_heads] for h in range(n_heads)], 1) for part in (query, key, value)]
    output = scaled_dot_product(*x, None if mask is None else mask[:, None])[0]
    return output.transpose(1, 2).flatten(2)


HEADS_RIGHT = [heads(), one_head_after_another, lambda *a: heads()(*a).numpy()]
HEADS_WRONG = [
    ("reshape-without-transpose", straight),
    ("join-without-transpose", straight_back),
    ("interleaved", every_other),
    ("mask-ignored", lambda q, k, v, n, m: heads()(q, k, v, n, None)),
    ("mask-inverted", heads(mask_for=lambda m: ~m[:, None])),
    ("one-head", lambda q, k, v, n, m: scaled_dot_product(q, k, v, m)[0]),
    ("scaled-by-d-model", lambda q, k, v, n, m: heads(scale=math.sqrt(n))(q, k, v, n, m)),
    ("heads-averaged", heads(join=lambda x: x.mean(dim=1))),
    ("not-joined", heads(join=lambda x: x)),
    ("not-joined", heads(join=lambda x: x.permute(0, 2, 1, 3))),
    ("heads-reversed", heads(join=lambda x: torch.cat(x.unbind(1)[::-1], dim=-1))),
    ("attends-over-heads", tokens_never_meet),
    ("returns-pair", lambda *a: (heads()(*a), None)),
    ("mask-over-batch", lambda q, k, v, n, m: heads(mask_for=lambda m: m)(q, k, v, n, m)),
    ("first-head-right", lambda q, k, v, n, m: torch.cat([heads()(q, k, v, n, m)[..., : q.shape[-1] // n],
                                                          q[..., q.shape[-1] // n :] + 1], -1)),
    ("returns-none", lambda *a: None),
    ("wrong-type", lambda *a: "heads"),
]  # fmt: skip


# Sinusoidal positions ------------------------------------------------------------
def waves(angle=None, place=None, start=0, swap=False):
    """Sinusoidal positions number by number, with something changed."""

    def answer(n_positions, d_model):
        table = [[0.0] * d_model for _ in range(n_positions)]
        for p in range(n_positions):
            for i in range(d_model // 2):
                a = (angle or (lambda p, i, d: p / 10000 ** (2 * i / d)))(p + start, i, d_model)
                sine, cosine = (place or (lambda i, d: (2 * i, 2 * i + 1)))(i, d_model)
                table[p][sine], table[p][cosine] = (math.cos(a), math.sin(a)) if swap else (math.sin(a), math.cos(a))
        return table

    return answer


def with_slices(n_positions, d_model):
    table = torch.zeros(n_positions, d_model)
    rates = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
    table[:, 0::2] = torch.sin(torch.arange(n_positions)[:, None] * rates)
    table[:, 1::2] = torch.cos(torch.arange(n_positions)[:, None] * rates)
    return table


SINUSOIDS_RIGHT = [waves(), with_slices, lambda t, d: np.array(waves()(t, d))]
SINUSOIDS_WRONG = [
    ("halves", waves(place=lambda i, d: (i, d // 2 + i))),
    ("exponent", waves(angle=lambda p, i, d: p / 10000 ** (i / d))),
    ("exponent-doubled", waves(angle=lambda p, i, d: p / 10000 ** (4 * i / d))),
    ("exponent-by-pairs", waves(angle=lambda p, i, d: p / 10000 ** (i / max(d / 2 - 1, 1)))),
    ("degrees", waves(angle=lambda p, i, d: math.radians(p / 10000 ** (2 * i / d)))),
    ("degrees", waves(angle=lambda p, i, d: math.degrees(p / 10000 ** (2 * i / d)))),
    ("from-one", waves(start=1)),
    ("cosine-first", waves(swap=True)),
    ("multiplies", lambda t, d: torch.stack(
        [w(torch.arange(t)[:, None] * 10000 ** (torch.arange(0, d, 2) / d)) for w in (torch.sin, torch.cos)],
        -1).flatten(-2)),
    ("other-base", waves(angle=lambda p, i, d: p / 1000 ** (2 * i / d))),
    ("transposed", lambda t, d: np.array(waves()(t, d)).T),
    ("one-angle-a-number", lambda t, d: [[(math.cos if j % 2 else math.sin)(p / 10000 ** (j / d)) for j in range(d)]
                                         for p in range(t)]),
    ("sines-only", lambda t, d: with_slices(t, d)[:, 0::2].repeat_interleave(2, dim=1)),
    ("angles", lambda t, d: [[p / 10000 ** (j // 2 * 2 / d) for j in range(d)] for p in range(t)]),
    ("position-zero", lambda t, d: with_slices(t, d) * 0.5 + 0.1),
    ("out-of-range", lambda t, d: with_slices(t, d) + torch.arange(t)[:, None] + 0.5),
    ("returns-none", lambda t, d: None),
    ("wrong-shape", lambda t, d: with_slices(t, d)[None]),
]  # fmt: skip


# A pre-norm block ------------------------------------------------------------
def step_by_step(x, attention_norm, attend, feed_forward_norm, feed_forward):
    normed = attention_norm(x)
    x = torch.add(x, attend(normed))
    residual = x
    x = feed_forward(feed_forward_norm(x))
    return residual + x


def in_a_module(x, n1, a, n2, f):
    class Block(nn.Module):
        def forward(self, x):
            for norm, part in ((n1, a), (n2, f)):
                x = x + part(norm(x))
            return x

    return Block()(x)


def adds_in_place(x, n1, a, n2, f):
    x += a(n1(x))
    x += f(n2(x))
    return x


def chain(first, second):
    return lambda x, n1, a, n2, f: second(first(x, n1, a), n2, f)


def post(x, norm, part):
    return norm(part(x) + x)


BLOCK_RIGHT = [step_by_step, in_a_module]
BLOCK_WRONG = [
    ("post-norm", chain(post, post)),
    ("no-residual", chain(lambda x, n, p: p(n(x)), lambda x, n, p: p(n(x)))),
    ("first-residual-missing", chain(lambda x, n, p: p(n(x)), lambda x, n, p: x + p(n(x)))),
    ("second-residual-missing", chain(lambda x, n, p: x + p(n(x)), lambda x, n, p: p(n(x)))),
    ("residual-to-the-start", lambda x, n1, a, n2, f: f(n2(x + a(n1(x)))) + x),
    ("one-norm-for-both", lambda x, n1, a, n2, f: step_by_step(x, n1, a, n1, f)),
    ("norms-swapped", lambda x, n1, a, n2, f: step_by_step(x, n2, a, n1, f)),
    ("norms-the-sum-too", lambda x, n1, a, n2, f: n2(step_by_step(x, n1, a, n2, f))),
    ("norms-the-result", chain(*[lambda x, n, p: x + n(p(x))] * 2)),
    ("residual-from-normed", chain(*[lambda x, n, p: n(x) + p(n(x))] * 2)),
    ("no-norm", chain(*[lambda x, n, p: x + p(x)] * 2)),
    ("second-norm-missing", chain(lambda x, n, p: x + p(n(x)), lambda x, n, p: x + p(x))),
    ("in-parallel", lambda x, n1, a, n2, f: x + (a(n1(x)) + f(n2(x)))),
    ("parts-swapped", lambda x, n1, a, n2, f: step_by_step(x, n2, f, n1, a)),
    ("attention-only", lambda x, n1, a, n2, f: a(n1(x)) + x),
    ("changes-input", adds_in_place),
    ("returns-none", lambda *a: None),
    ("exception", lambda x, n1, a, n2, f: step_by_step(x, n1, a, n2, g)),  # noqa: F821
]

BANKS = {
    "scaled_dot_product": (SCALED_RIGHT, SCALED_WRONG),
    "causal_mask": (CAUSAL_RIGHT, CAUSAL_WRONG),
    "attend_in_heads": (HEADS_RIGHT, HEADS_WRONG),
    "sinusoidal_positions": (SINUSOIDS_RIGHT, SINUSOIDS_WRONG),
    "pre_norm_block": (BLOCK_RIGHT, BLOCK_WRONG),
}


@pytest.mark.parametrize(("name", "place"), [(name, i) for name, bank in BANKS.items() for i in range(len(bank[0]))])
def test_right(name, place):
    result = getattr(checks, name)(BANKS[name][0][place], seconds=60)
    assert result.status == "right", (result.reason, result.message)


@pytest.mark.parametrize(("name", "place"), [(name, i) for name, bank in BANKS.items() for i in range(len(bank[1]))])
def test_wrong(name, place):
    reason, answer = BANKS[name][1][place]
    result = getattr(checks, name)(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


@pytest.mark.parametrize("name", BANKS)
def test_untried(name):
    assert getattr(checks, name)(lambda *args: ...).status == "untried"
