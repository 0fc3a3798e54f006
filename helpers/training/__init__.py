"""The one training loop of the course: written out in lesson 03, imported afterwards.

`Recipe` says how to train, `train` does it, `History` is what comes back and what a later run goes on from.
"""

from helpers.training.history import History
from helpers.training.loop import train
from helpers.training.recipe import OPTIMIZERS, Recipe

__all__ = ["OPTIMIZERS", "History", "Recipe", "train"]
