"""The cache of assets: look, fetch once, check, and put in place in one step."""

import errno
import functools
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpers.assets.catalogue import ASSETS
from helpers.assets.download import download
from helpers.assets.progress import Progress
from helpers.assets.table import Asset, AssetError
from helpers.assets.unpack import Refused, file_digest, take_out

LOCK_SECONDS = 1800  # how long to wait for another process that fetches the same asset
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


def cache_folder() -> Path:
    """The folder of all assets, which may not exist yet: `$COURSE_CACHE`, else one of the user's cache."""
    if chosen := os.environ.get("COURSE_CACHE"):
        return Path(chosen).expanduser().absolute()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "word-vectors-to-transformers"


def path(asset: str | Asset) -> Path:
    """The folder that holds an asset's files; fetches them first if they are missing or damaged.

    With the asset in the cache this touches no network and prints nothing.

    Args:
        asset: a name of `ASSETS`, such as "glove", or an Asset of your own.

    Returns:
        An existing folder; its files are `member.file` for each of the asset's members.

    Raises:
        AssetError: it can't be had; one sentence that names the next step. No half file is left behind.
        ValueError: there is no asset of that name.
    """
    asset = _find(asset)
    folder = _folder(asset)
    if not _whole(asset, folder):
        with _failures_as_one_sentence(asset), _locked(asset):
            if not _whole(asset, folder):  # another process may have fetched it while we waited
                _fetch(asset, folder)
    return folder


def available(asset: str | Asset) -> bool:
    """Whether an asset is in the cache and whole. Touches no network and fetches nothing."""
    asset = _find(asset)
    return _whole(asset, _folder(asset))


def _find(asset: str | Asset) -> Asset:
    if isinstance(asset, Asset):
        return asset
    if asset not in ASSETS:
        raise ValueError(f"there is no asset {asset!r}; expected one of {', '.join(ASSETS)}.")
    return ASSETS[asset]


def _folder(asset: Asset) -> Path:
    try:
        return cache_folder() / asset.name
    except RuntimeError as error:  # Path.home() found no home
        raise AssetError(
            f"There is no home folder to keep {asset.name!r} in: set COURSE_CACHE to a folder you can write."
        ) from error


def _whole(asset: Asset, folder: Path) -> bool:
    """Whether every member is there with the size and digest of the table.

    Sizes are compared at each call. Digests are computed once per process, and again for a file whose size,
    time or inode has changed: for all five assets together that is less than a second.
    """
    try:
        for member in asset.members:
            file = folder / member.file
            found = file.stat()
            if found.st_size != member.size:
                return False
            if _digest(file, found.st_size, found.st_mtime_ns, found.st_ino) != member.sha256:
                return False
    except OSError:
        return False
    return True


@functools.lru_cache(maxsize=256)
def _digest(file: Path, size: int, changed: int, inode: int) -> str:
    return file_digest(file)


def _fetch(asset: Asset, folder: Path) -> None:
    """Download, take out and check in a work folder beside the final one, then rename: all or nothing."""
    for left_over in folder.parent.glob(f".{asset.name}-work-*"):  # a killed process's; we hold the lock
        shutil.rmtree(left_over, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=f".{asset.name}-work-", dir=folder.parent))
    try:
        (work / "new").mkdir()
        with Progress(asset.name, asset.download_size) as progress:
            for number, archive in enumerate(asset.archives):
                (work / str(number)).mkdir()
                file = download(archive, work / str(number), progress.update)
                take_out(file, archive.members, work / "new")
                progress.finished(archive.size)
                shutil.rmtree(work / str(number))
        if folder.exists():
            os.replace(folder, work / "damaged")
        os.replace(work / "new", folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _locked(asset: Asset) -> Iterator[None]:
    """Hold the asset's lock in the cache folder, so that two processes don't fetch at once."""
    from filelock import FileLock, Timeout

    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f".{asset.name}.lock")
    try:
        lock.acquire(timeout=1)
    except Timeout:
        print(f"{asset.name}: another process is fetching it; waiting.", flush=True)
        try:
            lock.acquire(timeout=LOCK_SECONDS)
        except Timeout as error:
            raise Refused("another process has been fetching it for half an hour") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _failures_as_one_sentence(asset: Asset) -> Iterator[None]:
    try:
        yield
    except Refused as error:
        reason, cure, cause = str(error), error.cure, error
    except OSError as error:
        why = error.strerror or error
        reason, cure, cause = f"{cache_folder()} can't be written ({why})", "folder", error
        if error.errno in _FULL:
            reason, cure = "the disk is full", "room"
    else:
        return
    raise AssetError(f"The asset {asset.name!r} is missing: {reason}; {_next_step(asset, cure)}.") from cause


def command(*names: str, module: str = "helpers.assets") -> str:
    """What to type in a terminal, anywhere, to fetch these assets: with this Python, which need not be on the PATH."""
    python = subprocess.list2cmdline([sys.executable]) if os.name == "nt" else shlex.quote(sys.executable)
    return " ".join([python, "-m", module, *names])


def _next_step(asset: Asset, cure: str) -> str:
    run = f"run `{command(asset.name)}`"
    if cure == "network":
        return f"{run} once with a network connection"
    if cure == "room":
        needed = 2 * asset.download_size + asset.size  # pip copies the archive from its temporary folder
        return f"free {needed / 1e6:,.0f} MB, or set COURSE_CACHE to a folder on another disk, and {run}"
    if cure == "folder":
        return f"set COURSE_CACHE to a folder you can write, and {run}"
    if cure == "pip":
        return f"run `{command(module='ensurepip')}`, then {run}"
    return f"{run} again, and if that fails too, get the newest version of the course"
