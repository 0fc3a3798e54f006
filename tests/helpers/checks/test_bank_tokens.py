"""Lesson 01's exercises: right answers in several styles, wrong ones with the reason each must get."""

import re
from collections import Counter

import numpy as np
import pytest
import torch
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from helpers.checks.tokens import apply_merges, count_vectors, merge_pair, tfidf


# Count vectors ------------------------------------------------------------
def counts_with_index(documents, vocabulary):
    table = []
    for document in documents:
        row = [0] * len(vocabulary)
        for word in document:
            if word in vocabulary:
                row[vocabulary.index(word)] += 1
        table.append(row)
    return table


def counts_with_counter(documents, vocabulary):
    return torch.tensor([[Counter(document)[word] for word in vocabulary] for document in documents])


def counts_with_scikit_learn(documents, vocabulary):
    return CountVectorizer(vocabulary=vocabulary, analyzer=list).fit_transform(documents)


# TF-IDF ------------------------------------------------------------
def tfidf_with_loops(counts):
    n, columns = len(counts), range(len(counts[0]))
    df = [sum(row[c] > 0 for row in counts) for c in columns]
    rows = []
    for row in counts:
        weights = [row[c] * (np.log((1 + n) / (1 + df[c])) + 1) for c in columns]
        length = sum(weight**2 for weight in weights) ** 0.5
        rows.append([weight / length if length else 0.0 for weight in weights])
    return rows


def tfidf_with_torch(counts):
    counts = torch.tensor(counts)
    idf = torch.log((1 + counts.shape[0]) / (1 + (counts > 0).sum(0))) + 1
    return torch.nn.functional.normalize(counts * idf, dim=1)


def tfidf_with_scikit_learn(counts):
    return TfidfTransformer().fit_transform(counts)


def tfidf_with_nan_to_num(counts):
    weights = counts * (np.log((1 + len(counts)) / (1 + np.count_nonzero(counts, axis=0))) + 1)
    return np.nan_to_num(weights / np.linalg.norm(weights, axis=1)[:, None])


# One merge ------------------------------------------------------------
def merge_with_for_and_skip(symbols, pair):
    result, skip = [], False
    for i, symbol in enumerate(symbols):
        if skip:
            skip = False
        elif i + 1 < len(symbols) and symbol == pair[0] and symbols[i + 1] == pair[1]:
            result.append(pair[0] + pair[1])
            skip = True
        else:
            result.append(symbol)
    return result


def merge_in_place_of_a_copy(symbols, pair):
    symbols, i = list(symbols), 0
    while i < len(symbols) - 1:
        if (symbols[i], symbols[i + 1]) == tuple(pair):
            symbols[i : i + 2] = [symbols[i] + symbols[i + 1]]
        i += 1
    return tuple(symbols)


def merge_recursively(symbols, pair):
    if not symbols:
        return []
    if list(symbols[:2]) == list(pair):
        return ["".join(pair), *merge_recursively(symbols[2:], pair)]
    return [symbols[0], *merge_recursively(symbols[1:], pair)]


def merge_with_marks(symbols, pair):
    text = "\0" + "\0\0".join(symbols) + "\0"
    found = re.sub(re.escape(f"\0{pair[0]}\0\0{pair[1]}\0"), f"\0{pair[0]}{pair[1]}\0", text)
    return np.array([one for one in found.split("\0") if one])


# Cut with merges ------------------------------------------------------------
def cut_by_rank(symbols, merges):
    symbols, rank = list(symbols), {pair: i for i, pair in enumerate(merges)}
    while True:
        found = [pair for pair in zip(symbols, symbols[1:], strict=False) if pair in rank]
        if not found:
            return symbols
        symbols = merge_with_for_and_skip(symbols, min(found, key=rank.get))


def cut_recursively(symbols, merges):
    if not merges:
        return list(symbols)
    return cut_recursively(merge_with_for_and_skip(symbols, merges[0]), merges[1:])


RIGHT = {
    count_vectors: [counts_with_index, counts_with_counter, counts_with_scikit_learn],
    tfidf: [tfidf_with_loops, tfidf_with_torch, tfidf_with_scikit_learn, tfidf_with_nan_to_num],
    merge_pair: [merge_with_for_and_skip, merge_in_place_of_a_copy, merge_recursively, merge_with_marks],
    apply_merges: [cut_by_rank, cut_recursively],
}


