"""GPT: Hugging Face's GPT-2 with the same weights gives the same logits, at once and with a cache."""

import pytest
import torch

from helpers.gpt import GPT, NextToken, gpt2_config, next_token_loss, to_hugging_face
from helpers.transformer import TransformerConfig


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


def test_the_loss_shifts_by_one_and_refuses_what_has_no_next():
    logits = torch.zeros(1, 3, 4)
    logits[0, 0, 2] = logits[0, 1, 1] = 50.0
    assert next_token_loss(logits, torch.tensor([[0, 2, 1]])).item() == pytest.approx(0, abs=1e-6)
    assert next_token_loss(torch.zeros(2, 5, 4), torch.zeros(2, 5, dtype=torch.long)).item() == pytest.approx(1.386294)
    for shape, ids in [((1, 1, 4), (1, 1)), ((1, 3, 4), (1, 2))]:
        with pytest.raises(ValueError, match="Expected logits"):
            next_token_loss(torch.zeros(shape), torch.zeros(ids, dtype=torch.long))
