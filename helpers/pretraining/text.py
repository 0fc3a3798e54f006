"""What the course's BERT reads: news, Wikipedia and rated texts, cut into WordPieces and laid into rows."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor

from helpers import data
from helpers.data.splits import normalised
from helpers.tokenization import WordPiece
from helpers.tokenization.wordpiece import SPECIAL

VOCABULARY = Path(__file__).parent / "vocabulary.txt"
VOCAB_SIZE = 8000
SOURCES = ("news", "wiki", "reviews")
VALID_SHARE = 2  # percent of all articles that are held out; rated texts have splits of their own


def texts(source: str, split: str = "train") -> list[str]:
    """The texts of one source.

    Args:
        source: "news" or "wiki", an article each; "reviews", the rated texts of all four kinds.
        split: "train" or "valid". No text of a review's test split is ever given.

    Raises:
        ValueError: another source or split.
    """
    if source not in SOURCES or split not in ("train", "valid"):
        raise ValueError(f"Expected a source of {', '.join(SOURCES)} and a split of train, valid, got {source!r} and "
                         f"{split!r}.")  # fmt: skip
    if source == "reviews":
        # A text can stand in two domains ("wow" is a product's and a tweet's), so all test splits are taken out of all.
        rated = [review for domain in data.DOMAINS for review in data.reviews(domain)]
        tests = {normalised(review.text) for review in rated if review.split == "test"}
        return [review.text for review in rated if review.split == split and normalised(review.text) not in tests]
    articles = data.news_articles() if source == "news" else data.wiki_articles()
    return [article.text for article in articles if _is_held_out(article.title) == (split == "valid")]


def _is_held_out(title: str) -> bool:
    digest = hashlib.sha256(title.encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100 < VALID_SHARE


def learn_vocabulary(size: int = VOCAB_SIZE) -> list[str]:
    """The vocabulary, learned anew from the training texts: half a minute or so."""
    return WordPiece.train([text for source in SOURCES for text in texts(source)], size).vocab


@functools.cache
def tokenizer() -> WordPiece:
    """The tokenizer of the course's BERT: 8,000 pieces, lower case, as `learn_vocabulary` gave them."""
    return WordPiece.from_file(VOCABULARY)


def article_rows(articles: Iterable[str], length: int) -> Tensor:
    """Cut each article into rows [CLS] … [SEP] of so many tokens; what is left at its end is dropped.

    Returns:
        Token ids (N, length), int16.
    """
    cut = tokenizer()
    cls, sep, inside = cut.index["[CLS]"], cut.index["[SEP]"], length - 2
    rows = []
    for article in articles:
        pieces = cut.encode(article)
        rows += [[cls, *pieces[start : start + inside], sep] for start in range(0, len(pieces) - inside + 1, inside)]
    return torch.tensor(rows, dtype=torch.int16).reshape(-1, length)


def short_rows(short: Iterable[str], length: int) -> Tensor:
    """Lay short texts one after the other into rows, [CLS] text [SEP] text [SEP], as many as fit, filled with [PAD].

    Returns:
        Token ids (N, length), int16.
    """
    cut = tokenizer()
    cls, sep, pad = (cut.index[mark] for mark in ("[CLS]", "[SEP]", "[PAD]"))
    rows: list[list[int]] = []
    row = [cls]
    for text in short:
        pieces = cut.encode(text)[: length - 2]
        if len(row) + len(pieces) + 1 > length:
            rows.append(row + [pad] * (length - len(row)))
            row = [cls]
        row += [*pieces, sep]
    rows.append(row + [pad] * (length - len(row)))
    return torch.tensor(rows, dtype=torch.int16)


def rows(split: str = "train", length: int = 64, sources: Iterable[str] = SOURCES) -> dict[str, Tensor]:
    """Source -> its texts as rows of token ids, (N, length) each, int16."""
    lay = {"reviews": short_rows}
    return {source: lay.get(source, article_rows)(texts(source, split), length) for source in sources}


def batches(laid: dict[str, Tensor], batch_size: int, weights: dict[str, int] | None = None, *, rate: float = 0.15):
    """Make training batches: all rows in a new order each time round, each masked anew.

    Args:
        laid: of `rows`. batch_size: B.
        weights: source -> how often each of its rows comes in one round; 1 if not given.
        rate: share of the tokens that is asked about.

    Returns:
        next_batch(generator) -> inputs and targets (B, length), as `helpers.training.train` takes it.
    """
    from helpers.bert.masking import mask_tokens

    cut = tokenizer()
    everything = torch.cat([part.repeat((weights or {}).get(source, 1), 1) for source, part in laid.items()])
    special = [cut.index[mark] for mark in SPECIAL]
    order = torch.empty(0, dtype=torch.long)

    def next_batch(generator: torch.Generator) -> tuple[Tensor, Tensor]:
        nonlocal order
        if len(order) < batch_size:
            order = torch.randperm(len(everything), generator=generator)
        chosen, order = order[:batch_size], order[batch_size:]
        return mask_tokens(everything[chosen].long(), generator, mask_id=cut.index["[MASK]"],
                           vocab_size=cut.vocab_size, special_ids=special, rate=rate)  # fmt: skip

    return next_batch
