"""What pretraining buys, against how much of it there was: countries that no label showed (lessons 08 and 10).

The same encoder from random weights; started from counts and neighbours and never trained; after one and four million
tokens (copies that training the checkpoint "bert_mlm" leaves in the cache); and the checkpoint itself.
"""

from __future__ import annotations

import copy
import dataclasses
import functools

import torch

from helpers import bert, data, runtime
from helpers.checkpoints import bert as mlm
from helpers.checkpoints import tagging
from helpers.checkpoints.recipe import Checkpoint, Trained, digest
from helpers.pretraining import text
from helpers.tasks import tagging as tags
from helpers.training import train

BUDGETS = ("random", "0", *mlm.SNAPSHOTS.values(), "all")
N_SENTENCES = 400


@functools.cache
def _started() -> bert.MaskedLanguageModel:
    """A model that knows counts and neighbours, and has read nothing."""
    runtime.seed(0)
    model = mlm.make()
    mlm.start_from_counts(model, text.rows("train", mlm.LENGTH))
    mlm.start_with_neighbours(model)
    return model


def encoder(budget: str) -> bert.Encoder:
    """A fresh encoder that has been pretrained so much: one of `BUDGETS`."""
    if budget == "0":
        return copy.deepcopy(_started().encoder)
    if budget == "all":
        return bert.load_course_model().encoder
    model = mlm.make()
    if budget != "random":
        model.load_state_dict(torch.load(mlm.snapshot(budget), weights_only=True))
    return model.encoder


def countries(budget: str, seed: int) -> tuple[float, Trained]:
    """F1 by words on countries that no label showed, after 400 sentences; as lesson 10 trains its taggers."""
    articles = data.news_articles()
    split = tags.country_split(articles, N_SENTENCES, tagging.N_TEST, seed,
                               [row.text for row in tagging.checked_rows(articles)])  # fmt: skip
    runtime.seed(seed)
    reader, tokenizer = encoder(budget), text.tokenizer()
    reader.embedding.requires_grad_(budget == "random")
    model = bert.Tagger(reader, len(tags.COUNTRY_TAGS))
    batches = tags.TagBatches(tokenizer, split.train, tags.COUNTRY_TAGS, tagging.BATCH)
    recipe = tagging.recipe_of("scratch" if budget == "random" else "pretrained", N_SENTENCES)
    history = train(model, batches, tags.tagging_loss, recipe, show=False,
                    generator=torch.Generator().manual_seed(seed))  # fmt: skip
    return tagging.judge(model, tokenizer, split.test)["token_f1"], Trained(model, history, {})


def train_all(seed: int) -> Trained:
    """The task at every budget."""
    found: dict[str, float] = {}
    for budget in BUDGETS:
        found[budget], trained = countries(budget, seed)
    return dataclasses.replace(trained, figures=found)


CHECKPOINTS = [
    Checkpoint("tagging_budgets", "Countries no label showed, against what the encoder under the tagger had read.",
               train_all, texts=lambda: {"news": digest(article.text for article in data.news_articles())},
               recipe={"budgets": list(BUDGETS), "sentences": N_SENTENCES}, keeps_weights=False,
               seeds=(0, 1, 2)),
]  # fmt: skip
