"""Every lesson has the shape of COURSE.md and keeps to STYLE.md; and what does not is noticed."""

import textwrap

import pytest

from helpers.syllabus import LESSONS as SYLLABUS
from lessons.source import ROOT, sources
from tests.lessons.lesson import Lesson
from tests.lessons.limits import limit_faults, picture_faults
from tests.lessons.links import link_faults
from tests.lessons.parts import part_faults

SENTENCE = "Here is a sentence of exactly ten words to read. "
EXERCISE = """\
### Exercise {n} · Double (easy, 2 minutes)

Write it.


```python
def double{n}(x):
    return ...


checks.sample.double{n}(double{n})
```

Well.


```python
2 + 2
```
"""
SAMPLE = (
    """\
# 42 · A sample

You will add numbers, and then you will double them.

| Time | Needs | Computer |
|---|---|---|
| 15 minutes | lesson 00 | 20 s and 300 MB on two cores |


```python
import numpy as np
from helpers import checks, plots
```

## See it first

Look.


```python
plots.show(plots.bars([1, 2]), alt="Two bars, the second twice as high.")
```

The second bar is twice as high.


## Guess


```python
quiz(question("What is one and one?", right="two", wrong={"three": "One too many."}, because="Count."))
```

## Build: adding

Now add.


```python
1 + 1
```

"""
    + "\n\n".join(EXERCISE.format(n=n) for n in (1, 2, 3))
    + """

## Play

"""
    + SENTENCE * 4
    + """


## Myth: one and one is three


```python
1 + 1 == 3
```

## The real thing


```python
np.add(1, 1)
```

## Result


```python
[1 + 1 for seed in range(3)]
```

## Recap

1. One.
2. Two.
3. Three.
4. Four.
5. Five.


```python
quiz(
    question("One?", right="yes", wrong={"no": "Look."}, because="One."),
    question("Two?", right="yes", wrong={"no": "Look."}, because="Two."),
    question("Three?", right="yes", wrong={"no": "Look."}, because="Three."),
)
```

## Sources

A book, section 2.

Next: [lesson 43](43_next.md)
"""
)


def faults(lesson: Lesson) -> list[str]:
    return [*part_faults(lesson), *limit_faults(lesson), *picture_faults(lesson)]


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.stem)
def test_lesson_has_the_shape_and_keeps_the_limits(path):
    assert not faults(Lesson.read(path))


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.stem)
def test_lesson_states_the_syllabus_minutes(path):
    planned = {lesson.stem: lesson.minutes for lesson in SYLLABUS}
    assert f"| {planned[path.stem]} minutes |" in Lesson.read(path).cells[0].source


PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("lessons/*.md"), *ROOT.glob("benchmarks/*.md")})


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_resolve(path):
    assert not list(link_faults(path))


@pytest.fixture
def sample(tmp_path):
    def read(text: str) -> Lesson:
        path = tmp_path / "42_sample.md"
        path.write_text(text, encoding="utf-8")
        return Lesson.read(path)

    return read


def test_sample_has_no_faults(sample):
    assert faults(sample(SAMPLE)) == []


