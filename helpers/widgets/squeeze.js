// The squeeze: a table of accuracies by bits and pruned share, and a row of weights put on its levels. No kernel is asked.
// Joined with client.js by client.py.

const EDGE = { left: 44, right: 10, top: 10, bottom: 40 };
// Magnitudes as in cividis: from dark blue (bad) to yellow (good), the same in both themes, with ink that can be read.
const SHADES = [[0, 32, 76], [49, 68, 107], [102, 105, 112], [149, 143, 120], [199, 183, 108], [255, 233, 69]];

function shade(share) {
  const place = Math.min(Math.max(share, 0), 1) * (SHADES.length - 1);
  const low = Math.min(Math.floor(place), SHADES.length - 2);
  const rgb = SHADES[low].map((value, k) => Math.round(value + (place - low) * (SHADES[low + 1][k] - value)));
  return { back: `rgb(${rgb})`, ink: share > 0.55 ? "#000" : "#fff" };
}

// A half goes to the even neighbour, as in NumPy and PyTorch.
function nearest(x) {
  const up = Math.round(x);
  return up - x === 0.5 && up % 2 ? up - 1 : up;
}

// A row pruned and put on levels around zero, as squeeze_data.on_levels does it.
function onLevels(weights, bits, edge) {
  const kept = weights.map((w) => (Math.abs(w) > edge ? w : 0));
  const pruned = weights.reduce((n, w) => n + (w !== 0 && Math.abs(w) <= edge), 0);
  if (bits === 32) return { values: kept, scale: 0, pruned, error: 0, used: new Set(kept).size };
  const half = (2 ** bits - 1) / 2, top = 2 ** (bits - 1);
  const scale = kept.reduce((most, w) => Math.max(most, Math.abs(w)), 0) / half || 1;
  const levels = kept.map((w) => Math.min(Math.max(nearest(w / scale), -top), top - 1));
  const values = levels.map((level) => level * scale);
  const error = values.reduce((most, value, k) => Math.max(most, Math.abs(value - kept[k])), 0);
  return { values, scale, pruned, error, used: new Set(levels.map((level) => level + 0)).size };
}

const percentOf = (share) => `${(100 * share).toFixed(1)} %`;

