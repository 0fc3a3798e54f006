// One part, opened: where it lies, its tensors as tabs in the order of calculation, a heat map, how a number follows.

class Sheet {
  constructor({ onTab, onCell, onHover, onClose, onOpen }) {
    Object.assign(this, { onTab, onClose, onOpen });
    this.heat = new HeatMap({ onCell, onHover });
    this.crumbs = h("nav", { class: "gs-crumbs", "aria-label": "Where you are" });
    this.tabs = h("div", { class: "gs-tabs", role: "group",
      "aria-label": "Tensors of this part, in the order of calculation" });
    [this.what, this.value, this.follows, this.note] = [h("p", { class: "gs-what" }),
      h("p", { class: "gs-value", role: "status" }), h("div", { class: "gs-follows" }), h("p", { class: "cw-note" })];
    this.facts = h("div", { class: "gs-facts" }, this.what, this.value, this.follows, this.heat.bars, this.note);
    this.element = h("section", { class: "gs-sheet", "aria-label": "The part that is open", hidden: true },
      this.crumbs, this.tabs, h("div", { class: "gs-body" }, this.heat.pane, this.facts));
  }

  show(reading, part, number, width, colours, look) {
    const one = part.tensors[number];
    Object.assign(this, { reading, part, one, told: null });
    const columns = one.kind === "ids" ? 1 : reading.get(one.name).cols;
    const beside = width >= (columns > 128 ? 860 : 640);
    this.heat.show(reading, one, { width: beside ? Math.max(width * 0.55, Math.min(width * 0.6, width - 400)) : width,
      tall: look.large ? 384 : 320, colours, look });
    const room = beside ? width - this.heat.box.width - 28 : width;
    this.room = Math.min(room, 700);
    this.facts.style.maxWidth = `${Math.min(room, 760)}px`;
    this.element.classList.toggle("gs-beside", beside);
    this.crumb();
    this.tabs.replaceChildren(...part.tensors.flatMap((each, i) =>
      [i ? this.arrow() : "", this.tab(each, i, i === number)]));
    this.what.replaceChildren(one.what);
  }

  arrow() { return h("span", { class: "gs-arrow", "aria-hidden": "true" }, "›"); }

  tab(tensor, number, pressed) {
    return h("button", { type: "button", "aria-pressed": String(pressed), "data-tensor": tensor.name,
      onclick: () => this.onTab(number) }, tensor.title, " ", h("small", {}, shapeOf(this.reading, tensor)));
  }

  crumb() {
    const { part } = this;
    const button = (name, onclick, attributes = {}) => h("button", { type: "button", onclick, ...attributes }, name);
    const path = part.crumbs.map((name, i) => (part.block !== undefined && i === 0 && part.crumbs.length > 1
      ? button(name, () => this.onOpen(`${part.block}.block`)) : h("span", {}, name)));
    this.crumbs.replaceChildren(button("Whole model", () => this.onClose()),
      ...path.flatMap((name) => [this.arrow(), name]), this.arrow(), h("b", {}, this.one.title),
      h("span", { class: "gs-shape" }, shapeOf(this.reading, this.one)),
      h("span", { class: "cw-note gs-keys" }, "Point, or Tab and arrow keys; Esc closes"),
      button("×", () => this.onClose(), { class: "gs-close", title: "Close (Escape)", "aria-label": "Close" }));
  }

  // Mark a cell, say its number, and how it follows.
  mark(row, column) {
    const { one, reading, heat } = this;
    const col = bounded(column, 0, heat.matrix.cols - 1);
    const told = `${row} ${col} ${reading.temperature}`;
    if (told === this.told) return;
    this.told = told;
    const value = heat.mark(row, col);
    const number = one.kind === "ids" ? String(value) : Number.isFinite(value) ? exact(value) : "hidden";
    this.value.replaceChildren(h("span", { class: "gs-where" },
      `Token ${row + 1}, “`, bdi(reading.tokens[row]), "”, ", ...this.across(col)),
      h("b", { class: "gs-number" }, number));
    this.follows.replaceChildren(...followsFrom(reading, one, row, col).map((line) => h("p", {}, line)));
    this.follows.hidden = !this.follows.childElementCount;
    heat.bars.hidden = this.note.hidden = one.kind === "ids";
    if (one.kind === "ids") return;
    heat.profile(row, col, Math.max(this.room, 120));
    this.note.replaceChildren(`The row of token ${row + 1}, “`, bdi(reading.tokens[row]), "”",
      one.kind === "share" ? ": the bars sum to one." : ".");
  }

  // The second half of a cell's name.
  across(col) {
    const { one, reading, heat } = this;
    if (one.columns === "key") return [`looks at ${col + 1}, “`, bdi(reading.tokens[col]), "”"];
    if (one.columns === "symbol") return ["goes on with “", bdi(reading.symbols[col]), "”"];
    return [one.kind === "ids" ? "id" : `number ${col + 1} of ${heat.matrix.cols}`];
  }
}
