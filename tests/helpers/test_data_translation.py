"""Numbers, dates and lists in two languages: exact, reproducible, and no test item in the training pairs."""

import re

import pytest

from helpers import data
from helpers.data.translation import LANGUAGES, NAMES, SPLITS

MAKERS = (data.number_pairs, data.date_pairs, data.list_pairs)


def test_some_that_everyone_can_check():
    both = {pair.source: pair.target for pair in data.number_pairs(3000, "de") + data.number_pairs(3000, "de", "test")}
    assert both["twenty-one"] == "einundzwanzig" and both["seventeen"] == "siebzehn"
    both = {pair.source: pair.target for pair in data.number_pairs(3000, "fr") + data.number_pairs(3000, "fr", "test")}
    assert both["ninety-nine"] == "quatre-vingt-dix-neuf" and both["zero"] == "zéro"
    for pair in data.date_pairs(200, "de"):
        month, day, year = re.fullmatch(r"(\w+) (\d+), (\d{4})", pair.source).groups()
        assert pair.target.startswith(f"{day}. ") and pair.target.endswith(f" {year}") and 1900 <= int(year) < 2100
    assert all(re.fullmatch("[а-яё ]+", pair.target) for pair in data.number_pairs(200, "ru"))


@pytest.mark.parametrize("make", MAKERS[:2])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_splits_share_nothing(make, language):
    train, test, longer = ({pair.source for pair in make(4000, language, split)} for split in SPLITS)
    assert not train & test and not train & longer and not test & longer
    assert len(test) > 100 and len(longer) > 1000


def test_small_numbers_are_never_held_out():
    train, test = ({pair.source for pair in data.number_pairs(4000, split=split)} for split in ("train", "test"))
    assert {"eight", "twelve", "ninety-nine"} <= train
    assert all(any(word in number for word in ("hundred", "thousand")) for number in test)


def test_items_of_test_lists_stand_in_no_training_list():
    train, test = ({pair.source for pair in data.list_pairs(3000, split=split, items=(1, 1))}
                   for split in ("train", "test"))  # fmt: skip
    assert train & test == set(NAMES["en"])  # names are copied; all else is new


@pytest.mark.parametrize("make", MAKERS)
def test_the_same_seed_gives_the_same_pairs_in_every_language(make):
    assert make(20, "de", seed=3) == make(20, "de", seed=3) != make(20, "de", seed=4)
    sources = [[pair.source for pair in make(20, language, seed=3)] for language in LANGUAGES]
    assert sources[0] == sources[1] == sources[2] and make(0) == []


def test_longer_is_longer():
    assert min(len(pair.source) for pair in data.number_pairs(100, split="longer")) > 15
    assert {pair.source[-4:-2] for pair in data.date_pairs(300, split="longer")} <= {"21", "22"}
    short = max(pair.target.count(";") for pair in data.list_pairs(300, "ru"))
    assert min(pair.target.count(";") for pair in data.list_pairs(50, "ru", "longer")) >= short


def test_lists_hold_as_many_things_as_asked():
    for pair in data.list_pairs(100, items=(2, 2)):
        assert pair.source.count("; ") == pair.target.count("; ") == 1
    names = [data.list_pairs(60, "ru", items=(1, 1))[row].target for row in range(60)]
    assert set(names) & set(NAMES["ru"])


@pytest.mark.parametrize("wrong", [{"language": "nl"}, {"split": "valid"}, {"n": -1}])
@pytest.mark.parametrize("make", MAKERS)
def test_what_cannot_be_is_refused(make, wrong):
    with pytest.raises(ValueError, match="Expected a language"):
        make(**({"n": 1} | wrong))


def test_lists_need_a_sensible_length():
    for items in ((0, 2), (3, 2)):
        with pytest.raises(ValueError, match="fewest"):
            data.list_pairs(1, items=items)
