"""The whole GPT as a still picture: the same strips and maps as on the page, in a matplotlib Figure."""

from typing import TYPE_CHECKING, Any

import numpy as np

from helpers.widgets.client import legible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TALL, TOP, STREAM, HEAD_GAP, GAP = 320, 40, 13, 6, 7  # pixels
SIGNED = ("#d05400", "#ffffff", "#0062a0")


def draw(shown: dict[str, Any], arrays: dict[str, np.ndarray]) -> "Figure":
    """Tokens, embedding, every block, logits, probabilities and the likeliest next tokens.

    Args:
        shown, arrays: from `gpt_screen_data.compute`; arrays as NumPy.
    """
    from matplotlib.figure import Figure

    blocks, heads = shown["config"]["n_layers"], shown["config"]["n_heads"]
    rows = -(-heads // max(1, round(heads / 4)))  # heads one under the other, at most about four
    size = (TALL - HEAD_GAP * (rows - 1)) / rows
    columns = -(-heads // rows)
    wide = columns * (size + HEAD_GAP) + 2 * STREAM + 42 + 5 * GAP
    width = 120 + blocks * (wide + GAP) + 150 + 170
    height = TALL + TOP + 30
    figure = Figure(figsize=(width / 100, height / 100), dpi=100, facecolor="white", layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    x = _start(ax, shown, arrays)
    for block in range(blocks):
        _block(ax, shown, arrays, block, x, (rows, size, wide))
        x += wide + GAP
    _end(ax, shown, arrays, x + GAP)
    ax.set(xlim=(0, width), ylim=(height, 0))  # after the images, which set limits of their own
    ax.axis("off")
    return figure


def _strip(ax: "Axes", array: np.ndarray, x: float, width: float, *, y: float = TOP, tall: float = TALL,
           share: bool = False) -> float:  # fmt: skip
    """A tensor (T, anything) as a picture, `width` by `tall` pixels; returns its right edge."""
    from matplotlib.colors import LinearSegmentedColormap, PowerNorm

    bins = np.array_split(array, min(array.shape[1], int(width)), axis=1)  # numbers that share a pixel
    if share:
        shown = [part.max(1) for part in bins]
        look: dict[str, Any] = {"cmap": "cividis", "norm": PowerNorm(0.5, 0, 1)}
    else:
        shown = [np.sign(part.sum(1)) * (part**2).mean(1) ** 0.5 for part in bins]
        top = max(float(np.percentile(np.abs(array), 98.5)), 1e-9)
        look = {"cmap": LinearSegmentedColormap.from_list("signed", SIGNED), "vmin": -top, "vmax": top}
    place = (x, x + width, y + tall, y)
    ax.imshow(np.stack(shown, axis=1), extent=place, aspect="auto", interpolation="nearest", **look)
    return x + width


def _name(ax: "Axes", x: float, text: str, *, y: float = TOP + TALL + 14, **options: Any) -> None:
    ax.text(x, y, text, ha="center", va="center", parse_math=False, **({"fontsize": 8} | options))


def _start(ax: "Axes", shown: dict[str, Any], arrays: dict[str, np.ndarray]) -> float:
    step = TALL / len(shown["tokens"])
    for row, (token, number) in enumerate(zip(shown["tokens"], shown["ids"], strict=True)):
        y = TOP + (row + 0.5) * step
        for at, text, colour in ((44, legible(token, 8), "black"), (74, str(number), "0.35")):
            ax.text(at, y, text, ha="right", va="center", fontsize=min(8, 0.72 * step), family="monospace",
                    color=colour, parse_math=False)  # fmt: skip
    right = _strip(ax, arrays["x"], 82, STREAM)
    _name(ax, 62, "tokens, embedding")
    return right + 2 * GAP


def _block(ax: "Axes", shown: dict[str, Any], arrays: dict[str, np.ndarray], block: int, left: float,
           grid: tuple[int, float, float]) -> None:  # fmt: skip
    from matplotlib.patches import FancyBboxPatch

    rows, size, wide = grid
    ax.add_patch(FancyBboxPatch((left, 12), wide - GAP, TALL + TOP + 10, boxstyle="round,pad=0,rounding_size=6",
                                facecolor="#f2f3f5", edgecolor="none", zorder=-1))  # fmt: skip
    _name(ax, left + wide / 2, f"Block {block + 1}", y=25, fontsize=10, weight="bold")
    maps = arrays[f"{block}.attention"]
    hidden = np.isnan(arrays[f"{block}.scores"])
    x = left + GAP
    for head, weights in enumerate(np.where(hidden, np.nan, maps)):
        column, row = divmod(head, rows)
        at = x + column * (size + HEAD_GAP)
        _strip(ax, weights, at, size, y=TOP + row * (size + HEAD_GAP), tall=size, share=True)
    columns = -(-len(maps) // rows)
    across = columns * (size + HEAD_GAP)
    _name(ax, x + across / 2, "attention")
    x = _strip(ax, arrays[f"{block}.mid"], x + across, STREAM) + GAP
    middle = x + 21
    x = _strip(ax, arrays[f"{block}.active"], x, 42) + GAP
    _name(ax, middle, "feed-forward")
    _strip(ax, arrays[f"{block}.x"], x, STREAM)


def _end(ax: "Axes", shown: dict[str, Any], arrays: dict[str, np.ndarray], x: float) -> None:
    logits = arrays["logits"][:, shown["kept"]]
    chances = shares(logits)
    x = _strip(ax, arrays["final"], x, STREAM) + GAP
    _name(ax, x + 22, "logits")
    x = _strip(ax, logits, x, 44) + GAP
    _name(ax, x + 24, "probabilities")
    x = _strip(ax, chances, x, 44, share=True) + 34
    best = chances[-1].argsort()[::-1][:10]
    step = TALL / 10
    for place, token in enumerate(best):
        y, chance = TOP + (place + 0.5) * step, float(chances[-1, token])
        ax.barh(y, 90 * chance / float(chances[-1, best[0]]), left=x, height=0.55 * step, color=SIGNED[2])
        ax.text(x - 6, y, legible(shown["symbols"][token], 3), ha="right", va="center", family="monospace", fontsize=9,
                parse_math=False)  # fmt: skip
        ax.text(x + 96, y, f"{chance:.0%}", va="center", fontsize=8)
    _name(ax, x + 40, "next token", y=25, fontsize=10, weight="bold")


def shares(logits: np.ndarray) -> np.ndarray:
    """Softmax over the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def in_words(shown: dict[str, Any], arrays: dict[str, np.ndarray]) -> str:
    """What the picture shows, in two sentences."""
    config, chances = shown["config"], shares(arrays["logits"][-1, shown["kept"]])
    best = ", ".join(f"{legible(shown['symbols'][token], 8)} {chances[token]:.0%}"
                     for token in chances.argsort()[::-1][:3])  # fmt: skip
    return (f"A whole GPT from left to right: {len(shown['tokens'])} tokens, their embedding, {config['n_layers']} "
            f"blocks of {config['n_heads']} attention heads and a feed-forward part, logits and probabilities. After "
            f"“{''.join(shown['tokens'])}” it expects {best}.")  # fmt: skip
