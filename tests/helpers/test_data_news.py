"""The news archive: each kind of damage mended on small texts, then the archive itself."""

import csv
import doctest
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import data
from helpers.data import mend as mend_module
from helpers.data.hyphens import HyphenMender
from helpers.data.mend import mend
from helpers.data.newspaper import _clean_sentences, _read
from helpers.data.text import LOST
from tests.helpers.needs import needs


@pytest.mark.parametrize(
    ("damaged", "whole"),
    [
        ('They won"t say why he didn"t come.', "They won't say why he didn't come."),
        ('I"ve seen what they"re doing.', "I've seen what they're doing."),
        (f'It"{LOST}ll rain, he"{LOST}d said.', "It'll rain, he'd said."),
        ("We'r late and they'r gone.", "We're late and they're gone."),
        (f'Mr O"{LOST}Neill, O{LOST}{LOST}Reilly and O"ullivan', "Mr O'Neill, O'Reilly and O'Sullivan"),
        ('"It is late,"?she said.', '"It is late," she said.'),
        ('"It is late."? Then she left.', '"It is late." Then she left.'),
        ('The teachers"?union met.', "The teachers' union met."),
        ('The "old"?union met.', 'The "old" union met.'),
        ('Was it "old"? They asked.', 'Was it "old"? They asked.'),
        ('The plan "?the third one "?failed.', "The plan – the third one – failed."),
        (f'The plan"{LOST}the third"{LOST}failed.', "The plan – the third – failed."),
        (f'She said: "{LOST}Late again."', 'She said: "Late again."'),
        ('"ghat is a "lery long gwo-hour day', '"That is a "Very long gwo-hour day'),
        ("It costs ?5m (?1.20 each).", "It costs £5m (£1.20 each)."),
        (f"It costs {LOST}100,000 a day.", "It costs €100,000 a day."),
        (f"The D{LOST}{LOST}il and Sinn F{LOST}{LOST}in's men", "The Dáil and Sinn Féin's men"),
        ("Bus ?ireann and M?nchengladbach", "Bus Éireann and Mönchengladbach"),
        (f"the co-owner of caf{LOST}{LOST}s", "the co-owner of cafés"),
        (f"Saint-Germain-des-Pr{LOST}{LOST}s", "Saint-Germain-des-Prés"),
        (f"the ex-M?nchengladbach and co-D{LOST}{LOST}il men", "the ex-Mönchengladbach and co-Dáil men"),
        ("Bus F?S, RT? and RT?'s", "Bus FÁS, RTÉ and RTÉ's"),
        (f"gardaí-say and Garda{LOST}{LOST}-say", "gardaí-say and Gardaí-say"),
        ("\u201cCurly\u201d \u2018quotes\u2019 and\u00a0space", '"Curly" \'quotes\' and space'),
        ("It ended.-A photograph, taken later,-shows it.", "It ended. A photograph, taken later, shows it."),
        ('Since Friday\'s-match she sings on-"The Show".', 'Since Friday\'s match she sings on "The Show".'),
        ("The- end of a two- and three-part thing", "The end of a two- and three-part thing"),
        ("They met in Rome.Then they left.", "They met in Rome. Then they left."),
        ("What now? Nothing is damaged here.", "What now? Nothing is damaged here."),
    ],
)
def test_damage_with_one_explanation_is_mended(damaged, whole):
    assert mend(damaged) == whole


@pytest.mark.parametrize("damaged", [f"a {LOST}{LOST}x word", "a q?zx word", f"{LOST}?-", '"Hello,"he said.'])
def test_damage_without_an_explanation_stays_marked(damaged):
    assert LOST in mend(damaged)


def test_the_example_in_the_docstring():
    assert doctest.testmod(mend_module).failed == 0


@settings(deadline=None)
@given(st.lists(st.sampled_from("the cat Rome well-known don't 3.5 (so)".split()), min_size=1, max_size=12))
def test_whole_text_is_left_alone(found):
    text = " ".join(found) + "."
    assert mend(text) == text


