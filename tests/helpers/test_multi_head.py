"""Learned attention: by hand, against PyTorch's own, and the properties every mask must keep."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from helpers import attention


def normal(*shape, seed=0, dtype=torch.float64):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype).requires_grad_()


def gradients(output, *inputs):
    weights = torch.randn(output.shape, generator=torch.Generator().manual_seed(9), dtype=output.dtype)
    return torch.autograd.grad((output * weights).sum(), inputs, retain_graph=True)


def test_three_words_by_hand():
    x = torch.tensor([[2.0, 0.0], [1.0, 1.0], [0.0, 2.0]])
    output, weights = attention.scaled_dot_product(x, x, x)
    scores = [[4, 2, 0], [2, 2, 2], [0, 2, 4]]
    by_hand = [[math.exp(s / math.sqrt(2)) for s in row] for row in scores]
    expected = torch.tensor([[e / sum(row) for e in row] for row in by_hand])
    assert torch.allclose(weights, expected) and torch.allclose(output, expected @ x)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("mask_shape", [None, (4, 5), (2, 1, 5), (2, 1, 4, 5), (2, 3, 4, 5)])
def test_values_and_gradients_are_pytorchs(seed, mask_shape):
    query, key, value = normal(2, 3, 4, 6, seed=seed), normal(2, 3, 5, 6, seed=seed + 10), normal(2, 3, 5, 7, seed=seed)
    mask = None
    if mask_shape is not None:
        mask = torch.rand(mask_shape, generator=torch.Generator().manual_seed(seed)) < 0.6
        mask[..., 0] = True  # PyTorch's answer to a query without keys is another matter
        mask = mask.unsqueeze(1) if mask.ndim == 3 else mask
    ours, weights = attention.scaled_dot_product(query, key, value, mask)
    theirs = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    assert torch.allclose(ours, theirs, atol=1e-12) and torch.allclose(weights.sum(-1), torch.ones(()).double())
    for a, b in zip(gradients(ours, query, key, value), gradients(theirs, query, key, value), strict=True):
        assert torch.allclose(a, b, atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_a_query_that_may_look_at_nothing_gets_zeros_and_no_nan(dtype):
    query, key, value = (normal(2, 3, 4, dtype=dtype, seed=seed) for seed in range(3))
    mask = torch.tensor([[True, False, True], [False, False, False], [False, True, False]])
    output, weights = attention.scaled_dot_product(query, key, value, mask)
    assert (output[:, 1] == 0).all() and (weights[:, 1] == 0).all() and (weights[:, ~mask] == 0).all()
    assert all(grad.isfinite().all() for grad in gradients(output, query, key, value))
    assert (gradients(output[:, 1], query)[0] == 0).all()


def test_masks_that_cannot_be_meant_are_refused():
    scores = torch.zeros(2, 3, 3)
    for mask, word in [(torch.ones(3, 3), "bool"), (torch.ones(5, 2, 3, 3, dtype=torch.bool), "shape"),
                       (torch.ones(3, 4, dtype=torch.bool), "shape")]:  # fmt: skip
        with pytest.raises(ValueError, match=word):
            attention.masked_softmax(scores, mask)
    with pytest.raises(ValueError, match="must have as many"):
        attention.scaled_dot_product(torch.zeros(2, 3), torch.zeros(2, 4), torch.zeros(2, 4))


def test_causal_masks():
    assert attention.causal_mask(3).tolist() == [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
    assert attention.causal_mask(2, 4).tolist() == [[1, 1, 1, 0], [1, 1, 1, 1]]
    assert attention.causal_mask(3, window=2).tolist() == [[1, 0, 0], [1, 1, 0], [0, 1, 1]]
    assert attention.causal_mask(0).shape == (0, 0) and attention.causal_mask(2).dtype == torch.bool
    for bad in ((3, 2), (-1,)):
        with pytest.raises(ValueError, match="last of the keys"):
            attention.causal_mask(*bad)
    with pytest.raises(ValueError, match="window"):
        attention.causal_mask(3, window=0)


def test_padding_and_combination():
    padding = attention.padding_mask(torch.tensor([[5, 6, 0], [7, 0, 0]]), pad_id=0)
    assert padding.tolist() == [[[True, True, False]], [[True, False, False]]]
    both = attention.combine(attention.causal_mask(3), None, padding)
    assert both.shape == (2, 3, 3) and both[1].tolist() == [[1, 0, 0]] * 3 and both[0, 2].tolist() == [1, 1, 0]
    assert attention.combine(None, None) is None
    with pytest.raises(ValueError, match="expected \\(B, S\\)"):
        attention.padding_mask(torch.tensor([1, 2]), 0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 6), st.integers(1, 4))
def test_masked_weights_are_a_distribution_over_what_is_allowed(seed, queries, keys, batch):
    generator = torch.Generator().manual_seed(seed)
    scores = 50 * torch.randn(batch, queries, keys, generator=generator)
    mask = torch.rand(batch, queries, keys, generator=generator) < 0.5
    weights = attention.masked_softmax(scores, mask)
    assert (weights[~mask] == 0).all() and (weights >= 0).all()
    assert torch.allclose(weights.sum(-1), mask.any(-1).float(), atol=1e-5)


def test_heads_split_and_join():
    x = torch.arange(2 * 3 * 8.0).reshape(2, 3, 8)
    heads = attention.split_heads(x, 4)
    assert heads.shape == (2, 4, 3, 2) and heads[1, 2, 0].tolist() == x[1, 0, 4:6].tolist()
    assert (attention.merge_heads(heads) == x).all()
    with pytest.raises(ValueError, match="divided among 3"):
        attention.split_heads(x, 3)


def copied(ours: attention.MultiHeadAttention, d_model: int) -> nn.MultiheadAttention:
    theirs = nn.MultiheadAttention(d_model, ours.n_heads, batch_first=True).double()
    three = ours.to_query, ours.to_key, ours.to_value
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([part.weight for part in three]))
        theirs.in_proj_bias.copy_(torch.cat([part.bias for part in three]))
    theirs.out_proj.load_state_dict(ours.to_output.state_dict())
    return theirs


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("cross, masked", [(False, False), (False, True), (True, False), (True, True)])
def test_multi_head_attention_is_pytorchs(fused, cross, masked):
    torch.manual_seed(0)
    ours = attention.MultiHeadAttention(12, 3, fused=fused).double()
    theirs = copied(ours, 12)
    x, memory = normal(2, 4, 12), normal(2, 6, 12, seed=1)
    other = memory if cross else x
    allowed = attention.combine(
        None if cross else attention.causal_mask(4), torch.arange(other.shape[1]) < torch.tensor([[[3]], [[4]]]))
    if not masked:
        allowed = None
    mine, weights = ours(x, memory if cross else None, mask=allowed)
    forbidden = None if allowed is None else ~allowed.expand(2, 4, -1).repeat_interleave(3, dim=0)
    yours, their_weights = theirs(x, other, other, attn_mask=forbidden, average_attn_weights=False)
    assert torch.allclose(mine, yours, atol=1e-10)
    assert weights is None if fused else torch.allclose(weights, their_weights, atol=1e-10)
    inputs = (x, memory) if cross else (x,)
    for a, b in zip(gradients(mine, *inputs), gradients(yours, *inputs), strict=True):
        assert torch.allclose(a, b, atol=1e-10)


@pytest.mark.parametrize("fused", [False, True])
def test_a_padded_row_without_any_key_gives_the_bias_alone(fused):
    torch.manual_seed(0)
    heads = attention.MultiHeadAttention(8, 2, fused=fused)
    output, _ = heads(torch.randn(2, 3, 8), mask=torch.tensor([True, False])[:, None, None].expand(2, 1, 3))
    assert torch.allclose(output[1], heads.to_output.bias.expand(3, 8)) and output.isfinite().all()


@pytest.mark.parametrize("scorer", [attention.MultiplicativeScores(5, 4), attention.AdditiveScores(5, 4, 7)])
def test_learned_scores_one_pair_at_a_time(scorer):
    query, key = torch.randn(2, 3, 5), torch.randn(2, 6, 4)
    scores = scorer(query, key)
    assert scores.shape == (2, 3, 6)
    if isinstance(scorer, attention.MultiplicativeScores):
        one = query[1, 2] @ (scorer.weight.weight @ key[1, 4])
    else:
        hidden = torch.tanh(scorer.from_query.weight @ query[1, 2] + scorer.from_key(key[1, 4]))
        one = scorer.to_score.weight[0] @ hidden
    assert torch.allclose(scores[1, 2, 4], one, atol=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_rotary_scores_depend_on_the_distance_alone(seed):
    q, k = normal(8, seed=seed), normal(8, seed=seed + 5)

    def score(i, j):
        return (attention.rotate(q.expand(1, 8), i) @ attention.rotate(k.expand(1, 8), j).T).item()

    assert score(3, 1) == pytest.approx(score(12, 10), abs=1e-5) and abs(score(3, 1) - score(1, 3)) > 1e-3
    assert attention.rotate(q.expand(4, 8), 7).norm(dim=-1).tolist() == pytest.approx([q.norm().item()] * 4, abs=1e-5)
    with pytest.raises(ValueError, match="even"):
        attention.rotate(torch.zeros(2, 3))


def test_sinusoidal_positions_by_hand():
    table = attention.sinusoidal_positions(3, 4)
    expected = [[math.sin(p), math.cos(p), math.sin(p / 100), math.cos(p / 100)] for p in range(3)]
    assert torch.allclose(table, torch.tensor(expected), atol=1e-6)
    assert torch.allclose(attention.sinusoidal_positions(2, 4, start=1), table[1:])
    with pytest.raises(ValueError, match="even"):
        attention.sinusoidal_positions(3, 5)
    assert torch.allclose(attention.sinusoidal_positions(3, 4, base=100.0)[:, 2], (torch.arange(3) / 10).sin())


@pytest.mark.parametrize("n_heads", [1, 2, 4])
@pytest.mark.parametrize("mask_shape", [None, (2, 1, 5), (2, 3, 5)])
def test_heads_attend_each_by_itself(n_heads, mask_shape):
    query, key, value = normal(2, 3, 8), normal(2, 5, 8, seed=1), normal(2, 5, 8, seed=2)
    mask = None if mask_shape is None else torch.rand(mask_shape, generator=torch.Generator().manual_seed(0)) < 0.6
    found = attention.attend_in_heads(query, key, value, n_heads, mask)
    parts = [attention.scaled_dot_product(*three, mask)[0]
             for three in zip(*(x.chunk(n_heads, dim=-1) for x in (query, key, value)), strict=True)]  # fmt: skip
    assert torch.allclose(found, torch.cat(parts, dim=-1))
    with pytest.raises(ValueError, match="divided among 3"):
        attention.attend_in_heads(query, key, value, 3)
