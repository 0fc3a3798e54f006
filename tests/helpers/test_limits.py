"""Association tests, debiasing, templates, canaries, calibration and cost, against arithmetic and other libraries."""

import math
from itertools import combinations

import numpy as np
import pytest
import torch
from scipy import stats

from helpers import limits
from helpers.language_models import Characters
from helpers.limits import cost, debias, templates, word_lists
from helpers.metrics import expected_calibration_error
from helpers.vectors import WordVectors, cosine


def vectors(n, seed, d=5):
    return np.random.default_rng(seed).normal(size=(n, d))


def test_associations_are_differences_of_mean_cosines():
    words, a, b = vectors(3, 0), vectors(4, 1), vectors(2, 2)
    by_hand = [np.mean([cosine(word, one) for one in a]) - np.mean([cosine(word, one) for one in b]) for word in words]
    assert limits.associations(words, a, b) == pytest.approx(by_hand)
    assert limits.associations(7 * words, a / 3, b) == pytest.approx(by_hand)  # lengths don't matter


def test_effect_size_by_hand_and_its_properties():
    x, y, a, b = vectors(4, 0), vectors(6, 1), vectors(3, 2), vectors(5, 3)
    of_x, of_y = limits.associations(x, a, b), limits.associations(y, a, b)
    every = [*of_x, *of_y]
    middle = sum(every) / 10
    deviation = math.sqrt(sum((one - middle) ** 2 for one in every) / 9)
    assert limits.effect_size(x, y, a, b) == pytest.approx((of_x.mean() - of_y.mean()) / deviation)
    assert limits.effect_size(y, x, a, b) == pytest.approx(-limits.effect_size(x, y, a, b))
    assert limits.effect_size(x, y, b, a) == pytest.approx(-limits.effect_size(x, y, a, b))
    assert limits.effect_size(a, b, a, b) <= 2 * math.sqrt(7 / 8) + 0.1


def test_permutation_test_against_scipy_exact_and_sampled():
    x, y = vectors(1, 4, 8)[0] + 0.7, vectors(1, 5, 8)[0]
    exact = stats.permutation_test((x, y), lambda a, b: a.mean() - b.mean(), alternative="greater", n_resamples=np.inf)
    assert limits.permutation_test(x, y) == pytest.approx(exact.pvalue)
    by_hand = [sum(some) >= x.sum() - 1e-12 for some in combinations([*x, *y], 8)]
    assert limits.permutation_test(x, y) == pytest.approx(np.mean(by_hand))
    many, more = vectors(1, 6, 20)[0] + 0.4, vectors(1, 7, 20)[0]
    sampled = stats.permutation_test((many, more), lambda a, b: a.mean() - b.mean(), alternative="greater",
                                     n_resamples=4000, rng=np.random.default_rng(1))  # fmt: skip
    found = limits.permutation_test(many, more, n_samples=4000)
    assert found == limits.permutation_test(many, more, n_samples=4000) and abs(found - sampled.pvalue) < 0.03
    assert limits.permutation_test(np.array([5.0, 6, 7]), np.array([1.0, 2, 3])) == pytest.approx(1 / 20)
    assert limits.permutation_test(np.ones(4), np.ones(4)) == 1
    some, others = np.random.default_rng(0).integers(1, 3, (2, 15))  # many splits are as far apart as this one
    assert limits.permutation_test(some * 0.1, others * 0.1) == limits.permutation_test(some, others)


def test_lists_of_words_are_those_of_the_paper():
    sizes = [(len(test.x), len(test.y), len(test.a), len(test.b)) for test in limits.TESTS]
    assert sizes == [(25,) * 4, (25,) * 4, (32, 32, 25, 25), (16, 16, 25, 25), (16, 16, 8, 8), *[(8,) * 4] * 3,
                     (6, 6, 7, 7), (8, 8, 8, 8)]  # fmt: skip
    assert [test.published for test in limits.TESTS] == [1.50, 1.53, 1.41, 1.50, 1.28, 1.81, 1.06, 1.24, 1.38, 1.21]
    for test in limits.TESTS:
        for words in (test.x, test.y, test.a, test.b):
            assert len(set(words)) == len(words) and all(word == word.lower() for word in words)


