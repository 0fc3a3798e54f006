"""Take named members out of a zip or tar archive, one by one, trusting nothing in it."""

import gzip
import hashlib
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

from helpers.assets.table import Member

CHUNK = 1 << 20  # bytes read at a time
LARGEST_INNER = 1 << 28  # bytes of an archive within an archive
# What Python's readers raise for broken archives; RuntimeError: encrypted, or a compression they don't know.
_DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    ValueError,
    RuntimeError,
)


class Refused(Exception):
    """An asset can't be had; the message is a clause, not yet a sentence.

    Args:
        reason: what is wrong.
        cure: what helps: "network" (a connection), "room" (on the disk), "pip" (installing it), or "again".
    """

    def __init__(self, reason: str, cure: str = "again") -> None:
        super().__init__(reason)
        self.cure = cure


def file_digest(file: Path) -> str:
    """The SHA-256 of a file as 64 hexadecimal digits, read in pieces of a megabyte."""
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def take_out(archive: Path, members: Iterable[Member], folder: Path) -> None:
    """Write the named members of an archive, and of archives within it, into `folder`.

    Nothing else of the archive is written. A name that leads out of the archive, a member that is a link, a
    device or a folder, one that stands there twice, and one of another size or digest than the table's are
    all refused.

    Args:
        archive: a zip file (a wheel is one) or a tar file, compressed or not.
        members: what to take; each goes to `folder / member.file`.
        folder: an existing folder; also holds inner archives for as long as they are read.

    Raises:
        Refused: the archive is damaged, lacks a member, or holds something unsafe.
        OSError: the disk is full or can't be written.
    """
    members = list(members)
    try:
        _take_from(archive, [member for member in members if not member.inside], folder)
        for inside in dict.fromkeys(member.inside for member in members if member.inside):
            inner = folder / ".inner-archive"
            _copy_inner(archive, inside, inner)
            _take_from(inner, [member for member in members if member.inside == inside], folder)
            inner.unlink()
    except _DAMAGED as error:
        raise Refused(f"{archive.name} is damaged ({error})") from error


def _take_from(archive: Path, members: list[Member], folder: Path) -> None:
    if not members:
        return
    with _Reader(archive) as reader:
        for member in members:
            size = reader.size(member.name)
            if size != member.size:
                raise Refused(f"{member.name} has {size:,} bytes instead of {member.size:,}")
            digest = _copy(reader.open(member.name), folder / member.file, member.size)
            if digest != member.sha256:
                raise Refused(f"{member.name} has SHA-256 {digest} instead of {member.sha256}")


def _copy_inner(archive: Path, inside: str, target: Path) -> None:
    with _Reader(archive) as reader:
        size = reader.size(inside)
        if size > LARGEST_INNER:
            raise Refused(f"{inside} claims {size:,} bytes, more than {LARGEST_INNER:,}")
        _copy(reader.open(inside), target, size)


def _copy(source: BinaryIO, target: Path, size: int) -> str:
    """Copy exactly `size` bytes in pieces, so that a lying header can't fill the disk; gives the SHA-256."""
    digest, left = hashlib.sha256(), size
    with source, open(target, "wb") as stream:
        while piece := source.read(min(CHUNK, left + 1)):
            left -= len(piece)
            if left < 0:
                break
            digest.update(piece)
            stream.write(piece)
    if left:
        raise Refused(f"{target.name} holds {'more' if left < 0 else 'fewer'} bytes than its archive says")
    return digest.hexdigest()


class _Reader:
    """The regular files of a zip or tar archive by name; the two formats behind one small interface."""

    def __init__(self, archive: Path) -> None:
        self._zip = zipfile.ZipFile(archive) if zipfile.is_zipfile(archive) else None
        self._tar = None if self._zip else tarfile.open(archive)
        try:
            infos = self._zip.infolist() if self._zip else self._tar.getmembers()
            names = [info.filename if self._zip else info.name for info in infos]
            for name in names:
                _refuse_unsafe(name)
        except BaseException:
            self.close()
            raise
        self._infos = dict(zip(names, infos, strict=True))
        self._count = Counter(names)

    def __enter__(self) -> "_Reader":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the archive's file."""
        (self._zip or self._tar).close()

    def size(self, name: str) -> int:
        """Bytes of a member as its header tells."""
        info = self._info(name)
        return info.file_size if self._zip else info.size

    def open(self, name: str) -> BinaryIO:
        """The member as a stream of bytes."""
        return self._zip.open(self._info(name)) if self._zip else self._tar.extractfile(self._info(name))

    def _info(self, name: str) -> zipfile.ZipInfo | tarfile.TarInfo:
        if self._count[name] != 1:
            raise Refused(f"the archive holds {self._count[name] or 'no'} {name!r} instead of one")
        info = self._infos[name]
        if self._zip:
            kind = stat.S_IFMT(info.external_attr >> 16)
            regular = not info.is_dir() and kind in (0, stat.S_IFREG)
        else:
            regular = info.isreg()
        if not regular:
            raise Refused(f"{name} is a link, a device or a folder instead of a file")
        return info


def _refuse_unsafe(name: str) -> None:
    """Refuse a member whose name is absolute or climbs out of the archive, on any system."""
    windows = PureWindowsPath(name)
    parts = set(PurePosixPath(name).parts) | set(windows.parts)
    if PurePosixPath(name).is_absolute() or windows.drive or windows.root or ".." in parts or "\0" in name:
        raise Refused(f"the archive holds the unsafe name {name!r}")
