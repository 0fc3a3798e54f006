"""The optimiser race: paths against `torch.optim`, surfaces with their start, picture and words."""

import pytest
import torch
import traitlets

from helpers.widgets.optimizer_race import draw, optimizer_race
from helpers.widgets.optimizer_race_paths import SURFACES, paths

KINDS = {"SGD": (torch.optim.SGD, {}), "momentum": (torch.optim.SGD, {"momentum": 0.9}), "Adam": (torch.optim.Adam, {})}


@pytest.mark.parametrize("name", SURFACES)
def test_paths_equal_torch(name):
    surface = SURFACES[name]
    for racer, track in paths(surface, 0.05, 40).items():
        place = torch.tensor(surface.start, dtype=torch.double, requires_grad=True)
        kind, settings = KINDS[racer]
        optimizer = kind([place], lr=0.05, **settings)
        for expected in track:
            assert torch.allclose(place.detach(), expected, atol=1e-9)
            optimizer.zero_grad()
            surface.height(place[0], place[1]).backward()
            optimizer.step()


def test_what_the_surfaces_are_for():
    ends = {name: paths(surface, 0.05, 100) for name, surface in SURFACES.items()}
    heights = {name: {racer: float(SURFACES[name].height(*track[-1])) for racer, track in found.items()}
               for name, found in ends.items()}  # fmt: skip
    assert heights["long valley"]["momentum"] < heights["long valley"]["SGD"]  # along the flat floor
    assert heights["saddle"]["Adam"] < heights["saddle"]["SGD"] - 0.1  # away from the ridge
    gone = paths(SURFACES["long valley"], 1.5, 50)["SGD"][-1]
    assert gone.abs().max() > 100  # steps too large


def test_widget():
    widget = optimizer_race("saddle", 0.1)
    assert set(widget.surfaces) == set(SURFACES) and widget.surface == "saddle"
    data, _ = widget._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG") and "saddle, learning rate 0.1" in data["text/plain"]
    assert len(draw(SURFACES["saddle"], 0.1, 5).axes[0].lines) == 7
    widget.learning_rate = 2.0
    assert "off the map" in optimizer_race("long valley", 2.0).alt_text()
    for wrong in (0, -1, 3):
        with pytest.raises(ValueError, match="from 0.001 to 2"):
            widget.learning_rate = wrong
    with pytest.raises(ValueError, match="one of long valley"):
        optimizer_race("hill")
    with pytest.raises(traitlets.TraitError):
        widget.surface = "hill"
