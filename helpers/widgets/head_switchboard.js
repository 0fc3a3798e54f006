// The head switchboard: a grid of heads to click off, and how alike texts are before and now. The kernel is asked once a
// click. Joined with client.js by client.py.

class HeadSwitchboard {
  constructor(model, el) {
    this.model = model;
    this.off = new Set(model.get("shown").off.map(String));
    this.build(el);
    this.asker = new Asker(model, "question", "answer", { onAnswer: (answer, pressed) => this.arrived(answer, pressed),
      onWait: () => this.problem.replaceChildren(WAITING) });
    model.on("change:shown", () => this.later());
    this.draw();
    this.arrived(model.get("answer"));
  }

  build(el) {
    const { n_layers, n_heads } = this.model.get("shown");
    this.size = [n_layers, n_heads];
    const button = (text, action, label) => h("button", { type: "button", "aria-label": label, onclick: action }, text);
    this.first = h("input", { type: "text", maxlength: "2000", autocomplete: "off", spellcheck: "false", class: "hs-text",
      oninput: () => this.read() });
    this.others = h("textarea", { rows: "4", maxlength: "10000", spellcheck: "false", class: "hs-text",
      oninput: () => this.read() });
    this.cells = Array.from({ length: n_layers }, (_, layer) => Array.from({ length: n_heads }, (_, head) =>
      h("button", { type: "button", class: "hs-head", tabindex: layer || head ? "-1" : "0", "data-head": `${layer},${head}`,
        onclick: () => this.flip([[layer, head]]) })));
    this.grid = h("div", { class: "hs-grid", role: "group", onkeydown: (event) => this.key(event),
      style: `grid-template-columns: 6.5em repeat(${n_heads}, minmax(22px, 34px));`,
      "aria-label": "Heads. Arrow keys move, space switches, L switches a layer." },
    ...this.cells.flatMap((row, layer) => [button(`layer ${layer + 1}`, () => this.flip(this.row(layer)),
      `switch layer ${layer + 1}`), ...row]));
    [this.problem, this.said] = [h("p", { class: "cw-problem", role: "alert" }), h("p", { role: "status" })];
    [this.list, this.note] = [h("div", { class: "hs-list" }), h("p", { class: "cw-note" })];
    this.root = h("div", { class: "course-widget head-switchboard" }, h("h3", {}, this.model.get("title")),
      h("div", { class: "hs-columns" },
        h("section", {}, h("h4", {}, "Heads: click one off"), this.grid,
          h("div", { class: "cw-row" }, button("All on", () => this.ask([])),
            button("All off", () => this.ask(this.cells.flatMap((_, layer) => this.row(layer)))),
            button("Draw ten", () => this.ask(this.drawn(10))))),
        h("section", {}, h("label", {}, "Text", this.first), h("label", {}, "Others, one a line", this.others),
          h("h4", {}, "How alike they are to the text"), this.list)),
      this.problem, this.said,
      h("p", { class: "cw-note" }, "Grey: all heads on. Coloured: now. A number is the cosine of the two texts' vectors, " +
        "which are means over tokens. Keys in the grid: arrows, space, L for a layer."), this.note);
    keepKeys(this.root);
    el.append(this.root);
  }

  row(layer) {
    return this.cells[layer].map((_, head) => [layer, head]);
  }

  drawn(n) {
    const all = this.cells.flatMap((_, layer) => this.row(layer));
    return all.map((pair) => [Math.random(), pair]).sort(([a], [b]) => a - b).slice(0, n).map(([, pair]) => pair);
  }

  // Several heads at once: on if all of them are off, else off.
  flip(heads) {
    const off = new Set(this.off);
    const back = heads.every((pair) => off.has(String(pair)));
    for (const pair of heads) back ? off.delete(String(pair)) : off.add(String(pair));
    this.ask([...off].map((pair) => pair.split(",").map(Number)));
  }

  ask(off) {
    this.off = new Set(off.map(String));
    this.paintHeads();
    this.read();
  }

  // A question holds the texts and the heads: a newer one replaces an older one whole.
  read() {
    const texts = [this.first.value, ...this.others.value.split("\n").filter((line) => line.trim())];
    this.asker.ask({ texts, off: [...this.off].map((pair) => pair.split(",").map(Number)) });
  }

  key(event) {
    const at = event.target.dataset?.head?.split(",").map(Number);
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!at || event.ctrlKey || event.metaKey || event.altKey) return;
    if (step) {
      const next = at.map((value, axis) => Math.max(0, Math.min(this.size[axis] - 1, value + step[axis])));
      for (const cell of this.cells.flat()) cell.tabIndex = -1;
      const cell = this.cells[next[0]][next[1]];
      cell.tabIndex = 0;
      cell.focus();
    } else if (event.key.toLowerCase() === "l") this.flip(this.row(at[0]));
    else return;
    event.preventDefault();
  }

  arrived({ problem }, pressed) {
    this.problem.replaceChildren(problem || "");
    if (pressed) {
      this.draw();
      clock(this.root, "answerMs", performance.now() - pressed);
    }
  }

  later() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    const shown = this.model.get("shown");
    if (!this.asker.busy) this.off = new Set(shown.off.map(String));
    this.asker.refresh(this.first, shown.texts[0]);
    this.asker.refresh(this.others, shown.texts.slice(1).join("\n"));
    this.paintHeads();
    const order = shown.after.map((_, place) => place).sort((a, b) => shown.after[b] - shown.after[a]);
    const before = shown.before.map((_, place) => place).sort((a, b) => shown.before[b] - shown.before[a]);
    this.list.replaceChildren(...order.map((place, rank) => this.line(shown, place, rank, before.indexOf(place))));
    this.said.replaceChildren(this.model.get("said"));
    this.note.replaceChildren(shown.note);
  }

  line(shown, place, rank, was) {
    const bar = (value, kind) => h("span", { class: "cw-track" },
      h("span", { class: `cw-bar ${kind}`, style: `width: ${Math.max(0, Math.min(1, value)) * 100}%` }));
    const moved = rank === was ? "" : rank < was ? ` ▲ was ${was + 1}` : ` ▼ was ${was + 1}`;
    return h("div", { class: "hs-line" }, h("p", {}, `${rank + 1}. `, bdi(shown.texts[1 + place]), h("strong", {}, moved)),
      bar(shown.before[place], "hs-before"), h("span", { class: "cw-number" }, twoDigits(shown.before[place])),
      bar(shown.after[place], ""), h("span", { class: "cw-number" }, twoDigits(shown.after[place])));
  }

  paintHeads() {
    for (const [layer, row] of this.cells.entries()) {
      for (const [head, cell] of row.entries()) {
        const off = this.off.has(`${layer},${head}`);
        cell.setAttribute("aria-pressed", String(off));
        cell.setAttribute("aria-label", `layer ${layer + 1}, head ${head + 1}: ${off ? "off" : "on"}`);
        cell.textContent = off ? "×" : head + 1;
      }
    }
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.asker.stop();
  }
}

export default {
  render({ model, el }) {
    const widget = new HeadSwitchboard(model, el);
    return () => widget.stop();
  },
};
