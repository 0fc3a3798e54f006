"""What a check finds out: the short result that it returns, and everything its panel shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["untried", "right", "wrong"]


@dataclass(frozen=True)
class Result:
    """The outcome of a check.

    Attributes:
        status: "untried", "right" or "wrong".
        reason: a short slug such as "divides-once"; empty when nothing is wrong.
        message: the sentence that the panel shows.
    """

    status: Status
    reason: str = ""
    message: str = ""

    def _ipython_display_(self) -> None:
        """Show nothing: the panel already stands above, also when the call is the last line of a cell."""


@dataclass(frozen=True)
class Finding:
    """A result with what its panel shows beside it; plain text only, nothing of the learner's lives on in it.

    Attributes:
        result: status, reason and message.
        put_in: pairs (name of an argument, its value as text) of the smallest failing case.
        came_out: what the function returned, as text.
        expected: what the reference returns.
        note: a second sentence, such as which case this is and how many others are right.
        traceback: the learner's own lines on the way to an exception.
        printed: the first lines that the function printed in that case.
    """

    result: Result
    put_in: tuple[tuple[str, str], ...] = ()
    came_out: str = ""
    expected: str = ""
    note: str = ""
    traceback: str = ""
    printed: str = ""


def wrong(reason: str, message: str, **shown) -> Finding:
    """Return the finding "wrong" for a reason, with what the panel shows beside it."""
    return Finding(Result("wrong", reason, message), **shown)


def untried(message: str, reason: str = "", **shown) -> Finding:
    """Return the finding "not tried yet"."""
    return Finding(Result("untried", reason, message), **shown)
