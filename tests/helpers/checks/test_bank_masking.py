"""Masking and its loss: right answers in several styles, wrong ones with the reason each must get."""

import copy
import random

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from helpers.checks.masking import mask_tokens as mask
from helpers.checks.masking import masked_loss as loss
from helpers.checks.masking._mask import CASES, facts
from helpers.checks.masking._profile import dice


def token_by_token(token_ids, generator, mask_id, vocab_size, special_ids, rate):
    inputs, targets = token_ids.tolist(), [[-100] * len(row) for row in token_ids.tolist()]
    ordinary = [token for token in range(vocab_size) if token not in special_ids]
    for row, text in enumerate(token_ids.tolist()):
        chances = torch.rand(len(text), 2, generator=generator).tolist()
        for place, token in enumerate(text):
            if token in special_ids or chances[place][0] >= rate:
                continue
            targets[row][place] = token
            if chances[place][1] < 0.8:
                inputs[row][place] = mask_id
            elif chances[place][1] < 0.9:
                inputs[row][place] = ordinary[int(torch.randint(len(ordinary), (1,), generator=generator))]
    return inputs, targets


def on_a_copy(token_ids, generator, mask_id, vocab_size, special_ids, rate=0.15):
    inputs, targets = token_ids.clone(), token_ids.clone()
    chance = torch.full(token_ids.shape, float(rate))
    for special in special_ids:
        chance[token_ids == special] = 0.0
    chosen = torch.bernoulli(chance, generator=generator).bool()
    targets[~chosen] = -100
    masked = torch.bernoulli(torch.full(token_ids.shape, 0.8), generator=generator).bool() & chosen
    inputs[masked] = mask_id
    other = torch.bernoulli(torch.full(token_ids.shape, 0.5), generator=generator).bool() & chosen & ~masked
    words = torch.tensor(sorted(set(range(vocab_size)) - set(special_ids)))
    inputs[other] = words[torch.randint(len(words), token_ids.shape, generator=generator)][other]
    return inputs, targets


def a_fixed_number_of_each_text(token_ids, generator, mask_id, vocab_size, special_ids, rate):
    inputs, targets = token_ids.clone(), torch.full_like(token_ids, -100)
    ordinary = torch.tensor([token for token in range(vocab_size) if token not in special_ids])
    for row in range(len(token_ids)):
        places = (~torch.isin(token_ids[row], torch.tensor(special_ids))).nonzero().flatten()
        places = places[torch.randperm(len(places), generator=generator)][: round(rate * len(places))]
        targets[row, places] = token_ids[row, places]
        fate = torch.rand(len(places), generator=generator)
        inputs[row, places[fate < 0.8]] = mask_id
        swapped = places[fate > 0.9]
        inputs[row, swapped] = ordinary[torch.randint(len(ordinary), (len(swapped),), generator=generator)]
    return inputs, targets


@pytest.mark.parametrize("answer", [mask.reference, token_by_token, on_a_copy, a_fixed_number_of_each_text])
def test_mask_right(answer):
    result = mask(answer, seconds=60)
    assert result.status == "right", (result.reason, result.message)


def steps(token_ids, dice, mask_id, size, special, rate, *, spare=True, draw=None, split=(0.8, 0.9), own=False,
          asked=None, in_place=False, lengths=None):  # fmt: skip
    """A learner's version, with mistakes to switch on."""
    special = torch.tensor(special)
    chosen = torch.rand(token_ids.shape, generator=dice) < rate
    if spare:
        chosen &= ~torch.isin(token_ids, special)
    inputs = token_ids if in_place else token_ids.clone()
    before = inputs.clone() if own else inputs
    fate = torch.rand(token_ids.shape, generator=dice)
    drawn = draw(token_ids.shape, dice, size, special) if draw else _ordinary(token_ids.shape, dice, size, special)
    result = token_ids.clone() if own else None
    inputs[chosen & (fate < split[0])] = mask_id
    swapped = chosen & (fate >= split[0]) & (fate < split[1])
    inputs[swapped] = drawn[swapped]
    true = result if own else (before if in_place else token_ids)
    return inputs, torch.where(chosen, true, -100) if asked is None else asked(token_ids, inputs, chosen)


def _ordinary(shape, dice, size, special):
    words = torch.tensor([token for token in range(size) if token not in special.tolist()])
    return words[torch.randint(len(words), shape, generator=dice)]


def wrong(**spoilt):
    return lambda ids, dice, mask_id, size, special, rate: steps(ids, dice, mask_id, size, special, rate, **spoilt)


def always_the_same_seed(token_ids, generator, mask_id, vocab_size, special_ids, rate):
    return mask.reference(token_ids, torch.Generator().manual_seed(0), mask_id, vocab_size, special_ids, rate)


def only_pads_spared(ids, dice, mask_id, size, special, rate):
    return steps(ids, dice, mask_id, size, (special[0],), rate)


