"""Which checkpoints there are."""

from __future__ import annotations

import importlib

from helpers.checkpoints.recipe import Checkpoint

MODULES = ("characters", "seq2seq", "transformer", "gpt", "bert", "reviews", "tagging", "budgets", "search",
           "second", "sentences", "compression", "canary")  # fmt: skip


def catalogue() -> dict[str, Checkpoint]:
    """Name -> checkpoint, of all modules in the course's order.

    Raises:
        ValueError: two have the same name.
    """
    found: dict[str, Checkpoint] = {}
    for module in MODULES:
        for checkpoint in importlib.import_module(f"helpers.checkpoints.{module}").CHECKPOINTS:
            if checkpoint.name in found:
                raise ValueError(f"There are two checkpoints called {checkpoint.name}.")
            found[checkpoint.name] = checkpoint
    return found
