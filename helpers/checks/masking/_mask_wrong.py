"""Known wrong answers to the exercise on masking, each with its reason."""

from __future__ import annotations

import torch

from helpers.checks.exercise import Mistake


def _mask(ids, dice, mask_id, size, special, rate, *, allowed=None, chosen=None, cuts=(0.8, 0.9), pool=None,
          second=False, targets=None, everywhere=False):  # fmt: skip
    """The right steps, each of which an argument can spoil."""
    apart = torch.isin(ids, torch.tensor(special))
    allowed = ~apart if allowed is None else allowed(ids, apart)
    chosen = (torch.rand(ids.shape, generator=dice) < rate if chosen is None else chosen(ids, dice, rate)) & allowed
    if pool is None:
        pool = torch.tensor([token for token in range(size) if token not in special])
    action = torch.rand(ids.shape, generator=dice)
    masked = action < cuts[0]
    again = torch.rand(ids.shape, generator=dice) < 0.1 if second else action < cuts[1]
    inputs = torch.where(chosen & masked, mask_id, ids)
    drawn = pool[torch.randint(len(pool), ids.shape, generator=dice)]
    touched = torch.ones_like(chosen) & allowed if everywhere else chosen
    inputs = torch.where(touched & ~masked & again, drawn, inputs)
    return inputs, torch.where(chosen, ids, -100) if targets is None else targets(ids, inputs, chosen)


def _with(**spoilt):
    return lambda ids, dice, mask_id, size, special, rate: _mask(ids, dice, mask_id, size, special, rate, **spoilt)


def _pads_only(ids, dice, mask_id, size, special, rate):
    """[PAD] is left alone, [CLS] and [SEP] are not."""
    return _mask(ids, dice, mask_id, size, special, rate, allowed=lambda x, apart: x != special[0])


def _whole_vocabulary(ids, dice, mask_id, size, special, rate):
    return _mask(ids, dice, mask_id, size, special, rate, pool=torch.arange(size))


def _hugging_face_numbers(ids, dice, mask_id, size, special, rate):
    """[MASK] is taken to be number 103."""
    return _mask(ids, dice, 103, size, special, rate)


def _third(ids, dice, mask_id, size, special, rate):
    return _mask(ids, dice, mask_id, size, special, 0.15)


def _share_of_all(ids, inputs, chosen):
    return torch.where(chosen, inputs, -100)


def _same_places(ids, dice, rate):
    return (torch.rand(ids.shape[1], generator=dice) < rate).expand(ids.shape)


MISTAKES = (
    Mistake(
        "masks-special",
        "[CLS], [SEP] and [PAD] are chosen too. They are known in advance and teach nothing: only tokens that are not "
        "in `special_ids` may be chosen.",
        (_with(allowed=lambda ids, apart: torch.ones_like(apart)), _pads_only),
    ),
    Mistake(
        "only-special",
        "You choose among the special tokens, and only there. It is the other way round: `~`.",
        (_with(allowed=lambda ids, apart: apart),),
    ),
    Mistake(
        "always-mask",
        "Every chosen token becomes [MASK]. 80 % of them do; 10 % become a random token and 10 % stay as they are, so "
        "that the model can't trust a token that is no [MASK].",
        (_with(cuts=(1.0, 1.0)),),
    ),
    Mistake(
        "second-draw",
        "Nearly: 10 % of the *rest* became random tokens, 2 % of those chosen. Of what is not [MASK], half becomes a "
        "random token and half stays.",
        (_with(second=True),),
    ),
    Mistake(
        "nothing-kept",
        "80 % become [MASK] and 20 % a random token. Half of these 20 % should stay as they are.",
        (_with(cuts=(0.8, 1.0)),),
    ),
    Mistake(
        "nothing-random",
        "80 % become [MASK] and 20 % stay as they are. Half of these 20 % should become a random token.",
        (_with(cuts=(0.8, 0.8)),),
    ),
    Mistake(
        "shares-swapped",
        "Only 10 % of the chosen become [MASK] and 80 % something else. It is the other way round.",
        (_with(cuts=(0.1, 0.2)), _with(cuts=(0.1, 0.9))),
    ),
    Mistake(
        "random-special",
        "The random tokens are drawn from the whole vocabulary, [PAD], [CLS] and [MASK] among them. Draw from the "
        "tokens that are not in `special_ids`.",
        (_whole_vocabulary,),
    ),
    Mistake(
        "targets-everywhere",
        "Every place has a target. Where nothing was chosen the target is −100, so that the loss leaves it out.",
        (_with(targets=lambda ids, inputs, chosen: ids),),
    ),
    Mistake(
        "targets-turned-round",
        "The targets stand at the places that were not chosen. At the chosen ones the true token is asked for.",
        (_with(targets=lambda ids, inputs, chosen: torch.where(chosen, -100, ids)),),
    ),
    Mistake(
        "target-is-the-mask",
        "The targets are what the inputs hold now, mostly [MASK]. They must be the tokens that stood there before: "
        "take them from `token_ids`, before anything is written, or from a copy.",
        (_with(targets=_share_of_all),),
    ),
    Mistake(
        "only-masked-asked",
        "Only the places that became [MASK] have a target. Those that got a random token, or none, are asked for as "
        "well: that is why they are changed.",
        (
            lambda ids, dice, mask_id, size, special, rate: _mask(
                ids, dice, mask_id, size, special, rate,
                targets=lambda x, inputs, chosen: torch.where(inputs == mask_id, x, -100)),
        ),
    ),
    Mistake(
        "changed-asked",
        "Only places that changed have a target. A chosen token that stays as it is must be asked for too, so that the "
        "model also learns to look at tokens that are in place.",
        (_with(targets=lambda ids, inputs, chosen: torch.where(inputs != ids, ids, -100)),),
    ),
    Mistake(
        "same-places",
        "The same places are chosen in every text. Draw a number for each token of each text: shape (B, T).",
        (_with(chosen=_same_places),),
    ),
    Mistake(
        "random-everywhere",
        "Random tokens were also put where nothing was chosen. Only chosen places may change.",
        (_with(everywhere=True),),
    ),
    Mistake(
        "rate-fixed",
        "The share is 15 % whatever `rate` says. Compare the random numbers with `rate`.",
        (_third,),
    ),
    Mistake(
        "rate-turned-round",
        "You choose the share 1 − rate: `>` stands where `<` belongs.",
        (_with(chosen=lambda ids, dice, rate: torch.rand(ids.shape, generator=dice) > rate),),
    ),
    Mistake(
        "normal-numbers",
        "The random numbers come from `randn`, a bell around zero: more than half of them lie below any rate. `rand` "
        "gives numbers from 0 to 1.",
        (_with(chosen=lambda ids, dice, rate: torch.randn(ids.shape, generator=dice) < rate),),
    ),
    Mistake(
        "foreign-mask",
        "[MASK] has the number `mask_id`, and you use another, which is a token like any other here.",
        (_hugging_face_numbers,),
    ),
    Mistake(
        "nothing-masked",
        "Nothing is chosen.",
        (lambda ids, dice, mask_id, size, special, rate: (ids, torch.full_like(ids, -100)),),
    ),
)  # fmt: skip
