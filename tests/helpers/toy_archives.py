"""Small archives for tests of `helpers.assets`, made on the spot, and the assets that pin them."""

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from helpers.assets import Archive, Asset, Member

DATA = {"toy_asset/words.txt": b"one two three\n", "toy_asset/numbers.bin": bytes(range(256)) * 40}


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def zip_of(files: Mapping[str, bytes]) -> bytes:
    """A zip archive with these files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def tar_of(files: Mapping[str, bytes], *special: tarfile.TarInfo) -> bytes:
    """A gzipped tar archive with these files, then entries without content such as links."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for info in special:
            archive.addfile(info)
    return stream.getvalue()


def wheel(folder: Path, files: Mapping[str, bytes] = DATA, name: str = "toy_asset") -> Path:
    """A wheel of version 1.0 that pip accepts, in `folder`."""
    about = f"{name}-1.0.dist-info"
    metadata = {
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{about}/WHEEL": b"Wheel-Version: 1.0\nGenerator: toy\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/RECORD": b"",
    }
    file = folder / f"{name}-1.0-py3-none-any.whl"
    file.write_bytes(zip_of({**files, **metadata}))
    return file


BACKEND = b"""
def prepare_metadata_for_build_wheel(folder, settings=None):
    import os
    os.makedirs(os.path.join(folder, "toy_source-1.0.dist-info"))
    with open(os.path.join(folder, "toy_source-1.0.dist-info", "METADATA"), "w") as stream:
        stream.write("Metadata-Version: 2.1\\nName: toy_source\\nVersion: 1.0\\n")
    return "toy_source-1.0.dist-info"


def build_wheel(*arguments, **named):
    raise RuntimeError("an asset is never built")
"""


def source_archive(folder: Path, files: Mapping[str, bytes]) -> Path:
    """A source archive toy_source 1.0; it needs no package to tell its metadata, so no network."""
    project = b'[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    about = b"Metadata-Version: 2.1\nName: toy_source\nVersion: 1.0\n"
    plain = {"pyproject.toml": project, "backend.py": BACKEND, "PKG-INFO": about, **files}
    file = folder / "toy_source-1.0.tar.gz"
    file.write_bytes(tar_of({f"toy_source-1.0/{name}": content for name, content in plain.items()}))
    return file


def member(name: str, content: bytes, inside: str = "") -> Member:
    """The Member that pins this content."""
    return Member(name, len(content), digest(content), inside)


def pinned(file: Path, files: Mapping[str, bytes] = DATA, source: bool = False) -> Archive:
    """The Archive that pins `file` and takes `files` out of it."""
    content = file.read_bytes()
    package = file.name.partition("-")[0].replace("_", "-")
    members = tuple(member(name, inner) for name, inner in files.items())
    return Archive(f"{package}==1.0", digest(content), len(content), members, source)


def asset_of(*archives: Archive, name: str = "toy") -> Asset:
    """An Asset of these archives."""
    return Asset(name, "words and numbers", "CC0", "the tests", archives)
