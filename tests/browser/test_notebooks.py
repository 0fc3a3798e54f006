"""Every notebook in JupyterLab as a learner meets it: opened as stored, then with live widgets; the first one run."""

import pytest

from lessons.source import NOTEBOOKS
from lessons.stable import WIDGET_VIEW

# Looks at the page and at the models behind it. JupyterLab gives no alt text to a plain picture; the only
# ones are those that stand in for widgets without a kernel (tests/lessons/outputs.py sees to that).
LOOK = """view => {
    const shown = selector => [...document.querySelectorAll('.jp-NotebookPanel ' + selector)];
    const start = text => text.slice(0, 80);
    const wide = element => element.scrollWidth > element.clientWidth + 4;
    const isStandIn = node => node.querySelector('.jp-RenderedImage, .jp-RenderedText') !== null;
    const outputs = cell =>
        cell.model.outputs.toJSON().map((output, i) => [output, cell.outputArea.widgets[i]]);
    const widgets = window.jupyterapp.shell.currentWidget.content.widgets
        .filter(cell => cell.model.type === 'code').flatMap(outputs)
        .filter(([output]) => output.data && view in output.data).map(([, widget]) => widget.node);
    return {
        widgets: widgets.length,
        standIns: widgets.filter(isStandIn).length,
        faults: {
            stderr: shown('[data-mime-type="application/vnd.jupyter.stderr"]').map(e => start(e.innerText)),
            'no alt text': shown('img:not(.jp-RenderedImage img)').filter(e => !e.alt.trim())
                .map(e => start(e.src)),
            'picture not there': shown('img').filter(e => !e.naturalWidth).map(e => e.alt),
            'widget drew nothing': widgets.filter(e => e.getBoundingClientRect().height < 20)
                .map(e => e.innerHTML),
            'wider than the page': shown('.jp-OutputArea-output').filter(wide).map(e => start(e.innerText)),
        },
    };
}"""
TRUST = """() => {
    for (const cell of window.jupyterapp.shell.currentWidget.content.widgets) cell.model.trusted = true;
}"""
NOTEBOOKS_HERE = sorted(NOTEBOOKS.glob("*.ipynb"))


def look(page) -> dict:
    seen = page.evaluate(LOOK, WIDGET_VIEW)
    return seen | {"faults": {what: where for what, where in seen["faults"].items() if where}}


@pytest.mark.parametrize("path", NOTEBOOKS_HERE, ids=lambda path: path.stem)
def test_stored_notebook_shows_its_pictures_and_once_trusted_its_widgets(lab, path):
    page = lab.open(path, theme="dark", run=False)
    seen = look(page)
    assert seen["faults"] == {}
    assert seen["widgets"] > 0 and page.locator(".jp-OutputArea-output img").count() >= seen["standIns"]
    page.evaluate(TRUST)
    lab.settle(page)
    seen = look(page)
    assert seen["faults"] == {}
    assert seen["standIns"] == 0, "a picture stands where a widget should"


# nbval runs every notebook from top to bottom; one shows here that a page runs what a kernel runs.
def test_the_first_notebook_runs_in_the_browser(lab):
    page = lab.open(NOTEBOOKS_HERE[0], timeout=600)
    seen = look(page)
    assert seen["faults"] == {}
    assert seen["widgets"] > 0 and seen["standIns"] == 0, "a picture stands where a widget should"
    empty = [frame.url for frame in page.frames[1:] if not frame.locator("svg *, canvas").count()]
    assert empty == [], "a frame drew nothing"
