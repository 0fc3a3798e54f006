"""Quizzes: what goes into the notebook, and what must not."""

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from helpers.quiz import question, quiz


def shown(*questions) -> list[dict]:
    InteractiveShell.instance()
    with capture_output() as captured:
        quiz(*questions)
    return [output.data for output in captured.outputs]


ASKED = question("Is 2 < 3?", right="Yes", wrong={"No": "Count again.", "Who & knows": "You do."}, because="It is.")


def test_a_question_has_one_right_answer_and_feedback_for_each():
    answers = {answer["answer"]: answer for answer in ASKED["answers"]}
    assert [answer["correct"] for answer in ASKED["answers"]] == [True, False, False]
    assert answers["No"]["feedback"] == "Count again." and answers["Yes"]["feedback"] == "It is."


def test_the_same_questions_give_the_same_output_and_others_another_box():
    assert shown(ASKED) == shown(ASKED)
    other = question("Is 3 < 2?", right="No", wrong={"Yes": "Turn it round."}, because="It is not.")
    assert shown(ASKED)[0]["text/html"][:30] != shown(other)[0]["text/html"][:30]


def test_nothing_in_it_loads_from_the_web_by_way_of_mathjax():
    script = shown(ASKED)[1]["application/javascript"]
    assert script.count("MathJax") == script.count("NoMathJax") > 0


def test_without_a_script_the_question_can_be_read_and_the_right_answer_is_not_given_away():
    text = shown(ASKED)[0]["text/html"]
    assert "Is 2 &lt; 3?" in text and "<li>Who &amp; knows</li>" in text
    assert text.index("<li>No</li>") < text.index("<li>Who") < text.index("<li>Yes</li>")
    assert "correct\": true" not in text


@pytest.mark.parametrize("broken", [
    {"question": "", "answers": ASKED["answers"]},
    {"question": "No right one?", "answers": [{"answer": "a", "correct": False}, {"answer": "b", "correct": False}]},
    {"question": "Two right ones?", "answers": [{"answer": "a", "correct": True}, {"answer": "b", "correct": True}]},
    {"question": "One answer?", "answers": [{"answer": "a", "correct": True}]},
])  # fmt: skip
def test_a_broken_question_is_refused(broken):
    with pytest.raises(ValueError, match="one right"):
        quiz(broken)
