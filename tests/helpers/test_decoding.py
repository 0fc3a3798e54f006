"""Decoding: cut-offs by hand and by property, edges in sentences, writing with and without memory."""

import math

import pytest
import torch

from helpers import decoding
from helpers.recurrent import RecurrentLanguageModel

LOGITS = torch.tensor([0.5, 0.3, 0.1, 0.06, 0.04]).log()


def rounded(**options):
    return [round(value, 4) for value in decoding.probabilities(LOGITS, **options).tolist()]


def test_cut_offs_by_hand():
    assert rounded() == [0.5, 0.3, 0.1, 0.06, 0.04]
    assert rounded(top_k=2) == [0.625, 0.375, 0, 0, 0]
    assert rounded(top_p=0.8) == [0.625, 0.375, 0, 0, 0]  # reached exactly: no third one
    assert rounded(top_p=0.81) == [0.5556, 0.3333, 0.1111, 0, 0]
    assert rounded(top_p=0) == rounded(top_k=1) == [1, 0, 0, 0, 0]
    assert rounded(top_p=1) == rounded(top_k=99) == rounded(top_k=5) == rounded()
    squares = [value**2 for value in (0.5, 0.3, 0.1, 0.06, 0.04)]
    assert rounded(temperature=0.5) == [round(value / sum(squares), 4) for value in squares]
    assert rounded(top_k=3, top_p=0.6) == [0.625, 0.375, 0, 0, 0]  # p counts among the three that are left


@pytest.mark.parametrize("seed", range(5))
def test_properties(seed):
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(40, generator=generator, dtype=torch.float64) * 10
    for options in ({}, {"top_k": 7}, {"top_p": 0.7}, {"temperature": 0.01}, {"temperature": 1000, "top_k": 3}):
        chances = decoding.probabilities(logits, **options)
        assert float(chances.sum()) == pytest.approx(1) and (chances >= 0).all() and chances.argmax() == logits.argmax()
        assert torch.allclose(decoding.probabilities(logits + 100, **options), chances, rtol=0, atol=1e-9)
    chances, whole = decoding.probabilities(logits, top_p=0.7), logits.double().softmax(0)
    kept = chances > 0
    assert whole[kept].sum() >= 0.7 and whole[kept].min() >= whole[~kept].max()
    assert whole[kept].sum() - whole[kept].min() < 0.7  # the fewest
    assert int((decoding.probabilities(logits, top_k=7) > 0).sum()) == 7


def test_ties_go_to_the_smaller_ids():
    assert decoding.probabilities(torch.zeros(4), top_k=2).tolist() == [0.5, 0.5, 0, 0]
    assert decoding.greedy(lambda ids: torch.zeros(4), [], 1) == [0]


def test_extreme_logits():
    never = torch.tensor([-math.inf, 2.0, -math.inf])
    for options in ({}, {"top_k": 3}, {"top_p": 1.0}, {"temperature": 1e-9}):
        assert decoding.probabilities(never, **options).tolist() == [0, 1, 0]
    assert decoding.probabilities(torch.tensor([1e30, -1e30, 0.0])).tolist() == [1, 0, 0]
    assert decoding.probabilities(torch.tensor([3.0, 2.0]), temperature=1e-300).tolist() == [1, 0]
    assert decoding.probabilities(torch.tensor([5.0])).tolist() == [1]
    assert decoding.probabilities(torch.tensor([1, 1])).tolist() == [0.5, 0.5]  # whole numbers


@pytest.mark.parametrize(("logits", "options", "says"), [
    (LOGITS, {"temperature": 0}, "temperature is 0; expected a number above 0.*greedy"),
    (LOGITS, {"temperature": -1}, "temperature is -1"),
    (LOGITS, {"temperature": math.nan}, "temperature is nan"),
    (LOGITS, {"temperature": math.inf}, "temperature is inf"),
    (LOGITS, {"top_k": 0}, "top_k is 0"),
    (LOGITS, {"top_k": -3}, "top_k is -3"),
    (LOGITS, {"top_k": 2.5}, "top_k is 2.5"),
    (LOGITS, {"top_p": -0.1}, "top_p is -0.1"),
    (LOGITS, {"top_p": 1.1}, "top_p is 1.1"),
    (LOGITS, {"top_p": math.nan}, "top_p is nan"),
    (torch.tensor([0.0, math.nan]), {}, "1 tokens are NaN or infinite, the first at id 1"),
    (torch.tensor([math.inf, 0.0]), {}, "first at id 0"),
    (torch.full((3,), -math.inf), {}, "no token is possible"),
    (torch.zeros(2, 3), {}, r"shape \(2, 3\)"),
    (torch.zeros(0), {}, r"shape \(0,\)"),
])  # fmt: skip
def test_edges_are_said_in_sentences(logits, options, says):
    with pytest.raises(ValueError, match=says):
        decoding.probabilities(logits, **options)


