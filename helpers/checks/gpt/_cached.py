"""The exercise on a cached step and its known wrong answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from helpers import gpt
from helpers.attention import scaled_dot_product
from helpers.checks.answers import Array, Reading, _never_an_answer
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake
from helpers.checks.guard import Stop
from helpers.checks.recurrent._shared import dice

NAMES = ("output", "keys", "values")


@dataclass(frozen=True)
class Step:
    """Output (T, K), keys and values (S + T, K), read one below the other into (T + 2 (S + T), K)."""

    wanted: str = "(output, keys, values), three tensors"

    def read(self, value: Any, args: tuple) -> Reading:
        """Read an answer; what is missing or of another shape is said."""
        if (never := _never_an_answer(value, self.wanted)) is not None:
            return never
        if not isinstance(value, (tuple, list)):
            return Reading(None, "one-of-three", f"Your function returns one thing; expected {self.wanted}.")
        try:
            if len(value) != 3:
                return Reading(None, "not-three", f"Your function returns {len(value)} things; expected {self.wanted}.")
            parts = [Array(f"{name} as a tensor").read(part, args) for name, part in zip(NAMES, value, strict=True)]
        except Stop:
            raise
        except BaseException:
            return Reading(None, "wrong-type", f"What your function returns can't be read; expected {self.wanted}.")
        for part in parts:
            if part.value is None:
                return part
        if args:
            new, old, width = len(args[0]), len(args[5]), args[5].shape[1]
            shapes = [(new, width), (old + new, width), (old + new, width)]
            for name, part, shape in zip(NAMES, parts, shapes, strict=True):
                if part.value.shape != shape:
                    message = f"Your {name} came out as {part.value.shape}; expected {shape}."
                    return Reading(_stacked(parts), "wrong-shape", message)
        return Reading(_stacked(parts))


def _stacked(parts: list[Reading]) -> np.ndarray:
    """All numbers in one array; of odd shapes, in one line with the shapes before them."""
    arrays = [part.value for part in parts]
    if all(array.ndim == 2 and array.shape[1] == arrays[0].shape[1] for array in arrays):
        return np.concatenate(arrays)
    shapes = [np.array([array.ndim, *array.shape], float) for array in arrays]
    return np.concatenate([*shapes, *map(np.ravel, arrays)])


def _step(place="behind", join="behind", mask="causal", scale="key", views="all", keep="both", give="new",
          axis=-1):  # fmt: skip
    """The step, with something changed.

    Args:
        place: where the new tokens stand: "behind" the old, "start", "late" or "early" by one, "last" (all there).
        join: new keys and values "behind" or "before" the old; "never".
        mask: "causal", "corner" (no offset), "none", "strict" (not itself), "ahead" (one too far), "after" softmax,
            "upper" (the future alone), "block" (old tokens, and all new ones).
        scale: by the root of K ("key"), of D ("model"), by K ("square"), "none".
        views: which of q, k, v see positions: "all", "kv" …
        keep: what comes back of the cache: "both", "old", "new", "swapped", "keys", "no-values".
        give: outputs of the "new" tokens, of the "last" one, or "weights".
    """

    def answer(embedded, positions, wq, wk, wv, keys, values):
        n_old, n_new = len(keys), len(embedded)
        start = {"behind": n_old, "start": 0, "late": n_old + 1, "early": max(n_old - 1, 0)}.get(place)
        where = positions[start : start + n_new] if start is not None else positions[n_old + n_new - 1]
        x = embedded + where
        seen = "qkv" if views == "all" else views
        q, k, v = ((x if name in seen else embedded) @ w for name, w in (("q", wq), ("k", wk), ("v", wv)))
        old = keys, values
        if join == "never":
            keys, values = k, v
        else:
            pairs = (keys, k), (values, v)
            keys, values = (torch.cat(pair if join == "behind" else pair[::-1]) for pair in pairs)
        n_keys = len(keys)
        rows, columns = torch.arange(n_new)[:, None], torch.arange(n_keys)
        offset = n_keys - n_new
        allowed = {"causal": columns <= rows + offset, "corner": columns <= rows, "strict": columns < rows + offset,
                   "ahead": columns <= rows + offset + 1, "upper": columns >= rows + offset,
                   "after": columns <= rows + offset}.get(mask)  # fmt: skip
        size = {"key": wk.shape[1] ** 0.5, "model": wk.shape[0] ** 0.5, "square": wk.shape[1], "none": 1.0}[scale]
        scores = q @ keys.T / size
        if allowed is not None and mask != "after":
            scores = scores.masked_fill(~allowed, -torch.inf)
        weights = scores.softmax(axis)
        if mask == "after":
            weights = weights * allowed
        output = weights @ values
        output = output[-1:] if give == "last" else output
        keys, values = {"both": (keys, values), "old": old, "new": (k, v), "swapped": (values, keys),
                        "keys": (keys, old[1]), "no-values": (keys, v)}[keep]  # fmt: skip
        return output, keys, values

    return answer


def _values_not_joined(embedded, positions, wq, wk, wv, keys, values):
    x = embedded + positions[len(keys) : len(keys) + len(embedded)]
    keys = torch.cat([keys, x @ wk])
    weights = (x @ wq @ keys.T / wk.shape[1] ** 0.5).softmax(-1)
    return weights @ (x @ wv), keys, x @ wv


def _masked_by_a_square(embedded, positions, wq, wk, wv, keys, values):
    x = embedded + positions[len(keys) : len(keys) + len(embedded)]
    keys, values = torch.cat([keys, x @ wk]), torch.cat([values, x @ wv])
    square = torch.ones(len(x), len(x)).tril().bool()
    return scaled_dot_product(x @ wq, keys, values, square)[0], keys, values


MISTAKES = (
    Mistake(
        "no-position-offset",
        "The new tokens got the positions 0, 1, 2 …, as if nothing stood before them. They stand behind the "
        "`len(keys)` earlier ones.",
        (_step(place="start"),),
    ),
    Mistake(
        "position-off-by-one",
        "The positions of the new tokens are off by one. Places count from 0: with 3 earlier tokens, the first new one "
        "stands at place 3.",
        (_step(place="late"), _step(place="early")),
    ),
    Mistake(
        "one-position-for-all",
        "All new tokens got the same position. Each has its own, one after the other.",
        (_step(place="last"),),
    ),
    Mistake(
        "no-causal-offset",
        "The mask begins in the upper left corner: the first new token sees the first key alone, not all earlier ones. "
        "It must see every earlier token and itself: with S earlier ones, `tril(diagonal=S)`.",
        (_step(mask="corner"),),
    ),
    Mistake(
        "square-mask",
        "The mask is T by T, but the new tokens look at S + T keys. It needs a column for each key: (T, S + T).",
        (_masked_by_a_square,),
    ),
    Mistake(
        "no-mask",
        "No mask: with several new tokens, the first of them sees those that come after it.",
        (_step(mask="none"),),
    ),
    Mistake(
        "sees-one-ahead",
        "Each new token sees one place too far: the token that comes next.",
        (_step(mask="ahead"),),
    ),
    Mistake(
        "not-itself",
        "A token must see itself too, not only what came before it.",
        (_step(mask="strict"),),
    ),
    Mistake(
        "mask-inverted",
        "The mask is the wrong way round: True is where attending is allowed.",
        (_step(mask="upper"),),
    ),
    Mistake(
        "mask-after-softmax",
        "Masked after the softmax, so the weights no longer add up to one. Put minus infinity into the scores before "
        "it.",
        (_step(mask="after"),),
    ),
    Mistake(
        "wrong-order",
        "The new keys and values stand before the old ones. The cache grows at its end: `torch.cat([keys, new])`.",
        (_step(join="before"), _step(join="before", mask="none")),
    ),
    Mistake(
        "forgets-the-past",
        "The new tokens see only each other: the kept keys and values are not used.",
        (_step(join="never"), _step(join="never", place="start")),
    ),
    Mistake(
        "keys-only",
        "The keys grow, the values don't. Both belong to the cache: a weight without its value is lost.",
        (_step(keep="keys"), _step(keep="no-values"), _values_not_joined),
    ),
    Mistake(
        "returns-the-old-cache",
        "The output is right, but the cache comes back as it was: the next step would not know these tokens.",
        (_step(keep="old"),),
    ),
    Mistake(
        "returns-only-the-new",
        "The output is right, but only the new keys and values come back. Return those of all tokens so far.",
        (_step(keep="new"),),
    ),
    Mistake(
        "keys-and-values-swapped",
        "Keys and values come back in the wrong order: (output, keys, values).",
        (_step(keep="swapped"),),
    ),
    Mistake(
        "query-without-position",
        "The positions are missing in some of the three views. Queries, keys and values are all made from x, the "
        "embedding plus the position.",
        (_step(views="kv"), _step(views="qv"), _step(views="qk"), _step(views="q"), _step(views="k"), _step(views="")),
    ),
    Mistake(
        "last-output-only",
        "Only the last new token's output comes back. Return one row for each new token, (T, K).",
        (_step(give="last"),),
    ),
    Mistake(
        "no-scaling",
        "The scores are not divided by the root of K.",
        (_step(scale="none"),),
    ),
    Mistake(
        "wrong-scaling",
        "The scores are divided by something other than the root of K, the width of a key.",
        (_step(scale="model"), _step(scale="square")),
    ),
    Mistake(
        "softmax-axis",
        "The softmax runs over the queries. The weights of one query, a row, add up to one: the last axis.",
        (_step(axis=0),),
    ),
)


def _case(new: int, old: int, d: int, k: int, about: str) -> Case:
    draw = dice(8000 + 1000 * new + 100 * old + 10 * d + k)
    args = draw(new, d), draw(new + old + 3, d), draw(d, k), draw(d, k), draw(d, k), draw(old, k), draw(old, k)
    return Case(args, about)


cached_step = Check(
    Exercise(
        name="gpt.cached_step",
        title="A step with a cache",
        difficulty="hard",
        minutes=12,
        arguments=("embedded", "positions", "to_query", "to_key", "to_value", "keys", "values"),
        reference=gpt.cached_step,
        answer=Step(),
        cases=(
            _case(1, 2, 3, 2, "one new token after two"),
            _case(1, 0, 3, 2, "the first token of a text: nothing is kept yet"),
            _case(2, 3, 3, 2, "two new tokens after three"),
            _case(3, 0, 2, 3, "three tokens at once, nothing kept yet"),
            _case(4, 2, 3, 4, "four new tokens after two"),
            _case(1, 5, 4, 2, "one new token after five"),
        ),
        mistakes=MISTAKES,
        hints=(
            "`x = embedded + positions[S : S + T]` with S = len(keys) and T = len(embedded). New keys are `x @ "
            "to_key`; join them to the old ones with `torch.cat([keys, new])`, and likewise the values.",
            "Then it is lesson 06: `scaled_dot_product(x @ to_query, keys, values, mask)` from `helpers.attention`, "
            "whose first result is the output. The mask is (T, S + T): new token i may see keys 0 to S + i. "
            "`causal_mask(T, S + T)` makes it.",
        ),
    )
)
