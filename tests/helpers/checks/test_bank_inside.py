"""Lesson 11's exercises: right answers in several styles, wrong ones with the reason each must get."""

import numpy as np
import pytest
import torch

from helpers.checks.inside import gradient_times_input as gradient
from helpers.checks.inside import output_without as ablate
from helpers.checks.inside import rollout, selectivity


def rollout_with_torch(attention):
    a = torch.as_tensor(attention).mean(dim=1)
    mixed = (a + torch.eye(a.shape[-1])) / 2
    out = mixed[0]
    for layer in mixed[1:]:
        out = layer @ out
    return out


def rollout_renormalised(attention):
    added = attention.mean(1) + np.eye(attention.shape[-1])
    added = added / added.sum(-1, keepdims=True)
    return np.linalg.multi_dot(list(added[::-1])) if len(added) > 1 else added[0]


def rollout_by_loops(attention):
    layers, heads, tokens, _ = attention.shape
    reached = [[float(i == j) for j in range(tokens)] for i in range(tokens)]
    for layer in range(layers):
        mixed = [[0.5 * sum(attention[layer, h, i, j] for h in range(heads)) / heads + 0.5 * (i == j)
                  for j in range(tokens)] for i in range(tokens)]  # fmt: skip
        reached = [[sum(mixed[i][k] * reached[k][j] for k in range(tokens)) for j in range(tokens)]
                   for i in range(tokens)]  # fmt: skip
    return reached


def rolled(combine=lambda a: a.mean(axis=1), mix=lambda m, eye: (m + eye) / 2, first=0, last=None, flip=False):
    def answer(attention):
        eye = np.eye(attention.shape[-1])
        out = eye
        for m in combine(attention)[first:last]:
            out = out @ mix(m, eye) if flip else mix(m, eye) @ out
        return out

    return answer


ROLLOUT = [
    ("", rollout.reference), ("", rollout_with_torch), ("", rollout_renormalised), ("", rollout_by_loops),
    ("no-residual", rolled(mix=lambda m, eye: m)),
    ("not-renormalised", rolled(mix=lambda m, eye: m + eye)),
    ("wrong-order", rolled(flip=True)),
    ("wrong-order", lambda a: rollout_renormalised(a[::-1])),
    ("heads-max", rolled(combine=lambda a: a.max(axis=1))),
    ("heads-max", rolled(combine=lambda a: a.max(axis=1), mix=lambda m, eye: (m + eye) / (m + eye).sum(1)[:, None])),
    ("heads-sum", rolled(combine=lambda a: a.sum(axis=1))),
    ("first-head-only", rolled(combine=lambda a: a[:, 0])),
    ("residual-once", lambda a: (rolled(mix=lambda m, eye: m)(a) + np.eye(a.shape[-1])) / 2),
    ("not-multiplied", lambda a: (a.mean(axis=(0, 1)) + np.eye(a.shape[-1])) / 2),
    ("elementwise", lambda a: ((a.mean(1) + np.eye(a.shape[-1])) / 2).prod(axis=0)),
    ("last-layer-only", lambda a: (a[-1].mean(0) + np.eye(a.shape[-1])) / 2),
    ("first-layer-only", rolled(last=1)),
    ("first-layer-missing", rolled(first=1)),
    ("columns-normed", rolled(mix=lambda m, eye: (m + eye) / (m + eye).sum(axis=0))),
    ("transposed", lambda a: rollout_renormalised(a).T),
    ("wrong-shape", lambda a: a.mean(1)),
    ("rows-not-one", lambda a: rollout_renormalised(a) * np.arange(1, a.shape[-1] + 1)),
    ("changes-input", lambda a: [a.__imul__(1.5), rollout_renormalised(a / 1.5)][1]),
    ("returns-none", lambda a: None),
    ("exception", lambda a: a @ np.eye(99)),
]  # fmt: skip


def by_columns(found, weight, bias, n_heads, off):
    """As one would on a model's weights, on a copy of them."""
    weight = weight.clone()
    width = weight.shape[1] // n_heads
    for head in off:
        weight[:, head * width : head * width + width] = 0
    return torch.nn.functional.linear(found, weight, bias)


def by_sum(found, weight, bias, n_heads, off):
    """The output is a sum over heads: leave some out."""
    parts = zip(found.chunk(n_heads, dim=-1), weight.chunk(n_heads, dim=1), strict=True)
    each = [part @ columns.T for part, columns in parts]
    return sum((one for head, one in enumerate(each) if head not in off), torch.zeros_like(found)) + bias


def by_gates(found, weight, bias, n_heads, off):
    gates = torch.ones(n_heads)
    gates[off] = 0
    width = found.shape[-1] // n_heads
    return (found * gates.repeat_interleave(width)).numpy() @ weight.numpy().T + bias.numpy()


