"""Lesson 03: softmax, cross-entropy, perplexity, momentum; references: `helpers.metrics`, `helpers.optimizers`."""

from helpers.checks.language_models._cross_entropy import cross_entropy
from helpers.checks.language_models._momentum import momentum_step
from helpers.checks.language_models._perplexity import perplexity
from helpers.checks.language_models._softmax import softmax

__all__ = ["perplexity", "softmax", "cross_entropy", "momentum_step"]
