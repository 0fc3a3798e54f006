// The 3-2-1 network with a slider for every number: what goes forward, what comes back. Asks the kernel nothing.
// Joined with client.js, svg.js and small_network_math.js by client.py.

const NAMES = ["w11", "w12", "w13", "w21", "w22", "w23", "b1", "b2", "v1", "v2", "c"];
const RANGE = 3;
const INPUTS = [[80, 60], [80, 190], [80, 320]];
const HIDDEN = [[340, 115], [340, 265]];
const OUTPUT = [560, 190];
// For each of the six and two connections: from, to, and where along it the label stands.
const EDGES = [
  ...[0, 1].flatMap((i) => [0, 1, 2].map((j) => ({ number: 3 * i + j, from: INPUTS[j], to: HIDDEN[i], at: i ? 0.62 : 0.3 }))),
  ...[0, 1].map((i) => ({ number: 8 + i, from: HIDDEN[i], to: OUTPUT, at: 0.5 })),
];

class SmallNetwork {
  constructor(model, el) {
    this.model = model;
    this.build(el);
    for (const trait of ["numbers", "inputs", "target", "learning_rate"]) model.on(`change:${trait}`, () => this.draw());
    this.draw();
  }

  build(el) {
    this.rows = NAMES.map((name, i) => this.slider(name, (value) => this.put("numbers", i, value)));
    this.inputRows = [0, 1, 2].map((i) => this.slider(`x${i + 1}`, (value) => this.put("inputs", i, value)));
    this.targetRow = this.slider("target", (value) => this.share("target", value));
    this.rate = h("select", { onchange: () => this.share("learning_rate", Number(this.rate.value)) },
      ...[0.01, 0.03, 0.1, 0.3, 1].map((value) => h("option", { value }, String(value))));
    this.drawing = svg("svg", { viewBox: "0 0 640 380", role: "img" });
    this.said = h("p", { role: "status" });
    const group = (title, rows) => h("fieldset", {}, h("legend", {}, title), ...rows.map(({ row }) => row));
    this.root = h("div", { class: "course-widget small-network" }, h("h3", {}, this.model.get("title")),
      h("div", { class: "sn-columns" }, this.drawing,
        h("div", { class: "sn-sliders" },
          group("Example", [...this.inputRows, this.targetRow]), group("Into hidden 1", [0, 1, 2, 6].map((i) => this.rows[i])),
          group("Into hidden 2", [3, 4, 5, 7].map((i) => this.rows[i])), group("Into the output", [8, 9, 10].map((i) => this.rows[i])))),
      h("div", { class: "cw-row" },
        h("button", { type: "button", class: "sn-step", onclick: () => this.step() }, "Take a step downhill"),
        h("label", {}, "Learning rate", this.rate),
        h("button", { type: "button", onclick: () => this.reset() }, "Reset")),
      this.said,
      h("p", { class: "cw-note" }, "Blue carries a positive number, orange (dashed) a negative one; thicker is larger. Grey under ",
        "each label: the slope, how fast the loss grows with that number. A hidden unit that is off lets no slope through."));
    keepKeys(this.root);
    el.append(this.root);
  }

  slider(name, onValue) {
    const input = h("input", { type: "range", min: -RANGE, max: RANGE, step: "0.01", "aria-label": name,
      oninput: () => onValue(Number(input.value)) });
    const [value, slope] = [h("output", {}), h("span", { class: "sn-slope" })];
    return { row: h("div", { class: "sn-row" }, h("b", {}, name), input, value, slope), input, value, slope };
  }

  put(trait, i, value) {
    const values = [...this.model.get(trait)];
    values[i] = value;
    this.share(trait, values);
  }

  share(name, value) {
    this.model.set(name, value);
    this.model.save_changes();
  }

  now() {
    const [w, x, target] = ["numbers", "inputs", "target"].map((trait) => this.model.get(trait));
    const done = forward(w, x, target);
    return { w, x, target, ...done, gradient: backward(w, x, target, done) };
  }

  step() {
    const { w, gradient } = this.now();
    const rate = this.model.get("learning_rate");
    this.share("numbers", w.map((value, i) => value - rate * gradient[i]));
  }

