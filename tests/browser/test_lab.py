"""The fixture `lab` itself: it runs what it is given, and reports what fails or must not happen."""

import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from helpers.assets import cache_folder
from tests.browser.server import unavailable


def outputs(page) -> list[str]:
    return [text.strip() for text in page.locator(".jp-OutputArea-output").all_inner_texts()]


def test_cells_run_in_a_home_of_their_own_and_the_notebook_settles(lab):
    later = "box = ipywidgets.Label('early')\ndisplay(box)\ntime.sleep(1)\nbox.value = 'late'"
    where = "print(pathlib.Path.home())\nprint(os.environ['COURSE_CACHE'])"
    page = lab.open(["import ipywidgets, os, pathlib, time", later, where])
    box, paths = outputs(page)
    assert box == "late"
    home, cache = paths.splitlines()
    assert Path(home) != Path.home() and cache == str(cache_folder())


def test_a_cell_that_fails_is_an_error_with_its_text(lab):
    with pytest.raises(AssertionError, match="a cell failed:\n1 / 0\n(.|\n)*ZeroDivisionError"):
        lab.open(["1", "1 / 0", "2"])


@pytest.mark.parametrize("theme, dark", [("light", False), ("dark", True)])
def test_the_theme_is_the_one_asked_for(lab, theme, dark):
    page = lab.open(["1"], theme=theme)
    assert page.evaluate("document.body.dataset.jpThemeLight") == ("false" if dark else "true")


def test_a_theme_chosen_by_hand_ends_with_its_page(lab, server):
    page = lab.open(["1"], fresh=True)
    page.evaluate("() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
    chosen = server.home / "settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings"
    while "Dark" not in chosen.read_text():
        page.wait_for_timeout(100)
    assert lab.open(["1"], fresh=True).evaluate("document.body.dataset.jpThemeLight") == "true"


def test_a_stored_notebook_is_opened_run_or_as_it_is(lab, tmp_path):
    old = new_output("stream", text="from the file")
    book = new_notebook(cells=[new_code_cell("print('from the kernel')", outputs=[old], execution_count=1)])
    book.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(book, tmp_path / "stored.ipynb")
    assert outputs(lab.open(tmp_path / "stored.ipynb", run=False)) == ["from the file"]
    assert outputs(lab.open(tmp_path / "stored.ipynb")) == ["from the kernel"]
    assert "from the file" in (tmp_path / "stored.ipynb").read_text(), "the original was changed"


def test_requests_to_other_machines_and_script_errors_are_noted(lab):
    throw = "Javascript('setTimeout(() => { throw new Error(\"oh\") })')"
    picture = "HTML('<img src=\"https://example.org/x.png\">')"
    lab.open(["from IPython.display import HTML, Javascript", picture, throw])
    assert set(lab.outside_requests) == {"https://example.org/x.png"}
    assert len(lab.script_errors) == 1 and "oh" in lab.script_errors[0]
    lab.outside_requests.clear()  # else the fixture would fail this test, as it should
    lab.script_errors.clear()


def test_kernels_stop_with_the_test(lab, server):
    lab.open(["1"])
    assert len(json.loads(server.call("/api/kernels"))) == 1
    lab.close()
    assert json.loads(server.call("/api/kernels")) == []


def test_a_missing_browser_is_a_skip_and_under_ci_a_failure(monkeypatch):
    monkeypatch.setenv("CI", "")
    with pytest.raises(pytest.skip.Exception, match="no Chromium"):
        unavailable("no Chromium")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="under CI .* no Chromium"):
        unavailable("no Chromium")
