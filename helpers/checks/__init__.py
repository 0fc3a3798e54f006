"""Checks of the exercises: `from helpers import checks`, then `checks.vectors.cosine(my_function)`.

A check runs the learner's function on small cases, shows a panel (not tried yet, right, or wrong with the
likely reason) and returns a `Result`. It never raises, whatever the function does. `.hint()` shows the next
hint, `.solution()` the reference's source, `checks.progress()` what has been solved.

How a call goes: `check` hands the function to `guard`, which runs it in a thread with a limit of time and
memory, while `calm` keeps prints back and settings safe. In there `judge` tries every case (`attempt`,
`answers`) and, for a wrong answer, looks for the reason: the exercise's known mistakes, then `symptoms`.
`panel` draws the finding.

To add a lesson's exercises:

1. Write the reference in the lesson's module in `helpers`. Its source is the solution.
2. Make `helpers/checks/<lesson>.py` (or a folder with a file for each exercise, as `vectors`). An exercise is
   `name = Check(Exercise(...))`: its arguments, the kind of `answer` (`Number`, `Array`, `Loss`, `Word`),
   cases from small to large, two hints or more, and its mistakes; `__all__` names the checks in the lesson's
   order. A `Mistake` holds functions that are wrong in one known way. A learner's function that agrees with
   one of them in every case gets its message, so the cases must tell all mistakes apart.
3. Add the module's name to `LESSONS` below.
4. Add a bank to tests/helpers/checks: right answers in three styles, wrong ones with the reason each must
   get, written as a learner would. `test_exercises.py` finds the exercise by itself and tests its cases.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING

from helpers.checks.result import Result

if TYPE_CHECKING:
    from helpers.checks.overview import Progress

LESSONS = ("start", "tokens", "vectors", "language_models", "recurrent", "seq2seq", "attention", "gpt", "masking",
           "fine_tuning", "tasks", "inside", "compression", "limits")  # fmt: skip

__all__ = ["LESSONS", "Result", "progress"]


def __getattr__(name: str) -> ModuleType:
    """Import a lesson's checks when they are first asked for, with the models that they need."""
    if name in LESSONS:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"There are no checks called {name!r}; there are {', '.join(LESSONS)}.")


def __dir__() -> list[str]:
    return [*__all__, *LESSONS]


def progress(*lessons: ModuleType) -> Progress:
    """Show which exercises are solved, as a table.

    Args:
        lessons: modules such as `checks.vectors`; without any, those whose checks this session has used.

    Returns:
        The rows of the table.
    """
    from helpers.checks.overview import overview

    used = [sys.modules[f"{__name__}.{name}"] for name in LESSONS if f"{__name__}.{name}" in sys.modules]
    return overview(getattr(module, name) for module in lessons or used for name in module.__all__)
