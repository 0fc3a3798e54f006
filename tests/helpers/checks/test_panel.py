"""The panels: what they say, for whom, and that no learner's text becomes markup."""

import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from helpers import checks
from helpers.checks import panel
from helpers.checks.check import Check
from helpers.checks.result import Result
from helpers.checks.vectors import analogy, cosine


@pytest.fixture
def check():
    """A check of its own, with no history."""
    return Check(cosine.exercise)


class Outline(HTMLParser):
    """Tags with their attributes, the text, and whether every tag is closed."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.open, self.text = [], [], ""
        self.feed(source)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def count(self, tag):
        return sum(name == tag for name, _ in self.tags)


def names_script(u, v):
    raise ValueError("<script>alert(1)</script><img src=x onerror=alert(1)> $x^2$ `</code>`")


def returns_script(vectors, a, b, c):
    return "</pre><script>alert(1)</script>"


def prints_script(u, v):
    print("<b>bold</b>")
    return "<i>"


names_script.__name__ = names_script.__qualname__ = "<u>f</u>"


@pytest.mark.parametrize(
    "ask, check", [(names_script, cosine), (returns_script, analogy), (prints_script, cosine)]
)
def test_a_learners_text_is_text(ask, check, shown):
    check(ask)
    outline = Outline(shown[-1][0])
    assert not {tag for tag, _ in outline.tags} & {"script", "img", "b", "i", "u"}
    assert "&lt;" in shown[-1][0]
    assert all(not name.startswith("on") for _, attributes in outline.tags for name in attributes)


def test_a_dollar_is_no_formula(shown, check):
    check(names_script)
    assert "$x^2$" in shown[-1][0] and 'class="mathjax_ignore tex2jax_ignore"' in shown[-1][0]


def test_the_three_states_differ_in_sign_word_and_colour(shown, check):
    check(lambda u, v: ...)
    check(lambda u, v: 0.5)
    check(cosine.reference)
    seen = []
    for html, text in shown:
        outline = Outline(html)
        assert outline.tags[0][0] == "div" and outline.tags[0][1]["role"] == "status"
        colour = re.search(r"border-left: 6px solid ([^;]+);", html)[1]
        seen.append((outline.text.split(" · ")[0], colour))
        assert text.split(" · ")[0].split(" ", 1)[1] == outline.text.split(" · ")[0][1:]
    words = [word for word, _ in seen]
    assert words == ["○Not tried yet", "△Not yet", "✓Right"]
    assert len(set(seen)) == len({colour for _, colour in seen}) == 3


def test_a_wrong_answer_shows_the_smallest_failing_case_and_folded_hints(shown, check):
    check(lambda u, v: u @ v)
    html, text = shown[-1]
    outline = Outline(html)
    for part in ("Put in", "u = [3., 4.]", "v = [4., 3.]", "Came out", "24", "Expected", "0.96"):
        assert part in outline.text and part in text
    assert outline.count("details") == outline.count("summary") == 2
    assert all("open" not in attributes for tag, attributes in outline.tags if tag == "details")
    assert "Hint 1" in outline.text and "Hint 2" in outline.text


def test_a_right_answer_hides_the_hints(shown, check):
    check(cosine.reference)
    assert "details" not in shown[-1][0] and "Right in all 10 cases." in shown[-1][0]


def test_colours_follow_the_theme(shown, check):
    check(lambda u, v: ...)
    check(lambda u, v: 0.5)
    check.solution()
    checks.progress(sys.modules["helpers.checks.vectors"])
    for html, _ in shown:
        for name, value in re.findall(r"(?<![-\w])(color|background): ([^;\"]+)", html):
            fixed = value.startswith("#") and (name, value) != (
                "color",
                "#000",
            )  # a badge: black on its colour
            badge = value in ("#e69f00", "#009e73", "#56b4e9")
            assert not fixed or badge, (name, value)
        assert "<style" not in html and "<script" not in html and 'id="' not in html


def test_panels_are_the_same_at_every_run(shown, check):
    check(lambda u, v: 0.5)
    check(lambda u, v: 0.5)
    assert shown[0] == shown[1]


def test_hints_come_one_by_one(shown, check):
    for _ in range(3):
        check.hint()
    assert ["1 of 2" in html for html, _ in shown] == [True, False, False]
    assert cosine.exercise.hints[0] in shown[0][1] and cosine.exercise.hints[1] in shown[1][1]
    assert shown[1] == shown[2]
    assert "solution()" in shown[1][0] and "solution()" not in shown[0][0]


@pytest.mark.parametrize("module", checks.LESSONS)
def test_the_solution_is_the_references_source(shown, module):
    lesson = getattr(checks, module)
    for name in lesson.__all__:
        check = getattr(lesson, name)
        check.solution()
        html, text = shown[-1]
        assert f"def {check.reference.__name__}(" in text and "return " in text
        assert f"def {check.reference.__name__}(" in Outline(html).text
        assert check.reference.__module__ in text
        assert "--jp-mirror-editor-keyword-color" in html


def test_progress_counts(shown, monkeypatch):
    import helpers.checks.vectors as lesson

    for name in lesson.__all__:
        monkeypatch.setattr(lesson, name, Check(getattr(lesson, name).exercise))
    lesson.cosine(lambda u, v: 0.5)
    lesson.cosine(lambda u, v: 1.5)
    lesson.cosine(cosine.reference)
    lesson.ppmi(lambda counts: counts)
    lesson.negative_sampling_loss(lesson.negative_sampling_loss.reference)
    lesson.negative_sampling_loss(lambda *args: 1.0)  # solved stays solved
    lesson.analogy(lambda *args: ...)
    rows = checks.progress(lesson).rows
    assert [row[0] for row in rows] == [f"vectors.{name}" for name in lesson.__all__]
    assert [row[2:] for row in rows] == [
        ("right", "right, after 2 wrong"),
        ("wrong", "wrong once"),
        ("right", "right at once"),
        ("untried", "not tried yet"),
    ]
    html, text = shown[-1]
    outline = Outline(html)
    assert "2 of 4 exercises right" in outline.text and "2 of 4 exercises right" in text
    scopes = [attributes.get("scope") for tag, attributes in outline.tags if tag == "th"]
    assert scopes == ["col"] * 3 + ["row"] * 4


def test_progress_before_anything(shown):
    code = "from helpers import checks; assert checks.progress().rows == ()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "first exercise" in done.stdout


def test_a_result_shows_itself_only_once():
    assert Result("right")._ipython_display_() is None
    assert str(Result("right", "", "Well.")) == "Result(status='right', reason='', message='Well.')"


def test_importing_the_package_loads_no_model_and_no_front_end():
    code = (
        "import sys; from helpers import checks; "
        "assert not {'torch', 'numpy', 'IPython', 'pygments', 'psutil'} & set(sys.modules); "
        "checks.start; assert 'torch' not in sys.modules; "
        "checks.vectors; assert not {'IPython', 'pygments', 'scipy', 'sklearn', 'gensim'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_unknown_lessons_are_named():
    with pytest.raises(AttributeError, match="start, tokens, vectors"):
        checks.algebra  # noqa: B018
    assert {"start", "vectors", "progress"} <= set(dir(checks))


def test_an_old_terminal_gets_plain_letters(monkeypatch, capsys):
    import io

    monkeypatch.undo()
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setitem(sys.modules, "IPython", None)
    panel.show("<p>✓</p>", "✓ Right")
    out.flush()
    assert out.buffer.getvalue().decode().strip() == "? Right"