def every_seventh(ids, dice, mask_id, size, special, rate):
    chosen = (torch.arange(ids.shape[1]) % 7 == 3).expand(ids.shape) & ~torch.isin(ids, torch.tensor(special))
    return torch.where(chosen, mask_id, ids), torch.where(chosen, ids, -100)


def in_place_but_right(ids, dice, mask_id, size, special, rate):
    inputs, targets = mask.reference(ids, dice, mask_id, size, special, rate)
    ids.copy_(inputs)
    return ids, targets


def drawn_freely(*parts):
    """Draws named here are made without the generator, which the others get."""

    def answer(ids, dice, mask_id, size, special, rate):
        give = {part: None if part in parts else dice for part in ("choice", "fate", "token")}
        chosen = (torch.rand(ids.shape, generator=give["choice"]) < rate) & ~torch.isin(ids, torch.tensor(special))
        fate = torch.rand(ids.shape, generator=give["fate"])
        drawn = _ordinary(ids.shape, give["token"], size, torch.tensor(special))
        inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
        return torch.where(chosen & (fate > 0.9), drawn, inputs), torch.where(chosen, ids, -100)

    return answer


def with_pythons_dice(ids, dice, mask_id, size, special, rate):
    chosen = torch.tensor([[random.random() < rate for _ in row] for row in ids.tolist()])
    chosen &= ~torch.isin(ids, torch.tensor(special))
    inputs, _ = mask.reference(ids, dice, mask_id, size, special, 1.0)
    return torch.where(chosen, inputs, ids), torch.where(chosen, ids, -100)


def two_tokens(shape, dice, size, special):
    words = _ordinary((2,), dice, size, special)
    return words[torch.randint(2, shape, generator=dice)]


MASK_WRONG = [
    ("ignores-generator", drawn_freely("choice")),
    ("ignores-generator", drawn_freely("fate")),
    ("ignores-generator", drawn_freely("token")),
    ("ignores-generator", drawn_freely("choice", "fate", "token")),
    ("ignores-generator", with_pythons_dice),
    ("only-larger-tokens", wrong(draw=lambda shape, dice, size, special: torch.randint(
        int(special.max()) + 1, size, shape, generator=dice))),
    ("few-tokens", wrong(draw=two_tokens)),
    ("one-token-for-each-text", wrong(draw=lambda shape, dice, size, special: _ordinary(
        (shape[0], 1), dice, size, special).expand(shape))),
    ("wrong-split", lambda ids, d, m, v, s, r: steps(ids, d, m, v, s, r, split=(0.5, 0.75) if r == 1 else (0.8, 0.9))),
    ("masks-special", wrong(spare=False)),
    ("special-asked", only_pads_spared),
    ("always-mask", wrong(split=(1.0, 1.0))),
    ("nothing-kept", wrong(split=(0.8, 1.0))),
    ("nothing-random", wrong(split=(0.8, 0.8))),
    ("shares-swapped", wrong(split=(0.1, 0.2))),
    ("random-special", wrong(draw=lambda shape, dice, size, special: torch.randint(size, shape, generator=dice))),
    ("targets-everywhere", wrong(asked=lambda ids, inputs, chosen: ids.clone())),
    ("targets-turned-round", wrong(asked=lambda ids, inputs, chosen: ids.masked_fill(chosen, -100))),
    ("target-is-the-mask", wrong(asked=lambda ids, inputs, chosen: inputs.masked_fill(~chosen, -100))),
    ("target-is-the-mask", wrong(in_place=True)),
    ("only-masked-asked", lambda ids, d, m, v, s, r: (
        x := mask.reference(ids, d, m, v, s, r)[0], torch.where(x == m, ids, -100))),
    ("changed-asked", wrong(asked=lambda ids, inputs, chosen: torch.where(inputs == ids, -100, ids))),
    ("rate-fixed", lambda ids, d, m, v, s, r: steps(ids, d, m, v, s, 0.15)),
    ("wrong-rate", lambda ids, d, m, v, s, r: steps(ids, d, m, v, s, 0.25 * r)),
    ("wrong-split", wrong(split=(0.5, 0.75))),
    ("nothing-masked", lambda ids, d, m, v, s, r: (ids, torch.full_like(ids, -100))),
    ("one-token-for-all", wrong(draw=lambda shape, dice, size, special: torch.full(shape, 6))),
    ("wrong-targets", wrong(asked=lambda ids, inputs, chosen: torch.where(chosen, 1, -100))),
    ("changes-input", in_place_but_right),
    ("ignores-generator", always_the_same_seed),
    ("special-asked", wrong(asked=lambda ids, inputs, chosen: torch.where(chosen, ids, 0))),
    ("fixed-places", every_seventh),
    ("not-a-pair", lambda ids, *rest: ids),
    ("wrong-shape", lambda ids, *rest: (ids[0], ids[0])),
    ("exception", lambda ids, *rest: ids.mask(0.15)),
    ("returns-none", lambda ids, *rest: None),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "answer"), MASK_WRONG)
