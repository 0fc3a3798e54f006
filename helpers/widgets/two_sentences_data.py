"""One word in two sentences: how alike its vectors are after every block, and which other occurrences lie nearest."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from helpers.pretraining.probes import Occurrences, occurrences, word_vectors
from helpers.tokenization.cutting import bert_clean, bert_words
from helpers.widgets.client import legible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from helpers.bert import Encoder
    from helpers.tokenization import WordPiece

LONGEST, NEAREST, AROUND = 40, 3, 6  # words of a sentence; other occurrences shown; words around one of them
MOST = 32  # occurrences of a word that are read, and kept
SMALL = {"a", "an", "the", "of", "in", "on", "to", "and", "is", "was", "at", "by", "for", "it", "he", "she", "i", "we"}


class Reader:
    """Reads sentences with an encoder, and looks words up in other texts.

    Args:
        encoder, tokenizer: that belong together.
        others: sentences, lists of lower-case words, in which other occurrences are sought; of each word the first
            `MOST` sentences are read, once.
    """

    def __init__(self, encoder: "Encoder", tokenizer: "WordPiece", others: Sequence[Sequence[str]] = ()) -> None:
        self.encoder, self.tokenizer, self.others = encoder, tokenizer, others
        self._kept: dict[str, tuple[Occurrences, list[tuple[str, str]]] | None] = {}

    def words(self, text: str) -> list[str]:
        """A text cut as BERT does, marks for themselves; at most `LONGEST` words."""
        cut = bert_words(bert_clean(str(text), self.tokenizer.lower))
        return [word for word in cut if self.tokenizer.encode(word)][:LONGEST]

    def read(self, sentences: Sequence[list[str]]) -> list[torch.Tensor]:
        """Vectors of each sentence's words, (N, n_layers + 1, D)."""
        return word_vectors(self.encoder, self.tokenizer, sentences, longest=64)

    def elsewhere(self, word: str) -> tuple[Occurrences, list[tuple[str, str]]] | None:
        """Other occurrences of a word with the words around each; None if there are fewer than two."""
        if word not in self._kept:
            with_word = [words for words in self.others if word in words][:MOST]
            try:
                found = occurrences(self.encoder, self.tokenizer, with_word, word)
                self._kept[word] = found, [_around(with_word[n], place) for n, place in found.places]
            except ValueError:
                self._kept[word] = None
        return self._kept[word]

    def nearest(self, word: str, vectors: torch.Tensor) -> list[list[list]]:
        """For each layer the `NEAREST` other occurrences: triples (words before, words after, cosine)."""
        kept = self.elsewhere(word)
        if kept is None:
            return [[] for _ in range(len(vectors))]
        rows, (found, around) = [], kept
        for layer in range(len(vectors)):
            cosines = torch.cosine_similarity(found.vectors[:, layer], vectors[layer], dim=-1)
            best = cosines.topk(min(NEAREST, len(cosines)))
            rows.append([[*around[n], round(cosine, 3)] for n, cosine in
                         zip(best.indices.tolist(), best.values.tolist(), strict=True)])  # fmt: skip
        return rows


def _around(words: Sequence[str], place: int) -> tuple[str, str]:
    before, after = words[max(0, place - AROUND) : place], words[place + 1 : place + 1 + AROUND]
    return ("… " if place > AROUND else "") + " ".join(before), " ".join(after) + (
        " …" if place + 1 + AROUND < len(words) else "")  # fmt: skip


def chosen(words: Sequence[Sequence[str]]) -> list[int]:
    """The place of a word that both sentences share, if they do: the longest that is no small word; else the first."""
    shared = {*words[0]} & {*words[1]} - SMALL
    shared = {word for word in shared if word.isalpha()} or shared
    if not shared:
        return [0, 0]
    word = max(sorted(shared), key=len)
    return [list(one).index(word) for one in words]


