"""Lesson 11: attention rollout, a head switched off, gradient times input, a probe's selectivity."""

from helpers.checks.inside._ablate import output_without
from helpers.checks.inside._gradient import gradient_times_input
from helpers.checks.inside._probe import selectivity
from helpers.checks.inside._rollout import rollout

__all__ = ["rollout", "output_without", "gradient_times_input", "selectivity"]
