"""A run of training on its way: what is kept so that it can stop at any moment and go on."""

from __future__ import annotations

import contextlib
import copy
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from helpers.training.history import History
from helpers.training.recipe import Recipe


class Run:
    """A run on its way: what has to be kept so that it can stop anywhere and go on."""

    def __init__(self, model: nn.Module, recipe: Recipe, generator: torch.Generator,
                 evaluate: Callable[[nn.Module], float] | None, state: dict | None):  # fmt: skip
        self.model, self.recipe, self.generator, self.evaluate = model, recipe, generator, evaluate
        self.optimizer = recipe.make_optimizer(model)
        self.history, self.best_weights = History(), None
        if state is not None:
            self._go_on_from(state)
        self.spent = sum(self.history.seconds)
        self.mark()

    def _go_on_from(self, state: dict) -> None:
        try:
            if state["optimizer_name"] != self.recipe.optimizer:
                raise ValueError(f"it was made with {state['optimizer_name']}, the recipe says {self.recipe.optimizer}")
            self.model.load_state_dict(state["model"])
            self.optimizer.load_state_dict(copy.deepcopy(state["optimizer"]))
            self.generator.set_state(state["generator"])
            torch.set_rng_state(state["torch"])
            self.history = History.from_records(state["records"])
            self.best_weights = state["best_weights"]
        except (AttributeError, KeyError, TypeError, ValueError, RuntimeError) as error:
            reason = " ".join(str(error).split())[:200]
            raise ValueError(f"This state does not fit the model and the recipe: {reason}") from error

    def stopped(self) -> str:
        """Why the run is over, or an empty text: an evaluation that is due is made first."""
        history, recipe = self.history, self.recipe
        history.stopped = ""
        if recipe.patience is not None and history.since_best >= recipe.patience:
            history.stopped = "early"
        elif not self.evaluation_is_due() and history.steps >= recipe.steps:
            history.stopped = "finished"
        elif not self.evaluation_is_due() and self._time_is_up():
            history.stopped = "time"
        return history.stopped

    def _time_is_up(self) -> bool:
        return self.recipe.max_seconds is not None and self.spent >= self.recipe.max_seconds

    def evaluation_is_due(self) -> bool:
        """Whether there is something to evaluate with, and this step's evaluation has not been made."""
        steps, done = self.history.steps, self.history.evaluations
        if self.evaluate is None or steps == 0 or (done and done[-1][0] == steps):
            return False
        return steps % self.recipe.evaluate_every == 0 or steps >= self.recipe.steps or self._time_is_up()

    def evaluate_now(self) -> None:
        """Judge the model on held-out data, and keep its weights if they are the best so far."""
        self.model.eval()
        with torch.no_grad():
            loss = float(self.evaluate(self.model))
        self.model.train()
        with held_back_interrupts():
            if self.history.note_evaluation(loss):
                self.best_weights = _copied(self.model.state_dict())
            self.mark()

    def set_learning_rate(self) -> float:
        """Give the optimiser this step's learning rate."""
        learning_rate = self.recipe.learning_rate_at(self.history.steps)
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate * group.get("share", 1.0)
        return learning_rate

    def note(self, loss: float, learning_rate: float, norm: float, seconds: float) -> None:
        """Add a step that was taken to the history."""
        self.history.note(loss, learning_rate, norm, seconds)
        self.spent += seconds
        self.mark()

    def mark(self) -> None:
        """Remember where all chance stands, and what a forward pass may change (running means, for example)."""
        self.marked = {"torch": torch.get_rng_state(), "generator": self.generator.get_state()}
        self.buffers = [(buffer, buffer.clone()) for buffer in self.model.buffers()]

    def rewind(self) -> None:
        """Go back to the mark: a step that was begun and not taken leaves no trace."""
        torch.set_rng_state(self.marked["torch"])
        self.generator.set_state(self.marked["generator"])
        for buffer, before in self.buffers:
            buffer.data.copy_(before)

    def state(self) -> dict[str, Any]:
        """Everything that a later run needs; see `History.state`."""
        return {
            "model": _copied(self.model.state_dict()),
            "optimizer": copy.deepcopy(self.optimizer.state_dict()),
            "optimizer_name": self.recipe.optimizer,
            "torch": torch.get_rng_state(),
            "generator": self.generator.get_state(),
            "best_weights": self.best_weights,
            "records": self.history.records(),
        }

    def leave(self, keep_best: bool) -> None:
        """Leave the model ready for use."""
        if keep_best and self.best_weights is not None:
            self.model.load_state_dict(self.best_weights)
        self.optimizer.zero_grad()
        self.model.eval()


def _copied(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: weight.detach().clone() for name, weight in weights.items()}


@contextlib.contextmanager
def held_back_interrupts() -> Iterator[None]:
    """Let Ctrl-C wait until the block is done, so that no update is half made.

    Python delivers it to the main thread only; elsewhere there is nothing to hold back.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    caught: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: caught.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before if before is not None else signal.SIG_DFL)
    if caught:
        raise KeyboardInterrupt
