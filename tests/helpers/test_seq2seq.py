"""Encoder and decoder: padding changes nothing, steps equal the whole, and attention beats one vector."""

import pytest
import torch

from helpers import decoding
from helpers.recurrent.seq2seq import NextToken, Seq2Seq, context_vectors, translate, translation_loss

LOOKS = ("none", "dot", "multiplicative", "additive")


def model_of(looks, seed=0, **sizes):
    torch.manual_seed(seed)
    return Seq2Seq(9, 9, looks=looks, **({"d_model": 8, "d_hidden": 12} | sizes)).eval()


@pytest.mark.parametrize("looks", LOOKS)
def test_padding_changes_nothing(looks):
    model, short = model_of(looks), torch.tensor([[3, 4, 5]])
    target = torch.tensor([[1, 6, 7]])
    batch = torch.tensor([[3, 4, 5, 0, 0], [8, 7, 6, 5, 4]])
    both = model(batch, target.repeat(2, 1))
    assert torch.allclose(both[0], model(short, target)[0], atol=1e-6)
    assert torch.allclose(both[1], model(batch[1:], target)[0], atol=1e-6)


@pytest.mark.parametrize("looks", LOOKS)
def test_one_step_at_a_time_is_all_at_once_and_attention_is_a_distribution(looks):
    model, source = model_of(looks), torch.tensor([[3, 4, 5, 0], [5, 6, 7, 8]])
    target = torch.tensor([[1, 6, 7], [1, 2, 3]])
    read = model.encode(source)
    whole, attention, _ = model.decode(target, read)
    state, parts = None, []
    for token in target.split(1, dim=1):
        logits, _, state = model.decode(token, read, state)
        parts.append(logits)
    assert torch.allclose(torch.cat(parts, dim=1), whole, atol=1e-6)
    assert (attention[0, :, 3] == 0).all()
    assert torch.allclose(attention.sum(-1), torch.full((2, 3), 0.0 if looks == "none" else 1.0), atol=1e-6)


def test_the_summary_has_seen_every_token_in_both_directions():
    model, source = model_of("none"), torch.tensor([[3, 4, 5, 6, 0]])
    before = model.encode(source).summary
    for place in range(4):
        changed = source.clone()
        changed[0, place] = 8
        moved = (model.encode(changed).summary - before).abs()[0] > 1e-7
        assert moved[:6].any() and moved[6:].any()


def test_an_empty_source_gives_no_nan():
    assert model_of("dot")(torch.zeros(1, 3, dtype=torch.long), torch.tensor([[1]])).isfinite().all()


def reversal(n, length, generator):
    source = torch.randint(3, 9, (n, length), generator=generator)
    target = torch.cat([torch.full((n, 1), 1), source.flip(1), torch.full((n, 1), 2)], dim=1)
    return source, target


@pytest.fixture
def one_thread():
    """Small products on two threads are many times slower beside another program."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_digits_backwards_are_learned_with_attention_first(one_thread):
    share, seed = {}, 0  # three seeds of the real task stand in the checkpoints' records
    for looks in ("none", "dot"):
        generator = torch.Generator().manual_seed(seed)
        model = model_of(looks, seed, d_hidden=32, d_model=16).train()
        optimizer = torch.optim.Adam(model.parameters(), 5e-3)
        for _ in range(100):
            optimizer.zero_grad()
            translation_loss(model, reversal(24, 8, generator)).backward()
            optimizer.step()
        source, target = reversal(100, 8, generator)
        written, attention = translate(model.eval(), source, begin=1, end=2, longest=10)
        length = min(written.shape[1], 9)
        share[looks] = (written[:, :length] == target[:, 1 : 1 + length]).float().mean().item()
    assert share["dot"] > share["none"] + 0.1 and share["none"] > 1 / 6


def test_translation_stops_at_the_end_and_pads_after_it():
    model = model_of("dot")
    with torch.no_grad():
        model.to_logits.bias[2] = 100.0  # always the end
    written, attention = translate(model, torch.tensor([[3, 4], [5, 0]]), begin=1, end=2)
    assert written.tolist() == [[2], [2]] and attention.shape == (2, 1, 2)
    with torch.no_grad():
        model.to_logits.bias[2] = -100.0
    assert translate(model, torch.tensor([[3, 4]]), begin=1, end=2, longest=5)[0].shape == (1, 5)


def test_what_cannot_be_is_refused():
    for wrong in ({"looks": "hard"}, {"d_hidden": 7}):
        with pytest.raises(ValueError, match="Expected looks"):
            Seq2Seq(5, 5, **wrong)


@pytest.mark.parametrize("looks", LOOKS)
def test_one_text_by_decoding_is_the_batch_by_translate(looks):
    model = model_of(looks, seed=3)
    source = torch.tensor([[3, 4, 5, 0], [5, 6, 7, 8]])
    written, _ = translate(model, source, begin=1, end=2, longest=8)
    for row, ids in zip(source, written.tolist(), strict=True):
        next_logits = NextToken(model, row[None], 1)
        alone = decoding.greedy(next_logits, [], 8, stop=2)
        assert alone == ids[: len(alone)] and not any(ids[len(alone) :])
        assert decoding.beam(next_logits, [], 8, width=1, stop=2)[0].token_ids == alone


def test_next_token_scores_any_beginning_in_any_order():
    model, source = model_of("additive"), torch.tensor([[3, 4, 5]])
    next_logits, asked = NextToken(model, source, 1), []
    decode = model.decode
    model.decode = lambda *args: asked.append(1) or decode(*args)
    for ids in ([], [6, 7, 8], [6, 7], [6, 3], [7], [6, 7, 8]):
        expected = decode(torch.tensor([[1, *ids]]), model.encode(source))[0][0, -1]
        assert torch.allclose(next_logits(ids), expected, atol=1e-6)
    assert len(asked) == 6  # one step for each beginning that is new
    with pytest.raises(ValueError, match="one text"):
        NextToken(model, source.repeat(2, 1), 1)
    with pytest.raises(ValueError, match="longest is 0"):
        translate(model, source, begin=1, end=2, longest=0)


def test_context_vectors_are_what_the_model_looks_at():
    model, source = model_of("dot"), torch.tensor([[3, 4, 5, 0], [5, 6, 7, 8]])
    read = model.encode(source)
    query = torch.randn(2, 3, 12)
    found = context_vectors(query, read.states, read.mask)
    for b, length in enumerate((3, 4)):
        scores = query[b] @ read.states[b, :length].T
        assert torch.allclose(found[b], scores.softmax(-1) @ read.states[b, :length], atol=1e-6)
