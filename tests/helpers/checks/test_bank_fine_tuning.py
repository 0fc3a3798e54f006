"""Pooling and the classification head: right answers in several styles, wrong ones with the reason each must get."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from helpers.checks.fine_tuning import classification_loss, mean_pool


def by_texts(x, token_mask):
    rows = []
    for text, keep in zip(x, token_mask, strict=True):
        rows.append(text[keep].mean(0) if keep.any() else torch.zeros(x.shape[2]))
    return torch.stack(rows)


def by_matrix(x, token_mask):
    weights = token_mask.float() / token_mask.sum(1, keepdim=True).clamp(min=1)
    return torch.einsum("bt,btd->bd", weights, x)


def with_numpy(x, token_mask):
    x, m = x.numpy(), token_mask.numpy()[..., None]
    return (x * m).sum(axis=1) / np.maximum(m.sum(axis=1), 1)


@pytest.mark.parametrize("answer", [mean_pool.reference, by_texts, by_matrix, with_numpy])
def test_pooling_right(answer):
    result = mean_pool(answer, seconds=60)
    assert result.status == "right", (result.reason, result.message)


def in_place(x, token_mask):
    x[~token_mask] = 0
    return x.sum(1) / token_mask.sum(1, keepdim=True).clamp(min=1)


def zeros_counted(x, token_mask):
    return x.masked_fill(~token_mask[..., None], 0).mean(dim=1)


POOL_WRONG = [
    ("empty-text", lambda x, m: x.masked_fill(~m.unsqueeze(-1), 0).sum(1) / m.sum(1).unsqueeze(-1)),
    ("mask-ignored", lambda x, m: x.sum(1) / x.size(1)),
    ("divides-by-all-places", zeros_counted),
    ("sum", lambda x, m: torch.einsum("btd,bt->bd", x, m.float())),
    ("mask-inverted", lambda x, m: mean_pool.reference(x, ~m)),
    ("one-count-for-all", lambda x, m: (x * m.unsqueeze(2)).sum(1) / m.sum()),
    ("mean-count", lambda x, m: (x * m[..., None]).sum(1) / m.sum(1).double().mean().float()),
    ("texts-mixed", lambda x, m: x[m].mean(0).repeat(len(x), 1)),
    ("first-token", lambda x, m: x.select(1, 0)),
    ("last-token", lambda x, m: x[:, -1, :]),
    ("max", lambda x, m: x.max(dim=1).values),
    ("one-more", lambda x, m: (x * m[..., None]).sum(1) / (m.sum(1) + 1)[:, None]),
    ("length-one", lambda x, m: F.normalize(by_texts(x, m), dim=1)),
    ("changes-input", in_place),
    ("wrong-shape", lambda x, m: x * m[..., None]),
    ("wrong-shape", lambda x, m: by_texts(x, m).mean(0)),
    ("returns-none", lambda x, m: None),
    ("exception", lambda x, m: x * m),
    ("opposite-sign", lambda x, m: -by_texts(x, m)),
]


@pytest.mark.parametrize(("reason", "answer"), POOL_WRONG)
def test_pooling_wrong(reason, answer):
    result = mean_pool(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


def with_linear(x, token_mask, weight, bias, labels):
    return F.cross_entropy(F.linear(by_texts(x, token_mask), weight, bias), labels)


def by_hand(x, token_mask, weight, bias, labels):
    logits = by_matrix(x, token_mask) @ weight.T + bias
    log_p = logits - logits.logsumexp(dim=1, keepdim=True)
    return -torch.stack([row[label] for row, label in zip(log_p, labels, strict=True)]).mean()


def with_gather(x, token_mask, weight, bias, labels):
    log_p = torch.log_softmax(by_texts(x, token_mask) @ weight.t() + bias, dim=-1)
    return -log_p.gather(1, labels[:, None]).sum() / len(labels)


@pytest.mark.parametrize("answer", [classification_loss.reference, with_linear, by_hand, with_gather])
def test_head_right(answer):
    result = classification_loss(answer, seconds=60)
    assert result.status == "right", (result.reason, result.message)


def scores(x, m, w, b):
    return F.linear(by_texts(x, m), w, b)


HEAD_WRONG = [
    ("mask-ignored", lambda x, m, w, b, y: F.cross_entropy(F.linear(x.mean(dim=1), w, b), y)),
    ("sum-pooled", lambda x, m, w, b, y: F.cross_entropy(F.linear((x * m.unsqueeze(2)).sum(1), w, b), y)),
    ("first-token", lambda x, m, w, b, y: F.cross_entropy(F.linear(x[:, 0], w, b), y)),
    ("max-pooled", lambda x, m, w, b, y: F.cross_entropy(F.linear(x.max(1)[0], w, b), y)),
    ("softmax-twice", lambda x, m, w, b, y: F.cross_entropy(F.softmax(scores(x, m, w, b), dim=1), y)),
    ("squashed", lambda x, m, w, b, y: F.cross_entropy(F.linear(torch.tanh(by_texts(x, m)), w, b), y)),
    ("bias-forgotten", lambda x, m, w, b, y: F.cross_entropy(by_texts(x, m) @ w.T, y)),
    ("sum", lambda x, m, w, b, y: F.cross_entropy(scores(x, m, w, b), y, reduction="sum")),
    ("each-class-a-question", lambda x, m, w, b, y: F.binary_cross_entropy_with_logits(
        scores(x, m, w, b), F.one_hot(y, len(b)).float())),
    ("each-token-a-verdict", lambda x, m, w, b, y: F.cross_entropy(
        F.linear(x[m], w, b), y.repeat_interleave(m.sum(1)))),
    ("not-the-logarithm", lambda x, m, w, b, y: 1 - scores(x, m, w, b).softmax(1)[torch.arange(len(y)), y].mean()),
    ("opposite-sign", lambda x, m, w, b, y: scores(x, m, w, b).log_softmax(1)[torch.arange(len(y)), y].mean()),
    ("labels-ignored", lambda x, m, w, b, y: F.cross_entropy(scores(x, m, w, b), torch.zeros_like(y))),
    ("labels-ignored", lambda x, m, w, b, y: F.cross_entropy(scores(x, m, w, b), scores(x, m, w, b).argmax(1))),
    ("bits", lambda x, m, w, b, y: F.cross_entropy(scores(x, m, w, b), y) / torch.log(torch.tensor(2.0))),
    ("not-a-tensor", lambda x, m, w, b, y: F.cross_entropy(scores(x, m, w, b), y).item()),
    ("partial-gradient", lambda x, m, w, b, y: F.cross_entropy(scores(x.detach(), m, w, b), y)),
    ("no-gradient", lambda x, m, w, b, y: F.cross_entropy(scores(x, m, w, b), y).detach()),
    ("wrong-shape", lambda x, m, w, b, y: F.cross_entropy(scores(x, m, w, b), y, reduction="none")),
    ("wrong-shape", lambda x, m, w, b, y: scores(x, m, w, b)),
    ("exception", lambda x, m, w, b, y: F.cross_entropy(by_texts(x, m) * w + b, y, weight=x)),
    ("returns-none", lambda x, m, w, b, y: None),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "answer"), HEAD_WRONG)
def test_head_wrong(reason, answer):
    result = classification_loss(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


def test_untried():
    assert mean_pool(lambda x, token_mask: ...).status == "untried"
    assert classification_loss(lambda x, token_mask, weight, bias, labels: ...).status == "untried"
