"""The training loop: five steps, over and over, and all that keeps a run safe around them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_

from helpers.progress import progress
from helpers.training.history import ENDINGS, History
from helpers.training.recipe import Recipe
from helpers.training.run import Run, held_back_interrupts


def train(model: nn.Module, next_batch: Callable[[torch.Generator], Any],
          loss_of: Callable[[nn.Module, Any], Tensor], recipe: Recipe, *,
          evaluate: Callable[[nn.Module], float] | None = None, generator: torch.Generator | None = None,
          state: dict | None = None, keep_best: bool = True, show: bool | str = True) -> History:  # fmt: skip
    """Train a model, any model on any batches, and return what happened.

    Interrupting it (the stop button, Ctrl-C) at any moment returns the history up to the last whole step. A run
    that goes on from `history.state` ends, on a CPU, with the same bits as one that was never stopped, as long as
    all chance comes from `generator` and from PyTorch's own generator (dropout) and `next_batch` remembers nothing.
    One that goes through its texts in turn, such as `fine_tuning.Batches`, starts that round anew.

    Args:
        model: what to train; it is changed in place, and left in `eval` mode.
        next_batch: from the generator, a batch of any kind.
        loss_of: from the model and a batch, a tensor with one number, the loss.
        recipe: how to train.
        evaluate: from the model, a loss on held-out data; called in `eval` mode without gradients.
        generator: what batches are drawn with; None makes one with seed 0.
        state: `History.state` of an earlier run of the same model, to go on from.
        keep_best: leave the model with the weights of the best evaluation, if there was one, not the last.
        show: whether to draw a progress bar, or the label to draw it with.

    Returns:
        The history; if it went on from a state, with the steps before.

    Raises:
        ValueError: the state belongs to another model or optimiser, or the loss is no tensor with one number.
    """
    run = Run(model, recipe, generator or torch.Generator().manual_seed(0), evaluate, state)
    tell = _teller(show, recipe.steps)
    history, generator, optimizer = run.history, run.generator, run.optimizer
    model.train()
    try:
        while not run.stopped():
            if run.evaluation_is_due():
                run.evaluate_now()
                continue  # it may have been one too many without improvement
            started = time.perf_counter()
            learning_rate = run.set_learning_rate()

            batch = next_batch(generator)  # 1. draw a batch
            loss = loss_of(model, batch)  # 2. forward: how wrong is the model on it?
            _check(loss)
            optimizer.zero_grad()
            loss.backward()  # 3. backward: which way does each weight make it worse?
            norm = clip_grad_norm_(model.parameters(), recipe.clip_norm or math.inf)  # 4. no step too far
            if not (loss.isfinite() and norm.isfinite()):
                history.stopped = "diverged"
                run.rewind()
                break
            with held_back_interrupts():
                optimizer.step()  # 5. move each weight a little the other way
                run.note(loss.item(), learning_rate, norm.item(), time.perf_counter() - started)
            tell(history.steps, history.losses[-1])
    except KeyboardInterrupt:
        history.stopped = "interrupted"
        run.rewind()
    history.state = run.state()
    run.leave(keep_best)
    if show and history.stopped not in ("", "finished"):
        print(f"After {history.steps} steps: {ENDINGS[history.stopped]}.")
    return history


def _check(loss: Tensor) -> None:
    if not isinstance(loss, Tensor) or loss.shape != () or not loss.requires_grad:
        got = f"a tensor of shape {tuple(loss.shape)}" if isinstance(loss, Tensor) else type(loss).__name__
        raise ValueError(f"loss_of gave {got}; expected a tensor with one number, shape (), that has a gradient.")


def _teller(show: bool | str, steps: int) -> Callable[[int, float], None]:
    """A progress bar that is redrawn at most ten times a second, or nothing."""
    if not show:
        return lambda done, loss: None
    draw, last = progress(show if isinstance(show, str) else "training", steps, "steps"), [0.0]

    def tell(done: int, loss: float) -> None:
        if done >= steps or time.perf_counter() - last[0] >= 0.1:
            draw(done, loss)
            last[0] = time.perf_counter()

    return tell
