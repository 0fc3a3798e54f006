"""Every exercise of every lesson: its data is whole, and its cases tell all known mistakes apart."""

import importlib
import inspect
import re
import warnings
from itertools import combinations
from pathlib import Path

import pytest

from helpers import checks
from helpers.checks.attempt import attempt, expect
from helpers.checks.check import Check
from helpers.checks.judge import explain, judge

MODULES = [importlib.import_module(f"helpers.checks.{lesson}") for lesson in checks.LESSONS]
ROOT = Path(__file__).parents[3]
LESSONS = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "lessons").glob("[01]*.md"))
CHECKS = [getattr(module, name) for module in MODULES for name in module.__all__]


@pytest.fixture(params=CHECKS, ids=lambda check: check.exercise.name)
def exercise(request):
    return request.param.exercise


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():  # wrong functions divide by zero, as calm() lets them
        warnings.simplefilter("ignore")
        yield


def test_a_lesson_lists_all_its_checks():
    for module in MODULES:
        assert {name for name, value in vars(module).items() if isinstance(value, Check)} == set(
            module.__all__
        )


def test_names_lead_back_to_the_check():
    for check in CHECKS:
        lesson, name = check.exercise.name.split(".")
        assert getattr(getattr(checks, lesson), name) is check


def test_the_data_is_whole(exercise):
    assert exercise.title and exercise.difficulty in ("easy", "medium", "hard") and exercise.minutes > 0
    assert len(exercise.hints) >= 2 and len(exercise.mistakes) >= 6 and len(exercise.cases) >= 4
    assert all(case.about and len(case.args) == len(exercise.arguments) for case in exercise.cases)
    reasons = [wrong.reason for wrong in (*exercise.mistakes, *exercise.symptoms)]
    assert len(set(reasons)) == len(reasons)
    assert all(mistake.message.endswith(".") for mistake in (*exercise.mistakes, *exercise.symptoms))


def test_the_reference_takes_the_arguments_under_these_names(exercise):
    names = list(inspect.signature(exercise.reference).parameters)
    assert tuple(names[: len(exercise.arguments)]) == exercise.arguments


def test_the_lessons_stub_takes_the_arguments_under_these_names(exercise):
    (stub,) = re.findall(rf"^def (\w+)\((.*)\):\n(?:    .*\n|\n)+checks\.{exercise.name}\(\1\)$", LESSONS, re.M)
    assert tuple(stub[1].split(", ")) == exercise.arguments


def test_the_reference_is_right(exercise):
    finding = judge(exercise, exercise.reference, lambda case: None, lambda: "")
    assert finding.result.status == "right"


def test_every_known_mistake_is_named(exercise):
    for mistake in exercise.mistakes:
        result = explain(exercise, judge(exercise, mistake.wrong[-1], lambda case: None, lambda: "")).result
        assert (result.status, result.reason, result.message) == ("wrong", mistake.reason, mistake.message)


def test_no_two_mistakes_look_alike_in_all_cases(exercise):
    expected = [expect(exercise, case) for case in exercise.cases]
    made = [
        (
            mistake.reason,
            number,
            [attempt(exercise, wrong, *put) for put in zip(exercise.cases, expected, strict=True)],
        )
        for mistake in exercise.mistakes
        for number, wrong in enumerate(mistake.wrong)
    ]
    for (reason, number, one), (other_reason, other_number, other) in combinations(made, 2):
        if reason != other_reason:
            alike = all(a.same_as(b) for a, b in zip(one, other, strict=True))
            assert not alike, (reason, number, other_reason, other_number)
    for reason, number, one in made:
        assert not all(a.close for a in one), (reason, number)


def test_the_cases_are_unharmed_by_all_that(exercise):
    """Arguments are copied for each call; a mistake that writes into them must not reach the next call."""
    for case in exercise.cases:
        before = [repr(arg) for arg in case.args]
        attempt(exercise, exercise.mistakes[0].wrong[0], case)
        assert [repr(arg) for arg in case.args] == before
        pairs = zip(case.args, case.fresh(), strict=True)
        assert all(a is not b for a, b in pairs if not isinstance(a, (str, int, float, tuple, type(None))))
