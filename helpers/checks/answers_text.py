"""The kind of answer that text exercises ask for: a list of strings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.checks.answers import MOST, Reading, _never_an_answer
from helpers.checks.guard import Stop
from helpers.checks.show import kind


class ListText(str):
    """A list of strings as one string that is equal only to that of an equal list; shown as the list.

    Attributes:
        items: the strings.
    """

    items: tuple[str, ...]

    def __new__(cls, items: Iterable[str]) -> ListText:
        items = tuple(items)
        made = super().__new__(cls, repr(list(items)))
        made.items = items
        return made

    def __repr__(self) -> str:
        return str.__str__(self)


@dataclass(frozen=True)
class Strings:
    """A list of strings; a tuple or a NumPy array of them is taken too."""

    wanted: str = "a list of strings"

    def read(self, value: Any, args: tuple) -> Reading:
        """Read an answer into a `ListText`; `args` is what it was computed from."""
        if (never := _never_an_answer(value, self.wanted)) is not None:
            return never
        if isinstance(value, str):
            message = f"Your function returns one string; expected {self.wanted}, such as ['lo', 'w']."
            return Reading(None, "returns-string", message)
        odd = Reading(None, "wrong-type", f"Your function returns an object of type {kind(value)}; "
                      f"expected {self.wanted}.")  # fmt: skip
        if not isinstance(value, (list, tuple, np.ndarray)):
            return odd
        try:
            items = list(value)
            if len(items) > MOST:
                return Reading(None, "wrong-length", f"Your list is far too long, {len(items):,} items.")
            strange = [item for item in items if not isinstance(item, str)]
            if strange:
                what = f"Your list holds {kind(strange[0])}; expected {self.wanted}."
                return Reading(None, "wrong-item", what)
            return Reading(ListText(str.__str__(item) for item in items))
        except Stop:
            raise
        except BaseException:
            return odd
