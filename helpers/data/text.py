"""Cut running text into sentences, and sentences into lower-case words, by rules short enough to read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

LOST = "\ufffd"  # stands where something could not be read; a sentence that holds it is left out


@dataclass(frozen=True)
class Article:
    """A titled text: paragraphs of whole sentences, one paragraph a line."""

    title: str
    text: str


# After these a full stop does not end a sentence. Lower case; the last stop is left off.
ABBREVIATIONS = frozenset(
    """mr mrs ms dr prof rev hon fr gen col lt sgt capt cmdr maj adm gov sen sens rep reps pres st ste mt v
    vs etc al cf ca c ed eds approx dept est inc ltd co corp bros jr sr ph.d e.g i.e viz op cit trans rd
    ave""".split()
)
# The same before a number only.
_NUMBERED = frozenset(
    "no nos vol vols p pp fig figs jan feb mar apr jun jul aug sept sep oct nov dec".split()
)
# These, and abbreviations with inner stops ("U.S."), may end a sentence too: they do if an opener follows.
_MAY_END = frozenset("etc al inc ltd co corp jr sr".split())
_OPENERS = frozenset(
    """the a an in on at by for from with to as if when while after before since although though however
    but and so it its he she they we i you his her their our this that these those there here what who
    why how some many most all both each no not one two according during despite under""".split()
)
_BOUNDARY = re.compile(r"""([.!?…]+)(["'”’)\]]*)(\s+)(?=["'“‘(\[]*[A-Z0-9À-ÖØ-ÞĀ-Ž])""")
_NEXT_WORD = re.compile(r"\w+")
_WORD = re.compile(
    r"(?:[a-z]\.){2,}"  # u.s.
    r"|\d+(?:[.,]\d+)+(?![^\W_])"  # 1,234.5
    r"|[^\W_]+(?:(?!'s(?![^\W_]))['-][^\W_]+)*"  # don't, well-known, 1990s
    r"|(?<=[^\W_])'s"
)
_SAME = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "‐": "-", "‑": "-"})


def sentences(text: str) -> list[str]:
    """Cut running text into sentences.

    A sentence ends at a line's end, and at ". ! ? …" (with closing quotes or brackets) if space and then a
    capital or a digit follow, except after an abbreviation ("Dr.", "e.g.") or an initial ("J. R.").

    Args:
        text: any running text.

    Returns:
        Its sentences in order, without space around them.

    Example:
        >>> sentences("Dr. Ho saw J. R. twice. Why?")
        ['Dr. Ho saw J. R. twice.', 'Why?']
    """
    found = []
    for line in text.split("\n"):
        start = 0
        for match in _BOUNDARY.finditer(line):
            if match[1] == "." and _goes_on(line, match):
                continue
            found.append(line[start : match.start(3)].strip())
            start = match.end()
        found.append(line[start:].strip())
    return [sentence for sentence in found if sentence]


def _goes_on(line: str, match: re.Match[str]) -> bool:
    """Whether the full stop belongs to an abbreviation or an initial instead of ending the sentence."""
    stop = match.start()
    word = line[max(0, stop - 12) : stop].rpartition(" ")[2].lstrip("(\"'[“‘—–")
    if len(word) == 1 and word.isupper() and word != "I":
        return True
    lower, inner = word.lower(), "." in word and len(word) <= 6
    if lower in _NUMBERED:
        return line[match.end()].isdigit()
    if not inner and lower not in ABBREVIATIONS:
        return False
    following = _NEXT_WORD.search(line, match.end())
    opens = following is not None and following[0].lower() in _OPENERS
    return not (opens and (inner or lower in _MAY_END))


def words(sentence: str) -> list[str]:
    """Cut a sentence into lower-case words and numbers; other marks are left out.

    Apostrophes and hyphens inside a word stay ("don't", "o'neill", "well-known"), but the "'s" at a word's
    end is a word of its own, as in GloVe's vocabulary. Numbers keep their inner commas and points
    ("1,234.5"), abbreviations of single letters their stops ("u.s.").

    Args:
        sentence: any text.

    Returns:
        The words in order.

    Example:
        >>> words("The U.S. lawyer's well-known: 1,200 cats don't!")
        ['the', 'u.s.', 'lawyer', "'s", 'well-known', '1,200', 'cats', "don't"]
    """
    return _WORD.findall(sentence.translate(_SAME).lower())


def token_sentences(articles: Iterable[Article]) -> list[list[str]]:
    """Every sentence of the articles as its words; equal words share one string, which saves memory."""
    known: dict[str, str] = {}
    found = (words(sentence) for article in articles for sentence in sentences(article.text))
    return [[known.setdefault(word, word) for word in tokens] for tokens in found if tokens]
