"""The training loop: against a loop written out plainly, stopped at every kind of moment, and gone on with."""

import io
import math
import os
import signal

import pytest
import torch
from torch import nn

from helpers.training import Recipe, train

X = torch.randn(64, 5, generator=torch.Generator().manual_seed(1))
Y = (X @ torch.tensor([1.0, -2.0, 0.5, 0.0, 3.0]))[:, None] + 0.1


def make_model(seed=0, norm=False):
    torch.manual_seed(seed)
    layers = [nn.Linear(5, 8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 1)]
    return nn.Sequential(*layers[:1], nn.BatchNorm1d(8), *layers[1:]) if norm else nn.Sequential(*layers)


def next_batch(generator):
    return torch.randint(len(X), (16,), generator=generator)


def loss_of(model, rows):
    return ((model(X[rows]) - Y[rows]) ** 2).mean()


def evaluate(model):
    return loss_of(model, torch.arange(len(X))).item()


def run(model, recipe, seed=5, **options):
    options = {"evaluate": evaluate, "generator": torch.Generator().manual_seed(seed), "show": False} | options
    return train(model, options.pop("next_batch", next_batch), options.pop("loss_of", loss_of), recipe, **options)


def weights(model):
    return torch.cat([weight.flatten().double() for weight in model.state_dict().values()])


def stops(function, call, error=KeyboardInterrupt):
    """The function, raising at its call number `call`, counted from 1, after it has done its work."""
    calls = [0]

    def stopping(*args):
        calls[0] += 1
        result = function(*args)
        if calls[0] == call:
            raise error
        return result

    return stopping


# The loop ------------------------------------------------------------
@pytest.mark.parametrize("name", ["sgd", "momentum", "adam", "adamw"])
def test_equals_a_loop_written_out(name):
    recipe = Recipe(30, 0.05, warmup_steps=5, weight_decay=0.01, clip_norm=0.7, optimizer=name)
    model = make_model()
    history = run(model, recipe, evaluate=None)
    plain = make_model()
    kinds = {"sgd": (torch.optim.SGD, {}), "momentum": (torch.optim.SGD, {"momentum": 0.9}),
             "adam": (torch.optim.Adam, {}), "adamw": (torch.optim.AdamW, {})}  # fmt: skip
    optimizer = kinds[name][0](plain.parameters(), lr=1, weight_decay=0.01, **kinds[name][1])
    generator, losses = torch.Generator().manual_seed(5), []
    for step in range(30):
        rate = 0.05 * (step + 1) / 5 if step < 5 else 0.05 * (0.55 + 0.45 * math.cos(math.pi * (step - 5) / 24))
        optimizer.param_groups[0]["lr"] = rate
        loss = loss_of(plain, next_batch(generator))
        optimizer.zero_grad()
        loss.backward()
        norm = torch.cat([weight.grad.flatten() for weight in plain.parameters()]).norm()
        assert history.gradient_norms[step] == pytest.approx(norm.item(), rel=1e-5)
        for weight in plain.parameters():
            weight.grad *= min(1, 0.7 / norm)
        optimizer.step()
        losses.append(loss.item())
        assert history.learning_rates[step] == pytest.approx(rate)
    assert history.losses == pytest.approx(losses, rel=1e-4)
    assert torch.allclose(weights(model), weights(plain), atol=1e-5)
    assert history.stopped == "finished" and history.steps == 30 == len(history.seconds) and not model.training


def test_schedule():
    recipe = Recipe(100, 2.0, warmup_steps=10, final_fraction=0.25)
    rates = [recipe.learning_rate_at(step) for step in range(100)]
    assert rates[0] == pytest.approx(0.2) and rates[9] == rates[10] == 2.0 and rates[-1] == pytest.approx(0.5)
    assert all(a < b for a, b in zip(rates[:9], rates[1:10], strict=True)) and rates[10:] == sorted(rates[10:])[::-1]
    assert {Recipe(7, 0.1, final_fraction=1.0).learning_rate_at(step) for step in range(7)} == {0.1}
    assert Recipe(1).learning_rate_at(0) == 1e-3 and Recipe(5).learning_rate_at(50) == pytest.approx(1e-4)


