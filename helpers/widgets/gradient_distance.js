// Gradient against distance: three curves on a logarithmic axis, chosen by sliders from a table. No kernel is asked.
// Joined with client.js by client.py.

const LOW = -12, HIGH = 6; // powers of ten shown
const DASH = { rnn: [], lstm: [9, 4], gru: [9, 3, 2, 3] };
const BOX = { left: 62, right: 12, top: 10, bottom: 44 };
const SUPER = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
const power = (exponent) => `10${[...String(exponent)].map((char) => SUPER[char]).join("")}`;

// "0.0032", "450", "1.5 · 10⁻⁶": the number whose log10 is given.
function spoken(log) {
  if (log < -12) return `less than ${power(-12)}`;
  const exponent = Math.floor(log + 0.002);
  if (exponent < -3 || exponent > 4) return `${(10 ** (log - exponent)).toFixed(1)} · ${power(exponent)}`;
  return Number((10 ** log).toPrecision(2)).toLocaleString("en", { maximumSignificantDigits: 2 });
}

class GradientDistance {
  constructor(model, el) {
    this.model = model;
    this.table = model.get("table");
    this.build(el);
    for (const trait of ["gain", "bias", "distance"]) model.on(`change:${trait}`, () => this.draw());
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.root);
    this.endTheme = onTheme(() => this.draw());
    this.draw();
  }

  build(el) {
    const slider = (name, most, text) => {
      const input = h("input", { type: "range", min: "0", max: String(most), step: "1",
        oninput: () => this.share(name, Number(input.value)) });
      const output = h("output");
      this[name] = { input, output };
      return h("div", { class: "gd-slider" }, h("label", {}, text, input), output);
    };
    this.canvas = h("canvas", { "aria-hidden": "true",
      onpointermove: (event) => this.point(event), onpointerdown: (event) => this.point(event) });
    this.said = h("p", { role: "status" });
    this.rows = h("tbody");
    const { gains, biases, seeds, curves } = this.table;
    this.farthest = curves.rnn[0][0][0].length - 1;
    this.root = h("div", { class: "course-widget gradient-distance" }, h("h3", {}, this.model.get("title")),
      h("div", { class: "cw-row" },
        slider("gain", gains.length - 1, "Width of the recurrent weights"),
        slider("bias", biases.length - 1, "LSTM's forget bias"),
        slider("distance", this.farthest, "Distance")),
      this.canvas, this.said,
      h("table", {}, h("thead", {}, h("tr", {}, h("th", {}, "cell"), h("th", {}, "at this distance"),
        h("th", {}, "lowest to highest draw"))), this.rows),
      h("p", { class: "cw-note" }, `Fresh cells on random input, ${seeds} draws each; the middle one is the line, the ` +
        "band reaches from the lowest to the highest. Width 1 is where a cell without gates and without tanh neither " +
        "fades nor grows; PyTorch begins at 0.58."));
    keepKeys(this.root);
    el.append(this.root);
  }

  share(name, value) {
    this.model.set(name, value);
    this.model.save_changes();
  }

  of(kind) {
    return this.table.curves[kind][kind === "lstm" ? this.model.get("bias") : 0][this.model.get("gain")];
  }

  x(distance) {
    return BOX.left + (distance / this.farthest) * (this.width - BOX.left - BOX.right);
  }

  y(log) {
    const share = (HIGH - Math.min(Math.max(log, LOW - 0.5), HIGH + 0.5)) / (HIGH - LOW);
    return BOX.top + share * (this.height - BOX.top - BOX.bottom);
  }

  draw() {
    const started = performance.now();
    const [gain, bias, distance] = ["gain", "bias", "distance"].map((name) => this.model.get(name));
    const { gains, biases } = this.table;
    const texts = { gain: String(gains[gain]), bias: (biases[bias] > 0 ? "+" : "") + String(biases[bias]).replace("-", "−"),
      distance: `${count(distance, "character")} back` };
    for (const [name, text] of Object.entries(texts)) {
      this[name].input.value = this.model.get(name);
      this[name].input.setAttribute("aria-valuetext", text);
      this[name].output.textContent = text;
    }
    this.paint(distance);
    this.say(distance);
    clock(this.root, "paintMs", performance.now() - started);
  }

  paint(distance) {
    const ratio = window.devicePixelRatio || 1;
    this.width = Math.max(Math.min(this.root.clientWidth - 24, 1100), 240);
    this.height = Math.min(Math.max(this.width * 0.42, 240), 420);
    [this.canvas.width, this.canvas.height] = [Math.round(this.width * ratio), Math.round(this.height * ratio)];
    Object.assign(this.canvas.style, { width: `${this.width}px`, height: `${this.height}px` });
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const style = getComputedStyle(this.root);
    const of = (name) => style.getPropertyValue(name).trim();
    context.font = `14px ${style.fontFamily}`;
    this.frame(context, of);
    context.save();
    context.beginPath();
    context.rect(BOX.left, BOX.top, this.width - BOX.left - BOX.right, this.height - BOX.top - BOX.bottom);
    context.clip();
    for (const kind of Object.keys(DASH)) this.curve(context, kind, of(`--gd-${kind}`));
    context.restore();
    context.strokeStyle = of("--cw-edge");
    context.setLineDash([2, 3]);
    context.beginPath();
    context.moveTo(this.x(distance), BOX.top);
    context.lineTo(this.x(distance), this.height - BOX.bottom);
    context.stroke();
    context.setLineDash([]);
  }

  frame(context, of) {
    context.fillStyle = of("--cw-ink");
    context.lineWidth = 1;
    context.textAlign = "right";
    for (let exponent = LOW; exponent <= HIGH; exponent += 3) {
      context.strokeStyle = exponent === 0 ? of("--cw-edge") : of("--cw-line");
      context.beginPath();
      context.moveTo(BOX.left, this.y(exponent));
      context.lineTo(this.width - BOX.right, this.y(exponent));
      context.stroke();
      context.fillText(power(exponent), BOX.left - 8, this.y(exponent) + 5);
    }
    context.textAlign = "center";
    for (let distance = 0; distance <= this.farthest; distance += 10)
      context.fillText(distance, this.x(distance), this.height - BOX.bottom + 18);
    context.fillText("distance, characters back; the gradient at distance 0 is 1", (this.width + BOX.left) / 2,
      this.height - 6);
  }

  curve(context, kind, colour) {
    const [low, middle, high] = this.of(kind);
    context.fillStyle = context.strokeStyle = colour;
    context.globalAlpha = 0.2;
    context.beginPath();
    low.forEach((log, d) => context.lineTo(this.x(d), this.y(log)));
    for (let d = this.farthest; d >= 0; d--) context.lineTo(this.x(d), this.y(high[d]));
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 2.5;
    context.setLineDash(DASH[kind]);
    context.beginPath();
    middle.forEach((log, d) => context.lineTo(this.x(d), this.y(log)));
    context.stroke();
    context.setLineDash([]);
    const at = Math.round(this.farthest * { rnn: 0.3, lstm: 0.5, gru: 0.7 }[kind]);
    context.fillText(this.model.get("names")[kind], this.x(at),
      Math.min(Math.max(this.y(middle[at]) + (kind === "lstm" ? 22 : -8), BOX.top + 14), this.height - BOX.bottom - 4));
  }

  say(distance) {
    const names = this.model.get("names");
    const parts = Object.keys(DASH).map((kind) => `${names[kind]} ${spoken(this.of(kind)[1][distance])}`);
    this.said.textContent = `Of a gradient of 1, at distance ${distance} there is: ${parts.join("; ")}.`;
    this.rows.replaceChildren(...Object.keys(DASH).map((kind) => {
      const [low, middle, high] = this.of(kind).map((curve) => spoken(curve[distance]));
      return h("tr", {}, h("th", { scope: "row", class: `gd-${kind}` }, names[kind]), h("td", {}, middle),
        h("td", {}, `${low} to ${high}`));
    }));
  }

  point(event) {
    const edge = this.canvas.getBoundingClientRect();
    const share = (event.clientX - edge.left - BOX.left) / (this.width - BOX.left - BOX.right);
    if (share >= 0 && share <= 1) this.share("distance", Math.round(share * this.farthest));
  }

  stop() {
    this.watch.disconnect();
    this.endTheme();
  }
}

export default {
  render({ model, el }) {
    const widget = new GradientDistance(model, el);
    return () => widget.stop();
  },
};
