"""Lesson 09's ladder: who judges film snippets how well, with 100, 500, 2,000 and all labels.

    python -m helpers.checkpoints reviews_minilm_full --seeds 0

Every contender leaves one record; of "reviews_lora" the few weights that learned are kept too. The probabilities that
the model with all labels gives to every test text are in the record, so that accuracy, calibration and errors can be
read off it again.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from helpers import bert, data, recurrent, runtime, text_cnn
from helpers import fine_tuning as ft
from helpers.checkpoints.bert import SIZES
from helpers.checkpoints.recipe import Checkpoint, Trained, digest
from helpers.fine_tuning.ladder import packed
from helpers.fine_tuning.words import glove_index, word_encoder, word_numbers
from helpers.pretraining import text
from helpers.training import History, Recipe, train

COUNTS = {"100": 100, "500": 500, "2000": 2000, "all": None}
N_VALID = 200  # of the validation texts: enough to see a curve by
SHAPE = SIZES | {"fused": True}  # of the course's encoder
GLOVE_WORDS = 30_000

Numbers = Callable[[list[str]], Tensor]  # texts -> token_ids (N, T)
Maker = Callable[[ft.Labelled], tuple[nn.Module, Numbers]]

# Epochs for each number of labels, learning rate, what it is multiplied with in some parts, batch size.
MINILM = {"epochs": {"100": 6, "500": 3, "2000": 1, "all": 1}, "batch": 32, "weight_decay": 0.01}
FULL = MINILM | {"learning_rate": 1e-4, "scales": {"to_logits": 10.0}}
LORA = MINILM | {"learning_rate": 3e-3, "scales": {"to_logits": 3.0}}
OURS = {"epochs": {"100": 6, "500": 4, "2000": 3, "all": 2}, "batch": 32, "weight_decay": 0.01,
        "learning_rate": 3e-4, "scales": {"encoder.embedding": 3.0, "to_logits": 3.0}}  # fmt: skip
SCRATCH = OURS | {"learning_rate": 5e-4}
LSTM = {"epochs": {"100": 30, "500": 15, "2000": 8, "all": 4}, "batch": 64, "weight_decay": 0.0, "learning_rate": 5e-3,
        "scales": {}}  # fmt: skip


def minilm_full(texts: ft.Labelled) -> tuple[nn.Module, Numbers]:
    """MiniLM under a head on the mean of its tokens; everything learns."""
    found = bert.load_minilm()
    model = bert.Classifier(ft.without_dropout(found.encoder), pooling="mean")
    return model, functools.partial(ft.encoded, found.tokenizer)


def minilm_lora(texts: ft.Labelled) -> tuple[nn.Module, Numbers]:
    """MiniLM, frozen, with corrections of rank 8 on queries and values, under a head."""
    found = bert.load_minilm()
    return ft.lora_classifier(ft.without_dropout(found.encoder)), functools.partial(ft.encoded, found.tokenizer)


def ours(texts: ft.Labelled) -> tuple[nn.Module, Numbers]:
    """The course's own pretrained encoder under a head; everything learns."""
    found = bert.load_course_model()
    found.encoder.fused = True
    return bert.Classifier(found.encoder, pooling="mean"), functools.partial(ft.encoded, found.tokenizer)


def scratch(texts: ft.Labelled) -> tuple[nn.Module, Numbers]:
    """The same encoder, reading the same word pieces, from chance."""
    tokenizer = text.tokenizer()
    encoder = bert.Encoder(bert.bert_config(tokenizer.vocab_size, **SHAPE))
    return bert.Classifier(encoder, pooling="mean"), functools.partial(ft.encoded, tokenizer)


def glove(texts: ft.Labelled) -> tuple[nn.Module, Numbers]:
    """The same encoder from chance, reading words whose vectors are GloVe's, projected from 50 numbers up."""
    index, vectors = glove_index(GLOVE_WORDS)
    return bert.Classifier(word_encoder(vectors, **SHAPE), pooling="mean"), functools.partial(word_numbers, index=index)


