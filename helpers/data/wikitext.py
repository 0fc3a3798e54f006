"""From MediaWiki markup to plain paragraphs."""

import html
import re
from collections.abc import Callable, Iterator

from helpers.data.text import LOST

# Sections of lists and pointers; they go with all their subsections.
DROPPED_SECTIONS = frozenset(
    name.replace("_", " ")
    for name in """references external_links see_also further_reading notes bibliography footnotes citations
    sources works_cited notes_and_references references_and_notes discography filmography
    publications selected_works works gallery primary_sources related_links selected_bibliography
    references_and_further_reading awards honors external_videos""".split()
)

_REMOVED = re.compile(
    r"<!--.*?-->|<ref\b[^<>]*/\s*>|<ref\b[^<>]*>.*?</ref\s*>|__[A-Z]+__"
    r"|<(gallery|timeline|imagemap|references|hiero|score)\b[^<>]*>.*?</\1\s*>",
    re.S | re.I,
)
_FORMULA = re.compile(r"<(math|code|pre|source|syntaxhighlight|chem)\b[^<>]*(?<!/)>.*?</\1\s*>", re.S | re.I)
_TEMPLATE = re.compile(r"\{\{([^{}]*)\}\}")
_BRACES = re.compile(r"\{\{\{[^{}]*\}\}\}")
_TABLE = re.compile(r"^[ :*]*\{\|(?:(?!^[ :*]*\{\|).)*?^\s*\|\}", re.S | re.M)
_LINK = re.compile(r"\[\[([^\[\]]*)\]\]")
_FILE = re.compile(r"\[\[\s*(?:file|image)\s*:", re.I)
_BRACKETS = re.compile(r"\[\[|\]\]")
_OUTSIDE = re.compile(r"\[(?:https?:|ftp:)?//[^\s\]]*\s*([^\]]*)\]")
_URL = re.compile(r"(?:https?://|www\.)\S+")
_BREAK = re.compile(r"<\s*/?\s*(?:br|p|blockquote|poem|div|center|li|ul|ol|hr)\b[^<>]*>", re.I)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_HEADING = re.compile(r"^\s*(={2,6})\s*(.*?)\s*\1\s*$")
_NAMESPACE = re.compile(r":?\s*(?:file|image|category|media|wikt|wiktionary|[a-z]{2,3}(-[a-z]+)?)\s*:", re.I)
_TIDY = (
    (re.compile(r"''+"), ""),
    (re.compile(r"\s+"), " "),
    (re.compile(r"\(\s*(?:[;,:/]\s*)+"), "("),
    (re.compile(r"\s*(?:[;,:]\s*)+\)"), ")"),
    (re.compile(r"\(\s+"), "("),
    (re.compile(r"\s+\)"), ")"),
    (re.compile(r"\s*\((?:or|and|from|pronounced|;|,)?\s*\)"), ""),
    (re.compile(r"\s+([,.;:!?])(?=\s|$)"), r"\1"),
    (re.compile(r",(?:\s*,)+"), ","),
)
_ENDS = re.compile(r"[.!?…:][\"'”’)\]]*$")

# Templates whose text belongs to the sentence: the first or the last of their unnamed arguments.
_FIRST = frozenset(
    """nowrap nobr small smaller quote bquote cquote blockquote vanchor sc smallcaps nobold keypress
    angbr vr flag linktext nihongo tooltip abbr as val nts ship big em strong""".split()
)
_LAST = frozenset("lang transl script resize color font native_name".split())
_JOINED = frozenset("chem sup sub".split())
_CANNOT = "inflation eqm simplenuclide2 nuclide2 railgauge pow e math mvar sfrac frac su sqrt radic".split()
_AS_TEXT = dict.fromkeys("snd spaced_ndash ndash mdash mdashb endash emdash –".split(), " – ")
_AS_TEXT |= dict.fromkeys("nbsp spaces thinsp · ,".split(), " ")
_AS_TEXT |= dict.fromkeys(_CANNOT, LOST) | {"'s": "'s"}
_BAR = re.compile(r"\|(?![^\[\]]*\]\])")  # not the one within a link
_NAMED = re.compile(r"\s*(?!1=)[\w()]+\s*=")
_UNITS = dict(
    pair.split("=")
    for pair in """mi=miles ft=feet in=inches m=metres lb=pounds sqmi=square_miles sqkm=square_km
    km2=square_km acre=acres ha=hectares nmi=nautical_miles t=tonnes C=°C F=°F impgal=gallons
    usgal=gallons oz=ounces yd=yards""".split()
)
_JOINTS = {"-": "–", "–": "–", "to(-)": " to ", "x": " by "}
_JOINTS |= {word: f" {word} " for word in ("to", "and", "or", "by")}