LOOP = "for number in range(3):\n" + "".join(f"    print({line})\n" for line in range(35))
BROKEN = {
    "title": ("# 42 · A", "# A", "not a title"),
    "promise": ("You will add numbers, and then you will double them.\n", "", "no sentence of promise"),
    "opening table": ("| Time | Needs | Computer |", "| When | Needs | Computer |", "no table"),
    "memory": ("20 s and 300 MB", "20 s", "opening table must give"),
    "minutes": ("15 minutes", "a while", "opening table must give"),
    "first idea late": ("Look.\n\n\n", "Look.\n\n\nLook again.\n\n\n", "by the fourth cell"),
    "no See it first": ("## See it first", "## See", "no section '## See it first'"),
    "no guess": ('quiz(question("What', 'print(("What', "nothing is to be guessed"),
    "no Build": ("## Build: adding", "## Adding", "no section '## Build'"),
    "no Play": ("## Play", "## Games", "no section '## Play'"),
    "Play without things to try": (SENTENCE * 4, "Play.\n", "no section '## Play'"),
    "two exercises": (EXERCISE.format(n=3), "Nothing.\n", "there are 2 exercises"),
    "exercise without minutes": ("Double (easy, 2 minutes)", "Double (easy)", "no heading '### Exercise"),
    "exercise of unknown difficulty": ("(easy, 2 minutes)", "(nice, 2 minutes)", "no heading '### Exercise"),
    "stub with its answer": ("return ...", "return 2 * x", "no line 'return ...'"),
    "heading without a check": ("checks.sample.double1(double1)", "double1(1)", "not equally many"),
    "nothing between exercises": (
        "2 + 2\n```",
        "```".replace("```", "checks.sample.more(1)\n```"),
        "nothing is built",
    ),
    "no myth": ("## Myth: ", "## Legend: ", "no section '## Myth'"),
    "myth by assertion": ("```python\n1 + 1 == 3\n```", "It is false.", "the section 'Myth' runs nothing"),
    "no real thing": ("## The real thing", "## NumPy", "no section '## The real thing'"),
    "no result": ("## Result", "## End", "no section '## Result'"),
    "no recap": ("## Recap", "## Summary", "no section '## Recap'"),
    "no sources": ("## Sources", "## Books", "no section '## Sources'"),
    "recap of four lines": ("5. Five.\n", "", "the recap has 4 lines"),
    "short quiz": (
        '    question("Three?", right="yes", wrong={"no": "Look."}, because="Three."),\n',
        "",
        "has 2 questions",
    ),
    "sources without sections": ("section 2", "", "name no sections"),
    "no next lesson": ("[lesson 43](43_next.md)", "none", "no link to the next lesson"),
    "next lesson is itself": ("43_next.md", "42_sample.md", "no link to the next lesson"),
    "star import": ("import numpy as np", "from numpy import *", "a star import"),
    "pip": ("1 + 1\n```", "!pip install x\n```", "a shell command or a magic"),
    "magic": ("1 + 1\n```", "%%bash\nls\n```", "a shell command or a magic"),
    "path edit": ("1 + 1\n```", 'import sys; sys.path.append("..")\n```', "an edit of sys.path"),
    "warning filter": (
        "1 + 1\n```",
        'import warnings; warnings.simplefilter("ignore")\n```',
        "a warning filter",
    ),
    "long cell": ("1 + 1\n```", "print(1)\n" * 26 + "```", "has 26 lines; 25 are allowed"),
    "very long loop": ("1 + 1\n```", LOOP + "    print(1)\n" * 5 + "```", "has 41 lines; 40 are allowed"),
    "no Python": ("1 + 1\n```", "1 +\n```", "is no Python"),
    "long text": ("Now add.", SENTENCE * 13, "130 words at once"),
    "long imports": (
        "import numpy as np\n",
        "".join(f"import m{n}\n" for n in range(8)),
        "import cell 2 has 9 lines",
    ),
    "second import cell": ("1 + 1\n```", "import torch\nimport math\n```", "one import cell; there are 2"),
    "picture without alt": ("Now add.", "![](figures/x.png)", "no alt text"),
    "tag without alt": ("Now add.", '<img src="x.png" alt="">', "no alt text"),
    "figure without alt": (', alt="Two bars, the second twice as high."', "", "plots.show without alt text"),
    "figure with empty alt": ("Two bars, the second twice as high.", " ", "plots.show without alt text"),
    "figure without finding": ("The second bar is twice as high.\n\n\n", "", "no sentence after it"),
}


@pytest.mark.parametrize("old, new, expected", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_lesson_is_found(sample, old, new, expected):
    assert old in SAMPLE
    found = faults(sample(SAMPLE.replace(old, new)))
    assert any(expected in fault for fault in found), found


def test_parts_in_another_order_are_found(sample):
    swapped = (
        SAMPLE.replace("## Myth", "## X")
        .replace("## The real thing", "## Myth")
        .replace("## X", "## The real thing")
    )
    assert any("another order" in fault for fault in faults(sample(swapped)))


@pytest.mark.parametrize("change", [
    ("Now add.", "| a | b |\n|---|---|\n" + "| word | word |\n" * 100),
    ("Now add.", "$$\n" + "x + y = z\n" * 100 + "$$\n\nNow add."),
    ("1 + 1\n```", LOOP + "```"),
    ("A book, section 2.", "A book, section 2. " + SENTENCE * 20),
], ids=["table", "formula", "one loop of 36 lines", "sources"])  # fmt: skip
def test_what_is_allowed_is_not_complained_about(sample, change):
    assert faults(sample(SAMPLE.replace(*change))) == []


def test_links_that_lead_nowhere_are_found(tmp_path):
    (tmp_path / "there.md").write_text("# A heading: here\n\n```\n# no heading\n```\n")
    page = tmp_path / "page.md"
    page.write_text(
        textwrap.dedent("""\
        # Page
        [good](there.md) [good](there.md#a-heading-here) [good](#page) [web](https://example.org/x)
        `[code](nowhere.md)` <a href="there.md">good</a>
        [gone](nowhere.md) [no such heading](there.md#no-heading)
        ![gone](missing.png) <img src="lost.png" alt="x">
    """)
    )
    found = list(link_faults(page))
    assert [fault.split(" links to ")[1].split(",")[0] for fault in found] == [
        "nowhere.md", "there.md#no-heading", "missing.png", "lost.png"]  # fmt: skip
