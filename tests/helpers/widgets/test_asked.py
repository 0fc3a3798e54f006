"""Questions from the page reach the kernel's side, and what fails there comes back as a sentence."""

import anywidget
import pytest
import traitlets

from helpers.widgets.asked import AskedMixin


class Echo(AskedMixin, anywidget.AnyWidget):
    _esm = "export default {}"
    shown = traitlets.Unicode().tag(sync=True)

    def show(self, text):
        if not text:
            raise ValueError("Type at least one word.")
        self.shown = text.upper()


def test_a_question_is_done_and_answered_under_its_id():
    widget = Echo()
    widget.question = {"id": 3, "text": "cat"}
    assert widget.shown == "CAT"
    assert widget.answer == {"id": 3, "problem": ""}


@pytest.mark.parametrize(("asked", "problem"), [({"text": ""}, "Type at least one word."), ({"text": None}, "Type at"),
                                                ({}, "KeyError"), ({"text": 5}, "AttributeError")])  # fmt: skip
def test_what_fails_comes_back_as_a_sentence(asked, problem):
    widget = Echo(shown="as before")
    widget.question = {"id": 4, **asked}
    assert problem in widget.answer["problem"] and widget.answer["id"] == 4
    assert widget.shown == "as before"


def test_an_interrupt_is_answered_and_goes_on(monkeypatch):
    def interrupted(self, text):
        raise KeyboardInterrupt

    monkeypatch.setattr(Echo, "show", interrupted)
    widget = Echo()
    with pytest.raises(KeyboardInterrupt):
        widget.question = {"id": 6, "text": "cat"}
    assert widget.answer == {"id": 6, "problem": "The kernel was interrupted."}


def test_the_change_arrives_with_the_answer(monkeypatch):
    widget, sent = Echo(), []
    monkeypatch.setattr(widget, "send_state", lambda key=None: sent.append(set(key or ())))
    widget.question = {"id": 5, "text": "dog"}
    assert {"shown", "answer"} in [names & {"shown", "answer"} for names in sent]
