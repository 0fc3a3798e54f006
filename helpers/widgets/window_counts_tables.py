"""Counts for every window from 1 to 10: what stands near a word, and which words keep the same company.

The text is gone through once for each distance. What stands one place away is window 1; adding what stands
two places away makes window 2; and so on. After that, a question costs one sparse product for each window.
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from itertools import chain

import numpy as np

from helpers.vectors import ppmi, vocabulary

ALPHA = 0.75  # contexts count with this power, so that rare ones weigh less


class Windows:
    """A text counted in windows of 1 to `widest` places on each side.

    Args:
        sentences: lists of words, or one list of words; no window reaches into the next sentence.
        vocabulary_size: how many of the most frequent words have a row; rarer ones are skipped over.
        contexts: how many of the most frequent words have a column.
        widest: the largest window.

    Attributes:
        words: V words, the most frequent first; `index` gives their rows.
        ids, sentence: the text, as rows of words and as numbers of sentences, both (T,).
        rows: for each window the PPMI of its counts at length 1, sparse (V, C).
        lengths: for each window the lengths those rows had, (V,).

    Raises:
        ValueError: no words, or sizes below 1.

    Source: Levy, Goldberg and Dagan (2015), sections 2.1 and 3.2; the effect of the window: Levy and
    Goldberg, Dependency-Based Word Embeddings (2014), section 4.
    """

    def __init__(self, sentences: Iterable[Sequence[str]] | Sequence[str], *, vocabulary_size: int = 5000,
                 contexts: int = 2000, widest: int = 10):
        if min(vocabulary_size, contexts, widest) < 1:
            raise ValueError(f"Expected sizes of at least 1, got {vocabulary_size}, {contexts} and {widest}.")
        sentences = list(sentences)
        if sentences and isinstance(sentences[0], str):
            sentences = [sentences]
        self.words = list(vocabulary(sentences, min_count=1))[:vocabulary_size]
        if not self.words:
            raise ValueError("The text has no words to count; expected lists of words.")
        self.index = {word: row for row, word in enumerate(self.words)}
        lengths = [len(sentence) for sentence in sentences]
        ids = np.fromiter((self.index.get(word, -1) for word in chain.from_iterable(sentences)), np.int32,
                          sum(lengths))
        known = ids >= 0
        self.total = len(ids)
        self.ids = ids[known]  # (T,)
        self.sentence = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)[known]  # (T,)
        self.contexts, self.widest = min(contexts, len(self.words)), widest
        self.rows, self.lengths = [], []
        self._count()

    def _count(self) -> None:
        from scipy.sparse import csr_array

        shape = (len(self.words), self.contexts)
        counts = np.zeros(shape[0] * shape[1], np.int32)  # (V * C,)
        for distance in range(1, self.widest + 1):
            same = self.sentence[:-distance] == self.sentence[distance:]
            left, right = self.ids[:-distance][same], self.ids[distance:][same]
            for word, context in ((left, right), (right, left)):
                column = context < self.contexts
                places = word[column].astype(np.int64) * self.contexts + context[column]
                np.add(counts, np.bincount(places, minlength=len(counts)), out=counts, casting="unsafe")
            seen = np.flatnonzero(counts).astype(np.int32 if len(counts) < 2**31 else np.int64)
            pair = np.divmod(seen, np.asarray(self.contexts, seen.dtype))  # rows and columns
            found = ppmi(csr_array((counts[seen], pair), shape=shape), alpha=ALPHA).astype(np.float32)
            lengths = np.sqrt(np.bincount(np.repeat(np.arange(shape[0]), np.diff(found.indptr)),
                                          found.data.astype(float) ** 2, minlength=shape[0]))  # (V,)
            lengths[lengths == 0] = 1.0
            found.data /= np.repeat(lengths, np.diff(found.indptr))
            self.rows.append(found)
            self.lengths.append(lengths)

    def known(self, typed: str) -> str:
        """The word that was meant by what was typed; ValueError with close spellings if there is none."""
        typed = typed.strip()
        tries = (typed, typed.lower(), typed.capitalize(), typed.upper())
        found = next((word for word in tries if word in self.index), None)
        if found is None:
            close = get_close_matches(typed.lower()[:40], self.words, n=3)
            hint = f" Close to it: {', '.join(close)}." if close else ""
            raise ValueError(f"{typed!r} is not among the {len(self.words):,} words counted here.{hint}")
        return found

    def table(self, typed: str, n: int = 10) -> dict:
        """Everything the widget shows about one word.

        Args:
            typed: the word; capitals do not matter.
            n: length of each list.

        Returns:
            {"word", "seen": how often it stands in the text, and three lists}: "counts" (words counted near
            it), "ppmi" (the same, as PPMI) and "rows" (cosine of PPMI rows). A list is {"words", "values"}:
            for each word one value a window. It holds every word among the n largest of some window.

        Raises:
            ValueError: the word is not known.
        """
        word = self.known(typed)
        row = self.index[word]
        vectors = np.stack([rows[[row]].toarray()[0] for rows in self.rows])  # (W, C)
        alike = np.stack([rows @ vector for rows, vector in zip(self.rows, vectors, strict=True)])  # (W, V)
        alike[:, row] = 0
        lengths = np.array([lengths[row] for lengths in self.lengths])
        places = np.flatnonzero(self.ids == row)
        return {"word": word, "seen": len(places), "counts": self._largest(self._near(places), n, 0),
                "ppmi": self._largest(vectors * lengths[:, None], n, 2), "rows": self._largest(alike, n, 3)}

    def _near(self, places: np.ndarray) -> np.ndarray:
        """How often each word stands within 1, 2, … places of these places: (W, V)."""
        counts = np.zeros((self.widest, len(self.words)), np.int64)
        for distance in range(1, self.widest + 1):
            for there in (places - distance, places + distance):
                here = places[(there >= 0) & (there < len(self.ids))]
                there = there[(there >= 0) & (there < len(self.ids))]
                there = there[self.sentence[there] == self.sentence[here]]
                counts[distance - 1] += np.bincount(self.ids[there], minlength=len(self.words))
        return counts.cumsum(axis=0)

    def _largest(self, values: np.ndarray, n: int, digits: int) -> dict:
        """The words among the n largest positive values of some window, with their values: values (W, V)."""
        best = np.argsort(-values, axis=1, kind="stable")[:, :n]  # (W, n)
        kept = sorted({int(i) for row, order in zip(values, best, strict=True) for i in order if row[i] > 0})
        return {"words": [self.words[i] for i in kept], "values": values[:, kept].T.round(digits).tolist()}
