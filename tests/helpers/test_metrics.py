"""Softmax, cross-entropy, perplexity and bits per character against PyTorch and arithmetic by hand."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from helpers.metrics import (
    bits_per_character,
    bleu,
    bleu_parts,
    cross_entropy,
    exact_match,
    nats_to_bits,
    perplexity,
    softmax,
    text_nats,
)  # fmt: skip

DICE = torch.Generator().manual_seed(0)


@pytest.mark.parametrize("size", [0.1, 1, 100, 1e6])
def test_softmax_and_cross_entropy_equal_pytorch(size):
    logits = (torch.randn(4, 5, 7, generator=DICE) * size).requires_grad_()
    targets = torch.randint(7, (4, 5), generator=DICE)
    assert torch.allclose(softmax(logits), F.softmax(logits, -1), atol=1e-6)
    mine, theirs = cross_entropy(logits, targets), F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    assert torch.allclose(mine, theirs, rtol=1e-6, atol=1e-6)
    gradients = [torch.autograd.grad(loss, logits)[0] for loss in (mine, theirs)]
    assert torch.allclose(*gradients, atol=1e-6) and gradients[0].isfinite().all()


def test_softmax_of_impossible_scores():
    assert softmax(torch.tensor([0.0, -math.inf, 0.0])).tolist() == [0.5, 0.0, 0.5]
    assert softmax(torch.tensor([1e30])).tolist() == [1.0]


def test_cross_entropy_of_one_row_and_no_row():
    assert cross_entropy(torch.zeros(8), torch.tensor(3)).item() == pytest.approx(math.log(8))
    for logits, targets in [((0, 4), (0,)), ((2, 4), (3,)), ((2, 4), (2, 1))]:
        with pytest.raises(ValueError, match="Expected logits"):
            cross_entropy(torch.zeros(logits), torch.zeros(targets, dtype=torch.long))


def test_perplexity():
    assert perplexity([1 / 6] * 10) == pytest.approx(6) and perplexity([1.0]) == 1
    assert perplexity([0.5, 0.125]) == pytest.approx(4)  # the geometric mean of 2 and 8
    assert perplexity([0.1] * 10_000) == pytest.approx(10)  # their product is 0 on a computer
    assert perplexity(torch.tensor([0.25, 0.25])) == pytest.approx(4) and perplexity([0.5, 0.0]) == math.inf
    for wrong in ([], [1.5], [-0.1], [float("nan")]):
        with pytest.raises(ValueError, match="each from 0 to 1"):
            perplexity(wrong)


class Table(nn.Module):
    """A bigram model with random weights, which any other reading of the text can be compared with."""

    def __init__(self, vocab_size=5):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(vocab_size, vocab_size, generator=DICE))
        self.dropout = nn.Dropout(0.5)

    def forward(self, token_ids):
        return self.dropout(self.weight[token_ids])


@pytest.mark.parametrize("n", [2, 3, 64, 65, 66, 130, 700])
@pytest.mark.parametrize("context", [0, 3, 64, 100])
def test_every_token_counts_once(n, context):
    model, ids = Table(), torch.randint(5, (n,), generator=DICE)
    by_hand = -sum(math.log(F.softmax(model.weight.detach()[a], -1)[b]) for a, b in zip(ids[:-1], ids[1:], strict=True))
    assert model.training
    assert text_nats(model, ids, context=context, batch_size=3) == pytest.approx(by_hand, rel=1e-5)
    assert model.training  # and dropout was off in between
    assert bits_per_character(model, ids, context=context) == pytest.approx(by_hand / math.log(2) / (n - 1), rel=1e-5)


def test_windows_give_the_past_that_was_promised():
    seen = []

    def model(token_ids):
        seen.append(token_ids)
        return torch.zeros(*token_ids.shape, 1000)

    ids = torch.arange(1000) % 900
    assert bits_per_character(model, ids, context=20) == pytest.approx(math.log2(1000))
    assert bits_per_character(model, ids, n_characters=1998, context=20) == pytest.approx(math.log2(1000) / 2)
    assert {len(row) for batch in seen for row in batch} <= {64, 84, 999 % 64 + 20} and len(seen) >= 3


def test_what_has_no_bits():
    for shape in (0, 1, (2, 2)):
        ids = torch.zeros(shape, dtype=torch.long)
        with pytest.raises(ValueError, match="two tokens or more"):
            bits_per_character(Table(), ids)
    with pytest.raises(ValueError, match="n_characters is 0"):
        nats_to_bits(1.0, 0)
    assert perplexity([5e-324]) == math.inf
    with pytest.raises(ValueError, match="text.split"):
        bleu([""], [""])


# BLEU ---------------------------------------------------------------
WORDS = "the a cat dog sat on mat . und zwanzig Ñ 🙂".split()


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("smooth", [False, True])
def test_bleu_equals_sacrebleu(seed, smooth):
    import random

    from sacrebleu.metrics import BLEU

    dice = random.Random(seed)
    references = [[dice.choice(WORDS) for _ in range(dice.randint(0, 12))] for _ in range(dice.randint(1, 30))]
    written = [[token if dice.random() > 0.2 else dice.choice(WORDS) for token in row[: dice.randint(0, 14)]]
               for row in references]  # fmt: skip
    if seed % 3 == 0:
        written = [[*row, dice.choice(WORDS)] for row in written]
    library = BLEU(tokenize="none", smooth_method="exp" if smooth else "none")
    theirs = library.corpus_score([" ".join(row) for row in written], [[" ".join(row) for row in references]])
    ours = bleu_parts(written, references, smooth=smooth)
    assert ours.score == pytest.approx(theirs.score, abs=1e-9)
    assert ours.brevity == pytest.approx(theirs.bp)
    assert list(ours.precisions) == pytest.approx(theirs.precisions)


def test_bleu_by_hand():
    text, reference = "the the the cat".split(), "the cat sat".split()
    parts = bleu_parts([text], [reference], n_max=2)
    assert parts.precisions == pytest.approx((50, 100 / 3)) and parts.brevity == 1  # "the" counts once
    assert bleu([text], [reference], n_max=2) == pytest.approx(math.sqrt(50 * 100 / 3))
    assert bleu([reference], [reference], n_max=3) == pytest.approx(100) and bleu([reference], [reference]) == 0
    short = bleu_parts([["the"]], [reference], n_max=1)
    assert short.score == pytest.approx(100 * math.exp(1 - 3)) and bleu([[]], [reference]) == 0


def test_exact_match():
    assert exact_match(["a", "b "], ["a", "b"]) == 0.5
    for wrong in (([], []), (["a"], [])):
        with pytest.raises(ValueError, match="as many texts"):
            exact_match(*wrong)
        with pytest.raises(ValueError, match="as many texts"):
            bleu(*wrong)
    with pytest.raises(ValueError, match="text.split"):
        bleu(["the cat"], [["the", "cat"]])
    with pytest.raises(ValueError, match="n_max is 0"):
        bleu([["a"]], [["a"]], n_max=0)
