"""The window slider: its counts against plain counting, its picture, its traits."""

import io
import random

import numpy as np
import pytest
from PIL import Image

from helpers.vectors import cosine, ppmi
from helpers.vectors import window_counts as plain_counts
from helpers.widgets.window_counts import draw, largest, window_counts
from helpers.widgets.window_counts_tables import ALPHA, Windows

random.seed(0)
LETTERS = list("abcdefghij")
TEXT = [random.choices(LETTERS, weights=range(1, 11), k=random.randint(0, 14)) for _ in range(60)]
HOSTILE = ["<script>alert(1)</script>", "🙂", "שלום", "我爱这本书", "x" * 400, "$\\frac", "a\nb"]


@pytest.fixture(scope="module")
def windows():
    return Windows(TEXT, widest=5)


def values(table: dict, word: str) -> list[float]:
    return table["values"][table["words"].index(word)]


# Counts ------------------------------------------------------------
@pytest.mark.parametrize("window", [1, 2, 5])
def test_counts_equal_plain_counting(windows, window):
    counts = plain_counts(TEXT, windows.words, window)
    for word in ("a", "j"):
        table = windows.table(word, n=10)["counts"]
        for other in windows.words:
            expected = counts[windows.index[word], windows.index[other]]
            assert (values(table, other)[window - 1] if other in table["words"] else 0) == expected


@pytest.mark.parametrize("window", [1, 3, 5])
def test_rows_are_cosines_of_ppmi_rows(windows, window):
    rows = ppmi(plain_counts(TEXT, windows.words, window), alpha=ALPHA)
    table = windows.table("b", n=10)
    at = windows.index["b"]
    for i, other in enumerate(windows.words):
        if other != "b" and other in table["rows"]["words"]:
            assert values(table["rows"], other)[window - 1] == pytest.approx(
                cosine(rows[at], rows[i]), abs=6e-4
            )
        if other in table["ppmi"]["words"]:
            assert values(table["ppmi"], other)[window - 1] == pytest.approx(rows[at, i], abs=6e-3)
    assert "b" not in table["rows"]["words"]


def test_no_window_reaches_into_the_next_sentence():
    table = Windows([["x", "y"], ["z", "x"]], widest=3).table("x")
    assert values(table["counts"], "y") == [1, 1, 1] and values(table["counts"], "z") == [1, 1, 1]


def test_one_list_of_words_is_one_sentence():
    assert values(Windows(["x", "y", "z"], widest=2).table("x")["counts"], "z") == [0, 1]


def test_rare_words_are_skipped_and_rare_contexts_have_no_column():
    text = [["a", "b", "a", "rare", "b", "c"]] * 3
    windows = Windows([*text, ["a", "b", "c"]], vocabulary_size=3, contexts=2, widest=1)
    assert windows.words == ["a", "b", "c"] and windows.rows[0].shape == (3, 2)
    assert values(windows.table("b")["counts"], "a") == [10]  # "a rare b" counts as "a b"
    assert windows.total == 21


def test_a_list_holds_the_best_of_every_window(windows):
    table = windows.table("c", n=2)["rows"]
    full = windows.table("c", n=100)["rows"]
    for window in range(1, 6):
        assert largest(table, window, 2) == largest(full, window, 2)
    assert len(table["words"]) < len(full["words"])


def test_what_a_table_says(windows):
    table = windows.table(" J ", n=3)
    assert table["word"] == "j" and table["seen"] == sum(sentence.count("j") for sentence in TEXT)
    with pytest.raises(ValueError, match="'jj' is not among the 10 words counted here. Close to it: j"):
        windows.table("jj")


def test_a_word_that_stands_alone_has_no_neighbours():
    table = Windows([["alone"], ["a", "b"]]).table("alone")
    assert table["seen"] == 1 and all(table[name]["words"] == [] for name in ("counts", "ppmi", "rows"))
    assert largest(table["rows"], 1, 5) == []
    assert draw(table, [1, 10], 5).axes[0].patches[:] == []  # an empty picture, no error


@pytest.mark.parametrize(("arguments", "says"), [
    (([],), "no words"), (([[]],), "no words"), ((TEXT, 0), "at least 1"), ((TEXT, 5, 5, 0), "at least 1"),
])  # fmt: skip
def test_windows_complains(arguments, says):
    sizes = dict(zip(("vocabulary_size", "contexts", "widest"), arguments[1:], strict=False))
    with pytest.raises(ValueError, match=says):
        Windows(arguments[0], **sizes)


