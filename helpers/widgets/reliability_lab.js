// Reliability: selects for judge, texts and bins, a slider for the temperature, and the diagram, all on the page.
// Joined with client.js, svg.js and reliability_lab_math.js by client.py.

const [WIDE, HIGH_UP, LEFT, TOP] = [520, 300, 46, 10]; // of the plot inside the drawing
const across = (confidence) => LEFT + (WIDE * (confidence - 0.5)) / 0.5;
const up = (share) => TOP + HIGH_UP * (1 - share);
const percent = (share) => `${(100 * share).toFixed(1)} %`;

class ReliabilityLab {
  constructor(model, el) {
    this.model = model;
    this.build(el);
    model.on("change:chosen", () => this.later());
    this.draw();
  }

  build(el) {
    const { judges, labels, bins, range } = this.model.get("shown");
    const select = (label, options, pick) => {
      const input = h("select", { onchange: () => this.pick(pick(input)) }, ...options.map(([value, text]) =>
        h("option", { value }, text)));
      return [input, h("label", {}, label, input)];
    };
    const names = Object.keys(judges);
    const kinds = Object.keys(labels);
    let rows = [];
    [this.judge, rows[0]] = select("Judge", names.map((name) => [name, name]), (input) => ({ judge: input.value }));
    [this.kind, rows[1]] = select("Texts", kinds.map((kind) => [kind, `${kind} (${labels[kind].length.toLocaleString("en")})`]),
      (input) => ({ kind: input.value }));
    [this.bins, rows[2]] = select("Bins", bins.map((n) => [String(n), String(n)]), (input) => ({ bins: Number(input.value) }));
    this.heat = h("input", { type: "range", min: "-100", max: "100", step: "1", class: "rl-heat",
      oninput: () => this.pick({ temperature: this.fromSlider() }) });
    this.heatSaid = h("output");
    this.fit = h("button", { type: "button", onclick: () => this.pick({ temperature: this.model.get("fitted")[this.chosen().judge] }) });
    this.range = range;
    [this.said, this.note] = [h("p", { role: "status" }), h("p", { class: "cw-note" })];
    this.picture = h("div", { class: "rl-picture" });
    this.root = h("div", { class: "course-widget reliability-lab" }, h("h3", {}, this.model.get("title")),
      h("div", { class: "cw-row" }, ...rows),
      h("div", { class: "cw-row" }, h("label", {}, "Temperature", this.heat), this.heatSaid,
        h("button", { type: "button", onclick: () => this.pick({ temperature: 1 }) }, "Temperature 1"), this.fit),
      this.said, this.picture, h("p", { class: "cw-note" }, "A bar is the share of right verdicts in a bin, the dot stands at " +
        "what the judge said there on average; from it a line to the diagonal, where the two agree. Below the line: too sure. " +
        "At the foot, the verdicts in a bin."), this.note);
    keepKeys(this.root);
    el.append(this.root);
  }

  // The slider's middle is temperature 1; both ends are reached by equal factors on their own side.
  fromSlider() {
    const place = Number(this.heat.value) / 100;
    return place < 0 ? this.range[0] ** -place : this.range[1] ** place;
  }

  toSlider(temperature) {
    const end = temperature < 1 ? this.range[0] : this.range[1];
    return (100 * Math.log(temperature)) / Math.log(end) * (temperature < 1 ? -1 : 1);
  }

  chosen() {
    return this.model.get("chosen");
  }

  pick(change) {
    this.model.set("chosen", { ...this.chosen(), ...change });
    this.model.save_changes();
    this.draw();
  }

  later() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  label({ judge, kind, temperature, bins }) {
    [this.judge.value, this.kind.value, this.bins.value] = [judge, kind, String(bins)];
    const place = Math.round(this.toSlider(temperature));
    if (Number(this.heat.value) !== place) this.heat.value = place;
    this.heatSaid.textContent = temperature.toFixed(2);
    this.heat.setAttribute("aria-valuetext", temperature.toFixed(2));
    const fitted = this.model.get("fitted")[judge];
    this.fit.hidden = fitted === undefined;
    this.fit.textContent = `Fitted on films: ${(fitted || 1).toFixed(2)}`;
  }

  draw() {
    const started = performance.now();
    const chosen = this.chosen();
    const { judges, labels } = this.model.get("shown");
    const result = reliability(judges[chosen.judge][chosen.kind], labels[chosen.kind], chosen.temperature, chosen.bins);
    this.label(chosen);
    this.said.textContent = `Says ${percent(result.confidence)} on average, is right for ${percent(result.accuracy)}. ` +
      `Calibration error ${result.error.toFixed(3)}. Surprise at the right answer ${result.surprise.toFixed(3)} nats ` +
      "(saying 50 % always: 0.693).";
    this.picture.replaceChildren(this.diagram(result));
    const off = result.confidence - result.accuracy;
    this.note.textContent = Math.abs(off) < 0.02 ? "On the whole as sure as right." : off > 0
      ? `Too sure by ${(100 * off).toFixed(1)} points on average.` : `Too modest by ${(-100 * off).toFixed(1)} points on average.`;
    this.root.dataset.result = JSON.stringify(result);
    clock(this.root, "paintMs", performance.now() - started);
  }

  diagram({ rows }) {
    const parts = [];
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      parts.push(svg("line", { x1: LEFT, x2: LEFT + WIDE, y1: up(share), y2: up(share), class: "rl-grid" }),
        svg("text", { x: LEFT - 6, y: up(share) + 5, class: "rl-tick rl-end" }, `${100 * share}`));
    }
    for (const share of [0.5, 0.6, 0.7, 0.8, 0.9, 1]) {
      parts.push(svg("text", { x: across(share), y: TOP + HIGH_UP + 18, class: "rl-tick" }, `${Math.round(100 * share)}`));
    }
    for (const [low, high, count, , right] of rows) {
      const [from, to] = [across(Math.max(low, 0.5)), across(high)];
      parts.push(svg("rect", { x: from + 1, y: up(right), width: to - from - 2, height: HIGH_UP * right, class: "rl-bar" }),
        svg("text", { x: (from + to) / 2, y: up(0) - 6, class: "rl-count" }, count.toLocaleString("en")));
    }
    parts.push(svg("line", { x1: across(0.5), y1: up(0.5), x2: across(1), y2: up(1), class: "rl-diagonal" }));
    for (const [, , , said, right] of rows) {
      parts.push(svg("line", { x1: across(said), x2: across(said), y1: up(said), y2: up(right), class: "rl-gap" }),
        svg("circle", { cx: across(said), cy: up(right), r: 5, class: "rl-dot" }));
    }
    parts.push(svg("text", { x: LEFT + WIDE / 2, y: TOP + HIGH_UP + 38, class: "rl-tick" }, "what the judge says, %"),
      svg("text", { x: 12, y: TOP + HIGH_UP / 2, class: "rl-tick", transform: `rotate(-90 12 ${TOP + HIGH_UP / 2})` },
        "share that was right, %"));
    return svg("svg", { viewBox: `0 0 ${LEFT + WIDE + 16} ${TOP + HIGH_UP + 46}`, role: "img",
      "aria-label": rows.map(([low, high, count, said, right]) => `${Math.round(100 * Math.max(low, 0.5))} to ` +
        `${Math.round(100 * high)} %: ${count} verdicts, said ${percent(said)}, right ${percent(right)}`).join("; ") }, ...parts);
  }

  stop() {
    cancelAnimationFrame(this.frame);
  }
}

export default {
  render({ model, el }) {
    const widget = new ReliabilityLab(model, el);
    return () => widget.stop();
  },
};
