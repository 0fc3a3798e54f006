"""Blocks and whole Transformers: against PyTorch's layers, and by pushing at single tokens."""

import dataclasses

import pytest
import torch
from torch import nn

from helpers.attention import causal_mask
from helpers.transformer import Block, EncoderDecoder, Stack, TransformerConfig, pre_norm_block, translate
from helpers.transformer.block import shift

SMALL = TransformerConfig(11, d_model=12, n_heads=3, n_layers=2, d_ff=20)
VARIANTS = [
    {},
    {"shifted": True},
    {"norm_place": "post"},
    {"positions": "learned", "activation": "gelu"},
    {"positions": "rotary", "norm_kind": "rms", "normed_heads": True, "bias": False, "activation": "squared_relu"},
    {"window": 3, "positions": "rotary"},
]


def copy_attention(ours, theirs):
    three = ours.to_query, ours.to_key, ours.to_value
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([part.weight for part in three]))
        theirs.in_proj_bias.copy_(torch.cat([part.bias for part in three]))
    theirs.out_proj.load_state_dict(ours.to_output.state_dict())


def gradients(output, *inputs):
    weights = torch.randn(output.shape, generator=torch.Generator().manual_seed(9), dtype=output.dtype)
    return torch.autograd.grad((output * weights).sum(), inputs)


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("cross", [False, True])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("norm_place", ["pre", "post"])
def test_a_block_is_pytorchs_layer(norm_place, activation, cross, fused):
    torch.manual_seed(0)
    config = dataclasses.replace(SMALL, norm_place=norm_place, activation=activation, fused=fused)
    ours = Block(config, cross=cross).double()
    kind = nn.TransformerDecoderLayer if cross else nn.TransformerEncoderLayer
    theirs = kind(12, 3, 20, 0.0, activation, batch_first=True, norm_first=norm_place == "pre").double()
    for part in ours.parameters():
        nn.init.normal_(part, std=0.5)
    copy_attention(ours.attention, theirs.self_attn)
    norms = [ours.attention_norm, ours.feed_forward_norm]
    if cross:
        copy_attention(ours.cross_attention, theirs.multihead_attn)
        norms.insert(1, ours.cross_norm)
    for number, norm in enumerate(norms, start=1):
        getattr(theirs, f"norm{number}").load_state_dict(norm.state_dict())
    theirs.linear1.load_state_dict(ours.feed_forward.widen.state_dict())
    theirs.linear2.load_state_dict(ours.feed_forward.narrow.state_dict())

    x, memory = (torch.randn(2, size, 12, dtype=torch.float64, requires_grad=True) for size in (5, 4))
    causal, padding = causal_mask(5), torch.tensor([[True] * 4, [True] * 2 + [False] * 2])
    if cross:
        mine = ours(x, causal, memory, padding.unsqueeze(1)).x
        yours = theirs(x, memory, tgt_mask=~causal, memory_key_padding_mask=~padding)
    else:
        mine, yours = ours(x, causal).x, theirs(x, src_mask=~causal)
    assert torch.allclose(mine, yours, atol=1e-9)
    inputs = (x, memory) if cross else (x,)
    for a, b in zip(gradients(mine, *inputs), gradients(yours, *inputs), strict=True):
        assert torch.allclose(a, b, atol=1e-8)


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_token_of_a_decoder_sees_the_future_and_every_one_the_past(variant):
    torch.manual_seed(0)
    stack = Stack(dataclasses.replace(SMALL, **variant), causal=True).double().eval()
    token_ids = torch.tensor([[1, 2, 3, 4, 5, 6]])
    before = stack(token_ids).x
    for place in range(6):
        changed = token_ids.clone()
        changed[0, place] = 9
        moved = (stack(changed).x - before).abs().amax(dim=-1)[0] > 1e-9
        assert not moved[:place].any() and moved[place]
        if not variant.get("window"):
            assert moved[place:].all()