def test_small_windows_find_the_same_kind_and_large_ones_the_same_topic():
    """The lesson's claim on a text made for it: a verb follows its noun, and topics do not mix."""
    animals, tools = (
        (["cat", "dog", "cow"], ["purrs", "barks", "moos"]),
        (["saw", "drill", "file"], ["cuts", "bores", "rubs"]),
    )
    rng = random.Random(1)
    text = []
    for _ in range(400):
        nouns, verbs = rng.choice((animals, tools))
        text.append([word for _ in range(4) for word in ("the", rng.choice(nouns), rng.choice(verbs))])
    table = Windows(text, widest=8).table("cat")["rows"]
    kinds = [[word for word, _ in largest(table, window, 5)] for window in (1, 8)]
    assert not set(kinds[0]) & {"purrs", "barks", "moos"}  # at window 1 no verb is like a noun
    assert set(kinds[1]) >= {"purrs", "barks", "moos"}  # at window 8 the verbs of the topic are


# Picture ------------------------------------------------------------
def test_draw_shows_one_axes_a_window_with_the_best_on_top(windows):
    table = windows.table("a", n=3)
    figure = draw(table, [1, 5], 3)
    assert [ax.get_title() for ax in figure.axes] == ["Most like a, window 1", "Most like a, window 5"]
    for ax, window in zip(figure.axes, (1, 5), strict=True):
        pairs = largest(table["rows"], window, 3)
        assert [label.get_text() for label in ax.get_yticklabels()][::-1] == [word for word, _ in pairs]
        assert [bar.get_width() for bar in ax.patches][::-1] == [value for _, value in pairs]


@pytest.mark.filterwarnings("error")
def test_picture_of_hostile_words():
    rng = random.Random(2)
    widget = window_counts([rng.choices(HOSTILE, k=20) for _ in range(30)], HOSTILE, title=HOSTILE[0])
    assert Image.open(io.BytesIO(widget.picture())).size[1] == 440


# Widget ------------------------------------------------------------
@pytest.fixture
def widget():
    return window_counts(TEXT, ["a", "b"], window=3, n=4, widest=6)


def test_the_widget_has_everything_before_anyone_asks(widget):
    assert [table["word"] for table in widget.tables] == ["a", "b"] and widget.table == widget.tables[0]
    assert (widget.window, widget.widest, widget.n, widget.company) == (3, 6, 4, "counts")
    data, metadata = widget._repr_mimebundle_()
    best = largest(widget.table["rows"], 6, 4)[0][0]
    assert (
        data["image/png"].startswith(b"\x89PNG") and f"Window 6: most like a are {best}" in data["text/plain"]
    )
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert f"{sum(map(len, TEXT)):,} words" in widget.note


def test_a_word_from_the_page_is_answered_with_its_id(widget):
    widget.set_state({"question": {"id": 5, "word": "J"}})
    assert widget.answer == {"id": 5, "problem": ""} and widget.table["word"] == "j"
    widget.set_state({"question": {"id": 6, "word": "zebra"}})
    assert "'zebra'" in widget.answer["problem"] and widget.table["word"] == "j"
    widget.set_state({"question": {"id": 7, "word": 3}})
    assert widget.answer["id"] == 7 and "AttributeError" in widget.answer["problem"]


def test_choose_and_window_from_python(widget):
    widget.choose("c")
    assert widget.table["word"] == "c"
    with pytest.raises(ValueError, match="zebra"):
        widget.choose("zebra")
    for window in (0, 7):
        with pytest.raises(ValueError, match=f"window is {window}; expected 1 to 6"):
            widget.window = window


@pytest.mark.parametrize(("words", "says"), [([], "at least one word"), ("a", "'a'"), (["zebra"], "'zebra'")])
def test_words_to_choose_from_are_checked(words, says):
    with pytest.raises(ValueError, match=says):
        window_counts(TEXT, words)


def test_state_of_ten_words_stays_small():
    import json

    rng = np.random.default_rng(0)
    names = [f"word{i}" for i in range(2000)]
    text = [[names[i] for i in rng.zipf(1.3, size=20) % 2000] for _ in range(4000)]
    widget = window_counts(text, names[1:11], vocabulary_size=1500, contexts=500)
    state = {name: value for name, value in widget.get_state().items() if name != "layout"}
    assert len(json.dumps(state)) < 200_000
