"""A static picture beside each live widget, so that a notebook read without a kernel shows something."""

from typing import Any

from helpers.picture import png

__all__ = ["PictureMixin", "png"]


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
