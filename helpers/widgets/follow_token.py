"""Follow one token through attention: query, scores, scaling, mask, softmax, weighted sum, every number in sight."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from helpers.attention import toy
from helpers.widgets.asked import AskedMixin
from helpers.widgets.client import legible, source
from helpers.widgets.picture import PictureMixin, png

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

STEPS = ("query and keys", "scores", "scaled", "mask", "softmax", "weighted sum")


def compute(text: str, embed: Callable[[list[str]], "Tensor"], heads: Sequence[toy.HeadWeights]) -> dict[str, Any]:
    """All numbers of all heads for a text.

    Args:
        text: any text; its first `toy.LONGEST` words and marks are taken.
        embed: words -> vectors (T, D).
        heads: with matrices (D, K).

    Returns:
        words; x (T, D); note; heads, each with name, query, key, value (T, K), scores and scaled (T, T), and for
        "free" and "causal": attention (T, T) and output (T, K). Plain lists, rounded to four digits.

    Raises:
        ValueError: there is no word in the text.
    """
    import torch

    from helpers.attention import causal_mask, scaled_dot_product

    words = toy.words(text)
    if not words:
        raise ValueError("Type at least one word.")
    x = embed(words)  # (T, D)

    def plain(tensor: "Tensor") -> list:
        return [[round(number, 4) for number in row] for row in tensor.tolist()]

    found = []
    for head in heads:
        query, key, value = x @ head.to_query, x @ head.to_key, x @ head.to_value  # (T, K) each
        scores = query @ key.T  # (T, T)
        one = {"name": head.name, "query": plain(query), "key": plain(key), "value": plain(value),
               "scores": plain(scores), "scaled": plain(scores / query.shape[-1] ** 0.5)}  # fmt: skip
        for name, mask in (("free", None), ("causal", causal_mask(len(words)))):
            output, attention = scaled_dot_product(query, key, value, mask)
            one[name] = {"attention": plain(attention), "output": plain(torch.atleast_2d(output))}
        found.append(one)
    note = f"Only the first {toy.LONGEST} words and marks are taken." if toy.is_cut(text) else ""
    return {"words": words, "x": plain(x), "heads": found, "note": note}


def draw(shown: dict[str, Any], head: int, token: int, causal: bool) -> "Figure":
    """The attention of one head as a heatmap with numbers, the chosen token's row framed, in a matplotlib Figure."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    one, words = shown["heads"][head], [legible(word, 12) for word in shown["words"]]
    weights = one["causal" if causal else "free"]["attention"]
    figure = Figure(figsize=(2.6 + 0.6 * len(words), 1.6 + 0.42 * len(words)), dpi=100, layout="constrained")
    ax = figure.subplots()
    image = ax.imshow(weights, cmap="cividis", vmin=0, vmax=1, aspect="auto")
    for row, values in enumerate(weights):
        for column, value in enumerate(values):
            ax.text(column, row, f"{value:.2f}", ha="center", va="center", color="black" if value > 0.6 else "white")
    ax.add_patch(Rectangle((-0.5, token - 0.5), len(words), 1, fill=False, edgecolor="#d55e00", linewidth=3))
    ax.set_xticks(range(len(words)), words, rotation=45, parse_math=False)
    ax.set_yticks(range(len(words)), words, parse_math=False)
    ax.set(xlabel="key", ylabel="query")
    ax.set_title(f"Head {head + 1}: {legible(one['name'])}", parse_math=False)
    figure.colorbar(image, ax=ax, label="attention")
    return figure


class FollowToken(PictureMixin, AskedMixin, anywidget.AnyWidget):
    """The live widget; `follow_token` makes it.

    `show` takes another text. The traits `token`, `head`, `causal` and `step` (1 to 6: how many columns are shown)
    follow the learner; out of range, they move to the nearest that exists.
    """

    _esm = source("client.js", "follow_token.js")
    _css = source("client.css", "follow_token.css")

    text = traitlets.Unicode().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)
    token = traitlets.Int().tag(sync=True)
    head = traitlets.Int().tag(sync=True)
    causal = traitlets.Bool(False).tag(sync=True)
    step = traitlets.Int(len(STEPS)).tag(sync=True)
    steps = traitlets.List(list(STEPS)).tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    def __init__(self, text: str, embed: Callable, heads: Sequence[toy.HeadWeights], **traits: Any):
        self.embed, self.heads = embed, heads
        self.shown = compute(text, embed, heads)
        super().__init__(text=text, shown=self.shown, **traits)

    def show(self, text: str) -> None:
        """Follow the tokens of another text; ValueError if it is empty."""
        shown = compute(text, self.embed, self.heads)
        with self.hold_sync():
            self.text, self.shown = str(text), shown
            self.token = self.token  # into range

    @traitlets.validate("token", "head", "step")
    def _in_range(self, proposal: dict) -> int:
        name, value = proposal["trait"].name, proposal["value"]
        if name == "step":
            return max(1, min(len(STEPS), value))
        most = len(self.shown["words"] if name == "token" else self.shown["heads"]) - 1 if self.shown else 0
        return max(0, min(most, value))

    def picture(self) -> bytes:
        return png(draw(self.shown, self.head, self.token, self.causal))

    def alt_text(self) -> str:
        one, words = self.shown["heads"][self.head], self.shown["words"]
        weights = one["causal" if self.causal else "free"]["attention"][self.token]
        best = sorted(range(len(words)), key=lambda place: -weights[place])[:3]
        most = ", ".join(f"{words[place]} {weights[place]:.0%}" for place in best)
        return (f"{self.title}. In head {self.head + 1} ({one['name']}), {words[self.token]} at place {self.token + 1} "
                f"attends to {most}.")  # fmt: skip


def follow_token(text: str = toy.SENTENCE, *, token: int = 2, head: int = 0, causal: bool = False,
                 embed: Callable[[list[str]], "Tensor"] = toy.vectors,
                 heads: Sequence[toy.HeadWeights] | None = None,
                 title: str = "Follow one token") -> FollowToken:  # fmt: skip
    """Follow one token of a sentence through attention.

    Args:
        text: the sentence shown first; the learner types another.
        token, head: which token asks, in which head, counted from 0.
        causal: whether tokens see only what came before them.
        embed: words -> vectors (T, D); by default the numbers of `helpers.attention.toy`.
        heads: with matrices (D, K); the toy's two if not given. K up to 4 is readable.
        title: what stands above it.

    Returns:
        The widget.

    Raises:
        ValueError: an empty text.
    """
    heads = toy.heads() if heads is None else heads
    return FollowToken(text, embed, heads, token=token, head=head, causal=causal, title=title)
