"""The 3-2-1 network's widget: its state, its picture, its words. Its JavaScript is tested in the browser."""

import io

import pytest
import traitlets
from PIL import Image

from helpers.small_network import START, Weights, backward
from helpers.widgets.small_network import draw, small_network


def test_it_starts_with_what_it_was_given():
    widget = small_network(inputs=[1, 2, 3], target=0.5, title="<b>")
    assert widget.numbers == START.flat().tolist() and widget.inputs == [1, 2, 3] and widget.start["target"] == 0.5
    weights, done = widget.now()
    figure = draw(weights, done)
    texts = [text.get_text() for text in figure.axes[0].texts]
    slope = backward(weights, done).hidden[0, 0]
    assert f"{START.hidden[0, 0]:.2f}\nslope {slope:.2f}" in texts and f"y\n{done.y:.2f}" in texts
    data, metadata = widget._repr_mimebundle_()
    assert Image.open(io.BytesIO(data["image/png"])).size == (800, 420)
    assert f"loss {done.loss:.3f}" in metadata["image/png"]["alt"]


def test_what_does_not_fit():
    with pytest.raises(ValueError, match="three inputs"):
        small_network(inputs=[1, 2])
    with pytest.raises(traitlets.TraitError):
        small_network().numbers = [1.0]


def test_dead_network_is_drawn():
    widget = small_network(Weights.from_flat([-1.0] * 11), inputs=[1, 1, 1])
    assert widget.picture().startswith(b"\x89PNG") and "hidden units 0.00 and 0.00" in widget.alt_text()
