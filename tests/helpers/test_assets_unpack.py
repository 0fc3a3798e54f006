"""Members out of archives: what is wanted comes out whole, what is unsafe or different is refused."""

import stat
import struct
import tarfile
import zipfile

import pytest

from helpers.assets import Member, unpack
from helpers.assets.unpack import Refused, file_digest, take_out
from tests.helpers.toy_archives import digest, member, tar_of, zip_of

WORDS = b"red green blue\n"
FILES = {"top/words.txt": WORDS, "top/other.txt": b"not wanted"}
UNSAFE = ["../evil.txt", "top/../../evil.txt", "/evil.txt", "C:/evil.txt", "..\\evil.txt", "\\\\host\\evil"]
SPECIAL = [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE]


def link(name: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "top/other.txt"
    return info


def taken(tmp_path, content: bytes, *members: Member) -> list[str]:
    """Take members out of an archive with this content; gives the names of the files that came out."""
    (tmp_path / "out").mkdir(exist_ok=True)
    (tmp_path / "archive").write_bytes(content)
    take_out(tmp_path / "archive", members, tmp_path / "out")
    return sorted(file.name for file in (tmp_path / "out").iterdir())


@pytest.mark.parametrize("pack", [zip_of, tar_of])
def test_only_the_named_members_come_out(tmp_path, pack):
    assert taken(tmp_path, pack(FILES), member("top/words.txt", WORDS)) == ["words.txt"]
    assert (tmp_path / "out" / "words.txt").read_bytes() == WORDS
    assert file_digest(tmp_path / "out" / "words.txt") == digest(WORDS)


@pytest.mark.parametrize("outer", [zip_of, tar_of])
@pytest.mark.parametrize("inner", [zip_of, tar_of])
def test_a_member_of_an_archive_within_the_archive(tmp_path, outer, inner):
    content = outer({"pack/data.bin": inner(FILES), "LICENSE": b"free"})
    wanted = member("top/words.txt", WORDS, inside="pack/data.bin"), member("LICENSE", b"free")
    assert taken(tmp_path, content, *wanted) == ["LICENSE", "words.txt"]


@pytest.mark.parametrize("pack", [zip_of, tar_of])
@pytest.mark.parametrize("name", UNSAFE)
def test_an_archive_with_a_name_that_leads_out_is_refused(tmp_path, pack, name):
    with pytest.raises(Refused, match="unsafe name"):
        taken(tmp_path, pack({**FILES, name: b"evil"}), member("top/words.txt", WORDS))
    assert not list(tmp_path.rglob("*evil*")) and not (tmp_path / "out" / "words.txt").exists()


@pytest.mark.parametrize("name", ["../words.txt", "a/b.txt", "..", "a\\b.txt", "C:b.txt"])
def test_the_table_cannot_name_a_file_outside_the_folder(name):
    with pytest.raises(ValueError, match="plain file name"):
        Member("top/words.txt", 1, "0" * 64, file=name)


@pytest.mark.parametrize("kind", SPECIAL)
def test_a_tar_member_that_is_no_plain_file_is_refused(tmp_path, kind):
    with pytest.raises(Refused, match="link, a device or a folder"):
        taken(tmp_path, tar_of(FILES, link("top/trap.txt", kind)), member("top/trap.txt", WORDS))
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFDIR])
def test_a_zip_member_that_is_no_plain_file_is_refused(tmp_path, kind):
    trap = zipfile.ZipInfo("top/trap.txt")
    trap.external_attr = (kind | 0o644) << 16
    with zipfile.ZipFile(tmp_path / "trap.zip", "w") as archive:
        archive.writestr(trap, b"/etc/passwd")
    with pytest.raises(Refused, match="link, a device or a folder"):
        taken(tmp_path, (tmp_path / "trap.zip").read_bytes(), member("top/trap.txt", b"/etc/passwd"))


@pytest.mark.parametrize("pack", [zip_of, tar_of])
def test_a_missing_member_is_refused(tmp_path, pack):
    with pytest.raises(Refused, match="holds no 'top/gone.txt'"):
        taken(tmp_path, pack(FILES), member("top/gone.txt", WORDS))


def test_a_member_that_stands_there_twice_is_refused(tmp_path):
    twice = tar_of(FILES, tarfile.TarInfo("top/words.txt"))
    with pytest.raises(Refused, match="holds 2 'top/words.txt'"):
        taken(tmp_path, twice, member("top/words.txt", WORDS))


@pytest.mark.parametrize("pack", [zip_of, tar_of])
def test_a_member_of_another_size_is_refused_before_it_is_written(tmp_path, pack):
    bomb = {"top/words.txt": bytes(5_000_000)}
    with pytest.raises(Refused, match="5,000,000 bytes instead of 15"):
        taken(tmp_path, pack(bomb), member("top/words.txt", WORDS))
    assert not list((tmp_path / "out").iterdir())


def test_a_zip_header_that_lies_about_the_size_cannot_fill_the_disk(tmp_path):
    honest = zip_of({"top/words.txt": bytes(5_000_000)})
    for size_before_name in (honest.rindex(b"top/words.txt") - 22, honest.index(b"top/words.txt") - 8):
        lie = honest[:size_before_name] + struct.pack("<I", 15) + honest[size_before_name + 4 :]
        honest = lie
    with pytest.raises(Refused):
        taken(tmp_path, lie, member("top/words.txt", WORDS))
    assert sum(file.stat().st_size for file in (tmp_path / "out").iterdir()) <= len(WORDS)


@pytest.mark.parametrize("pack", [zip_of, tar_of])
def test_a_member_of_other_content_is_refused(tmp_path, pack):
    with pytest.raises(Refused, match="SHA-256"):
        taken(tmp_path, pack({"top/words.txt": b"red green grey\n"}), member("top/words.txt", WORDS))


def test_an_inner_archive_that_claims_to_be_huge_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "LARGEST_INNER", 100)
    content = zip_of({"inner.zip": bytes(1_000)})
    with pytest.raises(Refused, match="claims 1,000 bytes"):
        taken(tmp_path, content, member("top/words.txt", WORDS, inside="inner.zip"))


@pytest.mark.parametrize("pack", [zip_of, tar_of])
@pytest.mark.parametrize("kept", [0.0, 0.3, 0.6, 0.9])
def test_an_archive_cut_short_is_refused(tmp_path, pack, kept):
    noise = bytes((i * i * 31 + i // 7) % 251 for i in range(4000))
    whole = pack({"top/noise.bin": noise})
    with pytest.raises(Refused):
        taken(tmp_path, whole[: int(kept * len(whole))], member("top/noise.bin", noise))


@pytest.mark.parametrize("pack", [zip_of, tar_of])
def test_an_archive_with_a_changed_byte_is_refused(tmp_path, pack):
    noise = bytes((i * i * 31 + i // 7) % 251 for i in range(4000))
    whole = bytearray(pack({"top/noise.bin": noise}))
    whole[len(whole) // 2] ^= 255
    with pytest.raises(Refused):
        taken(tmp_path, bytes(whole), member("top/noise.bin", noise))


def test_an_encrypted_member_is_refused(tmp_path):
    content = bytearray(zip_of({"top/words.txt": WORDS}))
    content[content.index(b"PK\x03\x04") + 6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Refused, match="encrypted"):
        taken(tmp_path, bytes(content), member("top/words.txt", WORDS))


def test_something_that_is_no_archive_is_refused(tmp_path):
    with pytest.raises(Refused, match="damaged"):
        taken(tmp_path, b"<html>sign in to the network</html>", member("top/words.txt", WORDS))
