"""The word explorer: answers as plain data, their picture, and the traits that carry question and answer."""

import io

import numpy as np
import pytest
from PIL import Image

from helpers.vectors import WordVectors
from helpers.widgets.word_explorer import draw, word_explorer
from helpers.widgets.word_explorer_answers import answer_analogy, answer_neighbours, spelled

# One axis for royal, one for male and female, so that king − man + woman is queen by arithmetic.
TOY = WordVectors(
    ["man", "woman", "king", "queen", "Paris", "tree"],
    [[0, 1, 0.1], [0, -1, 0.1], [1, 1, 0], [1, -1, 0], [0.2, 0, 1], [-1, 0, 0.3]],
)
HOSTILE = ["<script>alert(1)</script>", "🙂", "שלום", "我爱这本书", "x" * 400, "$\\frac", "a\nb"]


def words(answer: dict, column: int = 0) -> list[str]:
    return [row["word"] for row in answer["columns"][column]["rows"]]


def toy_cosine(a: str, b: str) -> float:
    u, v = TOY[a], TOY[b]
    return float(u @ v / np.linalg.norm(u) / np.linalg.norm(v))


# Neighbours ------------------------------------------------------------
def test_neighbours_and_their_cosines_by_hand():
    answer = answer_neighbours({"toy": TOY}, "king", 3)
    assert words(answer) == ["man", "Paris", "queen"]
    for row in answer["columns"][0]["rows"]:
        assert row["cosine"] == pytest.approx(toy_cosine("king", row["word"]), abs=1e-4)
    assert answer["said"] == "Nearest to king: man in toy."
    assert answer["columns"][0]["size"] == "6 words, 3 dimensions"


@pytest.mark.parametrize("typed", ["king", " King ", "KING", "kInG\t"])
def test_capitals_and_space_do_not_matter(typed):
    assert words(answer_neighbours({"toy": TOY}, typed, 1)) == ["man"]


def test_words_that_are_written_with_capitals_are_found_too():
    assert spelled(TOY, "paris") == spelled(TOY, "PARIS") == "Paris"
    assert spelled(WordVectors(["NATO", "nato"], np.eye(2)), "NATO") == "NATO"
    assert spelled(WordVectors(["café"], np.eye(1)), "cafe\u0301") == "café"  # two ways to write é


def test_an_unknown_word_is_one_sentence_with_close_spellings():
    answer = answer_neighbours({"toy": TOY}, "quen", 3)
    column = answer["columns"][0]
    assert column["rows"] == [] and "'quen' is not among the 6 words" in column["problem"]
    assert "queen" in column["problem"] and answer["said"] == ""


@pytest.mark.parametrize("typed", ["", "   ", "\n"])
def test_no_text_is_no_mistake(typed):
    answer = answer_neighbours({"toy": TOY}, typed, 3)
    assert answer["said"].startswith("Type a word")
    assert answer["columns"][0]["rows"] == [] and answer["columns"][0]["problem"] == ""


@pytest.mark.parametrize(("n", "rows"), [(-4, 1), (0, 1), (2, 2), (99, 5)])
def test_the_number_of_neighbours_stays_in_range(n, rows):
    assert len(words(answer_neighbours({"toy": TOY}, "king", n))) == rows


def test_two_sets_answer_side_by_side_each_for_itself():
    other = WordVectors(["king", "throne"], [[1, 0], [1, 0.2]])
    answer = answer_neighbours({"toy": TOY, "other": other}, "king", 1)
    assert words(answer) == ["man"] and words(answer, 1) == ["throne"]
    assert answer["said"] == "Nearest to king: man in toy, throne in other."
    only = answer_neighbours({"toy": TOY, "other": other}, "throne", 1)
    assert only["columns"][0]["problem"] and words(only, 1) == ["king"]
    assert only["said"] == "Nearest to throne: king in other."


# Analogy ------------------------------------------------------------
def test_the_analogy_with_and_without_the_given_words():
    left_out = answer_analogy({"toy": TOY}, "man", "king", "woman", True)
    assert words(left_out)[0] == "queen" and not {"man", "king", "woman"} & set(words(left_out))
    assert left_out["said"] == "Nearest to king − man + woman: queen in toy."
    near = WordVectors(["man", "king", "woman", "queen"], [[1, 0], [1, 0.3], [1, 0.05], [0.2, 1]])
    myth = answer_analogy({"": near}, "man", "king", "woman", False)
    assert words(myth)[0] == "king" and myth["columns"][0]["rows"][0]["given"]
    assert myth["said"] == "Nearest to king − man + woman: king (one of the given words)."
    assert not any(
        row["given"] for row in answer_analogy({"": near}, "man", "king", "woman", True)["columns"][0]["rows"]
    )


