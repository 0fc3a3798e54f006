"""Builds notebooks from lessons: Jupytext Markdown in, notebooks that have been run out. One way only.

    python lessons/build.py                    build all lessons
    python lessons/build.py 02_word_vectors    build one (its two-digit number is enough)
    python lessons/build.py --check            compare sources with notebooks, run nothing

A notebook is written only if something in it changed. A cell that fails, or writes to stderr, stops the build
of its lesson, and the notebook stays as it was.
"""

import argparse
import json
import os
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from lessons import source, stable
from lessons.source import LESSONS, NOTEBOOKS, BuildError

SECONDS, MEMORY, SIZE = 90, 1.2e9, 1_000_000  # limits of one notebook: DESIGN.md
CELL_TIMEOUT = 300  # seconds
ASK = {
    "cost": "(lambda cost: [cost.computing, cost.peak])(__import__('helpers.runtime').runtime.lesson_cost())"
}


@dataclass(frozen=True)
class Cost:
    """One run: `seconds` from a clean kernel, `computing` seconds of all cores, peak `memory` in bytes."""

    seconds: float
    computing: float
    memory: int

    def __str__(self) -> str:
        over = ["time"] * (self.seconds > SECONDS) + ["memory"] * (self.memory > MEMORY)
        return (
            f"{self.seconds:.1f} s of {SECONDS} ({self.computing:.1f} s of computing), "
            f"{self.memory / 1e6:,.0f} MB of {MEMORY / 1e6:,.0f}"
            f"{': OVER THE LIMIT of ' + ' and '.join(over) if over else ''}"
        )


def execute(notebook: NotebookNode, name: str, folder: Path = NOTEBOOKS) -> Cost:
    """Run a notebook in place, in a clean kernel whose working folder is `folder`.

    Args:
        notebook: its code cells get outputs, its metadata the state of widgets.
        name: what to call it in an error.

    Raises:
        BuildError: a cell fails, takes longer than CELL_TIMEOUT, or the kernel dies.
    """
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=CELL_TIMEOUT,
        record_timing=False,
        force_raise_errors=True,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
    )
    started = time.perf_counter()
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as settings,
        client.setup_kernel(env=clean_environment(settings)),
    ):
        info = client.wait_for_reply(client.kc.kernel_info())
        notebook.metadata["language_info"] = info["content"]["language_info"]
        for position, cell in enumerate(notebook.cells):
            try:
                client.execute_cell(cell, position, execution_count=client.code_cells_executed + 1)
            except CellExecutionError as error:
                raise BuildError(f"{name}: cell {cell.id} failed.\n{plain(str(error))}") from None
            except (CellTimeoutError, DeadKernelError) as error:
                raise BuildError(f"{name}: cell {cell.id} did not end: {plain(str(error))}") from None
        seconds = time.perf_counter() - started
        client.set_widgets_metadata()
        reply = client.wait_for_reply(client.kc.execute("", silent=True, user_expressions=ASK))
    computing, memory = json.loads(reply["content"]["user_expressions"]["cost"]["data"]["text/plain"])
    return Cost(seconds, computing, memory)


def clean_environment(settings: str) -> dict[str, str]:
    """This process's environment without its settings of IPython, and with sets always in the same order."""
    return os.environ | {"IPYTHONDIR": settings, "PYTHONHASHSEED": "0"}


def plain(text: str) -> str:
    """Text without the terminal's colour codes."""
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def build(path: Path, out: Path = NOTEBOOKS) -> tuple[Path, Cost, bool]:
    """Build one lesson; returns its notebook's path, what the run cost, and whether the file changed.

    Raises:
        BuildError: the lesson has a fault; the notebook stays as it was.
    """
    notebook = source.read(path)
    NOTEBOOKS.mkdir(exist_ok=True)
    cost = execute(notebook, path.stem)
    stable.stabilise(notebook, path.stem.split("_")[0])
    if found := stable.faults(notebook):
        raise BuildError(f"{path.stem}: " + "\n  ".join(found))
    nbformat.validate(notebook)
    text = nbformat.writes(notebook)
    text += "" if text.endswith("\n") else "\n"
    if len(text.encode()) > SIZE:
        raise BuildError(
            f"{path.stem}: the notebook would have {len(text.encode()):,} bytes, {SIZE:,} are allowed."
        )
    return out / f"{path.stem}.ipynb", cost, write_if_changed(out / f"{path.stem}.ipynb", text)


def write_if_changed(path: Path, text: str) -> bool:
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return True


def check(path: Path, out: Path = NOTEBOOKS) -> list[str]:
    """Where the notebook of a lesson is not what the source says; nothing is run."""
    notebook = out / f"{path.stem}.ipynb"
    if not notebook.is_file():
        return [f"{path.stem}: there is no notebook yet; build it with `make notebooks N={path.stem}`"]
    found = source.differences(source.read(path), nbformat.read(notebook, as_version=4))
    return [f"{path.stem}: {difference}" for difference in found]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "names", nargs="*", help="lessons to build, by number, stem or path; all if none is given"
    )
    parser.add_argument("--check", action="store_true", help="compare sources with notebooks; run nothing")
    parser.add_argument("--out", type=Path, default=NOTEBOOKS, help="folder for the notebooks")
    options = parser.parse_args(arguments)
    failed = False
    try:
        paths = [source.find(name) for name in options.names] or source.sources(LESSONS)
    except BuildError as error:
        parser.error(str(error))
    for path in paths:
        try:
            if options.check:
                found = check(path, options.out)
                print("\n".join(found) or f"{path.stem}: as the source says")
                failed = failed or bool(found)
            else:
                print(f"{path.stem}: running …", flush=True)
                notebook, cost, changed = build(path, options.out)
                size = notebook.stat().st_size / 1e3
                print(
                    f"{path.stem}: {cost}, {size:,.0f} kB, {'written' if changed else 'unchanged'}",
                    flush=True,
                )
        except BuildError as error:
            print(error, file=sys.stderr)
            failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
