"""The exercise on masking and its known wrong answers, judged by statistics."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from inspect import Parameter, Signature
from typing import Any

import numpy as np
import torch

from helpers.bert import masking
from helpers.checks.answers import Reading
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Symptom
from helpers.checks.masking._mask_wrong import MISTAKES
from helpers.checks.masking._profile import UNUSED, Facts, dice, nearest
from helpers.checks.pairs import Pair

ARGUMENTS = ("token_ids", "generator", "mask_id", "vocab_size", "special_ids", "rate")
IGNORED, ENOUGH = -100, 400  # asked places below which shares say nothing
MANY = 1000  # tokens below which chance may hide a mistake: only what always shows is judged
RATES = (0.0, 0.02, 0.05, 0.1, 0.15, 0.22, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1.0)
SHARES = (0.0, 0.02, 0.1, 0.18, 0.28, 0.4, 0.5, 0.65, 0.8, 0.9, 1.0)


@wraps(masking.mask_tokens)  # so that its source is the solution; a check hands over all arguments by place
def _reference(token_ids, generator, mask_id, vocab_size, special_ids, rate):
    return masking.mask_tokens(
        token_ids, generator, mask_id=mask_id, vocab_size=vocab_size, special_ids=special_ids, rate=rate
    )


_reference.__signature__ = Signature([Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in ARGUMENTS])


def facts(ids: np.ndarray, inputs: np.ndarray, targets: np.ndarray, mask_id: int, size: int, special: tuple) -> Facts:
    """What inputs and targets (B, T) say about how they were made from ids (B, T)."""
    if ids.size < MANY:
        return Facts({"tokens": f"{ids.size:,}"})
    apart, asked = np.isin(ids, special), targets != IGNORED
    n_asked, here = int((asked & ~apart).sum()), asked & ~apart
    same = inputs == ids
    drawn = inputs[here & ~same & (inputs != mask_id)]
    found: dict[str, object] = {
        "tokens": f"{ids.size:,}",
        "special tokens asked for": "yes" if (asked & apart).any() else "none",
        "special tokens changed": "yes" if (~same & apart).any() else "none",
        "targets are the true tokens": "yes" if (targets[here] == ids[here]).all() else "no",
        "targets are the mask": "yes" if n_asked and (targets[here] == mask_id).mean() > 0.4 else "no",
        "changed but not asked for": "yes" if (~same & ~asked & ~apart).any() else "none",
        "special tokens put in at random": "yes" if np.isin(drawn, special).any() else "none",
        "outside the vocabulary": "yes" if ((inputs < 0) | (inputs >= size)).any() else "none",
    }
    if not apart.all():
        found["other tokens asked for"] = nearest(n_asked / (~apart).sum(), RATES)
        full = ~apart.any(axis=0)  # columns without special tokens
        found["the same places in every text"] = "yes" if (asked[:, full] == asked[:1, full]).all() else "no"
    if n_asked >= ENOUGH:
        shares = [(inputs[here] == mask_id).mean(), len(drawn) / n_asked, same[here].mean()]
        found["of these [MASK]"], found["another token"], found["unchanged"] = (nearest(s, SHARES) for s in shares)
        rows = np.nonzero(here & ~same & (inputs != mask_id))[0]
        found["other tokens"] = _variety(drawn, rows, special, size)
    return Facts(found)


def _variety(drawn: np.ndarray, rows: np.ndarray, special: tuple, size: int) -> str:
    """How the tokens put in at random vary; `rows` says in which text each stands."""
    if len(drawn) < 50:
        return "any"
    different, beside = set(drawn.tolist()), rows[1:] == rows[:-1]
    if len(different) == 1:
        return "one for all"
    if beside.sum() >= 50 and (drawn[1:] == drawn[:-1])[beside].mean() > 0.5:
        return "one for each text"
    if len(different) < min(len(drawn), size - len(special)) / 5:
        return "few"
    above = max(special) > len(special) and min(different) > max(special)
    return "above the special ones" if above else "any"


@dataclass(frozen=True)
class Masked:
    """Inputs and targets, read into facts about them.

    Attributes:
        known: the cases; which one it is shows in the answer's shape.
    """

    known: tuple[Case, ...]
    wanted: str = "inputs and targets, (B, T) each"

    def read(self, value: Any, args: tuple) -> Reading:
        """Read an answer; `args` are those of the call, for whether the generator was used."""
        pair = Pair(self.wanted, ("inputs", "targets")).read(value, args)
        if pair.reason:
            return pair
        inputs, targets = pair.value
        case = next((one for one in self.known if tuple(one.args[0].shape) == inputs.shape), None)
        if case is None:
            message = f"inputs and targets have shape {inputs.shape}; expected that of the tokens, (B, T)."
            return Reading(None, "wrong-shape", message)
        ids, generator, mask_id, size, special, rate = case.args
        found = facts(ids.numpy(), inputs, targets, mask_id, size, tuple(special))
        if args and 0 < rate < 1 and "other tokens asked for" in found.facts:
            obeyed = args[1].used(generator) and args[1].alone()
            return Reading(found) if obeyed else Reading(found, *UNUSED)
        return Reading(found)


def _texts(seed: int, n_texts: int, n_tokens: int, size: int, cls: int, sep: int, pad: int, special: tuple):
    """Texts as [CLS] tokens [SEP] padding; the first ones are full."""
    generator = torch.Generator().manual_seed(seed)
    ordinary = torch.tensor([token for token in range(size) if token not in special])
    ids = ordinary[torch.randint(len(ordinary), (n_texts, n_tokens), generator=generator)]
    ids[:, 0] = cls
    for row in range(n_texts):
        end = n_tokens - 1 - (row % 3) * (n_tokens // 8)
        ids[row, end], ids[row, end + 1 :] = sep, pad
    return ids


_USUAL = (0, 1, 2, 3, 4)  # [PAD], [UNK], [CLS], [SEP], [MASK], as in the course's vocabulary
_OTHER = (30, 9, 7, 2, 11)

CASES = (
    Case((torch.tensor([[2, 8, 5, 9, 6, 7, 3, 0]]), dice(1), 4, 20, _USUAL, 0.15), "one text of eight tokens"),
    Case((torch.tensor([[2, 3, 0, 0, 0]]).repeat(300, 1), dice(2), 4, 20, _USUAL, 0.5), "texts of special tokens"),
    Case((_texts(3, 150, 64, 100, 2, 3, 0, _USUAL), dice(3), 4, 100, _USUAL, 0.15), "150 texts, 15 %"),
    Case((_texts(4, 60, 80, 60, 9, 2, 30, _OTHER), dice(4), 11, 60, _OTHER, 0.4), "other special numbers, 40 %"),
    Case((_texts(5, 40, 50, 500, 2, 3, 0, _USUAL), dice(5), 4, 500, _USUAL, 1.0), "rate 1: all but special tokens"),
    Case((torch.full((30, 40), 17), dice(6), 4, 20, _USUAL, 0.0), "rate 0: nothing is asked"),
)


def _is(name: str, *answers: str):
    return lambda args, value: value.facts.get(name) in answers


mask_tokens = Check(
    Exercise(
        name="masking.mask_tokens",
        title="The masking function",
        difficulty="hard",
        minutes=12,
        arguments=ARGUMENTS,
        reference=_reference,
        answer=Masked(CASES),
        cases=CASES,
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "special-asked",
                "Special tokens are chosen too. [CLS], [SEP] and [PAD] are known in advance: leave them out.",
                _is("special tokens asked for", "yes"),
            ),
            Symptom(
                "special-changed",
                "Special tokens are changed in the inputs. They stay as they are.",
                _is("special tokens changed", "yes"),
            ),
            Symptom(
                "wrong-targets",
                "At a place that is asked for, the target must be the token that stood there before.",
                _is("targets are the true tokens", "no"),
            ),
            Symptom(
                "changed-unasked",
                "Some tokens are changed whose target says −100. A place that is changed must be asked for.",
                _is("changed but not asked for", "yes"),
            ),
            Symptom(
                "outside-vocabulary",
                "Some tokens put in are no number of the vocabulary: from 0 to vocab_size − 1.",
                _is("outside the vocabulary", "yes"),
            ),
            Symptom(
                "special-drawn",
                "Special tokens were put in at random. Draw from the ordinary ones.",
                _is("special tokens put in at random", "yes"),
            ),
            Symptom(
                "one-token-for-all",
                "One random token is put in everywhere. Draw one for each place.",
                _is("other tokens", "one for all"),
            ),
            Symptom(
                "one-token-for-each-text",
                "One random token is put in all over a text. Draw one for each place.",
                _is("other tokens", "one for each text"),
            ),
            Symptom(
                "few-tokens",
                "The same few tokens are put in everywhere. Draw each from all that are not in `special_ids`.",
                _is("other tokens", "few"),
            ),
            Symptom(
                "only-larger-tokens",
                "The tokens put in are all larger than the largest of `special_ids`. Smaller ones may come up, too.",
                _is("other tokens", "above the special ones"),
            ),
            Symptom(
                "fixed-places",
                "The same places are chosen in every text. Let chance choose in each.",
                lambda args, value: 0 < args[5] < 1 and value.facts.get("the same places in every text") == "yes",
            ),
            Symptom(
                "wrong-rate",
                "Not the share `rate` of the ordinary tokens is asked for (their target is not −100).",
                lambda args, value: value.facts.get("other tokens asked for", "") != nearest(args[5], RATES),
            ),
            Symptom(
                "wrong-split",
                "The right number is asked for, but not 80 % of these are [MASK], 10 % another token, 10 % unchanged.",
                lambda args, value: True,
            ),
        ),
        hints=(
            "First which tokens may be chosen: `~torch.isin(token_ids, torch.tensor(special_ids))`. Then which are: of "
            "random numbers from 0 to 1, a share `rate` lies below `rate`. Targets: "
            "`torch.where(chosen, token_ids, -100)`.",
            "For the split, one more random number for each place: below 0.8 [MASK], from 0.8 to 0.9 a random token, "
            "else nothing. Draw positions in the list of ordinary tokens, not token numbers, so that no special one "
            "comes up.",
        ),
    )
)
