"""Every widget leaves a picture and its words in the notebook, beside the live view."""

import base64
import io
import warnings

import anywidget
import ipywidgets
import nbclient
import nbformat
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from helpers.widgets.picture import PictureMixin, png

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def figure_of(text="words", size=(3, 2)):
    figure = Figure(figsize=size, dpi=100, facecolor="white")
    figure.text(0.1, 0.5, text)
    return figure


def pixels(picture: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))


class Pictured(PictureMixin):
    def picture(self):
        return png(figure_of())

    def alt_text(self):
        return "A picture of words."


class Live(Pictured, anywidget.AnyWidget):
    _esm = "export default { render() {} };"


class Box(Pictured, ipywidgets.VBox):
    pass


def test_png_has_the_figure_s_size_and_ink_and_is_opaque():
    picture = png(figure_of(size=(3, 2)))
    image = Image.open(io.BytesIO(picture))
    assert image.format == "PNG" and image.size == (300, 200) and image.mode == "P"
    shown = pixels(picture)
    assert tuple(shown[0, 0]) == (255, 255, 255) and shown.min() < 100


def test_png_shows_what_matplotlib_draws():
    figure = figure_of()
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    shown = pixels(png(figure)).astype(int)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    assert np.abs(shown - np.asarray(canvas.buffer_rgba())[..., :3]).max() <= 8     # the palette's rounding


def test_png_is_small_and_draws_no_window():
    figure = Figure(figsize=(6, 6))
    ax = figure.subplots()
    ax.imshow(np.random.default_rng(0).random((40, 40)), cmap="cividis")
    assert len(png(figure)) < 40_000
    assert len(png(figure, colours=16)) < len(png(figure))


@pytest.mark.parametrize("text", ["我爱这本书", "🙂", "مرحبا", "\U0001f9ff\u1bc0", "$x^$"])
def test_letters_that_no_font_has_make_no_noise(text, capsys):
    figure = figure_of()
    figure.texts[0].set_text(text)
    figure.texts[0].set_parse_math(False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        png(figure)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("colours", [0, 1, 257])
def test_palette_out_of_range(colours):
    with pytest.raises(ValueError, match="2 to 256"):
        png(figure_of(), colours=colours)


@pytest.mark.parametrize("widget", [Live, Box])
def test_bundle_holds_live_view_picture_and_words(widget):
    made = widget()
    data, metadata = made._repr_mimebundle_()
    assert data[WIDGET_VIEW]["model_id"] == made.model_id
    assert data["text/plain"] == "A picture of words."
    assert data["image/png"].startswith(b"\x89PNG")
    assert metadata["image/png"] == {"alt": "A picture of words."}


def test_a_closed_widget_shows_nothing():
    made = Box()
    made.close()
    assert made._repr_mimebundle_ is None


def test_both_methods_are_asked_for():
    class Bare(PictureMixin, ipywidgets.VBox):
        pass

    with pytest.raises(NotImplementedError, match="Bare must define picture"):
        Bare().picture()
    with pytest.raises(NotImplementedError, match="Bare must define alt_text"):
        Bare().alt_text()


def test_an_executed_notebook_keeps_the_picture():
    source = ("import ipywidgets\nfrom matplotlib.figure import Figure\n"
              "from helpers.widgets.picture import PictureMixin, png\n"
              "class Box(PictureMixin, ipywidgets.VBox):\n"
              "    def picture(self): return png(Figure(figsize=(2, 1), dpi=50, facecolor='red'))\n"
              "    def alt_text(self): return 'Red.'\n"
              "Box()")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    (output,) = notebook.cells[0].outputs
    assert output.data["text/plain"] == "Red." and WIDGET_VIEW in output.data
    shown = pixels(base64.b64decode(output.data["image/png"]))
    assert shown.shape == (50, 100, 3) and tuple(shown[25, 50]) == (255, 0, 0)
