"""Translating numbers, dates and lists of them: tokens of both sides, batches to train on, a verdict (lessons 05, 06).

`TranslationTask("de")` is all that a lesson needs. Any model fits that takes source_ids (B, S) and the target so far
(B, T) and gives logits (B, T, V).
"""

from helpers.translation.scoring import Outcome, by_length, exact_match, outcomes
from helpers.translation.task import THINGS, TranslationTask, in_words
from helpers.translation.vocabulary import BEGIN, END, PAD, UNKNOWN, Vocabulary

__all__ = [
    "BEGIN",
    "END",
    "PAD",
    "THINGS",
    "UNKNOWN",
    "Outcome",
    "TranslationTask",
    "Vocabulary",
    "by_length",
    "exact_match",
    "in_words",
    "outcomes",
]
