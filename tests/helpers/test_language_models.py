"""n-grams against counting with a dictionary, Bengio's model against its equation, and the characters' split."""

import math
from collections import Counter

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.language_models import (
    Characters,
    CharacterText,
    FeedForwardLM,
    NGram,
    characters,
    language_model_loss,
    readable,
)
from helpers.language_models.characters import ALPHABET, UNKNOWN
from helpers.metrics import bits_per_character
from helpers.training import Recipe, train

V = 5
TEXT = torch.randint(V, (200,), generator=torch.Generator().manual_seed(0))
MODELS = [{}, {"add_k": 1}, {"add_k": 0.1}, {"interpolate": True}, {"add_k": 0.5, "interpolate": True}]


def by_dictionary(text, n, past, token, add_k=0.0, interpolate=False):
    """P(token | past), counted from the beginning for every question."""
    text, past = list(text), list(past)
    probability = 1 / V
    for length in range(min(n - 1, len(past)) + 1):
        context = past[len(past) - length :]
        after = Counter(text[i + length] for i in range(len(text) - length) if text[i : i + length] == context)
        seen = sum(after.values())
        if interpolate:
            if seen:
                share, own = seen / (seen + len(after)), (after[token] + add_k) / (seen + add_k * V)
                probability = share * own + (1 - share) * probability
        else:
            probability = (after[token] + add_k) / (seen + add_k * V) if seen else 1 / V
    return probability


# n-grams ------------------------------------------------------------
@pytest.mark.parametrize("kind", MODELS, ids=str)
@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_ngrams_equal_counting_with_a_dictionary(n, kind):
    text = TEXT[:40].tolist()
    model = NGram(n, V, **kind).fit(TEXT[:40])
    past = [[0, 1, 2, 3, 4, 4, 3], [4, 4, 4, 4, 4, 4, 4], text[:7]]
    found = model.probabilities(torch.tensor(past))  # (3, 7, V)
    for row, tokens in enumerate(past):
        for t in range(7):
            expected = [by_dictionary(text, n, tokens[: t + 1], token, **kind) for token in range(V)]
            assert found[row, t].tolist() == pytest.approx(expected, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, V - 1), max_size=30), st.lists(st.integers(0, V - 1), min_size=1, max_size=8),
       st.integers(1, 4), st.sampled_from(MODELS))  # fmt: skip
def test_probabilities_add_up_to_one(text, asked, n, kind):
    probabilities = NGram(n, V, **kind).fit(torch.tensor(text, dtype=torch.long)).probabilities(torch.tensor([asked]))
    assert (probabilities >= 0).all() and torch.allclose(probabilities.sum(-1), torch.ones(1, len(asked)), atol=1e-5)


def test_a_text_far_shorter_than_n():
    short = torch.tensor([1, 2, 3])
    model, usual = NGram(10, V, interpolate=True).fit(TEXT[:40]), NGram(4, V, interpolate=True).fit(TEXT[:40])
    assert torch.equal(model(short[None])[0, :2], usual(short[None])[0, :2])  # no more past than there is
    assert NGram(10, V).fit(short).n_counts > 0


def test_what_was_never_seen_is_impossible_without_smoothing():
    model = NGram(2, 3).fit(torch.tensor([0, 1, 0, 1]))
    assert bits_per_character(model, torch.tensor([0, 2])) == math.inf
    assert bits_per_character(NGram(2, 3, add_k=1).fit(torch.tensor([0, 1, 0, 1])), torch.tensor([0, 2])) < 3


def test_counts_that_are_kept():
    assert NGram(2, 3).fit(torch.tensor([0, 1, 0, 1, 2])).n_counts == 3 + 3  # 0, 1, 2 and 01, 10, 12
    assert NGram(1, 3).fit(torch.tensor([], dtype=torch.long)).n_counts == 0


@pytest.mark.parametrize("call, says", [
    (lambda: NGram(0, 5), "n and vocab_size"), (lambda: NGram(2, 5, add_k=-1), "add_k"),
    (lambda: NGram(2, 5)(TEXT[None]), "Count a text first"), (lambda: NGram(2, 3).fit(TEXT), "from 0 to 2"),
    (lambda: NGram(2, 10**9).fit(TEXT), "too many to keep"),
])  # fmt: skip
def test_ngrams_complain(call, says):
    with pytest.raises(ValueError, match=says):
        call()


