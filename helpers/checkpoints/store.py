"""Checkpoints on disk: NAME.json, the record, and NAME.safetensors, the weights."""

from __future__ import annotations

import copy
import datetime
import hashlib
import json
import os
import platform
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import nn

from helpers.checkpoints.recipe import Checkpoint, Trained

FOLDER = Path(__file__).parent


class CheckpointError(RuntimeError):
    """A checkpoint that can't be used; one sentence that names the next step."""


@dataclass(frozen=True)
class Record:
    """How a checkpoint was made, and what it reached.

    Attributes:
        name, about, recipe, texts: as declared; see `Checkpoint`.
        runs: one for each seed, in their order: {"seed", "seconds", "steps", "parameters", "curve", "figures", "made"}.
        sha256: of the weights file; empty where only the record is kept.
    """

    name: str
    about: str
    recipe: dict[str, Any]
    texts: dict[str, str]
    runs: list[dict[str, Any]]
    sha256: str = ""

    @property
    def figures(self) -> dict[str, list]:
        """Name -> what each seed reached."""
        return {name: [run["figures"][name] for run in self.runs] for name in self.runs[0]["figures"]}

    @property
    def curve(self) -> list[list[float]]:
        """Of the seed whose weights are kept: [steps, seconds, loss on held-out data] at each evaluation."""
        return self.runs[0]["curve"]

    @property
    def seconds(self) -> float:
        """Seconds of training on the machine that made it, the median over seeds."""
        return median(run["seconds"] for run in self.runs)

    @property
    def parameters(self) -> int:
        """Numbers that were learned."""
        return self.runs[0]["parameters"]


def record(name: str, folder: Path = FOLDER) -> Record:
    """The record of a checkpoint.

    Raises:
        CheckpointError: there is none of that name, or its file is damaged.
    """
    path = folder / f"{name}.json"
    try:
        return Record(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        there = ", ".join(sorted(file.stem for file in folder.glob("*.json"))) or "none"
        raise CheckpointError(f"There is no checkpoint {name!r}; there are {there}. "
                              "`make checkpoints` trains all that the course declares.") from None  # fmt: skip
    except (ValueError, TypeError) as error:
        raise CheckpointError(f"{path.name} is damaged; `git checkout helpers/checkpoints` brings it back.") from error


def load(name: str, model: nn.Module, folder: Path = FOLDER) -> Record:
    """Fill a model with a checkpoint's weights and leave it in `eval` mode.

    Args:
        name: of the checkpoint. model: of the sizes in its recipe; changed in place.

    Returns:
        The checkpoint's record.

    Raises:
        CheckpointError: there is none of that name, its file is missing, damaged or not the one of the record, or the
            model has other sizes. The model is then as it was.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load as read

    found, path = record(name, folder), folder / f"{name}.safetensors"
    content = path.read_bytes() if path.exists() else b""
    if not content or hashlib.sha256(content).hexdigest() != found.sha256:
        raise CheckpointError(f"{path.name} is {'not the file of its record' if content else 'missing'}; "
                              "`git checkout helpers/checkpoints` brings it back.")  # fmt: skip
    try:
        weights = read(content)
    except SafetensorError as error:
        raise CheckpointError(f"{path.name} is no file of weights: {error}") from error
    own = model.state_dict()
    wanted = {key: value.shape for key, value in own.items() if key not in _doubles(own)}
    if wanted != {key: value.shape for key, value in weights.items()}:
        odd = sorted(set(wanted.items()) ^ {(key, value.shape) for key, value in weights.items()})[0][0]
        raise CheckpointError(f"This model has other parts or sizes than checkpoint {name!r}, for example {odd}. "
                              f"Its recipe says {found.recipe}.")  # fmt: skip
    with torch.no_grad():
        for key, value in weights.items():
            own[key].copy_(value)
    model.eval()
    return found


def _doubles(state: dict[str, torch.Tensor]) -> set[str]:
    """Names of tensors that are another one's by a second name, such as the tied output matrix of a GPT."""
    seen, doubles = set(), set()
    for name, tensor in state.items():
        place = (tensor.data_ptr(), tensor.shape)
        if tensor.numel() and place in seen:
            doubles.add(name)
        seen.add(place)
    return doubles


def _weights(model: nn.Module, dtype: torch.dtype) -> dict[str, torch.Tensor]:
    state = {key: value.detach().cpu().contiguous() for key, value in model.state_dict().items()}
    doubles = _doubles(model.state_dict())
    return {key: value.to(dtype) if value.is_floating_point() else value for key, value in state.items()
            if key not in doubles}  # fmt: skip


def save(checkpoint: Checkpoint, seed: int, trained: Trained, texts: dict[str, str], folder: Path = FOLDER) -> Record:
    """Add a seed's run to the record, and keep the weights if it is the first seed.

    Runs of an older recipe, or of other texts, are dropped. Two processes may train different seeds of one checkpoint.
    """
    from filelock import FileLock
    from safetensors.torch import save as pack

    with FileLock(folder / f".{checkpoint.name}.lock"):
        runs, sha256 = kept_runs(checkpoint, texts, folder)
        runs[seed] = _run(seed, trained)
        if seed == checkpoint.seeds[0] and checkpoint.keeps_weights:
            content = pack(_weights(trained.model, getattr(torch, checkpoint.precision)))
            sha256 = hashlib.sha256(content).hexdigest()
            _write(folder / f"{checkpoint.name}.safetensors", content)
        done = [runs[one] for one in checkpoint.seeds if one in runs]
        fresh = Record(checkpoint.name, checkpoint.about, checkpoint.recipe, texts, done, sha256)
        _write(folder / f"{checkpoint.name}.json", (json.dumps(fresh.__dict__, indent=1) + "\n").encode())
    return fresh


def kept_runs(checkpoint: Checkpoint, texts: dict[str, str], folder: Path = FOLDER) -> tuple[dict[int, dict], str]:
    """Seed -> run, of what is on disk and still belongs to this recipe and these texts; and the weights' SHA-256."""
    try:
        old = record(checkpoint.name, folder)
    except CheckpointError:
        return {}, ""
    if old.recipe != checkpoint.recipe or old.texts != texts:
        return {}, ""
    return {run["seed"]: run for run in copy.deepcopy(old.runs)}, old.sha256


def _run(seed: int, trained: Trained) -> dict[str, Any]:
    history = trained.history
    after = [0.0]
    for seconds in history.seconds:
        after.append(after[-1] + seconds)
    return {"seed": seed, "seconds": round(after[-1], 1), "steps": history.steps,
            "parameters": sum(parameter.numel() for parameter in trained.model.parameters()),
            "curve": [[step, round(after[step], 1), round(loss, 4)] for step, loss in history.evaluations],
            "figures": copy.deepcopy(trained.figures),
            "made": f"{datetime.date.today().isoformat()}, torch {torch.__version__}, {torch.get_num_threads()} of "
                    f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"}  # fmt: skip


def _write(path: Path, content: bytes) -> None:
    part = path.with_suffix(f"{path.suffix}.part")
    part.write_bytes(content)
    part.replace(path)
