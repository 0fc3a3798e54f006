"""Start `parallel` as several processes from a notebook, and see that none is left behind."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Together:
    """What several processes did: the losses of each way of training, what they printed, and how long it took."""

    losses: dict[str, list[float]]
    printed: str
    seconds: float


def command(n_processes: int = 2) -> list[str]:
    """The command line that starts so many processes on this machine alone."""
    return [sys.executable, "-m", "torch.distributed.run", "--standalone", "--local-addr=127.0.0.1",
            f"--nproc-per-node={n_processes}", "-m", "helpers.limits.parallel"]  # fmt: skip


def run(n_processes: int = 2, *, seconds: float = 150.0) -> Together:
    """Train as several processes, wait for them, and end them all if they take too long or are interrupted.

    Args:
        n_processes: from 2 up; each takes some 200 MB.
        seconds: the limit.

    Raises:
        RuntimeError: it failed or took too long; the message ends with the last lines they wrote.
        ValueError: fewer than two processes.
    """
    if n_processes < 2:
        raise ValueError(f"n_processes is {n_processes}; expected 2 or more.")
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "losses.json"
        process = subprocess.Popen(
            [*command(n_processes), "--out", str(out)], cwd=ROOT, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=os.name == "posix",
            env={**os.environ, "OMP_NUM_THREADS": "1", "USE_LIBUV": "0" if os.name == "nt" else "1"})  # fmt: skip
        try:
            printed, complaints = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            _, complaints = process.communicate()
            raise RuntimeError(f"The processes were ended after {seconds:g} seconds.{_last(complaints)}") from None
        except BaseException:  # the stop button
            _end(process)
            raise
        if process.returncode != 0 or not out.exists():
            raise RuntimeError(f"The processes failed with code {process.returncode}.{_last(complaints)}")
        return Together(json.loads(out.read_text()), printed, time.monotonic() - started)


def _end(process: subprocess.Popen) -> None:
    """End a process and all that it started; torchrun gives each of them a session of its own."""
    import psutil

    with contextlib.suppress(psutil.NoSuchProcess):
        first = psutil.Process(process.pid)
        family = [first, *first.children(recursive=True)]
        for one in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        psutil.wait_procs(family, timeout=5)


def _last(complaints: str, n_lines: int = 8) -> str:
    lines = complaints.strip().splitlines()[-n_lines:]
    return "\n" + "\n".join(lines) if lines else ""
