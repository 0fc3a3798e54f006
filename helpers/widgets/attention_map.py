"""An attention map to explore: every layer and head of a model over one text, drawn in the browser.

The numbers go to the page once; pointing, clicking and keys then need no kernel. Three layers: numbers
(`py`), drawing (`attention_picture.py` for the static picture, `attention_map*.js` for the live
one), and the thin wiring here.
"""

from collections.abc import Sequence
from typing import Any

import anywidget
import traitlets

from helpers.widgets import client
from helpers.widgets.attention_data import check, in_words, pack, row_of, unpack
from helpers.widgets.picture import PictureMixin, png

SCRIPTS = ("client.js", "attention_map_data.js", "attention_map_head.js", "attention_map_grid.js",
           "attention_map_lines.js", "attention_map_pane.js", "attention_map.js")
VIEWS = ("head", "grid", "lines")


class AttentionMap(PictureMixin, anywidget.AnyWidget):
    """The widget; make it with `attention_map`, change its text with `show`."""

    _esm = client.source(*SCRIPTS) + "\nexport default { render: attentionMap };\n"
    _css = client.source("client.css", "attention_map.css")

    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    query_tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)     # empty: the queries are `tokens`
    shape = traitlets.List(traitlets.Int(), [1, 1, 0, 0]).tag(sync=True)  # layers, heads, queries, keys
    weights = traitlets.Bytes().tag(sync=True)
    layer = traitlets.Int().tag(sync=True)                                # from 0; the page counts from 1
    head = traitlets.Int().tag(sync=True)
    query = traitlets.Int().tag(sync=True)
    view = traitlets.Enum(VIEWS, "head").tag(sync=True)

    def show(self, tokens: Sequence[str], attention: Any, *, query_tokens: Sequence[str] | None = None,
             query: int | str | None = None) -> None:
        """Show another text in place; layer, head and view stay. Arguments as in `attention_map`."""
        weights = check(tokens, attention, query_tokens)
        queries = list(tokens if query_tokens is None else query_tokens)
        row = row_of(queries, query)
        with self.hold_sync():
            self.tokens, self.query_tokens = list(tokens), [] if query_tokens is None else queries
            self.shape, self.weights = list(weights.shape), pack(weights)
            self.layer, self.head = min(self.layer, self.shape[0] - 1), min(self.head, self.shape[1] - 1)
            self.query = row

    def select(self, *, layer: int, head: int, query: int | str | None, view: str) -> None:
        """Choose what is shown; ValueError if there is no such layer, head, query or view."""
        for name, given, count in (("layer", layer, self.shape[0]), ("head", head, self.shape[1])):
            if not 0 <= given < count:
                raise ValueError(f"{name} is {given}; this attention has {count}, from 0 to {count - 1}.")
        if view not in VIEWS:
            raise ValueError(f"view is {view!r}; expected one of {', '.join(map(repr, VIEWS))}.")
        with self.hold_sync():
            self.layer, self.head, self.view = layer, head, view
            self.query = row_of(self.query_tokens or self.tokens, query)

    @traitlets.validate("layer", "head", "query")
    def _in_range(self, proposal: dict) -> int:
        """The nearest that exists: the page may still ask for a token of the text before."""
        count = self.shape[("layer", "head", "query").index(proposal["trait"].name)]
        return max(0, min(count - 1, proposal["value"]))

    def selected(self) -> dict[str, Any]:
        """What is shown now: weights (T_query, T_key) of one head, its numbers, and the tokens."""
        return {"weights": unpack(self.weights, self.shape)[self.layer, self.head], "keys": self.tokens,
                "queries": self.query_tokens or self.tokens, "layer": self.layer, "head": self.head,
                "query": self.query}

    def picture(self) -> bytes:
        from helpers.widgets import attention_picture

        if self.view == "grid" and self.shape[0] * self.shape[1] > 1 and self.weights:
            return png(attention_picture.grid(unpack(self.weights, self.shape)))
        return png(attention_picture.head(**self.selected(), n_layers=self.shape[0], n_heads=self.shape[1]))

    def alt_text(self) -> str:
        layers, heads, n_queries, n_keys = self.shape
        if not self.weights:
            return "Attention map without tokens."
        now = self.selected()
        maps = f"{layers} layers × {heads} heads of attention, one small map each"
        one = f"Attention of layer {now['layer'] + 1} of {layers}, head {now['head'] + 1} of {heads}"
        return (f"{maps if self.view == 'grid' else one}: {n_queries} queries down, {n_keys} keys across. "
                + in_words(**now))


def attention_map(tokens: Sequence[str], attention: Any, *, layer: int = 0, head: int = 0,
                  query: int | str | None = None, view: str = "head",
                  query_tokens: Sequence[str] | None = None) -> AttentionMap:
    """An attention map to explore with mouse and keyboard.

    Args:
        tokens: the T tokens, at most 128.
        attention: weights (T, T), (heads, T, T) or (layers, heads, T, T), NumPy or PyTorch; each row (one
            query, all keys) sums to one.
        layer, head: the map shown first, counted from 0 (the page counts from 1).
        query: the row told first: its number or its token; by default the last word.
        view: "head" (one map, large), "grid" (all maps, small) or "lines".
        query_tokens: for cross-attention, the tokens of the queries; attention is then (…, T_query, T_key).

    Returns:
        The widget. `widget.show(tokens, attention)` shows another text in the same place.

    Raises:
        ValueError: see `check`; or a layer, head, query or view that does not exist.

    Example:
        >>> attention_map(["a", "b"], [[0.9, 0.1], [0.5, 0.5]]).shape
        [1, 1, 2, 2]
    """
    widget = AttentionMap()
    widget.show(tokens, attention, query_tokens=query_tokens)
    widget.select(layer=layer, head=head, query=query, view=view)
    return widget
