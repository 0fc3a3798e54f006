"""What the tests of attention maps share: texts of cells, the expected sentences, and a map on the page."""

import re

import numpy as np

# Rows are distributions; the weights are different everywhere, so every map, row and cell can be told apart.
MAPS = """
import numpy as np
from helpers.widgets.attention_map import attention_map
def maps(layers, heads, queries, keys, seed=0):
    scores = np.exp(2 * np.random.default_rng(seed).normal(size=(layers, heads, queries, keys)))
    return scores / scores.sum(-1, keepdims=True)
words = "the cat sat on mats".split()
"""
WEIGHTS = (lambda scores: scores / scores.sum(-1, keepdims=True))(
    np.exp(2 * np.random.default_rng(0).normal(size=(6, 12, 5, 5))))
WORDS = "the cat sat on mats".split()
MAP = "w = attention_map(words, maps(6, 12, 5, 5), layer=2, head=6, query='sat'); w"
PIXELS = """(pane) => [...pane.querySelectorAll('canvas')].map(canvas => {
    const {width, height} = canvas;
    const bytes = canvas.getContext('2d').getImageData(0, 0, width, height).data;
    let hash = 17;
    for (let i = 0; i < bytes.length; i++) hash = (hash * 31 + bytes[i]) | 0;
    return hash;
})"""
ASK_KERNEL = """async code => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const future = kernel.requestExecute({code});
    let out = '';
    future.onIOPub = ({content}) => { out += content.text ?? (content.traceback ?? []).join(''); };
    await future.done;
    return out;
}"""
KEYS_AT_ONCE = """(pane, keys) => keys.forEach(key =>
    pane.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true})))"""
TYPE_AT_ONCE = """(input, texts) => texts.forEach(text => {
    input.value = text;
    input.dispatchEvent(new Event('input', {bubbles: true}));
})"""
PRESS_AND_DRAW = """([pane, key, shiftKey, times]) => Array.from({length: times}, () => {
    const root = pane.closest('.attention-map');
    const started = performance.now();
    pane.dispatchEvent(new KeyboardEvent('keydown', {key, shiftKey, bubbles: true, cancelable: true}));
    for (const canvas of root.querySelectorAll('canvas'))
        if (canvas.offsetParent) canvas.getContext('2d').getImageData(0, 0, 1, 1);   // now it is really drawn
    return [Number(root.dataset.paintMs), performance.now() - started];
})"""


class Map:
    """One attention map on the page."""

    def __init__(self, page, number=0):
        self.page = page
        self.root = page.locator(".attention-map").nth(number)
        self.root.scroll_into_view_if_needed()

    def pane(self, kind):
        return self.root.locator(f".am-{kind}")

    def told(self):
        return self.root.locator(".am-told").inner_text()

    def pixels(self, kind):
        """One number for the picture and one for the marks on it."""
        return self.pane(kind).evaluate(PIXELS)

    def place(self, kind, row, column):
        """The middle of a cell, in pixels from the pane's corner."""
        pane = self.pane(kind)
        left, top, cell = (float(pane.get_attribute(f"data-{name}")) for name in ("left", "top", "cell"))
        return {"x": left + (column + 0.5) * cell, "y": top + (row + 0.5) * cell}

    def point(self, kind, row, column):
        self.pane(kind).hover(position=self.place(kind, row, column))

    def focus(self, kind):
        self.pane(kind).focus()

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def view(self, name):
        self.root.get_by_role("button", name=name).click()


def told(layer, head, query, key=None):
    """The sentence expected for a row, or for one cell."""
    row = WEIGHTS[layer, head, query]
    most, best = (" most", int(row.argmax())) if key is None else ("", key)
    return (f"“{WORDS[query]}” attends{most} to “{WORDS[best]}” {row[best]:.3f} "
            f"· layer {layer + 1}, head {head + 1}")


def luminance(colour):
    parts = [float(part) / 255 for part in re.findall(r"[\d.]+", colour)[:3]]
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
