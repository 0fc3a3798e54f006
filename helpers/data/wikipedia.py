"""The Wikipedia sample that gensim ships, as clean running text."""

import bz2
import importlib.util
import re
from pathlib import Path
from xml.etree import ElementTree

from helpers.assets.unpack import file_digest
from helpers.data.kept import kept_articles, kept_sentences
from helpers.data.text import LOST, Article, sentences, token_sentences
from helpers.data.wikitext import plain_paragraphs

SAMPLE = "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
_LIST_OF_MEANINGS = re.compile(r"\{\{\s*(?:disambig|disambiguation|hndis|geodis|surname|given name)\b", re.I)


def gensim_file(name: str) -> Path:
    """The path of a file in gensim's packaged test data, found without importing gensim.

    Raises:
        ValueError: gensim is not installed, or its package lacks the file.
    """
    spec = importlib.util.find_spec("gensim")
    if spec is None or not spec.submodule_search_locations:
        raise ValueError("gensim is not installed; run `pip install -r requirements.txt`.")
    file = Path(spec.submodule_search_locations[0]) / "test" / "test_data" / name
    if not file.is_file():
        raise ValueError(f"gensim is installed without {name}; install gensim 4.4.0, which ships it.")
    return file


def wiki_articles() -> list[Article]:
    """The articles of the Wikipedia sample as running text, without redirects, lists of meanings and markup.

    Parsed once and kept in the cache folder (`helpers.data.kept`).

    Returns:
        Articles with title and text; a paragraph is a line.

    Source: English Wikipedia, dump of 2016, the first pages by number (most titles begin with A), as packaged
    by gensim (LGPL-2.1). The text is under CC BY-SA 3.0; the history of each article names its authors.
    """
    return kept_articles("wiki-articles", file_digest(gensim_file(SAMPLE)), _read)


def wiki() -> list[list[str]]:
    """The sentences of the Wikipedia sample, each as lower-case words (`helpers.data.words` has the rules).

    Source and licence: see `wiki_articles`.
    """
    digest = file_digest(gensim_file(SAMPLE))
    return kept_sentences("wiki-sentences", digest, lambda: token_sentences(wiki_articles()))


def _read() -> list[Article]:
    print("Reading the Wikipedia sample for the first time; later it takes a second.", flush=True)
    articles = []
    with bz2.open(gensim_file(SAMPLE)) as stream:
        for _, element in ElementTree.iterparse(stream):
            if element.tag.endswith("}page"):
                article = _article(element)
                if article is not None:
                    articles.append(article)
                element.clear()
    return articles


def _article(page: ElementTree.Element) -> Article | None:
    """The page as an article; None for a redirect, a page about Wikipedia, or a list of meanings."""
    space = page.tag.removesuffix("page")
    if page.find(f"{space}redirect") is not None or page.findtext(f"{space}ns") != "0":
        return None
    source = page.findtext(f"{space}revision/{space}text") or ""
    if _LIST_OF_MEANINGS.search(source):
        return None
    text = "\n".join(filter(None, map(_readable, plain_paragraphs(source))))
    return Article(page.findtext(f"{space}title") or "", text) if text else None


def _readable(paragraph: str) -> str:
    """The paragraph without the sentences that hold `LOST`."""
    if LOST not in paragraph:
        return paragraph
    return " ".join(sentence for sentence in sentences(paragraph) if LOST not in sentence)
