"""Widgets in a notebook that is opened but not run: they come back from the saved state, without a kernel."""

import nbformat
import pytest
from nbclient import NotebookClient

CELLS = [
    """
from helpers.vectors import WordVectors
from helpers.widgets.embedding_map import embedding_map
embedding_map(["cat", "dog", "saw"], [[0, 0], [1, 0], [5, 5]], ["animal", "animal", "tool"], selected="dog")
""",
    """
from helpers.widgets.word_explorer import word_explorer
word_explorer(WordVectors(["man", "king", "woman", "queen"], [[1, 0], [1, 1], [-1, .1], [-.9, 1]]))
""",
    """
from helpers.widgets.window_counts import window_counts
window_counts([["the", "cat", "sat"], ["the", "dog", "sat"]] * 3, ["cat", "dog"], window=1, widest=3)
""",
]


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A notebook run once, with outputs and the widgets' state, as `make notebooks` leaves it."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    NotebookClient(notebook, timeout=180, kernel_name="python3", store_widget_state=True).execute()
    path = tmp_path_factory.mktemp("stored") / "stored.ipynb"
    nbformat.write(notebook, path)
    return path


def test_every_widget_left_a_picture_with_words(stored):
    for cell in nbformat.read(stored, as_version=4).cells:
        (output,) = cell.outputs
        assert len(output.data["image/png"]) > 1000
        assert output.metadata["image/png"]["alt"] == output.data["text/plain"] != ""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_restored_without_a_kernel(lab, stored, theme):
    page = lab.open(stored, theme=theme, run=False)
    assert page.locator(".jp-OutputArea-output img").first.is_visible(), "until it is trusted: the static picture"
    page.evaluate("""() => {
        for (const cell of window.jupyterapp.shell.currentWidget.content.widgets) cell.model.trusted = true;
    }""")
    page.wait_for_selector(".embedding-map .em-stage[data-paint-ms]")
    assert page.locator(".em-detail h4").inner_text() == "dog"
    page.locator(".em-stage").focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator(".em-detail h4").inner_text() == "cat"  # the map needs no kernel at all

    explorer = page.locator(".word-explorer")
    assert "queen" in explorer.locator("section").nth(1).locator(".we-said").inner_text()
    explorer.get_by_label("Word", exact=True).fill("queen")
    explorer.locator(".we-said", has_text="Waiting for the kernel").wait_for()

    slider = page.locator(".window-counts")
    slider.get_by_label("Window size").focus()
    page.keyboard.press("End")
    assert slider.locator("output").inner_text() == "3 places on each side"
    slider.get_by_role("button", name="dog").first.click()  # its table came along
    assert "as dog" in slider.locator(".wc-alike h4").inner_text()
