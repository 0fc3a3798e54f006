"""Lesson 10: countries that no label ever showed, found by a tagger trained from scratch, on our BERT, on MiniLM.

Each record trains on 400 and on 2,000 sentences whose countries are of one half of all, and is asked about the other.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

import torch

from helpers import bert, data, runtime
from helpers.checkpoints import bert as checkpoints_bert
from helpers.checkpoints.recipe import Checkpoint, Trained, digest
from helpers.pretraining import text
from helpers.tasks import sample, tagging
from helpers.tasks.spans import span_scores, spans_of, token_accuracy, token_scores
from helpers.training import Recipe, train

SIZES, N_TEST, BATCH = (400, 2000), 600, 8
EPOCHS = {"scratch": {400: 6, 2000: 2}, "pretrained": {400: 6, 2000: 2}, "minilm": {400: 2, 2000: 1}}
LIVE = Recipe(100, 1e-3, warmup_steps=10, final_fraction=0.0, weight_decay=0.01)  # in the lesson: 800 sentences, once
RATES = {"scratch": 3e-4, "pretrained": 3e-4, "minilm": 2e-4}


def make(kind: str) -> tuple[bert.Tagger, Any]:
    """A tagger before it is trained, and its tokenizer: kind "scratch", "pretrained" (the course's BERT) or "minilm".

    The vectors of the word pieces stay as pretraining left them: what is learned about one name then reaches others.
    """
    if kind == "scratch":
        encoder, tokenizer = checkpoints_bert.make().encoder, text.tokenizer()
    else:
        found = bert.load_minilm() if kind == "minilm" else bert.load_course_model()
        encoder, tokenizer = found.encoder, found.tokenizer
    encoder.fused = True
    encoder.embedding.requires_grad_(kind == "scratch")
    return bert.Tagger(encoder, len(tagging.COUNTRY_TAGS)), tokenizer


def recipe_of(kind: str, n: int) -> Recipe:
    """How a tagger of a kind is trained on n sentences."""
    steps = EPOCHS[kind][n] * n // BATCH
    return Recipe(steps, RATES[kind], warmup_steps=steps // 10, final_fraction=0.0, weight_decay=0.01)


def judge(model: torch.nn.Module, tokenizer: Any, rows: list[tagging.Tagged]) -> dict[str, float]:
    """Precision, recall and F1 by spans, F1 and accuracy by words."""
    found = tagging.predict(model.eval(), tokenizer, [row.words for row in rows], tagging.COUNTRY_TAGS)
    gold = [row.tags for row in rows]
    spans = span_scores([spans_of(tags) for tags in gold], [spans_of(tags) for tags in found])
    figures = {"precision": spans.precision, "recall": spans.recall, "span_f1": spans.f1,
               "token_f1": token_scores(gold, found).f1, "accuracy": token_accuracy(gold, found)}  # fmt: skip
    return {name: round(value, 4) for name, value in figures.items()}


def checked_rows(articles: list) -> list[tagging.Tagged]:
    """The hand-checked sample with its countries alone."""
    return [tagging.tagged(one.text, [span for span in one.spans if span.kind == "country"])
            for one in sample.hand_checked(articles)]  # fmt: skip


def train_one(kind: str, seed: int, sizes: tuple[int, ...] = SIZES) -> Trained:
    """Train a tagger on each number of sentences, and judge it on countries it was never shown and on the sample."""
    articles = data.news_articles()
    checked, figures = checked_rows(articles), {}
    for n in sizes:
        split = tagging.country_split(articles, n, N_TEST, seed, [row.text for row in checked])
        runtime.seed(seed)
        model, tokenizer = make(kind)
        batches = tagging.TagBatches(tokenizer, split.train, tagging.COUNTRY_TAGS, BATCH)
        history = train(model, batches, tagging.tagging_loss, recipe_of(kind, n), show=False,
                        generator=torch.Generator().manual_seed(seed))  # fmt: skip
        figures[str(n)] = judge(model, tokenizer, split.test) | {
            f"checked_{name}": value for name, value in judge(model, tokenizer, checked).items()
        }
    return Trained(model, history, figures)


def _texts() -> dict[str, str]:
    return {"news": digest(article.text for article in data.news_articles())}


def _checkpoint(kind: str, about: str) -> Checkpoint:
    return Checkpoint(
        name=f"tagging_{kind}", about=about, train=functools.partial(train_one, kind), texts=_texts,
        keeps_weights=False,
        recipe={"sizes": list(SIZES), "test": N_TEST, "batch": BATCH,
                "training": {str(n): dataclasses.asdict(recipe_of(kind, n)) for n in SIZES}})  # fmt: skip


CHECKPOINTS = [
    _checkpoint("pretrained", "Lesson 10's tagger on the course's BERT, asked about countries no label showed."),
    _checkpoint("scratch", "The same, of the size of the course's BERT, from random weights."),
    _checkpoint("minilm", "The same on MiniLM."),
]
