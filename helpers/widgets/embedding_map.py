"""A map of words in two dimensions: hover over it, search it, walk in it, see what the projection hides."""

import warnings
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

import anywidget
import numpy as np
import traitlets

from helpers.plots import OKABE_ITO
from helpers.widgets.client import legible, source
from helpers.widgets.embedding_map_plane import MapData, compute, describe, nearest_rows, project
from helpers.widgets.picture import PictureMixin, png

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EmbeddingMap", "draw", "embedding_map", "nearest_rows", "project"]

# A colour and a shape for each group, so that either tells it apart; from the ninth on, new pairs of both.
COLOURS = ["blue", "orange", "green", "purple", "vermillion", "sky", "black", "yellow"]
SHAPES = {"circle": "o", "square": "s", "triangle": "^", "diamond": "D",
          "plus": "P", "star": "*", "wedge": "v", "cross": "X"}  # name in JavaScript: matplotlib's marker


def styles(data: MapData) -> list[dict[str, str]]:
    """Name, colour and shape of each group, as the page and the picture use them."""
    colours, shapes = [OKABE_ITO[name].lower() for name in COLOURS], list(SHAPES)
    return [{"name": name, "colour": colours[k % 8], "shape": shapes[(k + k // 8) % 8]}
            for k, name in enumerate(data.group_names)]


def draw(data: MapData, *, title: str, axes: Sequence[str], selected: int = -1,
         hidden: Sequence[int] = ()) -> "Figure":
    """The map as a matplotlib Figure: points by group, labels apart, lines to true neighbours."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.5, 5.6), dpi=100, layout="constrained")
    ax = figure.add_subplot(aspect="equal", adjustable="datalim", xlabel=axes[0], ylabel=axes[1])
    ax.set_title(legible(title, 80), parse_math=False)
    ax.grid(alpha=0.25)
    groups = np.array(data.groups)
    for k, style in enumerate(styles(data)):
        if k not in hidden:
            ax.scatter(*data.points[groups == k].T, s=36 if len(groups) < 300 else 14, color=style["colour"],
                       marker=SHAPES[style["shape"]], edgecolor="#222222", linewidth=0.5, zorder=3,
                       label=f"group {k}")
    if len(data.group_names) > 1 and len(hidden) < len(data.group_names):
        names = [name for k, name in enumerate(data.group_names) if k not in hidden]
        legend = ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
        for text, name in zip(legend.get_texts(), names, strict=True):
            text.set(text=legible(name), parse_math=False)
    shown = [i for i, group in enumerate(data.groups) if group not in hidden]
    near = [i for i in (data.neighbours[selected] if selected >= 0 and data.neighbours else ())
            if data.groups[i] not in hidden]
    for i in near:
        ax.plot(*data.points[[selected, i]].T, color=OKABE_ITO["vermillion"], linewidth=1.5, zorder=2)
    with warnings.catch_warnings():  # png() finds fonts for letters that the default one lacks
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure.draw_without_rendering()
        _label(ax, data, [*([selected] if selected >= 0 else []), *near, *shown])
    return figure


def _label(ax, data: MapData, order: Sequence[int], tries: int = 120) -> None:
    """Write words beside their points, in the order given, wherever no other word stands."""
    taken: list = []
    for i in list(dict.fromkeys(order))[:tries]:
        text = ax.annotate(legible(data.words[i]), data.points[i], xytext=(5, 0), textcoords="offset points",
                           va="center", fontsize=9, parse_math=False, zorder=4)
        box = text.get_window_extent()
        if box.x1 <= ax.bbox.x1 and not any(box.overlaps(other) for other in taken):
            taken.append(box)
        else:
            text.remove()


class EmbeddingMap(PictureMixin, anywidget.AnyWidget):
    """The live map; `embedding_map` makes it.

    The traits `selected` (row of a word, -1 for none), `query` (the search) and `hidden` (numbers of hidden
    groups) follow what the learner does, and may be set from Python.
    """

    _esm = source("client.js", "embedding_map_plane.js", "embedding_map_draw.js", "embedding_map_stage.js",
                  "embedding_map.js")
    _css = source("client.css", "embedding_map.css")

    words = traitlets.List(traitlets.Unicode()).tag(sync=True)
    xs = traitlets.List(traitlets.Float()).tag(sync=True)
    ys = traitlets.List(traitlets.Float()).tag(sync=True)
    groups = traitlets.List(traitlets.Int()).tag(sync=True)
    styles = traitlets.List().tag(sync=True)
    neighbours = traitlets.List().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    caption = traitlets.Unicode().tag(sync=True)
    axes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    height = traitlets.Int(500).tag(sync=True)
    selected = traitlets.Int(-1).tag(sync=True)
    query = traitlets.Unicode().tag(sync=True)
    hidden = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(self, data: MapData, **traits):
        self.data = data
        span = np.abs(data.points).max() or 1.0
        digits = int(np.clip(5 - np.floor(np.log10(span)), -300, 300))  # six figures: finer than a screen
        xs, ys = (data.points[:, axis].round(digits).tolist() for axis in (0, 1))
        super().__init__(words=list(data.words), xs=xs, ys=ys, groups=list(data.groups), styles=styles(data),
                         neighbours=[list(row) for row in data.neighbours], **traits)

    @traitlets.validate("selected")
    def _known(self, proposal) -> int:
        if not -1 <= proposal["value"] < len(self.data.words):
            raise ValueError(f"selected is {proposal['value']}; expected a row from 0 to "
                             f"{len(self.data.words) - 1}, or -1 for none.")
        return proposal["value"]

    @property
    def selected_word(self) -> str | None:
        """The word that is selected now, or None."""
        return None if self.selected < 0 else self.data.words[self.selected]

    def picture(self) -> bytes:
        return png(draw(self.data, title=self.title, axes=self.axes, selected=self.selected,
                        hidden=self.hidden))

    def alt_text(self) -> str:
        said = [f"{self.title}: a map of {len(self.data.words):,} words in two dimensions."]
        if len(self.data.group_names) > 1:
            said.append(f"Groups: {', '.join(self.data.group_names)}.")
        if self.selected >= 0 and self.data.neighbours:
            near = ", ".join(self.data.words[i] for i in self.data.neighbours[self.selected])
            said.append(f"Lines lead from {self.selected_word} to its nearest words in full space: {near}.")
        return " ".join([*said, self.caption]).strip()


def embedding_map(words: Sequence[str], points: np.ndarray, groups: Sequence[Hashable] | None = None, *,
                  title: str = "Map of words", neighbours: Sequence[Sequence[int]] | None = None,
                  selected: str | None = None, explained: float | None = None,
                  axes: tuple[str, str] = ("first direction", "second direction"),
                  height: int = 500) -> EmbeddingMap:
    """Show words as points on a plane, to hover over, search, zoom and walk through by keyboard.

    Args:
        words: N words; put the frequent ones first, they get their labels first.
        points: where they lie, (N, 2), for example from `project`.
        groups: what each word belongs to; gives it a colour and a shape, and the map a legend.
        title: what the map shows.
        neighbours: for each word the rows of its nearest words in the full space, for example from
            `nearest_rows`; selecting a word then draws lines to them.
        selected: a word to select at the start.
        explained: the share of variance in the plane, from `project`; said below the map.
        axes: names of the two axes.
        height: of the map, in pixels.

    Returns:
        The widget; `selected_word` says what is selected. Up to about 2,000 words it stays fluent.

    Raises:
        ValueError: lengths that differ, points that are not (N, 2) or not finite, an unknown `selected`.

    Example:
        >>> points, share = project(vectors.matrix[:300])
        >>> embedding_map(vectors.words[:300], points, explained=share)
    """
    data = compute(words, points, groups, neighbours)
    if selected is not None and selected not in data.words:
        raise ValueError(f"selected is {selected!r}, not one of the {len(data.words)} words of the map.")
    at = -1 if selected is None else data.words.index(selected)
    return EmbeddingMap(data, title=title, caption=describe(data, explained), axes=list(axes), height=height,
                        selected=at)
