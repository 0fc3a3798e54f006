"""Lesson 05's exercises: right answers in several styles, wrong ones with the reason each must get."""

import math

import numpy as np
import pytest
import torch

from helpers.checks import seq2seq as checks

INF = math.inf


# Dot-product scores -------------------------------------------------
def scores_by_loops(query, key):
    if query.ndim > 2:
        return torch.stack([scores_by_loops(q, k) for q, k in zip(query, key, strict=True)])
    return torch.tensor([[sum(float(a * b) for a, b in zip(q, k, strict=True)) for k in key] for q in query])


def scores_in_place(query, key):
    query *= 2
    return query @ key.mT / 2


SCORES_RIGHT = [
    checks.dot_product_scores.reference,
    scores_by_loops,
    lambda q, k: torch.einsum("...tn,...sn->...ts", q, k),
    lambda q, k: (q.unsqueeze(-2) * k.unsqueeze(-3)).sum(-1),
    lambda q, k: np.matmul(q.numpy(), np.swapaxes(k.numpy(), -1, -2)),
    lambda q, k: q.matmul(k.transpose(-2, -1)),
]
SCORES_WRONG = [
    ("keys-by-queries", lambda q, k: torch.einsum("...tn,...sn->...st", q, k)),
    ("not-transposed", lambda q, k: torch.matmul(q, k)),
    ("all-axes-reversed", lambda q, k: q @ k.T),
    ("softmax", lambda q, k: torch.softmax(q @ k.transpose(-1, -2), -1)),
    ("scaled-by-root", lambda q, k: q @ k.mT * q.shape[-1] ** -0.5),
    ("mean-not-sum", lambda q, k: (q[..., None, :] * k[..., None, :, :]).mean(-1)),
    ("cosine", lambda q, k: torch.cosine_similarity(q[..., None, :], k[..., None, :, :], dim=-1)),
    ("distance", lambda q, k: (q[..., None, :] - k[..., None, :, :]).norm(dim=-1)),
    ("no-sum", lambda q, k: q.unsqueeze(-2) * k.unsqueeze(-3)),
    ("loses-sign", lambda q, k: torch.relu(q @ k.mT)),
    ("keys-with-keys", lambda q, k: torch.matmul(k, k.mT)),
    ("first-text-only", lambda q, k: q[0] @ k[0].mT if q.ndim > 2 else q @ k.T),
    ("opposite-sign", lambda q, k: -(q @ k.mT)),
    ("shifted", lambda q, k: q @ k.mT + 1),
    ("changes-input", scores_in_place),
    ("returns-none", lambda q, k: print("scores")),
    ("wrong-scores", lambda q, k: (q @ k.mT) ** 2 * (q @ k.mT).sign()),
    ("exception", lambda q, k: q.dot(k)),
    ("wrong-shape", lambda q, k: (q @ k.mT).sum(-1)),
]


# Masked softmax -----------------------------------------------------
def weights_by_loops(scores, mask):
    mask, result = mask.expand(scores.shape), torch.zeros_like(scores)
    for place in np.ndindex(*scores.shape[:-1]):
        allowed = [s for s in range(scores.shape[-1]) if mask[place][s]]
        top = max((float(scores[place][s]) for s in allowed), default=0)
        total = sum(math.exp(float(scores[place][s]) - top) for s in allowed)
        for s in allowed:
            result[place][s] = math.exp(float(scores[place][s]) - top) / total
    return result


def weights_in_place(scores, mask):
    scores[~mask.expand(scores.shape)] = -INF
    return scores.softmax(-1).nan_to_num()


