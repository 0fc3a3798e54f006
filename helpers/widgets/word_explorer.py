"""Neighbours of a typed word and analogies of three: one set of word vectors, or several side by side."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import anywidget
import traitlets

from helpers.plots import OKABE_ITO
from helpers.vectors import WordVectors
from helpers.widgets.client import complaint, legible, source
from helpers.widgets.picture import PictureMixin, png
from helpers.widgets.word_explorer_answers import MOST, Sets, answer_analogy, answer_neighbours

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(neighbours: dict, analogies: dict, heading: str, formula: str) -> "Figure":
    """Both answers as bars in a matplotlib Figure: neighbours above, analogy below, a column for each set."""
    from matplotlib.figure import Figure

    wide = max(len(neighbours["columns"]), 1)
    figure = Figure(figsize=(max(4.6 * wide, 6), 6.4), dpi=100, layout="constrained")
    axes = figure.subplots(2, wide, squeeze=False, height_ratios=(2, 1))
    for row, (answer, title) in enumerate(((neighbours, heading), (analogies, formula))):
        for ax, column in zip(axes[row], answer["columns"], strict=False):
            _bars(ax, column, f"{title}, {column['name']}" if column["name"] else title)
    return figure


def _bars(ax, column: dict, title: str) -> None:
    rows = column["rows"][::-1]  # the best on top
    ax.set_title(legible(title, 48), fontsize=11, parse_math=False)
    if not rows:
        ax.set_axis_off()
        ax.text(0, 0.9, legible(column["problem"], 120), va="top", parse_math=False, wrap=True)
        return
    drawn = ax.barh(range(len(rows)), [row["cosine"] for row in rows], edgecolor="white",
                    color=[OKABE_ITO["vermillion" if row["given"] else "blue"] for row in rows])
    for bar, row in zip(drawn, rows, strict=True):
        bar.set_hatch("//" if row["given"] else "")
        ax.text(max(row["cosine"], 0) + 0.01, bar.get_y() + bar.get_height() / 2, f"{row['cosine']:.2f}",
                va="center")
    names = [legible(row["word"], 18) + (" (given)" if row["given"] else "") for row in rows]
    ax.set_yticks(range(len(rows)), names, parse_math=False)
    ax.set(xlabel="cosine", xlim=(min(0, *(row["cosine"] for row in rows), 0), 1.12))


class WordExplorer(PictureMixin, anywidget.AnyWidget):
    """The live explorer; `word_explorer` makes it. Questions are traits, and so are the answers to them.

    Setting `neighbours_question` ({"word", "n"}) or `analogy_question` ({"a", "b", "c", "leave_out"}) from
    Python asks as typing does.
    """

    _esm = source("client.js", "word_explorer.js")
    _css = source("client.css", "word_explorer.css")

    sets = traitlets.Int().tag(sync=True)
    neighbours_question = traitlets.Dict().tag(sync=True)
    neighbours_answer = traitlets.Dict().tag(sync=True)
    analogy_question = traitlets.Dict().tag(sync=True)
    analogy_answer = traitlets.Dict().tag(sync=True)

    def __init__(self, vectors: Sets, **questions):
        self.vectors = dict(vectors)
        super().__init__(sets=len(self.vectors), **questions)

    @traitlets.observe("neighbours_question")
    def _find_neighbours(self, change) -> None:
        self.neighbours_answer = self._answered(answer_neighbours, change["new"])

    @traitlets.observe("analogy_question")
    def _find_analogy(self, change) -> None:
        self.analogy_answer = self._answered(answer_analogy, change["new"])

    def _answered(self, compute: Callable[..., dict], question: dict) -> dict:
        """The answer with the question's id; whatever fails becomes the sentence that the learner reads."""
        asked = {key: value for key, value in question.items() if key != "id"}
        try:
            answer = compute(self.vectors, **asked)
        except Exception as error:  # the question came from the page: there is nobody else to tell
            answer = {"said": complaint(error), "columns": []}
        return {**answer, "id": question.get("id", 0)}

    def picture(self) -> bytes:
        a, b, c = (self.analogy_question[name] for name in "abc")
        heading = f"Nearest to {self.neighbours_question['word']}"
        return png(draw(self.neighbours_answer, self.analogy_answer, heading, f"{b} − {a} + {c}"))

    def alt_text(self) -> str:
        word, said = self.neighbours_question["word"], []
        for column in self.neighbours_answer["columns"]:
            near = ", ".join(f"{row['word']} ({row['cosine']:.2f})" for row in column["rows"])
            where = f" in {column['name']}" if column["name"] else ""
            said.append(f"Nearest to {word}{where}: {near}." if near else column["problem"])
        return " ".join(["Word explorer.", *said, self.analogy_answer["said"]]).strip()


def word_explorer(vectors: WordVectors | Sets, *, word: str = "king",
                  analogy: tuple[str, str, str] = ("man", "king", "woman"), n: int = 10,
                  leave_out: bool = True) -> WordExplorer:
    """Let the learner type words and see their neighbours and analogies, as bars of cosine.

    Args:
        vectors: word vectors, or a dict from names to word vectors to compare side by side (two or three).
        word: whose neighbours stand there first.
        analogy: a, b and c of the first analogy, "a is to b as c is to ?".
        n: neighbours shown at first, 1 to 20.
        leave_out: whether the three given words may not be the answer, at first; a checkbox changes it.

    Returns:
        The widget. It asks the kernel one question at a time; a newer one replaces one that waits.

    Raises:
        ValueError: no vectors, something that is not WordVectors, or n out of range.

    Example:
        >>> word_explorer({"GloVe": glove, "ours": ours}, word="paris")
    """
    sets = {"": vectors} if isinstance(vectors, WordVectors) else vectors
    kinds = [type(one) for one in sets.values()] if isinstance(sets, dict) else [type(sets)]
    if not kinds or not all(issubclass(kind, WordVectors) for kind in kinds):
        got = ", ".join(kind.__name__ for kind in kinds) or "an empty dict"
        raise ValueError(f"Expected WordVectors, or a dict from names to WordVectors; got {got}.")
    if not 1 <= n <= MOST:
        raise ValueError(f"n is {n}; the list of neighbours holds 1 to {MOST} words.")
    a, b, c = analogy
    return WordExplorer({str(name): one for name, one in sets.items()},
                        neighbours_question={"word": word, "n": n, "id": 0},
                        analogy_question={"a": a, "b": b, "c": c, "leave_out": leave_out, "id": 0})
