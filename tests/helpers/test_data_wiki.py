"""Wikipedia's markup to running text: each kind of markup on small pages, then the sample itself."""

import bz2
import re

import pytest

from helpers import data
from helpers.data import wikipedia
from helpers.data.text import LOST
from helpers.data.wikitext import plain_paragraphs

KEPT = "Here stands a sentence of six words."


def plain(markup: str) -> str:
    return "\n".join(plain_paragraphs(markup))


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("'''Bold''' and ''thin'' words stay [[here]].", "Bold and thin words stay here."),
        ("It is a [[cat|big cat]] of [[Rome]]'s.", "It is a big cat of Rome's."),
        ("See [http://a.example the page] on this matter.", "See the page on this matter."),
        ("Nothing [http://a.example] is left of it.", "Nothing is left of it."),
        ("A fact<ref>Book, p. 3.</ref> and another.<ref name=b /> End it.", "A fact and another. End it."),
        ("It has <!-- a note --> no note at all.", "It has no note at all."),
        ("Fish &amp; chips cost 3&nbsp;pounds in 1990&ndash;91.", "Fish & chips cost 3 pounds in 1990–91."),
        ("H<sub>2</sub>O is water, as we know.", "H2O is water, as we know."),
        ("It is {{convert|1300|mi|km}} long from end to end.", "It is 1300 miles long from end to end."),
        ("Here {{convert|3|to|5|km|abbr=on}} of road lie.", "Here 3 to 5 km of road lie."),
        ("{{As of|2014}} the town has two bridges.", "As of 2014 the town has two bridges."),
        ("It holds {{chem|[[Carbon|C]]|2|H|6}} and little else.", "It holds C2H6 and little else."),
        ("The word {{lang|fr|chat}} means a small cat.", "The word chat means a small cat."),
        ("They call it {{nihongo|'''a way'''|道|dō}} even now.", "They call it a way even now."),
        ("One thing{{snd}}another{{cn|date=May 2015}} thing came.", "One thing – another thing came."),
        ("Outer {{small|inner {{nowrap|core of}} it}} stays whole.", "Outer inner core of it stays whole."),
        ("Ada ({{IPAc-en|eɪ|d|ə}}; born 1815) wrote the notes.", "Ada (born 1815) wrote the notes."),
        ("Ada ({{IPAc-en|eɪ|d|ə}}) wrote all the notes.", "Ada wrote all the notes."),
        ("[[File:cat.jpg|thumb|A [[cat]] and [http://a.example one]]]" + KEPT, KEPT),
        ("[[Category:Cats]]\n[[de:Katze]]\n" + KEPT, KEPT),
        ("{| class=x\n| a || {{small|b}}\n|-\n{| \n| inner\n|}\n|}\n" + KEPT, KEPT),
        ("{{Infobox cat\n| name = {{small|Tom}}\n}}\n" + KEPT, KEPT),
        ("== Heading ==\n" + KEPT, KEPT),
        ("* a short item\n* An item that is a whole sentence by itself.\n" + KEPT,
         "An item that is a whole sentence by itself.\n" + KEPT),
        (KEPT + "\n== See also ==\nThis is a line of pointers.\n=== Sub ===\nAnd one more line here.", KEPT),
        ("== Notes ==\nThis is a line of the notes.\n== Life ==\n" + KEPT, KEPT),
        ("<blockquote>" + KEPT + "</blockquote>", KEPT),
        ("<gallery>\nFile:a.jpg|A picture of a very big cat.\n</gallery>\n" + KEPT, KEPT),
        ("no sentence", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_markup(markup, expected):
    assert plain(markup) == expected


@pytest.mark.parametrize("gap", ["<math>x^2</math>", "{{inflation|US|5|1929}}", "<code>f(x)</code>"])
def test_what_cannot_be_read_leaves_its_mark(gap):
    assert plain(f"The sum of {gap} is large enough.") == f"The sum of {LOST} is large enough."


def page(title: str, text: str, namespace: int = 0, redirect: bool = False) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    to = '<redirect title="X" />' if redirect else ""
    return (
        f"<page><title>{title}</title><ns>{namespace}</ns>{to}"
        f"<revision><text>{text}</text></revision></page>"
    )


def test_a_dump_without_redirects_and_lists_of_meanings(tmp_path, monkeypatch):
    pages = [
        page("Cat", f"The sum <math>x</math> is lost. {KEPT}"),
        page("Cats", "#REDIRECT [[Cat]]", redirect=True),
        page("Help", KEPT, namespace=4),
        page("Tom", f"{KEPT}\n{{{{disambiguation}}}}"),
        page("Void", "{{stub}}"),
    ]
    dump = f'<mediawiki xmlns="http://a.example/export">{"".join(pages)}</mediawiki>'
    (tmp_path / "dump.bz2").write_bytes(bz2.compress(dump.encode()))
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(wikipedia, "gensim_file", lambda name: tmp_path / "dump.bz2")
    assert data.wiki_articles() == [data.Article("Cat", KEPT)]
    assert data.wiki() == [["here", "stands", "a", "sentence", "of", "six", "words"]]


def test_a_missing_gensim_says_what_to_run(monkeypatch):
    monkeypatch.setattr(wikipedia.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match="pip install -r requirements.txt"):
        data.analogies()


def test_a_gensim_without_the_file_says_which_has_it():
    with pytest.raises(ValueError, match="gensim 4.4.0"):
        wikipedia.gensim_file("no-such-file")


@pytest.fixture(scope="module")
def articles():
    return data.wiki_articles()


def test_the_sample_holds_the_articles_expected(articles):
    titles = {article.title for article in articles}
    assert len(articles) == len(titles) == 97
    assert {"Anarchism", "Albert Einstein", "Algeria", "Aikido"} <= titles
    assert "AccessibleComputing" not in titles and "Austin (disambiguation)" not in titles


def test_the_sample_is_clean(articles):
    lines = [line for article in articles for line in article.text.split("\n")]
    everything = "\n".join(lines)
    marks = r"\[\[|\]\]|\{\{|\}\}|\{\||\|\}"
    for dirt in (marks, r"''", r"https?://", r"</?[a-z]+>", r"&[a-z]+;", LOST, r"\( |\(\)|  "):
        found = re.findall(f".{{0,30}}(?:{dirt}).{{0,30}}", everything)
        assert len(found) <= 2, found  # the markup of a page itself may be broken
    assert sum(line[-1] in ".!?:…\"')”’]" for line in lines) == len(lines)


def test_the_sample_in_words():
    found = data.wiki()
    count = sum(map(len, found))
    assert 15_000 < len(found) < 25_000 and 380_000 < count < 480_000
    assert all(found) and all(word == word.lower() for sentence in found[:2000] for word in sentence)
    assert 15 < count / len(found) < 30