def test_mask_wrong(reason, answer):
    result = mask(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


def test_no_seed_makes_a_right_answer_wrong():
    for case in CASES[2:]:
        ids, _, mask_id, size, special, rate = case.args
        made = (mask.reference(ids, dice(seed), mask_id, size, special, rate) for seed in range(100))
        said = {facts(ids.numpy(), *(part.numpy() for part in pair), mask_id, size, special) for pair in made}
        assert len(said) == 1


def test_a_generator_as_an_argument_is_copied_with_its_state():
    one = dice(3)
    torch.rand(2, generator=one)
    other = copy.deepcopy(one)
    assert not one.used(other) and torch.equal(torch.rand(3, generator=one), torch.rand(3, generator=other))
    assert other.used(dice(3)) and other.alone() and "Generator" in repr(one)


@pytest.mark.parametrize("draw", [lambda: torch.rand(1), random.random, lambda: np.random.rand()])  # noqa: NPY002
def test_a_copied_generator_hears_of_draws_from_elsewhere(draw):
    copied = copy.deepcopy(dice(3))
    torch.rand(2, generator=copied)
    assert copied.alone()
    draw()
    assert not copied.alone()


def loss_by_hand(logits, targets):
    log_p = torch.log_softmax(logits, dim=-1)
    total, count = logits.sum() * 0, 0
    for row, text in enumerate(targets.tolist()):
        for place, token in enumerate(text):
            if token != -100:
                total, count = total - log_p[row, place, token], count + 1
    return total / max(count, 1)


def loss_by_sum(logits, targets):
    total = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-100, reduction="sum")
    return total / (targets != -100).sum().clamp(min=1)


def loss_by_weights(logits, targets):
    asked = (targets != -100).float()
    each = F.cross_entropy(logits.transpose(1, 2), targets.clamp(min=0), reduction="none")
    return (each * asked).sum() / torch.clamp(asked.sum(), min=1.0)


@pytest.mark.parametrize("answer", [loss.reference, loss_by_hand, loss_by_sum, loss_by_weights])
def test_loss_right(answer):
    result = loss(answer, seconds=60)
    assert result.status == "right", (result.reason, result.message)


def weighted(how):
    def answer(logits, targets):
        asked = (targets != -100).float()
        each = F.cross_entropy(logits.transpose(1, 2), targets.clamp(min=0), reduction="none")
        return how(each, asked)

    return answer


def safe(loss_of):
    return lambda z, y: loss_of(z, y) if (y != -100).any() else z.sum() * 0


LOSS_WRONG = [
    ("nan-if-nothing", lambda z, y: F.cross_entropy(z.reshape(-1, z.shape[-1]), y.reshape(-1))),
    ("nan-if-nothing", lambda z, y: F.cross_entropy(z[y != -100], y[y != -100])),
    ("mean-over-all", weighted(lambda each, asked: (each * asked).mean())),
    ("ignored-counted", weighted(lambda each, asked: each.mean())),
    ("asks-the-rest", weighted(lambda each, asked: (each * (1 - asked)).sum() / (1 - asked).sum().clamp(min=1))),
    ("sum", weighted(lambda each, asked: (each * asked).sum())),
    ("mean-of-texts", weighted(lambda each, asked: ((each * asked).sum(1) / asked.sum(1).clamp(min=1)).mean())),
    ("softmax-first", safe(lambda z, y: F.cross_entropy(z.softmax(-1)[y != -100], y[y != -100]))),
    ("shifted", safe(lambda z, y: F.cross_entropy(z[:, :-1].flatten(0, 1), y[:, 1:].flatten()))),
    ("classes-on-axis-one", F.cross_entropy),
    ("bits", safe(lambda z, y: F.cross_entropy(z[y != -100], y[y != -100]) / torch.log(torch.tensor(2.0)))),
    ("perplexity", lambda z, y: loss_by_sum(z, y).exp()),
    ("drops-token-zero", weighted(lambda each, asked: each.sum() * 0) and safe(
        lambda z, y: F.cross_entropy(z[y > 0], y[y > 0]) if (y > 0).any() else z.sum() * 0)),
    ("opposite-sign", lambda z, y: -loss_by_sum(z, y)),
    ("no-gradient", lambda z, y: loss_by_sum(z.detach(), y)),
    ("not-a-tensor", lambda z, y: loss_by_sum(z, y).item()),
    ("wrong-shape", lambda z, y: F.cross_entropy(z.flatten(0, 1), y.flatten(), reduction="none")),
    ("exception", lambda z, y: F.cross_entropy(z.flatten(), y)),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "answer"), LOSS_WRONG)
def test_loss_wrong(reason, answer):
    result = loss(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


def test_untried():
    assert mask(lambda token_ids, generator, mask_id, vocab_size, special_ids, rate=0.15: ...).status == "untried"
    assert loss(lambda logits, targets: ...).status == "untried"