@pytest.mark.parametrize("wrong", [
    {"steps": 0}, {"steps": 2.5}, {"learning_rate": 0}, {"learning_rate": float("nan")}, {"warmup_steps": 11},
    {"final_fraction": 2}, {"weight_decay": -1}, {"clip_norm": 0}, {"evaluate_every": 0}, {"patience": 0},
    {"max_seconds": 0}, {"optimizer": "lion"},
])  # fmt: skip
def test_recipes_that_cannot_be_followed(wrong):
    with pytest.raises(ValueError, match=f"expected {next(iter(wrong))}"):
        Recipe(**{"steps": 10, **wrong})


def test_evaluations_and_best_weights():
    seen, script = [], iter([3.0, 1.0, float("nan"), 2.0])

    def evaluation(model):
        assert not model.training and not torch.is_grad_enabled()
        seen.append(weights(model))
        return next(script)

    model = make_model()
    history = run(model, Recipe(35, 0.05, evaluate_every=10), evaluate=evaluation)
    assert [step for step, _ in history.evaluations] == [10, 20, 30, 35] and history.best == (20, 1.0)
    assert torch.equal(weights(model), seen[1]) and "best evaluation 1.000 after step 20" in str(history)
    script = iter([3.0, 1.0, 4.0, 2.0])
    model = make_model()
    run(model, Recipe(35, 0.05, evaluate_every=10), evaluate=evaluation, keep_best=False)
    assert torch.equal(weights(model), seen[-1])


def test_early_stopping_counts_evaluations_without_improvement():
    script = iter([3.0, 2.0, 2.5, 2.0, 1.9, 2.0, 2.0, 2.0, 0.0])
    history = run(make_model(), Recipe(1000, evaluate_every=5, patience=3), evaluate=lambda model: next(script))
    assert (history.stopped, history.steps, history.best) == ("early", 40, (25, 1.9))
    history = run(make_model(), Recipe(1000, evaluate_every=5, patience=3), evaluate=lambda model: math.nan)
    assert (history.stopped, history.steps, history.best) == ("early", 15, None)


def test_time_is_up():
    history = run(make_model(), Recipe(10**6, max_seconds=0.05))
    assert history.stopped == "time" and 0 < history.steps < 10**6 and sum(history.seconds[:-1]) < 0.05
    assert history.evaluations[-1][0] == history.steps


def test_weights_that_take_no_part_and_frozen_ones(capsys):
    model = nn.ModuleDict({"used": make_model(), "idle": nn.Linear(2, 2)})
    model["used"][0].weight.requires_grad_(False)
    before = weights(model["idle"]), model["used"][0].weight.clone()
    history = train(model, next_batch, lambda model, rows: loss_of(model["used"], rows), Recipe(3), show="two words")
    assert torch.equal(weights(model["idle"]), before[0]) and torch.equal(model["used"][0].weight, before[1])
    assert history.steps == 3 and "two words" in capsys.readouterr().out


# Stopping and going on -------------------------------------------------
RECIPE = Recipe(40, 0.05, warmup_steps=4, evaluate_every=7)


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "batch norm"])
def whole(request):
    model = make_model(norm=request.param)
    return model, run(model, RECIPE), request.param


@pytest.mark.parametrize("optimizer", ["adamw", "momentum", "muon"])
def test_in_two_parts_through_a_file(optimizer):
    recipe = Recipe(40, 0.05, final_fraction=1.0, evaluate_every=10, optimizer=optimizer)
    once = make_model()
    full = run(once, recipe)
    first = run(make_model(), Recipe(20, 0.05, final_fraction=1.0, evaluate_every=10, optimizer=optimizer))
    file = io.BytesIO()
    torch.save(first.state, file)
    file.seek(0)
    torch.manual_seed(99)  # whatever happens in between
    other = make_model(seed=3)
    second = run(other, recipe, seed=77, state=torch.load(file, weights_only=True))
    assert second.losses == full.losses and second.evaluations == full.evaluations and second.best == full.best
    assert torch.equal(weights(other), weights(once))


