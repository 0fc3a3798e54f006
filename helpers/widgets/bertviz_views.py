"""BertViz's head, model and neuron view, offline, in a frame of their own, folded where they grow too large."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import anywidget
import numpy as np
import traitlets

from helpers.assets import AssetError
from helpers.widgets import bertviz_pictures as pictures
from helpers.widgets.attention_data import check, in_words, telling_query
from helpers.widgets.bertviz_page import MOST_TOKENS, Look, fold, height, page
from helpers.widgets.client import complaint, source
from helpers.widgets.picture import PictureMixin, png

COUNTS = "BertViz counts layers and heads from 0."
HELP = {
    "head": "Point at a token to see where it looks. The coloured squares are the heads: a click hides or shows one, "
            "a double click leaves it alone.",
    "model": "Every head of every layer, small. Click one to see it large beside it, click it again to close it.",
    "neuron": "Point at a token on the left, then click its plus sign: its query, each key, their product number by "
              "number, the sum, and the weight after the softmax. Blue is positive, orange negative.",
}  # fmt: skip


class BertVizView(PictureMixin, anywidget.AnyWidget):
    """The widget; `head_view`, `model_view` and `neuron_view` make it.

    The page is made when a browser asks for it, and is not kept in the notebook: with d3 and jQuery it is large.
    """

    _esm = source("client.js", "bertviz_views.js")
    _css = source("client.css", "bertviz_views.css")

    title = traitlets.Unicode().tag(sync=True)
    help = traitlets.Unicode().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    told = traitlets.Unicode().tag(sync=True)
    sizes = traitlets.List(traitlets.Int()).tag(sync=True)  # layers, heads, and how many of each a page holds
    at = traitlets.List(traitlets.Int(), [0, 0]).tag(sync=True)  # the first layer and head of the page

    def __init__(self, look: Look, layer: int, head: int, heads: list[int] | None, note: str, **traits: Any) -> None:
        self.look, self.layer, self.head, self.heads = look, layer, head, heads
        sizes = [look.n_layers, look.n_heads, *fold(look)]
        at = [layer // sizes[2] * sizes[2], head // sizes[3] * sizes[3]]
        super().__init__(help=f"{HELP[look.kind]} {COUNTS}", note=note, sizes=sizes, at=at, **traits)
        self.told = self.alt_text()
        self.on_msg(self._asked)

    def html(self) -> str:
        """The page that is shown now; AssetError where d3 and jQuery are missing."""
        layers, heads = (range(start, min(start + step, count)) for start, step, count in
                         zip(self.at, self.sizes[2:], self.sizes[:2], strict=True))  # fmt: skip
        return page(self.look, layer=self.layer, head=self.head, layers=layers, heads=heads)

    @traitlets.validate("at")
    def _in_range(self, proposal: dict) -> list[int]:
        """The beginning of a page that exists."""
        return [max(0, min(count - 1, start)) // step * step for start, step, count in
                zip(proposal["value"], self.sizes[2:], self.sizes[:2], strict=True)]  # fmt: skip

    def _asked(self, _: Any, content: dict[str, Any], __: Any) -> None:
        """A browser asks for a page, perhaps for another one than it has."""
        try:
            if "at" in content:
                self.at = content["at"]
            self.send({"page": self.html(), "height": height(self.look, self.sizes[2], self.sizes[3]), "at": self.at})
        except AssetError as error:
            self.send({"problem": f"{error} Until then, this is what the view says: {self.told}"})
        except Exception as error:  # the question came from the page: there is nobody else to tell
            self.send({"problem": complaint(error)})

    def picture(self) -> bytes:
        look = self.look
        if look.kind == "head":
            return png(pictures.head(look.tokens, look.attention, self.layer, self.heads))
        if look.kind == "model":
            return png(pictures.model(look.tokens, look.attention))
        return png(pictures.neuron(look.tokens, look.attention, look.queries, look.keys, self.layer, self.head,
                                   telling_query(look.tokens)))  # fmt: skip

    def alt_text(self) -> str:
        look = self.look
        row = in_words(look.attention[self.layer, self.head], look.tokens, look.tokens, layer=self.layer,
                       head=self.head, query=telling_query(look.tokens))  # fmt: skip
        return (f"BertViz's {look.kind} view: {look.n_layers} layers of {look.n_heads} heads over {len(look.tokens)} "
                f"tokens. {row}")  # fmt: skip


def _view(kind: str, tokens: Sequence[str], attention: Any, layer: int, head: int, heads: Sequence[int] | None,
          title: str, **more: Any) -> BertVizView:  # fmt: skip
    weights = check(tokens, attention, None)
    if not len(tokens):
        raise ValueError("There are no tokens to show.")
    for name, given, count in (("layer", layer, weights.shape[0]), ("head", head, weights.shape[1])):
        if not 0 <= given < count:
            raise ValueError(f"{name} is {given}; this attention has {count}, from 0 to {count - 1}.")
    note = ""
    if len(tokens) > MOST_TOKENS:
        note = f"The text has {len(tokens)} tokens; the first {MOST_TOKENS} are shown."
    cut = slice(None, MOST_TOKENS)
    more = {name: value[:, :, cut] if isinstance(value, np.ndarray) else value for name, value in more.items()}
    look = Look(kind, list(tokens)[cut], weights[:, :, cut, cut], **more)
    heads = None if heads is None else [int(one) for one in heads]
    return BertVizView(look, layer, head, heads, note, title=title)


def head_view(tokens: Sequence[str], attention: Any, *, layer: int = 0,
              title: str = "BertViz: head view") -> BertVizView:  # fmt: skip
    """BertViz's head view: all heads of a layer, in colours, over the lines between queries and keys.

    Args:
        tokens: the T tokens; any text, markup too. Of more than 64 the first are shown.
        attention: weights (layers, H, T, T), row query, column key, as `attention_map` takes them.
        layer: shown first, counted from 0.
        title: what stands above it.

    Returns:
        The widget. In a notebook without a kernel a picture stands for it.

    Raises:
        ValueError: tokens and attention do not fit, there are none, or no such layer.
    """
    return _view("head", tokens, attention, layer, 0, None, title)


def model_view(tokens: Sequence[str], attention: Any, *, title: str = "BertViz: model view") -> BertVizView:
    """BertViz's model view: every head of every layer, small. Arguments and errors as for `head_view`."""
    return _view("model", tokens, attention, 0, 0, None, title)


def neuron_view(tokens: Sequence[str], attention: Any, queries: Any, keys: Any, *, layer: int = 0, head: int = 0,
                causal: bool = False, title: str = "BertViz: neuron view") -> BertVizView:  # fmt: skip
    """BertViz's neuron view: how one head's weights come about, number by number.

    Args:
        tokens, attention, layer, title: as for `head_view`.
        queries, keys: (layers, H, T, K), such as `tracing.read` gives.
        head: shown first, counted from 0.
        causal: whether tokens see only what came before them.

    Raises:
        ValueError: as for `head_view`; or queries and keys do not fit.
    """
    queries, keys = (np.asarray(part.detach().cpu() if hasattr(part, "detach") else part, dtype=np.float64)
                     for part in (queries, keys))  # fmt: skip
    wanted = np.shape(attention)[:2] + (len(tokens),)
    if queries.ndim != 4 or queries.shape != keys.shape or queries.shape[:3] != wanted:
        raise ValueError(f"queries {queries.shape} and keys {keys.shape} must both be (layers, H, T, K) for attention "
                         f"{np.shape(attention)} and {len(tokens)} tokens.")  # fmt: skip
    return _view("neuron", tokens, attention, layer, head, None, title, queries=queries, keys=keys, causal=causal)
