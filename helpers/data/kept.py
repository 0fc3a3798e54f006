"""Keep what a slow parser made in the cache folder, for as long as its source and this package stay the same.

Articles are kept as gzipped JSON lines, sentences as a NumPy archive of a word list, word numbers and
sentence lengths, each behind a line with its SHA-256: a file that was harmed is noticed and made anew. If
the cache folder can't be written, the parser runs each time.
"""

import contextlib
import gzip
import hashlib
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from helpers import assets
from helpers.data.text import Article

T = TypeVar("T")


def kept_articles(name: str, source_digest: str, make: Callable[[], list[Article]]) -> list[Article]:
    """`make()`, kept under a name until the source's digest or this package's code changes.

    Args:
        name: a file name without ending.
        source_digest: the digest of what `make` reads.
        make: the slow parser.

    Returns:
        What `make` gave, now or at an earlier call.
    """
    return _kept(f"{name}.jsonl.gz", source_digest, make, _pack_articles, _unpack_articles)


def kept_sentences(name: str, source_digest: str, make: Callable[[], list[list[str]]]) -> list[list[str]]:
    """The same as `kept_articles` for sentences as lists of words."""
    return _kept(f"{name}.npz", source_digest, make, _pack_sentences, _unpack_sentences)


def _kept(
    name: str,
    source_digest: str,
    make: Callable[[], T],
    pack: Callable[[T], bytes],
    unpack: Callable[[bytes], T],
) -> T:
    file = _place(name, source_digest)
    if file is not None:
        with contextlib.suppress(OSError):
            digest, _, content = file.read_bytes().partition(b"\n")
            if digest == _digest(content):
                return unpack(content)
    made = make()
    if file is not None:
        content = pack(made)
        with contextlib.suppress(OSError):  # a full or read-only disk costs time, not the lesson
            _write(file, name, _digest(content) + b"\n" + content)
    return made


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def _place(name: str, source_digest: str) -> Path | None:
    with contextlib.suppress(RuntimeError):  # there is no home folder
        return assets.cache_folder() / "parsed" / f"{_version(source_digest)}-{name}"
    return None


def _write(file: Path, name: str, content: bytes) -> None:
    """Write under another name, then rename, so that nobody reads half a file; older versions go."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.{os.getpid()}.unfinished")
    try:
        unfinished.write_bytes(content)
        os.replace(unfinished, file)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    for older in file.parent.glob(f"*-{name}"):
        if older != file:
            older.unlink(missing_ok=True)


def _version(source_digest: str) -> str:
    """Sixteen digits that change with the source or with a line of any parser in this package."""
    digest = hashlib.sha256(source_digest.encode())
    for module in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(module.read_bytes())
    return digest.hexdigest()[:16]


def _pack_articles(articles: list[Article]) -> bytes:
    lines = (json.dumps([article.title, article.text], ensure_ascii=False) for article in articles)
    return gzip.compress("\n".join(lines).encode(), compresslevel=5, mtime=0)


def _unpack_articles(content: bytes) -> list[Article]:
    lines = gzip.decompress(content).decode().split("\n")
    return [Article(*json.loads(line)) for line in lines if line]


def _pack_sentences(sentences: list[list[str]]) -> bytes:
    number: dict[str, int] = {}
    ids = [number.setdefault(word, len(number)) for sentence in sentences for word in sentence]
    stream = io.BytesIO()
    np.savez(
        stream,
        words=np.frombuffer("\n".join(number).encode(), dtype=np.uint8),
        ids=np.array(ids, dtype=np.int32),  # (number of words,)
        lengths=np.array([len(sentence) for sentence in sentences], dtype=np.int32),  # (number of sentences,)
    )
    return stream.getvalue()


def _unpack_sentences(content: bytes) -> list[list[str]]:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        words = arrays["words"].tobytes().decode().split("\n")
        ids, ends = arrays["ids"].tolist(), np.cumsum(arrays["lengths"]).tolist()
    text = [words[i] for i in ids]  # equal words share one string
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
