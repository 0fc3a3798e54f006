"""What a slow parser made is kept, noticed when harmed, and made anew when source or code change."""

import pytest

from helpers.data import Article, kept
from helpers.data.kept import kept_articles, kept_sentences

ARTICLES = [Article("Ä title", "One line.\nAnother “line”."), Article("", "x")]
SENTENCES = [["a", "cat's", "东京"], ["a"], [], ["cat's", "a"]]


class Parser:
    """Gives its result and counts how often it ran."""

    def __init__(self, result):
        self.result, self.runs = result, 0

    def __call__(self):
        self.runs += 1
        return self.result


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "parsed"


@pytest.fixture(params=[(kept_articles, ARTICLES), (kept_sentences, SENTENCES)], ids=["texts", "words"])
def kind(request):
    keep, result = request.param
    return keep, Parser(result)


def test_the_parser_runs_once_and_the_result_comes_back_the_same(kind):
    keep, parser = kind
    assert [keep("toy", "digest", parser) for _ in range(3)] == [parser.result] * 3
    assert parser.runs == 1


def test_another_source_is_parsed_anew_and_the_old_file_goes(kind, cache):
    keep, parser = kind
    keep("toy", "one", parser)
    keep("toy", "two", parser)
    keep("toy", "two", parser)
    assert parser.runs == 2 and len(list(cache.iterdir())) == 1


def test_another_parser_is_run_anew(kind, monkeypatch):
    keep, parser = kind
    keep("toy", "digest", parser)
    monkeypatch.setattr(kept, "_version", lambda digest: "changed")
    keep("toy", "digest", parser)
    assert parser.runs == 2


@pytest.mark.parametrize("harm", ["cut short", "a byte changed", "emptied", "another file"])
def test_a_harmed_file_is_noticed_and_made_anew(kind, cache, harm):
    keep, parser = kind
    keep("toy", "digest", parser)
    (file,) = cache.iterdir()
    whole = file.read_bytes()
    middle = len(whole) // 2
    changed = whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :]
    harmed = {"cut short": whole[:middle], "a byte changed": changed, "emptied": b""}
    file.write_bytes(harmed.get(harm, b"hello"))
    assert keep("toy", "digest", parser) == parser.result
    assert keep("toy", "digest", parser) == parser.result and parser.runs == 2


def test_a_cache_that_cannot_be_written_costs_only_time(kind, tmp_path, monkeypatch):
    keep, parser = kind
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "file" / "cache"))
    assert [keep("toy", "digest", parser) for _ in range(2)] == [parser.result] * 2
    assert parser.runs == 2


def test_a_write_that_fails_leaves_no_half_file(kind, cache, monkeypatch):
    keep, parser = kind
    monkeypatch.setattr(kept.os, "replace", lambda *paths: (_ for _ in ()).throw(OSError("disk full")))
    assert keep("toy", "digest", parser) == parser.result
    assert list(cache.iterdir()) == []


def test_an_empty_result_comes_back_empty():
    for _ in range(2):
        assert kept_articles("none", "digest", lambda: []) == []
        assert kept_sentences("none", "digest", lambda: []) == []


def test_equal_words_share_one_string_when_read_back():
    kept_sentences("toy", "digest", lambda: SENTENCES)
    again = kept_sentences("toy", "digest", Parser(None))
    assert again[0][0] is again[1][0] is again[3][1]