SOFTMAX_RIGHT = [
    checks.masked_softmax.reference,
    weights_by_loops,
    lambda s, m: s.masked_fill(~m, -INF).softmax(-1).nan_to_num(),
    lambda s, m: torch.where(m, s, torch.finfo(s.dtype).min).softmax(dim=-1) * m,
    lambda s, m: (s + torch.zeros(m.shape).masked_fill(~m, -INF)).softmax(-1).masked_fill(~m, 0),
    lambda s, m: (s - s.masked_fill(~m, -INF).logsumexp(-1, keepdim=True)).masked_fill(~m, -INF).exp(),
]
SOFTMAX_WRONG = [
    ("mask-inverted", lambda s, m: torch.where(m, -INF, s).softmax(-1)),
    ("mask-inverted", lambda s, m: torch.where(m, -1e9, s).softmax(-1)),
    ("no-mask", lambda s, m: torch.softmax(s, dim=-1)),
    ("mask-after-softmax", lambda s, m: torch.where(m, s.softmax(-1), 0.0)),
    ("zero-score", lambda s, m: torch.where(m, s, 0.0).softmax(-1)),
    ("adds-mask", lambda s, m: (s + m.float()).softmax(dim=-1)),
    ("overflow", lambda s, m: torch.exp(s) * m / torch.sum(torch.exp(s) * m, -1, keepdim=True)),
    ("underflow", lambda s, m: torch.where(m, s.softmax(-1), 0) / torch.where(m, s.softmax(-1), 0).sum(-1, True)),
    ("blind-nan", lambda s, m: torch.where(m, s, -INF).softmax(-1)),
    ("blind-uniform", lambda s, m: torch.where(m, s, -1e20).softmax(-1)),
    ("finite-number", lambda s, m: torch.where(m, s, -100.0).softmax(-1) * m),
    ("finite-number", lambda s, m: torch.where(m, s, -1e4).softmax(-1) * m),
    ("finite-number", lambda s, m: torch.where(m, s, -1e5).softmax(-1) * m),
    ("finite-number", lambda s, m: torch.where(m, s, -1e6).softmax(-1).masked_fill(~m, 0)),
    ("wrong-axis", lambda s, m: torch.where(m, s, -INF).softmax(-2).nan_to_num()),
    ("wrong-axis", lambda s, m: torch.where(m, s, -INF).softmax(dim=-2)),
    ("over-everything", lambda s, m: torch.where(m, s, -INF).flatten().softmax(0).reshape(s.shape)),
    ("logarithm", lambda s, m: torch.log_softmax(torch.where(m, s, -INF), -1)),
    ("changes-input", weights_in_place),
    ("wrong-weights", lambda s, m: (2 * torch.where(m, s, -INF)).softmax(-1).nan_to_num()),
    ("forbidden-weight", lambda s, m: (2 * s).softmax(-1)),
    ("rows-not-one", lambda s, m: torch.where(m, s, -INF).sigmoid()),
    ("exception", lambda s, m: s.masked_fill(mask)),  # noqa: F821
    ("returns-none", lambda s, m: None),
]


# Context vectors ----------------------------------------------------
def weights_of(query, states, mask):
    return checks.masked_softmax.reference(query @ states.mT, mask)


def context_by_loops(query, states, mask):
    result = torch.zeros_like(query)
    weights = weights_of(query, states, mask)
    for b, t, s in np.ndindex(*weights.shape):
        result[b, t] += weights[b, t, s] * states[b, s]
    return result


CONTEXT_RIGHT = [
    checks.context_vectors.reference,
    context_by_loops,
    lambda q, e, m: torch.einsum("bts,bsn->btn", weights_of(q, e, m), e),
    lambda q, e, m: (weights_of(q, e, m)[..., None] * e[:, None]).sum(2),
]
CONTEXT_WRONG = [
    ("returns-weights", weights_of),
    ("no-mask", lambda q, e, m: (q @ e.mT).softmax(-1) @ e),
    ("mask-inverted", lambda q, e, m: weights_of(q, e, ~m) @ e),
    ("mask-after-softmax", lambda q, e, m: torch.where(m, (q @ e.mT).softmax(-1), 0.0) @ e),
    ("no-softmax", lambda q, e, m: (q @ e.mT) @ e),
    ("uniform", lambda q, e, m: (e * m.mT).sum(1, keepdim=True) / m.sum(-1, keepdim=True) + 0 * q),
    ("averages-queries", lambda q, e, m: weights_of(q, e, m).transpose(1, 2) @ q),
    ("best-only", lambda q, e, m: torch.stack([s[w.argmax(-1)] for s, w in zip(e, weights_of(q, e, m), strict=True)])),
    ("adds-query", lambda q, e, m: q + weights_of(q, e, m) @ e),
    ("sums-queries", lambda q, e, m: torch.mean(weights_of(q, e, m) @ e, dim=1)),
    ("scaled-by-root", lambda q, e, m: weights_of(q / math.sqrt(q.shape[-1]), e, m) @ e),
    ("wrong-context", lambda q, e, m: weights_of(2 * q, e, m) @ e),
    ("outside", lambda q, e, m: weights_of(2 * q, e, m) @ (e + 5)),
    ("wrong-shape", lambda q, e, m: (weights_of(q, e, m) @ e)[..., 0]),
    ("exception", lambda q, e, m: weights_of(q, e, m) * e[:, :, :, 0]),
    ("returns-none", lambda q, e, m: None),
]


# One step of beam search --------------------------------------------
def beam_by_loops(scores, log_probs, width):
    found = [(float(scores[w] + log_probs[w, v]), w, v) for w in range(len(scores)) for v in range(log_probs.shape[1])]
    found = sorted(found, reverse=True)[:width]
    return [one[0] for one in found], [one[1] for one in found], [one[2] for one in found]


def beam_with_topk(scores, log_probs, width):
    totals = (scores.unsqueeze(1) + log_probs).view(-1)
    best, places = torch.topk(totals, min(width, len(totals)))
    return best, torch.div(places, log_probs.size(1), rounding_mode="floor"), places.remainder(log_probs.size(1))


