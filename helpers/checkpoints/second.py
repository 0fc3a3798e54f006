"""Does what won the search's small runs win at full length? The long run once more, and judged beside "bert_mlm".

16,000 pieces and 40 % of the tokens asked about, each the best of its kind after 216 steps (`search` beside this file);
all else as "bert_mlm". The weights lie in the cache, for the judges alone.
"""

from __future__ import annotations

import functools
from typing import Any

import torch

from helpers import assets, bert, data
from helpers import fine_tuning as ft
from helpers.checkpoints import bert as mlm
from helpers.checkpoints import budgets, reviews
from helpers.checkpoints.recipe import Checkpoint, Trained, digest
from helpers.checkpoints.search import cut_into

PIECES, RATE = 16_000, 0.4


def pretrained() -> dict[str, Any]:
    """The model's weights and how it came to them: trained now, for an hour or two, or read from the cache."""
    path = assets.cache_folder() / "snapshots" / f"bert_second_{PIECES}_{RATE}.pt"
    if not path.exists():
        trained = mlm.train_one(0, rate=RATE)
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save({"weights": {name: value.half() for name, value in trained.model.state_dict().items()},
                    "curve": [[step, round(loss, 4)] for step, loss in trained.history.evaluations],
                    "seconds": round(sum(trained.history.seconds), 1), "figures": trained.figures}, path)  # fmt: skip
    return torch.load(path, weights_only=True)


def train_one(seed: int) -> Trained:
    """Judge the second model as the first is judged: countries that no label showed, film snippets."""
    with cut_into(PIECES):
        found = pretrained()

        def reader() -> bert.Encoder:
            model = mlm.make()
            model.load_state_dict(found["weights"])
            return model.encoder

        films, valid, test = {}, ft.labelled(split="valid"), ft.labelled(split="test")
        for count in ("2000", "all"):
            maker = functools.partial(budgets.judge_of_films, reader)
            judge, history, numbers = reviews.fit(maker, reviews.OURS, count, seed)
            films[count] = {name: round(ft.accuracy(ft.probabilities(judge, numbers(some.texts)), some.labels), 4)
                            for name, some in (("valid", valid), ("test", test))}  # fmt: skip
            print(count, films[count], flush=True)
        countries, _ = budgets.countries(reader, seed, embedding_learns=False)
        kept = {name: found[name] for name in ("curve", "seconds", "figures")}
        return Trained(mlm.make(), history, {"films": films, "countries": countries, "pretraining": kept})


CHECKPOINTS = [
    Checkpoint("bert_second", "The long run again with what won the small ones: 16,000 pieces, 40 % asked.", train_one,
               texts=lambda: mlm.sources() | {"film": digest(ft.labelled().texts),
                                              "tagged": digest(article.text for article in data.news_articles())},
               recipe={"pieces": PIECES, "rate": RATE, "steps": mlm.RECIPE.steps, **reviews.OURS}, keeps_weights=False),
]  # fmt: skip
