"""Lesson 02: cosine, PPMI, the negative-sampling loss, the analogy; references are in `helpers.vectors`."""

from helpers.checks.vectors._analogy import analogy
from helpers.checks.vectors._cosine import cosine
from helpers.checks.vectors._loss import negative_sampling_loss
from helpers.checks.vectors._ppmi import ppmi

__all__ = ["cosine", "ppmi", "negative_sampling_loss", "analogy"]