def test_a_test_on_vectors_says_what_is_missing_and_how_much_hangs_on_the_words():
    test = word_lists.AssociationTest("toy", ("up", "high", "gone"), ("down", "low"), ("good", "fine"),
                                      ("bad", "poor"), 1)  # fmt: skip
    words = ["up", "high", "down", "low", "good", "fine", "bad", "poor"]
    rows = [[1, 0], [1, 0.2], [-1, 0], [-1, 0.3], [1, 0.1], [1, -0.1], [-1, 0.1], [-1, -0.1]]
    found = limits.run_test(WordVectors(words, np.array(rows)), test)
    assert found.missing == ("gone",) and found.effect > 1.7 and found.p == pytest.approx(1 / 6)
    assert found.low <= found.effect <= found.high
    assert limits.testable(WordVectors(words, np.array(rows))) == []
    assert limits.rows_of(WordVectors(["a"], np.array([[1.0, 2.0]])), ["a", "b"]).tolist() == [[1, 2]]
    with pytest.raises(ValueError, match="at least two words"):
        limits.run_test(WordVectors(words, np.array(rows)), test, without=["up"])


def test_a_direction_is_taken_out_and_no_more():
    generator = np.random.default_rng(0)
    direction = np.eye(8)[0]
    names = [word for pair in debias.PAIRS for word in pair]
    rows = generator.normal(size=(len(names), 8)) * 0.3
    rows[::2] = rows[1::2] + generator.normal(size=(len(names) // 2, 8)) * 0.05 + 2 * direction  # she is he plus it
    found = limits.gender_direction(WordVectors(names, rows))
    with pytest.raises(ValueError, match="at least one pair"):
        limits.gender_direction(WordVectors(["he"], rows[:1]))
    assert found[0] > 0.9 and np.linalg.norm(found) == pytest.approx(1)
    some = vectors(6, 3, 8)
    clean = limits.without_direction(some, found)
    assert np.abs(clean @ found).max() < 1e-12 and np.linalg.norm(clean, axis=1) == pytest.approx(np.ones(6))
    flat = some - np.outer(some @ found, found)
    assert clean == pytest.approx(flat / np.linalg.norm(flat, axis=1, keepdims=True))


def test_words_that_lean_and_words_written_small():
    text = "The cat saw Anna, a cat saw a mat, a mat, a mat; may cats see Anna in May or may not? May the cat, cat see."
    small = limits.written_small([text], at_least=3)
    assert small == ["cat", "mat"]  # "the" stands small once; "may" as often as "May"
    words = [f"w{n}" for n in range(6)] + ["she", "he"]
    rows = np.array([[n - 2.5, 1.0] for n in range(6)] + [[9, 0], [-9, 0]])
    first, second = limits.leaning(WordVectors(words, rows), [*words, "unknown"], np.array([1.0, 0.0]), 2)
    assert first == ["w5", "w4"] and second == ["w0", "w1"]
    with pytest.raises(ValueError, match="at least 20"):
        limits.leaning(WordVectors(words, rows), words, np.array([1.0, 0.0]), 10)


def test_clusters_and_a_classifier_find_what_is_there_and_not_what_is_not():
    near, far = vectors(40, 0), vectors(40, 1) + 4
    assert limits.cluster_accuracy(near, far) > 0.95 and limits.recovered(near, far) > 0.95
    assert limits.cluster_accuracy(near, vectors(40, 2)) < 0.75 and limits.recovered(near, vectors(40, 2)) < 0.75


def test_templates_fill_and_compare_names():
    assert limits.filled(["{name} sat.", "I met {name}."], ["Ann", "<b>"]) == [
        "Ann sat.", "<b> sat.", "I met Ann.", "I met <b>."]  # fmt: skip
    with pytest.raises(ValueError, match="no {name}"):
        limits.filled(["Nobody."], ["Ann"])

    def judge(texts):
        return np.array([len(text) + (2.0 if "B" in text else 0.0) for text in texts])

    table = limits.verdicts(judge, ["{name} .", "{name} ..."], ["A", "AA", "B"])
    assert table.tolist() == [[3, 4, 5], [5, 6, 7]]
    a = np.array([[1.0, 2, 3, 4, 5, 6]])
    found = limits.gap(a + 10, a)
    assert found.difference == 10 and found.p == pytest.approx(2 / math.comb(12, 6))
    assert found.spread == pytest.approx(math.sqrt(2 * 17.5 / 10))
    assert limits.gap(a, a + 10).difference == -10 and limits.gap(a, a).p == 1
    assert all("{name}" in one for one in templates.TEMPLATES) and len(set(templates.TEMPLATES)) >= 12


class Remembers(torch.nn.Module):
    """A model that knows one text: each character of it follows its own beginning with chance 0.9."""

    def __init__(self, text, vocabulary):
        super().__init__()
        self.ids, self.size = vocabulary.encode(text).tolist(), vocabulary.vocab_size

    def forward(self, token_ids):
        chances = torch.full((*token_ids.shape, self.size), 0.1 / (self.size - 1))
        for row, ids in enumerate(token_ids.tolist()):
            for place in range(min(len(ids), len(self.ids) - 1)):
                if ids[: place + 1] == self.ids[: place + 1]:
                    chances[row, place] = 0.1 / (self.size - 1)
                    chances[row, place, self.ids[place + 1]] = 0.9
        return chances.log()


def test_a_secret_that_a_model_knows_is_found_and_fully_exposed():
    vocabulary = Characters()
    model = Remembers("Ann: 042", vocabulary)
    found = limits.surprises(model, vocabulary, "Ann: ", n_digits=3)
    assert found.shape == (1000,) and found.argmin() == 42 and found[42] == pytest.approx(-3 * math.log(0.9), rel=1e-5)
    small = math.log((vocabulary.vocab_size - 1) / 0.1)
    assert found[49] == pytest.approx(-2 * math.log(0.9) + small, rel=1e-5)
    assert limits.exposure(found, 42) == pytest.approx(math.log2(1000))
    assert limits.written(model, vocabulary, "Ann: ", n_digits=3) == ["042"]
    assert "042" in limits.written(model, vocabulary, "Ann: ", width=3, n_digits=3)
    with pytest.raises(ValueError, match="at least one character"):
        limits.surprises(model, vocabulary, "", n_digits=1)


def test_exposure_counts_ties_against_the_secret_and_is_log2_e_by_chance():
    assert limits.exposure(np.array([3.0, 1, 2, 5]), 1) == 2 and limits.exposure(np.array([3.0, 1, 2, 5]), 3) == 0
    assert limits.exposure(np.ones(8), 3) == 0 and limits.exposure(np.array([1.0, 1, 2, 3]), 0) == 1
    every = [limits.exposure(np.arange(1000.0), place) for place in range(1000)]
    assert limits.chance_exposure(1000) == pytest.approx(np.mean(every))
    assert limits.chance_exposure(10**4) == pytest.approx(math.log2(math.e), abs=1e-3)


def test_canaries_are_planted_as_often_as_they_say():
    canaries = limits.make_canaries(3)
    assert sorted(canary.times for canary in canaries) == sorted(limits.canary.TIMES)
    assert len({canary.number for canary in canaries}) == len({canary.owner for canary in canaries}) == len(canaries)
    assert all(len(canary.number) == 4 and canary.line.startswith(canary.prefix) for canary in canaries)
    assert limits.make_canaries(3) == canaries != limits.make_canaries(4)
    text = "".join(f"line {n}\n" for n in range(50))
    planted = limits.plant(text, canaries, 3)
    assert all(planted.count(canary.line) == canary.times for canary in canaries)
    assert "".join(line for line in planted.splitlines(keepends=True) if line.startswith("line")) == text
    assert set(Characters().encode(planted).tolist()) - {0} and 0 not in Characters().encode(planted)


def test_epochs_go_through_the_whole_text():
    draw = limits.epochs(torch.arange(1000), batch=7, length=10, seed=0)
    first = torch.cat([draw(None) for _ in range(14)])  # 98 or 99 pieces are 14 or 15 batches
    assert first.shape[1] == 11 and (first[:, 1:] - first[:, :-1] == 1).all()
    assert len(first[:, 1:].flatten().unique()) == first[:, 1:].numel() >= 900


def test_calibration_error_is_lesson_09s():
    generator = np.random.default_rng(0)
    for n, bins in ((1, 3), (50, 4), (400, 10), (400, 15)):
        said = generator.random(n)
        right = generator.random(n) < said**2
        theirs = expected_calibration_error(said.tolist(), right.tolist(), bins)
        assert limits.calibration_error(said, right, bins) == pytest.approx(theirs)
    edges = np.array([0.25, 0.5, 0.75, 1.0, 0.0])
    assert limits.calibration_error(edges, np.array([0, 0, 1, 1, 0]), 4) == pytest.approx(
        expected_calibration_error(edges.tolist(), [0, 0, 1, 1, 0], 4))  # fmt: skip
    for bins in range(2, 21):  # every confidence an edge, also as 32 bits keep it
        edges = np.arange(1, bins + 1) / bins
        for said in (edges, edges.astype(np.float32)):
            assert limits.calibration_error(said, np.zeros(bins), bins) == pytest.approx(edges.mean(), abs=1e-6)
            right = (np.arange(bins) % 2).astype(float)
            assert limits.calibration_error(said, right, bins) == pytest.approx(
                expected_calibration_error(said.tolist(), right.tolist(), bins), abs=1e-6)  # fmt: skip


def test_temperature():
    generator = np.random.default_rng(1)
    odds = generator.normal(size=4000) * 1.5
    labels = (generator.random(4000) < 1 / (1 + np.exp(-odds))).astype(int)
    bold = 1 / (1 + np.exp(-3 * odds))  # three times too sure, in log-odds
    temperature = limits.fit_temperature(bold, labels)
    assert 2.5 < temperature < 3.5
    cool = limits.at_temperature(bold, temperature)
    assert ((cool > 0.5) == (bold > 0.5)).all() and limits.surprise(cool, labels) < limits.surprise(bold, labels)
    assert limits.at_temperature(np.array([0.2, 0.9]), 1.0) == pytest.approx([0.2, 0.9])
    assert limits.at_temperature(np.array([0.0, 1.0]), 1.0) == pytest.approx([5e-4, 1 - 5e-4])
    assert limits.confidence(np.array([0.2, 0.9, 0.5])).tolist() == [0.8, 0.9, 0.5]
    with pytest.raises(ValueError, match="above 0"):
        limits.at_temperature(np.array([0.5]), 0)


def test_cost_agrees_with_what_was_published():
    assert limits.training_flops(175e9, 300e9) == pytest.approx(3.14e23, rel=0.01)  # Brown et al. (2020), appendix D
    gpt3 = limits.bill(14.8 * 24, 10_000 * 330, overhead=1.10, co2_per_kwh=0.429)  # Patterson et al. (2021), table 4
    assert gpt3.kwh == pytest.approx(1_287_000, rel=0.01) and gpt3.co2_kg == pytest.approx(552_000, rel=0.01)
    bert = limits.bill(79, 12_041.51, overhead=1.58, co2_per_kwh=0.954 * 0.4536)  # Strubell et al. (2019), table 3
    assert bert.kwh == pytest.approx(1507, rel=0.01) and bert.co2_kg == pytest.approx(1438 * 0.4536, rel=0.01)
    parameters, tokens = limits.best_size(5.76e23)  # Chinchilla: 70 billion, 1.4 trillion
    assert parameters == pytest.approx(70e9, rel=0.05) and tokens == pytest.approx(1.4e12, rel=0.05)
    assert limits.bill(0, 5, price_per_kwh=0).price == 0
    for bad in ({"hours": -1, "watts": 1}, {"hours": 1, "watts": 1, "overhead": 0.9}):
        with pytest.raises(ValueError, match="from 0 up"):
            limits.bill(**bad)
    assert [cost.said(one) for one in (0, 1234.5, 0.1234, 0.00001)] == ["0", "1,234", "0.123", "1.0e-05"]

