// Sinusoidal positions: a heatmap, positions down and numbers across, and a curve of likeness to the chosen position.
// Everything is computed here; the kernel only hears what was chosen. Joined with client.js and svg.js by client.py.

const BLUE = [45, 0, 75], PALE = [247, 247, 247], BROWN = [127, 59, 8]; // violet positive, brown negative, as PuOr
const [LEFT, ROW, CURVE] = [44, 7, 220];

const angle = (position, i, width, base) => position / base ** ((2 * Math.floor(i / 2)) / width);
const entry = (position, i, width, base) => (i % 2 ? Math.cos : Math.sin)(angle(position, i, width, base));

function tint(value) {
  const end = value > 0 ? BLUE : BROWN;
  return PALE.map((pale, i) => Math.round(pale + Math.abs(value) * (end[i] - pale)));
}

class PositionsExplorer {
  constructor(model, el) {
    this.model = model;
    this.build(el);
    for (const trait of ["d_model", "base", "position", "dimension"]) model.on(`change:${trait}`, () => this.later());
    this.watch = new ResizeObserver(() => this.later());
    this.watch.observe(this.root);
    this.endTheme = onTheme(() => this.later());
    this.draw();
  }

  build(el) {
    const options = (trait) => this.model.get(trait).map((value) => h("option", { value: String(value) }, value.toLocaleString("en")));
    this.width = h("select", { onchange: () => this.share({ d_model: Number(this.width.value), dimension:
      Math.min(this.model.get("dimension"), Number(this.width.value) - 1) }) }, ...options("widths"));
    this.base = h("select", { onchange: () => this.share({ base: Number(this.base.value) }) }, ...options("bases"));
    this.slider = h("input", { type: "range", min: "0", max: String(this.model.get("n_positions") - 1), step: "1",
      oninput: () => this.share({ position: Number(this.slider.value) }) });
    this.place = h("output", {});
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.pane = h("div", { class: "pe-pane", tabindex: "0", role: "application",
      "aria-label": "Heatmap, positions down, numbers across. Arrow keys: another position or number.",
      onkeydown: (event) => this.key(event), onpointermove: (event) => this.point(event),
      onpointerdown: (event) => this.point(event) }, this.canvas);
    this.said = h("p", { role: "status" });
    [this.curveTitle, this.curve] = [h("h4"), h("div", { class: "pe-curve" })];
    this.root = h("div", { class: "course-widget positions-explorer" }, h("h3", {}, this.model.get("title")),
      h("div", { class: "cw-row" }, h("label", {}, "Numbers in a vector, D", this.width), h("label", {}, "Base", this.base),
        h("label", {}, "Position", this.slider), this.place),
      h("div", { class: "pe-columns" }, h("section", {}, h("h4", {}, "Positions down, numbers across"), this.pane),
        h("section", {}, this.curveTitle, this.curve)), this.said,
      h("p", { class: "cw-note" }, "Point at the map, or focus it and use the arrow keys. Violet is positive, brown " +
        "negative. Likeness is the dot product of two rows divided by D/2: 1 for a row with itself."));
    keepKeys(this.root);
    el.append(this.root);
  }

  share(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.model.save_changes();
  }

  later() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  state() {
    const [total, width, base, position] = ["n_positions", "d_model", "base", "position"].map((name) => this.model.get(name));
    return { total, width, base, position, dimension: Math.min(this.model.get("dimension"), width - 1) };
  }

  draw() {
    const started = performance.now();
    const state = this.state();
    this.width.value = String(state.width);
    this.base.value = String(state.base);
    this.slider.value = String(state.position);
    this.place.textContent = String(state.position);
    this.paint(state);
    this.drawCurve(state);
    clock(this.root, "paintMs", performance.now() - started);
  }

