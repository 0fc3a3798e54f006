"""GPT: Hugging Face's GPT-2 with the same weights gives the same logits, at once and with a cache; no future leaks."""

import pytest
import torch

from helpers import decoding
from helpers.attention import MultiHeadAttention
from helpers.gpt import (
    GPT,
    NextToken,
    cached_step,
    fast_config,
    gpt2_config,
    next_token_loss,
    shift_targets,
    to_hugging_face,
    top_p,
)
from helpers.language_models import language_model_loss
from helpers.transformer import TransformerConfig


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """For tiny models a second thread only costs time."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    model = GPT(gpt2_config(23, context_len=16, d_model=24, n_heads=3, n_layers=3)).eval()
    for part in model.parameters():  # large enough that every part matters
        torch.nn.init.normal_(part, std=0.2)
    return model


def test_logits_are_hugging_faces_at_once_and_cached(model):
    theirs = to_hugging_face(model)
    token_ids = torch.randint(23, (2, 16))
    ours = model(token_ids)
    assert torch.allclose(ours, theirs(token_ids).logits, atol=1e-5)
    past, parts, cache = None, [], model.new_cache()
    for part in token_ids.split([5, 1, 1, 9], dim=1):
        out = theirs(part, past_key_values=past, use_cache=True)
        past = out.past_key_values
        parts.append(model(part, cache))
        assert torch.allclose(parts[-1], out.logits, atol=1e-5)
    assert torch.allclose(torch.cat(parts, dim=1), ours, atol=1e-5)


def test_loss_and_its_gradients_are_hugging_faces(model):
    theirs = to_hugging_face(model)
    token_ids = torch.randint(23, (3, 9))
    ours = next_token_loss(model(token_ids), token_ids)
    other = theirs(token_ids, labels=token_ids).loss
    assert torch.allclose(ours, other, atol=1e-5)
    ours.backward(), other.backward()
    mine, yours = model.stack.embedding.token.weight.grad, theirs.transformer.wte.weight.grad
    assert torch.allclose(mine, yours, atol=1e-5) and mine.abs().max() > 1e-3
    model.zero_grad()


def test_only_gpt2_fits_into_hugging_faces_class():
    with pytest.raises(ValueError, match="gpt2_config"):
        to_hugging_face(GPT(TransformerConfig(9, d_model=8, n_heads=2, n_layers=1)))


@pytest.mark.parametrize("positions", ["learned", "rotary"])
def test_the_next_token_of_a_growing_text_is_that_of_the_full_step(positions):
    torch.manual_seed(1)
    model = GPT(TransformerConfig(13, context_len=6, d_model=16, n_heads=2, n_layers=2, positions=positions)).eval()
    next_logits = NextToken(model)
    text = []
    for token in [3, 1, 4, 1, 5, 9, 2, 6, 5]:
        text.append(token)
        full = text[-6:] if positions == "learned" else text
        assert torch.allclose(next_logits(text), model(torch.tensor([full]))[0, -1], atol=1e-5)
    assert torch.allclose(next_logits([7, 7]), model(torch.tensor([[7, 7]]))[0, -1], atol=1e-5)  # another text
    assert torch.allclose(next_logits([7, 7]), next_logits([7, 7]), atol=1e-6)
    with pytest.raises(ValueError, match="no token"):
        next_logits([])


@torch.no_grad()
@pytest.mark.parametrize("n_layers", [0, 2])
def test_a_reading_that_was_stopped_is_not_remembered(n_layers):
    torch.manual_seed(1)
    model = GPT(TransformerConfig(13, context_len=6, d_model=16, n_heads=2, n_layers=n_layers)).eval()
    next_logits = NextToken(model)
    next_logits([1, 2, 3])

    def stop(*_):
        raise KeyboardInterrupt

    for part in [model.to_logits, *[block.feed_forward for block in model.stack.blocks]]:
        hook = part.register_forward_hook(stop)
        with pytest.raises(KeyboardInterrupt):
            next_logits([1, 2, 3, 4])
        hook.remove()
        assert torch.allclose(next_logits([1, 2, 3, 4]), model(torch.tensor([[1, 2, 3, 4]]))[0, -1], atol=1e-5)


@torch.no_grad()
@pytest.mark.parametrize("options", [{}, {"window": 3}, {"shifted": True}, {"positions": "learned"}], ids=str)
def test_any_order_of_texts_gives_the_logits_of_a_full_reading(options):
    torch.manual_seed(1)
    config = TransformerConfig(5, d_model=16, n_heads=2, n_layers=2, **({"positions": "rotary"} | options))
    model = GPT(config).eval()
    next_logits, generator = NextToken(model), torch.Generator().manual_seed(0)
    text = [1, 2]
    for _ in range(30):  # texts that share beginnings, as in beam search, some shorter than the one before
        keep = int(torch.randint(1, len(text) + 1, (1,), generator=generator))
        text = text[:keep] + torch.randint(5, (int(keep < 12),), generator=generator).tolist()
        assert torch.allclose(next_logits(text), model(torch.tensor([text]))[0, -1], atol=1e-5)


def test_the_loss_shifts_by_one_and_refuses_what_has_no_next():
    logits = torch.zeros(1, 3, 4)
    logits[0, 0, 2] = logits[0, 1, 1] = 50.0
    assert next_token_loss(logits, torch.tensor([[0, 2, 1]])).item() == pytest.approx(0, abs=1e-6)
    assert next_token_loss(torch.zeros(2, 5, 4), torch.zeros(2, 5, dtype=torch.long)).item() == pytest.approx(1.386294)
    for shape, ids in [((1, 1, 4), (1, 1)), ((1, 3, 4), (1, 2))]:
        with pytest.raises(ValueError, match="Expected logits"):
            next_token_loss(torch.zeros(shape), torch.zeros(ids, dtype=torch.long))


# The future never shows ----------------------------------------------------------
VARIANTS = {
    "plain": {}, "gpt-2": {"positions": "learned", "activation": "gelu_tanh"}, "post-norm": {"norm_place": "post"},
    "rotary, window": {"positions": "rotary", "window": 3}, "no positions": {"positions": "none"},
    "window of one": {"window": 1}, "learned, window": {"positions": "learned", "window": 4},
    "fast": {"positions": "rotary", "norm_kind": "rms", "normed_heads": True, "activation": "squared_relu",
             "bias": False},
    "shifted": {"shifted": True, "positions": "rotary"},
    "shifted, window": {"positions": "rotary", "shifted": True, "window": 3},
    "fast, window": {"positions": "rotary", "norm_kind": "rms", "normed_heads": True, "window": 5},
}  # fmt: skip


@pytest.fixture(params=[(name, fused) for name in VARIANTS for fused in (False, True)],
                ids=lambda param: f"{param[0]}{', fused' * param[1]}")  # fmt: skip
def variant(request):
    name, fused = request.param
    torch.manual_seed(2)
    config = TransformerConfig(11, context_len=12, d_model=16, n_heads=2, n_layers=3, fused=fused, **VARIANTS[name])
    model = GPT(config).eval()
    for part in model.parameters():
        torch.nn.init.normal_(part, std=0.3)
    return model


@torch.no_grad()
def test_a_later_token_moves_no_earlier_logits(variant):
    token_ids = torch.randint(11, (2, 12), generator=torch.Generator().manual_seed(3))
    before = variant(token_ids)
    for place in range(12):
        other = token_ids.clone()
        other[:, place] = (other[:, place] + 4) % 11
        moved = (variant(other) - before).abs().amax(dim=(0, 2))  # (T,)
        assert (moved[:place] < 1e-5).all()
        assert moved[place] > 1e-3  # and the token itself matters
    assert torch.allclose(variant(token_ids[:, :7]), before[:, :7], atol=1e-5)  # nor does there being a future at all


@torch.no_grad()
@pytest.mark.parametrize("parts", [[1] * 12, [5, 1, 6], [4, 4, 4], [12], [11, 1]])
def test_any_way_to_cut_a_text_gives_the_logits_of_reading_it_at_once(variant, parts):
    token_ids = torch.randint(11, (2, 12), generator=torch.Generator().manual_seed(4))
    cache = variant.new_cache()
    read = torch.cat([variant(part, cache) for part in token_ids.split(parts, dim=1)], dim=1)
    assert torch.allclose(read, variant(token_ids), atol=1e-5)
    assert cache[0].seen == 12 and cache[0].key.shape[2] == min(12, variant.config.window or 12)


@torch.no_grad()
def test_what_fell_out_of_the_window_of_every_layer_no_longer_matters():
    torch.manual_seed(0)
    model = GPT(TransformerConfig(11, d_model=16, n_heads=2, n_layers=2, positions="rotary", window=3)).eval()
    token_ids = torch.randint(11, (1, 10))
    before = model(token_ids)[0, -1]
    moved = []
    for place in range(10):
        other = token_ids.clone()
        other[0, place] = (other[0, place] + 4) % 11
        moved.append(float((model(other)[0, -1] - before).abs().max()) > 1e-6)
    assert moved == [False] * 5 + [True] * 5  # two layers that look back two places: four, and the token itself


# The pieces of lesson 07 -----------------------------------------------------------
def test_the_two_ways_to_shift_agree(model):
    token_ids = torch.randint(23, (3, 9))
    inputs, targets = shift_targets(token_ids)
    assert torch.equal(inputs[:, 1:], targets[:, :-1]) and torch.equal(targets[:, -1], token_ids[:, -1])
    ours = next_token_loss(model(token_ids), token_ids)
    assert torch.allclose(language_model_loss(model, token_ids), ours, atol=1e-6)
    for wrong in (torch.zeros(3, 1, dtype=torch.long), torch.zeros(5, dtype=torch.long)):
        with pytest.raises(ValueError, match="two tokens or more"):
            shift_targets(wrong)


@pytest.mark.parametrize("seed", range(5))
def test_top_p_is_what_decoding_does(seed):
    logits = 3 * torch.randn(20, generator=torch.Generator().manual_seed(seed)).double()
    logits[3] = logits[5]
    for p in (0.0, 0.01, 0.3, 0.5, 0.9, 0.999, 1.0):
        kept = top_p(logits.softmax(0), p)
        assert torch.allclose(kept, decoding.probabilities(logits, top_p=p)) and kept.sum().item() == pytest.approx(1)
    exact = torch.tensor([0.25, 0.5, 0.25])
    assert top_p(exact, 0.5).tolist() == [0, 1, 0] and top_p(exact, 0.6).tolist() == pytest.approx([1 / 3, 2 / 3, 0])


@torch.no_grad()
@pytest.mark.parametrize("parts", [[6], [2, 4], [1] * 6])
def test_a_cached_step_is_the_attention_of_a_block_with_one_head(parts):
    torch.manual_seed(0)
    embedded, positions = torch.randn(6, 8), torch.randn(10, 8)
    layer = MultiHeadAttention(8, 1, bias=False)
    layer.to_output.weight.copy_(torch.eye(8))
    views = [view.weight.T for view in (layer.to_query, layer.to_key, layer.to_value)]
    mask = torch.ones(6, 6).tril().bool()
    expected = layer((embedded + positions[:6])[None], mask=mask)[0][0]
    keys = values = torch.zeros(0, 8)
    outputs = []
    for part in embedded.split(parts):
        output, keys, values = cached_step(part, positions, *views, keys, values)
        outputs.append(output)
    assert torch.allclose(torch.cat(outputs), expected, atol=1e-5) and keys.shape == values.shape == (6, 8)


def test_the_fast_variants_take_part_one_by_one():
    config = fast_config(9, d_model=8, n_heads=2, n_layers=1)
    attention = GPT(config).stack.blocks[0].attention
    assert config.fused and (attention.to_output.weight == 0).all() and attention.to_key.bias is None
    assert fast_config(9, zero_output=False, positions="learned").positions == "learned"
