"""Values and exceptions as short text. Runs in the worker: a learner's object may do anything when shown."""

from __future__ import annotations

import linecache
import os
import sysconfig
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from helpers.checks.guard import Stop

WIDTH, LINES = 100, 12
TRACEBACK_LINES = 30
# Frames from these folders are not the learner's own.
FOREIGN = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
FOREIGN.add(str(Path(__file__).parents[1]))


def clip(text: str, lines: int = LINES, width: int = WIDTH) -> str:
    """Cut text to so many lines of so many characters; an ellipsis stands for what is gone."""
    rows = [row if len(row) <= width else row[: width - 1] + "…" for row in text[: 4 * lines * width].splitlines()]
    if len(rows) > lines or len(text) > 4 * lines * width:
        rows = [*rows[: lines - 1], "…"]
    return "\n".join(rows)


def safely(make: Callable[[], str], instead: str) -> str:
    """Return the text that `make` makes, or `instead` if it raises anything at all."""
    try:
        return str.__str__(make())
    except Stop:
        raise
    except BaseException:
        return instead


def show(value: Any) -> str:
    """A value as text of at most twelve lines: arrays in four digits, toy word vectors word by word."""
    return clip(safely(lambda: _show(value), f"(an object of type {kind(value)} that cannot be shown)"))


def _show(value: Any) -> str:
    if type(value).__module__.partition(".")[0] == "torch" and hasattr(value, "detach"):
        inside = _array(value.detach().cpu().numpy())
        return f"tensor({inside}, requires_grad=True)" if value.requires_grad else f"tensor({inside})"
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, (float, np.floating)):
        return f"{float(value):.6g}"
    if hasattr(value, "words") and hasattr(value, "matrix"):
        if len(value.words) > 8:
            return f"{len(value.words)} words, {value.matrix.shape[1]} numbers each"
        return "\n".join(f"{word:<8} {_array(row)}" for word, row in zip(value.words, value.matrix, strict=True))
    return repr(value[: LINES * WIDTH] if type(value) in (str, bytes, list, tuple) else value)


def _array(array: np.ndarray) -> str:
    array = np.asarray(array)
    return np.array2string(array, precision=4, separator=", ", threshold=40, suppress_small=True, max_line_width=90)


def kind(value: Any) -> str:
    """The name of a value's type, with the shape if it has one."""
    name = safely(lambda: type(value).__name__, "unknown")
    shape = safely(lambda: f" of shape {tuple(value.shape)}" if isinstance(value.shape, tuple) else "", "")
    return clip(name + shape, 1, 60)


def own_traceback(error: BaseException) -> str:
    """The learner's own lines on the way to an exception and its message: at most thirty lines."""
    message = safely(lambda: "".join(traceback.format_exception_only(error)), kind(error))
    steps = [(frame.f_code, line) for frame, line in traceback.walk_tb(error.__traceback__) if _is_own(frame.f_code)]
    shown: Iterable[tuple | None] = steps if len(steps) <= 7 else [*steps[:3], None, *steps[-3:]]
    rows = []
    for step in shown:
        if step is None:
            rows.append(f"  … {len(steps) - 6} more calls …")
            continue
        code, line = step
        rows.append(f"  line {line} of {_place(code)}")
        rows.append(f"      {linecache.getline(code.co_filename, line).strip()}".rstrip())
    return clip("\n".join(filter(None, rows)) + "\n" + clip(message, 8, 160), TRACEBACK_LINES, 160).strip("\n")


def _is_own(code: Any) -> bool:
    file = os.path.normcase(code.co_filename)
    return not file.startswith(("<frozen", *(os.path.normcase(folder) + os.sep for folder in FOREIGN)))


def _place(code: Any) -> str:
    """A function's name, and its file's unless that is a notebook cell."""
    file = Path(code.co_filename).name
    in_cell = "ipykernel_" in code.co_filename or file.startswith("<")
    return code.co_name if in_cell else f"{code.co_name}, {file}"