def test_a_shifted_part_reads_half_of_its_numbers_from_the_token_before():
    x = torch.arange(12.0).reshape(1, 3, 4)
    assert shift(x).tolist() == [[[0, 0, 2, 3], [0, 1, 6, 7], [4, 5, 10, 11]]]
    assert shift(x, torch.full((1, 1, 4), 9.0))[0, 0].tolist() == [9, 9, 2, 3]
    torch.manual_seed(0)
    plain, shifted = (Block(dataclasses.replace(SMALL, shifted=given)).eval() for given in (False, True))
    shifted.load_state_dict(plain.state_dict())
    inputs = torch.randn(2, 5, 12)
    middle = inputs + plain.attention(shift(plain.attention_norm(inputs)))[0]
    expected = middle + plain.feed_forward(shift(plain.feed_forward_norm(middle)))
    assert torch.allclose(shifted(inputs).x, expected, atol=1e-6)


def test_a_window_forgets_what_is_too_far_back():
    torch.manual_seed(0)
    stack = Stack(dataclasses.replace(SMALL, window=2, n_layers=1), causal=True).eval()
    token_ids = torch.tensor([[1, 2, 3, 4]])
    changed = torch.tensor([[9, 2, 3, 4]])
    assert (stack(token_ids).x - stack(changed).x).abs().amax(dim=-1)[0].gt(1e-6).tolist() == [1, 1, 0, 0]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("cuts", [[1] * 7, [3, 4], [5, 1, 1], [7]])
def test_reading_bit_by_bit_with_a_cache_is_reading_at_once(variant, cuts):
    torch.manual_seed(0)
    stack = Stack(dataclasses.replace(SMALL, **variant), causal=True).double().eval()
    token_ids = torch.randint(11, (2, 7))
    cache = stack.new_cache()
    bits = torch.cat([stack(part, cache=cache).x for part in token_ids.split(cuts, dim=1)], dim=1)
    assert torch.allclose(bits, stack(token_ids).x, atol=1e-9)
    if variant.get("window"):
        assert cache[0].key.shape[-2] == 3 and cache[0].seen == 7


@pytest.mark.parametrize("variant", VARIANTS[:5])
def test_padding_changes_nothing_in_an_encoder_decoder(variant):
    torch.manual_seed(0)
    config = dataclasses.replace(SMALL, **variant)
    model = EncoderDecoder(config, config).double().eval()
    source, target = torch.randint(1, 11, (1, 4)), torch.randint(1, 11, (1, 3))
    alone = model(source, target)
    batch = model(torch.cat([source, torch.zeros(1, 5, dtype=torch.long)], dim=1).repeat(2, 1),
                  torch.cat([target, torch.zeros(1, 2, dtype=torch.long)], dim=1).repeat(2, 1))  # fmt: skip
    assert torch.allclose(batch[:, :3], alone.expand(2, -1, -1), atol=1e-9) and batch.isfinite().all()
    memory, mask = model.encode(source)
    cache = model.decoder.new_cache()
    steps = [model.decode(target[:, t : t + 1], memory, mask, cache)[0] for t in range(3)]
    assert torch.allclose(torch.cat(steps, dim=1), alone, atol=1e-9)


def test_a_source_of_padding_alone_gives_no_nan():
    model = EncoderDecoder(SMALL, SMALL).eval()
    logits = model(torch.zeros(1, 3, dtype=torch.long), torch.tensor([[1, 2]]))
    assert logits.isfinite().all()


@pytest.mark.parametrize("variant", [{"positions": "none"}, *VARIANTS[:4]])
def test_only_positions_tell_an_encoder_the_order(variant):
    torch.manual_seed(0)
    stack = Stack(dataclasses.replace(SMALL, **variant)).double().eval()
    forwards, backwards = stack(torch.tensor([[1, 2, 3]])).x, stack(torch.tensor([[3, 2, 1]])).x
    blind = variant.get("positions") == "none"
    assert torch.allclose(forwards, backwards.flip(1), atol=1e-9) == blind


