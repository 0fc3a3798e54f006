"""Top-p and the cached step: right answers in several styles, wrong ones with the reason each must get."""

import math

import numpy as np
import pytest
import torch

from helpers.attention import causal_mask, scaled_dot_product
from helpers.checks.gpt import cached_step as cached
from helpers.checks.gpt import top_p


def with_a_loop(probabilities, p):
    kept, total = [], 0.0
    for token in sorted(range(len(probabilities)), key=lambda token: -float(probabilities[token])):
        kept.append(token)
        total += float(probabilities[token])
        if total >= p - 1e-6:
            break
    result = torch.zeros_like(probabilities)
    result[kept] = probabilities[kept]
    return result / result.sum()


def with_numpy(probabilities, p):
    q = probabilities.double().numpy()
    order = np.argsort(-q, kind="stable")
    n = int(np.searchsorted(np.cumsum(q[order]), p - 1e-7)) + 1
    result = np.zeros_like(q)
    result[order[:n]] = q[order[:n]]
    return result / result.sum()


def with_scatter(probabilities, p):
    """As libraries do it: what stands before reaches p, shifted by one so that the first is never cut off."""
    ranked, order = torch.sort(probabilities, descending=True)
    cut = ranked.cumsum(-1) - ranked >= p - 1e-7
    cut[0] = False
    mask = torch.zeros_like(cut).scatter(0, order, cut)
    kept = probabilities.masked_fill(mask, 0.0)
    return kept / kept.sum()


def with_the_last_of_equals(probabilities, p):
    """Among equally likely tokens the last ones stay."""
    return with_a_loop(probabilities.flip(0), p).flip(0)


@pytest.mark.parametrize("answer", [top_p.reference, with_a_loop, with_numpy, with_scatter, with_the_last_of_equals])
def test_top_p_right(answer):
    result = top_p(answer, seconds=60)
    assert result.status == "right", (result.reason, result.message)


def learner(keep, put_back="order", normed=True, descending=True):
    def answer(probabilities, p):
        ranked, order = probabilities.sort(descending=descending)
        kept = keep(ranked, ranked.cumsum(0), p)
        if put_back == "order":
            result = torch.zeros_like(ranked)
            result[order[kept]] = ranked[kept]
        elif put_back == "mask":
            result = probabilities * kept
        elif put_back == "wrong":
            result = (ranked * kept)[order]
        else:
            result = ranked * kept
        return result / result.sum() if normed else result

    return answer


def right(ranked, total, p):
    kept = total - ranked < p - 1e-7
    kept[0] = True
    return kept


def one_more(ranked, total, p):
    n = int(right(ranked, total, p).sum())
    return torch.arange(len(ranked)) <= n


def in_place(probabilities, p):
    ranked, order = probabilities.sort(descending=True)
    probabilities[order[~right(ranked, ranked.cumsum(0), p)]] = 0
    return probabilities / probabilities.sum()


def tail(ranked, total, p):
    return ~right(ranked, total, p)


def by_value(probabilities, p):
    kept = probabilities * (probabilities >= with_a_loop(probabilities, p).ne(0).mul(probabilities).unique()[1:][:1])
    return kept / kept.sum()


TOP_P_WRONG = [
    ("keeps-all-equals", by_value),
    ("drops-the-crossing-token", learner(lambda ranked, total, p: total <= p + 1e-6)),
    ("drops-the-crossing-token", learner(lambda ranked, total, p: (total <= p + 1e-6) | (total == total[0]))),
    ("one-too-many", learner(one_more)),
    ("goes-on-at-exactly-p", learner(lambda ranked, total, p: total - ranked <= p)),
    ("empty", learner(lambda ranked, total, p: total - ranked < p - 1e-7)),
    ("not-renormalised", learner(right, normed=False)),
    ("not-renormalised-and-drops", learner(lambda ranked, total, p: total <= p + 1e-6, normed=False)),
    ("ascending", learner(right, descending=False)),
    ("not-put-back", learner(right, put_back="")),
    ("mask-not-put-back", learner(right, put_back="mask")),
    ("wrong-way-back", learner(right, put_back="wrong")),
    ("threshold", lambda q, p: q * (q >= p) / (q * (q >= p)).sum()),
    ("softmax-again", lambda q, p: torch.softmax(torch.where(with_a_loop(q, p) > 0, q, -math.inf), 0)),
    ("counts-tokens", lambda q, p: torch.zeros_like(q).scatter(
        0, q.topk(max(1, int(p * len(q)))).indices, q.topk(max(1, int(p * len(q)))).values
        / q.topk(max(1, int(p * len(q)))).values.sum())),
    ("keeps-the-tail", learner(tail)),
    ("greedy", lambda q, p: torch.eye(len(q))[q.argmax()]),
    ("cuts-nothing", lambda q, p: q.clone()),
    ("changes-input", in_place),
    ("wrong-shape", lambda q, p: with_a_loop(q, p)[with_a_loop(q, p) > 0]),
    ("returns-none", lambda q, p: None),
    ("exception", lambda q, p: q.sort(descending=True).cumsum(0)),
    ("not-one", lambda q, p: with_a_loop(q, p) * torch.arange(1, len(q) + 1)),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "answer"), TOP_P_WRONG)
