"""README, syllabus and the list of lessons say the same, and say what is there."""

import re
from pathlib import Path

import pytest

from helpers import syllabus

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("page", ["README.md", "lessons/README.md"])
def test_lessons_that_are_here_are_linked_and_no_others(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    linked = set(re.findall(r"notebooks/(\w+)\.ipynb\)", text))
    assert linked == {lesson.stem for lesson in syllabus.present(ROOT / "notebooks")}


def test_the_syllabus_lists_every_lesson_with_its_minutes():
    text = (ROOT / "lessons/README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[?(\d\d) ([^\]|]+?)(?:\]\([^)]*\))? \| (\d+) \|", text, re.M)
    assert rows == [(f"{x.number:02d}", x.title, str(x.minutes)) for x in syllabus.LESSONS]


def test_the_readme_lists_every_lesson_with_its_minutes():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[(\d\d) ([^\]]+)\]\([^)]*\) \| (\d+) \|", text, re.M)
    assert rows == [(f"{x.number:02d}", x.title, str(x.minutes)) for x in syllabus.LESSONS]


def test_minutes_in_a_lesson_are_those_of_the_syllabus():
    for lesson in syllabus.present(ROOT / "notebooks"):
        head = (ROOT / f"lessons/{lesson.stem}.md").read_text(encoding="utf-8").split("```")[0]
        assert f"# {lesson.number:02d} · {lesson.title}" in head and f"| {lesson.minutes} minutes |" in head


def test_one_line_configures_the_launch_badge():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert (
        text.count("OWNER/REPOSITORY") == 1
        and "[binder]: https://mybinder.org/v2/gh/OWNER/REPOSITORY/" in text
    )