def test_false_hyphens_become_spaces_and_true_ones_stay():
    texts = ["it is not involved"] * 5 + ["a long-term plan"] * 3 + ["in the long term"] * 2
    unhyphen = HyphenMender([*texts, "it is not-involved", "a would-be king would be so"])
    assert unhyphen("it is not-involved in a long-term would-be plan") == (
        "it is not involved in a long-term would-be plan"
    )
    assert unhyphen("Not-Involved, al-Numan and 20-year-old") == "Not Involved, al-Numan and 20-year-old"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rained. See https://a.example/x now.", ["It rained.", "See now."]),
        ("It rained. (Reporting by Ada; Editing by Bo)", ["It rained."]),
        ("It rained. Contact him at ada@a.example More fell.", ["It rained.", "More fell."]),
        ("It rained. (China Daily 01/06/2017 page24) More fell.", ["It rained.", "More fell."]),
        ("It rained. The News (@news) March 1, 2017 More rain fell.", ["It rained.", "More rain fell."]),
        ("- It rained , and then ( so ) it stopped .", ["It rained, and then (so) it stopped."]),
        (f"It rained. The caf{LOST} was full. All went home.", ["It rained.", "All went home."]),
        ("It rained. Menu | Home | About", ["It rained."]),
        ("It rained. " + "A list of names, " * 80 + "ends.", ["It rained."]),
    ],
)
def test_what_is_not_running_text_goes(text, expected):
    assert list(_clean_sentences(text)) == expected


def test_an_archive_of_four_rows(tmp_path, monkeypatch, capsys):
    body = (
        "The quick fox ran over the hill and the dog did not, so all of them were late for the feast. "
        "It rained."
    )
    rows = [
        ("Fox runs", "A race", f"{body} Notice from us."),
        ("Fox runs again", "A race", f"{body} Notice from us."),
        ("Fox", "", "Too short."),
        ("Dog", "", body.replace("fox", "cat")),
    ]
    with open(tmp_path / "news.csv", "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["article_id", "publish_date", "article_source_link", "title", "subtitle", "text"])
        writer.writerows([1, "2017/1/1", "a.example", *row] for row in rows)
    articles = _read(tmp_path / "news.csv")
    assert [article.title for article in articles] == ["Fox runs", "Dog"]
    assert articles[0].text == f"A race.\n{body} Notice from us."
    assert "for the first time" in capsys.readouterr().out


@pytest.fixture(scope="module")
def articles():
    return data.news_articles()


@needs("news")
def test_the_archive_is_large_and_varied(articles):
    assert 3_600 < len(articles) <= 3_824
    assert len({article.text for article in articles}) == len(articles)


@needs("news")
def test_the_archive_is_mended(articles):
    text = "\n".join(article.text for article in articles)
    words = text.count(" ")
    assert LOST not in text
    for damage, most in (
        (r'"(?<=\w")t\b', 0),
        (r'"\?(?=\w)', 0),
        (r"'r\b(?<=e'r)", 0),
        (r"\?(?<=\s\?)\d", 0),
        (r"https?:/|pic\.twitter", 0),
        (r"@\w", 0),
        (r"-(?<= said-)(?:the|a|he|she|it) ", 2),
        (r"-(?<=\w[.!?]-)", 10),
    ):
        found = [text[match.start() - 20 : match.end() + 20] for match in re.finditer(damage, text)]
        assert len(found) <= most, (damage, found[:5])
    assert text.count("Éireann") > 80 and text.count("£") > 150 and text.count("€") > 120
    assert words > 1_900_000


@needs("news")
def test_the_archive_in_words():
    found = data.news()
    assert 80_000 < len(found) < 100_000 and 1_900_000 < sum(map(len, found)) < 2_200_000
    ends = {word for sentence in found for word in sentence if not word[0].isalnum()}
    assert ends <= {"'s"}