def compute(reader: Reader, texts: Sequence[str], places: Sequence[int] | None = None) -> dict[str, Any]:
    """Everything the page needs: the words, the cosine of the two chosen ones layer by layer, other occurrences.

    Args:
        reader: with encoder and other texts.
        texts: two; places: the chosen word in each, counted from 0; None takes a word that both share.

    Returns:
        texts; words, a list for each; places; cosines (n_layers + 1); others, the same for the chosen word of the first
        sentence and all words of the second but the chosen one, on average; near, for each sentence and layer triples
        (words before, words after, cosine); note.

    Raises:
        ValueError: a sentence has no word.
    """
    words = [reader.words(text) for text in texts]
    if not all(words):
        raise ValueError("Type at least one word into each sentence.")
    places = chosen(words) if places is None else [max(0, min(int(p), len(w) - 1)) for p, w in
                                                   zip(places, words, strict=True)]  # fmt: skip
    read = reader.read(words)
    places = [min(place, len(vectors) - 1) for place, vectors in zip(places, read, strict=True)]
    words = [one[: len(vectors)] for one, vectors in zip(words, read, strict=True)]
    one, two = (vectors[place] for vectors, place in zip(read, places, strict=True))  # (n_layers + 1, D) each
    rest = [place for place in range(len(words[1])) if place != places[1]]
    others = torch.cosine_similarity(read[1][rest], one, dim=-1).mean(0) if rest else torch.zeros(len(one))
    near = [reader.nearest(w[place], vectors) for w, place, vectors in zip(words, places, (one, two), strict=True)]
    cut = any(len(reader.words(text)) > len(w) or len(bert_words(bert_clean(str(text)))) > LONGEST
              for text, w in zip(texts, words, strict=True))  # fmt: skip
    return {"texts": [str(text) for text in texts], "words": words, "places": places,
            "cosines": [round(value, 4) for value in torch.cosine_similarity(one, two, dim=-1).tolist()],
            "others": [round(value, 4) for value in others.tolist()], "near": near,
            "note": f"Only the first {LONGEST} words of a sentence are read." if cut else ""}  # fmt: skip


def pair(shown: dict[str, Any]) -> tuple[str, str]:
    """The two chosen words."""
    return tuple(words[place] for words, place in zip(shown["words"], shown["places"], strict=True))


def in_words(shown: dict[str, Any]) -> str:
    """What the widget shows, in a sentence or two."""
    one, two = pair(shown)
    what = f"“{legible(one, 20)}” in two sentences" if one == two else f"“{legible(one, 20)}” and “{legible(two, 20)}”"
    lines = " / ".join(legible(" ".join(words), 80) for words in shown["words"])
    return (
        f"{what}: {lines}. Cosine of the two vectors {shown['cosines'][0]:.2f} at the start, "
        f"{shown['cosines'][-1]:.2f} after the last block; against the other words there {shown['others'][-1]:.2f}."
    )


def draw(shown: dict[str, Any]) -> "Figure":
    """The cosine layer by layer as bars, with a mark for the other words, in a matplotlib Figure."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 3.6), dpi=100, layout="constrained")
    axes = figure.subplots()
    rows = np.arange(len(shown["cosines"]))
    axes.barh(rows, shown["cosines"], color="#0072B2", label="the two chosen words")
    axes.plot(shown["others"], rows, "D", color="#D55E00", label="the first one and the second sentence's other words")
    axes.set_yticks(rows, ["embedding", *(f"after block {n}" for n in rows[1:])])
    axes.invert_yaxis()
    axes.set_xlim(min(0, *shown["cosines"], *shown["others"]), 1)
    axes.set_xlabel("cosine")
    one, two = (legible(word, 20) for word in pair(shown))
    lines = "\n".join(legible(" ".join(words), 90) for words in shown["words"])
    axes.set_title(f"{one} · {two}\n{lines}", loc="left", fontsize=12, parse_math=False)
    axes.legend(frameon=False, loc="lower left")
    return figure
