// Parts shared by the course's client-side widgets. Joined with a widget's own file by client.py.

// An element with attributes and children. Strings become text nodes, so a word such as <script> stays text.
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value); // onclick, oninput, …
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

// A learner's word inside a sentence: kept apart from the sentence's own direction of writing.
const bdi = (word) => h("bdi", {}, word);

const count = (n, one, many = `${one}s`) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

// 0.5 is written 0.50, −0.001 is written 0.00.
const twoDigits = (value) => value.toFixed(2).replace(/^-0\.00$/, "0.00").replace("-", "−");

// Words as a list of bars: [{word, share of the full length, number, kind, extra}]. A word is a button.
function barList(rows, { title, onWord }) {
  const wide = rows.some(({ extra }) => extra) ? "cw-bars cw-wide" : "cw-bars";
  return h("ol", { class: wide }, ...rows.map(({ word, share, number, kind, extra }) => h("li", {},
    h("button", { type: "button", class: "cw-word", title, onclick: () => onWord(word) }, bdi(word)),
    h("span", { class: "cw-track", "aria-hidden": "true" },
      h("span", { class: `cw-bar ${kind || ""}`, style: `width: ${Math.min(share, 1) * 100}%` })),
    h("span", { class: "cw-number" }, number), extra)));
}

// The stops of a slider, in order, with one that someone set elsewhere.
const withStop = (stops, stop) => (stops.includes(stop) ? stops : [...stops, stop].sort((one, other) => one - other));

let lastId = 0;
const uniqueId = (stem) => `course-${stem}-${Date.now().toString(36)}-${++lastId}`;

// JupyterLab binds bare keys (arrows move between cells, "dd" deletes one). Keys typed in a widget stay in it.
function keepKeys(root) {
  root.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
  });
}

// Call back when the JupyterLab theme or the system's preference changes; gives a function that stops it.
function onTheme(callback) {
  const observer = new MutationObserver(callback);
  const attributeFilter = ["data-jp-theme-light", "data-jp-theme-name", "class"];
  observer.observe(document.body, { attributes: true, attributeFilter });
  observer.observe(document.documentElement, { attributes: true, attributeFilter });
  const media = matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", callback);
  return () => {
    observer.disconnect();
    media.removeEventListener("change", callback);
  };
}

// Keep what the browser spent where a test, or a curious reader of the page, can see it.
function clock(root, name, milliseconds) {
  root.dataset[name] = milliseconds.toFixed(2);
  root.dataset[`${name}Max`] = Math.max(milliseconds, Number(root.dataset[`${name}Max`] || 0)).toFixed(2);
}

const WAITING = "Waiting for the kernel. If it is not running, run this cell again.";

// Half a surrogate pair, as a broken paste leaves it, is no text: Python could not even send it back.
const wellFormed = (value) => (Array.isArray(value) ? value.map(wellFormed)
  : typeof value === "string" ? value.replace(/\p{Surrogate}/gu, "\ufffd") : value);

// Ask the kernel one question at a time: a newer question waits, and replaces an older one that waits. So fast
// typing never makes a queue. `question` and `answer` are traits; the answer carries the question's id.
// Where questions are commands, which all count, `queue` lets them wait in line; it names the key of those that hold
// all there is to say, such as a text that is being typed: of several in a row only the newest is asked.
class Asker {
  constructor(model, question, answer, { onAnswer, onWait, patience = 1500, queue = null }) {
    Object.assign(this, { model, question, answer, onAnswer, onWait, patience, queue });
    this.id = Number(model.get(question).id || 0);
    this.waiting = [];
    this.flying = null;
    model.on(`change:${answer}`, () => this.arrived());
  }

  get busy() {
    return Boolean(this.flying || this.waiting.length);
  }

  ask(content) {
    const last = this.waiting.at(-1)?.content;
    if (last && (!this.queue || (this.queue in last && this.queue in content))) this.waiting.pop();
    this.waiting.push({ content, pressed: performance.now() });
    if (!this.flying) this.send();
  }

  // Forget what waits: something newer needs no kernel.
  drop() {
    this.waiting = [];
  }

  // What Python set goes into its field, unless someone types there or something is still being asked.
  refresh(input, value) {
    if (!this.busy && document.activeElement !== input && input.value !== value) input.value = value;
  }

  send() {
    const { content, pressed } = this.waiting.shift();
    this.flying = { id: ++this.id, pressed };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.onWait();
      if (this.queue) return; // a command sent after one that is not read yet would replace it
      this.flying = null;
      if (this.waiting.length) this.send();
    }, this.patience);
    const asked = Object.entries(content).map(([name, value]) => [name, wellFormed(value)]);
    this.model.set(this.question, { ...Object.fromEntries(asked), id: this.id });
    this.model.save_changes();
  }

  arrived() {
    const answer = this.model.get(this.answer);
    const flown = this.flying?.id === answer.id ? this.flying : null;
    this.id = Math.max(this.id, Number(answer.id || 0));
    if (flown) {
      clearTimeout(this.timer);
      this.flying = null;
    }
    this.onAnswer(answer, flown?.pressed);
    if (!this.flying && this.waiting.length) this.send();
  }

  stop() {
    clearTimeout(this.timer);
  }
}
