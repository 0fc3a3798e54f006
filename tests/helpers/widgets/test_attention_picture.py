"""The static picture of attention maps: right colours at right places, tokens as text, axes named."""

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.figure import Figure

from helpers.widgets import attention_picture
from helpers.widgets.picture import png
from tests.helpers.widgets.test_attention_data import softmax_of_random


def labels(axis):
    return [text.get_text() for text in axis.get_ticklabels()]


def test_queries_go_down_and_keys_across():
    weights = softmax_of_random(3, 4)
    figure = attention_picture.head(weights, ["a", "b", "c"], ["w", "x", "y", "z"], layer=2, head=6,
                                    n_layers=6, n_heads=12, query=1)
    ax, bar = figure.axes
    np.testing.assert_array_equal(ax.images[0].get_array(), weights)
    assert labels(ax.yaxis) == ["a", "b", "c"] and labels(ax.xaxis) == ["w", "x", "y", "z"]
    assert (ax.get_xlabel(), ax.get_ylabel(), bar.get_ylabel()) == ("key", "query", "attention weight")
    assert ax.get_title() == "Layer 3 of 6, head 7 of 12"
    assert ax.patches[0].get_bbox().bounds == (-0.5, 0.5, 4, 1)       # the frame around query 1


def test_colours_are_cividis_of_the_square_root_from_0_to_1():
    image = attention_picture.draw_map(np.array([[0.25, 0.75]]), Figure().subplots()).images[0]
    shown = image.to_rgba(np.array([[0.0, 0.25, 1.0]]))[0]
    np.testing.assert_allclose(shown, colormaps["cividis"]([0.0, 0.5, 1.0]), atol=0.01)


def test_of_many_tokens_some_are_named():
    tokens = [f"t{i}" for i in range(128)]
    ax = attention_picture.head(np.eye(128), tokens, tokens).axes[0]
    assert labels(ax.xaxis)[:3] == ["t0", "t4", "t8"] and len(labels(ax.yaxis)) == 32


@pytest.mark.parametrize("token", ["$x^$", "<script>", "", "\n\x00", "w" * 500, "我爱" * 50, "🙂", "\\frac{"])
def test_any_token_can_be_drawn(token):
    assert png(attention_picture.head(np.eye(2), [token, "b"], [token, "b"])).startswith(b"\x89PNG")


def test_one_map_has_no_title_and_none_says_so():
    assert attention_picture.head(np.ones((1, 1)), ["a"], ["a"]).axes[0].get_title() == ""
    empty = attention_picture.head(np.zeros((0, 0)), [], [])
    assert empty.texts[0].get_text() == "There are no tokens to show."
    assert png(empty).startswith(b"\x89PNG")


def test_grid_puts_layers_down_and_heads_across():
    weights = np.zeros((2, 3, 4, 4))
    weights[1, 2] = np.eye(4)
    ax = attention_picture.grid(weights).axes[0]
    mosaic = np.ma.filled(ax.images[0].get_array(), np.nan)           # 2 × 3 maps of 4 × 4, one pixel between
    assert mosaic.shape == (9, 14)
    np.testing.assert_array_equal(mosaic[5:9, 10:14], np.eye(4))
    assert np.nansum(mosaic) == 4 and np.isnan(mosaic[4]).all() and np.isnan(mosaic[:, [4, 9]]).all()
    assert labels(ax.yaxis) == ["1", "2"] and labels(ax.xaxis) == ["1", "2", "3"]


def test_large_maps_shrink_by_averages():
    weights = softmax_of_random(1, 2, 128, 70)
    mosaic = np.ma.filled(attention_picture.grid(weights).axes[0].images[0].get_array(), np.nan)
    assert mosaic.shape == (32, 24 + 2 + 24)
    np.testing.assert_allclose(mosaic[0, 0], weights[0, 0, :4, :3].mean())
    np.testing.assert_allclose(mosaic[31, 23], weights[0, 0, 124:, 69:].mean())


def test_pictures_are_small():
    weights = softmax_of_random(6, 12, 128, 128)
    tokens = ["token"] * 128
    assert len(png(attention_picture.grid(weights))) < 150_000
    assert len(png(attention_picture.head(weights[0, 0], tokens, tokens))) < 150_000
