"""Freezing and the LoRA layer: right answers in several styles, wrong ones with the reason each must get."""

import copy

import pytest
import torch
from torch import nn

from helpers.checks.fine_tuning import freeze, lora


def weight_by_weight(classifier, n_blocks):
    frozen = ("encoder.embedding.", *(f"encoder.blocks.{number}." for number in range(n_blocks)))
    for name, weight in classifier.named_parameters():
        weight.requires_grad = not name.startswith(frozen)
    for name, layer in classifier.named_modules():
        if type(layer) is nn.Dropout and name.startswith(frozen):
            layer.p = 0
    return classifier


def without_dropout_layers(classifier, n_blocks):
    """Dropout layers replaced by what does nothing."""
    for part in [classifier.encoder.embedding] + list(classifier.encoder.blocks)[:n_blocks]:
        for weight in part.parameters():
            weight.requires_grad_(False)
        for layer in list(part.modules()):
            for name, child in layer.named_children():
                if isinstance(child, nn.Dropout):
                    setattr(layer, name, nn.Dropout(0.0))
    return classifier


@pytest.mark.parametrize("answer", [freeze.reference, weight_by_weight, without_dropout_layers])
def test_freeze_right(answer):
    result = freeze(answer, seconds=60)
    assert result.status == "right", (result.reason, result.message)


def chosen(classifier, n_blocks):
    return [classifier.encoder.embedding, *classifier.encoder.blocks[:n_blocks]]


def only_gradients(classifier, n_blocks):
    for part in chosen(classifier, n_blocks):
        for weight in part.parameters():
            weight.requires_grad = False
    return classifier


def and_eval(classifier, n_blocks):
    for part in chosen(only_gradients(classifier, n_blocks), n_blocks):
        part.train(False)
    return classifier


def all_eval(classifier, n_blocks):
    return only_gradients(classifier, n_blocks).eval()


def no_dropout_anywhere(classifier, n_blocks):
    for layer in only_gradients(classifier, n_blocks).modules():
        if isinstance(layer, nn.Dropout):
            layer.p = 0.0
    return classifier


def with_no_grad(classifier, n_blocks):
    with torch.no_grad():
        for part in chosen(classifier, n_blocks):
            part.zero_grad()
    return classifier


def whole_encoder(classifier, n_blocks):
    for weight in classifier.encoder.parameters():
        weight.requires_grad_(False)
    return classifier


def everything(classifier, n_blocks):
    return classifier.requires_grad_(False)


def blocks_alone(classifier, n_blocks):
    classifier.encoder.blocks[:n_blocks].requires_grad_(False)
    return classifier


def the_last(classifier, n_blocks):
    classifier.encoder.embedding.requires_grad_(False)
    for block in list(classifier.encoder.blocks)[::-1][:n_blocks]:
        block.requires_grad_(False)
    return classifier


def one_too_many(classifier, n_blocks):
    return only_gradients(classifier, n_blocks + 1)


def zeroed(classifier, n_blocks):
    classifier = weight_by_weight(classifier, n_blocks)
    for weight in classifier.parameters():
        weight.data.mul_(0.5)
    return classifier


def breaks_train(classifier, n_blocks):
    classifier = weight_by_weight(classifier, n_blocks)
    classifier.train = lambda mode=True: 1 / 0
    return classifier


FREEZE_WRONG = [
    ("dropout-left", only_gradients),
    ("eval-only", and_eval),
    ("eval-everything", all_eval),
    ("dropout-gone-everywhere", no_dropout_anywhere),
    ("nothing-changed", with_no_grad),
    ("nothing-changed", lambda classifier, n_blocks: classifier),
    ("whole-encoder", whole_encoder),
    ("head-frozen", everything),
    ("embedding-forgotten", blocks_alone),
    ("last-blocks", the_last),
    ("one-block-too-many", one_too_many),
    ("wrong-value", zeroed),
    ("wrong-type", lambda classifier, n_blocks: weight_by_weight(classifier, n_blocks).encoder),
    ("wrong-type", lambda classifier, n_blocks: [weight.requires_grad for weight in classifier.parameters()]),
    ("returns-none", lambda classifier, n_blocks: only_gradients(classifier, n_blocks) and None),
    ("returns-function", lambda classifier, n_blocks: classifier.encoder.requires_grad_),
    ("broken", breaks_train),
    ("exception", lambda classifier, n_blocks: classifier.blocks[:n_blocks].requires_grad_(False)),
]


