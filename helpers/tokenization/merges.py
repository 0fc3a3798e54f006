"""Byte-pair encoding: count neighbouring pairs, merge the most frequent, and again.

`count_pairs`, `merge_pair` and `apply_merges` are the plain way, on lists of strings. `learn_merges` does the same
for a whole text by counting only what a merge has changed.

Source: P. Gage, A New Algorithm for Data Compression (1994); R. Sennrich, B. Haddow and A. Birch, Neural Machine
Translation of Rare Words with Subword Units (2016), section 3.2.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

Pair = tuple[int, int]


def count_pairs(words: Mapping[tuple[str, ...], int]) -> Counter[tuple[str, str]]:
    """How often two symbols stand side by side in a text, given its words as symbols, and how often each occurs."""
    counts: Counter[tuple[str, str]] = Counter()
    for symbols, n in words.items():
        for pair in zip(symbols, symbols[1:], strict=False):
            counts[pair] += n
    return counts


def merge_pair(symbols: Sequence[str], pair: tuple[str, str]) -> list[str]:
    """Join every occurrence of a pair of neighbours, from left to right.

    Args:
        symbols: the word as it is cut now.
        pair: two symbols.

    Returns:
        A new list; where the pair stood there is one symbol, the two written together.

    Example:
        >>> merge_pair(["l", "o", "w", "l", "o"], ("l", "o"))
        ['lo', 'w', 'lo']
    """
    merged, place = [], 0
    while place < len(symbols):
        if tuple(symbols[place : place + 2]) == tuple(pair):
            merged.append(symbols[place] + symbols[place + 1])
            place += 2
        else:
            merged.append(symbols[place])
            place += 1
    return merged


def apply_merges(symbols: Sequence[str], merges: Iterable[tuple[str, str]]) -> list[str]:
    """Cut a word with merges that are known: one after the other, in the order in which they were learned.

    Args:
        symbols: the word as single characters (or bytes).
        merges: pairs of symbols, the first learned first.

    Returns:
        The word's tokens.

    Example:
        >>> apply_merges(list("lower"), [("l", "o"), ("lo", "w"), ("e", "r")])
        ['low', 'er']
    """
    merged = list(symbols)
    for pair in merges:
        merged = merge_pair(merged, pair)
    return merged


def learn_merges(words: Mapping[Sequence[int], int], n_new: int, join: Callable[[Pair], int],
                 min_count: int = 1, known: int = 0) -> list[Pair]:  # fmt: skip
    """Learn merges from a text's words, each merge joining the pair that is then the most frequent.

    Pairs are counted once; a merge changes only the counts of its neighbours. A heap holds the pairs by count, and
    an entry whose count has changed meanwhile is put back with the new one when it comes up. Of pairs equally
    frequent, the one with the smaller ids is merged first, as in Hugging Face's tokenizers.

    Args:
        words: each different word as symbol ids, and how often it occurs.
        n_new: how many new symbols to make.
        join: gives the id of the symbol that a pair becomes: a new one, or a known one that reads the same.
        min_count: stop when the best pair is rarer than this.
        known: how many symbols there are before the first merge; a larger id is new.

    Returns:
        The pairs in the order learned, at least `n_new` unless the text gives out.
    """
    cut, occurs = [list(word) for word in words], list(words.values())
    counts, where = defaultdict(int), defaultdict(list)  # pair -> how often, pair -> which words
    for i, symbols in enumerate(cut):
        for pair in zip(symbols, symbols[1:], strict=False):
            counts[pair] += occurs[i]
            where[pair].append(i)
    heap = [(-n, pair) for pair, n in counts.items()]
    heapq.heapify(heap)
    merges: list[Pair] = []
    while heap and n_new > 0:
        n, pair = heapq.heappop(heap)
        if -n != counts[pair]:
            if counts[pair] > 0:
                heapq.heappush(heap, (-counts[pair], pair))
            continue
        if -n < max(min_count, 1):
            break
        new = join(pair)
        merges.append(pair)
        n_new -= new >= known
        known = max(known, new + 1)
        for fresh in _merge_everywhere(pair, new, cut, occurs, counts, where):
            heapq.heappush(heap, (-counts[fresh], fresh))
    return merges


def _merge_everywhere(pair: Pair, new: int, cut: list[list[int]], occurs: list[int], counts: dict[Pair, int],
                      where: dict[Pair, list[int]]) -> list[Pair]:  # fmt: skip
    """Rewrite the words that hold the pair, keep the counts true, and return the pairs that have become possible."""
    left, right = pair
    fresh = {}
    for i in where.pop(pair, ()):
        symbols, n, merged, place = cut[i], occurs[i], [], 0
        last = len(symbols) - 1
        while place <= last:
            symbol = symbols[place]
            if symbol != left or place == last or symbols[place + 1] != right:
                merged.append(symbol)
                place += 1
                continue
            if merged:
                counts[merged[-1], left] -= n
                counts[merged[-1], new] += n
                where[merged[-1], new].append(i)
                fresh[merged[-1], new] = None
            place += 2
            if place <= last:
                counts[right, symbols[place]] -= n
                counts[new, symbols[place]] += n
                where[new, symbols[place]].append(i)
                fresh[new, symbols[place]] = None
            merged.append(new)
        cut[i] = merged
    counts[pair] = 0
    return [one for one in fresh if counts[one] > 0]
