"""Lesson 07: shifted targets, the causal loss, top-p, a cached step; references are in `helpers.gpt`."""

from helpers.checks.gpt._cached import cached_step
from helpers.checks.gpt._loss import next_token_loss
from helpers.checks.gpt._shift import shift_targets
from helpers.checks.gpt._top_p import top_p

__all__ = ["shift_targets", "next_token_loss", "top_p", "cached_step"]
