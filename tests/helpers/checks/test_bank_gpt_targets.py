"""Shifted targets and the causal loss: right answers in several styles, wrong ones with the reason each must get."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from helpers.checks.gpt import next_token_loss as loss
from helpers.checks.gpt import shift_targets as shift


def with_lists(token_ids):
    rows = token_ids.tolist()
    return [row[:-1] for row in rows], [row[1:] for row in rows]


def with_numpy(token_ids):
    ids = np.asarray(token_ids)
    return ids[:, : ids.shape[1] - 1], ids[:, 1:]


def rolled_and_cut(token_ids):
    return token_ids[..., :-1], torch.roll(token_ids, -1, 1)[:, :-1]


def with_narrow(token_ids):
    n = token_ids.size(1) - 1
    return token_ids.narrow(1, 0, n), token_ids.narrow(1, 1, n)


@pytest.mark.parametrize("answer", [shift.reference, with_lists, with_numpy, rolled_and_cut, with_narrow])
def test_shift_right(answer):
    result = shift(answer, seconds=60)
    assert result.status == "right", (result.reason, result.message)


SHIFT_WRONG = [
    ("not-shifted", lambda ids: (ids, ids.clone())),
    ("not-shifted", lambda ids: (ids[:, :-1], ids[:, :-1])),
    ("swapped", lambda ids: (ids[:, 1:], ids[:, :-1])),
    ("rolled", lambda ids: (ids, torch.roll(ids, -1, 1))),
    ("rolled-back", lambda ids: (ids, torch.roll(ids, 1, 1))),
    ("shifted-by-two", lambda ids: (ids[:, :-2], ids[:, 2:])),
    ("padded", lambda ids: (ids, F.pad(ids[:, 1:], (0, 1)))),
    ("padded", lambda ids: (ids, F.pad(ids[:, 1:], (0, 1), value=-100))),
    ("shifts-the-batch", lambda ids: (ids[:-1, :], ids[1:, :])),
    ("across-borders", lambda ids: (ids.reshape(-1)[:-1], ids.reshape(-1)[1:])),
    ("one-shorter", lambda ids: (ids, ids[:, 1:])),
    ("last-target-only", lambda ids: (ids[:, :-1], ids[:, -1])),
    ("cuts-both", lambda ids: (ids[:, 1:-1], ids[:, 2:])),
    ("cuts-both", lambda ids: (ids[:, :-2], ids[:, 1:-1])),
    ("cuts-one", lambda ids: (ids[:, :-2], ids[:, 1:])),
    ("cuts-one", lambda ids: (ids[:, :-1], ids[:, 2:])),
    ("wrong-shape", lambda ids: (ids[:, :-1], ids)),
    ("flattened", lambda ids: (ids[:, :-1].reshape(-1), ids[:, 1:].reshape(-1))),
    ("not-a-pair", lambda ids: ids[:, 1:]),
    ("not-a-pair", lambda ids: (ids[:, :-1], ids[:, 1:], 0)),
    ("exception", lambda ids: ids.shift(1)),
    ("returns-none", lambda ids: None),
]


@pytest.mark.parametrize(("reason", "answer"), SHIFT_WRONG)
def test_shift_wrong(reason, answer):
    result = shift(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


def test_two_of_different_shapes_are_told_no_more_than_that():
    assert shift(lambda ids: (ids[:, :-1], ids), seconds=60).message.endswith("; both should have the same shape.")


def through_log_softmax(logits, token_ids):
    log_p = torch.log_softmax(logits, dim=-1)
    total, count = 0.0, 0
    for row, text in enumerate(token_ids.tolist()):
        for place, token in enumerate(text[1:]):
            total, count = total - log_p[row, place, token], count + 1
    return total / count


def with_transpose(logits, token_ids):
    return F.cross_entropy(logits.transpose(1, 2)[..., :-1], token_ids[:, 1:])


def with_ignore(logits, token_ids):
    targets = torch.full_like(token_ids, -100)
    targets[:, :-1] = token_ids[:, 1:]
    return F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-100)


def with_gather(logits, token_ids):
    z, y = logits[:, :-1], token_ids[:, 1:].unsqueeze(-1)
    return (z.logsumexp(-1) - z.gather(-1, y).squeeze(-1)).mean()


@pytest.mark.parametrize("answer", [loss.reference, through_log_softmax, with_transpose, with_ignore, with_gather])
def test_loss_right(answer):
    result = loss(answer, seconds=60)
    assert result.status == "right", (result.reason, result.message)


def flat(logits, targets, **options):
    return F.cross_entropy(logits.reshape(-1, logits.size(-1)), targets.reshape(-1), **options)


LOSS_WRONG = [
    ("not-shifted", flat),
    ("not-shifted", lambda z, x: flat(z[:, :-1], x[:, :-1])),
    ("shifted-backwards", lambda z, x: flat(z[:, 1:], x[:, :-1])),
    ("rolled", lambda z, x: flat(z, torch.roll(x, -1, 1))),
    ("rolled-back", lambda z, x: flat(z, torch.roll(x, 1, 1))),
    ("shifted-by-two", lambda z, x: flat(z[:, :-2], x[:, 2:])),
    ("axes-mixed", lambda z, x: flat(z[:, :-1], x[:, 1:].T)),
    ("axes-mixed", lambda z, x: flat(z[:, :-1].permute(1, 0, 2), x[:, 1:])),
    ("classes-on-axis-one", lambda z, x: F.cross_entropy(z[:, :-1, :], x[:, 1:])),
    ("softmax-first", lambda z, x: flat(torch.softmax(z[:, :-1], dim=-1), x[:, 1:])),
    ("softmax-over-time", lambda z, x: F.nll_loss(z[:, :-1].log_softmax(1).flatten(0, 1), x[:, 1:].flatten())),
    ("no-logarithm", lambda z, x: F.nll_loss(z[:, :-1].softmax(-1).flatten(0, 1), x[:, 1:].flatten())),
    ("no-softmax", lambda z, x: F.nll_loss(z[:, :-1].flatten(0, 1), x[:, 1:].flatten())),
    ("last-place-only", lambda z, x: F.cross_entropy(z[:, -2], x[:, -1])),
    ("first-text-only", lambda z, x: F.cross_entropy(z[0, :-1], x[0, 1:])),
    ("sum", lambda z, x: flat(z[:, :-1], x[:, 1:], reduction="sum")),
    ("sum-over-places", lambda z, x: flat(z[:, :-1], x[:, 1:], reduction="sum") / len(x)),
    ("divides-by-all-places", lambda z, x: flat(z[:, :-1], x[:, 1:], reduction="sum") / x.numel()),
    ("bits", lambda z, x: flat(z[:, :-1], x[:, 1:]) / np.log(2)),
    ("perplexity", lambda z, x: torch.exp(flat(z[:, :-1], x[:, 1:]))),
    ("opposite-sign", lambda z, x: -flat(z[:, :-1], x[:, 1:])),
    ("no-gradient", lambda z, x: flat(z.detach()[:, :-1], x[:, 1:])),
    ("not-a-tensor", lambda z, x: flat(z[:, :-1], x[:, 1:]).item()),
    ("wrong-shape", lambda z, x: flat(z[:, :-1], x[:, 1:], reduction="none")),
    ("exception", lambda z, x: flat(z[:, :-1], x)),
]


@pytest.mark.parametrize(("reason", "answer"), LOSS_WRONG)
def test_loss_wrong(reason, answer):
    result = loss(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


@pytest.mark.parametrize(("check", "n"), [(shift, 1), (loss, 2)])
def test_untried(check, n):
    stubs = {1: lambda token_ids: ..., 2: lambda logits, token_ids: ...}
    assert check(stubs[n]).status == "untried"
