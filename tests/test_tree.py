"""The sizes of DESIGN.md: what stands in the repository stays small enough to clone in a classroom."""

import subprocess

import pytest

from lessons.source import ROOT

MB = 1_000_000


@pytest.fixture(scope="module")
def sizes():
    """Bytes of every file that is tracked, or would be with the next commit."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return {name: (ROOT / name).stat().st_size for name in names if name and (ROOT / name).is_file()}


def test_every_file_is_small(sizes):
    limit = {name: 12 * MB if name.startswith("helpers/checkpoints/") else MB for name in sizes}
    assert [name for name, size in sizes.items() if size > limit[name]] == []


def test_all_files_together_are_small(sizes):
    assert len(sizes) > 50 and sum(sizes.values()) <= 40 * MB


def test_modules_of_helpers_fit_on_a_few_screens(sizes):
    modules = [name for name in sizes if name.startswith("helpers/") and name.endswith(".py")]
    lines = {name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in modules}
    assert {name: count for name, count in lines.items() if count > 240} == {}, (
        "STYLE.md: about 200 lines at most"
    )
