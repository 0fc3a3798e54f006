"""Models that the course has trained beforehand, each with the record of how: `make checkpoints` reproduces them.

In a lesson, `record = checkpoints.load("characters_lstm", model)` fills a model with the trained weights.

To add one: write a module here, named after a lesson's subject, that defines

    CHECKPOINTS = [Checkpoint("characters_lstm", about="An LSTM that …", train=train_lstm, recipe={...}, texts=...)]

with a function `train_lstm(seed) -> Trained(model, history, figures)`, and add the module's name to `MODULES` in
`catalogue.py`. Then `python -m helpers.checkpoints characters_lstm` trains it with all its seeds, writes
`characters_lstm.json` after each, and the first seed's weights to `characters_lstm.safetensors`.
"""

from helpers.checkpoints.catalogue import MODULES, catalogue
from helpers.checkpoints.recipe import Checkpoint, Trained, digest
from helpers.checkpoints.store import FOLDER, CheckpointError, Record, load, record

__all__ = ["FOLDER", "MODULES", "Checkpoint", "CheckpointError", "Record", "Trained", "catalogue", "digest", "load",
           "record"]  # fmt: skip