class Lengths(nn.Module):
    """Lesson 04's classifier, asked as the others are: token_ids (B, T) -> logits (B, C)."""

    def __init__(self, model: recurrent.ReviewClassifier) -> None:
        super().__init__()
        self.model = model

    def forward(self, token_ids: Tensor) -> Tensor:
        return self.model(token_ids, (token_ids != 0).sum(dim=1).clamp(min=1))


def lstm(texts: ft.Labelled) -> tuple[nn.Module, Numbers]:
    """Lesson 04's LSTM, which judges by the mean of its states, over the words of the texts it learns from."""
    numbers = text_cnn.vocabulary(texts.texts)
    model = recurrent.ReviewClassifier(len(numbers) + 2, "lstm", pooling="mean")
    return Lengths(model), functools.partial(text_cnn.encode, numbers=numbers, length=ft.LONGEST)


def fit(make: Maker, how: dict[str, Any], count: str, seed: int) -> tuple[nn.Module, History, Numbers]:
    """Train one contender on so many labels."""
    texts = ft.draw(ft.labelled(), COUNTS[count], seed)
    runtime.seed(seed)
    model, numbers = make(texts)
    batches = ft.Batches(numbers(texts.texts), texts.labels, how["batch"])
    steps = how["epochs"][count] * batches.per_epoch
    valid = ft.draw(ft.labelled(split="valid"), N_VALID, seed=0)
    valid_ids = numbers(valid.texts)
    every = max(steps // 4, 1) if count == "all" else steps
    recipe = Recipe(steps, how["learning_rate"], warmup_steps=steps // 10, final_fraction=0.0,
                    weight_decay=how["weight_decay"], evaluate_every=every)  # fmt: skip
    history = train(model, batches, ft.review_loss, ft.FineTuning(recipe, how["scales"]), keep_best=True, show=False,
                    evaluate=lambda judge: surprise(ft.probabilities(judge, valid_ids), valid.labels),
                    generator=torch.Generator().manual_seed(seed))  # fmt: skip
    return model, history, numbers


def surprise(probabilities: Tensor, labels: Tensor) -> float:
    """The mean of -log P(right class), in nats."""
    return -float(probabilities[range(len(labels)), labels].clamp(min=1e-9).log().mean())


def train_ladder(make: Maker, how: dict[str, Any], seed: int) -> Trained:
    """Train a contender on each number of labels, and judge it on the test snippets; the largest everywhere."""
    accuracies, seconds, losses = {}, {}, {}
    test = ft.labelled(split="test")
    for count in COUNTS:
        started = time.perf_counter()
        model, history, numbers = fit(make, how, count, seed)
        seconds[count] = round(time.perf_counter() - started, 1)
        losses[count] = [[step, round(loss, 4)] for step, loss in history.evaluations]
        accuracies[count] = round(ft.accuracy(ft.probabilities(model, numbers(test.texts)), test.labels), 4)
        print(count, accuracies[count], losses[count], seconds[count], flush=True)
    found = judged(lambda texts: ft.probabilities(model, numbers(texts))[:, 1])
    return Trained(ft.trained_parts(model), history, {"accuracy": accuracies, "valid_loss": losses,
                                                      "seconds": seconds, **found})  # fmt: skip


def judged(judge: Callable[[list[str]], Tensor]) -> dict[str, Any]:
    """Accuracy on all validation snippets, and what the judge says of every test text of every domain."""
    valid = ft.labelled(split="valid")
    said = {domain: judge(ft.labelled(domain, "test").texts) for domain in data.DOMAINS}
    return {"valid": round(ft.accuracy(judge(valid.texts), valid.labels), 4),
            "domains": {domain: round(ft.accuracy(p, ft.labelled(domain, "test").labels), 4)
                        for domain, p in said.items()},
            "p_good": {domain: packed(p) for domain, p in said.items()}}  # fmt: skip


def train_frozen(how: dict[str, Any], seed: int) -> Trained:
    """Logistic regression on MiniLM's sentence vectors, which stay as they are: read once, by all seeds."""
    from sklearn.linear_model import LogisticRegression

    vectors = _sentence_vectors()

    def learn(texts: ft.Labelled) -> Callable[[list[str]], Tensor]:
        model = LogisticRegression(C=how["C"], max_iter=2000).fit(vectors(texts.texts), texts.labels.numpy())
        return lambda some: torch.from_numpy(model.predict_proba(vectors(some))[:, 1])

    return _plain(learn, seed, bert.load_minilm().encoder.config.d_model + 1)


@functools.cache
def _sentence_vectors() -> Callable[[list[str]], Any]:
    """A function from texts to MiniLM's vectors (N, D) that reads every text once."""
    found, kept = bert.load_minilm(), {}

    def vectors(texts: list[str]) -> Any:
        new = [text for text in dict.fromkeys(texts) if text not in kept]
        kept.update(zip(new, found.encode_texts(new, longest=ft.LONGEST), strict=True))
        return torch.stack([kept[text] for text in texts]).numpy()

    return vectors


def train_tfidf(how: dict[str, Any], seed: int) -> Trained:
    """TF-IDF of words and pairs of words under logistic regression (lesson 01); C is chosen on validation texts."""
    from sklearn.linear_model import LogisticRegression

    from helpers.bag_of_words import BagOfWords

    valid, sizes = ft.labelled(split="valid"), []

    def learn(texts: ft.Labelled) -> Callable[[list[str]], Tensor]:
        bag = BagOfWords(n_max=2)
        table = bag.fit_transform(texts.texts)
        tried = [LogisticRegression(C=c, max_iter=2000).fit(table, texts.labels.numpy()) for c in how["C"]]
        held_out = bag.transform(valid.texts)
        best = max(tried, key=lambda model: model.score(held_out, valid.labels.numpy()))
        sizes.append(table.shape[1] + 1)
        return lambda some: torch.from_numpy(best.predict_proba(bag.transform(some))[:, 1])

    return _plain(learn, seed, lambda: sizes[-1])


def _plain(learn: Callable, seed: int, size: int | Callable[[], int]) -> Trained:
    """The ladder of a model that is no network; `size` numbers are learned."""
    test, accuracies, seconds = ft.labelled(split="test"), {}, {}
    for count, n in COUNTS.items():
        started = time.perf_counter()
        judge = learn(ft.draw(ft.labelled(), n, seed))
        accuracies[count] = round(ft.accuracy(judge(test.texts), test.labels), 4)
        seconds[count] = round(time.perf_counter() - started, 1)
    stand_in = nn.ParameterList([nn.Parameter(torch.zeros(size() if callable(size) else size))])
    figures = {"accuracy": accuracies, "seconds": seconds, **judged(judge)}
    return Trained(stand_in, History(seconds=[sum(seconds.values())]), figures)


def _texts() -> dict[str, str]:
    return {"film": digest(ft.labelled().texts)}


def _checkpoint(name: str, about: str, make: Maker, how: dict[str, Any], keeps_weights: bool = False) -> Checkpoint:
    return Checkpoint(f"reviews_{name}", about, functools.partial(train_ladder, make, how), how, _texts,
                      precision="float16", keeps_weights=keeps_weights)  # fmt: skip


CHECKPOINTS = [
    _checkpoint("minilm_full", "MiniLM on film snippets; all its weights learn.", minilm_full, FULL),
    _checkpoint("lora", "MiniLM on film snippets; corrections of rank 8 and a head learn.", minilm_lora, LORA,
                keeps_weights=True),
    Checkpoint("reviews_minilm_frozen", "Logistic regression on MiniLM's sentence vectors of film snippets.",
               functools.partial(train_frozen, {"C": 10.0}), {"C": 10.0}, _texts, keeps_weights=False),
    Checkpoint("reviews_tfidf", "TF-IDF of words and pairs of words with logistic regression on film snippets.",
               functools.partial(train_tfidf, {"C": [1.0, 5.0, 20.0]}), {"C": [1.0, 5.0, 20.0]}, _texts,
               keeps_weights=False),
    _checkpoint("lstm", "An LSTM on film snippets, from chance.", lstm, LSTM),
    _checkpoint("glove", "The course's encoder on film snippets; only word vectors are pretrained.", glove, SCRATCH),
    _checkpoint("scratch", "The course's encoder on film snippets, from chance.", scratch, SCRATCH),
    _checkpoint("ours", "The course's encoder on film snippets, pretrained as a masked language model.", ours, OURS),
]  # fmt: skip
