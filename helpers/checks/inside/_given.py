"""A function among an exercise's arguments, as an object: each call of a learner's function gets its own copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Given:
    """Calls a function; shows its name and what it does."""

    def __init__(self, function: Callable) -> None:
        self.function = function

    def __call__(self, *args: Any) -> Any:
        return self.function(*args)

    def __repr__(self) -> str:
        return f"{self.function.__name__}: {(self.function.__doc__ or '').splitlines()[0]}"
