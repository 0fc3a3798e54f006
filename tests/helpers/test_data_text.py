"""Sentences and words: the documented rules, and what must hold for any text."""

import doctest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.data import Article, sentences, text, words
from helpers.data.text import token_sentences


@pytest.mark.parametrize(
    ("running", "expected"),
    [
        ("It rains. We stay.", ["It rains.", "We stay."]),
        ("Does it rain? Yes! We stay…  Good", ["Does it rain?", "Yes!", "We stay…", "Good"]),
        ('He said "no." She left.', ['He said "no."', "She left."]),
        ("(It rained.) We stayed.", ["(It rained.)", "We stayed."]),
        ("Dr. Ada met Mrs. Bo at 5 p.m. in St. Ives.", ["Dr. Ada met Mrs. Bo at 5 p.m. in St. Ives."]),
        ("J. R. Moe wrote it.", ["J. R. Moe wrote it."]),
        ("So did I. We agree.", ["So did I.", "We agree."]),
        ("They left the U.S. The rest stayed.", ["They left the U.S.", "The rest stayed."]),
        ("The U.S. Senate met.", ["The U.S. Senate met."]),
        ("Cats, dogs, etc. They ran.", ["Cats, dogs, etc.", "They ran."]),
        ("Use salt, e.g. Maldon.", ["Use salt, e.g. Maldon."]),
        ("It costs 3.50 today. 20 came.", ["It costs 3.50 today.", "20 came."]),
        ("no capital. follows here", ["no capital. follows here"]),
        ("one line\nanother line", ["one line", "another line"]),
        ("It is No. 5 of Vol. 2. On Jan. 6 it rained.", ["It is No. 5 of Vol. 2.", "On Jan. 6 it rained."]),
        ("Wait ... Oh.", ["Wait ...", "Oh."]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences(running, expected):
    assert sentences(running) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The cat sat.", "the cat sat"),
        ("Don't! O'Neill's well-known co-worker", "don't o'neill 's well-known co-worker"),
        ("It\u2019s the dogs\u2019 bowl", "it 's the dogs bowl"),
        ("'tis rock 'n' roll", "tis rock n roll"),
        ("1,234.5 and 3.14, 1990s, 20th, B52", "1,234.5 and 3.14 1990s 20th b52"),
        ("in the U.S., e.g. at 5 p.m.", "in the u.s. e.g. at 5 p.m."),
        ("a–b — c -d- e--f", "a b c d e f"),
        ("naïve café, Köln; 東京", "naïve café köln 東京"),
        ("snake_case @home #tag $5 50%", "snake case home tag 5 50"),
        ("the 's of it", "the s of it"),
        ("?!…", ""),
    ],
)
def test_words(sentence, expected):
    assert words(sentence) == expected.split()


def test_the_examples_in_the_docstrings():
    assert doctest.testmod(text).failed == 0


@settings(deadline=None)
@given(st.text(max_size=200))
def test_sentences_lose_nothing_but_space(running):
    assert "".join("".join(sentences(running)).split()) == "".join(running.split())


@settings(deadline=None)
@given(st.text(max_size=200))
def test_words_are_lower_case_without_space_and_cutting_again_changes_nothing(sentence):
    found = words(sentence)
    assert all(word == word.lower() and word.strip() == word and word for word in found)
    assert all(any(sign.isalnum() for sign in word) for word in found)


@settings(deadline=None)
@given(st.lists(st.sampled_from("cat don't well-known u.s. 1,200 3.5 1990s o'neill".split()), max_size=8))
def test_words_come_back_from_their_own_text(tokens):
    assert words(" ".join(tokens)) == tokens


def test_token_sentences_share_equal_words():
    found = token_sentences([Article("a", "The cat sat. The cat ran."), Article("b", "…\nA cat.")])
    assert found == [["the", "cat", "sat"], ["the", "cat", "ran"], ["a", "cat"]]
    assert found[0][1] is found[1][1] is found[2][1]
