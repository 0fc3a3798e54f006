"""The object that a learner calls: `checks.vectors.cosine(my_function)`, `.hint()`, `.solution()`."""

from __future__ import annotations

import inspect
from typing import Any

from helpers.checks import panel
from helpers.checks.calm import calm
from helpers.checks.exercise import Exercise
from helpers.checks.guard import Stopped, run
from helpers.checks.judge import explain, judge
from helpers.checks.result import Finding, Result, untried, wrong

SECONDS, MEMORY_MB = 5.0, 500.0


class Check:
    """An exercise with what the learner has done about it in this session.

    Attributes:
        exercise: what is asked; `title`, `difficulty`, `minutes` and `reference` are also found here.
        n_wrong: how many wrong answers were handed in before a right one.
        solved: whether a right one was.
    """

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.title, self.difficulty, self.minutes = exercise.title, exercise.difficulty, exercise.minutes
        self.reference = exercise.reference
        self.n_wrong, self.solved, self._hints = 0, False, 0

    def __call__(self, function: Any, *, seconds: float = SECONDS, memory_mb: float = MEMORY_MB) -> Result:
        """Run a function on small cases, show a panel that says how it did, and return the result.

        Args:
            function: the learner's; it may do anything at all.
            seconds: how long all cases together may take, and again the search for what is wrong.
            memory_mb: by how much the process may grow meanwhile.

        Returns:
            A result; its status is "untried", "right" or "wrong".
        """
        try:
            finding = self._find(function, seconds, memory_mb)
        except KeyboardInterrupt:  # the stop button, a moment before or after the function ran
            finding = _stopped(Stopped("interrupted", alive=False), seconds, (), "")
        except Exception as error:
            told = f"The check itself failed ({type(error).__name__}: {error}). Restart the kernel, try again."
            finding = untried(told, "check-failed")
        self.n_wrong += finding.result.status == "wrong" and not self.solved
        self.solved |= finding.result.status == "right"
        panel.show(panel.result_html(self.exercise, finding), panel.result_text(self.exercise, finding))
        return finding.result

    def _find(self, function: Any, seconds: float, memory_mb: float) -> Finding:
        put_in: list[tuple] = [()]  # of the case that is running
        with calm() as taps:

            def heard() -> str:
                return "\n".join(filter(None, (tap.take() for tap in taps)))

            found = run(lambda: judge(self.exercise, function, put_in.append, heard), seconds, memory_mb)
            if isinstance(found, Stopped):
                return _stopped(found, seconds, put_in[-1], heard())
            if isinstance(found, Finding):
                return found
            # A wrong answer. The search for a reason has a limit of its own: it is not the learner who is slow then.
            told = run(lambda: explain(self.exercise, found), seconds, memory_mb)
        return explain(self.exercise, found, search=False) if isinstance(told, Stopped) else told

    @property
    def status(self) -> str:
        """ "right", "wrong" or "untried": solved at any time, handed in wrong, neither."""
        return "right" if self.solved else "wrong" if self.n_wrong else "untried"

    def hint(self) -> None:
        """Show the next hint; after the last one, the last again."""
        self._hints = min(self._hints + 1, len(self.exercise.hints))
        panel.show(panel.hint_html(self.exercise, self._hints), panel.hint_text(self.exercise, self._hints))

    def solution(self) -> None:
        """Show the source of the reference that the course itself uses."""
        source = inspect.getsource(self.reference)
        place = f"{self.reference.__module__}.{self.reference.__qualname__}"
        panel.show(panel.solution_html(self.exercise, place, source), f"# {place}\n{source}")

    def __repr__(self) -> str:
        call = f"checks.{self.exercise.name}"
        return f"{call}: {self.title} ({self.difficulty}, {self.minutes} minutes). Call {call}(your_function)."


def _stopped(found: Stopped, seconds: float, put_in: tuple, printed: str) -> Finding:
    """The finding for a function that did not come back by itself."""
    shown = {"put_in": put_in, "printed": printed}
    restart = " It could not be stopped and may slow everything down: restart the kernel." if found.alive else ""
    if found.why == "interrupted":
        return untried(f"You stopped the check; nothing was judged.{restart}", "interrupted", printed=printed)
    if found.why == "memory":
        message = "Your function asks for more and more memory; it was stopped. Does something grow in a loop?"
        return wrong("memory", message + restart, **shown)
    limit = f"{seconds:g} second{'' if seconds == 1 else 's'}"
    message = f"Your function did not come back within {limit}. Is there a loop that never ends?"
    return wrong("will-not-stop" if found.alive else "too-slow", message + restart, **shown)
