"""A real JupyterLab in a real Chromium for the browser tests: the fixture `lab`.

    def test_slider(lab):
        page = lab.open(["from helpers.widgets.… import …", "…"], theme="dark")
        page.keyboard.press("ArrowRight")

One server for each theme serves all tests of a process. Each test gets fresh browser contexts, and its
kernels stop with it.
"""

import contextlib
import re
import shutil
from collections.abc import Callable
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
READY = "() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
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


class Lab:
    """Opens notebooks for one test, and notes what should not happen in them.

    `outside_requests` lists addresses asked for on other machines, `script_errors` uncaught JavaScript
    errors. The fixture fails the test where either is not empty at its end.
    """

    def __init__(self, browser, serve: Callable[[str], Server], name: str):
        self.outside_requests: list[str] = []
        self.script_errors: list[str] = []
        self._browser, self._serve, self._name = browser, serve, re.sub(r"\W+", "-", name).strip("-")
        self._contexts: list = []
        self._servers: list[Server] = []

    def open(
        self,
        cells: list[str] | Path,
        theme: str = "light",
        width: int = 1280,
        *,
        height: int = 1000,
        run: bool = True,
        timeout: float = 180.0,
    ):
        """Open a notebook, run all its cells, wait until it has settled; returns Playwright's page.

        `cells` are the sources of code cells, or the path of a notebook, which is copied. With `run=False`
        the notebook is only opened, with its stored outputs. A cell that fails raises AssertionError with
        its source and traceback; a notebook that runs longer than `timeout` seconds, Playwright's
        TimeoutError.
        """
        server = self._serve(theme)
        self._servers.append(server)
        name = f"{self._name}-{len(self._contexts)}.ipynb"
        (server.root / name).write_text(notebook_text(cells, keep_outputs=not run), encoding="utf-8")
        page = self._new_page(theme, width, height)
        page.goto(
            f"{server.address}/lab/tree/{name}?token={server.token}&reset", wait_until="domcontentloaded"
        )
        page.wait_for_function("() => window.jupyterapp?.restored", timeout=90_000)
        page.evaluate("async () => { await window.jupyterapp.restored; }")
        page.wait_for_selector(".jp-NotebookPanel .jp-Notebook .jp-Cell", timeout=60_000)
        page.wait_for_function(READY, timeout=90_000)
        if run:
            page.evaluate(RUN_ALL)
            outcome = page.wait_for_function(FAILED_OR_DONE, timeout=timeout * 1000).json_value()
            if "error" in outcome:
                raise AssertionError("a cell failed:\n" + re.sub(r"\x1b\[[\d;]*m", "", outcome["error"]))
        page.evaluate(SETTLED, [500, 15_000])
        return page

    def _new_page(self, theme: str, width: int, height: int):
        context = self._browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
        self._contexts.append(context)
        context.on("request", lambda request: self._note(request.url))
        context.on("weberror", lambda error: self.script_errors.append(str(error.error)))
        page = context.new_page()
        page.on("websocket", lambda socket: self._note(socket.url))
        return page

    def _note(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self.outside_requests.append(url)

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        for server in self._servers:
            server.stop_kernels()


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
def serve(tmp_path_factory):
    """Gives the server of a theme, started when it is first asked for."""
    servers: dict[str, Server] = {}
    with contextlib.ExitStack() as stack:

        def server_of(theme: str) -> Server:
            if theme not in ("light", "dark"):
                raise ValueError(f"theme is {theme!r}; expected 'light' or 'dark'")
            if theme not in servers:
                servers[theme] = stack.enter_context(
                    jupyterlab(tmp_path_factory.mktemp(f"lab-{theme}"), theme)
                )
            return servers[theme]

        yield server_of


@pytest.fixture
def lab(browser, serve, request):
    """Opens notebooks in JupyterLab; see the class Lab."""
    lab = Lab(browser, serve, request.node.name)
    yield lab
    lab.close()
    assert not lab.outside_requests, f"asked for something on another machine: {lab.outside_requests}"
    assert not lab.script_errors, f"uncaught JavaScript errors: {lab.script_errors}"
