"""Limits and responsibility (lesson 13): bias in vectors and verdicts, planted secrets, calibration, cost.

`parallel` is a program of its own, which `several.run` starts as several processes.
"""

from helpers.limits import several
from helpers.limits.calibration import (
    at_temperature,
    calibration_error,
    confidence,
    fit_temperature,
    log_odds,
    surprise,
)
from helpers.limits.canary import (
    Canary,
    chance_exposure,
    epochs,
    exposure,
    make_canaries,
    plant,
    surprises,
    written,
)
from helpers.limits.cost import Bill, best_size, bill, said, training_flops
from helpers.limits.debias import (
    cluster_accuracy,
    gender_direction,
    leaning,
    recovered,
    without_direction,
    written_small,
)
from helpers.limits.templates import GROUPS, TEMPLATES, Gap, filled, gap, verdicts
from helpers.limits.weat import Found, associations, effect_size, permutation_test, rows_of, run_test, testable
from helpers.limits.word_lists import TESTS, AssociationTest

__all__ = [
    "GROUPS",
    "TEMPLATES",
    "TESTS",
    "AssociationTest",
    "Bill",
    "Canary",
    "Found",
    "Gap",
    "associations",
    "at_temperature",
    "best_size",
    "bill",
    "calibration_error",
    "chance_exposure",
    "cluster_accuracy",
    "confidence",
    "effect_size",
    "epochs",
    "exposure",
    "filled",
    "fit_temperature",
    "gap",
    "gender_direction",
    "leaning",
    "log_odds",
    "make_canaries",
    "permutation_test",
    "plant",
    "recovered",
    "rows_of",
    "run_test",
    "said",
    "several",
    "surprise",
    "surprises",
    "testable",
    "training_flops",
    "verdicts",
    "without_direction",
    "written",
    "written_small",
]
