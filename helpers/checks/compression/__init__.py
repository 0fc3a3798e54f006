"""Lesson 12: affine quantisation, pruning masks, the distillation loss."""

from helpers.checks.compression._loss import distillation_loss
from helpers.checks.compression._masks import pruning_masks
from helpers.checks.compression._quantise import quantise

__all__ = ["quantise", "pruning_masks", "distillation_loss"]