def test_the_analogy_has_five_answers_at_most_and_forgives_capitals():
    rows = answer_analogy({"toy": TOY}, "MAN", "King", "woman ", False)["columns"][0]["rows"]
    assert len(rows) == 5 and {row["word"] for row in rows if row["given"]} <= {"man", "king", "woman"}


@pytest.mark.parametrize("three", [("", "king", "woman"), ("man", " ", "woman"), ("man", "king", "")])
def test_an_analogy_of_fewer_than_three_words_waits(three):
    answer = answer_analogy({"toy": TOY}, *three, True)
    assert answer["said"] == "Type three words." and words(answer) == []


def test_an_unknown_word_in_an_analogy_is_named():
    answer = answer_analogy({"toy": TOY}, "man", "kingg", "woman", True)
    assert "'kingg'" in answer["columns"][0]["problem"] and answer["said"] == ""


# Picture ------------------------------------------------------------
def test_draw_has_an_axes_for_each_list_with_the_best_on_top():
    sets = {"one": TOY, "two": TOY}
    near, far = answer_neighbours(sets, "king", 3), answer_analogy(sets, "man", "king", "woman", False)
    figure = draw(near, far, "Nearest to king", "king − man + woman")
    assert [ax.get_title() for ax in figure.axes] == [
        "Nearest to king, one", "Nearest to king, two", "king − man + woman, one", "king − man + woman, two",
    ]  # fmt: skip
    ax = figure.axes[0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["queen", "Paris", "man"]
    assert [bar.get_width() for bar in ax.patches] == sorted(bar.get_width() for bar in ax.patches)
    assert any("(given)" in label.get_text() for label in figure.axes[2].get_yticklabels())


@pytest.mark.filterwarnings("error")
def test_pictures_of_hostile_words_and_of_problems():
    vectors = WordVectors(HOSTILE, np.random.default_rng(0).normal(size=(len(HOSTILE), 4)))
    for word in ("🙂", "nothing like it", ""):
        explorer = word_explorer(
            {"$\\frac{": vectors}, word=word, analogy=tuple(HOSTILE[:3]), leave_out=False
        )
        picture = Image.open(io.BytesIO(explorer.picture()))
        assert picture.size == (600, 640) and explorer.alt_text().startswith("Word explorer.")


# Widget ------------------------------------------------------------
def test_the_explorer_has_answers_before_anyone_asks():
    explorer = word_explorer(TOY, n=2)
    assert (
        words(explorer.neighbours_answer) == ["man", "Paris"] and words(explorer.analogy_answer)[0] == "queen"
    )
    assert explorer.neighbours_answer["said"] == "Nearest to king: man."  # one set needs no name
    data, metadata = explorer._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG") and "man (0." in data["text/plain"]
    assert metadata["image/png"]["alt"] == data["text/plain"]


def test_a_question_from_the_page_is_answered_with_its_id():
    explorer = word_explorer(TOY)
    explorer.set_state({"neighbours_question": {"id": 7, "word": "queen", "n": 1}})
    assert explorer.neighbours_answer["id"] == 7 and words(explorer.neighbours_answer) == ["woman"]
    explorer.set_state(
        {"analogy_question": {"id": 8, "a": "woman", "b": "queen", "c": "man", "leave_out": True}}
    )
    assert explorer.analogy_answer["id"] == 8 and words(explorer.analogy_answer)[0] == "king"


@pytest.mark.parametrize(
    "question", [{"id": 3}, {"id": 3, "word": 5, "n": 2}, {"id": 3, "word": "king", "n": "many"}]
)
def test_a_question_that_makes_no_sense_gets_a_sentence(question):
    explorer = word_explorer(TOY)
    explorer.set_state({"neighbours_question": question})
    answer = explorer.neighbours_answer
    assert answer["id"] == 3 and answer["columns"] == [] and len(answer["said"]) > 10


@pytest.mark.parametrize(("vectors", "says"), [
    ({}, "an empty dict"), (np.eye(3), "ndarray"), ({"a": TOY, "b": [1]}, "WordVectors, list"),
])  # fmt: skip
def test_what_is_not_word_vectors_is_refused(vectors, says):
    with pytest.raises(ValueError, match=says):
        word_explorer(vectors)


def test_n_is_checked():
    with pytest.raises(ValueError, match="n is 21"):
        word_explorer(TOY, n=21)
