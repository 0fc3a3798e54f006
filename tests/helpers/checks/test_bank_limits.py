"""Lesson 13's exercises: right answers in several styles, wrong ones with the reason each must get."""

import bisect
import math
import statistics

import numpy as np
import pytest

from helpers.checks.limits import calibration_error, effect_size, exposure


def by_loops(x, y, a, b):
    def cosine(u, v):
        return float(u @ v) / math.sqrt(float(u @ u) * float(v @ v))

    def lean(word):
        return statistics.fmean(cosine(word, one) for one in a) - statistics.fmean(cosine(word, one) for one in b)

    first, second = [lean(word) for word in x], [lean(word) for word in y]
    return (statistics.fmean(first) - statistics.fmean(second)) / statistics.stdev(first + second)


def with_torch(x, y, a, b):
    import torch
    from torch.nn.functional import normalize

    x, y, a, b = (normalize(torch.from_numpy(rows), dim=1) for rows in (x, y, a, b))
    words = torch.cat([x, y])
    lean = words @ a.T.mean(dim=1) - words @ b.T.mean(dim=1)
    return (lean[: len(x)].mean() - lean[len(x) :].mean()) / lean.std()


def with_sklearn(x, y, a, b):
    from sklearn.metrics.pairwise import cosine_similarity

    lean = cosine_similarity(np.vstack([x, y]), a).mean(1) - cosine_similarity(np.vstack([x, y]), b).mean(1)
    return (lean[: len(x)].mean() - lean[len(x) :].mean()) / np.std(lean, ddof=1)


def unit(rows):
    return rows / np.sqrt((rows**2).sum(1))[:, None]


def lean(words, a, b, shape=unit):
    return np.mean(shape(words) @ shape(a).T, 1) - np.mean(shape(words) @ shape(b).T, 1)


def d(x, y, a, b, shape=unit, over=lambda p, q: np.std([*p, *q], ddof=1), top=lambda p, q: p.mean() - q.mean()):
    p, q = lean(x, a, b, shape), lean(y, a, b, shape)
    return top(p, q) / over(p, q)


EFFECT = [
    ("", effect_size.reference), ("", by_loops), ("", with_torch), ("", with_sklearn),
    ("dot-products", lambda x, y, a, b: d(x, y, a, b, shape=lambda rows: rows)),
    ("population-deviation", lambda x, y, a, b: d(x, y, a, b, over=lambda p, q: np.std(np.r_[p, q]))),
    ("deviation-within-lists", lambda x, y, a, b: d(x, y, a, b, over=lambda p, q: (p.std() + q.std()) / 2)),
    ("deviation-within-lists", lambda x, y, a, b: d(x, y, a, b, over=lambda p, q: math.sqrt(
        ((len(p) - 1) * p.var(ddof=1) + (len(q) - 1) * q.var(ddof=1)) / (len(p) + len(q) - 2)))),
    ("deviation-of-one-list", lambda x, y, a, b: d(x, y, a, b, over=lambda p, q: np.std(p, ddof=1))),
    ("variance", lambda x, y, a, b: d(x, y, a, b, over=lambda p, q: np.var(np.r_[p, q], ddof=1))),
    ("not-divided", lambda x, y, a, b: d(x, y, a, b, over=lambda p, q: 1)),
    ("sums", lambda x, y, a, b: lean(x, a, b).sum() - lean(y, a, b).sum()),
    ("sums", lambda x, y, a, b: d(x, y, a, b, top=lambda p, q: sum(p) - sum(q))),
    ("centroids", lambda x, y, a, b: d(x, y, a.mean(0)[None], b.mean(0)[None])),
    ("wrong-sign", lambda x, y, a, b: d(x, y, b, a)), ("wrong-sign", lambda x, y, a, b: d(y, x, a, b)),
    ("absolute", lambda x, y, a, b: abs(d(x, y, a, b))),
    ("one-attribute", lambda x, y, a, b: one_attribute(x, y, a)),
    ("one-list", lambda x, y, a, b: d(x, y, a, b, top=lambda p, q: p.mean())),
    ("distances", lambda x, y, a, b: distances(x, y, a, b)),
    ("deviation-of-cosines", lambda x, y, a, b: d(x, y, a, b, over=lambda p, q: np.std(
        unit(np.vstack([x, y])) @ unit(np.vstack([a, b])).T))),
    ("wrong-shape", lambda x, y, a, b: lean(x, a, b)),
    ("changes-input", lambda x, y, a, b: [d(x, y, a, b), x.__imul__(2)][0]),
    ("constant", lambda x, y, a, b: 1.0),
    ("returns-none", lambda x, y, a, b: None),
    ("exception", lambda x, y, a, b: x @ y @ a),
]  # fmt: skip


