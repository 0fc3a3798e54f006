"""The exercise on segment ids and its known wrong answers."""

from __future__ import annotations

import torch

from helpers.checks.answers import Array
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake
from helpers.pretraining import sentences


def _behind(x, sep):
    """How many [SEP] stand to the left of each token."""
    ends = (x == sep).long()
    return ends.cumsum(1) - ends


def _half(x, sep, pad):
    """The second half of the places, whatever stands there."""
    return (torch.arange(x.shape[1]) >= x.shape[1] // 2).long().expand(x.shape).clone()


def _first_row_for_all(x, sep, pad):
    return sentences.segment_ids(x[:1], sep, pad).expand(x.shape) * (x != pad)


def _last_sep(x, sep, pad):
    """1 from the last [SEP] of each row on."""
    ends = (x == sep).long()
    return ((ends.flip(1).cumsum(1).flip(1) <= 1) & (x != pad)).long()


MISTAKES = (
    Mistake(
        "starts-at-sep",
        "Segment 1 starts one token early, at the first [SEP] itself. That mark ends the first text and belongs to it.",
        (
            lambda x, sep, pad: ((x == sep).cumsum(1).clamp(max=1) * (x != pad)).long(),
            lambda x, sep, pad: (x == sep).cumsum(1).clamp(max=1),
            lambda x, sep, pad: (((x == sep).cumsum(1) == 1) & (x != pad)).long(),
        ),
    ),
    Mistake(
        "starts-at-sep-and-counts-on",
        "You count every [SEP] from itself on, so the last one gets a 2. There are two segments, and a [SEP] belongs "
        "to the text that it ends.",
        (lambda x, sep, pad: (x == sep).cumsum(1), lambda x, sep, pad: (x == sep).cumsum(1) * (x != pad)),
    ),
    Mistake(
        "padding-in-two",
        "Padding got segment 2: you count the [SEP] to the left. There are two segments, 0 and 1, and padding has 0.",
        (lambda x, sep, pad: _behind(x, sep),),
    ),
    Mistake(
        "padding-in-one",
        "Padding belongs to no text; it gets 0, and yours gets 1 (by custom: the mask hides it anyway, but both sides "
        "should write the same numbers).",
        (lambda x, sep, pad: (_behind(x, sep) > 0).long(),),
    ),
    Mistake(
        "last-sep-left-out",
        "The [SEP] at the end of the second text got 0. It ends the second text and belongs to it.",
        (
            lambda x, sep, pad: ((_behind(x, sep) > 0) & (x != pad) & (x != sep)).long(),
            lambda x, sep, pad: ((_behind(x, sep) == 1) & (x != sep)).long(),
        ),
    ),
    Mistake(
        "turned-round",
        "The first text got 1 and the second 0. It is the other way round.",
        (
            lambda x, sep, pad: (_behind(x, sep) == 0).long(),
            lambda x, sep, pad: ((_behind(x, sep) == 0) & (x != pad)).long(),
            lambda x, sep, pad: 1 - sentences.segment_ids(x, sep, pad),
        ),
    ),
    Mistake(
        "counts-from-one",
        "You number the segments 1 and 2. The embedding has rows 0 and 1.",
        (
            lambda x, sep, pad: sentences.segment_ids(x, sep, pad) + 1,
            lambda x, sep, pad: (sentences.segment_ids(x, sep, pad) + 1) * (x != pad),
        ),
    ),
    Mistake(
        "marks-the-padding",
        "That says where padding stands, not which text a token belongs to.",
        (lambda x, sep, pad: (x != pad).long(), lambda x, sep, pad: (x == pad).long()),
    ),
    Mistake(
        "marks-the-seps",
        "That says where [SEP] stands. Add up along the row (`cumsum(1)`) to know how many stand before a token.",
        (lambda x, sep, pad: (x == sep).long(),),
    ),
    Mistake(
        "in-halves",
        "You cut every row in the middle. The first text ends at its [SEP], wherever that stands.",
        (_half,),
    ),
    Mistake(
        "first-row-for-all",
        "Every row is cut where the first one is. Look for [SEP] in each row.",
        (_first_row_for_all,),
    ),
    Mistake(
        "last-sep",
        "You look for the last [SEP] of a row. The first text ends at the first one.",
        (_last_sep,),
    ),
    Mistake(
        "sums-down",
        "You add up over the texts of the batch. Along a row: `cumsum(1)`.",
        (
            lambda x, sep, pad: ((((x == sep).cumsum(0) - (x == sep).long()) > 0) & (x != pad)).long(),
            lambda x, sep, pad: (x == sep).cumsum(0),
        ),
    ),
    Mistake(
        "all-zero",
        "Everything is segment 0.",
        (lambda x, sep, pad: torch.zeros_like(x),),
    ),
)


def _case(rows, about: str, sep: int = 3, pad: int = 0) -> Case:
    return Case((torch.tensor(rows), sep, pad), about)


segment_ids = Check(
    Exercise(
        name="masking.segment_ids",
        title="Segment ids",
        difficulty="easy",
        minutes=6,
        arguments=("token_ids", "sep_id", "pad_id"),
        reference=sentences.segment_ids,
        answer=Array("a tensor (B, T) of zeros and ones"),
        cases=(
            _case([[2, 7, 9, 3, 8, 3]], "[CLS] a b [SEP] c [SEP]"),
            _case([[2, 7, 3, 8, 5, 6, 3], [2, 7, 9, 5, 3, 8, 3]], "two rows that are cut in different places"),
            _case([[2, 7, 3, 8, 3, 0, 0, 0], [2, 6, 5, 5, 7, 3, 9, 3]], "a row with padding"),
            _case([[2, 7, 9, 3, 0, 0], [2, 7, 3, 0, 0, 0]], "rows of one text alone: all 0"),
            _case([[1, 4, 6, 102, 5, 102, 9], [1, 102, 6, 4, 102, 9, 9]], "other numbers, an empty first text", 102, 9),
            _case(
                [[2, 3, 3, 0, 0, 0, 0, 0, 0], [2, 6, 6, 6, 6, 3, 6, 6, 3], [2, 6, 3, 6, 6, 6, 6, 3, 0]], "three rows"
            ),  # fmt: skip
        ),
        mistakes=MISTAKES,
        hints=(
            "Count the [SEP] to the *left* of each token: `ends.cumsum(1)` counts them up to and with the token, so "
            "take the token itself off again.",
            "A token belongs to the second text if at least one [SEP] stands to its left and it is no padding. Turn "
            "True and False into numbers with `.long()`.",
        ),
    )
)