@pytest.mark.parametrize(
    "check, answer",
    [(check, answer) for check in RIGHT for answer in [check.reference, *RIGHT[check]]],
    ids=lambda one: getattr(one, "__name__", None) or one.exercise.name,
)
def test_right(check, answer):
    result = check(answer, seconds=60)
    assert result.status == "right", (result.reason, result.message)


# Wrong answers, as learners write them ------------------------------------------------------------
def compares_joined(symbols, pair):
    result, i = [], 0
    while i < len(symbols):
        if i + 1 < len(symbols) and symbols[i] + symbols[i + 1] == pair[0] + pair[1]:
            result.append(pair[0] + pair[1])
            i += 2
        else:
            result.append(symbols[i])
            i += 1
    return result


def compares_joined_each(symbols, merges):
    for pair in merges:
        symbols = compares_joined(symbols, pair)
    return symbols


def no_copy(symbols, pair):
    i = 0
    while i < len(symbols) - 1:
        if symbols[i] == pair[0] and symbols[i + 1] == pair[1]:
            symbols[i] += symbols.pop(i + 1)
        i += 1
    return symbols


def forgets_the_end(symbols, pair):
    result, i = [], 0
    while i < len(symbols) - 1:
        if symbols[i] == pair[0] and symbols[i + 1] == pair[1]:
            result.append(pair[0] + pair[1])
            i += 2
        else:
            result.append(symbols[i])
            i += 1
    return result


def beyond_the_end(symbols, pair):
    result, i = [], 0
    while i < len(symbols):
        if symbols[i] == pair[0] and symbols[i + 1] == pair[1]:
            result.append(pair[0] + pair[1])
            i += 2
        else:
            result.append(symbols[i])
            i += 1
    return result


def steps_by_one(symbols, pair):
    result = []
    for i in range(len(symbols)):
        if i + 1 < len(symbols) and (symbols[i], symbols[i + 1]) == pair:
            result.append(pair[0] + pair[1])
        else:
            result.append(symbols[i])
    return result


def never_ends(symbols, pair):
    i = 0
    while i < len(symbols):
        if tuple(symbols[i : i + 2]) == pair:
            i += 2
    return symbols


def weights(counts, **changed):
    df = changed.get("df", (counts > 0).sum(0))
    idf = changed.get("idf", lambda n, df: np.log((1 + n) / (1 + df)) + 1)(len(counts), df)
    table = counts * idf
    if changed.get("norm", True):
        lengths = np.linalg.norm(table, axis=changed.get("axis", 1), ord=changed.get("ord"), keepdims=True)
        table = table / np.where(lengths == 0, 1, lengths)
    return table


def divides_in_place(counts):
    result = weights(counts)
    counts /= 2
    return result


def total_counts(documents, vocabulary):
    everything = [word for document in documents for word in document]
    return np.array([[everything.count(word) for word in vocabulary] for _ in documents])


def one_row_again_and_again(documents, vocabulary):
    table = [[0] * len(vocabulary)] * len(documents)
    for row, document in enumerate(documents):
        for word in document:
            if word in vocabulary:
                table[row][vocabulary.index(word)] += 1
    return table


def never_resets(documents, vocabulary):
    row, table = [0] * len(vocabulary), []
    for document in documents:
        for word in document:
            if word in vocabulary:
                row[vocabulary.index(word)] += 1
        table.append(list(row))
    return table


