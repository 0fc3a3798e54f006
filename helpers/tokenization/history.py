"""Apply merges fast, and remember when each boundary between symbols fell."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence


def merge_history(symbols: Sequence[int], merges: Mapping[tuple[int, int], tuple[int, int]],
                  never: int) -> tuple[list[int], list[int]]:  # fmt: skip
    """Cut one word: merge the neighbours that were learned first, the leftmost of them first, until none is left.

    A heap holds the merges that are possible, and links lead over the symbols that are gone, so that a word of n
    symbols takes about n log n steps.

    Args:
        symbols: N ids.
        merges: pair -> (its rank, 0 for the first learned; the id of what it becomes).
        never: stands for "no merge".

    Returns:
        The ids of the tokens, and N - 1 numbers: how many merges the boundary after each symbol outlives. With
        only the first k merges, exactly the boundaries with a number of k or more are there.
    """
    ids: list[int | None] = list(symbols)
    end = len(ids)
    after, before = list(range(1, end + 1)), list(range(-1, end - 1))
    falls = [never] * max(end - 1, 0)
    heap = [(*merges[pair], place) for place, pair in enumerate(zip(ids, ids[1:], strict=False)) if pair in merges]
    heapq.heapify(heap)
    time = 0
    while heap:
        rank, new, place = heapq.heappop(heap)
        right = after[place] if ids[place] is not None else end
        if right >= end or merges.get((ids[place], ids[right])) != (rank, new):
            continue  # one of the two has been merged with another neighbour meanwhile
        time = max(time, rank)
        falls[right - 1] = time
        ids[place], ids[right] = new, None
        after[place] = following = after[right]
        if following < end:
            before[following] = place
            if (pair := (new, ids[following])) in merges:
                heapq.heappush(heap, (*merges[pair], place))
        if (previous := before[place]) >= 0 and (pair := (ids[previous], new)) in merges:
            heapq.heappush(heap, (*merges[pair], previous))
    return [one for one in ids if one is not None], falls
