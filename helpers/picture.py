"""A matplotlib figure as a small PNG, whatever letters stand in it."""

import io
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Tried after matplotlib's own font, for letters it lacks: Chinese, Japanese, Korean and more.
FALLBACK_FONTS = ("Noto Sans CJK SC", "Noto Sans CJK JP", "PingFang SC", "Hiragino Sans", "Microsoft YaHei",
                  "Malgun Gothic", "Noto Sans", "Noto Sans Arabic", "Arial Unicode MS", "Segoe UI Emoji")


def png(figure: "Figure", *, colours: int = 256, finer: float = 1.0) -> bytes:
    """The figure as a small PNG, drawn without pyplot and without a window.

    Args:
        figure: a `matplotlib.figure.Figure`; its own size (inches) and dpi are kept.
        finer: how many times as many dots as its dpi says.
        colours: size of the palette, 2 to 256. A figure has few colours, so a palette of 256 changes nothing
            that the eye sees and makes the file about three times smaller.

    Returns:
        The bytes of a PNG file. Letters that no installed font has become empty boxes, without a warning.

    Raises:
        ValueError: `colours` out of range.
    """
    if not 2 <= colours <= 256:
        raise ValueError(f"colours is {colours}; a PNG palette holds 2 to 256 colours.")
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text
    from PIL import Image

    for text in figure.findobj(Text):
        text.set_fontfamily(text.get_fontfamily() + _installed_fallbacks())
    own_dpi = figure.dpi
    figure.set_dpi(finer * own_dpi)
    canvas = FigureCanvasAgg(figure)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    figure.set_dpi(own_dpi)
    file = io.BytesIO()
    picture.quantize(colours, dither=Image.Dither.NONE).save(file, "png", optimize=True)
    return file.getvalue()


def _installed_fallbacks() -> list[str]:
    """Those of FALLBACK_FONTS that this machine has (matplotlib would complain about the others)."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return [name for name in FALLBACK_FONTS if name in installed]
