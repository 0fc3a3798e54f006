"""Tell false hyphens from true ones: in the news archive, many no-break spaces became hyphens."""

import re
from collections import Counter
from collections.abc import Iterable

_HYPHENED = re.compile(r"(?<![\w-])([^\W\d_]+)-([^\W\d_]+)(?![\w-])")
# Compounds of which the words stand side by side by chance more often than the compound does.
_KEPT = frozenset("would-be so-called by-election must-have to-do has-been".split())
_RARE = 2  # at most so often, a pair with one of the commonest words in it is taken for false
_COMMON = 80  # how many words count as the commonest: "the", "said", "with" ...


class HyphenMender:
    """Makes false hyphens spaces, by how often both forms stand in the same texts.

    Where a no-break space became a hyphen ("is not-involved"), the pair is common with a space and rare with
    a hyphen; a true compound ("long-term") is the other way round.

    Args:
        texts: the texts to count in, the more the better.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        parts = [text.lower().split() for text in texts]
        candidates = (word for part in parts for word in part if "-" in word)
        hyphened = Counter(pair for word in candidates for pair in _HYPHENED.findall(word))
        firsts = {first for first, _ in hyphened}
        spaced: Counter[tuple[str, str]] = Counter()
        single: Counter[str] = Counter()
        for part in parts:
            single.update(part)
            neighbours = zip(part, part[1:], strict=False)
            spaced.update(pair for pair in neighbours if pair[0] in firsts and pair in hyphened)
        common = {word for word, _ in single.most_common(_COMMON)}
        self._false = {
            pair
            for pair, count in hyphened.items()
            if "-".join(pair) not in _KEPT
            and (spaced[pair] > count or (count <= _RARE and not common.isdisjoint(pair)))
        }

    def __call__(self, text: str) -> str:
        """The text with the false hyphens made spaces."""
        parts = text.split(" ")
        return " ".join(_HYPHENED.sub(self._mended, part) if "-" in part else part for part in parts)

    def _mended(self, match: re.Match[str]) -> str:
        pair = (match[1].lower(), match[2].lower())
        return f"{match[1]} {match[2]}" if pair in self._false else match[0]
