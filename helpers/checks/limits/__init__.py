"""Lesson 13: WEAT's effect size, the exposure of a secret, the expected calibration error."""

from helpers.checks.limits._calibration import calibration_error
from helpers.checks.limits._exposure import exposure
from helpers.checks.limits._weat import effect_size

__all__ = ["effect_size", "exposure", "calibration_error"]
