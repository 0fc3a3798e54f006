"""What the widgets' pages share, in Chromium without JupyterLab: slow kernels, broken text, fields that follow."""

import pytest

from helpers.widgets.client import source
from helpers.widgets.squeeze_data import on_levels

KERNEL = """
// A model whose kernel takes `delay` milliseconds to answer; what it read is in `read`.
class Slow {
  constructor(delay) {
    Object.assign(this, { delay, listeners: {}, read: [], waits: 0 });
    this.traits = { question: { id: 0 }, answer: { id: 0 } };
  }
  get(name) { return this.traits[name]; }
  set(name, value) { this.traits[name] = value; this.listeners[`change:${name}`]?.(); }
  on(event, listener) { this.listeners[event] = listener; }
  save_changes() {
    const { id, ...content } = this.traits.question;
    setTimeout(() => { this.read.push(content); this.set("answer", { id }); }, this.delay);
  }
  asker(options = {}) {
    const onWait = () => { this.waits += 1; };
    return new Asker(this, "question", "answer", { onAnswer: () => {}, onWait, ...options });
  }
}
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
async function settled(asker) {
  while (asker.busy) await pause(5);
}
// Ask all of it at once, and say what the kernel read.
async function asked(contents, options, delay = 10) {
  const model = new Slow(delay), asker = model.asker(options);
  contents.forEach((content) => asker.ask(content));
  await settled(asker);
  return { read: model.read, waits: model.waits };
}
"""


@pytest.fixture
def page(browser):
    page = browser.new_page()
    page.add_script_tag(content=source("client.js", "squeeze.js").split("export default")[0] + KERNEL)
    yield page
    page.close()


def read(page, contents, options=None, delay=10):
    return page.evaluate("([contents, options, delay]) => asked(contents, options, delay)", [contents, options, delay])


def test_the_newest_of_whole_questions_wins(page):
    texts = [{"text": text} for text in ("a", "ab", "abc")]
    assert read(page, texts) == {"read": [texts[0], texts[2]], "waits": 0}


def test_commands_wait_in_line_and_only_texts_in_a_row_replace_each_other(page):
    rows = [{"row": row} for row in range(4)]
    typed = [{"text": text} for text in ("n", "ne", "new")]
    assert read(page, rows, {"queue": "text"})["read"] == rows
    asked = [*typed, {"select": [1, 0]}, *typed, {"row": 1}]
    assert read(page, asked, {"queue": "text"})["read"] == [typed[0], typed[2], asked[3], typed[2], {"row": 1}]


def test_commands_wait_for_a_kernel_that_is_late(page):
    rows = [{"row": row} for row in range(3)]
    assert read(page, rows, {"queue": "text", "patience": 20}, delay=90) == {"read": rows, "waits": 3}
    late = page.evaluate("""async () => {
        const model = new Slow(1e6), asker = model.asker({ patience: 20 });
        asker.ask({ text: "lost" });
        await pause(60);
        model.delay = 1;
        asker.ask({ text: "read" });
        await settled(asker);
        return [model.read, model.waits];
    }""")
    assert late == [[{"text": "read"}], 1]  # one question is lost with its kernel, the next is asked


def test_what_waits_can_be_dropped(page):
    assert page.evaluate("""async () => {
        const model = new Slow(10), asker = model.asker();
        asker.ask({ word: "a" });
        asker.ask({ word: "b" });
        asker.drop();
        await settled(asker);
        return model.read;
    }""") == [{"word": "a"}]


def test_half_a_surrogate_pair_does_not_leave_the_page(page):
    read = page.evaluate("""async () => (await asked([{ text: "a\\ud800b\\udc00 \\ud83d\\ude42", n: 3,
        texts: ["\\ud83d", ["\\ude42"]] }])).read[0]""")
    assert read == {"text": "a�b� 🙂", "n": 3, "texts": ["�", ["�"]]}


def test_a_field_follows_python_but_not_under_someones_fingers(page):
    assert page.evaluate("""async () => {
        const model = new Slow(10), asker = model.asker(), input = document.body.appendChild(h("input", {}));
        const seen = [], see = (value) => { asker.refresh(input, value); seen.push(input.value); };
        see("set");
        asker.ask({ text: "typed" });
        see("while it flies");
        await settled(asker);
        see("after it");
        input.focus();
        see("while someone types");
        input.blur();
        see("at last");
        return seen;
    }""") == ["set", "set", "after it", "after it", "at last"]


@pytest.mark.parametrize("bits", [2, 3, 4, 5, 6, 8, 32])
def test_the_squeezed_row_is_pythons_where_a_weight_lies_between_two_levels(page, bits):
    ties = [(2**bits - 1) / 2, *(step / 2 for step in range(-20, 20))]
    for row in ([-0.3, 0.1, 0.2, -0.05], ties, [-weight for weight in ties]):
        for edge in (-1, 0.1):
            now, then = page.evaluate("row => onLevels(...row)", [row, bits, edge]), on_levels(row, bits, edge)
            assert now["values"] == pytest.approx(then["values"].tolist(), abs=1e-12)
            assert [now[name] for name in ("used", "pruned")] == [then[name] for name in ("used", "pruned")]
