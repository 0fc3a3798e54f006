"""What the word explorer says: plain data for a typed word or three. Nothing is drawn here and nothing raises
for what a learner types; an unknown word becomes a sentence."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence

from helpers.vectors import WordVectors, analogy, nearest
from helpers.widgets.client import isolated

MOST, ANSWERS = 20, 5  # the longest list of neighbours; how many answers an analogy gets
Sets = Mapping[str, WordVectors]


def spelled(vectors: WordVectors, typed: str) -> str:
    """The word of the vocabulary that was meant: as typed, else in lower case, else capitalised."""
    typed = unicodedata.normalize("NFC", typed.strip())
    tries = (typed, typed.lower(), typed.capitalize(), typed.upper())
    return next((word for word in tries if word in vectors), typed)


def column(name: str, vectors: WordVectors, find: Callable[[], list[tuple[str, float]]],
           given: Sequence[str] = ()) -> dict:
    """One set's answer.

    Returns:
        {"name", "size", "rows": [{"word", "cosine", "given"}, …], "problem"}: `given` marks a word that stood
        in the question; `problem` is the sentence on why there are no rows, else empty.
    """
    rows, problem = [], ""
    try:
        rows = [{"word": word, "cosine": round(near, 4), "given": word in given} for word, near in find()]
    except ValueError as error:
        problem = str(error)
    size = f"{len(vectors):,} words, {vectors.matrix.shape[1]} dimensions"
    return {"name": name, "size": size, "rows": rows, "problem": problem}


def answer_neighbours(sets: Sets, word: str, n: int) -> dict:
    """The n words nearest to a typed word in each set of vectors.

    Args:
        sets: names and their vectors.
        word: as typed; capitals do not matter, nor does space around it.
        n: how many, 1 to 20; what lies outside is moved inside.

    Returns:
        {"said": a sentence, "columns": a `column` for each set}.
    """
    n = min(max(int(n), 1), MOST)
    if not word.strip():
        columns = [column(name, vectors, list) for name, vectors in sets.items()]
        return {"said": "Type a word to see which words are nearest to it.", "columns": columns}
    columns = []
    for name, vectors in sets.items():
        known = spelled(vectors, word)
        columns.append(column(name, vectors, lambda v=vectors, known=known: nearest(v, known, n)))
    return {"said": _winners(f"Nearest to {isolated(word.strip())}", columns), "columns": columns}


def answer_analogy(sets: Sets, a: str, b: str, c: str, leave_out: bool) -> dict:
    """The words nearest to b − a + c in each set: "a is to b as c is to ?".

    Args:
        sets: names and their vectors.
        a, b, c: as typed; capitals do not matter.
        leave_out: whether a, b and c may not be the answer.

    Returns:
        {"said": a sentence, "columns": a `column` for each set}, with a, b and c marked as `given`.
    """
    if not all(word.strip() for word in (a, b, c)):
        columns = [column(name, vectors, list) for name, vectors in sets.items()]
        return {"said": "Type three words.", "columns": columns}
    columns = []
    for name, vectors in sets.items():
        given = tuple(spelled(vectors, word) for word in (a, b, c))

        def find(vectors=vectors, given=given):
            return analogy(vectors, *given, n=ANSWERS, exclude_given=bool(leave_out))

        columns.append(column(name, vectors, find, given))
    a, b, c = (isolated(word.strip()) for word in (a, b, c))
    return {"said": _winners(f"Nearest to {b} − {a} + {c}", columns), "columns": columns}


def _winners(what: str, columns: Sequence[dict]) -> str:
    """ "Nearest to king: prince in GloVe, kings in ours." Empty when no set has an answer."""
    firsts = []
    for col in columns:
        for row in col["rows"][:1]:
            note = " (one of the given words)" if row["given"] else ""
            firsts.append(f"{isolated(row['word'])}{note}{' in ' if col['name'] else ''}{col['name']}")
    return f"{what}: {', '.join(firsts)}." if firsts else ""