  paint({ total, width, base, position, dimension }) {
    const ratio = window.devicePixelRatio || 1;
    const wide = Math.max(this.pane.clientWidth - LEFT - 4, 100);
    this.cell = wide / width;
    const [pixels, height] = [LEFT + wide, total * ROW];
    Object.assign(this.canvas, { width: Math.round(pixels * ratio), height: Math.round(height * ratio) });
    Object.assign(this.canvas.style, { width: `${pixels}px`, height: `${height}px` });
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, pixels, height);
    context.imageSmoothingEnabled = false;
    const picture = new ImageData(width, total);
    for (let p = 0; p < total; p++)
      for (let i = 0; i < width; i++) picture.data.set([...tint(entry(p, i, width, base)), 255], 4 * (p * width + i));
    this.small ??= document.createElement("canvas");
    [this.small.width, this.small.height] = [width, total];
    this.small.getContext("2d").putImageData(picture, 0, 0);
    context.drawImage(this.small, LEFT, 0, wide, height);
    const style = getComputedStyle(this.root);
    context.fillStyle = style.getPropertyValue("--cw-ink").trim();
    context.font = `13px ${style.fontFamily}`;
    context.textAlign = "end";
    for (let p = 0; p < total; p += 8) context.fillText(String(p), LEFT - 6, p * ROW + 10);
    for (const [ink, line] of [["#000000", 4], ["#ff6a2b", 2]]) { // seen on dark and on pale cells
      context.strokeStyle = ink;
      context.lineWidth = line;
      context.strokeRect(LEFT, position * ROW, wide, ROW);
      context.strokeRect(LEFT + dimension * this.cell, 1, this.cell, height - 2);
    }
  }

  drawCurve({ total, width, base, position, dimension }) {
    const row = (p) => Array.from({ length: width }, (_, i) => entry(p, i, width, base));
    const own = row(position);
    const likeness = Array.from({ length: total }, (_, p) => row(p).reduce((sum, value, i) => sum + value * own[i], 0) / (width / 2));
    const [w, high] = [400, CURVE];
    const x = (p) => 34 + (p / (total - 1)) * (w - 44);
    const y = (value) => 10 + ((1 - value) / 2) * (high - 34);
    const line = (attributes) => svg("line", { stroke: "var(--cw-line)", ...attributes });
    const text = (attributes, content) => svg("text", { fill: "var(--cw-ink)", "font-size": 13, ...attributes }, content);
    this.curve.replaceChildren(svg("svg", { viewBox: `0 0 ${w} ${high}`, role: "img",
      "aria-label": `Likeness of all positions to position ${position}` },
    ...[-1, 0, 1].flatMap((value) => [line({ x1: 34, x2: w - 10, y1: y(value), y2: y(value) }),
      text({ x: 28, y: y(value) + 4, "text-anchor": "end" }, signed(value, 0))]),
    line({ x1: x(position), x2: x(position), y1: 10, y2: high - 24, stroke: "var(--cw-warm)", "stroke-width": 2 }),
    svg("polyline", { points: likeness.map((value, p) => `${x(p).toFixed(1)},${y(value).toFixed(1)}`).join(" "), fill: "none",
      stroke: "var(--cw-blue)", "stroke-width": 2.5 }),
    text({ x: 34, y: high - 6 }, "0"), text({ x: w - 10, y: high - 6, "text-anchor": "end" }, `position ${total - 1}`)));
    this.curveTitle.textContent = `Likeness to position ${position}`;
    const others = likeness.map((value, p) => [value, p]).filter(([, p]) => p !== position);
    others.sort((a, b) => b[0] - a[0] || a[1] - b[1]);
    const name = dimension % 2 ? "cos" : "sin";
    const wave = (2 * Math.PI * base ** ((2 * Math.floor(dimension / 2)) / width)).toFixed(1);
    this.said.replaceChildren(`Position ${position}, number ${dimension}: ${name}(${angle(position, dimension, width, base).toFixed(3)}) = `,
      h("b", {}, signed(entry(position, dimension, width, base), 3)), `; it comes round every ${wave} positions. Most like ` +
      `position ${position}: ${others.slice(0, 2).map(([value, p]) => `${p} (${signed(value)})`).join(" and ")}.`);
  }

  key(event) {
    const { position, dimension, total, width } = this.state();
    const to = { ArrowUp: { position: position - 1 }, ArrowDown: { position: position + 1 },
      ArrowLeft: { dimension: dimension - 1 }, ArrowRight: { dimension: dimension + 1 }, Home: { position: 0 },
      End: { position: total - 1 } }[event.key];
    if (!to) return;
    event.preventDefault();
    const most = { position: total, dimension: width };
    for (const name of Object.keys(to)) to[name] = Math.min(Math.max(to[name], 0), most[name] - 1);
    this.share(to);
  }

  point(event) {
    const edge = this.canvas.getBoundingClientRect();
    const { total, width } = this.state();
    const dimension = Math.floor((event.clientX - edge.left - LEFT) / this.cell);
    const position = Math.floor((event.clientY - edge.top) / ROW);
    if (dimension < 0 || dimension >= width || position < 0 || position >= total) return;
    this.share({ position, dimension });
  }

  stop() {
    this.watch.disconnect();
    this.endTheme();
    cancelAnimationFrame(this.frame);
  }
}

export default {
  render({ model, el }) {
    const widget = new PositionsExplorer(model, el);
    return () => widget.stop();
  },
};
