"""The exercise on count vectors and its known wrong answers."""

from __future__ import annotations

import numpy as np

from helpers import bag_of_words
from helpers.checks.answers import Array
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake, Symptom

_right = bag_of_words.count_vectors


def _cells(value):
    """A table from a rule: what word and document give."""
    return lambda documents, vocabulary: np.array(
        [[value(word, document, documents) for word in vocabulary] for document in documents], dtype=float
    ).reshape(len(documents), len(vocabulary))


def _sorted_columns(documents, vocabulary):
    return _right(documents, sorted(vocabulary))


def _own_vocabulary(documents, vocabulary):
    return _right(documents, list(dict.fromkeys(word for document in documents for word in document)))


def _unknown_to_last(documents, vocabulary):
    table = _right(documents, vocabulary)
    for row, document in enumerate(documents):
        table[row, -1] += sum(word not in vocabulary for word in document)
    return table


def _inside_words(word, document, documents):
    return " ".join(document).count(word)


def _carried_on(documents, vocabulary):
    return np.cumsum(_right(documents, vocabulary), axis=0)


def _raises_on_unknown(documents, vocabulary):
    counts = [[0] * len(vocabulary) for _ in documents]
    for row, document in zip(counts, documents, strict=True):
        for word in document:
            row[vocabulary.index(word)] += 1
    return counts


def _key_error(documents, vocabulary):
    column = {word: number for number, word in enumerate(vocabulary)}
    for document in documents:
        for word in document:
            column[word]
    return _right(documents, vocabulary)


MISTAKES = (
    Mistake(
        "unknown-word",
        "Right until a document holds a word that is not in the vocabulary. Such words are not counted: look "
        "first whether the word is in the vocabulary.",
        (_key_error, _raises_on_unknown),
    ),
    Mistake(
        "presence",
        "You noted whether a word is there, 1 or 0, and not how often. A word that stands there twice counts 2.",
        (_cells(lambda word, document, _: word in document),),
    ),
    Mistake(
        "shares",
        "You divided by the length of the document. That gives shares; counts were asked for.",
        (
            _cells(lambda word, document, _: document.count(word) / max(len(document), 1)),
            lambda documents, vocabulary: [
                [document.count(word) / len(document) for word in vocabulary] for document in documents
            ],
        ),
    ),
    Mistake(
        "all-documents",
        "Every row is the same: the words of all documents were counted together. Start afresh for each document, with "
        "a row of its own: `[[0] * V] * N` repeats one and the same row.",
        (_cells(lambda word, _, documents: sum(document.count(word) for document in documents)),),
    ),
    Mistake(
        "carries-on",
        "Each row also holds the counts of the rows before it. Set the counts to zero for each document.",
        (_carried_on,),
    ),
    Mistake(
        "transposed",
        "Rows and columns are exchanged: each document is a row, each word of the vocabulary a column.",
        (lambda documents, vocabulary: _right(documents, vocabulary).T,),
    ),
    Mistake(
        "sorted-columns",
        "The columns stand in alphabetical order. Keep the order in which the vocabulary was given.",
        (_sorted_columns,),
    ),
    Mistake(
        "own-vocabulary",
        "The columns are the words of the documents. They should be the words of `vocabulary`, all of them and "
        "no others.",
        (
            _own_vocabulary,
            lambda documents, vocabulary: _right(documents, sorted({word for one in documents for word in one})),
        ),
    ),
    Mistake(
        "counts-unknown",
        "A word outside the vocabulary was counted in the last column (index -1 is the last one). Leave it out.",
        (_unknown_to_last,),
    ),
    Mistake(
        "parts-of-words",
        "You searched in the joined text, so that “tea” was also found inside “team”. Compare whole words.",
        (_cells(_inside_words), _cells(lambda word, document, _: sum(word in one for one in document))),
    ),
    Mistake(
        "document-frequency",
        "That is the number of documents that hold each word. Count inside each document.",
        (
            lambda documents, vocabulary: (_right(documents, vocabulary) > 0).sum(axis=0).astype(float),
            _cells(lambda word, _, documents: sum(word in document for document in documents)),
        ),
    ),
    Mistake(
        "first-document",
        "Only the first document was counted. Perhaps the return stands inside the loop.",
        (
            lambda documents, vocabulary: _right(documents[:1], vocabulary),
            lambda documents, vocabulary: _right(documents, vocabulary)[0],
        ),
    ),
)


def _case(texts: list[str], vocabulary: str, about: str) -> Case:
    return Case(([text.split() for text in texts], vocabulary.split()), about)


count_vectors = Check(
    Exercise(
        name="tokens.count_vectors",
        title="Count vectors",
        difficulty="easy",
        minutes=6,
        arguments=("documents", "vocabulary"),
        reference=bag_of_words.count_vectors,
        answer=Array("a table of numbers, one row for each document"),
        cases=(
            _case(["a good film", "good good"], "a film good", "two documents"),
            _case(["the tea is the tea", "no tea", "is it"], "tea the is no it", "a vocabulary out of order"),
            _case(["tea for the team", "steam"], "team the tea steam for", "words inside other words"),
            _case(["a new film", "film noir", "a a a"], "film a", "words outside the vocabulary"),
            _case(["", "so so"], "so what", "a document without words, a word in no document"),
        ),
        mistakes=MISTAKES,
        symptoms=(
            Symptom(
                "negative",
                "There are negative numbers in the answer, and no word is seen less than zero times.",
                lambda args, value: bool((value < 0).any()),
            ),
            Symptom(
                "unseen-not-zero",
                "Where a word is not in the document, the answer should be 0, and it is not.",
                lambda args, value: bool((value[_right(*args) == 0] != 0).any()),
            ),
        ),
        hints=(
            "Begin with a table of zeros: `counts = np.zeros((len(documents), len(vocabulary)))`. Go through the "
            "documents with `enumerate`, and through the words of each; `vocabulary.index(word)` is a word's column.",
            "Inside both loops: `if word in vocabulary: counts[row, vocabulary.index(word)] += 1`. "
            "`document.count(word)` is another way, without the inner loop.",
        ),
    )
)
