"""Truncated back-propagation: right answers in several styles, wrong ones with the reason each must get."""

import pytest
import torch

from helpers.checks.recurrent import truncated_gradient as check


def step(x, h, weight_x, weight_h, bias):
    return torch.tanh(weight_x @ x + weight_h @ h + bias)


def learner(before=lambda h: h.detach(), every=lambda h: h, loss_of=lambda h: (h * h).sum(), begin=None, rest=True):
    """All chunks' losses added up, one gradient at the end; with something changed."""

    def answer(x, h, weight_x, weight_h, bias, chunk):
        first, loss = h, 0
        for t in range(len(x) if rest or len(x) < chunk else len(x) // chunk * chunk):
            if t % chunk == 0:
                h = before(h) if begin is None or t == 0 else begin(first)
            h = step(x[t], every(h), weight_x, weight_h, bias)
            loss = loss + loss_of(h)
        return torch.autograd.grad(loss, weight_h)[0]

    return answer


def with_backward(x, h, weight_x, weight_h, bias, chunk):
    """As in a training loop: backward after each chunk adds into .grad."""
    weight = weight_h.detach().clone().requires_grad_()
    for part in x.split(chunk):
        h, states = h.detach(), []
        for now in part:
            h = step(now, h, weight_x, weight, bias)
            states.append(h)
        torch.stack(states).pow(2).sum().backward()
    return weight.grad


def chunks(cut):
    """A gradient kept in the weight itself, of a text cut in some way."""

    def answer(x, h, weight_x, weight_h, bias, chunk):
        for part in cut(x, chunk):
            h, loss = h.detach(), 0
            for now in part:
                h = step(now, h, weight_x, weight_h, bias)
                loss = loss + h.square().sum()
            loss.backward()
        return weight_h.grad

    return answer


with_the_given_weight = chunks(lambda x, chunk: x.split(chunk))


def by_hand(x, h, weight_x, weight_h, bias, chunk):
    """Back-propagation without autograd."""
    total, weight = torch.zeros_like(weight_h), weight_h.detach()
    for part in x.split(chunk):
        states = [h]
        for now in part:
            states.append(step(now, states[-1], weight_x, weight, bias))
        h, flow = states[-1], torch.zeros_like(h)
        for before, after in zip(states[-2::-1], states[:0:-1], strict=True):
            flow = (flow + 2 * after) * (1 - after**2)
            total = total + torch.outer(flow, before)
            flow = weight.T @ flow
    return total


def no_detach_backward(x, h, weight_x, weight_h, bias, chunk):
    for part in x.split(chunk):
        loss = 0
        for now in part:
            h = step(now, h, weight_x, weight_h, bias)
            loss = loss + h.square().sum()
        loss.backward()
    return weight_h.grad


def last_chunk(x, h, weight_x, weight_h, bias, chunk):
    for part in x.split(chunk):
        h, loss = h.detach(), 0
        for now in part:
            h = step(now, h, weight_x, weight_h, bias)
            loss = loss + h.square().sum()
    return torch.autograd.grad(loss, weight_h)[0]


def last_state(x, h, weight_x, weight_h, bias, chunk):
    total = 0
    for part in x.split(chunk):
        h = h.detach()
        for now in part:
            h = step(now, h, weight_x, weight_h, bias)
        total = total + torch.autograd.grad(h.square().sum(), weight_h)[0]
    return total


@pytest.mark.parametrize("answer", [learner(), with_backward, with_the_given_weight, by_hand])
def test_right(answer):
    result = check(answer, seconds=60)
    assert result.status == "right", (result.reason, result.message)


WRONG = [
    ("no-detach", learner(before=lambda h: h)),
    ("second-backward", no_detach_backward),
    ("detaches-every-step", learner(every=lambda h: h.detach())),
    ("starts-over", learner(begin=lambda first: first)),
    ("starts-at-zero", learner(begin=torch.zeros_like, before=torch.zeros_like)),
    ("last-chunk-only", last_chunk),
    ("drops-the-rest", learner(rest=False)),
    ("last-state-only", last_state),
    ("mean-of-squares", learner(loss_of=lambda h: (h * h).mean())),
    ("no-squares", learner(loss_of=torch.sum)),
    ("halves-the-text", chunks(torch.chunk)),
    ("halves-the-text", chunks(torch.tensor_split)),
    ("opposite-sign", lambda *args: -learner()(*args)),
    ("scaled", lambda *args: 2 * learner()(*args)),
    ("wrong-shape", lambda *args: learner()(*args)[None]),
    ("returns-none", lambda x, h, weight_x, weight_h, bias, chunk: weight_h.grad),
    ("exception", lambda x, h, weight_x, weight_h, bias, chunk: x.backward()),
]


@pytest.mark.parametrize(("reason", "answer"), WRONG)
def test_wrong(reason, answer):
    result = check(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


def test_untried():
    assert check(lambda x, h, weight_x, weight_h, bias, chunk: ...).status == "untried"
