"""Joining a widget's files, and making any text fit for a figure or a sentence."""

import pytest

from helpers.widgets.client import complaint, isolated, legible, source


def test_source_joins_files_in_order():
    both = source("client.js", "embedding_map.js")
    assert both.index("function h(") < both.index("class EmbeddingMap")


def test_source_names_a_missing_file():
    with pytest.raises(FileNotFoundError, match="nothing.js"):
        source("nothing.js")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cat", "cat"),
        ("a\nb\tc", "a b c"),
        ("x" * 40, "x" * 23 + "…"),
        ("我爱这本书", "我爱这本书"),
        (7, "7"),
        ("\ud800", " "),
    ],
)
def test_legible(text, shown):
    assert legible(text) == shown


def test_isolated_brackets_only_words_from_right_to_left():
    assert isolated("king") == "king" and isolated("我") == "我"
    assert isolated("שלום") == "\u2068שלום\u2069" and isolated("مرحبا") == "\u2068مرحبا\u2069"


def test_complaint_lets_a_value_error_speak():
    assert complaint(ValueError("no such word")) == "no such word"
    assert (
        complaint(ZeroDivisionError("division by zero"))
        == "The kernel met ZeroDivisionError: division by zero"
    )
