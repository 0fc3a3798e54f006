"""The whole GPT on one screen in JupyterLab in Chromium: every number, keys and mouse, both themes, no kernel."""

import math
import re

import nbformat
import numpy as np
import pytest
import torch
from nbclient import NotebookClient

from helpers.gpt import GPT, gpt2_config
from helpers.language_models import Characters
from helpers.widgets.gpt_screen_data import part_names, trace

MODEL = """
import torch
from helpers.gpt import GPT, fast_config, gpt2_config
from helpers.language_models import Characters
from helpers.widgets.gpt_screen import gpt_screen
torch.set_num_threads(1)
torch.manual_seed(0)
vocabulary = Characters()
model = GPT({config}(vocabulary.vocab_size, d_model=32, n_layers={layers}, n_heads=2, context_len=40))
for weight in model.parameters():
    torch.nn.init.normal_(weight, mean=float(weight.ndim == 1), std=0.3)
"""
SMALL = MODEL.format(config="gpt2_config", layers=2)
SHOW = """screen = gpt_screen(model, vocabulary, "The cat sat.", title="<script>window.hacked=1</script>")
screen"""
TEXT = "The cat sat."
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
# Opens every part and every tensor of it, goes to a cell by keys, and notes what is said there.
WALK = """async ([row, col]) => {
    const root = document.querySelector('.gpt-screen');
    const painted = () => new Promise(requestAnimationFrame);
    const press = (key) => root.querySelector('.gs-pane')
        .dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
    const told = {};
    for (const part of new Set([...root.querySelectorAll('.gs-spot')].map(spot => spot.dataset.part))) {
        root.querySelector(`[data-part="${part}"]`).click();
        await painted();
        for (const {dataset: {tensor}} of [...root.querySelectorAll('.gs-tabs button')]) {
            root.querySelector(`.gs-tabs [data-tensor="${tensor}"]`).click();
            await painted();
            press('PageUp'); press('Home');
            for (let i = 0; i < row; i++) press('ArrowDown');
            for (let i = 0; i < col; i++) press('ArrowRight');
            await painted();
            told[`${part} ${tensor}`] = [root.querySelector('.gs-number').textContent,
                root.querySelector('.gs-follows').textContent, root.querySelector('.gs-shape').textContent];
        }
    }
    return told;
}"""


def model() -> tuple[GPT, dict]:
    """The same model in this process, and every number of it over TEXT."""
    torch.manual_seed(0)
    vocabulary = Characters()
    made = GPT(gpt2_config(vocabulary.vocab_size, d_model=32, n_layers=2, n_heads=2, context_len=40))
    for weight in made.parameters():
        torch.nn.init.normal_(weight, mean=float(weight.ndim == 1), std=0.3)
    return made, {name: value.numpy() for name, value in trace(made, vocabulary.encode(TEXT)).items()}


def number(text: str) -> float:
    return math.nan if text == "hidden" else float(text.replace("−", "-"))


def check_every_part(page):
    """Every part opens into the model's numbers, and the lines below end in the number above them."""
    row, col = 7, 5
    told = page.evaluate(WALK, [row, col])
    gpt, seen = model()
    last = {"last": seen["1.x"], "0.in": seen["x"], "1.in": seen["0.x"],
            "ids": Characters().encode(TEXT)[:, None].numpy(),
            "probabilities": torch.from_numpy(seen["logits"]).softmax(-1).numpy()}  # fmt: skip
    assert {name.split(" ")[0] for name in told} == set(part_names(gpt.config))
    tensors = {name.split(" ")[1] for name in told}
    expected = {f"{block}.{name}" for block in (0, 1) for name in (
        "in normed1 query.0 key.0 value.0 scores.0 attention.0 output.0 query.1 key.1 value.1 scores.1 attention.1 "
        "output.1 joined attended sum1 normed2 wide active fed sum2").split()}  # fmt: skip
    assert tensors == expected | {"ids", "token", "position", "x", "last", "final", "logits", "probabilities"}
    for name, (value, follows, shape) in told.items():
        tensor = name.split(" ")[1]
        block, _, rest = tensor.partition(".")
        part, _, head = rest.partition(".")
        array = last[tensor] if tensor in last else seen[f"{block}.{part}" if part else tensor]
        array = array[int(head)] if head else array  # (T, anything)
        column = min(col, array.shape[1] - 1)
        tolerance = 3e-3 * float(np.nanmax(np.abs(array)))
        assert number(value) == pytest.approx(float(array[row, column]), abs=tolerance, nan_ok=True), name
        assert shape == (f"({len(TEXT)},)" if tensor == "ids" else f"({len(TEXT)}, {array.shape[1]})"), name
        results = re.findall(r"(?:= |gives )(−?[\d.]+)(?= %| ?$)", follows)
        if results and part not in ("attention",) and tensor != "probabilities":
            assert number(results[-1]) == pytest.approx(number(value), rel=0.06, abs=0.006), f"{name}: {follows}"
    assert "q · k" in told["0.head1 0.attention.1"][1] and "goes into the output" in told["0.head1 0.attention.1"][1]
    assert not any(re.search("NaN|undefined|Infinity", line) for line in sum(told.values(), []))


