"""The course's own BERT: pretrained on news, Wikipedia and rated texts by guessing masked tokens (lesson 08).

Recipe by small runs on one core, seed 0: held-out loss on the news in nats per masked piece, 48 rows of 64 a step.
After 50 steps: token vectors drawn by lot 6.74, those of lesson 02's counts 6.52 (learning rate 2.5e-3: 6.54; 1e-2:
6.63). Then neither left the plateau near what counting alone knows: 6.37 after 324 steps; with a fifth of the learning
rate for the embeddings, and positions as sines, 6.37 after 162. With heads of the first block that start by looking at
a neighbour: 5.55 after 162 steps (5.61 in the recorded run, with its warm-up of 100), 5.02 after some 400. The same in
the second block too: 5.49 after 162. Reading for longer, 5,184 steps in place of 1,944, ends at 3.76 nats in place of
4.15; judges of film snippets don't notice (78.1 and 78.7 % with all labels), the tagger of countries a little. Masking
rate, objective, mix of texts, vocabulary, blocks, the start's two parts, one at a time: `helpers.checkpoints.search`;
what won there at full length, no better than this: `helpers.checkpoints.second`.
All computes with 32 bits: on a processor without bf16 instructions a step under bf16 autocast took 13 times as long.
"""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from helpers import assets, bert, runtime
from helpers.bert import IGNORED
from helpers.checkpoints.recipe import Checkpoint, Trained, digest
from helpers.pretraining import text
from helpers.tokenization.wordpiece import SPECIAL
from helpers.training import Recipe, train

SIZES = {"d_model": 192, "n_heads": 4, "n_layers": 4, "context_len": 128}
LENGTH, BATCH, RATE = 64, 48, 0.2
WEIGHTS = {"reviews": 2}  # how often a row of a source comes in one round
PLACES = 48  # numbers of a vector that start as positions; as many as a head has
SPREAD, SHARPNESS = 0.05, 0.8  # of the vectors at the start; of the first block's heads
OFFSETS = (-1, 1, -2, 2)  # where each of them starts by looking
RECIPE = Recipe(steps=5184, learning_rate=5e-3, warmup_steps=100, final_fraction=0.0, evaluate_every=81,
                optimizer="muon_fifth")  # fmt: skip
SNAPSHOTS = {324: "1m", 1296: "4m"}  # steps -> name of the copy that is kept: about so many million tokens read


def make(*, fused: bool = True, dropout: float = 0.0) -> bert.MaskedLanguageModel:
    """The untrained model."""
    config = bert.bert_config(text.VOCAB_SIZE, dropout=dropout, fused=fused, **SIZES)
    return bert.MaskedLanguageModel(bert.Encoder(config))


def start_from_counts(model: bert.MaskedLanguageModel, laid: dict[str, Tensor], seed: int = 0) -> None:
    """Give the model what counting knows: lesson 02's vectors as token vectors, and how often each token occurs.

    The vectors leave the first numbers free, for positions.

    Args:
        model: changed in place.
        laid: token ids in rows, of `text.rows`.
    """
    from helpers.vectors import train_ppmi_svd

    cut, width = text.tokenizer(), model.encoder.config.d_model - PLACES
    marks = [cut.index[mark] for mark in SPECIAL]
    everything = torch.cat(list(laid.values()))
    sentences = [[cut.vocab[one] for one in row if one not in marks] for row in everything.tolist()]
    vectors = train_ppmi_svd(sentences, d=width, window=5, min_count=1)
    spread = float(vectors.matrix.std())
    start = np.random.default_rng(seed).normal(0, spread, (cut.vocab_size, width))
    for number, token in enumerate(cut.vocab):
        if token in vectors:
            start[number] = vectors[token]
    counts = torch.bincount(everything.long().flatten(), minlength=cut.vocab_size).float()
    counts[marks] = 0
    with torch.no_grad():
        model.encoder.embedding.token.weight[:, :PLACES] = 0.0
        model.encoder.embedding.token.weight[:, PLACES:] = torch.from_numpy(start / spread * SPREAD)
        model.head.to_logits.bias.copy_(((counts + 0.5) / (counts + 0.5).sum()).log())


