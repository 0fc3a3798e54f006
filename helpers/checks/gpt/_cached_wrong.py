"""The known wrong answers to the cached step, with what each learner is told."""

from __future__ import annotations

import torch

from helpers.attention import scaled_dot_product
from helpers.checks.exercise import Mistake


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
