"""Where a lesson runs: seeds, threads, device, the environment in words, and what the kernel has cost."""

import html
import os
import platform
import random
import sys
import time
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

PACKAGES = ("torch", "numpy", "gensim", "transformers", "jupyterlab", "ipywidgets")
LARGEST_SEED = 2**32 - 1  # NumPy's limit
MEMORY_OF_A_LESSON = 1.2e9  # bytes, the limit that every lesson keeps to


def seed(number: int = 0) -> "torch.Generator":
    """Seed Python, NumPy and PyTorch, and give a generator with the same seed for samplers that take one.

    Args:
        number: from 0 to 2**32 - 1.

    Raises:
        ValueError: if `number` is no such integer.
    """
    import numpy as np
    import torch

    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= LARGEST_SEED:
        raise ValueError(f"the seed is {number!r}; expected an integer from 0 to {LARGEST_SEED}")
    random.seed(number)
    np.random.seed(number)
    torch.manual_seed(number)
    return torch.Generator().manual_seed(number)


def threads(number: int = 2) -> int:
    """Let PyTorch and NumPy compute on `number` threads; returns how many (never more than there are cores).

    Two are enough for the lessons, and a classroom server or a laptop on battery has few to give.

    Raises:
        ValueError: if `number` is not a positive integer.
    """
    import threadpoolctl
    import torch

    if not isinstance(number, int) or number < 1:
        raise ValueError(
            f"{number!r} threads were asked for; expected an integer from 1 up, such as threads(2)"
        )
    number = min(number, cores())
    torch.set_num_threads(number)
    threadpoolctl.threadpool_limits(number)
    return number


def device() -> "torch.device":
    """The fastest device here: "cuda", else "mps" (Apple), else "cpu". Every lesson runs on "cpu"."""
    import torch

    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory() -> int:
    """Bytes of memory this process may use: the machine's, or less in a container such as Binder's."""
    import psutil

    limits = [psutil.virtual_memory().total]
    for file in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            text = Path(file).read_text().strip()
        except OSError:
            continue
        if text.isdigit():  # "max" stands for no limit
            limits.append(int(text))
    return min(limits)


def peak_memory() -> int:
    """The most memory this process has held so far, in bytes (resident set)."""
    if sys.platform == "win32":
        import psutil

        return psutil.Process().memory_info().peak_wset
    if sys.platform == "linux":
        # VmHWM counts this program alone; getrusage's figure begins with that of the process that started it.
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # bytes on macOS, KiB elsewhere


@dataclass(frozen=True)
class Cost:
    """What a kernel has cost so far: `seconds` since it started, `computing` seconds of processor time,
    and its `peak` memory in bytes."""

    seconds: float
    computing: float
    peak: int

    def __repr__(self) -> str:
        return (
            f"{self.seconds:,.0f} s since the kernel started, {self.computing:,.0f} s of computing, "
            f"{self.peak / 1e6:,.0f} MB at the peak"
        )


def lesson_cost() -> Cost:
    """What this kernel has cost since it started."""
    import psutil

    return Cost(time.time() - psutil.Process().create_time(), time.process_time(), peak_memory())


@dataclass(frozen=True)
class Report:
    """The environment in words: `rows` of a name and what was found; `advice`, sentences on what to mend."""

    rows: tuple[tuple[str, str], ...]
    advice: tuple[str, ...]

    def __repr__(self) -> str:
        width = max(len(name) for name, _ in self.rows)
        return "\n".join([*(f"{name:<{width}}  {found}" for name, found in self.rows), *self.advice])

    def _repr_html_(self) -> str:
        cell = '<td style="text-align: left">'
        rows = "".join(
            f'<tr><th scope="row" style="text-align: left">{html.escape(name)}</th>'
            f"{cell}{html.escape(found)}</td></tr>"
            for name, found in self.rows
        )
        advice = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self.advice)
        return f"<table>{rows}</table>{advice}"


def report() -> Report:
    """What this notebook runs on: versions, cores, memory, device, which texts and weights are present."""
    import torch

    from helpers import assets

    rows = [("Python", f"{platform.python_version()} on {platform.system()}")]
    rows += [(package, metadata.version(package)) for package in PACKAGES]
    rows += [
        ("cores", f"{cores()}, of which PyTorch uses {torch.get_num_threads()}"),
        ("memory", f"{memory() / 1e9:.1f} GB"),
        ("device", device().type),
    ]
    missing = []
    for name, asset in assets.ASSETS.items():
        present = assets.available(name)
        rows.append((name, f"{'present' if present else 'missing'}: {asset.about}"))
        missing += [] if present else [name]
    advice = []
    if missing:
        advice.append(
            f"To fetch what is missing, run in a terminal: `{assets.command(*missing)}`. "
            "The lessons run without it too, on smaller text."
        )
    if memory() < 1.5 * MEMORY_OF_A_LESSON:
        advice.append(
            f"A lesson takes up to {MEMORY_OF_A_LESSON / 1e9:.1f} GB: keep one notebook open at a time."
        )
    return Report(tuple(rows), tuple(advice))