@pytest.mark.parametrize(("reason", "answer"), FREEZE_WRONG)
def test_freeze_wrong(reason, answer):
    result = freeze(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


class WithLinears(nn.Module):
    """Two linear layers, as many programs have it; the dropout is off where it is judged."""

    def __init__(self, linear, rank, alpha, *, bias=False, start="up", scale=None, freeze=True):
        super().__init__()
        self.base = linear
        if freeze:
            for weight in self.base.parameters():
                weight.requires_grad = False
        self.a = nn.Linear(linear.in_features, rank, bias=bias)
        self.b = nn.Linear(rank, linear.out_features, bias=bias)
        self.drop = nn.Dropout(0.5)
        if start == "up":
            nn.init.zeros_(self.b.weight)
        if start == "both":
            nn.init.zeros_(self.a.weight), nn.init.zeros_(self.b.weight)
        self.scale = alpha / rank if scale is None else scale

    def forward(self, x):
        return self.base(x) + self.scale * self.b(self.a(self.drop(x)))


class OtherWayRound(nn.Module):
    """Matrices stored as (in, rank) and (rank, out); the one that goes down is zero; weights merged in forward."""

    def __init__(self, linear, rank, alpha):
        super().__init__()
        self.linear = copy.deepcopy(linear).requires_grad_(False)
        self.a = nn.Parameter(torch.zeros(linear.in_features, rank))
        self.b = nn.Parameter(torch.randn(rank, linear.out_features))
        self.factor = alpha / rank

    def forward(self, x):
        weight = self.linear.weight + self.factor * (self.a @ self.b).T
        return nn.functional.linear(x, weight, self.linear.bias)


class Apart(nn.Module):
    """The weight and bias are taken out of the layer as buffers; the matrices are given."""

    def __init__(self, linear, down, up, scale):
        super().__init__()
        self.register_buffer("weight", linear.weight.detach().clone())
        self.register_buffer("bias", None if linear.bias is None else linear.bias.detach().clone())
        self.down, self.up, self.scale = nn.Parameter(down), nn.Parameter(up), scale

    def forward(self, x):
        correction = torch.einsum("...i,ri,or->...o", x, self.down, self.up)
        return nn.functional.linear(x, self.weight, self.bias) + self.scale * correction


def weight_and_bias_apart(linear, rank, alpha):
    down = 0.01 * torch.randn(rank, linear.in_features)
    return Apart(linear, down, torch.zeros(linear.out_features, rank), alpha / rank)


@pytest.mark.parametrize("answer", [lora.reference, WithLinears, OtherWayRound, weight_and_bias_apart,
                                    lambda linear, rank, alpha: WithLinears(linear, rank, alpha)])  # fmt: skip
def test_lora_right(answer):
    result = lora(answer, seconds=60)
    assert result.status == "right", (result.reason, result.message)


class Full(nn.Module):
    def __init__(self, linear, rank, alpha):
        super().__init__()
        self.linear = linear.requires_grad_(False)
        self.delta = nn.Parameter(torch.zeros_like(linear.weight))

    def forward(self, x):
        return self.linear(x) + x @ self.delta.T


class Odd(WithLinears):
    """A LoRA layer whose forward is given."""

    def __init__(self, linear, rank, alpha, forward, **options):
        super().__init__(linear, rank, alpha, **options)
        self.work = forward

    def forward(self, x):
        return self.work(self, x)


def odd(forward, **options):
    return lambda linear, rank, alpha: Odd(linear, rank, alpha, forward, **options)


def no_forward(linear, rank, alpha):
    made = nn.Module()
    made.linear = linear.requires_grad_(False)
    made.down, made.up = nn.Parameter(torch.ones(rank, linear.in_features)), nn.Parameter(
        torch.zeros(linear.out_features, rank))  # fmt: skip
    return made


def changes_the_weight(linear, rank, alpha):
    layer = OtherWayRound(linear, rank, alpha)
    linear.weight.data.zero_()
    return layer


def starts_with(down):
    def answer(linear, rank, alpha):
        layer = WithLinears(linear, rank, alpha)
        layer.a.weight.data.copy_(down(rank, linear.in_features))
        return layer

    return answer


def without(layer, x):
    """What a layer gives, outside autograd."""
    with torch.no_grad():
        return layer(x)


LORA_WRONG = [
    ("all-alike", starts_with(torch.ones)),
    ("all-alike", starts_with(lambda rank, n: torch.randn(n).expand(rank, n))),
    ("matrices-without-gradient", odd(torch.no_grad()(WithLinears.forward))),
    ("matrices-without-gradient", odd(lambda self, x: self.base(x) + self.scale * without(self.b, self.a(x)))),
    ("matrices-without-gradient", odd(lambda self, x: self.base(x) + self.scale * self.b(without(self.a, x)))),
    ("matrices-without-gradient", odd(lambda self, x: self.base(x) + self.scale * self.a(x) @ self.b.weight.data.T)),
    ("matrices-without-gradient", odd(
        lambda self, x: self.base(x) + self.scale * x @ self.a.weight.detach().T @ self.b.weight.detach().T)),
    ("input-without-gradient", odd(lambda self, x: without(self.base, x) + self.scale * self.b(self.a(x)))),
    ("input-without-gradient", odd(lambda self, x: self.base(x) + self.scale * self.b(self.a(x.detach())))),
    ("input-without-gradient", odd(lambda self, x: WithLinears.forward(self, x.data))),
    ("no-scaling", lambda linear, rank, alpha: WithLinears(linear, rank, alpha, scale=1)),
    ("scaled-by-alpha", lambda linear, rank, alpha: WithLinears(linear, rank, alpha, scale=alpha)),
    ("upside-down", lambda linear, rank, alpha: WithLinears(linear, rank, alpha, scale=rank / alpha)),
    ("root-of-the-rank", lambda linear, rank, alpha: WithLinears(linear, rank, alpha, scale=alpha / rank**0.5)),
    ("starts-with-noise", lambda linear, rank, alpha: WithLinears(linear, rank, alpha, start="")),
    ("never-learns", lambda linear, rank, alpha: WithLinears(linear, rank, alpha, start="both")),
    ("base-learns", lambda linear, rank, alpha: WithLinears(linear, rank, alpha, freeze=False)),
    ("correction-has-a-bias", lambda linear, rank, alpha: WithLinears(linear, rank, alpha, bias=True)),
    ("wrong-sizes", lambda linear, rank, alpha: WithLinears(linear, rank + 1, alpha)),
    ("full-rank", Full),
    ("nothing-learns", lambda linear, rank, alpha: linear.requires_grad_(False)),
    ("nothing-learns", lambda linear, rank, alpha: WithLinears(linear, rank, alpha).requires_grad_(False)),
    ("base-missing", odd(lambda self, x: self.scale * self.b(self.a(x)))),
    ("bias-missing", odd(lambda self, x: x @ self.base.weight.T + self.scale * self.b(self.a(x)))),
    ("correction-unused", odd(lambda self, x: self.base(x))),
    ("not-linear", odd(lambda self, x: self.base(x) + self.scale * self.b(torch.relu(self.a(x))))),
    ("scales-the-layer-too", odd(lambda self, x: self.scale * (self.base(x) + self.b(self.a(x))))),
    ("multiplies", odd(lambda self, x: self.base(x) * (1 + self.scale * self.b(self.a(x))))),
    ("fails", odd(lambda self, x: self.base(x) @ self.a.weight.T @ self.b.weight.T[:, :1].T)),
    ("no-forward", no_forward),
    ("changes-input", changes_the_weight),
    ("not-a-module", lambda linear, rank, alpha: lambda x: linear(x)),
    ("not-a-module", lambda linear, rank, alpha: linear.weight),
    ("not-a-module", lambda linear, rank, alpha: WithLinears),
    ("returns-none", lambda linear, rank, alpha: None),
    ("exception", lambda linear, rank, alpha: WithLinears(linear.weight, rank, alpha)),
    ("wrong-signature", lambda linear, rank: None),
]


@pytest.mark.parametrize(("reason", "answer"), LORA_WRONG)
def test_lora_wrong(reason, answer):
    result = lora(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


def test_untried_and_endless():
    assert freeze(lambda classifier, n_blocks: ...).status == "untried"
    assert lora(lambda linear, rank, alpha: ...).status == "untried"
    result = lora(odd(lambda self, x: self.forward(x)), seconds=60)
    assert result.status == "wrong" and result.message
