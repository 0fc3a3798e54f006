"""A static picture beside each live widget, so that a notebook read without a kernel shows something."""

import io
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Tried after matplotlib's own font, for letters it lacks: Chinese, Japanese, Korean and more.
FALLBACK_FONTS = ("Noto Sans CJK SC", "Noto Sans CJK JP", "PingFang SC", "Hiragino Sans", "Microsoft YaHei",
                  "Malgun Gothic", "Noto Sans", "Noto Sans Arabic", "Arial Unicode MS", "Segoe UI Emoji")


def png(figure: "Figure", *, colours: int = 256) -> bytes:
    """The figure as a small PNG, drawn without pyplot and without a window.

    Args:
        figure: a `matplotlib.figure.Figure`; its own size (inches) and dpi are kept.
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
    canvas = FigureCanvasAgg(figure)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    file = io.BytesIO()
    picture.quantize(colours, dither=Image.Dither.NONE).save(file, "png", optimize=True)
    return file.getvalue()


def _installed_fallbacks() -> list[str]:
    """Those of FALLBACK_FONTS that this machine has (matplotlib would complain about the others)."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return [name for name in FALLBACK_FONTS if name in installed]


class PictureMixin:
    """Adds a PNG and its words to what a widget leaves in the notebook.

    JupyterLab prefers the live widget; a page without a kernel (GitHub, a printed copy) shows the picture, a
    screen reader or a terminal gets the words. Name it before the widget class:

        class Map(PictureMixin, anywidget.AnyWidget):
            def picture(self): return png(draw(self.points))
            def alt_text(self): return "Map of 40 words; cat lies beside dog."
    """

    def picture(self) -> bytes:
        """The bytes of a PNG of what the widget shows now."""
        raise NotImplementedError(f"{type(self).__name__} must define picture(), the bytes of a PNG.")

    def alt_text(self) -> str:
        """What the picture shows, in a sentence or two of plain text."""
        raise NotImplementedError(f"{type(self).__name__} must define alt_text() and return a sentence.")

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict] | None:
        bundle = super()._repr_mimebundle_(**kwargs)   # type: ignore[misc]  # from the widget class
        if bundle is None:
            return None
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        alt = self.alt_text()
        data = {**data, "text/plain": alt, "image/png": self.picture()}
        return data, {**metadata, "image/png": {"alt": alt}}
