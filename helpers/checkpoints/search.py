"""Is the recipe of the course's BERT a good one? One thing changed at a time, in small runs (lesson 09).

Each variant reads 0.66 million tokens, three seeds, and is judged in three ways: by the gaps in held-out news, by
countries that no label showed (lesson 10), and by film snippets for validation (lesson 09). A variant that is done is
kept in the cache, so that a search that was stopped goes on where it was.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from helpers import assets, bert, data, runtime
from helpers import fine_tuning as ft
from helpers.bert import IGNORED
from helpers.bert.masking import mask_tokens
from helpers.checkpoints import bert as mlm
from helpers.checkpoints import budgets, reviews
from helpers.checkpoints.recipe import Checkpoint, Trained, digest
from helpers.pretraining import text
from helpers.tokenization import WordPiece
from helpers.tokenization.wordpiece import SPECIAL
from helpers.training import History, train

STEPS, SEEDS = 216, (0, 1, 2)
PROPOSER = mlm.SIZES | {"d_model": 96, "n_heads": 2, "n_layers": 2}  # half as wide, half as deep: see `Replaced`
Draw = Callable[[torch.Generator], tuple[Tensor, Tensor]]


@dataclass(frozen=True)
class Variant:
    """One way to pretrain: where nothing is said, the recipe of "bert_mlm", cut to `STEPS`.

    Attributes:
        says: in a few words. steps: 0 leaves the start as it is.
        rate: share of the tokens that are asked about. reviews: how often a row of rated texts comes in one round.
        task: "masked"; "words", where all pieces of a word are asked about or none; or "replaced", see `Replaced`.
        pieces: of the vocabulary, learned anew if it is another.
        counts, neighbours: whether token vectors start from counts, and the first block's heads at neighbours.
    """

    says: str
    steps: int = STEPS
    rate: float = mlm.RATE
    reviews: int = mlm.WEIGHTS["reviews"]
    n_layers: int = mlm.SIZES["n_layers"]
    task: str = "masked"
    pieces: int = text.VOCAB_SIZE
    counts: bool = True
    neighbours: bool = True


VARIANTS = {
    "recipe": Variant("the recipe"),
    "rate15": Variant("15 % asked, not 20", rate=0.15),
    "rate40": Variant("40 % asked", rate=0.4),
    "words": Variant("whole words asked", task="words"),
    "replaced": Variant("replaced tokens (ELECTRA)", task="replaced", rate=0.15),
    "reviews0": Variant("no rated texts", reviews=0),
    "reviews6": Variant("rated texts six times", reviews=6),
    "pieces4000": Variant("4,000 word pieces", pieces=4000),
    "pieces16000": Variant("16,000 word pieces", pieces=16000),
    "layers2": Variant("two blocks, not four", n_layers=2),
    "layers6": Variant("six blocks", n_layers=6),
    "no_heads": Variant("no heads set", neighbours=False),
    "no_counts": Variant("no counts", counts=False),
    "untrained": Variant("no training", steps=0),
    "untrained_counts": Variant("no training, counts alone", steps=0, neighbours=False),
    "untrained_heads": Variant("no training, heads alone", steps=0, counts=False),
}  # fmt: skip


class Replaced(nn.Module):
    """ELECTRA: a small masked model fills the gaps, and the encoder says of every token whether it is the true one.

    Source: Clark et al. (2020), section 2, with their weight of 50 on the second loss.
    """

    def __init__(self, encoder: bert.Encoder, proposer: bert.MaskedLanguageModel) -> None:
        super().__init__()
        self.encoder, self.proposer = encoder, proposer
        self.to_score = nn.Linear(encoder.config.d_model, 1)

    def forward(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Inputs and targets (B, T) of `mask_tokens` -> the loss of both models."""
        asked = targets != IGNORED
        true = torch.where(asked, targets, inputs)
        logits = self.proposer.at(inputs, asked)
        shown = true.clone()
        shown[asked] = torch.multinomial(logits.detach().softmax(-1), 1).squeeze(1)
        scores, ordinary = self.to_score(self.encoder(shown).x).squeeze(-1), true >= len(SPECIAL)
        found = binary_cross_entropy_with_logits(scores[ordinary], (shown != true)[ordinary].float())
        return cross_entropy(logits, targets[asked]) + 50 * found


def by_words(draw: Draw, rate: float) -> Draw:
    """Batches like those of `draw`, which asks nothing, with whole words asked about: all pieces of one, or none."""
    cut = text.tokenizer()
    goes_on = torch.tensor([token.startswith("##") for token in cut.vocab])

    def next_batch(generator: torch.Generator) -> tuple[Tensor, Tensor]:
        rows, _ = draw(generator)  # (B, T)
        places = torch.arange(rows.shape[1]).expand_as(rows)
        first = places.masked_fill(goes_on[rows], 0).cummax(dim=1).values  # of the word that a piece belongs to
        chosen = (torch.rand(rows.shape, generator=generator) < rate).gather(1, first)
        inputs, targets = mask_tokens(rows, generator, mask_id=cut.index["[MASK]"], vocab_size=cut.vocab_size,
                                      special_ids=[cut.index[mark] for mark in SPECIAL], rate=1.0)  # fmt: skip
        return torch.where(chosen, inputs, rows), targets.masked_fill(~chosen, IGNORED)

    return next_batch


