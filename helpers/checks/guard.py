"""Run work that may never end, eat all memory or be interrupted, and come back in any case.

The work runs in a thread of its own while the caller waits with an eye on clock and memory. That way works in
Jupyter's main thread and on Windows, where alarm signals do not, and the learner's stop button reaches the
caller, not the work. A thread is stopped by an exception that is raised in it from outside.

What no thread can stop is a single call into C that keeps Python's lock, such as `10**10**9`: then the caller
gets no turn either, and only restarting the kernel helps.
"""

from __future__ import annotations

import _thread
import contextvars
import ctypes
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from types import FrameType
from typing import Any, Literal

# Raises a class in the thread of that number, in place of one that still waits to be raised there.
_raise_in = ctypes.PYFUNCTYPE(None, ctypes.c_ulong, ctypes.py_object)(("PyThreadState_SetAsyncExc", ctypes.pythonapi))
_inside = contextvars.ContextVar("course-check", default=False)  # true in a worker


class Stop(SystemExit):
    """Ends a worker from outside. A SystemExit, since threads end by that one without a word."""


@dataclass(frozen=True)
class Stopped:
    """The work did not come to its end.

    Attributes:
        why: "too-slow", "memory" or "interrupted" (the learner pressed stop).
        alive: whether the thread goes on all the same, because it swallows every exception or sleeps.
    """

    why: Literal["too-slow", "memory", "interrupted"]
    alive: bool


class Worker:
    """A thread for one piece of work; `answer` holds what it returned.

    Not a `threading.Thread`: that one believes a thread has ended when `join` is interrupted (Python 3.11).
    """

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work, self.context = work, contextvars.copy_context()
        self.context.run(_inside.set, True)
        self.ident: int | None = None  # known to the maker a moment before the thread runs
        self.begun = False
        self.answer: Any = None
        self.error = ""
        self._busy = _thread.allocate_lock()
        self._busy.acquire()

    def start(self) -> None:
        """Begin; returns at once."""
        self.ident = _thread.start_new_thread(self._run, ())

    def _run(self) -> None:
        self.ident, self.begun = _thread.get_ident(), True
        settle = partial(_raise_in, self.ident, Stop)  # made here: nothing may come between below
        try:
            self.answer = self.context.run(self.work)
        except BaseException as error:
            try:
                settle()  # in place of a relentless one
            except Stop:
                pass
            sys.settrace(None)
            self.error = type(error).__name__
        finally:
            self._busy.release()

    def ended(self, wait: float = 0.0) -> bool:
        """Whether the thread is at its end, after waiting for that so many seconds."""
        if self._busy.acquire(timeout=wait):
            self._busy.release()
            return True
        return self.begun and self.ident not in sys._current_frames()


def run(work: Callable[[], Any], seconds: float, memory_mb: float) -> Any:
    """Run the work in a thread, stop it at a limit, and return what it returned, or how it was stopped.

    Args:
        work: a function without arguments that lets no exception out.
        seconds: how long it may take.
        memory_mb: by how many megabytes the process may grow meanwhile.

    Returns:
        What the work returned, or a `Stopped`.

    Raises:
        RuntimeError: the work let an exception out, or was itself called from within such work.
    """
    if _inside.get():
        raise RuntimeError("A check was called by the very function that is being checked.")
    worker = Worker(work)
    try:
        worker.start()
        why = _watch(worker, seconds, memory_mb)
    except KeyboardInterrupt:
        why = "interrupted"
    if why:
        stopped = _stop(worker)
        _settle()
        return Stopped(why, alive=not stopped)
    if worker.error:
        raise RuntimeError(f"The work of a check ended with {worker.error}.")
    return worker.answer


def _watch(worker: Worker, seconds: float, memory_mb: float) -> Literal["", "too-slow", "memory"]:
    """Wait until the worker is done or over a limit; in short waits, or Windows hears no stop button."""
    import psutil

    process = psutil.Process()
    start, end = process.memory_info().rss, time.monotonic() + seconds
    while not worker.ended(wait=0.01):
        if process.memory_info().rss - start > memory_mb * 1e6:
            return "memory"
        if time.monotonic() > end:
            return "too-slow"
    return ""


def _stop(worker: Worker, patience: float = 2.0) -> bool:
    """Stop the worker and return whether it stopped: first politely, then against `except:` in a loop."""
    try:
        if not worker.begun and not worker.ended(wait=0.1) and not worker.begun:  # interrupted at the start
            return True
        _raise_in(worker.ident, Stop)  # gives `finally` and `with` time to put things in order
        worker.ended(wait=0.25)
        end = time.monotonic() + patience
        for stop, prepare in cycle((_relentless(worker.ident), _traced())):
            if worker.ended() or time.monotonic() > end:
                break
            prepare(worker.ident)
            _raise_in(worker.ident, stop)
            worker.ended(wait=0.03)
    except KeyboardInterrupt:  # the stop button once more: once was enough
        return _stop(worker, patience / 2) if patience > 0.5 else worker.ended()
    return worker.ended()


def _settle() -> None:
    """Raise and catch a `Stop` here: until one has been caught, Python 3.11 and 3.12 think that one is due.

    A thread that ends with one undelivered would leave all others slow, and unable to be traced.
    """
    try:
        _raise_in(_thread.get_ident(), Stop)
        time.sleep(0)
    except (Stop, KeyboardInterrupt):
        pass


def _relentless(ident: int) -> tuple[type[Stop], Callable[[int], None]]:
    """An exception that, when caught, is raised again at once, so that an `except: pass` is left as well.

    Catching makes an instance, and making one calls `__init__`, which here is C all through: in a Python
    function the new exception would strike before the old one is whole.
    """
    stop = type("Stop", (Stop,), {})
    stop.__init__ = staticmethod(partial(_raise_in, ident, stop))
    return stop, lambda ident: None


def _traced() -> tuple[type[Stop], Callable[[int], None]]:
    """An exception that turns on tracing when caught, and a trace that ends the thread at a later line.

    Python 3.12 looks for exceptions from outside at few places, and in a loop around `except: pass` all may
    lie inside the `try`. Tracing strikes at any line; by chance, so that it is not caught each time.
    """

    def trace(frame: FrameType, event: str, arg: Any) -> Callable:
        if dice.random() < 0.3:
            raise Stop
        return trace

    def prepare(ident: int) -> None:
        frame = sys._current_frames().get(ident)
        while frame is not None:
            if frame.f_code.co_filename != __file__:
                frame.f_trace = trace
            frame = frame.f_back

    dice = random.Random(0)
    stop = type("Stop", (Stop,), {})
    stop.__init__ = staticmethod(partial(sys.settrace, trace))
    return stop, prepare