class Squeeze {
  constructor(model, el) {
    this.model = model;
    this.table = model.get("table");
    this.build(el);
    for (const trait of ["bits", "percent", "row"]) model.on(`change:${trait}`, () => this.draw());
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.root);
    this.endTheme = onTheme(() => this.draw());
    this.draw();
  }

  build(el) {
    const { bits, percents, accuracy, rows, baseline } = this.table;
    const slider = (name, most, text) => {
      const input = h("input", { type: "range", min: "0", max: String(most), step: "1",
        oninput: () => this.share(name, Number(input.value)) });
      const output = h("output");
      this[name] = { input, output };
      return h("div", { class: "sq-slider" }, h("label", {}, text, input), output);
    };
    this.select = h("select", { onchange: () => this.share("row", this.select.selectedIndex) },
      ...rows.map(({ name }) => h("option", {}, name)));
    const best = Math.max(...accuracy.flat());
    this.cells = bits.map((_, b) => percents.map((_, p) => {
      const { back, ink } = shade((accuracy[b][p] - 0.5) / Math.max(best - 0.5, 0.01));
      return h("td", { style: `background: ${back}; color: ${ink}`, onclick: () => this.choose(b, p) },
        (100 * accuracy[b][p]).toFixed(0));
    }));
    const grid = h("table", {}, h("caption", {}, "% judged right, by bits (rows) and % pruned (columns)"),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "bits"), ...percents.map((p) => h("th", { scope: "col" }, `${p}`)))),
      h("tbody", {}, ...this.cells.map((cells, b) => h("tr", {}, h("th", { scope: "row" }, `${bits[b]}`), ...cells))));
    this.canvas = h("canvas", { "aria-hidden": "true" });
    [this.said, this.about] = [h("p", { role: "status", class: "sq-big" }), h("p")];
    const key = (name, text) => [h("span", { class: "sq-key", style: `background: var(${name})` }), text];
    this.root = h("div", { class: "course-widget squeeze" }, h("h3", {}, this.model.get("title")),
      h("div", { class: "cw-row" }, slider("bits", bits.length - 1, "Bits a weight"),
        slider("percent", percents.length - 1, "Weights pruned")),
      this.said,
      h("div", { class: "sq-columns" }, h("section", {}, grid),
        h("section", {}, h("label", {}, "Weights of", this.select), this.canvas, this.about,
          h("p", { class: "cw-note" }, ...key("--sq-before", "as trained"), ...key("--sq-now", "now, on levels"),
            ...key("--sq-gone", "pruned to zero")))),
      h("p", { class: "cw-note" }, `${baseline[0]}: ${percentOf(baseline[1])}. Pruned are the smallest weights of all ` +
        "blocks; embeddings stay. Each row of a matrix has its own scale. Click a cell, or move the sliders."));
    keepKeys(this.root);
    el.append(this.root);
  }

  share(name, value) {
    this.model.set(name, value);
    this.model.save_changes();
  }

  choose(bits, percent) {
    this.model.set("bits", bits);
    this.model.set("percent", percent);
    this.model.save_changes();
  }

  draw() {
    const started = performance.now();
    const [bits, percent, row] = ["bits", "percent", "row"].map((name) => this.model.get(name));
    const { table } = this;
    const texts = { bits: `${table.bits[bits]} bits`, percent: `${table.percents[percent]} %` };
    for (const [name, text] of Object.entries(texts)) {
      this[name].input.value = this.model.get(name);
      this[name].input.setAttribute("aria-valuetext", text);
      this[name].output.textContent = text;
    }
    this.select.selectedIndex = row;
    this.here?.classList.remove("sq-here");
    this.here = this.cells[bits][percent];
    this.here.classList.add("sq-here");
    const shown = onLevels(table.rows[row].weights, table.bits[bits], table.edges[percent]);
    this.paint(table.rows[row].weights, shown, table.edges[percent]);
    this.said.textContent = `${texts.bits}, ${texts.percent} pruned: ${percentOf(table.accuracy[bits][percent])} right, ` +
      `${table.megabytes[bits][percent].toFixed(1)} MB (whole: ${percentOf(table.accuracy.at(-1)[0])}, ` +
      `${table.megabytes.at(-1)[0].toFixed(1)} MB).`;
    const n = table.rows[row].weights.length;
    const step = shown.scale ? `Two levels lie ${shown.scale.toPrecision(3)} apart; nothing is off by more than ` +
      `${shown.error.toPrecision(3)}.` : "Every weight has its own value.";
    this.about.textContent = `Of ${n} weights ${shown.pruned} are pruned; the rest takes ${shown.used} different values. ${step}`;
    clock(this.root, "paintMs", performance.now() - started);
  }

  paint(weights, shown, edge) {
    const ratio = window.devicePixelRatio || 1;
    const wide = this.canvas.parentElement.clientWidth;
    this.width = Math.max(Math.min(wide, 640), 240);
    this.height = 250;
    [this.canvas.width, this.canvas.height] = [Math.round(this.width * ratio), Math.round(this.height * ratio)];
    Object.assign(this.canvas.style, { width: `${this.width}px`, height: `${this.height}px` });
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const style = getComputedStyle(this.root);
    const of = (name) => style.getPropertyValue(name).trim();
    const most = weights.reduce((m, w) => Math.max(m, Math.abs(w)), 1e-9) * 1.04;
    const x = (w) => EDGE.left + ((w / most + 1) / 2) * (this.width - EDGE.left - EDGE.right);
    const before = counted(weights, (w) => Math.floor(((w / most + 1) / 2) * 60));
    const now = counted(shown.values.filter((_, k) => Math.abs(weights[k]) > edge), (v) => Math.round(x(v) * 2) / 2);
    const highest = Math.max(...before.values(), ...now.values(), 1);
    // Square roots: one weight far out must still be seen beside a hundred near zero.
    const y = (n) => this.height - EDGE.bottom - Math.sqrt(n / Math.max(highest, shown.pruned)) *
      (this.height - EDGE.top - EDGE.bottom);
    const bar = (left, width, n, colour) => {
      context.fillStyle = colour;
      context.fillRect(left, y(n), width, this.height - EDGE.bottom - y(n));
    };
    const step = (this.width - EDGE.left - EDGE.right) / 60;
    for (const [place, n] of before) bar(EDGE.left + place * step, step - 0.5, n, of("--sq-before"));
    if (shown.pruned) bar(x(0) - 3, 6, shown.pruned, of("--sq-gone"));
    for (const [place, n] of now) bar(place - 1, 2, n, of("--sq-now"));
    this.frame(context, of, x, y, most, Math.max(highest, shown.pruned));
  }

  frame(context, of, x, y, most, highest) {
    context.strokeStyle = context.fillStyle = of("--cw-ink");
    context.font = `13px ${getComputedStyle(this.root).fontFamily}`;
    context.beginPath();
    context.moveTo(EDGE.left, this.height - EDGE.bottom);
    context.lineTo(this.width - EDGE.right, this.height - EDGE.bottom);
    context.stroke();
    context.textAlign = "center";
    for (const share of [-1, -0.5, 0, 0.5, 1]) {
      const text = (share * most / 1.04).toFixed(2).replace("-", "−");
      context.fillText(share ? text : "0", Math.min(Math.max(x(share * most / 1.04), 24), this.width - 22), this.height - EDGE.bottom + 17);
    }
    context.fillText("weight (bars by the root of how many)", (this.width + EDGE.left) / 2, this.height - 6);
    context.textAlign = "right";
    for (const n of [...new Set([1, Math.round(highest / 4), highest])]) context.fillText(n, EDGE.left - 6, y(n) + 5);
  }

  stop() {
    this.watch.disconnect();
    this.endTheme();
  }
}

// How many items fall on each place.
function counted(items, place) {
  const found = new Map();
  for (const item of items) found.set(place(item), (found.get(place(item)) || 0) + 1);
  return found;
}

export default {
  render({ model, el }) {
    const widget = new Squeeze(model, el);
    return () => widget.stop();
  },
};