def test_attention_of_every_block_is_given_and_sums_to_one():
    output = Stack(SMALL, causal=True)(torch.tensor([[1, 2, 3]]))
    assert [weights.shape for weights in output.attention] == [(1, 3, 3, 3)] * 2
    assert all(torch.allclose(weights.sum(-1), torch.ones(1, 3, 3)) for weights in output.attention)
    assert output.cross_attention == [None, None]


@pytest.mark.parametrize("wrong", [{"activation": "tanh"}, {"positions": "sinus"}, {"n_heads": 5}, {"norm_place": "in"},
                                   {"d_model": 0, "n_heads": 1}, {"window": 0}])  # fmt: skip
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError):
        dataclasses.replace(SMALL, **wrong)


def test_memory_belongs_to_cross_attention():
    x = torch.zeros(1, 2, 12)
    with pytest.raises(ValueError, match="memory is missing"):
        Block(SMALL, cross=True)(x)
    with pytest.raises(ValueError, match="no cross-attention"):
        Block(SMALL)(x, memory=x)
    with pytest.raises(ValueError, match="must agree"):
        EncoderDecoder(SMALL, dataclasses.replace(SMALL, d_model=24))
    with pytest.raises(ValueError, match="learned positions for 4"):
        Stack(dataclasses.replace(SMALL, positions="learned", context_len=4))(torch.zeros(1, 5, dtype=torch.long))


@pytest.mark.parametrize("fused", [False, True])
def test_two_lines_are_the_pre_norm_block(fused):
    torch.manual_seed(0)
    block = Block(dataclasses.replace(SMALL, fused=fused)).double()
    x = torch.randn(2, 4, 12, dtype=torch.float64)
    parts = block.attention_norm, lambda y: block.attention(y)[0], block.feed_forward_norm, block.feed_forward
    assert torch.allclose(pre_norm_block(x, *parts), block(x).x, atol=1e-12)


@pytest.mark.parametrize("fused", [False, True])
def test_translating_with_a_cache_is_translating_from_scratch(fused):
    """Greedy, text by text, the whole target read again for each token: the same tokens."""
    torch.manual_seed(1)
    config = dataclasses.replace(SMALL, fused=fused)
    model = EncoderDecoder(config, config).eval()
    source = torch.tensor([[3, 4, 5, 6], [7, 8, 0, 0]])
    written, looked = translate(model, source, begin=1, end=2, longest=9)
    for row, text in zip(written, ([3, 4, 5, 6], [7, 8]), strict=True):
        target = [1]
        while len(target) <= 9 and target[-1] != 2:
            target.append(int(model(torch.tensor([text]), torch.tensor([target]))[0, -1].argmax()))
        assert row.tolist() == (target[1:] + [0] * 9)[: len(row)]
    if fused:
        assert looked is None
    else:
        assert looked.shape == (2, written.shape[1], 4) and (looked[1, :, 2:] == 0).all()
        assert torch.allclose(looked.sum(-1), torch.ones(()))


def test_token_vectors_start_about_as_large_as_their_positions():
    torch.manual_seed(0)
    embedding = Stack(TransformerConfig(500, d_model=64)).embedding
    assert (embedding.token.weight * 8).std().item() == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("variant", [*VARIANTS[:4], {"shifted": True}])
def test_no_logits_of_an_encoder_decoder_see_the_target_to_come(variant, fused):
    torch.manual_seed(0)
    config = dataclasses.replace(SMALL, fused=fused, **variant)
    model = EncoderDecoder(config, config).double().eval()
    source, target = torch.randint(1, 11, (2, 4)), torch.randint(1, 10, (2, 5))
    before = model(source, target)
    for place in range(5):
        changed = target.clone()
        changed[1, place] = 10
        moved = (model(source, changed) - before).abs().amax(dim=-1) > 1e-9
        assert not moved[0].any() and not moved[1, :place].any() and moved[1, place:].all()
    changed = source.clone()
    changed[1, 2] = (source[1, 2] + 1) % 10 + 1
    moved = (model(changed, target) - before).abs().amax(dim=-1) > 1e-9
    assert not moved[0].any() and moved[1].all()