def one_attribute(x, y, a):
    from sklearn.metrics.pairwise import cosine_similarity

    p, q = cosine_similarity(x, a).mean(1), cosine_similarity(y, a).mean(1)
    return (p.mean() - q.mean()) / np.concatenate([p, q]).std(ddof=1)


def distances(x, y, a, b):
    from scipy.spatial.distance import cdist

    p, q = (cdist(rows, b).mean(1) - cdist(rows, a).mean(1) for rows in (x, y))
    return (p.mean() - q.mean()) / np.concatenate([p, q]).std(ddof=1)


def with_sorting(surprises, secret):
    return math.log2(len(surprises) / bisect.bisect_right(sorted(surprises), surprises[secret]))


def with_a_loop(surprises, secret):
    rank = 0
    for one in surprises:
        if one <= surprises[secret]:
            rank += 1
    return np.log(len(surprises)) / np.log(2) - np.log(rank) / np.log(2)


def with_scipy(surprises, secret):
    from scipy.stats import rankdata

    return -np.log2(rankdata(surprises, method="max")[secret] / surprises.size)


EXPOSURE = [
    ("", exposure.reference), ("", with_sorting), ("", with_a_loop), ("", with_scipy),
    ("", lambda s, i: -np.log2(np.mean(s <= s[i]))),
    ("natural-logarithm", lambda s, i: np.log(len(s)) - np.log((s <= s[i]).sum())),
    ("logarithm-of-ten", lambda s, i: np.log10(len(s)) - np.log10((s <= s[i]).sum())),
    ("rank-from-zero", lambda s, i: np.log2(len(s)) - np.log2((s < s[i]).sum())),
    ("rank-from-zero", lambda s, i: math.log2(len(s)) - math.log2(sorted(s).index(s[i]))),
    ("rank-from-zero", lambda s, i: np.log2(len(s)) - np.log2(np.argsort(np.argsort(s, kind="stable"))[i])),
    ("ties-for-the-secret", lambda s, i: math.log2(len(s)) - math.log2(1 + sorted(s).index(s[i]))),
    ("ties-for-the-secret", lambda s, i: math.log2(len(s)) - math.log2(1 + np.argsort(
        np.argsort(s, kind="stable"), kind="stable")[i])),
    ("wrong-end", lambda s, i: math.log2(len(s)) - math.log2(sum(s >= s[i]))),
    ("wrong-end", lambda s, i: math.log2(len(s)) - math.log2(1 + sorted(s, reverse=True).index(s[i]))),
    ("rank", lambda s, i: (s <= s[i]).sum()),
    ("rank", lambda s, i: np.log2((s <= s[i]).sum())),
    ("no-logarithm", lambda s, i: len(s) / sum(s <= s[i])),
    ("wrong-sign", lambda s, i: math.log2(sum(s <= s[i]) / len(s))),
    ("own-surprise", lambda s, i: s[i] / np.log(2)),
    ("own-surprise", lambda s, i: np.log2(len(s)) - s[i] / np.log(2)),
    ("against-the-mean", lambda s, i: np.mean(s) - s[i]),
    ("without-itself", lambda s, i: math.log2(len(s) - 1) - math.log2(sum(s <= s[i]))),
    ("more-than-all", lambda s, i: 1000.0 + i),
    ("wrong-shape", lambda s, i: np.log2(len(s)) - np.log2(np.arange(1, len(s) + 1))),
    ("changes-input", lambda s, i: [with_scipy(s, i), s.sort()][0]),
    ("returns-none", lambda s, i: None),
    ("exception", lambda s, i: s[len(s)]),
]  # fmt: skip


def with_ceil(confidences, right, n_bins):
    total, bins = 0.0, {}
    for said, true in zip(confidences.tolist(), right.tolist(), strict=True):
        bins.setdefault(math.ceil(said * n_bins), []).append((said, true))
    for rows in bins.values():
        total += abs(sum(said for said, _ in rows) - sum(true for _, true in rows))
    return total / len(confidences)


