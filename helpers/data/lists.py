"""Word lists that judge word vectors, as gensim ships them: analogies and pairs rated for similarity."""

from helpers.data.wikipedia import gensim_file

_PAIR_FILES = {"wordsim353": "wordsim353.tsv", "simlex999": "simlex999.txt"}


def analogies() -> dict[str, list[tuple[str, str, str, str]]]:
    """Google's analogy questions: a is to b as c is to expected, by section.

    Returns:
        14 sections such as "family" or "gram3-comparative" with their questions, 19,544 in all, as
        (a, b, c, expected) in lower case.

    Source: T. Mikolov, K. Chen, G. Corrado and J. Dean, Efficient estimation of word representations in
    vector space, 2013, section 4.1 (Apache-2.0); shipped with gensim (LGPL-2.1).
    """
    sections: dict[str, list[tuple[str, str, str, str]]] = {}
    questions: list[tuple[str, str, str, str]] = []
    for line in gensim_file("questions-words.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith(":"):
            questions = sections.setdefault(line[1:].strip(), [])
        elif line.strip():
            a, b, c, expected = line.lower().split()
            questions.append((a, b, c, expected))
    return sections


def similarity_pairs(name: str = "wordsim353") -> list[tuple[str, str, float]]:
    """Pairs of words with the mean of people's ratings of how alike they are, from 0 to 10.

    Args:
        name: "wordsim353" (353 pairs; also rates words that only belong together, such as "cup" and
            "coffee") or "simlex999" (999 pairs; rates likeness alone).

    Returns:
        (word, word, rating) in lower case, in the list's order.

    Raises:
        ValueError: there is no such list.

    Source: L. Finkelstein et al., Placing search in context, ACM TOIS 2002; F. Hill, R. Reichart and
    A. Korhonen, SimLex-999, Computational Linguistics 2015; both shipped with gensim (LGPL-2.1).
    """
    if name not in _PAIR_FILES:
        raise ValueError(f"name is {name!r}; expected one of {', '.join(_PAIR_FILES)}.")
    lines = gensim_file(_PAIR_FILES[name]).read_text(encoding="utf-8").splitlines()
    rows = (line.lower().split("\t") for line in lines if line.strip() and not line.startswith("#"))
    return [(first, second, float(rating)) for first, second, rating in rows]
