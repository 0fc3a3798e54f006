"""The panels of the checks: accessible HTML for a notebook, the same as text for a terminal.

Colours come from JupyterLab's theme, so that light and dark both read; where there is no theme (a page on the
web) text and background stay the page's own. A sign and a word say what a colour says. All text is escaped.
"""

from __future__ import annotations

import html
import re
import sys

from helpers.checks.exercise import Exercise
from helpers.checks.highlight import coloured
from helpers.checks.result import Finding

# status -> sign, word, colour of the bar at the left (Okabe and Ito's green and orange)
LOOKS = {
    "untried": ("○", "Not tried yet", "var(--jp-ui-font-color2, #767676)"),
    "right": ("✓", "Right", "#009e73"),
    "wrong": ("△", "Not yet", "#e69f00"),
    "hint": ("?", "Hint", "#56b4e9"),
    "solution": ("=", "Solution", "#56b4e9"),
}
BOX = (
    "border: 1px solid var(--jp-border-color1, #9e9e9e); border-left: 6px solid {colour}; border-radius: 4px; "
    "padding: 10px 14px; margin: 4px 0; max-width: 56rem; line-height: 1.5; "
    "background: var(--jp-layout-color1, transparent); color: var(--jp-content-font-color0, inherit); "
    "font-family: var(--jp-content-font-family, sans-serif); font-size: var(--jp-content-font-size1, 14px);"
)
BADGE = (
    "display: inline-block; min-width: 1.5em; text-align: center; font-weight: 700; color: #000; "
    "background: {colour}; border-radius: 3px; margin-right: 6px;"
)
MONO = (
    "margin: 0; padding: 4px 8px; border: 0; border-radius: 3px; color: inherit; "
    "font-family: var(--jp-code-font-family, monospace); font-size: var(--jp-code-font-size, 13px);"
)
VALUE = (
    "white-space: pre-wrap; overflow-wrap: anywhere; background: var(--jp-layout-color2, rgba(127, 127, 127, 0.12));"
)
CODE = (
    "white-space: pre; overflow-x: auto; background: var(--jp-cell-editor-background, transparent); "
    "outline: 1px solid var(--jp-border-color2, #9e9e9e);"
)
# JupyterLab gives <dt> and <dd> a width and makes them float
LABEL = "font-weight: 600; margin: 0; float: none; width: auto; white-space: nowrap;"
GRID = "display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 14px; margin: 8px 0;"
CELL = "margin: 0; min-width: 0; float: none; width: auto;"
QUIET = "color: var(--jp-content-font-color1, inherit);"


def result_html(exercise: Exercise, finding: Finding) -> str:
    """The panel of a finding: status, reason, what was put in and came out, and the hints, folded."""
    parts = [sentence(finding.result.message)]
    if finding.note:
        parts.append(f'<p style="margin: 6px 0; {QUIET}">{_rich(finding.note)}</p>')
    if shown := _shown(finding):
        rows = "".join(
            f'<dt style="{LABEL}">{label}</dt><dd style="{CELL}">{_mono(text)}</dd>' for label, text in shown
        )
        parts.append(f'<dl style="{GRID}">{rows}</dl>')
    if finding.result.status != "right":
        parts += [_folded(f"Hint {n}", _rich(hint)) for n, hint in enumerate(exercise.hints, start=1)]
    return box(finding.result.status, _heading(exercise, finding), "".join(parts))


def result_text(exercise: Exercise, finding: Finding) -> str:
    """The same panel for a terminal."""
    lines = [
        f"{_line(finding.result.status)} · {_heading(exercise, finding)}",
        finding.result.message,
        finding.note,
    ]
    for label, text in _shown(finding):
        lines += [f"{label}:", *("    " + row for row in text.splitlines())]
    if finding.result.status != "right":
        lines.append(f"Stuck? checks.{exercise.name}.hint()")
    return "\n".join(line for line in lines if line)


def _shown(finding: Finding) -> list[tuple[str, str]]:
    put_in = "\n".join(_named(name, text) for name, text in finding.put_in)
    shown = [
        ("Put in", put_in),
        ("Came out", finding.came_out),
        ("Expected", finding.expected),
        ("Error", finding.traceback),
        ("It printed", finding.printed),
    ]
    return [(label, text) for label, text in shown if text]


def _named(name: str, text: str) -> str:
    """name = value, the further lines of the value below its first."""
    return f"{name} = " + ("\n" + " " * (len(name) + 3)).join(text.splitlines())


def hint_html(exercise: Exercise, n: int) -> str:
    """The panel of the n-th hint, counted from 1."""
    return box("hint", f"{n} of {len(exercise.hints)} · {exercise.title}", _hint(exercise, n))


def _hint(exercise: Exercise, n: int) -> str:
    last = n == len(exercise.hints)
    after = f"That was the last hint; `checks.{exercise.name}.solution()` shows our code." if last else ""
    return sentence(exercise.hints[n - 1]) + (sentence(after) if after else "")


def hint_text(exercise: Exercise, n: int) -> str:
    """The same for a terminal."""
    return f"Hint {n} of {len(exercise.hints)} · {exercise.title}\n{exercise.hints[n - 1]}"


def solution_html(exercise: Exercise, place: str, source: str) -> str:
    """The panel with the reference's source, coloured like the editor's code."""
    code = f'<pre tabindex="0" style="{MONO} {CODE}">{coloured(source)}</pre>'  # tabindex: arrow keys scroll it
    return box("solution", exercise.title, sentence(f"This is `{place}`.") + code)


def show(html_text: str, plain: str) -> None:
    """Put a panel on the page at once; in a plain terminal print its text."""
    ipython = sys.modules.get("IPython")
    if ipython is not None and ipython.get_ipython() is not None:
        from IPython.display import display

        display({"text/html": html_text, "text/plain": plain}, raw=True)
        return
    try:
        print(plain)
    except UnicodeEncodeError:  # an old Windows terminal
        print(plain.encode("ascii", "replace").decode())


def box(status: str, heading: str, body: str) -> str:
    word = LOOKS[status][1]
    after = f'<span style="font-weight: normal;"> · {html.escape(heading)}</span>' if heading else ""
    return frame(status, f'<p style="{LABEL}">{badge(status)}{word}{after}</p>{body}')


def frame(status: str, inside: str) -> str:
    style = BOX.format(colour=LOOKS[status][2])
    # the two classes keep MathJax away: a dollar in a learner's text is no formula
    return f'<div role="status" class="mathjax_ignore tex2jax_ignore" style="{style}">{inside}</div>'


def badge(status: str) -> str:
    sign, _, colour = LOOKS[status]
    return f'<span aria-hidden="true" style="{BADGE.format(colour=colour)}">{sign}</span>'


def _line(status: str) -> str:
    return " ".join(LOOKS[status][:2])


def _heading(exercise: Exercise, finding: Finding) -> str:
    if finding.result.status == "untried":
        return f"{exercise.title} ({exercise.difficulty}, {exercise.minutes} minutes)"
    return exercise.title


def _mono(text: str) -> str:
    return f'<pre style="{MONO} {VALUE}">{html.escape(text)}</pre>'


def sentence(text: str) -> str:
    return f'<p style="margin: 6px 0;">{_rich(text)}</p>'


def _folded(summary: str, inside: str) -> str:
    return (
        f'<details style="margin: 4px 0;"><summary style="cursor: pointer;">{summary}</summary>'
        f'<div style="margin: 4px 0 8px 18px;">{inside}</div></details>'
    )


def _rich(text: str) -> str:
    """Escaped text in which `backticks` are code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
