"""Figures: what is drawn, and that what is shown carries alt text on an opaque ground."""

import base64
import io

import matplotlib
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from matplotlib import pyplot as plt
from PIL import Image

from helpers import plots, syllabus
from helpers.course_map import course_map

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def own_style():
    with matplotlib.rc_context():
        plots.style()
        yield
    plt.close("all")


def test_show_gives_a_small_opaque_picture_with_alt_text_and_closes_the_figure():
    axes = plots.lines({"loss": ([1, 2, 3], [3.0, 2.0, 1.5])}, title="Loss", xlabel="step", ylabel="nats")
    InteractiveShell.instance()
    with capture_output() as captured:
        plots.show(axes, alt='Falls from 3 to 1.5, "fast" & <smooth>')
    data = captured.outputs[0].data
    assert 'alt="Falls from 3 to 1.5, &quot;fast&quot; &amp; &lt;smooth&gt;"' in data["text/html"]
    assert data["text/plain"].startswith("Falls from 3")
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert picture.convert("RGBA").getextrema()[3] == (255, 255) and len(data["image/png"]) < 60_000
    assert plt.get_fignums() == []


def test_show_without_alt_text_is_refused():
    with pytest.raises(ValueError, match="alt text"):
        plots.show(plots.axes(), alt="  ")


def test_heatmap_writes_every_number_and_names_axes_and_colours():
    axes = plots.heatmap(np.array([[1, 2], [3, 4]]), ["a", "b"], ["x", "y"], title="T", row_label="word",
                         column_label="context", unit="count", form="{:.0f}")  # fmt: skip
    assert sorted(text.get_text() for text in axes.texts) == ["1", "2", "3", "4"]
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_title(loc="left")) == ("context", "word", "T")
    assert axes.figure.axes[1].get_ylabel() == "count"
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]


@pytest.mark.parametrize("signed, limits", [(False, (0, 4)), (True, (-4, 4))])
def test_heatmap_centres_signed_values_at_zero(signed, limits):
    axes = plots.heatmap([[-1.0, 4.0]], ["a"], ["x", "y"], title="", row_label="", column_label="", unit="",
                         signed=signed)  # fmt: skip
    assert axes.images[0].get_clim() == limits


def test_heatmap_of_zeros_and_of_the_wrong_shape():
    plots.heatmap(np.zeros((1, 1)), ["a"], ["x"], title="", row_label="", column_label="", unit="")
    with pytest.raises(ValueError, match=r"\(1, 1\).*\(1, 2\)"):
        plots.heatmap(np.zeros((1, 1)), ["a"], ["x", "y"], title="", row_label="", column_label="", unit="")


def test_bars_stand_in_the_order_given_with_their_numbers_and_spread():
    axes = plots.bars(["one", "two"], [0.5, -0.25], title="T", unit="share", spread=[(0.4, 0.6), (-0.3, -0.2)])
    assert axes.yaxis_inverted()
    assert [patch.get_width() for patch in axes.patches] == [0.5, -0.25]
    assert [text.get_text() for text in axes.texts] == ["0.50", "-0.25"]
    assert [tuple(line.get_xdata()) for line in axes.lines] == [(0.4, 0.6), (-0.3, -0.2)]
    with pytest.raises(ValueError, match="1 labels for 2"):
        plots.bars(["one"], [1, 2], title="", unit="")


def test_lines_differ_by_colour_dash_and_marker_and_name_the_baseline():
    axes = plots.lines({name: ([0, 1], [0, 1]) for name in "abcdefgh"}, title="", xlabel="x", ylabel="y",
                       baseline=("chance", 0.5))  # fmt: skip
    drawn = axes.lines[:8]
    assert len({line.get_color() for line in drawn}) == 8 == len({line.get_marker() for line in drawn})
    assert "chance" in [text.get_text() for text in axes.get_legend().get_texts()]


def test_arrows_end_at_the_vectors_on_equal_scales():
    axes = plots.arrows(np.array([[2.0, 1.0]]), ["cat"], title="", moved=np.array([[1.0, 2.0]]))
    ends = [text.xy for text in axes.texts if text.get_text()]
    assert ends == [(2.0, 1.0), (1.0, 2.0)] and axes.get_aspect() == 1.0
    assert [text.get_text() for text in axes.texts if text.get_text()] == ["cat", "cat after"]


def test_the_map_has_every_lesson_and_dashes_those_that_are_missing():
    axes = course_map(syllabus.LESSONS, syllabus.STAGES, here=syllabus.LESSONS[:1])
    written = " ".join(text.get_text().replace("\n", " ") for text in axes.texts)
    assert all(f"{lesson.number:02d} {lesson.title}" in written.replace("- ", "-") for lesson in syllabus.LESSONS)
    solid = [patch for patch in axes.patches if patch.get_linestyle() in ("solid", "-")]
    assert len(solid) == 1
