"""Every widget of every lesson in JupyterLab in Chromium: milliseconds from a key to the picture.

The lessons are run live, so each widget holds the lesson's own data and model. Each control that keys can move is
moved; what the widget then says of itself is collected: from the key to the end of its drawing where all happens on the
page (limit 16 ms), or to the picture after the kernel's answer (limit 100 ms).
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable
from pathlib import Path
from statistics import median

LIMITS = {"paintMs": 16, "markMs": 16, "hoverMs": 16, "answerMs": 100, "kernelMs": 100, "neighboursMs": 100,
          "analogyMs": 100}  # fmt: skip
CLOCKS = """element => {
    const root = element.closest('[data-bench]'), read = {};
    for (const part of [root, ...root.querySelectorAll('*')])
        for (const key of Object.keys(part.dataset ?? {}).filter(key => key.endsWith('Ms'))) {
            read[key] = part.dataset[key];
            delete part.dataset[key];
        }
    return read;
}"""
MARK = """() => {
    const roots = [...document.querySelectorAll('.jp-OutputArea-output .course-widget')];
    roots.forEach((root, number) => { root.dataset.bench = number; });
    const own = name => name !== 'course-widget' && !/^(lm|jp|jupyter|widget)-/.test(name);
    return roots.map(root => [...root.classList].find(own) ?? 'course-widget');
}"""
CONTROLS = "input[type=range], input[type=text], input:not([type]), textarea, [tabindex='0']"
TURNS, MOST = 8, 5  # presses on a control; controls of a widget


def measure(lessons: Iterable[str] = ()) -> list[dict]:
    """One row for each widget and clock: lesson, widget, clock, how often it ran, median and largest milliseconds.

    Args:
        lessons: the numbers of some, such as "02"; all if none.
    """
    from lessons.source import ROOT

    rows = []
    with lab() as open_notebook:
        for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
            if lessons and path.stem[:2] not in lessons:
                continue
            with open_notebook(path) as page:
                for number, name in enumerate(page.evaluate(MARK)):
                    found: dict[str, list[float]] = {}
                    for control in page.locator(f"[data-bench='{number}']").locator(CONTROLS).all()[:MOST]:
                        _move(page, control, found)
                    rows += [{"lesson": path.stem, "widget": name, "clock": clock, "times": len(values),
                              "median_ms": median(values), "largest_ms": max(values)}
                             for clock, values in found.items() if clock in LIMITS]  # fmt: skip
    return rows


def _move(page, control, found: dict[str, list[float]]) -> None:
    """Press keys on one control, and add what the widget's clocks say after each."""
    if not control.is_visible() or not control.is_enabled():
        return
    kind = control.evaluate("e => e.matches('input, textarea') && e.type !== 'range' ? 'text' : 'arrows'")
    control.scroll_into_view_if_needed()
    control.focus()
    for turn in range(TURNS):
        control.evaluate(CLOCKS)
        page.keyboard.press(("e" if turn % 2 == 0 else "Backspace") if kind == "text" else
                            "ArrowRight" if turn % 4 < 2 else "ArrowLeft")  # fmt: skip
        page.wait_for_timeout(500 if kind == "text" else 150)
        for clock, value in control.evaluate(CLOCKS).items():
            if not clock.endswith("Max"):
                found.setdefault(clock, []).append(float(value))


@contextlib.contextmanager
def lab():
    """A JupyterLab and Chromium, as the browser tests use them; gives a function that opens a notebook or cells."""
    import shutil

    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import CHROMIUM_FLAGS, CHROMIUM_NAMES, Lab
    from tests.browser.server import jupyterlab

    chromium = next(filter(None, map(shutil.which, CHROMIUM_NAMES)))
    with tempfile.TemporaryDirectory() as folder, jupyterlab(Path(folder)) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)

        @contextlib.contextmanager
        def open_notebook(cells: Path | list[str]):
            opened = Lab(browser, server, {}, getattr(cells, "stem", "cells"))
            yield opened.open(cells, timeout=300)
            opened.close()

        yield open_notebook
        browser.close()


def tables(rows: list[dict]) -> str:
    """The results as Markdown, with each clock's limit beside it."""
    lines = ["| lesson | widget | from a key to | times | median, ms | largest, ms | limit, ms |",
             "|---|---|---|---|---|---|---|"]  # fmt: skip
    for row in rows:
        what = "its picture, on the page" if LIMITS[row["clock"]] == 16 else "the kernel's answer in the picture"
        lines.append(f"| {row['lesson'][:2]} | {row['widget']} | {what} | {row['times']} | {row['median_ms']:.1f} | "
                     f"{row['largest_ms']:.1f} | {LIMITS[row['clock']]} |")  # fmt: skip
    return "\n".join(lines)
