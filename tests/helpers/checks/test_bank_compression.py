"""Lesson 12's exercises: right answers in several styles, wrong ones with the reason each must get."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from helpers.checks.compression import distillation_loss, pruning_masks, quantise


def with_numpy(x, bits):
    a, top = x.numpy().astype(np.float64), 2**bits - 1
    low, high = np.minimum(a.min(), 0), np.maximum(a.max(), 0)
    scale = (high - low) / top if high > low else 1.0
    zero = np.rint(-low / scale)
    return np.clip(np.rint(a / scale) + zero, 0, top), scale, zero


def with_tensors(x, bits):
    low, high = x.amin().clamp(max=0), x.amax().clamp(min=0)
    scale = torch.where(high == low, torch.tensor(1.0), (high - low) / (2**bits - 1))
    zero = torch.round(-low / scale)
    return torch.clamp(torch.round(x / scale) + zero, 0, 2**bits - 1).to(torch.uint8), scale, zero


def by_loop(x, bits):
    numbers = x.flatten().tolist()
    low, high = min([0.0, *numbers]), max([0.0, *numbers])
    step = (high - low) / (2**bits - 1) or 1.0
    zero = int(-low / step + 0.5)
    levels = [min(max(round(one / step) + zero, 0), 2**bits - 1) for one in numbers]
    return torch.tensor(levels).view(x.shape), step, zero


def halves_up(x, bits):
    """Halves go up, not to the even level: which of two equally near levels is open."""
    levels, scale, zero = with_numpy(x, bits)
    return np.clip(np.floor(x.numpy() / scale + 0.5) + zero, 0, 2**bits - 1), scale, zero


def halves_up_not_held(x, bits):
    levels, scale, zero = with_numpy(x, bits)
    return np.floor(x.numpy() / scale + 0.5) + zero, scale, zero


def not_held(x, bits):
    low, scale = spread(x, bits)
    return torch.round(x / scale) + round(-low / scale), scale, round(-low / scale)


def without_zero(x, bits):
    scale = float(x.max() - x.min()) / (2**bits - 1) or 1.0
    zero = round(float(-x.min()) / scale)
    return ((x / scale).round() + zero).clamp(0, 2**bits - 1), scale, zero


def changed(levels=lambda q, s, z: q, scale=lambda s: s, zero=lambda z, s: z, right=with_numpy):
    def answer(x, bits):
        q, s, z = right(x, bits)
        return torch.as_tensor(levels(q, s, z)), scale(s), zero(z, s)

    return answer


def spread(x, bits):
    low, high = min(x.min().item(), 0), max(x.max().item(), 0)
    scale = (high - low) / (2**bits - 1) or 1.0
    return low, scale


QUANTISE = [
    ("", quantise.reference), ("", with_numpy), ("", with_tensors), ("", by_loop),
    ("", halves_up), ("not-held", not_held), ("not-held", halves_up_not_held),
    ("zero-outside", without_zero),
    ("one-level-too-many", lambda x, b: (lambda low, high: (lambda s: (
        ((x / s).round() + round(-low / s)).clamp(0, 2**b), s, round(-low / s)))((high - low) / 2**b or 1.0))(
            min(x.min().item(), 0), max(x.max().item(), 0))),
    ("signed", changed(levels=lambda q, s, z: q, right=lambda x, b: (
        with_numpy(x, b)[0] - 2 ** (b - 1), with_numpy(x, b)[1], with_numpy(x, b)[2] - 2 ** (b - 1)))),
    ("symmetric", lambda x, b: ((x / (s := x.abs().max().item() / (2 ** (b - 1) - 1) or 1.0)).round(), s, 0)),
    ("cut-off", lambda x, b: ((x / with_numpy(x, b)[1]).floor() + with_numpy(x, b)[2], *with_numpy(x, b)[1:])),
    ("zero-not-whole", lambda x, b: ((x / spread(x, b)[1] - spread(x, b)[0] / spread(x, b)[1]).round(),
                                     spread(x, b)[1], -spread(x, b)[0] / spread(x, b)[1])),
    ("shifted-before-rounding", lambda x, b: (((x - spread(x, b)[0]) / spread(x, b)[1]).round(),
                                              *with_numpy(x, b)[1:])),
    ("zero-point-sign", changed(zero=lambda z, s: -z)),
    ("zero-point-not-added", changed(levels=lambda q, s, z: q - z)),
    ("lowest-as-zero-point", changed(zero=lambda z, s: z, right=lambda x, b: (
        *with_numpy(x, b)[:2], spread(x, b)[0]))),
    ("inverse-scale", changed(scale=lambda s: 1 / s)),
    ("values-not-levels", changed(levels=lambda q, s, z: s * (q - z))),
    ("all-zeros", lambda x, b: (lambda low, high: (lambda s: (
        ((x / s).round() + round(-low / s)).clamp(0, 2**b - 1), s, round(-low / s)))((high - low) / (2**b - 1)))(
            min(x.min().item(), 0.0), max(x.max().item(), 0.0))),
    ("not-three", lambda x, b: with_numpy(x, b)[0]),
    ("not-three", lambda x, b: with_numpy(x, b)[:2]),
    ("other-order", lambda x, b: (with_numpy(x, b)[2], with_numpy(x, b)[0], with_numpy(x, b)[1])),
    ("one-number-each", lambda x, b: (x, torch.ones(2), 0)),
    ("wrong-shape", lambda x, b: (with_numpy(x, b)[0].ravel(), *with_numpy(x, b)[1:])),
    ("returns-none", lambda x, b: None),
    ("changes-input", lambda x, b: [with_numpy(x, b), x.add_(1)][0]),
    ("exception", lambda x, b: with_numpy(x, bits)),  # noqa: F821
]  # fmt: skip


def masks_by_sorting(weights, fraction):
    """One list of (size, matrix, place), which Python sorts, earlier ones first among equals."""
    ranked = sorted((abs(value), number, place) for number, weight in enumerate(weights)
                    for place, value in enumerate(weight.flatten().tolist()))  # fmt: skip
    gone = {(number, place) for _, number, place in ranked[: round(fraction * len(ranked))]}
    return [torch.tensor([(number, place) not in gone for place in range(weight.numel())]).view(weight.shape)
            for number, weight in enumerate(weights)]  # fmt: skip


def masks_with_numpy(weights, fraction):
    row = np.abs(np.concatenate([weight.numpy().ravel() for weight in weights]))
    stays = np.full(row.shape, True)
    stays[np.argsort(row, kind="stable")[: round(len(row) * fraction)]] = False
    ends = np.cumsum([weight.numel() for weight in weights])[:-1]
    return tuple(part.reshape(weight.shape) for part, weight in zip(np.split(stays, ends), weights, strict=True))


def masks_by_rank(weights, fraction):
    row = torch.cat([weight.reshape(-1) for weight in weights]).abs()
    rank = row.argsort(stable=True).argsort()
    keep, out, start = rank >= round(fraction * row.numel()), [], 0
    for weight in weights:
        out.append(keep[start : start + weight.numel()].reshape(weight.shape))
        start += weight.numel()
    return out


def without_stable(smallest):
    def answer(weights, fraction):
        sizes = torch.cat([weight.abs().flatten() for weight in weights])
        stays = torch.ones(len(sizes), dtype=torch.bool)
        stays[smallest(sizes, round(fraction * len(sizes)))] = False
        parts = stays.split([weight.numel() for weight in weights])
        return [part.reshape(weight.shape) for part, weight in zip(parts, weights, strict=True)]

    return answer


def by_layer(weights, fraction):
    return [masks_by_rank([weight], fraction)[0] for weight in weights]


def above(compare):
    def answer(weights, fraction):
        row = torch.cat([weight.flatten().abs() for weight in weights])
        k = round(fraction * len(row))
        edge = row.kthvalue(k).values if k else -1
        return [compare(weight.abs(), edge) for weight in weights]

    return answer


def in_place(weights, fraction):
    masks = masks_by_rank(weights, fraction)
    for weight, mask in zip(weights, masks, strict=True):
        weight *= mask
    return masks


MASKS = [
    ("", pruning_masks.reference), ("", masks_by_sorting), ("", masks_with_numpy), ("", masks_by_rank),
    ("each-by-itself", by_layer),
    ("ties-all-go", above(torch.gt)),
    ("ties-all-stay", above(torch.ge)),
    ("ties-not-first", without_stable(lambda sizes, k: sizes.argsort()[:k])),
    ("ties-not-first", without_stable(lambda sizes, k: sizes.topk(k, largest=False).indices)),
    ("ties-not-first", without_stable(lambda sizes, k: torch.from_numpy(np.argsort(sizes.numpy()))[:k])),
    ("ties-last-first", without_stable(lambda sizes, k: len(sizes) - 1 - sizes.flip(0).argsort(stable=True)[:k])),
    ("without-magnitude", lambda w, f: masks_by_rank([one + 1000 for one in w], f)),
    ("largest-go", lambda w, f: masks_by_rank([1 / (one.abs() + 1e-3) for one in w], f)),
    ("upside-down", lambda w, f: [torch.logical_not(m) for m in masks_by_rank(w, f)]),
    ("fraction-stays", lambda w, f: masks_by_rank(w, 1 - f)),
    ("cut-off", lambda w, f: masks_by_rank(w, int(f * sum(one.numel() for one in w)) / sum(one.numel() for one in w))),
    ("threshold-is-the-fraction", lambda w, f: [one.abs() >= f for one in w]),
    ("weights-not-masks", lambda w, f: [one * m for one, m in zip(w, masks_by_rank(w, f), strict=True)]),
    ("nothing-goes", lambda w, f: [one == one for one in w]),
    ("not-bool", lambda w, f: [m.float() for m in masks_by_rank(w, f)]),
    ("not-a-list", lambda w, f: masks_by_rank(w, f)[0]),
    ("wrong-length", lambda w, f: masks_by_rank(w, f)[:1]),
    ("wrong-shape", lambda w, f: [m.flatten() for m in masks_by_rank(w, f)]),
    ("changes-input", in_place),
    ("returns-none", lambda w, f: None),
    ("exception", lambda w, f: w.abs()),
]  # fmt: skip


def loss_by_hand(s, t, y, T, a):
    p, q = torch.log_softmax(t / T, -1), torch.log_softmax(s / T, -1)
    soft = (p.exp() * (p - q)).sum(-1).mean()
    hard = -F.log_softmax(s, -1).gather(1, y[:, None]).mean()
    return a * T * T * soft + (1 - a) * hard


def loss_with_softmax_target(s, t, y, T, a):
    soft = F.kl_div(F.log_softmax(s / T, 1), F.softmax(t / T, 1), reduction="sum") / len(s)
    return a * soft * T**2 + (1 - a) * F.nll_loss(F.log_softmax(s, 1), y)


def loss_with_distributions(s, t, y, T, a):
    of = torch.distributions.Categorical
    soft = torch.distributions.kl_divergence(of(logits=t / T), of(logits=s / T)).mean()
    return a * T * T * soft + (1 - a) * F.cross_entropy(s, y)


def loss(soft, hard=lambda s, y, T: F.cross_entropy(s, y), weigh=lambda x, y, a: a * x + (1 - a) * y):
    return lambda s, t, y, T, a: weigh(soft(s, t, T), hard(s, y, T), a)


def divergence(s, t, **options):
    return F.kl_div(F.log_softmax(s, 1), F.softmax(t, 1), **{"reduction": "batchmean"} | options)


def floored(log):
    """Logarithms kept from minus infinity by a small number: the loss then knows no large surprise."""
    return loss(lambda s, t, T: T * T * F.kl_div(log(F.softmax(s / T, 1)), F.softmax(t / T, 1), reduction="batchmean"))


LOSS = [
    ("", distillation_loss.reference), ("", loss_by_hand), ("", loss_with_softmax_target),
    ("infinite", loss_with_distributions),  # where the student's probability is 0 in 32 bits; right for small logits
    ("wrong-value", floored(lambda q: (q + 1e-9).log())), ("wrong-value", floored(lambda q: q.clamp(min=1e-9).log())),
    ("wrong-value", floored(lambda q: (q + 1e-12).log())), ("wrong-value", floored(lambda q: (q + 1e-38).log())),
    ("no-t-squared", loss(lambda s, t, T: divergence(s / T, t / T))),
    ("t-not-squared", loss(lambda s, t, T: T * divergence(s / T, t / T))),
    ("t-squared-on-both", loss(lambda s, t, T: T * T * divergence(s / T, t / T),
                               lambda s, y, T: T * T * F.cross_entropy(s, y))),
    ("student-not-softened", loss(lambda s, t, T: T * T * divergence(s, t / T))),
    ("teacher-not-softened", loss(lambda s, t, T: T * T * divergence(s / T, t))),
    ("temperature-forgotten", loss(lambda s, t, T: divergence(s, t))),
    ("temperature-times", loss(lambda s, t, T: T * T * divergence(s * T, t * T))),
    ("hard-part-softened", loss(lambda s, t, T: T * T * divergence(s / T, t / T),
                                lambda s, y, T: F.cross_entropy(s / T, y))),
    ("kl-reversed", loss(lambda s, t, T: T * T * divergence(t / T, s / T))),
    ("mean-over-classes", loss(lambda s, t, T: T * T * divergence(s / T, t / T, reduction="mean"))),
    ("sum-over-texts", loss(lambda s, t, T: T * T * divergence(s / T, t / T, reduction="sum"))),
    ("alpha-exchanged", loss(lambda s, t, T: T * T * divergence(s / T, t / T),
                             weigh=lambda x, y, a: a * y + (1 - a) * x)),
    ("no-weights", loss(lambda s, t, T: T * T * divergence(s / T, t / T), weigh=lambda x, y, a: x + y)),
    ("soft-part-only", loss(lambda s, t, T: T * T * divergence(s / T, t / T), weigh=lambda x, y, a: x)),
    ("hard-part-only", lambda s, t, y, T, a: F.nll_loss(s.log_softmax(1), y)),
    ("cross-entropy-with-teacher", loss(lambda s, t, T: T * T * F.cross_entropy(s / T, F.softmax(t / T, 1)))),
    ("probabilities-for-logs", loss(lambda s, t, T: T * T * F.kl_div(
        F.softmax(s / T, 1), F.softmax(t / T, 1), reduction="batchmean"))),
    ("logs-for-probabilities", loss(lambda s, t, T: T * T * F.kl_div(
        F.log_softmax(s / T, 1), F.log_softmax(t / T, 1), reduction="batchmean"))),
    ("squared-difference", loss(lambda s, t, T: F.mse_loss(s, t))),
    ("softmax-over-texts", loss(lambda s, t, T: T * T * F.kl_div(
        F.log_softmax(s / T, 0), F.softmax(t / T, 0), reduction="batchmean"))),
    ("nan", loss(lambda s, t, T: T * T * (F.softmax(t / T, 1) * (F.softmax(t / T, 1).log() - F.softmax(s / T, 1).log()))
                 .sum(1).mean())),  # right for small logits
    ("no-gradient", lambda s, t, y, T, a: loss_by_hand(s, t, y, T, a).detach()),
    ("not-a-tensor", lambda s, t, y, T, a: loss_by_hand(s, t, y, T, a).item()),
    ("wrong-gradient", lambda s, t, y, T, a: a * T * T * divergence(s.detach() / T, t / T)
        + (1 - a) * F.cross_entropy(s, y)),
    ("wrong-shape", lambda s, t, y, T, a: F.cross_entropy(s, y, reduction="none")[None]),
    ("exception", lambda s, t, y, T, a: s @ t),
    ("returns-none", lambda s, t, y, T, a: None),
]  # fmt: skip

BANK = [(check, reason, answer) for check, rows in ((quantise, QUANTISE), (pruning_masks, MASKS),
                                                    (distillation_loss, LOSS)) for reason, answer in rows]  # fmt: skip
NAMES = [f"{check.exercise.name[12:]}-{reason or 'right'}" for check, reason, _ in BANK]


@pytest.mark.parametrize(("check", "reason", "answer"), BANK, ids=NAMES)
def test_every_answer_gets_its_verdict(check, reason, answer):
    result = check(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong" if reason else "right", reason), result.message
    assert result.message


def test_untried():
    stubs = [lambda x, b: ..., lambda w, f: ..., lambda s, t, y, T, a: ...]
    for check, stub in zip((quantise, pruning_masks, distillation_loss), stubs, strict=True):
        assert check(stub).status == "untried"
