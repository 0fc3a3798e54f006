"""Fetching through the real pip, from a local folder or a local server, with every failure made to happen."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
import venv
from dataclasses import replace
from pathlib import Path

import pytest

from helpers import assets
from helpers.assets import AssetError, cache, download, unpack
from tests.helpers.slow_server import SlowServer
from tests.helpers.toy_archives import DATA, asset_of, digest, member, pinned, source_archive, tar_of, wheel

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    """A cache of its own, and a pip that knows one local folder and no network."""
    shop = tmp_path / "shop"
    shop.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shop))
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def shop(tmp_path):
    return tmp_path / "shop"


@pytest.fixture
def toy(shop):
    """An asset that can be had."""
    return asset_of(pinned(wheel(shop)))


@pytest.fixture
def quick(shop, monkeypatch):
    """Copies from the local folder in pip's place, for tests of what comes before and after."""

    def copied(archive, work, progress):
        package = archive.package.replace("-", "_")
        return Path(shutil.copy(shop / f"{package}-1.0-py3-none-any.whl", work))

    monkeypatch.setattr(cache, "download", copied)


def left_over(tmp_path) -> list[str]:
    """What stands in the cache folder besides lock files."""
    folder = tmp_path / "cache"
    return sorted(file.name for file in folder.iterdir() if file.suffix != ".lock") if folder.is_dir() else []


def refused(asset) -> str:
    """The sentence with which an asset can't be had; checks that it is one sentence and names the command."""
    with pytest.raises(AssetError) as caught:
        assets.path(asset)
    sentence = str(caught.value)
    assert sentence.startswith(f"The asset {asset.name!r} is missing: ") and sentence.endswith(".")
    assert f"{sys.executable} -m helpers.assets {asset.name}`" in sentence and "\n" not in sentence
    assert not assets.available(asset)
    return sentence


def no_pip(*arguments, **named):
    raise AssertionError("pip was started though the asset is cached")


def test_a_wheel_is_fetched_once_and_works_offline_afterwards(tmp_path, shop, toy, monkeypatch, capsys):
    assert not assets.available(toy)
    folder = assets.path(toy)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == {
        Path(name).name: content for name, content in DATA.items()
    }
    assert "toy: fetching" in capsys.readouterr().out
    assert left_over(tmp_path) == ["toy"]
    monkeypatch.setattr(subprocess, "Popen", no_pip)
    assert assets.path(toy) == folder and assets.available(toy)
    assert capsys.readouterr() == ("", "")


def test_a_source_archive_with_an_archive_inside(shop):
    rating = b"1\t0.5\tgood enough\n"
    files = {"extra/data.tar.gz": tar_of({"data/ratings.txt": rating})}
    archive = pinned(source_archive(shop, files), {}, source=True)
    inner = member("data/ratings.txt", rating, inside="toy_source-1.0/extra/data.tar.gz")
    folder = assets.path(asset_of(replace(archive, members=(inner,))))
    assert [file.name for file in folder.iterdir()] == ["ratings.txt"]
    assert (folder / "ratings.txt").read_bytes() == rating


def test_an_asset_of_two_archives(shop, quick):
    second = {"toy_two/more.txt": b"more\n"}
    asset = asset_of(pinned(wheel(shop)), pinned(wheel(shop, second, "toy_two"), second))
    files = sorted(file.name for file in assets.path(asset).iterdir())
    assert files == ["more.txt", "numbers.bin", "words.txt"]


def test_an_archive_changed_after_pinning_is_refused_and_a_right_one_taken(tmp_path, shop, toy):
    good = (shop / "toy_asset-1.0-py3-none-any.whl").read_bytes()
    wheel(shop, {**DATA, "toy_asset/words.txt": b"one two evil\n"})
    sentence = refused(toy)
    assert "pinned SHA-256" in sentence and "newest version of the course" in sentence
    assert left_over(tmp_path) == []
    (shop / "toy_asset-1.0-py3-none-any.whl").write_bytes(good)
    assert (assets.path(toy) / "words.txt").read_bytes() == DATA["toy_asset/words.txt"]


