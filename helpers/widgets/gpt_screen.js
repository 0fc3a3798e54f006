// The whole GPT on one screen: the model from left to right, the next token beside it, and the part that is open below.
// Pointing, keys and the temperature need no kernel; a new text does. Joined with its other files by client.py.

class GptScreen {
  constructor(model, el) {
    Object.assign(this, { model, hover: null, seen: 0 }); // seen: the width that was painted, 0 before the first time
    this.build(el);
    this.asker = new Asker(model, "question", "answer", { onAnswer: (answer, pressed) => this.arrived(answer, pressed),
      onWait: () => this.problem.replaceChildren(WAITING) });
    for (const trait of ["shown", "packed"]) model.on(`change:${trait}`, () => this.later(true));
    for (const trait of ["part", "tensor", "token", "column", "temperature"]) {
      model.on(`change:${trait}`, () => this.later(false));
    }
    this.watch = new ResizeObserver(() => { if (Math.abs(this.root.clientWidth - this.seen) >= 1) this.later(true); });
    this.watch.observe(this.root);
    this.endTheme = onTheme(() => this.later(true));
    this.fresh();
    this.arrived(model.get("answer"));
  }

  build(el) {
    const id = uniqueId("text");
    this.typed = h("textarea", { id, rows: "1", dir: "auto", maxlength: "10000", autocomplete: "off",
      autocapitalize: "off", spellcheck: "false", oninput: () => this.ask() });
    this.facts = h("p", { class: "gs-config" });
    this.problem = h("p", { class: "cw-problem", role: "alert" });
    this.note = h("p", { class: "cw-note gs-note" });
    this.said = h("p", { class: "gs-said", role: "status" });
    this.help = h("p", { class: "cw-note gs-help" }, "A row is a token, in every part. Orange is negative, blue " +
      "positive, yellow a large share. N: norm. W: heads joined. +: added to the stream. Click a part to see its " +
      "numbers; or Tab to the model, arrow keys, Enter.");
    this.stage = new Stage({ onPoint: (at) => this.point(at), onOpen: (part, at) => this.open(part, at),
      onMove: (step) => this.cell(step, 0, true) });
    this.next = new NextPanel({ onHeat: (temperature) => this.share({ temperature }), onAdd: (how) => this.add(how) });
    this.sheet = new Sheet({ onTab: (number) => this.share({ tensor: this.part().tensors[number].name }),
      onCell: (...cell) => this.cell(...cell), onHover: (cell) => this.point(cell && { ...cell, inSheet: true }),
      onClose: () => this.close(), onOpen: (part) => this.open(part) });
    this.root = h("div", { class: "course-widget gpt-screen", onkeydown: (event) => this.key(event) },
      h("div", { class: "gs-head" }, h("h3", {}, this.model.get("title")), this.facts),
      h("div", { class: "gs-typing" }, h("label", { for: id }, "Text"), this.typed), this.problem, this.note,
      h("div", { class: "gs-model" }, this.stage.element, this.next.element), this.said, this.help, this.sheet.element);
    keepKeys(this.root);
    el.append(this.root);
  }

  key(event) {
    if (event.key !== "Escape" || !this.model.get("part")) return;
    event.preventDefault();
    this.close();
  }

  share(values) {
    this.hover = null;
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.model.save_changes();
  }

  ask() {
    if (this.typed.value) this.asker.ask({ text: this.typed.value });
    else this.problem.replaceChildren("Type at least one character.");
  }

  add(how) {
    const end = this.reading.length - 1;
    const place = how === "best" ? this.reading.likeliest(end, 1)[0][0] : this.reading.drawn(end);
    this.typed.value += this.reading.pieces[place];
    this.ask();
  }

  arrived({ problem }, pressed) {
    this.problem.replaceChildren(problem || "");
    if (!pressed) return;
    this.fresh();
    clock(this.root, "answerMs", performance.now() - pressed);
  }

  // ---- what is selected: traits, shared with the kernel; what is pointed at: this view's own