  reset() {
    this.model.set("inputs", this.model.get("start").inputs);
    this.model.set("target", this.model.get("start").target);
    this.share("numbers", this.model.get("start").numbers);
  }

  draw() {
    const started = performance.now();
    const it = this.now();
    const fill = ({ input, value, slope }, number, gradient) => {
      input.value = number;
      value.textContent = signed(number);
      if (gradient !== undefined) slope.textContent = `slope ${signed(gradient)}`;
    };
    this.rows.forEach((row, i) => fill(row, it.w[i], it.gradient[i]));
    this.inputRows.forEach((row, i) => fill(row, it.x[i]));
    fill(this.targetRow, it.target);
    this.rate.value = String(this.model.get("learning_rate"));
    this.drawNetwork(it);
    this.say(it);
    this.root.dataset.gradient = JSON.stringify(it.gradient);
    this.root.dataset.loss = it.loss;
    clock(this.root, "paintMs", performance.now() - started);
  }

  drawNetwork({ w, x, z, hidden, y, target, loss, gradient }) {
    const edges = EDGES.map(({ number, from, to }) => svg("line", { x1: from[0], y1: from[1], x2: to[0], y2: to[1],
      class: w[number] < 0 ? "sn-minus" : "sn-plus", "stroke-width": 1 + 2.5 * Math.min(Math.abs(w[number]), RANGE) }));
    const labels = EDGES.map(({ number, from, to, at }) => {
      const [lx, ly] = [from[0] + at * (to[0] - from[0]), from[1] + at * (to[1] - from[1])];
      return svg("g", { transform: `translate(${lx} ${ly})` },
        svg("rect", { x: -27, y: -17, width: 54, height: 34, rx: 4, class: "sn-label" }),
        svg("text", { y: -2 }, signed(w[number])), svg("text", { y: 13, class: "sn-grey" }, signed(gradient[number])));
    });
    const node = ([cx, cy], name, value, off, below) => svg("g", { class: off ? "sn-off" : "" },
      svg("circle", { cx, cy, r: 34 }), svg("text", { x: cx, y: cy - 8, class: "sn-name" }, name),
      svg("text", { x: cx, y: cy + 14, class: "sn-value" }, signed(value)),
      below && svg("text", { x: cx, y: cy + 52 }, below));
    this.drawing.replaceChildren(...edges, ...labels,
      ...INPUTS.map((place, i) => node(place, `x${i + 1}`, x[i])),
      ...HIDDEN.map((place, i) => node(place, `h${i + 1}`, hidden[i], z[i] <= 0,
        z[i] > 0 ? "on" : `off (${signed(z[i])})`)),
      node(OUTPUT, "y", y), svg("text", { x: OUTPUT[0], y: 262 }, `target ${signed(target)}`),
      svg("text", { x: OUTPUT[0], y: 290, class: "sn-value" }, `loss ${signed(loss, 3)}`));
    this.drawing.setAttribute("aria-label", `Network: inputs ${x.map((v) => signed(v)).join(", ")}; hidden units ` +
      `${hidden.map((v) => signed(v)).join(", ")}; output ${signed(y)}; target ${signed(target)}; loss ${signed(loss, 3)}.`);
  }

  say({ z, loss, gradient }) {
    const steepest = gradient.reduce((best, slope, i) => (Math.abs(slope) > Math.abs(gradient[best]) ? i : best), 0);
    const off = z.map((value, i) => (value <= 0 ? `h${i + 1}` : null)).filter(Boolean);
    const slopes = Math.abs(gradient[steepest]) < 0.005 ? "All slopes are nearly zero: nothing to gain nearby."
      : `The steepest slope is that of ${NAMES[steepest]}, ${signed(gradient[steepest])}: a little more of it ` +
        `${gradient[steepest] > 0 ? "raises" : "lowers"} the loss.`;
    const dead = off.length ? ` ${off.join(" and ")} ${off.length > 1 ? "are" : "is"} off: no slope for what leads into it.` : "";
    this.said.textContent = `Loss ${signed(loss, 3)}. ${slopes}${dead}`;
  }
}

export default {
  render({ model, el }) {
    new SmallNetwork(model, el);
  },
};