@pytest.mark.parametrize("where", ["next_batch", "loss_of", "evaluate"])
@pytest.mark.parametrize("call", [1, 2, 5])
def test_interrupted_anywhere_and_gone_on_with(whole, where, call):
    expected, full, norm = whole
    model = make_model(norm=norm)
    functions = {"next_batch": next_batch, "loss_of": loss_of, "evaluate": evaluate}
    generator = torch.Generator().manual_seed(5)
    first = run(model, RECIPE, generator=generator, **{where: stops(functions[where], call)})
    steps = 7 * call if where == "evaluate" else call - 1
    assert (first.stopped, first.steps) == ("interrupted", steps)
    assert len(first.evaluations) == (call - 1 if where == "evaluate" else 0)
    assert not model.training and torch.isfinite(weights(model)).all()
    second = run(model, RECIPE, generator=generator, state=first.state)
    assert (second.losses, second.evaluations, second.stopped) == (full.losses, full.evaluations, "finished")
    assert torch.equal(weights(model), weights(expected))


def test_interrupted_leaves_the_best_weights():
    kept, losses = [], iter([1.0, 5.0, 5.0])

    def evaluation(model):
        kept.append(weights(model))
        return next(losses)

    model = make_model()
    run(model, Recipe(100, 0.1, evaluate_every=10), evaluate=evaluation, next_batch=stops(next_batch, 28))
    assert len(kept) == 2 and torch.equal(weights(model), kept[0])


def test_a_real_signal_waits_for_the_update(monkeypatch):
    """Ctrl-C in the middle of an update: the step is whole, and the run goes on to the same bits."""
    expected = make_model()
    full = run(expected, RECIPE)
    model, real = make_model(), torch.optim.AdamW.step

    def step(self, *args):
        result = real(self, *args)
        if self.state and next(iter(self.state.values()))["step"] == 9:
            os.kill(os.getpid(), signal.SIGINT)
            sum(range(1000))  # a moment in which Python would deliver it
        return result

    monkeypatch.setattr(torch.optim.AdamW, "step", step)
    first = run(model, RECIPE)
    assert (first.stopped, first.steps) == ("interrupted", 9)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    monkeypatch.undo()
    assert run(model, RECIPE, state=first.state).losses == full.losses
    assert torch.equal(weights(model), weights(expected))


def test_state_of_another_model_or_optimiser():
    state = run(make_model(), Recipe(3)).state
    with pytest.raises(ValueError, match="does not fit the model and the recipe"):
        run(nn.Linear(2, 2), Recipe(3), state=state)
    with pytest.raises(ValueError, match="made with adamw, the recipe says sgd"):
        run(make_model(), Recipe(3, optimizer="sgd"), state=state)
    with pytest.raises(ValueError, match="does not fit"):
        run(make_model(), Recipe(3), state={"model": 1})
    with pytest.raises(ValueError, match="made with adamw, the recipe says muon"):
        run(make_model(), Recipe(3, optimizer="muon"), state=state)


# What goes wrong --------------------------------------------------------
@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_loss_that_is_not_finite_stops_with_a_sentence(capsys, bad):
    calls = [0]

    def loss(model, rows):
        calls[0] += 1
        return loss_of(model, rows) * (bad if calls[0] == 6 else 1.0)

    model = make_model()
    history = run(model, Recipe(20), loss_of=loss, evaluate=None, show="bad")
    assert (history.stopped, history.steps) == ("diverged", 5) and torch.isfinite(weights(model)).all()
    assert "try a smaller learning rate" in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize("loss", [lambda m, b: 1.0, lambda m, b: m(X), lambda m, b: torch.ones(()), lambda m, b: None])
def test_what_is_no_loss(loss):
    with pytest.raises(ValueError, match="expected a tensor with one number"):
        run(make_model(), Recipe(2), loss_of=loss)


def test_other_errors_are_not_swallowed():
    with pytest.raises(ZeroDivisionError):
        run(make_model(), Recipe(5), next_batch=stops(next_batch, 3, ZeroDivisionError))


def test_smoothed():
    history = run(make_model(), Recipe(12), evaluate=None)
    smooth = history.smoothed(5)
    assert len(smooth) == 12 and smooth[0] == history.losses[0]
    assert smooth[-1] == pytest.approx(sum(history.losses[-5:]) / 5)
