"""Perplexity: right answers in several styles, wrong ones with the reason each must get."""

import math

import numpy as np
import pytest
import torch

from helpers.checks.language_models import perplexity as check


def with_numpy(probabilities):
    with np.errstate(divide="ignore"):
        return np.exp(-np.mean(np.log(probabilities)))


def in_bits(probabilities):
    if 0 in probabilities:
        return float("inf")
    return 2 ** (-sum(map(math.log2, probabilities)) / len(probabilities))


def root_by_root(probabilities):
    result = 1.0
    for p in probabilities:
        result *= (1 / p) ** (1 / len(probabilities)) if p else math.inf
    return result


def with_torch(probabilities):
    return torch.tensor(probabilities, dtype=torch.double).log().mean().neg().exp()


@pytest.mark.parametrize("answer", [check.reference, with_numpy, in_bits, root_by_root, with_torch])
def test_right(answer):
    assert check(answer, seconds=60).status == "right"


def multiplies(probabilities):
    product = 1
    for p in probabilities:
        product *= p
    return product ** (-1 / len(probabilities))


def stops_at_zero(probabilities):
    return math.exp(sum(-math.log(p) for p in probabilities) / len(probabilities))


WRONG = [
    ("underflow", multiplies),
    ("underflow", lambda ps: (1 / np.prod(ps)) ** (1 / len(ps))),
    ("zero-probability", stops_at_zero),
    ("skips-zeros", lambda ps: with_numpy([p for p in ps if p > 0])),
    ("capped", lambda ps: with_numpy(np.array(ps) + 1e-10)),
    ("capped", lambda ps: with_numpy(np.clip(ps, 1e-12, 1))),
    ("mixed-bases", lambda ps: 2.0 ** (-np.log(ps).mean())),
    ("mixed-bases", lambda ps: np.exp(-np.log2(ps).mean())),
    ("no-exponential", lambda ps: -np.log(ps).mean()),
    ("sum-not-mean", lambda ps: np.exp(-np.log(ps).sum())),
    ("inverse", lambda ps: np.exp(np.log(ps).mean())),
    ("arithmetic-mean", lambda ps: 1 / np.mean(ps)),
    ("arithmetic-mean", lambda ps: (1 / np.array(ps)).mean()),
    ("off-by-one", lambda ps: np.exp(-np.log(ps).sum() / max(1, len(ps) - 1))),
    ("below-one", lambda ps: np.prod(ps)),
    ("returns-none", lambda ps: print(with_numpy(ps))),
    ("wrong-type", lambda ps: str(with_numpy(ps))),
    ("wrong-shape", lambda ps: np.array([with_numpy(ps)])),
    ("changes-input", lambda ps: (ps.sort(), with_numpy(ps))[1]),
    ("scaled", lambda ps: 3 * with_numpy(ps)),
    ("constant", lambda ps: 2.0),
]


@pytest.mark.parametrize("reason, answer", WRONG)
def test_wrong(reason, answer):
    result = check(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


def test_untried():
    assert check(lambda probabilities: ...).status == "untried"
