"""A real JupyterLab in a real Chromium for the browser tests: the fixture `lab`.

    def test_slider(lab):
        page = lab.open(["from helpers.widgets.… import …", "…"], theme="dark")
        page.keyboard.press("ArrowRight")

One server serves all tests of a process. A page of JupyterLab takes three times as long to open as a notebook in
it, so one a theme stays open from test to test, with all notebooks closed and their kernels stopped in between; a
test that changes the page itself asks for one of its own, `lab.open(..., fresh=True)`.
"""

import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest

from tests.browser.server import Server, jupyterlab, unavailable

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
READY = """name => {
    const panel = window.jupyterapp.shell.currentWidget;
    return panel?.context?.path === name && panel.context.isReady && panel.content.widgets.length > 0
        && panel.sessionContext.session?.kernel?.status === 'idle';
}"""
OPEN = "name => { window.jupyterapp.commands.execute('docmanager:open', {path: name, factory: 'Notebook'}); }"
CLOSE_ALL = """() => {
    for (const panel of [...window.jupyterapp.shell.widgets('main')]) panel.dispose();
    return document.querySelector('.jp-Dialog') === null;
}"""
RUN_ALL = """() => {
    window.jupyterapp.shell.collapseLeft();
    window.courseRun = 'running';
    window.jupyterapp.commands.execute('notebook:run-all-cells')
        .then(() => { window.courseRun = 'done'; }, error => { window.courseRun = 'failed: ' + error; });
}"""
FAILED_OR_DONE = """() => {
    const panel = window.jupyterapp.shell.currentWidget;
    const cells = panel.content.widgets
        .filter(cell => cell.model.type === 'code' && cell.model.sharedModel.getSource().trim());
    for (const cell of cells)
        for (const output of cell.model.outputs.toJSON())
            if (output.output_type === 'error')
                return {error: [cell.model.sharedModel.getSource(), ...output.traceback].join('\\n')};
    if (window.courseRun.startsWith('failed')) return {error: window.courseRun};
    const idle = panel.sessionContext.session?.kernel?.status === 'idle';
    const ran = cells.every(
        cell => cell.model.executionCount !== null && cell.model.executionState !== 'running');
    return window.courseRun === 'done' && idle && ran ? {done: cells.length} : null;
}"""
# Settled: nothing in the notebook's DOM has changed for `quiet` milliseconds, or `patience` is over.
SETTLED = """([quiet, patience]) => new Promise(resolve => {
    const pane = document.querySelector('.jp-NotebookPanel');
    const finish = () => { observer.disconnect(); clearTimeout(end); clearTimeout(timer); resolve(); };
    const observer = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(finish, quiet); });
    observer.observe(pane, {subtree: true, childList: true, attributes: true, characterData: true});
    const end = setTimeout(finish, patience);
    let timer = setTimeout(finish, quiet);
})"""


class Tab:
    """A page of JupyterLab in a browser context of its own; what should not happen in it is told to `lab`."""

    def __init__(self, browser, theme: str, own: bool):
        self.lab: Lab | None = None
        self.own = own
        self.context = browser.new_context(color_scheme=theme)
        self.context.on("request", lambda request: self._note(request.url))
        self.context.on("weberror", lambda error: self.lab and self.lab.script_errors.append(str(error.error)))
        self.page = self.context.new_page()
        self.page.on("websocket", lambda socket: self._note(socket.url))

    def _note(self, url: str) -> None:
        parts = urlsplit(url)
        if self.lab and parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self.lab.outside_requests.append(url)


