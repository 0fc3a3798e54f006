"""Tell how far a download has come, on one line that is written over."""

import sys


class Progress:
    """Shows "glove: 45 % of 76 MB" while bytes arrive, in a terminal and in a notebook.

    Written to a file or a pipe, it prints only the first and the last line.

    Args:
        name: what is fetched.
        total: bytes of all its archives.
    """

    def __init__(self, name: str, total: int) -> None:
        self.name, self.total, self.done, self.shown = name, max(total, 1), 0, ""
        in_notebook = type(sys.stdout).__module__.startswith("ipykernel")
        self.live = in_notebook or sys.stdout.isatty()

    def __enter__(self) -> "Progress":
        self._show(f"{self.name}: fetching {self.total / 1e6:.1f} MB, this once")
        return self

    def __exit__(self, kind: type | None, *exception: object) -> None:
        if kind is None:
            self._show(f"{self.name}: 100 % of {self.total / 1e6:.1f} MB, checked")
        print(flush=True)

    def update(self, arrived: int) -> None:
        """`arrived` bytes of the current archive are there."""
        percent = min(99, 100 * (self.done + arrived) // self.total)
        if self.live:
            self._show(f"{self.name}: {percent} % of {self.total / 1e6:.1f} MB")

    def finished(self, size: int) -> None:
        """An archive of `size` bytes is complete."""
        self.done += size

    def _show(self, line: str) -> None:
        if line == self.shown:
            return
        start = "" if not self.shown else "\r" if self.live else "\n"
        blanks = " " * (len(self.shown) - len(line)) if self.live else ""  # cover what is longer below
        print(start + line + blanks, end="", flush=True)
        self.shown = line