def start_with_neighbours(model: bert.MaskedLanguageModel) -> None:
    """Let each head of the first block begin by looking at one neighbour: one before, one after, two before, two after.

    Positions start as sines and cosines of evenly spaced frequencies. Turning them by an offset gives the position that
    far away (as in rotary positions), so a query that is the turned position meets the key of that neighbour best.
    Learning moves all of it freely.
    """
    embedding, heads = model.encoder.embedding, model.encoder.blocks[0].attention
    frequencies = torch.pi * (torch.arange(PLACES // 2) + 0.5) / (PLACES // 2)  # (F,)
    angles = torch.arange(embedding.position.num_embeddings)[:, None] * frequencies  # (T, F)
    width = model.encoder.config.d_head
    keys = torch.eye(width, model.encoder.config.d_model) * SHARPNESS
    with torch.no_grad():
        embedding.position.weight.zero_()
        embedding.position.weight[:, 0:PLACES:2] = SPREAD * 2**0.5 * angles.sin()
        embedding.position.weight[:, 1:PLACES:2] = SPREAD * 2**0.5 * angles.cos()
        for head, offset in enumerate(OFFSETS[: model.encoder.config.n_heads]):
            turn = torch.zeros(PLACES, PLACES)
            sin, cos = (offset * frequencies).sin(), (offset * frequencies).cos()
            even, odd = range(0, PLACES, 2), range(1, PLACES, 2)
            turn[even, even], turn[even, odd], turn[odd, odd], turn[odd, even] = cos, sin, cos, -sin
            rows = slice(head * width, (head + 1) * width)
            heads.to_key.weight[rows] = keys
            heads.to_query.weight[rows] = turn @ keys


def loss_of(model: bert.MaskedLanguageModel, batch: tuple[Tensor, Tensor]) -> Tensor:
    """The masked loss; scores are computed at the places that are asked about, nowhere else."""
    inputs, targets = batch
    asked = targets != IGNORED
    return nn.functional.cross_entropy(model.at(inputs, asked), targets[asked])


def held_out(n_rows: int = 192) -> dict[str, tuple[Tensor, Tensor]]:
    """Source -> rows of held-out text, masked once and for all at 15 %."""
    return {source: text.batches({source: rows}, min(n_rows, len(rows)))(torch.Generator().manual_seed(0))
            for source, rows in text.rows("valid", LENGTH).items()}  # fmt: skip


@torch.no_grad()
def judge(model: bert.MaskedLanguageModel, batch: tuple[Tensor, Tensor]) -> tuple[float, float]:
    """Loss in nats and share of first guesses that are right, at the masked places."""
    inputs, targets = batch
    asked = targets != IGNORED
    logits = model.at(inputs, asked)
    return float(nn.functional.cross_entropy(logits, targets[asked])), \
        float((logits.argmax(-1) == targets[asked]).float().mean())  # fmt: skip


def unigram(laid: dict[str, Tensor], batch: tuple[Tensor, Tensor]) -> tuple[float, float]:
    """The same for one who knows how often each token occurs and nothing of the text."""
    counts = torch.bincount(torch.cat(list(laid.values())).long().flatten(), minlength=text.VOCAB_SIZE).float() + 0.5
    counts[:5] = 0
    log_chance = (counts / counts.sum()).log()
    answers = batch[1][batch[1] != IGNORED]
    return float(-log_chance[answers].mean()), float((answers == counts.argmax()).float().mean())


def snapshot(name: str) -> Path:
    """Where the copy of a model on its way lies; in the cache, since it is for `make checkpoints` alone."""
    return assets.cache_folder() / "snapshots" / f"bert_mlm_{name}.pt"


def train_one(seed: int, recipe: Recipe = RECIPE, last: int | None = None, rate: float = RATE) -> Trained:
    """Pretrain one, or take its first steps alone, up to `last`; `rate` is the share of tokens that is asked about."""
    laid, tests = text.rows("train", LENGTH), held_out()
    generator = runtime.seed(seed)
    model = make()
    start_from_counts(model, laid, seed)
    start_with_neighbours(model)
    done = 0

    def evaluate(model: bert.MaskedLanguageModel) -> float:
        nonlocal done
        done = min(done + recipe.evaluate_every, recipe.steps)
        if seed == 0 and (recipe, last, rate) == (RECIPE, None, RATE) and done in SNAPSHOTS:
            snapshot(SNAPSHOTS[done]).parent.mkdir(parents=True, exist_ok=True)
            torch.save(model.state_dict(), snapshot(SNAPSHOTS[done]))
        loss, right = judge(model, tests["news"])
        print(f"step {done}: {loss:.3f} nats, {right:.1%} right", flush=True)
        return loss

    draw, drawn = text.batches(laid, BATCH, WEIGHTS, rate=rate), itertools.count()

    def next_batch(generator: torch.Generator) -> tuple[Tensor, Tensor]:
        if next(drawn) == last:
            raise KeyboardInterrupt  # as the stop button would
        return draw(generator)

    history = train(model, next_batch, loss_of, recipe, generator=generator, evaluate=evaluate, show=False,
                    keep_best=False)  # fmt: skip
    figures = {source: [round(one, 4) for one in judge(model, batch)] for source, batch in tests.items()}
    figures |= {f"unigram_{source}": [round(one, 4) for one in unigram(laid, batch)]
                for source, batch in tests.items()}  # fmt: skip
    return Trained(model, history, figures)


def sources() -> dict[str, str]:
    """What it reads, as digests."""
    return {source: digest(text.texts(source)) for source in text.SOURCES}


def texts() -> dict[str, str]:
    """The same, and the pieces it is cut into."""
    return sources() | {"vocabulary": digest(text.tokenizer().vocab)}


CHECKPOINTS = [
    Checkpoint(
        "bert_mlm", "The course's BERT, pretrained by guessing masked tokens.", train_one, texts=texts, seeds=(0,),
        recipe={"model": SIZES, "batch": [BATCH, LENGTH], "rate": RATE, "weights": WEIGHTS,
                "start": ["counts", "neighbours", PLACES, SPREAD, SHARPNESS, *OFFSETS],
                "training": dataclasses.asdict(RECIPE)}, precision="float16",
        begin=lambda seed, steps: train_one(seed, last=steps).history),
]  # fmt: skip