class Lab:
    """Opens notebooks for one test, and notes what should not happen in them.

    `outside_requests` lists addresses asked for on other machines, `script_errors` uncaught JavaScript
    errors. The fixture fails the test where either is not empty at its end.
    """

    def __init__(self, browser, server: Server, kept: dict[str, Tab], name: str):
        self.outside_requests: list[str] = []
        self.script_errors: list[str] = []
        self._browser, self._server, self._name = browser, server, re.sub(r"\W+", "-", name).strip("-")
        self._kept = kept  # by theme: pages that outlive the test
        self._tabs: list[tuple[str, Tab]] = []  # theme, page: those that this test uses

    def open(
        self,
        cells: list[str] | Path,
        theme: str = "light",
        width: int = 1280,
        *,
        height: int = 1000,
        run: bool = True,
        timeout: float = 180.0,
        fresh: bool = False,
    ):
        """Open a notebook, run all its cells, wait until it has settled; returns Playwright's page.

        `cells` are the sources of code cells, or the path of a notebook, which is copied. With `run=False`
        the notebook is only opened, with its stored outputs; with `fresh=True` the page is new, and closed after the
        test. A second notebook in a test stands in a page of its own. A cell that fails raises AssertionError with
        its source and traceback; a notebook that runs longer than `timeout` seconds, Playwright's
        TimeoutError.
        """
        if theme not in ("light", "dark"):
            raise ValueError(f"theme is {theme!r}; expected 'light' or 'dark'")
        name = f"{self._name}-{len(self._tabs)}.ipynb"
        (self._server.root / name).write_text(notebook_text(cells, keep_outputs=not run), encoding="utf-8")
        tab = None if fresh else self._kept.pop(theme, None)
        opened = tab is not None
        tab = tab or Tab(self._browser, theme, own=fresh)
        tab.lab = self
        self._tabs.append((theme, tab))
        page = tab.page
        page.set_viewport_size({"width": width, "height": height})
        if opened:
            page.evaluate(OPEN, name)
        else:
            self._server.set_theme(theme)
            address = f"{self._server.address}/lab/tree/{name}?token={self._server.token}&reset"
            page.goto(address, wait_until="domcontentloaded")
            page.wait_for_function("() => window.jupyterapp?.restored", timeout=90_000)
            page.evaluate("async () => { await window.jupyterapp.restored; }")
        page.wait_for_function(READY, arg=name, timeout=90_000)
        if run:
            page.evaluate(RUN_ALL)
            outcome = page.wait_for_function(FAILED_OR_DONE, timeout=timeout * 1000).json_value()
            if "error" in outcome:
                raise AssertionError("a cell failed:\n" + re.sub(r"\x1b\[[\d;]*m", "", outcome["error"]))
        self.settle(page)
        return page

    @staticmethod
    def settle(page) -> None:
        """Wait until nothing in the notebook has changed for half a second, or for fifteen seconds."""
        page.evaluate(SETTLED, [500, 15_000])

    def close(self) -> None:
        """Close the test's notebooks and stop their kernels; keep a page of each theme that is fit for the next."""
        for theme, tab in self._tabs:
            if theme in self._kept or tab.own or not self._closed_all(tab.page):
                tab.context.close()
            else:
                self._kept[theme] = tab
            tab.lab = None
        self._tabs.clear()
        self._server.stop_kernels()

    @staticmethod
    def _closed_all(page) -> bool:
        try:
            page.mouse.move(0, 0)
            return page.evaluate(CLOSE_ALL)
        except Exception:  # Playwright's errors, of a page that crashed or was closed by the test
            return False


def notebook_text(cells: list[str] | Path, *, keep_outputs: bool) -> str:
    """The notebook file to open: made from sources, or read from a path, by default as if never run."""
    if not isinstance(cells, Path):
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        return nbformat.writes(
            nbformat.v4.new_notebook(
                cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata={"kernelspec": kernel}
            )
        )
    notebook = nbformat.read(cells, as_version=4)
    if not keep_outputs:
        notebook.metadata.pop("widgets", None)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
    return nbformat.writes(notebook)


@pytest.fixture(scope="session")
def browser():
    """Chromium of this system under Playwright, one for all tests of a process."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        unavailable("the Python package playwright is missing: pip install -r requirements-dev.txt")
    chromium = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if chromium is None:
        unavailable(f"no Chromium on the PATH (looked for {', '.join(CHROMIUM_NAMES)})")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The JupyterLab of all tests of a process."""
    with jupyterlab(tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.fixture(scope="session")
def kept_tabs(browser):
    tabs: dict[str, Tab] = {}
    yield tabs
    for tab in tabs.values():
        tab.context.close()


@pytest.fixture
def lab(browser, server, kept_tabs, request):
    """Opens notebooks in JupyterLab; see the class Lab."""
    lab = Lab(browser, server, kept_tabs, request.node.name)
    yield lab
    lab.close()
    assert not lab.outside_requests, f"asked for something on another machine: {lab.outside_requests}"
    assert not lab.script_errors, f"uncaught JavaScript errors: {lab.script_errors}"