  part() { return this.parts.find(({ id }) => id === this.model.get("part")) ?? null; }

  tensorNumber(part) {
    const number = part.tensors.findIndex(({ name }) => name === this.model.get("tensor"));
    return number >= 0 ? number : part.first ?? 0;
  }

  selected() {
    const { length } = this.reading;
    const token = this.model.get("token");
    const row = token < 0 ? length - 1 : Math.min(token, length - 1);
    const part = this.part();
    const column = this.model.get("column");
    return { row, col: column < 0 && part ? this.telling(part.tensors[this.tensorNumber(part)], row) : column };
  }

  open(id, { row = null, col = null, tensor = "", byKey = false } = {}) {
    const part = this.parts.find((one) => one.id === id);
    const one = part.tensors.find(({ name }) => name === tensor) ?? part.tensors[part.first ?? 0];
    const values = { part: id, tensor: one.name, token: row ?? this.selected().row };
    values.column = tensor === one.name && col !== null ? col : this.telling(one, values.token);
    this.share(values);
    this.stage.stop(id);
    this.repaint();
    this.sheet.element.scrollIntoView({ block: "nearest" });
    if (byKey) this.sheet.heat.pane.focus({ preventScroll: true });
  }

  // The column told first: the largest number of the row.
  telling({ kind, name }, row) {
    if (kind === "ids") return 0;
    const values = this.reading.get(name).row(row);
    return values.reduce((best, value, col) => (Math.abs(value) > Math.abs(values[best] || 0) ? col : best), 0);
  }

  close() {
    const part = this.model.get("part");
    this.share({ part: "" });
    this.stage.go(part);
  }

  cell(row, col, steps = false) {
    const now = this.selected();
    const cols = this.sheet.heat.matrix?.cols ?? 1;
    if (!steps) this.share({ token: row, column: col });
    else this.share({ token: bounded(now.row + row, 0, this.reading.length - 1),
      column: col ? bounded(bounded(now.col, 0, cols - 1) + col, 0, cols - 1) : now.col });
  }

  point(at) {
    const started = performance.now();
    const same = ["row", "col"].every((name) => (this.hover?.[name] ?? null) === (at?.[name] ?? null)) &&
      this.hover?.spot?.id === at?.spot?.id;
    if (same || (at === null && this.hover === null)) return;
    this.hover = at;
    this.mark();
    clock(this.root, "hoverMs", performance.now() - started);
  }

  // ---- painting

  later(all) {
    this.all ||= all;
    this.due ??= requestAnimationFrame(() => {
      this.due = undefined;
      if (this.all) this.fresh();
      else this.repaint();
    });
  }

  fresh() {
    const started = performance.now();
    cancelAnimationFrame(this.due);
    [this.due, this.all] = [undefined, false];
    const [shown, packed] = [this.model.get("shown"), this.model.get("packed")];
    if (shown !== this.shown || packed !== this.packed) {
      const reading = new Reading(shown, packed);
      if (!reading.fits) return;
      Object.assign(this, { shown, packed, reading, parts: partsOf(reading), hover: null });
      this.describe();
    }
    if (!this.root.clientWidth) return; // not on the page yet; the observer calls again
    this.seen = this.root.clientWidth;
    this.lay();
    this.repaint();
    clock(this.root, "paintMs", performance.now() - started);
  }

  describe() {
    const { n_layers: blocks, n_heads: heads, d_model: width, d_ff: wide, vocab_size: size } = this.reading.config;
    this.facts.replaceChildren(`${count(blocks, "block")} × ${count(heads, "head")}, vectors of ${width}, ` +
      `feed-forward ${wide}, vocabulary ${size}`);
    this.note.replaceChildren(this.reading.note);
    this.note.hidden = !this.reading.note;
  }

