"""Lesson 11's two widgets that run MiniLM again, on sentences of 20 tokens, in JupyterLab in Chromium.

Milliseconds from a click or key to the picture after the kernel's answer: heads of the switchboard switched one after
the other, in all layers; rows of all layers edited in the attention editor; a letter typed. The peer is a widget whose
kernel does nothing but answer: so long JupyterLab takes here and now to carry a question and its answer.
"""

from __future__ import annotations

from statistics import median

from benchmarks.widgets import lab

LIMIT = 100
SENTENCES = [
    "The prime minister said on Monday that the new government would not pay for the old bridge .",
    "On Monday the president told the two houses that his country could not pay for a bridge .",
    "The old bridge over the river was closed in May after heavy rain and much high water .",
    "A group of young players won the last game of the year on a night in March .",
    "Many people in the city say that the price of bread and milk has never been high .",
]  # fmt: skip
CELLS = [f"""from helpers import bert
from helpers.widgets.attention_editor import attention_editor
from helpers.widgets.head_switchboard import head_switchboard
minilm, sentences = bert.load_minilm(), {SENTENCES!r}
assert all(len(minilm.tokenizer.encode(one)) == 18 for one in sentences)  # [CLS] and [SEP] come on top""",
         "head_switchboard(minilm, sentences[:2])", "head_switchboard(minilm, sentences)",
         "attention_editor(minilm, text=sentences[0])",
         """import anywidget
from helpers.widgets.asked import AskedMixin
from helpers.widgets.client import source

class Nothing(AskedMixin, anywidget.AnyWidget):
    _esm = source("client.js") + '''
export default { render({ model, el }) {
  const root = h("button", { class: "does-nothing" }, "ask"), onWait = () => {};
  const onAnswer = (answer, pressed) => clock(root, "answerMs", performance.now() - pressed);
  const asker = new Asker(model, "question", "answer", { onAnswer, onWait });
  root.addEventListener("click", () => asker.ask({ n: asker.id }));
  el.append(root);
} };'''
    def take(self, asked): pass
Nothing()"""]  # fmt: skip


def measure() -> list[dict]:
    """One row for each widget and action: how often, median and largest milliseconds."""
    rows = []
    with lab() as open_notebook, open_notebook(CELLS) as page:
        boards, editor = page.locator(".head-switchboard"), page.locator(".attention-editor")
        nothing = page.locator(".does-nothing")
        rows.append(_row(page, nothing, "one that only answers", "a click", [nothing.click] * 30))
        for number, texts in enumerate(("two sentences", "five sentences")):
            board = boards.nth(number)
            heads = [board.locator(f"[data-head='{layer},{head}']") for layer in range(6) for head in range(0, 12, 2)]
            rows.append(_row(page, board, f"head switchboard, {texts}", "a head switched",
                             [head.click for head in heads]))  # fmt: skip
            rows.append(_row(page, board, f"head switchboard, {texts}", "a letter typed", _typing(page, board)))
        canvas, clicks = editor.locator("canvas"), []
        for layer in range(6):
            clicks.append(lambda layer=layer: editor.get_by_label("Layer").select_option(str(layer)))
            for key in ("Enter", "ArrowUp Enter", "u", "x"):
                clicks.append(lambda keys=key: (canvas.focus(), [page.keyboard.press(key) for key in keys.split()]))
        rows.append(_row(page, editor, "attention editor", "another layer, a row edited", clicks))
        rows.append(_row(page, editor, "attention editor", "a letter typed", _typing(page, editor)))
    return rows


def _typing(page, widget) -> list:
    field = widget.locator("input[type=text]").first
    return [lambda key=key: (field.focus(), page.keyboard.press(key)) for key in ("e", "Backspace") * 8]


def _row(page, widget, name: str, what: str, actions: list) -> dict:
    """Do all of it, one after the other, each when the answer to the one before is there."""
    widget.scroll_into_view_if_needed()
    found = []
    for act in actions:
        widget.evaluate("root => { delete root.dataset.answerMs; }")
        act()
        page.wait_for_function("root => root.dataset.answerMs", arg=widget.element_handle(), timeout=10_000)
        found.append(float(widget.get_attribute("data-answer-ms")))
        page.wait_for_timeout(50)
    return {"widget": name, "what": what, "times": len(found), "median_ms": median(found), "largest_ms": max(found),
            "above": sum(one > LIMIT for one in found)}  # fmt: skip


def tables(rows: list[dict]) -> str:
    """The results as Markdown."""
    lines = [f"MiniLM, sentences of 20 tokens with their marks; limit {LIMIT} ms.", "",
             "| widget | from | times | median, ms | largest, ms | above |", "|---|---|---|---|---|---|"]  # fmt: skip
    for row in rows:
        lines.append(f"| {row['widget']} | {row['what']} | {row['times']} | {row['median_ms']:.0f} | "
                     f"{row['largest_ms']:.0f} | {row['above']} |")  # fmt: skip
    return "\n".join(lines)
