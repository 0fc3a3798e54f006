"""What answers that contain chance are judged by: facts that right answers share, as text to compare."""

from __future__ import annotations

import random

import numpy as np
import torch


class Facts(str):
    """Facts about an answer as one string; two answers agree if all facts do. Shown as it is.

    Attributes:
        facts: name -> what was found, for symptoms.
    """

    facts: dict[str, object]

    def __new__(cls, facts: dict[str, object]) -> Facts:
        made = super().__new__(cls, "\n".join(f"{name}: {found}" for name, found in facts.items()))
        made.facts = facts
        return made

    def __repr__(self) -> str:
        return str.__str__(self)


class Dice(torch.Generator):
    """A random generator as an argument of a case: copied with its state; that it changes is held against nobody.

    Attributes:
        elsewhere: of a copy, how the generators stood then that nobody hands over.
    """

    elsewhere: tuple = ()

    def __deepcopy__(self, memo: dict) -> Dice:
        copied = Dice()
        copied.set_state(self.get_state())
        copied.elsewhere = _elsewhere()
        return copied

    def __repr__(self) -> str:
        return "a torch.Generator"

    def used(self, since: Dice) -> bool:
        """Whether anything was drawn since it was a copy of another."""
        return not torch.equal(self.get_state(), since.get_state())

    def alone(self) -> bool:
        """Whether nothing was drawn without a generator since this copy was made."""
        return self.elsewhere == _elsewhere()


def _elsewhere() -> tuple:
    """The states of PyTorch's, NumPy's and Python's own generators."""
    numpys = np.random.get_state()  # noqa: NPY002
    return torch.get_rng_state().numpy().tobytes(), numpys[1].tobytes(), numpys[2:], random.getstate()


def dice(seed: int) -> Dice:
    """A generator of this seed."""
    made = Dice()
    made.manual_seed(seed)
    return made


def nearest(share: float, usual: tuple[float, ...]) -> str:
    """A share in per cent, as the nearest of the usual ones: chance moves it a little."""
    return f"about {100 * min(usual, key=lambda one: abs(one - share)):.0f} %"


UNUSED = (
    "ignores-generator",
    "The rates are right, but not everything was drawn from `generator`: hand it to every draw, "
    "`torch.rand(…, generator=generator)`. Then the same seed gives the same answer again.",
)