def test_our_own_check_refuses_what_pip_let_through(tmp_path, shop, toy, monkeypatch):
    command = download._command

    def careless(archive, requirements, arrived):
        requirements.write_text("toy-asset==1.0\n")
        return [word for word in command(archive, requirements, arrived) if word != "--require-hashes"]

    monkeypatch.setattr(download, "_command", careless)
    wheel(shop, {**DATA, "toy_asset/words.txt": b"one two evil\n"})
    assert "instead of the pinned" in refused(toy)
    assert left_over(tmp_path) == []


def test_an_archive_without_the_expected_member(tmp_path, shop, toy, quick):
    missing = member("toy_asset/gone.txt", b"gone")
    asset = asset_of(replace(toy.archives[0], members=(*toy.archives[0].members, missing)))
    assert "holds no 'toy_asset/gone.txt'" in refused(asset)
    assert left_over(tmp_path) == []


def test_a_member_of_another_content(tmp_path, shop, toy, quick):
    other = replace(toy.archives[0].members[0], sha256=digest(b"else"))
    assert "has SHA-256" in refused(asset_of(replace(toy.archives[0], members=(other,))))
    assert left_over(tmp_path) == []


def test_no_network(tmp_path, shop, toy, monkeypatch):
    with SlowServer(b"") as server:
        gone = server.index
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", gone)  # nobody listens there any more
    start = time.monotonic()
    sentence = refused(toy)
    assert "no network" in sentence and "once with a network connection" in sentence
    assert time.monotonic() - start < 60
    assert left_over(tmp_path) == []


def test_a_download_that_breaks_off(tmp_path, shop, toy, monkeypatch):
    file = shop / "toy_asset-1.0-py3-none-any.whl"
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    with SlowServer(file.read_bytes(), stop_after=300) as server:
        monkeypatch.setenv("PIP_INDEX_URL", server.index)
        sentence = refused(toy)
        assert "broke off" in sentence or "pinned SHA-256" in sentence  # older pips hash what little came
        assert left_over(tmp_path) == []
        server.stop_after = None
        assert assets.path(toy).is_dir()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_fetch_leaves_nothing_and_the_next_goes_on(tmp_path, shop, toy, monkeypatch, blow):
    file = shop / "toy_asset-1.0-py3-none-any.whl"
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    with SlowServer(file.read_bytes(), wait_after=300) as server:
        monkeypatch.setenv("PIP_INDEX_URL", server.index)
        process = in_another_process(toy)
        assert server.waiting.wait(60)
        process.send_signal(blow)
        process.communicate(timeout=60)
        assert process.returncode != 0 and not assets.available(toy)
        if blow == signal.SIGINT:  # it could clean up; after SIGKILL the next fetch does
            assert left_over(tmp_path) == []
        else:
            assert [name.startswith(".toy-work-") for name in left_over(tmp_path)] == [True]
        server.wait_after = None
        server.go_on.set()
        assert assets.path(toy).is_dir()
    assert left_over(tmp_path) == ["toy"]


def test_two_processes_at_once_fetch_once(tmp_path, toy):
    both = [in_another_process(toy) for _ in range(2)]
    told = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert sum(output.count("fetching 0.0 MB") for output, _ in told) == 1
    assert left_over(tmp_path) == ["toy"] and assets.available(toy)


def in_another_process(asset) -> subprocess.Popen:
    """Start a Python that fetches the asset."""
    code = (
        "from helpers.assets import Archive, Asset, Member, path\n"
        "import pathlib, sys\n"
        f"folder = path({asset!r})\n"
        "assert folder.is_dir()\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_lock_held_for_too_long_is_told(toy, quick, monkeypatch, tmp_path):
    from filelock import FileLock

    monkeypatch.setattr(cache, "LOCK_SECONDS", 0.1)
    (tmp_path / "cache").mkdir()
    with FileLock(tmp_path / "cache" / ".toy.lock"):
        assert "another process has been fetching it" in refused(toy)
    assert assets.path(toy).is_dir()


def test_a_full_disk_while_members_are_written(tmp_path, toy, quick, monkeypatch):
    def full(target, mode="r"):
        if mode == "wb" and Path("/dev/full").exists():
            return open("/dev/full", mode)  # the kernel itself says that nothing fits
        if mode == "wb":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return open(target, mode)

    with monkeypatch.context() as patch:
        patch.setattr(unpack, "open", full, raising=False)
        sentence = refused(toy)
    assert "the disk is full" in sentence and "free " in sentence and "COURSE_CACHE" in sentence
    assert left_over(tmp_path) == []
    assert assets.path(toy).is_dir()


@pytest.fixture
def tiny_disk(tmp_path):
    """A disk of 64 kB at the cache's place."""
    folder = tmp_path / "cache"
    folder.mkdir()
    mounted = sys.platform == "linux" and not subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], capture_output=True
    ).returncode
    if not mounted:
        pytest.skip("mounting a tiny disk needs Linux and root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_while_pip_downloads(tmp_path, shop, tiny_disk):
    noise = {"toy_asset/noise.bin": os.urandom(200_000)}
    sentence = refused(asset_of(pinned(wheel(shop, noise), noise)))
    assert "the disk is full" in sentence and "COURSE_CACHE" in sentence
    assert left_over(tmp_path) == []


def test_a_cache_folder_that_cannot_be_written(tmp_path, toy, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "file" / "cache"))
    sentence = refused(toy)
    assert "can't be written" in sentence and "set COURSE_CACHE to a folder you can write" in sentence