WRONG = [
    (count_vectors, "unknown-word", lambda d, v: [[one.count(w) for w in v] for one in d if [v.index(x) for x in one]
                                                  or True]),
    (count_vectors, "presence", lambda d, v: [[int(w in one) for w in v] for one in d]),
    (count_vectors, "shares", lambda d, v: [[one.count(w) / max(1, len(one)) for w in v] for one in d]),
    (count_vectors, "all-documents", total_counts),
    (count_vectors, "all-documents", one_row_again_and_again),
    (count_vectors, "carries-on", never_resets),
    (count_vectors, "transposed", lambda d, v: [[one.count(w) for one in d] for w in v]),
    (count_vectors, "sorted-columns", lambda d, v: [[one.count(w) for w in sorted(v)] for one in d]),
    (count_vectors, "own-vocabulary", lambda d, v: [[one.count(w) for w in sorted(set(sum(d, [])))] for one in d]),
    (count_vectors, "parts-of-words", lambda d, v: [[" ".join(one).count(w) for w in v] for one in d]),
    (count_vectors, "document-frequency", lambda d, v: [sum(w in one for one in d) for w in v]),
    (count_vectors, "first-document", lambda d, v: [[d[0].count(w) for w in v]]),
    (count_vectors, "wrong-dtype", lambda d, v: np.array([[w in one for w in v] for one in d])),
    (count_vectors, "returns-none", lambda d, v: print(v)),
    (count_vectors, "wrong-type", lambda d, v: [Counter(one) for one in d]),
    (count_vectors, "changes-input", lambda d, v: [[one.count(w) for w in v] for one in map(
        lambda one: one.append("#") or one, d)]),
    (tfidf, "empty-row", lambda c: weights(c, norm=False) / np.linalg.norm(weights(c, norm=False), axis=1)[:, None]),
    (tfidf, "no-lengths", lambda c: weights(c, norm=False)),
    (tfidf, "rows-sum-to-one", lambda c: weights(c, ord=1)),
    (tfidf, "columns-to-one", lambda c: weights(c, axis=0)),
    (tfidf, "no-one-added", lambda c: weights(c, idf=lambda n, df: np.log((1 + n) / (1 + df)))),
    (tfidf, "no-smoothing", lambda c: weights(c, idf=lambda n, df: np.log(n / (1 + df)) + 1)),
    (tfidf, "no-logarithm", lambda c: weights(c, idf=lambda n, df: (1 + n) / (1 + df))),
    (tfidf, "log-base", lambda c: weights(c, idf=lambda n, df: np.log2((1 + n) / (1 + df)) + 1)),
    (tfidf, "counts-occurrences", lambda c: weights(c, df=c.sum(0))),
    (tfidf, "counts-words", lambda c: weights(c, idf=lambda n, df: np.log((1 + c.shape[1]) / (1 + df)) + 1)),
    (tfidf, "one-inside", lambda c: weights(c, idf=lambda n, df: np.log((1 + n) / (1 + df) + 1))),
    (tfidf, "wrong-axis", lambda c: weights(c, df=np.resize((c > 0).sum(1), c.shape[1]))),
    (tfidf, "upside-down", lambda c: weights(c, idf=lambda n, df: np.log((1 + df) / (1 + n)) + 1)),
    (tfidf, "presence", lambda c: weights((c > 0) * 1.0)),
    (tfidf, "shares-first", lambda c: c / np.where((c**2).sum(1) == 0, 1, np.sqrt((c**2).sum(1)))[:, None]),
    (tfidf, "log-counts", lambda c: weights(np.log(1 + c), df=(c > 0).sum(0))),
    (tfidf, "idf-only", lambda c: np.log((1 + len(c)) / (1 + (c > 0).sum(0))) + 1),
    (tfidf, "changes-input", divides_in_place),
    (tfidf, "transposed", lambda c: weights(c).T),
    (tfidf, "rounded", lambda c: weights(c).round()),
    (tfidf, "returns-generator", lambda c: (row for row in c)),
    (merge_pair, "end-of-list", beyond_the_end),
    (merge_pair, "loses-last", forgets_the_end),
    (merge_pair, "keeps-both", steps_by_one),
    (merge_pair, "compares-joined", compares_joined),
    (apply_merges, "compares-joined", compares_joined_each),
    (merge_pair, "text-search", lambda s, p: " ".join(s).replace(p[0] + " " + p[1], p[0] + p[1]).split(" ")),
    (merge_pair, "changes-input", no_copy),
    (merge_pair, "pair-in-tuple", lambda s, p: [p if one == p[0] + p[1] and one not in s else one
                                                for one in merge_recursively(s, p)]),
    (merge_pair, "drops-others", lambda s, p: [p[0] + p[1] for one in zip(s, s[1:], strict=False) if one == p]),
    (merge_pair, "nothing-merged", lambda s, p: s),
    (merge_pair, "joins-all", lambda s, p: ["".join(s)]),
    (merge_pair, "returns-string", lambda s, p: "".join(s)),
    (merge_pair, "wrong-item", lambda s, p: [0, *s]),
    (merge_pair, "wrong-type", lambda s, p: {one: 1 for one in s}),
    (merge_pair, "letters-changed", lambda s, p: [*merge_recursively(s, p), "</w>"]),
    (merge_pair, "too-slow", never_ends),
    (merge_pair, "endless-recursion", lambda s, p: merge_forever(s, p)),
    (apply_merges, "first-merge", lambda s, m: merge_recursively(s, m[0]) if m else s),
    (apply_merges, "restarts-from-word", lambda s, m: [merge_recursively(s, pair) for pair in m][-1] if m else s),
    (apply_merges, "reversed", lambda s, m: cut_recursively(s, m[::-1])),
    (apply_merges, "nothing-merged", lambda s, m: s),
    (apply_merges, "joins-all", lambda s, m: ["".join(s)]),
    (apply_merges, "lists-merges", lambda s, m: [a + b for a, b in m]),
    (apply_merges, "returns-string", lambda s, m: " ".join(cut_by_rank(s, m))),
    (apply_merges, "exception", lambda s, m: s[len(s) + 1]),
    (apply_merges, "merges-left", lambda s, m: cut_by_rank(s, m[:2])),
]  # fmt: skip


