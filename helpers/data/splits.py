"""Fixed splits for training, validation and test that keep near-duplicates on one side.

A text in the test set that is in the training set too, word for word or nearly so, measures memory and not
understanding. So texts are grouped first, and whole groups are dealt out by a hash of their content: no seed,
no order, and a text that is added or taken away moves only its own group.
"""

import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

SIMILAR = 0.5  # Jaccard similarity of the word pairs from which two texts count as near-duplicates
SHARES = (("train", 80), ("valid", 10), ("test", 10))  # percent

_NAME = re.compile(r"@\w+")  # every tweet's names are "@anonymous"
_WORD = re.compile(r"\w+")


def normalised(text: str) -> str:
    """The text without case, punctuation and user names; a text of signs only stays as it is."""
    return " ".join(_WORD.findall(_NAME.sub(" ", text.lower()))) or text.strip()


def word_pairs(text: str) -> frozenset[tuple[str, str]]:
    """Neighbouring words of the normalised text, with marks at both ends: ("^", "so"), ("so", "$")."""
    words = normalised(text).split()
    return frozenset(zip(["^", *words], [*words, "$"], strict=True))


def near_duplicates(texts: Sequence[str], similar: float = SIMILAR) -> Iterator[tuple[int, int]]:
    """All pairs of texts whose word pairs overlap by at least `similar`, exactly.

    The overlap is Jaccard's: shared word pairs over all word pairs of both. At 0.5 the texts found are the
    same saying with a word changed; those a little below only share an idiom.

    Args:
        texts: N texts.
        similar: threshold, above 0 and at most 1.

    Yields:
        Pairs of positions (i, j) with i < j.

    Source: R. Bayardo, Y. Ma and R. Srikant, Scaling up all pairs similarity search, WWW 2007: if two sets
    overlap by t, each has one of its |x| - ceil(t |x|) + 1 rarest members in common with the other's, so
    only those are compared.
    """
    if not 0 < similar <= 1:
        raise ValueError(f"similar is {similar}; expected a number above 0 and at most 1.")
    sets = [word_pairs(text) for text in texts]
    count = Counter(pair for members in sets for pair in members)
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    for j, members in enumerate(sets):
        rarest = sorted(members, key=lambda pair: (count[pair], pair))
        prefix = rarest[: len(members) - math.ceil(similar * len(members) - 1e-9) + 1]
        candidates = {i for pair in prefix for i in holders[pair]}
        for i in sorted(candidates):
            shared = len(sets[i] & members)
            if shared >= similar * (len(sets[i]) + len(members) - shared):
                yield i, j
        for pair in prefix:
            holders[pair].append(j)


def split_names(texts: Sequence[str], documents: Sequence[str] | None = None) -> list[str]:
    """Deal texts out to "train", "valid" and "test", about 80, 10 and 10 percent.

    Near-duplicates go together, and so do texts of the same document if `documents` names one for each:
    sentences of one review share their product and their writer.

    Args:
        texts: N texts.
        documents: None, or N names.

    Returns:
        N names of splits. The same texts get the same splits on every machine.
    """
    group = list(range(len(texts)))

    def root(i: int) -> int:
        while group[i] != i:
            group[i] = i = group[group[i]]
        return i

    first_of: dict[str, int] = {}
    for i, document in enumerate(documents or ()):
        group[root(i)] = root(first_of.setdefault(document, i))
    for i, j in near_duplicates(texts):
        group[root(j)] = root(i)
    key: dict[int, str] = {}
    for i, text in enumerate(texts):
        own = normalised(text)
        key[root(i)] = min(key.get(root(i), own), own)
    return [_share(key[root(i)]) for i in range(len(texts))]


def _share(key: str) -> str:
    place = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % 100
    for name, percent in SHARES:
        if place < percent:
            return name
        place -= percent
    raise AssertionError("the shares add up to 100")
