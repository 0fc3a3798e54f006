"""The surfaces of the optimiser race and the paths that the optimisers take on them, in Python.

The page computes the same in optimizer_race_paths.js; a browser test compares the two.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from helpers.optimizers import adam_step, momentum_step, sgd_step

RACERS = ("SGD", "momentum", "Adam")


@dataclass(frozen=True)
class Surface:
    """A height over two weights.

    Attributes:
        name: what it is called. height: from (x, y) to the height, for floats and tensors.
        start: where all begin. reach: the square from -reach to reach is drawn.
    """

    name: str
    height: Callable
    start: tuple[float, float]
    reach: float = 2.0


def _well(x, y, a, b, depth, width):
    return -depth * 2.718281828459045 ** (-((x - a) ** 2 + (y - b) ** 2) / width)


SURFACES = {
    surface.name: surface
    for surface in (
        Surface("long valley", lambda x, y: 0.05 * x**2 + 1.0 * y**2, (-1.8, 1.5)),
        Surface("bent valley", lambda x, y: 0.1 * (1 - x) ** 2 + 0.5 * (y - 0.7 * x**2 + 0.5) ** 2, (-1.7, 0.2)),
        Surface("saddle", lambda x, y: 0.25 * x**2 - 0.25 * y**2 + 0.05 * y**4, (-1.7, 0.001)),
        Surface("two hollows", lambda x, y: 0.1 * (x**2 + y**2) + _well(x, y, -0.9, -0.6, 0.6, 0.35)
                + _well(x, y, 0.9, 0.6, 1.0, 0.5), (-1.8, -1.4)),
    )
}  # fmt: skip


def gradient(surface: Surface, place: torch.Tensor) -> torch.Tensor:
    """The slope at a place, (2,), by autograd."""
    here = place.clone().requires_grad_()
    surface.height(here[0], here[1]).backward()
    return here.grad


def paths(surface: Surface, learning_rate: float, steps: int) -> dict[str, torch.Tensor]:
    """Where SGD, momentum (0.9) and Adam stand before the first and after each step.

    Args:
        surface: what they walk on. learning_rate: the same for all, above 0. steps: how many.

    Returns:
        For each of RACERS its places, (steps + 1, 2), float64.
    """
    found = {}
    for racer in RACERS:
        place = torch.tensor(surface.start, dtype=torch.double)
        memory = torch.zeros(2, dtype=torch.double), torch.zeros(2, dtype=torch.double)
        track = [place]
        for step in range(1, steps + 1):
            slope = gradient(surface, place)
            if racer == "SGD":
                place = sgd_step(place, slope, learning_rate)
            elif racer == "momentum":
                place, velocity = momentum_step(place, slope, memory[0], learning_rate)
                memory = velocity, memory[1]
            else:
                place, *memory = adam_step(place, slope, *memory, step, learning_rate)
            track.append(place)
        found[racer] = torch.stack(track)
    return found
