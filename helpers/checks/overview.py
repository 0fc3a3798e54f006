"""What a learner has solved so far, as a table."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from helpers.checks import panel
from helpers.checks.check import Check

Row = tuple[str, str, str, str]


@dataclass(frozen=True)
class Progress:
    """What has been done: for each exercise its name, its title, "right", "wrong" or "untried", and words."""

    rows: tuple[Row, ...]

    def _ipython_display_(self) -> None:
        """Show nothing: the panel already stands above."""


def overview(checks: Iterable[Check]) -> Progress:
    """Show a table of exercises and return its rows."""
    rows = tuple((check.exercise.name, check.title, check.status, _words(check)) for check in checks)
    panel.show(as_html(rows), as_text(rows))
    return Progress(rows)


def _words(check: Check) -> str:
    times = {1: "once", 2: "twice"}.get(check.n_wrong, f"{check.n_wrong} times")
    if check.solved:
        return f"right, after {check.n_wrong} wrong" if check.n_wrong else "right at once"
    return f"wrong {times}" if check.n_wrong else "not tried yet"


def as_html(rows: Sequence[tuple[str, str, str, str]]) -> str:
    """A table of exercises.

    Args:
        rows: for each exercise its name, title, status and the status in words.
    """
    if not rows:
        return panel.box("untried", "", panel.sentence("Run the first exercise's check, and it appears here."))
    head = "".join(
        f'<th scope="col" style="text-align: left; padding: 3px 16px 3px 0;">{name}</th>'
        for name in ("Exercise", "State", "Check")
    )
    cell = "text-align: left; padding: 3px 16px 3px 0; font-weight: normal;"
    body = "".join(
        f'<tr style="background: none;"><th scope="row" style="{cell}">{html.escape(title)}</th>'
        f'<td style="{cell}">{panel.badge(status)}{html.escape(words)}</td>'
        f'<td style="{cell}"><code>{html.escape(name)}</code></td></tr>'
        for name, title, status, words in rows
    )
    table = (
        '<table style="margin: 6px 0; border-collapse: collapse; font-size: inherit; color: inherit;">'
        f'<thead><tr style="background: none;">{head}</tr></thead><tbody>{body}</tbody></table>'
    )
    n_right = sum(status == "right" for _, _, status, _ in rows)
    solved = f"{n_right} of {len(rows)} exercises right"
    return panel.frame("right" if n_right == len(rows) else "untried", f'<p style="{panel.LABEL}">{solved}</p>{table}')


def as_text(rows: Sequence[tuple[str, str, str, str]]) -> str:
    """The same for a terminal."""
    if not rows:
        return "Run the first exercise's check, and it appears here."
    lines = [f"{panel.LOOKS[status][0]} {title:<32} {words}" for _, title, status, words in rows]
    return "\n".join([f"{sum(row[2] == 'right' for row in rows)} of {len(rows)} exercises right", *lines])
