"""Lesson 08: masking, the loss over masked places, segments, sentence pairs; references are in `helpers.bert.masking`
and `helpers.pretraining.sentences`."""

from helpers.checks.masking._loss import masked_loss
from helpers.checks.masking._mask import mask_tokens
from helpers.checks.masking._pairs import sentence_pairs
from helpers.checks.masking._segments import segment_ids

__all__ = ["mask_tokens", "masked_loss", "segment_ids", "sentence_pairs"]
