"""The progress line: what it says, in a terminal and in a notebook."""

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from helpers.progress import progress


def test_in_a_terminal_it_prints_each_tenth_once(capsys, monkeypatch):
    monkeypatch.setattr("IPython.get_ipython", lambda: None)
    move = progress("toy", 2)
    for done in (0.0, 0.05, 0.1, 1.0, 1.01):
        move(done, 3.0)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 and "1.0 of 2 epochs, loss 3.000" in lines[1] and lines[1].count("█") == 10


def test_in_a_notebook_it_is_one_line_that_is_written_over():
    InteractiveShell.instance()
    with capture_output() as captured:
        move = progress("toy", 4, unit="steps")
        move(5.0, 0.5)
    first, second = captured.outputs
    assert first.data["text/plain"] == "toy " + "░" * 20 + " 0.0 of 4 steps"
    assert second.data["text/plain"].startswith("toy " + "█" * 20) and second.update


def test_nothing_to_do_is_refused():
    with pytest.raises(ValueError, match="more than 0"):
        progress("toy", 0)