  lay() {
    const style = getComputedStyle(this.root);
    const inner = this.root.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    this.width = Math.max(inner, 300);
    const beside = this.width >= 1000;
    this.root.classList.toggle("gs-wide", beside);
    this.root.classList.toggle("gs-large", this.width >= 1500);
    const panel = beside ? bounded(this.width * 0.2, 228, 320) : 0;
    this.next.element.style.width = panel ? `${panel}px` : "";
    this.dark = isDark(this.root);
    this.root.classList.toggle("gs-dark", this.dark);
    this.colours = new Colours(this.dark);
    const now = getComputedStyle(this.root);
    const of = (name) => now.getPropertyValue(name).trim();
    this.look = { ink: of("--cw-ink"), faint: of("--cw-faint"), back: of("--cw-back"), line: of("--cw-line"),
                  mark: of("--gs-mark"), plus: of("--gs-plus"), minus: of("--gs-minus"), family: now.fontFamily,
                  mono: of("--gs-mono"), large: this.width >= 1400 };
    this.reading.warm(this.model.get("temperature"));
    this.stage.show(this.reading, this.parts, this.width - (panel ? panel + 20 : 0), this.colours);
    this.drawn = null;
  }

  repaint() {
    this.asker.refresh(this.typed, this.model.get("text"));
    if (!this.seen) return;
    const started = performance.now();
    const heat = this.model.get("temperature");
    if (heat !== this.reading.temperature) {
      this.reading.warm(heat);
      this.stage.warm();
      this.drawn = null;
    }
    const part = this.part();
    this.sheet.element.hidden = !part;
    this.help.hidden = Boolean(part);
    const number = part && this.tensorNumber(part);
    const name = part ? `${part.id} ${number}` : null;
    if (part && name !== this.drawn) {
      const [tab, crumb] = [this.sheet.tabs, this.sheet.crumbs].map((list) => list.contains(document.activeElement));
      this.sheet.show(this.reading, part, number, this.width, this.colours, this.look);
      if (tab) this.sheet.tabs.querySelector("[aria-pressed=true]").focus({ preventScroll: true });
      if (crumb) this.sheet.heat.pane.focus({ preventScroll: true });
    }
    this.drawn = name;
    this.mark();
    clock(this.root, "markMs", performance.now() - started);
  }

  mark() {
    const pinned = this.selected();
    const row = this.hover?.row ?? pinned.row;
    const part = this.part();
    this.stage.mark(row, part?.id ?? "", part?.tensors[this.tensorNumber(part)].name);
    this.next.show(this.reading, row);
    this.tell(row);
    if (part) this.sheet.mark(row, this.hover?.inSheet ? this.hover.col : pinned.col);
  }

  // One line under the picture: what is pointed at.
  tell(row) {
    const { reading, hover } = this;
    const spot = hover?.spot;
    const part = spot && this.parts.find(({ id }) => id === spot.id);
    const quoted = (word) => ["“", bdi(word), "”"];
    const token = [`Token ${row + 1} of ${reading.length}, `, ...quoted(reading.tokens[row]),
      `, id ${reading.ids[row]}`];
    if (spot?.kind === "head") {
      const [weight, key] = Array.from(reading.get(spot.image).row(row).subarray(0, row + 1)).reduce((best, share, i) =>
        (share > best[0] ? [share, i] : best), [-1, 0]);
      this.said.replaceChildren(h("b", {}, part.crumbs.join(", ")), ". ", ...token, ", looks most at ",
        ...quoted(reading.tokens[key]), ` (token ${key + 1}): ${percent(weight)}.`);
    } else if (part) {
      this.said.replaceChildren(h("b", {}, part.crumbs.join(", ")), `. ${part.tensors[part.first ?? 0].what}`);
    } else {
      this.said.replaceChildren(...token, ".");
    }
  }

  stop() {
    this.asker.stop();
    this.watch.disconnect();
    this.endTheme();
    cancelAnimationFrame(this.due);
  }
}

export default {
  render({ model, el }) {
    const widget = new GptScreen(model, el);
    return () => widget.stop();
  },
};
