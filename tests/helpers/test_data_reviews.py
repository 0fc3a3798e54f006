"""Reviews and their splits: fixed, and no near-duplicate on both sides."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import assets, data
from helpers.data.splits import SIMILAR, near_duplicates, normalised, split_names, word_pairs
from tests.helpers.needs import needs

SIZES = {"film": 10_605, "product": 3_708, "tweet": 4_200, "editorial": 5_190}
SMALL = st.lists(st.lists(st.sampled_from("a b c d".split()), max_size=6).map(" ".join), max_size=12)


def overlap(first: str, second: str) -> float:
    """Jaccard similarity by the definition."""
    one, two = word_pairs(first), word_pairs(second)
    return len(one & two) / len(one | two)


@settings(deadline=None)
@given(SMALL, st.sampled_from([0.25, 0.5, 0.75, 1.0]))
def test_near_duplicates_are_all_pairs_by_the_definition(texts, similar):
    expected = {
        (i, j) for j in range(len(texts)) for i in range(j) if overlap(texts[i], texts[j]) >= similar
    }
    assert sorted(near_duplicates(texts, similar)) == sorted(expected)


@pytest.mark.parametrize("similar", [0, -1, 1.5, float("nan")])
def test_a_threshold_outside_its_range_is_refused(similar):
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        list(near_duplicates(["a", "b"], similar))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("A fine film.", "a fine FILM!!!"),
        ("RT @ada so sad today :(", "RT @bo so sad today"),
        ("It does not really add up to much.", "It does not add up to much."),
        (":-)", " :-) "),
    ],
)
def test_rewordings_are_near_duplicates(first, second):
    assert list(near_duplicates([first, second])) == [(0, 1)]


@pytest.mark.parametrize(
    ("first", "second"),
    [("A fine film.", "A poor play."), (":-)", ":-("), ("One of the best.", "One of the worst plays ever.")],
)
def test_different_texts_are_not(first, second):
    assert list(near_duplicates([first, second])) == []


@settings(deadline=None)
@given(st.lists(st.text("abcdefgh ", min_size=1, max_size=30), max_size=20), st.randoms())
def test_a_split_depends_on_the_text_and_not_on_the_order(texts, random):
    by_text = dict(zip(texts, split_names(texts), strict=True))
    shuffled = random.sample(texts, len(texts))
    assert dict(zip(shuffled, split_names(shuffled), strict=True)) == by_text


@settings(deadline=None)
@given(SMALL)
def test_no_near_duplicates_are_parted(texts):
    splits = split_names(texts)
    assert all(splits[i] == splits[j] for i, j in near_duplicates(texts))


def test_documents_are_not_parted_and_shares_are_about_right():
    texts = [f"word{i} other{i * 7} third{i * 13}" for i in range(6000)]
    documents = [str(i // 3) for i in range(6000)]
    splits = split_names(texts, documents)
    assert all(len(set(splits[i : i + 3])) == 1 for i in range(0, 6000, 3))
    assert splits.count("train") / 6000 == pytest.approx(0.8, abs=0.03)
    assert splits.count("valid") / 6000 == pytest.approx(0.1, abs=0.02)


def test_splits_stay_the_same_for_ever():
    texts = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
    assert split_names(texts) == "test train train test train train test test valid test".split()


def test_damage_and_escapes_are_undone(tmp_path, monkeypatch):
    lines = [
        b"1\t2.5\tThe caf\xc3\xa9 &amp;amp; the ''bar''  are fine \xe2\x80\x93 so fine.\r\n",
        b"2\t-1.25\tNa\xefve, and Latin-1.\r\n",
        b"3\t0\tA\ttab\n",
    ]
    (tmp_path / "movieReviewSnippets_GroundTruth.txt").write_bytes(b"".join(lines))
    monkeypatch.setattr(assets, "path", lambda name: tmp_path)
    found = data.reviews("film")
    assert [review.text for review in found] == [
        'The café & the "bar" are fine – so fine.',
        "Naïve, and Latin-1.",
        "A tab",
    ]
    assert [review.rating for review in found] == [2.5, -1.25, 0.0] and found[1].id == "2"


def test_an_unknown_domain_is_refused():
    with pytest.raises(ValueError, match="'films'; expected one of film, product, tweet, editorial"):
        data.reviews("films")


@needs("reviews")
@pytest.mark.parametrize("domain", SIZES)
def test_the_domains(domain):
    found = data.reviews(domain)
    assert len(found) == SIZES[domain] == len({review.id for review in found})
    assert len(found.train) + len(found.valid) + len(found.test) == len(found)
    assert len(found.train) / len(found) == pytest.approx(0.8, abs=0.04)
    for part in (found.valid, found.test):
        assert len(part) / len(found) == pytest.approx(0.1, abs=0.035)
    assert all(-4 <= review.rating <= 4 and review.text.strip() for review in found)
    text = " ".join(review.text for review in found)
    assert not any(mark in text for mark in ("Ã", "â€", "&amp;", "\x80", "\x93", "  ", "\t"))
    assert repr(found).startswith(f"<{len(found)} reviews: ")


@needs("reviews")
@pytest.mark.parametrize("domain", SIZES)
def test_no_near_duplicates_cross_a_split(domain):
    """Counted another way: every pair's overlap by a product of sparse matrices."""
    from scipy.sparse import csr_matrix

    found = data.reviews(domain)
    columns: dict[tuple[str, ...], int] = {}
    rows, places = [], []
    for row, review in enumerate(found):
        words = ["^", *normalised(review.text).split(), "$"]
        for pair in {(words[i], words[i + 1]) for i in range(len(words) - 1)}:
            rows.append(row)
            places.append(columns.setdefault(pair, len(columns)))
    holds = csr_matrix((np.ones(len(rows), np.int32), (rows, places)))
    shared = (holds @ holds.T).tocoo()
    sizes = np.bincount(rows)
    jaccard = shared.data / (sizes[shared.row] + sizes[shared.col] - shared.data)
    near = (jaccard >= SIMILAR) & (shared.row < shared.col)
    pairs = list(zip(shared.row[near].tolist(), shared.col[near].tolist(), strict=True))
    assert len(pairs) >= 10  # there are some, so this test can fail
    assert [(i, j) for i, j in pairs if found[i].split != found[j].split] == []
    if domain in ("product", "editorial"):
        split_of = {(review.id.partition("_")[0], review.split) for review in found}
        assert len(split_of) == len({document for document, _ in split_of})
