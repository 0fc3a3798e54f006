"""Every widget's text fields say what Python shows, in Chromium without JupyterLab."""

import base64

import pytest

from tests.helpers.widgets.test_hostile_questions import QUESTIONS

MODEL = """
const plain = (value) => (typeof value?.bytes === "string"
  ? new DataView(Uint8Array.from(atob(value.bytes), (char) => char.charCodeAt(0)).buffer) : value);

class Model {
  constructor(traits) {
    Object.assign(this, { traits: {}, listeners: [] });
    this.set(traits);
  }
  get(name) { return this.traits[name]; }
  set(names, value) {
    const changes = typeof names === "string" ? { [names]: value } : names;
    for (const name of Object.keys(changes)) this.traits[name] = plain(changes[name]);
    for (const name of [...Object.keys(changes).map((one) => `change:${one}`), "change"])
      this.listeners.filter(([event]) => event === name).forEach(([, listener]) => listener());
  }
  on(event, listener) { this.listeners.push([event, listener]); }
  off() {}
  save_changes() {}
}
window.show = (traits) => {
  window.model = new Model(traits);
  document.body.replaceChildren();
  WIDGET.render({ model: window.model, el: document.body.appendChild(document.createElement("div")) });
};
window.fields = () => new Promise((done) => setTimeout(() => done([...document.querySelectorAll(
  "textarea, input:not([type]), input[type=text], input[type=search]")].map(({ value }) => value)), 50));
"""


def traits(widget, *left_out):
    """The widget's state as JSON; bytes as {"bytes": base64}."""
    state = {name: value for name, value in widget.get_state().items() if not name.startswith("_") and name != "layout"}
    return {name: {"bytes": base64.b64encode(value).decode()} if isinstance(value, bytes) else value
            for name, value in state.items() if name not in left_out}  # fmt: skip


@pytest.mark.parametrize("name", sorted(QUESTIONS.keys() - {"window", "neighbours", "analogy"}))
def test_fields_say_what_python_shows(browser, name):
    make, (good, *_) = QUESTIONS[name]
    widget, page, errors = make(), browser.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_script_tag(content=widget._esm.replace("export default", "const WIDGET =") + MODEL)
    page.evaluate("traits => show(traits)", traits(widget))
    before = page.evaluate("fields()")
    if name == "attention":
        widget.question = {**good, "id": 0}
        page.evaluate("traits => model.set(traits)", traits(widget))
    else:
        widget.take(good)  # as from Python: nothing was asked
        page.evaluate("traits => model.set(traits)", traits(widget, "question", "answer"))
    texts = good.get("texts") or [good[key] for key in ("text", "prompt", "start") if key in good]
    assert page.evaluate("fields()") == texts and all(before) and len(before) == len(texts) and before != texts
    page.close()
    assert not errors