@pytest.mark.parametrize(("theme", "width", "layers"), [("light", 1280, 2), ("dark", 900, 4)])
def test_by_keyboard_and_mouse(lab, theme, width, layers):
    config = "gpt2_config" if theme == "light" else "fast_config"
    page = lab.open([MODEL.format(config=config, layers=layers), SHOW, "1"], theme=theme, width=width)
    root = page.locator(".gpt-screen")
    root.scroll_into_view_if_needed()
    said, sheet, typed = root.locator(".gs-said"), root.locator(".gs-sheet"), root.get_by_label("Text")
    assert root.locator("h3").inner_text() == "<script>window.hacked=1</script>" and sheet.is_hidden()
    assert said.inner_text() == "Token 12 of 12, “.”, id 65." and root.locator(".gs-next li").count() == 10

    spot = root.locator('[data-part="1.head1"]')
    box = spot.bounding_box()
    spot.hover(position={"x": 3, "y": box["height"] * 4.5 / 12})
    assert re.fullmatch(r"Block 2, head 2\. Token 5 of 12, “c”, id \d+, looks most at “.” \(token [1-5]\): [\d.]+ %\.",
                        said.inner_text())  # fmt: skip
    assert "The text goes on with “a”" in root.locator(".gs-follow").inner_text()
    assert root.locator(".gs-token.gs-now").count() == 1 and root.locator(".gs-now .gs-letter").text_content() == "c"
    spot.click(position={"x": 3, "y": box["height"] * 4.5 / 12})
    page.evaluate(PAINTED)
    assert sheet.is_visible() and "Block 2" in sheet.locator("nav").inner_text()
    assert sheet.locator(".gs-where").inner_text().startswith("Token 5, “c”, looks at 1, “T”")
    sheet.locator(".gs-tabs button", has_text="query").click()
    page.evaluate(PAINTED)
    assert sheet.locator(".gs-shape").inner_text() == "(12, 16)"
    sheet.get_by_role("button", name="Block 2").click()
    page.evaluate(PAINTED)
    assert sheet.locator(".gs-tabs button").count() == 5
    page.keyboard.press("Escape")
    page.evaluate(PAINTED)
    assert sheet.is_hidden()
    assert page.evaluate("document.activeElement.dataset.part") == "1.block"
    if layers == 2:
        check_every_part(page)
        page.keyboard.press("Escape")
        root.locator('[data-part="tokens"]').focus()
    for key in ("Home", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    page.evaluate(PAINTED)
    assert "Block 1" in sheet.locator("nav").inner_text() and "norm" in sheet.locator("nav").inner_text()
    before = sheet.locator(".gs-where").inner_text()
    for key in ("ArrowUp", "ArrowRight"):  # the focus went into what was opened
        page.keyboard.press(key)
    page.evaluate(PAINTED)
    now = sheet.locator(".gs-where").inner_text()
    assert now != before and now.startswith("Token 6," if layers == 2 else "Token 3,")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 3  # no key reached the notebook

    chance = root.locator(".gs-next .cw-number").first
    flat = chance.inner_text()
    root.get_by_label("Temperature").focus()
    page.keyboard.press("Home")
    page.evaluate(PAINTED)
    assert float(chance.inner_text()[:-2]) > float(flat[:-2]) and root.locator(".gs-heat output").inner_text() == "0.1"
    page.keyboard.press("End")
    page.evaluate(PAINTED)
    assert float(chance.inner_text()[:-2]) < float(flat[:-2])

    likeliest = root.locator(".gs-go button").first
    likeliest.click()
    page.wait_for_function("document.querySelectorAll('.gs-token').length === 13")
    root.get_by_role("button", name="Draw one").click()
    page.wait_for_function("document.querySelectorAll('.gs-token').length === 14")
    assert typed.input_value().startswith(TEXT) and len(typed.input_value()) == 14
    assert float(root.get_attribute("data-answer-ms")) > 0
    typed.fill("<b>🙂</b> שלום 我")
    root.locator(".gs-note", has_text="10 tokens, shown as □").wait_for()
    typed.fill("")
    assert root.locator(".cw-problem").inner_text() == "Type at least one character."
    typed.fill("x")
    page.wait_for_function("document.querySelectorAll('.gs-token').length === 1")
    typed.fill("The quick brown fox jumps over the lazy dog.")
    root.locator(".gs-note", has_text="The text has 44 tokens; its last 32 are read").wait_for()
    assert root.locator(".gs-token").count() == 32
    assert root.evaluate("e => e.scrollWidth <= e.clientWidth") and page.evaluate("window.hacked") is None
    assert root.locator(".gs-stage").evaluate("e => e.scrollWidth <= e.clientWidth"), "4 blocks need no scrolling"


def test_without_a_kernel(lab, tmp_path):
    cells = [nbformat.v4.new_code_cell(cell) for cell in (SMALL, SHOW)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=180, kernel_name="python3", store_widget_state=True).execute()
    path = tmp_path / "stored.ipynb"
    nbformat.write(notebook, path)
    assert path.stat().st_size < 400_000 and "image/png" in notebook.cells[1].outputs[0].data
    page = lab.open(path, run=False)
    page.evaluate("""() => {
        for (const cell of window.jupyterapp.shell.currentWidget.content.widgets) cell.model.trusted = true;
    }""")
    root = page.locator(".gpt-screen")
    root.locator('[data-part="1.head0"]').click()
    page.evaluate(PAINTED)
    assert number(root.locator(".gs-number").inner_text()) >= 0
    root.get_by_role("button", name="Draw one").click()
    root.locator(".cw-problem", has_text="Waiting for the kernel").wait_for()
