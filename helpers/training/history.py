"""What a run of training leaves behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ENDINGS = {
    "finished": "finished",
    "early": "stopped early: the evaluations got no better",
    "time": "stopped: the time was up",
    "interrupted": "interrupted",
    "diverged": "stopped: the loss or its gradient was no longer a finite number; try a smaller learning rate",
}


@dataclass
class History:
    """The course of a run, one entry for each step taken.

    Attributes:
        losses: the loss of each step's batch, before the step.
        learning_rates, gradient_norms: of each step; the norm is that before clipping.
        seconds: how long each step took, without evaluations.
        evaluations: pairs (steps taken, loss on held-out data).
        best: the pair with the smallest loss, or None if nothing was evaluated.
        stopped: "finished", "early" (patience), "time" (max_seconds), "interrupted" (the stop button, Ctrl-C)
            or "diverged" (a loss or gradient that is not finite; that step is not taken).
        state: all that is needed to go on: weights, optimiser, random generators, best weights and this
            history, as plain tensors, numbers, lists and dicts that `torch.save` writes and
            `torch.load(…, weights_only=True)` reads.
    """

    losses: list[float] = field(default_factory=list)
    learning_rates: list[float] = field(default_factory=list)
    gradient_norms: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    evaluations: list[tuple[int, float]] = field(default_factory=list)
    best: tuple[int, float] | None = None
    stopped: str = ""
    state: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def steps(self) -> int:
        """Steps taken."""
        return len(self.losses)

    @property
    def since_best(self) -> int:
        """Evaluations since the best one; all of them while none was a number."""
        return sum(step > (self.best[0] if self.best else -1) for step, _ in self.evaluations)

    def smoothed(self, window: int = 50) -> list[float]:
        """The losses as means of the last `window` steps, which shows the trend behind the noise of batches."""
        sums = [0.0]
        for loss in self.losses:
            sums.append(sums[-1] + loss)
        return [(sums[i] - sums[max(0, i - window)]) / min(i, window) for i in range(1, len(sums))]

    def note(self, loss: float, learning_rate: float, gradient_norm: float, seconds: float) -> None:
        """Add one step."""
        self.losses.append(loss)
        self.learning_rates.append(learning_rate)
        self.gradient_norms.append(gradient_norm)
        self.seconds.append(seconds)

    def note_evaluation(self, loss: float) -> bool:
        """Add an evaluation; returns whether it is the best so far."""
        self.evaluations.append((self.steps, loss))
        better = loss == loss and (self.best is None or loss < self.best[1])  # NaN is never better
        if better:
            self.best = (self.steps, loss)
        return better

    def records(self) -> dict[str, list]:
        """The lists as plain data, to be kept in `state`."""
        names = ("losses", "learning_rates", "gradient_norms", "seconds", "evaluations")
        return {name: list(getattr(self, name)) for name in names} | {"best": list(self.best or ())}

    @classmethod
    def from_records(cls, records: dict[str, list]) -> History:
        """The history that `records` came from."""
        kept = {name: list(values) for name, values in records.items() if name not in ("best", "evaluations")}
        evaluations = [(int(step), float(loss)) for step, loss in records["evaluations"]]
        return cls(**kept, evaluations=evaluations, best=tuple(records["best"]) or None)

    def __str__(self) -> str:
        best = f"; best evaluation {self.best[1]:.3f} after step {self.best[0]}" if self.best else ""
        return f"{self.steps} steps, {ENDINGS.get(self.stopped, 'not run')}{best}"
