"""`python -m helpers.assets`, `optional`, the cache folder and the course's own table."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import assets
from helpers.assets import ASSETS, AssetError, __main__, cache
from tests.helpers.toy_archives import asset_of, pinned, wheel

ROOT = Path(__file__).parents[2]


@pytest.fixture
def two(tmp_path, monkeypatch):
    """In the course's place, two assets of which the first can't be had."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    good = wheel(tmp_path)

    def copied(archive, work, progress):
        if archive.package == "gone":
            raise cache.Refused("it is not there", "network")
        return good

    monkeypatch.setattr(cache, "download", copied)
    toy = pinned(good)
    gone = assets.Archive("gone==1.0", toy.sha256, toy.size, toy.members)
    table = {"gone": asset_of(gone, name="gone"), "toy": asset_of(toy)}
    for module in (cache, __main__):
        monkeypatch.setattr(module, "ASSETS", table)


def test_the_command_goes_on_after_a_failure_and_tells_it_by_its_exit_code(two, capsys):
    assert __main__.main([]) == 1
    out, errors = capsys.readouterr()
    assert errors == (
        "The asset 'gone' is missing: it is not there; "
        f"run `{cache.command('gone')}` once with a network connection.\n"
    )
    assert "gone: not cached" in out and "toy: cached" in out
    assert "licence: CC0" in out and "credit: the tests" in out and "0.0 MB to fetch" in out


def test_one_asset_by_name(two, capsys):
    assert __main__.main(["toy"]) == 0
    assert "gone" not in capsys.readouterr().out
    assert __main__.main(["toy"]) == 0
    assert "fetching" not in capsys.readouterr().out


def test_list_fetches_nothing(two, capsys, tmp_path):
    assert __main__.main(["--list"]) == 0
    out = capsys.readouterr().out
    assert "toy: not cached" in out and str(tmp_path / "cache") in out
    assert not (tmp_path / "cache").exists()


def test_a_wrong_name_is_told_with_the_right_ones(two, capsys):
    with pytest.raises(SystemExit) as stopped:
        __main__.main(["golve"])
    assert stopped.value.code == 2 and "no asset 'golve'; expected gone, toy" in capsys.readouterr().err


def test_the_real_command_lists_all_five_assets(tmp_path):
    told = subprocess.run(
        [sys.executable, "-m", "helpers.assets", "--list"],
        env={**os.environ, "COURSE_CACHE": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.findall(r"^(\w+): not cached", told.stdout, re.M) == list(ASSETS)


def test_optional_gives_what_was_made(capsys):
    assert assets.optional(lambda: 3, lambda: 4, says="four") == 3
    assert capsys.readouterr().out == ""


def test_optional_says_what_the_lesson_goes_on_with(two, capsys):
    folder = assets.optional(lambda: assets.path("gone"), lambda: "small", says="the smaller text")
    assert folder == "small"
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith(f"The asset 'gone' is missing: it is not there; run `{sys.executable} -m helpers.assets")
    assert last.endswith("connection. The lesson goes on with the smaller text.")


def test_optional_lets_other_errors_through():
    with pytest.raises(ZeroDivisionError):
        assets.optional(lambda: 1 / 0, lambda: 4, says="four")


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {"HOME": "/home/ada"}, "/home/ada/.cache/word-vectors-to-transformers"),
        ("linux", {"XDG_CACHE_HOME": "/fast"}, "/fast/word-vectors-to-transformers"),
        ("darwin", {"HOME": "/Users/ada"}, "/Users/ada/Library/Caches/word-vectors-to-transformers"),
        ("win32", {"LOCALAPPDATA": "/Local"}, "/Local/word-vectors-to-transformers"),
        ("linux", {"HOME": "/home/ada", "COURSE_CACHE": "/class/room"}, "/class/room"),
        ("linux", {"HOME": "/home/ada", "COURSE_CACHE": "~/here"}, "/home/ada/here"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="the expected paths are POSIX")
def test_the_cache_folder(monkeypatch, platform, variables, expected):
    for name in ("COURSE_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert str(assets.cache_folder()) == expected


def test_no_home_folder_is_one_sentence(monkeypatch):
    monkeypatch.delenv("COURSE_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    with pytest.raises(AssetError, match="set COURSE_CACHE to a folder you can write"):
        assets.path("glove")
    assert __main__.main(["--list"]) == 1


def test_the_courses_own_table():
    assert list(ASSETS) == ["reviews", "news", "glove", "minilm", "scripts"]
    for name, asset in ASSETS.items():
        assert asset.name == name and asset.about and asset.licence and asset.credit
        for archive in asset.archives:
            assert re.fullmatch(r"[\w-]+==[\d.]+", archive.requirement) and archive.size > 0
            assert re.fullmatch(r"[0-9a-f]{64}", archive.sha256)
        for member in asset.members:
            assert member.size > 0 and re.fullmatch(r"[0-9a-f]{64}", member.sha256)
        files = [member.file for member in asset.members]
        assert len(files) == len(set(files))


def test_import_is_cheap():
    code = "import sys; import helpers.assets, helpers.data; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = {"torch", "gensim", "pyarrow", "scipy", "sklearn", "pandas", "filelock", "transformers"}
    assert heavy.isdisjoint(told.stdout.split())