def merge_forever(symbols, pair):
    return merge_forever(symbols, pair)


def once_each(symbols, merges):
    for a, b in merges:
        for i in range(len(symbols) - 1):
            if symbols[i] == a and symbols[i + 1] == b:
                symbols = symbols[:i] + [a + b] + symbols[i + 2 :]
                break
    return symbols


def leftmost(symbols, merges):
    symbols = list(symbols)
    i = 0
    while i + 1 < len(symbols):
        if (symbols[i], symbols[i + 1]) in merges:
            symbols[i : i + 2] = [symbols[i] + symbols[i + 1]]
            i = -1
        i += 1
    return symbols


def stops(symbols, merges):
    for pair in merges:
        if pair not in zip(symbols, symbols[1:], strict=False):
            break
        symbols = merge_recursively(symbols, pair)
    return symbols


def greedy(symbols, merges):
    word, known, out = "".join(symbols), {a + b for a, b in merges} | set(symbols), []
    while word:
        size = max(n for n in range(1, len(word) + 1) if word[:n] in known)
        out.append(word[:size])
        word = word[size:]
    return out


WRONG += [
    (apply_merges, "once-each", once_each),
    (apply_merges, "leftmost-first", leftmost),
    (apply_merges, "stops-early", stops),
    (apply_merges, "longest-first", greedy),
    (merge_pair, "first-only", lambda s, p: once_each(s, [p])),
    (merge_pair, "from-the-right", lambda s, p: [x[::-1] for x in merge_recursively(
        [y[::-1] for y in s[::-1]], (p[1][::-1], p[0][::-1]))][::-1]),
    (merge_pair, "either-order", lambda s, p: merge_either(s, p)),
]  # fmt: skip


def merge_either(symbols, pair):
    result, i = [], 0
    while i < len(symbols):
        if sorted(symbols[i : i + 2]) == sorted(pair):
            result.append("".join(symbols[i : i + 2]))
            i += 2
        else:
            result.append(symbols[i])
            i += 1
    return result


@pytest.mark.parametrize("check, reason, answer", WRONG, ids=lambda one: one if isinstance(one, str) else "")
def test_wrong(check, reason, answer):
    result = check(answer, seconds=1 if reason == "too-slow" else 60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


@pytest.mark.parametrize("check", RIGHT, ids=lambda check: check.exercise.name)
def test_untried(check):
    assert check(lambda *, a=1: ...).status == "wrong" and check(lambda one, two=0: ...).status == "untried"


def test_a_list_is_shown_as_a_list(shown):
    merge_pair(lambda symbols, pair: [*symbols, "!"])
    assert "['lo', 'w']" in shown[-1][1] and "['l', 'o', 'w', '!']" in shown[-1][1]