def silenced(where, keep=by_gates):
    def answer(found, weight, bias, n_heads, off):
        found, width = found.clone(), found.shape[-1] // n_heads
        for head in off:
            found[..., where(head, width, n_heads)] = 0
        return found @ weight.T + bias

    return answer


def in_place(found, weight, bias, n_heads, off):
    width = weight.shape[1] // n_heads
    for head in off:
        weight[:, head * width : (head + 1) * width] = 0
    return found @ weight.T + bias


def rows(found, weight, bias, n_heads, off):
    weight, width = weight.clone(), len(weight) // n_heads
    for head in off:
        weight[head * width : (head + 1) * width] = 0
    return found @ weight.T + bias


ABLATE = [
    ("", ablate.reference), ("", by_columns), ("", by_sum), ("", by_gates),
    ("changes-input", in_place),
    ("one-number-per-head", silenced(lambda h, k, n: h)),
    ("wrong-slice", silenced(lambda h, k, n: slice(h, h + k))),
    ("width-is-heads", silenced(lambda h, k, n: slice(h * n, h * n + n))),
    ("interleaved", silenced(lambda h, k, n: slice(h, None, n))),
    ("counts-from-one", silenced(lambda h, k, n: slice((h - 1) % n * k, (h - 1) % n * k + k))),
    ("keeps-only", lambda f, w, b, n, off: by_columns(f, w, b, n, [h for h in range(n) if h not in off])),
    ("rows-of-the-weight", rows),
    ("forgets-bias", lambda f, w, b, n, off: by_columns(f, w, b, n, off) - b),
    ("not-transposed", lambda f, w, b, n, off: by_columns(f, w.T, b, n, off)),
    ("rescaled", lambda f, w, b, n, off: by_columns(f * n / max(n - len(off), 1), w, b, n, off)),
    ("tokens-not-heads", lambda f, w, b, n, off: by_columns(
        f * torch.tensor([[float(t not in off)] for t in range(f.shape[1])]), w, b, n, [])),
    ("first-of-them-only", lambda f, w, b, n, off: by_columns(f, w, b, n, off[:1])),
    ("nothing-off", lambda f, w, b, n, off: f @ w.T + b),
    ("no-projection", lambda f, w, b, n, off: by_columns(f, torch.eye(f.shape[-1]), 0 * b, n, off)),
    ("opposite-sign", lambda f, w, b, n, off: -by_columns(f, w, b, n, off)),
    ("wrong-shape", lambda f, w, b, n, off: by_columns(f, w, b, n, off)[0]),
    ("exception", lambda f, w, b, n, off: f[..., 999]),
]  # fmt: skip


def with_backward(vectors, score):
    x = vectors.clone().requires_grad_(True)
    score(x).backward()
    return (x.grad * vectors).sum(-1)


def asked_in_place(vectors, score):
    vectors.requires_grad_()
    score(vectors).backward()
    return (vectors.grad * vectors).sum(-1).detach()


def on_the_graph(vectors, score):
    x = vectors.detach().clone().requires_grad_()
    score(x).backward()
    return (x.grad * x).sum(-1)


def with_func(vectors, score):
    return torch.einsum("td,td->t", torch.func.grad(score)(vectors), vectors)


def with_scales(vectors, score):
    """One factor a token: its derivative at one is the same thing."""
    scales = torch.ones(len(vectors), requires_grad=True)
    return torch.autograd.grad(score(scales[:, None] * vectors), scales)[0].tolist()


def slope(vectors, score):
    return torch.func.grad(score)(vectors)


GRADIENT = [
    ("", gradient.reference), ("", with_backward), ("", with_func), ("", with_scales),
    ("gradient-only", lambda x, s: slope(x, s).sum(-1)),
    ("norm-of-the-gradient", lambda x, s: slope(x, s).pow(2).sum(-1).sqrt()),
    ("loses-the-sign-inside", lambda x, s: (x * slope(x, s)).abs().sum(-1)),
    ("absolute", lambda x, s: with_func(x, s).abs()),
    ("sums-over-tokens", lambda x, s: (x * slope(x, s)).sum(0)),
    ("mean", lambda x, s: (x * slope(x, s)).mean(1)),
    ("not-summed", lambda x, s: x * slope(x, s)),
    ("occlusion", lambda x, s: [float(s(x) - s(torch.where(torch.arange(len(x))[:, None] == t, 0.0, x)))
                                for t in range(len(x))]),
    ("shares", lambda x, s: torch.softmax(with_func(x, s), dim=-1)),
    ("input-squared", lambda x, s: x.square().sum(1)),
    ("opposite-sign", lambda x, s: -with_func(x, s)),
    ("changes-input", lambda x, s: with_func(x.mul_(1.0).clone(), s) + 0 * x.add_(1).sum(-1)),
    ("changes-input", asked_in_place),
    ("not-plain", on_the_graph),
    ("mean", lambda x, s: on_the_graph(x, s) / x.shape[1]),
    ("exception", lambda x, s: torch.autograd.grad(s(x), x)[0]),
]  # fmt: skip


