"""Keep what a learner's function does to the process from lasting: random states, settings, printing."""

from __future__ import annotations

import builtins
import random
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import numpy as np

LINES, CHARACTERS = 10, 1000  # of what a function prints, so much is kept


class NoInput(RuntimeError):
    """Raised by `input` while a check runs: nobody could answer."""


class Tap:
    """A stream that keeps the beginning of what other threads print and passes on what its maker prints."""

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.owner = stream, threading.get_ident()
        self.kept: list[str] = []
        self.room = CHARACTERS

    def write(self, text: str) -> int:
        if threading.get_ident() == self.owner:
            return self.stream.write(text)
        text = str.__str__(text)  # TypeError for bytes, and no method of a learner's own kind of string
        if text and self.room > 0:
            self.kept.append(text[: self.room])
        self.room -= len(text)
        return len(text)

    def flush(self) -> None:
        if threading.get_ident() == self.owner:
            self.stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def take(self) -> str:
        """What was printed since the last call: the first lines, and one that says so if there were more."""
        lines = "".join(self.kept).splitlines()
        if self.room < 0 or len(lines) > LINES:
            lines = [*lines[: LINES - 1], "… and more"]
        self.kept, self.room = [], CHARACTERS
        return "\n".join(lines)


def _no_input(prompt: object = "") -> str:
    raise NoInput("input() was called while a check runs")


@contextmanager
def calm() -> Iterator[tuple[Tap, Tap]]:
    """Within this context, prints of other threads are kept back; at its end the process is as it was before.

    Put back are the random states of Python, NumPy and PyTorch, PyTorch's default dtype and number of
    threads, the recursion limit, warning filters, `input` and the standard streams. Gradient mode and NumPy's
    error handling belong to a thread or its context, so what a worker sets there ends with it.

    Yields:
        The taps of standard output and standard error; their `take()` says what was printed.
    """
    torch = sys.modules.get("torch")  # a lesson without torch need not wait for its import
    python, numpy, depth = random.getstate(), np.random.get_state(), sys.getrecursionlimit()
    kept = torch and (torch.get_rng_state(), torch.get_default_dtype(), torch.get_num_threads())
    streams, ask = (sys.stdout, sys.stderr), builtins.input
    taps = Tap(sys.stdout), Tap(sys.stderr)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if kept:  # the cases are tiny: a second thread takes longer to wake than they take to compute
                torch.set_num_threads(1)
            sys.stdout, sys.stderr = taps
            builtins.input = _no_input
            yield taps
    finally:
        sys.stdout, sys.stderr = streams
        builtins.input = ask
        random.setstate(python)
        np.random.set_state(numpy)
        sys.setrecursionlimit(depth)
        if kept:
            torch.set_rng_state(kept[0])
            torch.set_default_dtype(kept[1])
            torch.set_num_threads(kept[2])
