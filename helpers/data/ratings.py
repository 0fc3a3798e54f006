"""Short texts that people have rated: films, products, tweets, newspaper editorials."""

import html
from dataclasses import dataclass

from helpers import assets
from helpers.data.splits import split_names

# Domain -> file of the asset, and whether an id "12_3" means sentence 3 of document 12.
_FILES = {
    "film": ("movieReviewSnippets_GroundTruth.txt", False),
    "product": ("amazonReviewSnippets_GroundTruth.txt", True),
    "tweet": ("tweets_GroundTruth.txt", False),
    "editorial": ("nytEditorialSnippets_GroundTruth.txt", True),
}
DOMAINS = tuple(_FILES)


@dataclass(frozen=True)
class Review:
    """One rated text.

    Attributes:
        id: its name in the archive; in "product" and "editorial" document and sentence, such as "12_3".
        text: what was written.
        rating: mean of several people's ratings, from -4 (extremely negative) to 4 (extremely positive).
        split: "train", "valid" or "test".
    """

    id: str
    text: str
    rating: float
    split: str


class Reviews(list[Review]):
    """A list of reviews that gives its splits: `reviews().train`."""

    @property
    def train(self) -> list[Review]:
        """About 80 percent, to learn from."""
        return [review for review in self if review.split == "train"]

    @property
    def valid(self) -> list[Review]:
        """About 10 percent, to choose settings by."""
        return [review for review in self if review.split == "valid"]

    @property
    def test(self) -> list[Review]:
        """About 10 percent, to be looked at once, at the end."""
        return [review for review in self if review.split == "test"]

    def __repr__(self) -> str:
        train, valid, test = len(self.train), len(self.valid), len(self.test)
        return f"<{len(self)} reviews: {train} train, {valid} valid, {test} test>"


def reviews(domain: str = "film") -> Reviews:
    """Rated texts of one domain, with fixed splits that keep near-duplicates together.

    Args:
        domain: "film" (10,605 snippets), "product" (3,708 sentences of 309 reviews), "tweet" (4,200) or
            "editorial" (5,190 sentences of 500 newspaper editorials).

    Returns:
        The reviews in the archive's order. A document's sentences share a split (`helpers.data.splits`).

    Raises:
        AssetError: the asset is not cached and can't be fetched.
        ValueError: there is no such domain.

    Source: C. J. Hutto and E. Gilbert, VADER, ICWSM 2014; film snippets after B. Pang and L. Lee; MIT.
    """
    if domain not in _FILES:
        raise ValueError(f"domain is {domain!r}; expected one of {', '.join(_FILES)}.")
    name, in_documents = _FILES[domain]
    lines = (assets.path("reviews") / name).read_bytes().decode("latin-1").split("\n")  # \x85 ends no line
    rows = [line.split("\t", 2) for line in lines if line.strip()]
    texts = [_readable(text) for _, _, text in rows]
    documents = [identity.partition("_")[0] for identity, _, _ in rows] if in_documents else None
    splits = split_names(texts, documents)
    return Reviews(
        Review(identity, text, float(rating), split)
        for (identity, rating, _), text, split in zip(rows, texts, splits, strict=True)
    )


def _readable(text: str) -> str:
    """Undo what was done to the text: UTF-8 read as Latin-1, HTML's escapes, two single quotes for one."""
    try:
        text = text.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        pass  # this line really is Latin-1
    text = html.unescape(html.unescape(text))  # some lines were escaped twice
    return " ".join(text.replace("''", '"').split())