def test_a_python_without_pip(tmp_path, toy, monkeypatch):
    venv.create(tmp_path / "bare", with_pip=False, symlinks=sys.platform != "win32")
    bare = tmp_path / "bare" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    monkeypatch.setattr(sys, "executable", str(bare))
    sentence = refused(toy)
    assert "has no pip" in sentence and "-m ensurepip" in sentence


@pytest.mark.parametrize("harm", ["cut short", "changed", "deleted", "emptied"])
def test_harm_done_in_the_cache_is_noticed_and_mended(tmp_path, toy, quick, harm):
    file = assets.path(toy) / "words.txt"
    whole = file.read_bytes()
    if harm == "deleted":
        file.unlink()
    else:
        file.write_bytes({"cut short": whole[:-1], "changed": whole[::-1], "emptied": b""}[harm])
    assert not assets.available(toy)
    assert (assets.path(toy) / "words.txt").read_bytes() == whole
    assert left_over(tmp_path) == ["toy"]


def test_harm_that_keeps_size_and_time_is_noticed_by_the_next_process(toy, quick):
    file = assets.path(toy) / "words.txt"
    before = file.stat()
    file.write_bytes(file.read_bytes()[::-1])
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    code = f"from helpers.assets import Archive, Asset, Member, available; print(available({toy!r}))"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_harmed_and_offline_says_so_and_keeps_what_is_there(tmp_path, shop, toy):
    folder = assets.path(toy)
    (folder / "words.txt").unlink()
    (shop / "toy_asset-1.0-py3-none-any.whl").unlink()
    assert "no network" in refused(toy)
    assert (folder / "numbers.bin").exists() and left_over(tmp_path) == ["toy"]


def test_a_course_that_pins_a_newer_version_fetches_again(shop, toy, quick):
    assets.path(toy)
    newer = {**DATA, "toy_asset/words.txt": b"one two three four\n"}
    assert (assets.path(asset_of(pinned(wheel(shop, newer), newer))) / "words.txt").read_bytes() == newer[
        "toy_asset/words.txt"
    ]


def test_progress_grows_on_one_line_where_someone_watches(shop, monkeypatch, capsys):
    noise = {"toy_asset/noise.bin": os.urandom(100_000)}
    asset = asset_of(pinned(wheel(shop, noise), noise))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(download, "POLL_SECONDS", 0.01)
    assets.path(asset)
    out = capsys.readouterr().out
    lines = out.split("\r")
    assert lines[0] == "toy: fetching 0.1 MB, this once" and lines[-1] == "toy: 100 % of 0.1 MB, checked\n"
    shares = [int(line.split()[1]) for line in lines[1:]]
    assert shares == sorted(shares) and len(shares) >= 2 and out.count("\n") == 1


def test_progress_in_a_file_is_two_lines(shop, quick, toy, capsys):
    assets.path(toy)
    assert capsys.readouterr().out == "toy: fetching 0.0 MB, this once\ntoy: 100 % of 0.0 MB, checked\n"


def test_an_unknown_name_is_the_callers_error():
    with pytest.raises(ValueError, match="no asset 'golve'; expected one of reviews, news, glove"):
        assets.path("golve")