# Writing ------------------------------------------------------------
TABLE = torch.tensor([[0.0, 3.0, 1.0], [0.0, 0.0, 2.0], [5.0, 0.0, 0.0]])


def bigram(token_ids):
    return TABLE[token_ids[-1]]


def test_greedy_follows_the_best():
    assert decoding.greedy(bigram, [0], 5) == [0, 1, 2, 0, 1, 2]
    assert decoding.greedy(bigram, [0], 5, stop=2) == [0, 1, 2]
    assert decoding.greedy(bigram, [1], 0) == [1]
    with pytest.raises(ValueError, match="length is -1"):
        decoding.greedy(bigram, [0], -1)


def test_sampling_draws_by_probability_and_repeats_with_its_seed():
    def draw(seed, length=3000, **options):
        generator = torch.Generator().manual_seed(seed)
        return decoding.sample(lambda ids: LOGITS, [], length, generator=generator, **options)

    assert draw(1) == draw(1) and draw(1, 50) != draw(2, 50)
    share = torch.tensor(draw(0)).bincount(minlength=5) / 3000
    assert torch.allclose(share, LOGITS.exp(), atol=0.03)
    assert set(draw(0, 200, top_k=2)) == {0, 1} and set(draw(0, 200, top_p=0.0)) == {0}
    assert set(draw(0, 200, temperature=0.05)) == {0}


def test_sampling_leaves_the_prompt_and_the_logits_alone():
    prompt, logits = [2, 0], LOGITS.clone()
    decoding.sample(lambda ids: logits, prompt, 5, generator=torch.Generator().manual_seed(0), top_k=2, temperature=0.5)
    assert prompt == [2, 0] and torch.equal(logits, LOGITS)


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_remembering_gives_the_same_scores_for_less(kind):
    torch.manual_seed(0)
    model = RecurrentLanguageModel(7, kind, d_model=4, d_hidden=6, n_layers=2).eval()
    asked = []

    def read(ids, state):
        asked.append(ids.shape[1])
        return model.read(ids, state)

    next_logits = decoding.Remembering(read)
    for ids in ([1, 2], [1, 2, 3], [1, 2, 3], [1, 2, 3, 4, 5], [2, 2, 3], [2], [2, 6]):
        assert torch.allclose(next_logits(ids), model(torch.tensor([ids]))[0, -1], atol=1e-6)
    assert asked == [2, 1, 2, 3, 1, 1]
    with pytest.raises(ValueError, match="at least one token"):
        next_logits([])
    slow = decoding.sample(lambda ids: model(torch.tensor([ids]))[0, -1].detach(), [1], 40,
                           generator=torch.Generator().manual_seed(4))  # fmt: skip
    fast = decoding.sample(decoding.Remembering(model.read), [1], 40, generator=torch.Generator().manual_seed(4))
    assert slow == fast


# Beam search --------------------------------------------------------
def random_model(seed, vocab_size=4, size=2.0):
    """Scores that depend on all ids so far, the same for the same ids."""

    def next_logits(ids):
        generator = torch.Generator().manual_seed(hash((seed, *ids)) % 2**31)
        return torch.randn(vocab_size, generator=generator) * size

    return next_logits


