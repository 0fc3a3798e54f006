// The over-fitting lab: four switches, and the curves that the runs with those cures gave. The runs were made before;
// the page only chooses among them. Joined with client.js and svg.js by client.py.

const BOX = { left: 58, right: 620, top: 16, bottom: 300 };

class OverfittingLab {
  constructor(model, el) {
    this.model = model;
    this.build(el);
    model.on("change:on", () => this.draw());
    this.draw();
  }

  build(el) {
    this.boxes = this.model.get("switches").map((name) => {
      const box = h("input", { type: "checkbox", onchange: () => this.changed() });
      return { name, box, label: h("label", {}, box, name) };
    });
    this.chart = svg("svg", { viewBox: "0 0 640 350", role: "img" });
    [this.table, this.said] = [h("tbody"), h("p", { role: "status" })];
    const heads = ["", "step taken", "loss, test", "right, test"];
    this.root = h("div", { class: "course-widget overfitting-lab" }, h("h3", {}, this.model.get("title")),
      h("fieldset", { class: "cw-row" }, h("legend", {}, "Cures"), ...this.boxes.map(({ label }) => label)),
      h("div", { class: "ol-columns" }, this.chart,
        h("div", {}, h("table", {}, h("thead", {}, h("tr", {}, ...heads.map((text) => h("th", { scope: "col" }, text)))),
          this.table), this.said)),
      h("p", { class: "cw-note" }, this.model.get("note")));
    keepKeys(this.root);
    el.append(this.root);
  }

  changed() {
    this.model.set("on", this.boxes.filter(({ box }) => box.checked).map(({ name }) => name));
    this.model.save_changes();
  }

  result(on) {
    const early = on.includes("early stopping");
    const key = this.model.get("switches").filter((name) => name !== "early stopping" && on.includes(name)).join("+");
    const runs = this.model.get("runs")[key];
    return { ...runs, early, ...runs[early ? "early" : "last"] };
  }

  draw() {
    const started = performance.now();
    const on = this.model.get("on");
    this.boxes.forEach(({ name, box }) => (box.checked = on.includes(name)));
    const [bare, now] = [this.result([]), this.result(on)];
    this.drawChart(now);
    const range = ([low, middle, high], digits) => `${middle.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
    const percent = (values) => range(values.map((value) => 100 * value), 0).replace(")", ") %");
    const row = (name, it) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, String(it.step[1])),
      h("td", {}, range(it.test_loss, 2)), h("td", {}, percent(it.test_accuracy)));
    this.table.replaceChildren(row("no cure", bare), ...(on.length ? [row("your choice", now)] : []));
    const gap = now.valid[now.valid.length - 1][1] - now.train[now.train.length - 1][1];
    this.said.textContent = `${on.length ? on.join(", ") : "No cure"}: at the end the loss is ` +
      `${now.train[now.train.length - 1][1].toFixed(2)} on the texts it learned from and ` +
      `${now.valid[now.valid.length - 1][1].toFixed(2)} on others, a gap of ${gap.toFixed(2)}.`;
    this.root.dataset.shown = JSON.stringify({ on, step: now.step[1], loss: now.test_loss[1] });
    clock(this.root, "paintMs", performance.now() - started);
  }

  drawChart({ steps, train, valid, step }) {
    const top = this.model.get("highest");
    const across = (value) => BOX.left + (value / steps[steps.length - 1]) * (BOX.right - BOX.left);
    const up = (value) => BOX.bottom - (Math.min(value, top) / top) * (BOX.bottom - BOX.top);
    const points = (values) => values.map(([s, v]) => `${across(s).toFixed(1)},${up(v).toFixed(1)}`).join(" ");
    const band = (curve) => points([...curve.map(([low], i) => [steps[i], low]),
      ...curve.map(([, , high], i) => [steps[i], high]).reverse()]);
    const draw = (curve, name) => [svg("polygon", { points: band(curve), class: `ol-band ol-${name}` }),
      svg("polyline", { points: points(curve.map(([, middle], i) => [steps[i], middle])), class: `ol-line ol-${name}` })];
    const ticks = Array.from({ length: Math.floor(top / 0.25) + 1 }, (_, i) => i * 0.25).flatMap((value) => [
      svg("line", { x1: BOX.left, x2: BOX.right, y1: up(value), y2: up(value), class: "ol-grid" }),
      svg("text", { x: BOX.left - 8, y: up(value) + 5, "text-anchor": "end" }, value.toFixed(2))]);
    const chance = Math.log(2);
    this.chart.replaceChildren(...ticks,
      ...steps.filter((_, i) => i % 2 === 1).map((value) =>
        svg("text", { x: across(value), y: BOX.bottom + 20, "text-anchor": "middle" }, String(value))),
      svg("text", { x: (BOX.left + BOX.right) / 2, y: 344, "text-anchor": "middle" }, "steps of training"),
      svg("text", { x: BOX.left + 6, y: 12 }, "loss, nats"),
      svg("line", { x1: BOX.left, x2: BOX.right, y1: up(chance), y2: up(chance), class: "ol-chance" }),
      svg("text", { x: BOX.right, y: up(chance) - 6, "text-anchor": "end" }, "tossing a coin"),
      ...draw(train, "train"), ...draw(valid, "valid"),
      svg("text", { x: BOX.right - 4, y: up(train[train.length - 1][1]) - 14, "text-anchor": "end", class: "ol-train" },
        "learned from"),
      svg("text", { x: BOX.right - 4, y: up(valid[valid.length - 1][1]) - 14, "text-anchor": "end", class: "ol-valid" },
        "held out"),
      svg("line", { x1: across(step[1]), x2: across(step[1]), y1: BOX.top, y2: BOX.bottom, class: "ol-taken" }),
      svg("text", { x: across(step[1]) + (step[1] < steps[steps.length - 1] / 2 ? 6 : -6), y: BOX.top + 14,
        "text-anchor": step[1] < steps[steps.length - 1] / 2 ? "start" : "end" },
        "weights taken here"));
    this.chart.setAttribute("aria-label", `Loss over ${steps[steps.length - 1]} steps. Learned from: from ` +
      `${train[0][1].toFixed(2)} to ${train[train.length - 1][1].toFixed(2)}. Held out: from ${valid[0][1].toFixed(2)} to ` +
      `${valid[valid.length - 1][1].toFixed(2)}. Weights taken at step ${step[1]}.`);
  }
}

export default {
  render({ model, el }) {
    new OverfittingLab(model, el);
  },
};
