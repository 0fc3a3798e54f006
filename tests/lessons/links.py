"""Links of Markdown files: does what they point to exist? Addresses on the web are not asked."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from lessons.source import FENCED_OR_INLINE_CODE, LESSONS, NOTEBOOKS, sources

TARGET = re.compile(r"\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|(?:href|src)=[\"']([^\"']+)[\"']")


def link_faults(path: Path) -> Iterator[str]:
    """Links and pictures in a Markdown file that lead nowhere."""
    text = without_code(path)
    for match in TARGET.finditer(text):
        link = match[1] or match[2]
        if re.match(r"[a-z][a-z0-9+.-]*:", link):
            continue
        address, _, anchor = link.partition("#")
        target = (path.parent / unquote(address)).resolve() if address else path
        # A lesson may be called by its notebook's name, which stands in the notebooks' folder.
        if path.parent == LESSONS and not target.exists() and target.with_suffix(".md") in sources():
            target = NOTEBOOKS / target.name
        if not target.exists():
            yield f"{path.name} links to {link}, which is not there"
        elif anchor and unquote(anchor) not in anchors(target):
            yield f"{path.name} links to {link}, but no heading there makes that anchor"


def anchors(path: Path) -> set[str]:
    """The anchors of a file's headings: as in JupyterLab for lessons, as on GitHub for other Markdown."""
    lesson = LESSONS / f"{path.stem}.md"
    is_lesson = lesson in sources()
    headings = re.findall(r"^#{1,6} (.+?)\s*$", without_code(lesson if is_lesson else path), re.MULTILINE)
    if is_lesson:
        return {heading.replace(" ", "-") for heading in headings}
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


def without_code(path: Path) -> str:
    return FENCED_OR_INLINE_CODE.sub("", path.read_text(encoding="utf-8"))