# The feed-forward model ------------------------------------------------
@pytest.mark.parametrize("direct", [False, True])
def test_equation_1_of_the_paper(direct):
    model = FeedForwardLM(V, context_len=3, d_model=4, d_hidden=6, direct=direct)
    C, H, d, U, b = (model.embedding.weight, model.hidden.weight, model.hidden.bias, model.output.weight,
                     model.output.bias)  # fmt: skip
    x = torch.cat([C[2], C[0], C[4]])
    expected = b + U @ torch.tanh(d + H @ x) + (model.direct.weight @ x if direct else 0)
    assert torch.allclose(model(torch.tensor([[1, 2, 0, 4]]))[0, -1], expected, atol=1e-6)
    assert model(torch.tensor([[1]])).shape == (1, 1, V)


def test_sees_its_context_and_no_future():
    model = FeedForwardLM(V, context_len=3, d_model=4, d_hidden=6).double()
    ids = TEXT[None, :12]
    before = model(ids)
    for t in range(12):
        changed = ids.clone()
        changed[0, t] = (ids[0, t] + 1) % V
        moved = (model(changed) - before).abs().amax(-1)[0] > 0
        assert moved.nonzero().flatten().tolist() == list(range(t, min(t + 3, 12)))


def test_learns_what_counting_knows():
    """A text in which every token follows from the two before it; neither one alone says anything."""
    ids = [0, 1]
    dice = torch.Generator().manual_seed(0)
    for _ in range(3000):
        ids.append((ids[-1] + ids[-2]) % 3 if torch.rand((), generator=dice) > 0.1 else 2)
    ids = torch.tensor(ids)
    text = CharacterText(Characters("abc"), train=ids[:2500], valid=ids[2500:], test=ids[2500:])
    torch.manual_seed(0)
    model = FeedForwardLM(3, context_len=2, d_model=8, d_hidden=32)
    train(model, text.batches(batch_size=16, length=32), language_model_loss, Recipe(60, 0.05), show=False)
    trigram = NGram(3, 3, add_k=0.1).fit(text.train)
    assert bits_per_character(model, text.test) < bits_per_character(trigram, text.test) + 0.1 < 1.0


@pytest.mark.parametrize("sizes", [(0, 3), (5, 0), (5, 3, 0), (5, 3, 4, 0)])
def test_sizes(sizes):
    with pytest.raises(ValueError, match="sizes from 1"):
        FeedForwardLM(*sizes)


# Characters ---------------------------------------------------------------
@settings(max_examples=50, deadline=None)
@given(st.text(max_size=30))
def test_any_text_can_be_encoded(text):
    vocabulary = Characters()
    ids = vocabulary.encode(text)
    assert ids.dtype == torch.long and ids.shape == (len(text),)
    back = vocabulary.decode(ids)
    assert all(a == b or (b == UNKNOWN and a not in ALPHABET) for a, b in zip(text, back, strict=True))
    assert set(readable(text)) <= set(ALPHABET)


def test_readable():
    assert readable("“Café” — naïve…\n我爱这本书。\nIt is. Not 🙂 this. Still it is.") == (
        '"Cafe" - naive...\nIt is. Still it is.')  # fmt: skip
    assert readable("") == ""


def test_numbers_that_are_no_character():
    for wrong in ([80], [-1]):
        with pytest.raises(ValueError, match="from 0 to 79"):
            Characters().decode(wrong)


def test_the_split_is_by_article_and_always_the_same():
    text = characters()
    sizes = [len(part) for part in (text.train, text.valid, text.test)]
    assert sum(sizes) > 2_400_000 and 0.75 < sizes[0] / sum(sizes) < 0.9 and min(sizes) > 100_000
    parts = [text.vocabulary.decode(part[:5000]) for part in (text.train, text.valid, text.test)]
    assert parts[1].startswith('Autism is a neurodevelopmental disorder') and "\n" in parts[0]
    assert not {line for line in parts[1].split("\n") if len(line) > 40} & set(parts[2].split("\n"))
    assert all(UNKNOWN not in part for part in parts)
    piece = parts[2][:300]
    assert text.vocabulary.encode(piece).equal(text.test[:300])
    with pytest.raises(ValueError, match="source is 'tweets'"):
        characters("tweets")


def test_batches():
    text = CharacterText(Characters(), *(torch.arange(size) for size in (50, 10, 3)))
    draw = text.batches(batch_size=200, length=5)
    batch = draw(torch.Generator().manual_seed(1))
    assert batch.shape == (200, 6) and (batch.diff(dim=1) == 1).all()
    assert batch.min() == 0 and batch.max() == 49  # every piece can be drawn, the last one too
    assert draw(torch.Generator().manual_seed(1)).equal(batch)
    with pytest.raises(ValueError, match="valid has 10 characters"):
        text.batches(length=10, part="valid")