def with_loops(fit, train, test, random_labels):
    scores = []
    for labels, truth in ((train.labels, test.labels), ([random_labels[t] for t in train.types],
                                                        [random_labels[t] for t in test.types])):  # fmt: skip
        guesses = fit(train.vectors, np.array(labels))(test.vectors)
        scores.append(sum(int(g == t) for g, t in zip(guesses, truth, strict=True)) / len(truth))
    return scores[0] - scores[1]


def unpacked(fit, train, test, random_labels):
    (x, y, words), (x2, y2, words2) = train, test
    hits = np.equal(fit(x, y)(x2), y2), np.equal(fit(x, random_labels.take(words))(x2), random_labels.take(words2))
    return np.mean(hits[0]) - np.mean(hits[1])


def accuracy(fit, train, test, labels=None):
    y, truth = (train.labels, test.labels) if labels is None else (labels[train.types], labels[test.types])
    return (fit(train.vectors, y)(test.vectors) == truth).mean()


def shuffled(fit, train, test, random_labels):
    """Random labels for tokens, drawn anew: what most people write first."""
    rng = np.random.default_rng(3)
    fake = rng.permutation(train.labels), rng.permutation(test.labels)
    return accuracy(fit, train, test) - (fit(train.vectors, fake[0])(test.vectors) == fake[1]).mean()


SELECTIVITY = [
    ("", selectivity.reference), ("", with_loops), ("", unpacked),
    ("other-control", shuffled),
    ("control-by-token", lambda f, a, b, r: accuracy(f, a, b) - (
        f(a.vectors, np.resize(r, len(a.labels)))(b.vectors) == np.resize(r, len(b.labels))).mean()),
    ("tested-on-training", lambda f, a, b, r: accuracy(f, a, a) - accuracy(f, a, a, r)),
    ("trained-on-test", lambda f, a, b, r: accuracy(f, b, a) - accuracy(f, b, a, r)),
    ("tested-on-training", lambda f, a, b, r: accuracy(f, b, b) - accuracy(f, b, b, r)),
    ("one-probe-for-both", lambda f, a, b, r: accuracy(f, a, b) - (
        f(a.vectors, a.labels)(b.vectors) == r[b.types]).mean()),
    ("wrong-way-round", lambda f, a, b, r: accuracy(f, a, b, r) - accuracy(f, a, b)),
    ("accuracy-only", lambda f, a, b, r: accuracy(f, a, b)),
    ("control-only", lambda f, a, b, r: accuracy(f, a, b, r)),
    ("ratio", lambda f, a, b, r: accuracy(f, a, b) / accuracy(f, a, b, r)),
    ("counts", lambda f, a, b, r: (accuracy(f, a, b) - accuracy(f, a, b, r)) * len(b.types)),
    ("percent", lambda f, a, b, r: 100 * accuracy(f, a, b) - 100 * accuracy(f, a, b, r)),
    ("errors", lambda f, a, b, r: 1 - accuracy(f, a, b)),
    ("against-majority", lambda f, a, b, r: accuracy(f, a, b) - max(np.bincount(b.labels)) / len(b.labels)),
    ("wrong-shape", lambda f, a, b, r: [accuracy(f, a, b), accuracy(f, a, b, r)]),
    ("changes-input", lambda f, a, b, r: [with_loops(f, a, b, r), r.fill(0)][0]),
    ("exception", lambda f, a, b, r: f(a.vectors, r)(b.vectors)),
    ("returns-none", lambda f, a, b, r: None),
]  # fmt: skip

BANK = [(check, reason, answer) for check, rows in ((rollout, ROLLOUT), (ablate, ABLATE), (gradient, GRADIENT),
                                                    (selectivity, SELECTIVITY)) for reason, answer in rows]  # fmt: skip


NAMES = [f"{check.exercise.name[7:]}-{reason or 'right'}" for check, reason, _ in BANK]


@pytest.mark.parametrize(("check", "reason", "answer"), BANK, ids=NAMES)
def test_every_answer_gets_its_verdict(check, reason, answer):
    result = check(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong" if reason else "right", reason), result.message
    assert result.message


def test_untried():
    stubs = [lambda a: ..., lambda f, w, b, n, off: ..., lambda x, s: ..., lambda f, a, b, r: ...]
    for check, stub in zip((rollout, ablate, gradient, selectivity), stubs, strict=True):
        assert check(stub).status == "untried"