def plain_paragraphs(source: str) -> Iterator[str]:
    """The running text of an article, a paragraph at a time.

    References, tables, files, categories, lists of links and pointers go. Text in templates that belongs to
    the sentence stays; where a formula or a computed value stood, there is `LOST`.

    Args:
        source: MediaWiki markup.

    Yields:
        Paragraphs of plain text that end as sentences do.
    """
    text = _FORMULA.sub(LOST, _REMOVED.sub("", html.unescape(source)))
    text = _repeat(_TEMPLATE, _template, _BRACES.sub("", text))
    text = _repeat(_TABLE, "", text)
    text = _URL.sub("", _OUTSIDE.sub(r"\1", text))
    text = _BRACKETS.sub("", _repeat(_LINK, _link, _without_files(text)))  # what is left was never closed
    text = _TAG.sub("", _BREAK.sub("\n", text))
    for line in _kept_lines(text):
        for pattern, new in _TIDY:
            line = pattern.sub(new, line)
        line = line.strip()
        if _ENDS.search(line) and line.count(" ") >= 3:
            yield line


def _repeat(pattern: re.Pattern[str], new: str | Callable[[re.Match[str]], str], text: str) -> str:
    """Replace the innermost matches until none is left: markup nests."""
    for _ in range(30):
        text, count = pattern.subn(new, text)
        if not count:
            break
    return text


def _template(match: re.Match[str]) -> str:
    """What a template without inner templates reads as; most read as nothing."""
    name, *arguments = _BAR.split(match[1])
    name = name.strip().lower().replace(" ", "_")
    if name in _AS_TEXT:
        return _AS_TEXT[name]
    plain = [part.strip().removeprefix("1=") for part in arguments if not _NAMED.match(part)]
    if not plain:
        return ""
    if name == "as_of":
        return f"{'as' if 'lc=y' in match[1] else 'As'} of {plain[0]}"
    if name == "convert":
        return _converted(plain)
    if name == "lsj":
        return plain[min(1, len(plain) - 1)]
    if name == "uss":
        return f"USS {plain[0]}"
    if name in _JOINED:
        return "".join(plain)
    if name in _LAST or name.startswith("lang-"):
        return plain[-1]
    return plain[0] if name in _FIRST else ""


def _converted(plain: list[str]) -> str:
    """`convert|1300|mi|km` as "1300 miles", `convert|3|to|5|km` as "3 to 5 km"."""
    number, *rest = plain
    if len(rest) >= 3 and rest[0] in _JOINTS:
        number, rest = number + _JOINTS[rest[0]] + rest[1], rest[2:]
    unit = _UNITS.get(rest[0], rest[0]).replace("_", " ") if rest else ""
    return f"{number} {unit}".strip()


def _without_files(text: str) -> str:
    """Take out pictures with their captions, in which brackets of every kind nest."""
    parts, start = [], 0
    for match in _FILE.finditer(text):
        if match.start() < start:  # within a caption
            continue
        depth = 0
        for bracket in _BRACKETS.finditer(text, match.start()):
            depth += 1 if bracket[0] == "[[" else -1
            if depth == 0:
                parts.append(text[start : match.start()])
                start = bracket.end()
                break
    return "".join((*parts, text[start:]))


def _link(match: re.Match[str]) -> str:
    target, *labels = match[1].split("|")
    if _NAMESPACE.match(target):
        return ""
    return labels[-1] if labels else target.removeprefix(":")


def _kept_lines(text: str) -> Iterator[str]:
    """Lines of running text: no headings, no dropped sections, no short list items, no remains of tables."""
    dropped_below = 0  # the level of the dropped section we are in, 0 outside
    for line in text.split("\n"):
        heading = _HEADING.match(line)
        if heading:
            level = len(heading[1])
            if not dropped_below or level <= dropped_below:
                dropped_below = level if heading[2].lower() in DROPPED_SECTIONS else 0
            continue
        line = line.strip()
        if dropped_below or not line or line[0] in "|!;{}":
            continue
        if line[0] in "*#:":
            line = line.lstrip("*#:; ")
            if line.count(" ") < 6 or line[-1:] not in ".!?":
                continue
        yield line