@functools.cache
def _tokenizer(pieces: int) -> WordPiece:
    return WordPiece(text.learn_vocabulary(pieces))


@contextlib.contextmanager
def cut_into(pieces: int) -> Iterator[None]:
    """For as long as this lasts, the course's texts are cut by a vocabulary of another size."""
    usual = text.tokenizer, text.VOCAB_SIZE
    if pieces != text.VOCAB_SIZE:
        text.tokenizer, text.VOCAB_SIZE = functools.partial(_tokenizer, pieces), pieces
    try:
        yield
    finally:
        text.tokenizer, text.VOCAB_SIZE = usual


def pretrain(variant: Variant, seed: int) -> tuple[bert.MaskedLanguageModel, History]:
    """A masked language model after the variant's steps; of "replaced", its encoder under an untrained head."""
    laid = text.rows("train", mlm.LENGTH)
    laid = laid if variant.reviews else {source: rows for source, rows in laid.items() if source != "reviews"}
    generator = runtime.seed(seed)

    def started(sizes: dict[str, int]) -> bert.MaskedLanguageModel:
        config = bert.bert_config(text.VOCAB_SIZE, dropout=0.0, fused=True, **sizes)
        model = bert.MaskedLanguageModel(bert.Encoder(config))
        if variant.counts:
            mlm.start_from_counts(model, laid, seed)
        if variant.neighbours:
            mlm.start_with_neighbours(model)
        return model

    model = started(mlm.SIZES | {"n_layers": variant.n_layers})
    if not variant.steps:
        return model, History()
    rate = 0.0 if variant.task == "words" else variant.rate
    draw = text.batches(laid, mlm.BATCH, {"reviews": variant.reviews}, rate=rate)
    recipe = dataclasses.replace(mlm.RECIPE, steps=variant.steps, evaluate_every=variant.steps)
    if variant.task == "replaced":
        both = Replaced(model.encoder, started(PROPOSER))
        return model, train(both, draw, lambda both, batch: both(*batch), recipe, generator=generator, show=False)
    draw = by_words(draw, variant.rate) if variant.task == "words" else draw
    return model, train(model, draw, mlm.loss_of, recipe, generator=generator, show=False)


def judge(variant: Variant, seed: int) -> dict[str, Any]:
    """Seconds of training; nats at the gaps of held-out texts, None where gaps or pieces are others; both tasks."""
    model, history = pretrain(variant, seed)
    fills = variant.steps and variant.task != "replaced" and variant.pieces == VARIANTS["recipe"].pieces
    gaps = {source: round(mlm.judge(model, batch)[0], 4) if fills else None
            for source, batch in mlm.held_out().items()}  # fmt: skip
    state, config = model.encoder.state_dict(), model.encoder.config

    def reader() -> bert.Encoder:
        fresh = bert.Encoder(config)
        fresh.load_state_dict(state)
        return fresh

    learns = not variant.counts and not variant.steps
    countries, _ = budgets.countries(reader, seed, embedding_learns=learns)
    films = None
    if variant.steps:
        maker = functools.partial(budgets.judge_of_films, reader)
        judge, _, numbers = reviews.fit(maker, reviews.OURS, budgets.N_REVIEWS, seed)
        valid = ft.labelled(split="valid")  # a search that looked at test snippets would learn them
        films = round(ft.accuracy(ft.probabilities(judge, numbers(valid.texts)), valid.labels), 4)
    return {"seconds": round(sum(history.seconds), 1), "nats": gaps, "countries": countries, "films": films}


def kept(name: str, seed: int) -> dict[str, Any]:
    """What `judge` says of a variant: read from the cache, or found now and put there."""
    chosen = json.dumps(dataclasses.asdict(VARIANTS[name]) | {"seed": seed}, sort_keys=True)
    path = assets.cache_folder() / "snapshots" / f"search_{name}_{digest([chosen])[:12]}.json"
    if not path.exists():
        started = time.perf_counter()
        with cut_into(VARIANTS[name].pieces):
            found = judge(VARIANTS[name], seed)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(found))
        print(f"{name}, seed {seed}: {found}, {time.perf_counter() - started:.0f} s in all", flush=True)
    return json.loads(path.read_text())


def train_all(seed: int) -> Trained:
    """Every variant with one seed."""
    found = {name: kept(name, seed) for name in VARIANTS}
    return Trained(mlm.make(), History(seconds=[one["seconds"] for one in found.values()]), found)


CHECKPOINTS = [
    Checkpoint("bert_search", "The recipe of the course's BERT in small runs, one thing changed at a time.", train_all,
               texts=lambda: mlm.texts() | {"film": digest(ft.labelled().texts),
                                            "tagged": digest(article.text for article in data.news_articles())},
               recipe={name: dataclasses.asdict(variant) for name, variant in VARIANTS.items()}, keeps_weights=False),
]  # fmt: skip