def all_texts(next_logits, length, stop, vocab_size=4):
    """Every text with its log-probability, by walking through all."""
    done, going = [], [([], 0.0)]
    for _ in range(length):
        longer = []
        for ids, total in going:
            for token, log_p in enumerate(next_logits(ids).double().log_softmax(0).tolist()):
                (done if token == stop else longer).append(([*ids, token], total + log_p))
        going = longer
    return done + going


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("stop", [None, 3])
def test_a_beam_of_one_is_greedy(seed, stop):
    next_logits = random_model(seed)
    for length in (0, 1, 6):
        assert decoding.beam(next_logits, [1, 2], length, width=1, stop=stop)[0].token_ids == decoding.greedy(
            next_logits, [1, 2], length, stop=stop
        )


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("power", [0.0, 0.7, 1.0])
@pytest.mark.parametrize("stop", [None, 0])
def test_a_beam_that_holds_all_finds_the_best(seed, power, stop):
    next_logits = random_model(seed)
    texts = all_texts(next_logits, 4, stop)
    best = sorted(texts, key=lambda text: -text[1] / len(text[0]) ** power)[:5]
    found = decoding.beam(next_logits, [], 4, width=300, stop=stop, length_power=power)
    assert [one.token_ids for one in found[:5]] == [ids for ids, _ in best]
    assert [one.log_probability for one in found[:5]] == pytest.approx([total for _, total in best])
    assert len(found) == min(300, len(texts)) and all(one.ended == (one.token_ids[-1] == stop) for one in found)


def test_a_wider_beam_finds_what_greedy_misses():
    table = {(): [0.6, 0.4], (0,): [0.55, 0.45], (1,): [0.95, 0.05]}
    next_logits = lambda ids: torch.tensor(table[tuple(ids)]).log()  # noqa: E731
    assert decoding.greedy(next_logits, [], 2) == [0, 0]
    best, second = decoding.beam(next_logits, [], 2, width=2)
    assert best.token_ids == [1, 0] and math.exp(best.log_probability) == pytest.approx(0.38)
    assert second.token_ids == [0, 0] and math.exp(second.log_probability) == pytest.approx(0.33)


def test_length_power_lets_longer_texts_win():
    table = {(): [0.5, 0.5, 0.0], (1,): [0.05, 0.9, 0.05], (1, 1): [0.9, 0.05, 0.05]}
    next_logits = lambda ids: torch.tensor(table.get(tuple(ids), [0.3, 0.3, 0.4])).clamp(min=1e-9).log()  # noqa: E731
    assert decoding.beam(next_logits, [], 3, width=3, stop=0)[0].token_ids == [0]
    assert decoding.beam(next_logits, [], 3, width=3, stop=0, length_power=1)[0].token_ids == [1, 1, 0]


def test_a_beam_step_by_hand():
    scores, log_probs = torch.tensor([-1.0, -2.0]), torch.tensor([[-3.0, -1.0, -2.0], [-0.5, -0.5, -9.0]])
    best, parents, tokens = decoding.beam_step(scores, log_probs, 3)
    assert best.tolist() == [-2.0, -2.5, -2.5] and parents.tolist() == [0, 1, 1] and tokens.tolist() == [1, 0, 1]
    assert [len(part) for part in decoding.beam_step(scores, log_probs, 99)] == [6, 6, 6]


def test_the_beam_leaves_the_impossible_out():
    next_logits = lambda ids: torch.tensor([0.0, -math.inf, -math.inf])  # noqa: E731
    assert [one.token_ids for one in decoding.beam(next_logits, [], 3, width=4)] == [[0, 0, 0]]


@pytest.mark.parametrize(("options", "says"), [
    ({"width": 0}, "width is 0"), ({"width": 1.5}, "width is 1.5"), ({"width": True}, "width is True"),
    ({"length": -1}, "length is -1"), ({"length_power": -1}, "length_power is -1"),
    ({"length_power": math.nan}, "length_power is nan"),
])  # fmt: skip
def test_edges_of_the_beam_are_said_in_sentences(options, says):
    with pytest.raises(ValueError, match=says):
        decoding.beam(bigram, [0], **({"length": 3} | options))
    with pytest.raises(ValueError, match="NaN"):
        decoding.beam(lambda ids: torch.tensor([math.nan]), [0], 2)
    with pytest.raises(ValueError, match="as many each time"):
        decoding.beam(lambda ids: torch.zeros(3 if len(ids) < 2 else ids[-1] + 2), [0], 3)
