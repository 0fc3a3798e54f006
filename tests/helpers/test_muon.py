"""Muon: singular values near one, PyTorch's own steps, and a run that can stop and go on."""

import copy

import pytest
import torch

from helpers.gpt import GPT, fast_config, gpt2_config
from helpers.training import Recipe, train
from helpers.training.muon import Muon, hidden_matrices, orthogonalize


def weights(*shapes, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return [torch.nn.Parameter(torch.randn(shape, generator=generator)) for shape in shapes]


def give_gradients(parameters, step):
    generator = torch.Generator().manual_seed(100 + step)
    for parameter in parameters:
        parameter.grad = torch.randn(parameter.shape, generator=generator)


@pytest.mark.parametrize("shape", [(16, 16), (8, 32), (32, 8), (3, 12, 12)])
def test_singular_values_come_near_one_and_directions_stay(shape):
    matrices = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    made = orthogonalize(matrices)
    values = torch.linalg.svdvals(made)
    before = torch.linalg.svdvals(matrices) / torch.linalg.svdvals(matrices).amax(-1, keepdim=True)
    assert made.shape == matrices.shape and values.max() < 1.25 and values[before > 0.05].min() > 0.6
    left, _, right = torch.linalg.svd(matrices, full_matrices=False)
    on_axes = left.mT @ made @ right.mT  # diagonal, if the directions are the same
    assert torch.allclose(on_axes, torch.diag_embed(on_axes.diagonal(dim1=-2, dim2=-1)), atol=1e-4)


def test_a_matrix_of_zeros_stays_at_rest():
    assert (orthogonalize(torch.zeros(4, 5)) == 0).all()


def test_steps_of_matrices_are_pytorchs_but_for_its_16_bit_arithmetic():
    mine, yours = weights((6, 6), (6, 6), (4, 10)), weights((6, 6), (6, 6), (4, 10))
    start = [matrix.detach().clone() for matrix in mine]
    ours = Muon(mine, [], lr=0.02, weight_decay=0.1)
    theirs = torch.optim.Muon(yours, lr=0.02, weight_decay=0.1, adjust_lr_fn="match_rms_adamw")
    for step in range(3):
        give_gradients(mine, step), give_gradients(yours, step)
        ours.step(), theirs.step()
    for a, b, before in zip(mine, yours, start, strict=True):
        assert (a - b).norm() < 0.03 * (b - before).norm()


def test_steps_of_other_weights_are_pytorchs_adamw():
    mine, yours = weights((5, 3), (7,)), weights((5, 3), (7,))
    ours = Muon([], mine, lr=0.01, weight_decay=0.1, betas=(0.9, 0.95))
    theirs = torch.optim.AdamW(yours, lr=0.01, weight_decay=0.1, betas=(0.9, 0.95))
    for step in range(20):
        give_gradients(mine, step), give_gradients(yours, step)
        ours.step(), theirs.step()
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(mine, yours, strict=True))


def test_a_run_goes_on_from_a_saved_state_to_the_last_bit():
    def run(parameters, optimizer, steps):
        for step in steps:
            give_gradients(parameters, step)
            optimizer.step()

    whole, halves = weights((4, 4), (4,)), weights((4, 4), (4,))
    run(whole, Muon(whole[:1], whole[1:]), range(6))
    first = Muon(halves[:1], halves[1:])
    run(halves, first, range(3))
    second = Muon(halves[:1], halves[1:])
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    run(halves, second, range(3, 6))
    assert all(torch.equal(a, b) for a, b in zip(whole, halves, strict=True))


def test_only_matrices():
    with pytest.raises(ValueError, match="matrices"):
        Muon(weights((3,)), [])


# In the training loop ------------------------------------------------------------
def names(model):
    matrices, others = hidden_matrices(model)
    by_id = {id(weight): name for name, weight in model.named_parameters()}
    assert len(matrices) + len(others) == len(by_id)  # each weight once
    return [by_id[id(weight)] for weight in matrices], [by_id[id(weight)] for weight in others]


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("config", [gpt2_config, fast_config])
def test_muon_moves_the_matrices_between_layers_alone(config, tied):
    matrices, others = names(GPT(config(9, d_model=8, n_heads=2, n_layers=2), tied=tied))
    assert len(matrices) == 12 and all(".blocks." in name and name.endswith(".weight") for name in matrices)
    assert "stack.embedding.token.weight" in others and ("to_logits.weight" in others) == (not tied)
    assert not any(".attention.to_" in name and name.endswith("weight") for name in others)


def test_a_model_of_one_layer_or_none_has_no_matrices_between():
    assert names(torch.nn.Linear(3, 4)) == ([], ["weight", "bias"])
    assert names(torch.nn.Embedding(3, 4)) == ([], ["weight"]) and hidden_matrices(torch.nn.ReLU()) == ([], [])


def test_a_recipe_with_muon_takes_its_steps_and_schedule():
    def make():
        torch.manual_seed(0)
        return torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.ReLU(), torch.nn.Linear(6, 2))

    def loss_of(model, x):
        return (model(x) - x[:, :2]).square().mean()

    recipe = Recipe(12, 0.05, warmup_steps=3, weight_decay=0.1, clip_norm=None, optimizer="muon")
    model, plain = make(), make()
    history = train(model, lambda generator: torch.randn(8, 4, generator=generator), loss_of, recipe, show=False)
    optimizer = Muon([plain[0].weight], [plain[0].bias, plain[2].weight, plain[2].bias], weight_decay=0.1)
    generator = torch.Generator().manual_seed(0)
    for step in range(12):
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate_at(step)
        optimizer.zero_grad()
        loss_of(plain, torch.randn(8, 4, generator=generator)).backward()
        optimizer.step()
    assert history.stopped == "finished" and history.losses[-1] < history.losses[0]
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), plain.parameters(), strict=True))
