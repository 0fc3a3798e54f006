"""PPMI: right answers in several styles, wrong ones with the reason each must get."""

import math

import numpy as np
import pytest
import torch

from helpers.checks.vectors import ppmi


def with_loops(counts):
    total = sum(map(sum, counts))
    words = [sum(row) for row in counts]
    contexts = [sum(row[c] for row in counts) for c in range(len(counts[0]))]
    table = []
    for w, row in enumerate(counts):
        table.append([])
        for c, n in enumerate(row):
            table[-1].append(max(0.0, math.log(n * total / (words[w] * contexts[c]))) if n else 0.0)
    return table


def with_numpy(counts):
    p = counts / counts.sum()
    expected = np.outer(p.sum(axis=1), p.sum(axis=0))
    result = np.zeros_like(p)
    seen = p > 0
    result[seen] = np.log(p[seen] / expected[seen])
    result[result < 0] = 0
    return result


def with_infinities(counts):
    pmi = (
        np.log(counts)
        + np.log(counts.sum())
        - np.log(counts.sum(1))[:, None]
        - np.log(counts.sum(0))[None, :]
    )
    return np.where(counts > 0, np.maximum(pmi, 0), 0)


def with_torch(counts):
    p = torch.tensor(counts) / counts.sum()
    expected = p.sum(dim=1, keepdim=True) * p.sum(dim=0, keepdim=True)
    return torch.nan_to_num(torch.log(p / expected), nan=0.0, neginf=0.0).clamp(min=0)


def with_scipy(counts):
    from scipy.sparse import csr_array

    from helpers import vectors

    return vectors.ppmi(csr_array(counts))


@pytest.mark.parametrize(
    "answer",
    [ppmi.reference, with_loops, with_numpy, with_infinities, with_torch, with_scipy],
    ids=lambda f: f.__name__,
)
def test_right(answer):
    assert ppmi(answer, seconds=60).status == "right"


def formula(log=np.log, lowest=0.0, add=0.0, rows=True, columns=True, total=True):
    """PPMI with something changed, written as by a learner who has thought of empty rows."""

    def answer(counts):
        counts = counts + add
        result = np.zeros(counts.shape)
        for w, c in zip(*np.nonzero(counts), strict=True):
            ratio = counts[w, c] * (counts.sum() if total else 1)
            ratio /= counts[w].sum() if rows else 1
            ratio /= counts[:, c].sum() if columns else 1
            result[w, c] = max(lowest, log(ratio))
        return result

    return answer


def in_place(counts):
    expected = np.outer(counts.sum(1), counts.sum(0))
    counts *= counts.sum()
    np.divide(counts, expected, out=counts, where=expected > 0)
    np.log(counts, out=counts, where=counts > 0)
    return np.maximum(counts, 0)


def into_integers(counts):
    result = np.zeros(counts.shape, dtype=int)
    result[:] = np.array(with_loops(counts))
    return result


def first_cell_only(counts):
    result = with_numpy(counts)
    result[1:] = 0
    return result


def sums_swapped(counts):
    p = counts / counts.sum()
    return np.nan_to_num(np.maximum(np.log(p / (p.sum(axis=0)[:, None] * p.sum(axis=1)[None, :])), 0))


WRONG = [
    ("no-maximum", formula(lowest=-math.inf)),
    ("no-maximum", lambda counts: np.log(counts * counts.sum() / np.outer(counts.sum(1), counts.sum(0)))),
    (
        "empty-row",
        lambda counts: np.log(counts * counts.sum() / np.outer(counts.sum(1), counts.sum(0))).clip(0),
    ),
    ("log-base", formula(log=math.log2)),
    ("log-base", formula(log=math.log10)),
    ("log-one-plus", formula(log=math.log1p)),
    ("no-logarithm", formula(log=lambda ratio: ratio)),
    ("forgets-total", formula(total=False)),
    ("rows-only", formula(columns=False)),
    ("all-zero", formula(columns=False, total=False)),
    ("columns-only", formula(rows=False)),
    ("all-zero", formula(rows=False, total=False)),
    ("swapped-sums", sums_swapped),
    ("smoothing", formula(add=1)),
    ("smoothing", formula(add=0.1)),
    ("absolute-value", lambda counts: np.abs(formula(lowest=-math.inf)(counts))),
    ("changes-input", in_place),
    ("rounded", into_integers),
    ("transposed", lambda counts: np.transpose(with_numpy(counts))),
    ("wrong-shape", lambda counts: with_numpy(counts).ravel()),
    ("wrong-shape", lambda counts: with_numpy(counts).sum()),
    ("scaled", lambda counts: 2 * with_numpy(counts)),
    ("opposite-sign", lambda counts: -with_numpy(counts)),
    ("unseen-not-zero", lambda counts: with_numpy(counts) + (counts == 0)),
    ("infinite", lambda counts: np.where(counts > 0, with_numpy(counts), np.inf)),
    ("negative", lambda counts: with_numpy(counts) - counts),
    ("wrong-value", lambda counts: counts),
    ("wrong-value", first_cell_only),
    ("exception", lambda counts: [[math.log(n - 8) for n in row] for row in counts]),
    ("returns-none", lambda counts: None),
    ("returns-generator", lambda counts: (row for row in with_numpy(counts))),
    ("wrong-type", lambda counts: [[1.0], [1.0, 2.0]]),
    ("wrong-type", lambda counts: np.array([["a", "b"], ["c", "d"]])),
    ("wrong-dtype", lambda counts: with_numpy(counts) > 0),
]


@pytest.mark.parametrize("reason, answer", WRONG)
def test_wrong(reason, answer):
    result = ppmi(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


def test_untried():
    assert ppmi(lambda counts: ...).status == "untried"