def with_masks(confidences, right, n_bins):
    edges, error = np.linspace(0, 1, n_bins + 1), 0
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        mask = (confidences > low) & (confidences <= high)
        if mask.sum() > 0:
            error += np.abs(np.mean(confidences[mask]) - np.mean(right[mask])) * np.mean(mask)
    return error


def with_lesson_09(confidences, right, n_bins):
    from helpers.metrics import expected_calibration_error

    return expected_calibration_error(confidences, right, n_bins)


def masked(c, r, n, inside=lambda c, low, high: (c > low) & (c <= high),
           gap=lambda c, r, low, high: abs(c.mean() - r.mean()), weight=np.mean, start=0.0):  # fmt: skip
    edges = np.linspace(start, 1, n + 1)
    masks = [(inside(c, low, high), low, high) for low, high in zip(edges[:-1], edges[1:], strict=True)]
    return sum(weight(m) * gap(c[m], r[m], low, high) for m, low, high in masks if m.any())


def filled_bins(c, n):
    return len(set(np.ceil(c * n)))


CALIBRATION = [
    ("", calibration_error.reference), ("", with_ceil), ("", with_masks), ("", with_lesson_09),
    ("unweighted", lambda c, r, n: masked(c, r, n, weight=lambda m: 1 / n)),
    ("unweighted", lambda c, r, n: masked(c, r, n, weight=lambda m: 1) / filled_bins(c, n)),
    ("one-bin", lambda c, r, n: abs(sum(c) - sum(r)) / len(c)),
    ("left-edges", lambda c, r, n: masked(c, r, n, lambda c, low, high: (c >= low) & ((c < high) | (high == 1)))),
    ("bin-middles", lambda c, r, n: masked(c, r, n, gap=lambda c, r, low, high: abs((low + high) / 2 - r.mean()))),
    ("bin-middles", lambda c, r, n: masked(c, r, n, gap=lambda c, r, low, high: abs(high - r.mean()))),
    ("signs-kept", lambda c, r, n: masked(c, r, n, gap=lambda c, r, low, high: r.mean() - c.mean())),
    ("squares", lambda c, r, n: masked(c, r, n, gap=lambda c, r, low, high: (r.mean() - c.mean()) ** 2)),
    ("largest-gap", lambda c, r, n: max(abs(c[m].mean() - r[m].mean()) for k in range(n + 1)
                                        if (m := np.ceil(c * n) == k).any())),
    ("verdict-by-verdict", lambda c, r, n: np.mean(np.abs(c - r))),
    ("verdict-by-verdict", lambda c, r, n: np.mean((c - r) ** 2)),
    ("equal-counts", lambda c, r, n: sum(abs(c[p].sum() - r[p].sum()) for p in np.array_split(
        np.argsort(c, kind="stable"), n) if len(p)) / len(c)),
    ("bins-from-a-half", lambda c, r, n: masked(np.maximum(c, 0), r, n, lambda c, low, high: (
        (c > low) | (low == 0.5)) & (c <= high), start=0.5)),
    ("counts", lambda c, r, n: masked(c, r, n, weight=lambda m: m.sum())),
    ("percent", lambda c, r, n: 100 * with_masks(c, r, n)),
    ("accuracy-ignored", lambda c, r, n: np.mean(c)),
    ("accuracy-only", lambda c, r, n: np.mean(r)),
    ("outside-0-1", lambda c, r, n: 7.0 + len(c)),
    ("wrong-shape", lambda c, r, n: [c.mean(), r.mean()]),
    ("changes-input", lambda c, r, n: [with_masks(c, r, n), c.sort()][0]),
    ("returns-none", lambda c, r, n: None),
    ("exception", lambda c, r, n: c[n_bins]),  # noqa: F821
]  # fmt: skip

LISTS = ((effect_size, EFFECT), (exposure, EXPOSURE), (calibration_error, CALIBRATION))
BANK = [(check, reason, answer) for check, rows in LISTS for reason, answer in rows]
NAMES = [f"{check.exercise.name[7:]}-{reason or 'right'}" for check, reason, _ in BANK]


@pytest.mark.parametrize(("check", "reason", "answer"), BANK, ids=NAMES)
def test_every_answer_gets_its_verdict(check, reason, answer):
    result = check(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong" if reason else "right", reason), result.message
    assert result.message


def test_untried():
    for check in (effect_size, exposure, calibration_error):
        stub = eval(f"lambda {', '.join(check.exercise.arguments)}: ...")
        assert check(stub).status == "untried"
