"""BertViz as a page of its own that asks nothing of the network: its scripts inlined, tokens escaped, what is too large
cut into pieces.

BertViz loads three scripts from the web, and writes tokens into a script as they are, so that one which is markup runs.
Here it draws placeholders; the tokens take their places afterwards, written so that no page can mistake them.
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np

from helpers import assets
from helpers.widgets.client import legible

if TYPE_CHECKING:
    from torch import Tensor

KINDS = ("head", "model", "neuron")
MOST_TOKENS = 64
DRAWN = 30_000  # weights that are drawn at once: more and the page stands still for longer than a second
SENT = 150_000  # numbers that go to the page at once
HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>BertViz</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<style>html, body { margin: 0; padding: 6px; background: #fff; color: #000; font: 15px sans-serif; } select { font: inherit; }</style>
<script>%s</script><script>%s</script><script>
window.require = window.requirejs = (names, run) => run(...names.map((name) => ({ jquery: window.jQuery, d3: window.d3 })[name]));
window.require.config = () => {};
</script></head><body>
"""  # noqa: E501


@dataclass(frozen=True)
class Look:
    """What a view shows: tokens (T), attention (layers, H, T, T); for neurons queries and keys (layers, H, T, K)."""

    kind: str
    tokens: list[str]
    attention: np.ndarray
    queries: np.ndarray | None = None
    keys: np.ndarray | None = None
    causal: bool = False

    @property
    def n_layers(self) -> int:
        return self.attention.shape[0]

    @property
    def n_heads(self) -> int:
        return self.attention.shape[1]


def fold(look: Look) -> tuple[int, int]:
    """How many layers, and how many heads of each, a page holds: all of them if that is not too much to draw."""
    drawn = len(look.tokens) ** 2  # a head's lines
    heads, layers = look.n_heads, look.n_layers
    if look.kind == "head":  # one layer at a time, and two boxes a line
        heads = min(heads, max(1, DRAWN // (3 * drawn)))
        layers = min(layers, max(1, SENT // (heads * drawn)))
    elif look.kind == "model":
        heads = min(heads, max(1, DRAWN // drawn))
        layers = min(layers, max(1, DRAWN // (heads * drawn)))
    else:  # one head at a time
        sent = drawn + 2 * len(look.tokens) * look.queries.shape[-1]
        heads = min(heads, max(1, SENT // sent))
        layers = min(layers, max(1, SENT // (heads * sent)))
    return layers, heads


def height(look: Look, n_layers: int, n_heads: int) -> int:
    """Pixels that a page of so many layers and heads needs."""
    n_tokens = len(look.tokens)
    if look.kind == "head":
        return round(22.5 * n_tokens) + 90
    if look.kind == "neuron":
        return 26 * n_tokens + 190
    small = n_layers * (n_tokens * 7 * 12 / max(look.n_heads, 1) + 10) + 38
    return round(max(small, n_tokens * 18 + 55)) + 40


def page(look: Look, *, layer: int = 0, head: int = 0, layers: range | None = None, heads: range | None = None) -> str:
    """The page of a view.

    Args:
        look: what it shows. layer, head: which first, if it is among those below; counted from 0.
        layers, heads: those on the page; all if not given.

    Returns:
        HTML that runs in an `<iframe sandbox="allow-scripts">` without network.

    Raises:
        AssetError: d3 and jQuery are not here and cannot be fetched.
    """
    import torch

    layers, heads = layers or range(look.n_layers), heads or range(look.n_heads)
    first = {"layer": layer if layer in layers else layers[0], "head": head if head in heads else heads[0]}
    marks = [f"\ue000{place}\ue001" for place in range(len(look.tokens))]

    def tensors(values: np.ndarray, digits: int) -> list[Tensor]:
        """One (1, H, T, …) a layer, rounded, so that the page holds short numbers."""
        some = np.round(values[layers.start : layers.stop, heads.start : heads.stop].astype(np.float64), digits)
        return [torch.from_numpy(of_layer)[None] for of_layer in some]

    attention = tensors(look.attention, 3)
    if look.kind == "neuron":
        drawn = _neuron(look, marks, attention, tensors(look.queries, 2), tensors(look.keys, 2),
                        first["layer"] - layers.start, first["head"] - heads.start, layers, heads)  # fmt: skip
    else:
        drawn = _lines(look.kind, marks, attention, first["layer"], layers, heads)
    drawn = re.sub(r'<script[^>]*\bsrc="[^"]*"[^>]*></script>', "", drawn)
    for mark, token in zip(marks, look.tokens, strict=True):
        drawn = drawn.replace(json.dumps(mark), _inside_script(token))
    return HEAD % _scripts() + drawn + "</body></html>"


def _lines(kind: str, marks: list[str], attention: list[Tensor], layer: int, layers: range, heads: range) -> str:
    from bertviz import head_view, model_view

    common = {"prettify_tokens": False, "html_action": "return"}
    # BertViz picks layers and heads by number from all there are: the places of those that are not shown stay empty.
    padded = [attention[0]] * layers.start + attention
    if kind == "head":
        return head_view(padded, marks, layer=layer, include_layers=list(layers), **common).data
    n_before = heads.start
    if n_before:
        padded = [of_layer[:, [0] * n_before + list(range(of_layer.shape[1]))] for of_layer in padded]
    return model_view(padded, marks, display_mode="light", include_layers=list(layers), include_heads=list(heads),
                      **common).data  # fmt: skip


def _neuron(look: Look, marks: list[str], attention: list[Tensor], queries: list[Tensor], keys: list[Tensor],
            layer: int, head: int, layers: range, heads: range) -> str:  # fmt: skip
    """BertViz wants a model and a tokenizer of its own; here are two that say what was computed already."""
    from bertviz.neuron_view import show

    found = [{"attn": a, "queries": q, "keys": k} for a, q, k in zip(attention, queries, keys, strict=True)]

    class Model:
        def eval(self) -> None:
            """Nothing to switch."""

        def __call__(self, _: Tensor) -> tuple[list[dict]]:
            return (found,)

    tokenizer = SimpleNamespace(tokenize=lambda text: list(marks), convert_tokens_to_ids=len)
    # As "gpt2" it takes the tokens as they come, without marks of its own.
    drawn = show(Model(), "gpt2", tokenizer, "text", display_mode="light", layer=layer, head=head,
                 html_action="return").data  # fmt: skip
    if not look.causal:
        drawn = drawn.replace('"bidirectional": false', '"bidirectional": true', 1)
    numbers = {"layer": layers.start, "att_head": heads.start}  # BertViz counts what it got from 0
    renumber = "".join(f"document.querySelectorAll('#{name} option').forEach((one) => {{ one.textContent = {start} + "
                       "Number(one.value); });" for name, start in numbers.items())  # fmt: skip
    return f"{drawn}<script>{renumber}</script>"


def _inside_script(token: str) -> str:
    """A token as a string of JavaScript that no reader of HTML can take for markup; blanks get signs."""
    shown = {" ": "␣", "\n": "⏎", "": "∅"}.get(token) or legible(token, 14)
    text = json.dumps(shown if shown.strip() else "␣" * len(shown))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@functools.cache
def _scripts() -> tuple[str, str]:
    """jQuery and d3; a closing tag inside them would end the script."""
    folder = assets.path("scripts")
    texts = [(folder / name).read_text(encoding="utf-8") for name in ("jquery.js", "d3.v5.min.js")]
    return tuple(text.replace("</script", "<\\/script").replace("<!--", "<\\!--") for text in texts)