def beam_with_numpy(scores, log_probs, width):
    totals = (scores[:, None] + log_probs).numpy()
    order = np.argsort(-totals, axis=None)[:width]
    parents, tokens = np.unravel_index(order, totals.shape)
    return totals.flatten()[order], parents, tokens


def beam_with(change):
    return lambda s, p, w: change(*beam_with_topk(s, p, w))


def one_each(scores, log_probs, width):
    found = sorted(((float(s + p.max()), w, int(p.argmax())) for w, (s, p) in
                    enumerate(zip(scores, log_probs, strict=True))), reverse=True)  # fmt: skip
    return tuple(zip(*found[:width], strict=True))


BEAM_RIGHT = [checks.beam_step.reference, beam_by_loops, beam_with_topk, beam_with_numpy,
              beam_with(lambda *three: [list(part) for part in three]),
              beam_with(lambda b, p, t: (b.tolist(), np.array(p, dtype=np.int32), t.int()))]  # fmt: skip
BEAM_WRONG = [
    ("forgets-scores", lambda s, p, w: beam_with_topk(0 * s, p, w)),
    ("multiplies", lambda s, p, w: beam_with_topk(torch.zeros_like(s), s[:, None] * p, w)),
    ("adds-probabilities", beam_with(lambda b, p, t: (b.exp(), p, t))),
    ("worst-first", lambda s, p, w: [-beam_with_topk(-s, -p, w)[0], *beam_with_topk(-s, -p, w)[1:]]),
    ("ascending", beam_with(lambda b, p, t: (b.flip(0), p.flip(0), t.flip(0)))),
    ("one-per-beginning", one_each),
    ("exchanged", beam_with(lambda b, p, t: (b, t, p))),
    ("keeps-all", lambda s, p, w: beam_with_topk(s, p, 99)),
    ("width-too-large", lambda s, p, w: (lambda best, places: (best, places // p.shape[1], places % p.shape[1]))(
        *(s[:, None] + p).flatten().topk(w))),
    ("flat-places", lambda s, p, w: (lambda best, places: (best, places // p.shape[1], places))(
        *(s[:, None] + p).flatten().topk(min(w, p.numel())))),
    ("true-division", lambda s, p, w: (lambda best, places: (best, places / p.shape[1], places % p.shape[1]))(
        *(s[:, None] + p).flatten().topk(min(w, p.numel())))),
    ("true-division", beam_with(lambda b, p, t: (b, (p * 1.0).floor(), t))),
    ("true-division", beam_with(lambda b, p, t: (b, p, t.float()))),
    ("true-division", beam_with(lambda b, p, t: (b.numpy(), np.floor(p.numpy() / 1), t.numpy()))),
    ("exchanged", beam_with(lambda b, p, t: (t, p, b))),
    ("exchanged", beam_with(lambda b, p, t: (p, t, b))),
    ("does-not-add-up", beam_with(lambda b, p, t: (b, p, t.flip(0)))),
    ("not-the-best", lambda s, p, w: beam_with_topk(s, p, w + 1)[0:0] or tuple(
        part[1:] if len(part) > w else part for part in beam_with_topk(s, p, w + 1))),
    ("not-three", lambda s, p, w: beam_with_topk(s, p, w)[0]),
    ("not-three", lambda s, p, w: beam_with_topk(s, p, w)[:2]),
    ("three-shapes", lambda s, p, w: (beam_with_topk(s, p, w)[0], 0, 1)),
    ("returns-none", lambda s, p, w: None),
    ("exception", lambda s, p, w: (s + p).topk()),
]  # fmt: skip
BANK = {"dot_product_scores": (SCORES_RIGHT, SCORES_WRONG), "masked_softmax": (SOFTMAX_RIGHT, SOFTMAX_WRONG),
        "context_vectors": (CONTEXT_RIGHT, CONTEXT_WRONG), "beam_step": (BEAM_RIGHT, BEAM_WRONG)}  # fmt: skip


@pytest.mark.parametrize(("name", "answer"), [(name, answer) for name, (right, _) in BANK.items() for answer in right])
def test_right(name, answer):
    result = getattr(checks, name)(answer, seconds=60)
    assert result.status == "right", (result.reason, result.message)


@pytest.mark.parametrize(
    ("name", "reason", "answer"), [(name, *one) for name, (_, wrong) in BANK.items() for one in wrong]
)
def test_wrong(name, reason, answer):
    result = getattr(checks, name)(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


@pytest.mark.parametrize("name", BANK)
def test_untried_and_endless(name):
    check = getattr(checks, name)
    assert check(lambda *args: ..., seconds=60).status in ("untried", "wrong")

    def forever(*args):
        while True:
            pass

    assert check(forever, seconds=0.3).reason in ("too-slow", "wrong-signature")


def test_the_beam_cases_have_no_ties():
    for case in checks.beam_step.exercise.cases:
        scores, log_probs, _ = case.args
        totals = (scores[:, None] + log_probs).flatten().sort().values
        assert (totals.diff() > 1e-3).all()
