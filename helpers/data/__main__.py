"""Read every text and list once and say how much there is: `python -m helpers.data`.

This also leaves the parsed texts in the cache folder, so that lessons open them in a second.
"""

import time
from collections.abc import Callable

from helpers import data
from helpers.assets import AssetError


def main() -> None:
    """Print one line a source: what it holds and how long reading it took."""
    for name, articles, read in (
        ("wiki", data.wiki_articles, data.wiki),
        ("news", data.news_articles, data.news),
    ):
        _say(name, lambda articles=articles, read=read: _counts(articles(), read()))
    for domain in data.DOMAINS:
        _say(f"reviews {domain}", lambda domain=domain: repr(data.reviews(domain)))
    _say("analogies", lambda: _sections(data.analogies()))
    for name in ("wordsim353", "simlex999"):
        _say(name, lambda name=name: f"{len(data.similarity_pairs(name))} pairs")
    _say("glove", lambda: "{:,} words of {} dimensions".format(*data.glove().matrix.shape))


def _say(name: str, read: Callable[[], str]) -> None:
    start = time.perf_counter()
    try:
        line = read()
    except AssetError as error:
        line = str(error)
    print(f"{name}: {line} ({time.perf_counter() - start:.1f} s)", flush=True)


def _counts(articles: list[data.Article], sentences: list[list[str]]) -> str:
    tokens = sum(map(len, sentences))
    different = len({word for sentence in sentences for word in sentence})
    return (
        f"{len(articles):,} articles, {len(sentences):,} sentences, "
        f"{tokens:,} words and numbers, {different:,} different"
    )


def _sections(sections: dict[str, list[tuple[str, str, str, str]]]) -> str:
    return f"{sum(map(len, sections.values())):,} questions in {len(sections)} sections"


if __name__ == "__main__":
    main()