def test_top_p_wrong(reason, answer):
    result = top_p(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


def row_by_row(embedded, positions, to_query, to_key, to_value, keys, values):
    """One new token after the other: no mask is needed then."""
    outputs = []
    for vector in embedded:
        x = vector + positions[len(keys)]
        keys, values = torch.vstack([keys, x @ to_key]), torch.vstack([values, x @ to_value])
        weights = torch.softmax(keys @ (x @ to_query) / math.sqrt(keys.shape[1]), dim=0)
        outputs.append(weights @ values)
    return torch.stack(outputs), keys, values


def with_tril(embedded, positions, to_query, to_key, to_value, keys, values):
    S, T = len(keys), len(embedded)
    x = embedded + positions[S : S + T]
    keys, values = torch.cat((keys, x @ to_key), 0), torch.cat((values, x @ to_value), 0)
    scores = (x @ to_query) @ keys.T / keys.shape[-1] ** 0.5
    scores = scores.masked_fill(torch.ones(T, S + T).tril(diagonal=S) == 0, float("-inf"))
    return [scores.softmax(dim=-1) @ values, keys, values]


def with_pytorch(embedded, positions, to_query, to_key, to_value, keys, values):
    x = embedded + positions[len(keys) :][: len(embedded)]
    keys, values = torch.cat([keys, x @ to_key]), torch.cat([values, x @ to_value])
    mask = causal_mask(len(x), len(keys))
    q, k, v = ((part[None, None]) for part in (x @ to_query, keys, values))
    return torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)[0, 0], keys, values


@pytest.mark.parametrize("answer", [cached.reference, row_by_row, with_tril, with_pytorch])
def test_cached_right(answer):
    result = cached(answer, seconds=60)
    assert result.status == "right", (result.reason, result.message)


def step(start=len, mask=causal_mask, join=lambda old, new: torch.cat([old, new]), give=lambda *all: all, seen="qkv"):
    """A learner's step with one thing wrong."""

    def answer(embedded, positions, to_query, to_key, to_value, keys, values):
        S, T = start(keys), len(embedded)
        x = embedded + positions[S : S + T]
        q, k, v = ((x if name in seen else embedded) @ view for name, view in zip("qkv", (to_query, to_key, to_value),
                                                                                 strict=True))  # fmt: skip
        all_keys, all_values = join(keys, k), join(values, v)
        output = scaled_dot_product(q, all_keys, all_values, mask(T, len(all_keys)))[0]
        return give(output, all_keys, all_values)

    return answer


def corner(n_new, n_keys):
    return torch.ones(n_new, n_keys).tril().bool()


def recomputed_without_the_past(embedded, positions, to_query, to_key, to_value, keys, values):
    x = embedded + positions[: len(embedded)]
    k, v = x @ to_key, x @ to_value
    return scaled_dot_product(x @ to_query, k, v, causal_mask(len(x)))[0], k, v


def old_values(embedded, positions, to_query, to_key, to_value, keys, values):
    output, new_keys, _ = with_tril(embedded, positions, to_query, to_key, to_value, keys, values)
    return output, new_keys, values


def old_cache(embedded, positions, to_query, to_key, to_value, keys, values):
    return with_tril(embedded, positions, to_query, to_key, to_value, keys, values)[0], keys, values


def unscaled(embedded, positions, to_query, to_key, to_value, keys, values):
    return with_tril(embedded, positions, to_query * keys.shape[1] ** 0.5, to_key, to_value, keys, values)


CACHED_WRONG = [
    ("no-position-offset", step(start=lambda keys: 0)),
    ("position-off-by-one", step(start=lambda keys: len(keys) + 1)),
    ("no-causal-offset", step(mask=corner)),
    ("square-mask", step(mask=lambda n_new, n_keys: causal_mask(n_new))),
    ("no-mask", step(mask=lambda n_new, n_keys: None)),
    ("sees-one-ahead", step(mask=lambda n_new, n_keys: torch.ones(n_new, n_keys).tril(n_keys - n_new + 1).bool())),
    ("mask-inverted", step(mask=lambda n_new, n_keys: torch.ones(n_new, n_keys).triu(n_keys - n_new).bool())),
    ("wrong-order", step(join=lambda old, new: torch.cat([new, old]))),
    ("forgets-the-past", recomputed_without_the_past),
    ("keys-only", old_values),
    ("returns-the-old-cache", old_cache),
    ("keys-and-values-swapped", step(give=lambda output, keys, values: (output, values, keys))),
    ("query-without-position", step(seen="kv")),
    ("query-without-position", step(seen="k")),
    ("last-output-only", step(give=lambda output, keys, values: (output[-1:], keys, values))),
    ("no-scaling", unscaled),
    ("one-of-three", step(give=lambda output, keys, values: output)),
    ("not-three", step(give=lambda output, keys, values: (output, (keys, values)))),
    ("wrong-shape", step(give=lambda output, keys, values: (output.sum(-1), keys, values))),
    ("exception", lambda *args: 1 / 0),
    ("returns-none", lambda *args: None),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "answer"), CACHED_WRONG)
def test_cached_wrong(reason, answer):
    result = cached(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


def test_untried():
    assert top_p(lambda probabilities, p: ...).status == "untried"
    stub = lambda embedded, positions, to_query, to_key, to_value, keys, values: ...  # noqa: E731
    assert cached(stub).status == "untried"
