"""The window slider: how a word's neighbours change as the window that counts them grows from 1 to 10."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets

from helpers.plots import OKABE_ITO
from helpers.widgets.asked import AskedMixin
from helpers.widgets.client import legible, source
from helpers.widgets.picture import PictureMixin, png
from helpers.widgets.window_counts_tables import ALPHA, Windows

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def largest(table: dict, window: int, n: int) -> list[tuple[str, float]]:
    """The n words with the largest values in one window, from one list of a table: pairs (word, value)."""
    values = np.array([row[window - 1] for row in table["values"]])
    order = np.argsort(-values, kind="stable")[:n]
    return [(table["words"][i], float(values[i])) for i in order if values[i] > 0]


def draw(table: dict, windows: Sequence[int], n: int) -> "Figure":
    """Words with the most similar PPMI rows as bars, an axes for each window, in a matplotlib Figure."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.2 * len(windows), 0.32 * n + 1.2), dpi=100, layout="constrained")
    for ax, window in zip(figure.subplots(1, len(windows), squeeze=False)[0], windows, strict=True):
        pairs = largest(table["rows"], window, n)[::-1]  # the best on top
        ax.barh(range(len(pairs)), [value for _, value in pairs], color=OKABE_ITO["blue"])
        for place, (_, value) in enumerate(pairs):
            ax.text(value + 0.01, place, f"{value:.2f}", va="center")
        ax.set_yticks(range(len(pairs)), [legible(word, 18) for word, _ in pairs], parse_math=False)
        ax.set_title(f"Most like {legible(table['word'])}, window {window}", fontsize=11, parse_math=False)
        ax.set(xlabel="cosine of PPMI rows", xlim=(0, 1.15 * max([value for _, value in pairs], default=1)))
    return figure


class WindowCounts(PictureMixin, AskedMixin, anywidget.AnyWidget):
    """The live slider; `window_counts` makes it.

    The traits `window` and `company` ("counts" or "ppmi") follow the learner and may be set from Python;
    `choose` takes a word. The slider needs no kernel: a table holds all windows of its word.
    """

    _esm = source("client.js", "window_counts.js")
    _css = source("client.css", "window_counts.css")

    tables = traitlets.List().tag(sync=True)
    table = traitlets.Dict().tag(sync=True)
    window = traitlets.Int().tag(sync=True)
    widest = traitlets.Int().tag(sync=True)
    n = traitlets.Int().tag(sync=True)
    company = traitlets.Enum(["counts", "ppmi"], "counts").tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)

    def __init__(self, windows: Windows, words: Sequence[str], n: int, **traits):
        self.windows = windows
        tables = [windows.table(word, n) for word in words]
        super().__init__(tables=tables, table=tables[0], widest=windows.widest, n=n, **traits)

    def choose(self, word: str) -> None:
        """Show a word; ValueError if it was not counted."""
        self.table = self.windows.table(word, self.n)

    @traitlets.validate("window")
    def _in_range(self, proposal) -> int:
        if not 1 <= proposal["value"] <= self.windows.widest:
            raise ValueError(f"window is {proposal['value']}; expected 1 to {self.windows.widest}.")
        return proposal["value"]

    def take(self, asked: dict[str, Any]) -> None:
        self.choose(asked["word"])

    def picture(self) -> bytes:
        return png(draw(self.table, sorted({1, self.window, self.widest}), self.n))

    def alt_text(self) -> str:
        said = [f"{self.title}."]
        for window in sorted({1, self.window, self.widest}):
            near = ", ".join(word for word, _ in largest(self.table["rows"], window, self.n))
            said.append(f"Window {window}: most like {self.table['word']} are {near or 'no words'}.")
        return " ".join(said)


def window_counts(sentences: Iterable[Sequence[str]] | Sequence[str], words: Sequence[str], *,
                  window: int = 2, n: int = 10, title: str = "Window size", vocabulary_size: int = 5000,
                  contexts: int = 2000, widest: int = 10) -> WindowCounts:
    """Let the learner widen the window and watch a word's neighbours change.

    Two lists are shown: words whose PPMI rows are most like the word's own, and the words counted near it.
    All counting happens here, once: for 2.5 million words about five seconds and 400 MB; 110 MB stay.

    Args:
        sentences: lists of words, or one list of words; no window reaches into the next sentence.
        words: the words to choose from at first, the first of them shown; any other can be typed.
        window: the size shown first.
        n: length of each list.
        title: what stands above it.
        vocabulary_size, contexts, widest: rows, columns and largest window of the counts; see `Windows`.

    Returns:
        The widget.

    Raises:
        ValueError: no words, a word that was not counted, or a window out of range.

    Example:
        >>> window_counts(wiki() + news(), ["hospital", "australian", "walked"])
    """
    if isinstance(words, str) or not words:
        raise ValueError(f"Expected a list of at least one word to choose from, got {words!r}.")
    windows = Windows(sentences, vocabulary_size=vocabulary_size, contexts=contexts, widest=widest)
    note = (f"Counted once, in a text of {windows.total:,} words: a row for each of the "
            f"{len(windows.words):,} most frequent words, a column for each of the {windows.contexts:,} most "
            f"frequent; rarer words are skipped over. Each window adds the counts of one more distance to "
            f"those of the window before; every place in it counts the same. PPMI with contexts to the power "
            f"of {ALPHA}. The little columns show a value in all windows, from 1 to {windows.widest}.")
    return WindowCounts(windows, words, n, window=window, title=title, note=note)
