"""ROUGE against the figures that Google's rouge-score 0.1.2 gives, and the longest common order by brute force."""

import itertools
import random

import pytest

from helpers.metrics.rouge import longest_common, mean_rouge, rouge

# summary, reference, rouge1, rouge2, rougeL: F1 by rouge_scorer.RougeScorer(…, use_stemmer=False)
GOOGLE = [
    ("The cat sat on the mat.", "The cat lay on the mat.", 0.833333, 0.6, 0.833333),
    ("a b c d", "d c b a", 1.0, 0.0, 0.25),
    ("Rain, rain, go away!", "Rain go away come again another day", 0.545455, 0.444444, 0.545455),
    ("", "", 0.0, 0.0, 0.0),
    ("word", "", 0.0, 0.0, 0.0),
    ("Über 3 Jahre: U.S. $5.50", "The U.S. paid 5.50 in Jahre 3", 0.75, 0.285714, 0.5),
    ("one two two three", "two two two four", 0.5, 0.333333, 0.5),
    ("same same", "same same", 1.0, 1.0, 1.0),
    ("sun rain milk rain rain sun milk", "milk moon milk tea tea tea sun moon", 0.4, 0.0, 0.266667),
    ("moon moon moon milk sun moon sun rain tea", "milk sun milk rain rain rain tea", 0.5, 0.285714, 0.5),
    ("moon tea moon sun sun sun sun moon milk", "milk moon tea rain milk moon moon rain tea milk rain moon",
     0.47619, 0.105263, 0.47619),
    ("milk milk", "rain moon", 0.0, 0.0, 0.0),
    ("milk sun rain milk tea sun milk milk tea", "tea moon milk", 0.333333, 0.0, 0.333333),
    ("sun moon rain rain milk milk sun moon rain", "rain sun moon moon sun", 0.714286, 0.166667, 0.428571),
    ("milk tea", "sun moon milk sun tea milk sun milk moon tea", 0.333333, 0.0, 0.333333),
]  # fmt: skip


@pytest.mark.parametrize(("summary", "reference", "one", "two", "longest"), GOOGLE)
def test_equal_to_rouge_score(summary, reference, one, two, longest):
    assert rouge(summary, reference) == pytest.approx({"rouge1": one, "rouge2": two, "rougeL": longest}, abs=1e-6)


def rows_in_order(items):
    return {row for n in range(len(items) + 1) for row in itertools.combinations(items, n)}


def test_longest_common_order_by_brute_force():
    rnd = random.Random(0)
    for _ in range(60):
        one, other = (rnd.choices("abc", k=rnd.randint(0, 8)) for _ in range(2))
        assert longest_common(one, other) == max(map(len, rows_in_order(one) & rows_in_order(other)))


def test_mean_and_its_errors():
    assert mean_rouge(["a b", "c"], ["a b", "d"]) == pytest.approx({"rouge1": 0.5, "rouge2": 0.5, "rougeL": 0.5})
    for pair in ([], []), (["a"], []):
        with pytest.raises(ValueError, match="at least one"):
            mean_rouge(*pair)
