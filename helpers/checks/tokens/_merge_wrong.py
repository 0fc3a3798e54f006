"""Wrong ways to merge a pair, each as a learner might write it: symbols and pair in, a list out."""

from __future__ import annotations

from helpers.tokenization import merge_pair


def first_only(symbols, pair):
    for place in range(len(symbols) - 1):
        if (symbols[place], symbols[place + 1]) == pair:
            return [*symbols[:place], "".join(pair), *symbols[place + 2 :]]
    return list(symbols)


def last_only(symbols, pair):
    for place in range(len(symbols) - 2, -1, -1):
        if (symbols[place], symbols[place + 1]) == pair:
            return [*symbols[:place], "".join(pair), *symbols[place + 2 :]]
    return list(symbols)


def from_the_right(symbols, pair):
    return [one[::-1] for one in merge_pair([s[::-1] for s in symbols][::-1], (pair[1][::-1], pair[0][::-1]))][::-1]


def overlapping(symbols, pair):
    """Appends the merged symbol, but goes on by one place."""
    merged, skip = [], False
    for place, symbol in enumerate(symbols):
        if tuple(symbols[place : place + 2]) == pair:
            merged.append("".join(pair))
            skip = True
        elif skip:
            skip = False
        else:
            merged.append(symbol)
    return merged


def keeps_both(symbols, pair):
    merged = []
    for place, symbol in enumerate(symbols):
        merged.append("".join(pair) if tuple(symbols[place : place + 2]) == pair else symbol)
    return merged


def loses_last(symbols, pair):
    merged, place = [], 0
    while place < len(symbols) - 1:
        found = (symbols[place], symbols[place + 1]) == pair
        merged.append("".join(pair) if found else symbols[place])
        place += 2 if found else 1
    return merged


def out_of_range(symbols, pair):
    merged, place = [], 0
    while place < len(symbols):
        found = symbols[place] == pair[0] and symbols[place + 1] == pair[1]
        merged.append("".join(pair) if found else symbols[place])
        place += 2 if found else 1
    return merged


def in_text(symbols, pair):
    """Looks for the joined text: symbols such as "lo" inside longer ones are found too."""
    text, join = "".join(symbols), "".join(pair)
    merged, place = [], 0
    while place < len(text):
        step = len(join) if text.startswith(join, place) else 1
        merged.append(text[place : place + step])
        place += step
    return merged


def in_spaced_text(symbols, pair):
    return " ".join(symbols).replace(" ".join(pair), "".join(pair)).split()


def compares_joined(symbols, pair):
    merged, place = [], 0
    while place < len(symbols):
        found = place + 1 < len(symbols) and symbols[place] + symbols[place + 1] == "".join(pair)
        merged.append("".join(pair) if found else symbols[place])
        place += 2 if found else 1
    return merged


def either_order(symbols, pair):
    merged, place = [], 0
    while place < len(symbols):
        two = tuple(symbols[place : place + 2])
        found = two in (pair, pair[::-1])
        merged.append("".join(two) if found else symbols[place])
        place += 2 if found else 1
    return merged
