// Gates over a text: a heatmap, units down and characters across, one gate at a time; what the model expects beside it.
// Pointing and keys need no kernel; a new text does. Joined with client.js by client.py.

// Colours as matplotlib's cividis and PuOr, from a few anchors.
const CIVIDIS = [[0, 34, 78], [53, 69, 108], [102, 105, 112], [148, 142, 119], [200, 184, 102], [254, 232, 56]];
const PUOR = [[127, 59, 8], [224, 130, 20], [253, 224, 182], [247, 247, 247], [216, 218, 235], [128, 115, 172], [45, 0, 75]];

function colour(anchors, share) {
  const at = Math.min(Math.max(share, 0), 1) * (anchors.length - 1);
  const low = Math.min(Math.floor(at), anchors.length - 2);
  return anchors[low].map((value, i) => Math.round(value + (at - low) * (anchors[low + 1][i] - value)));
}

// 256 colours for int8 values from -127 to 127.
const palette = (share) => Array.from({ length: 256 }, (_, i) => {
  const value = (i - 128) / 127;
  return share ? colour(CIVIDIS, value) : colour(PUOR, (value + 1) / 2);
});

const LEFT = 8, LETTERS = 26, TALL = 6;

class RecurrentGates {
  constructor(model, el) {
    this.model = model;
    this.palettes = { true: palette(true), false: palette(false) };
    this.build(el);
    this.asker = new Asker(model, "question", "answer", { onAnswer: (answer, pressed) => this.arrived(answer, pressed),
      onWait: () => this.problem.replaceChildren(WAITING) });
    for (const trait of ["shown", "values", "gate", "place", "unit"]) model.on(`change:${trait}`, () => this.later());
    this.watch = new ResizeObserver(() => this.later());
    this.watch.observe(this.root);
    this.endTheme = onTheme(() => this.later());
    this.draw();
    this.arrived(model.get("answer"));
  }

  build(el) {
    const gates = this.model.get("shown").gates;
    this.typed = h("input", { type: "text", maxlength: "10000", autocomplete: "off", autocapitalize: "off",
      spellcheck: "false", class: "rg-text", oninput: () => this.ask() });
    this.choice = h("select", { onchange: () => this.share({ gate: this.choice.value }) },
      ...gates.map((name) => h("option", { value: name }, `${name} · ${this.model.get("meaning")[name]}`)));
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.pane = h("div", { class: "rg-pane", tabindex: "0", role: "application",
      "aria-label": "Heatmap, units down, characters across. Arrow keys: another character or unit.",
      onkeydown: (event) => this.key(event), onpointermove: (event) => this.point(event),
      onpointerdown: (event) => this.point(event) }, this.canvas);
    [this.said, this.problem, this.note] = [h("p", { role: "status" }), h("p", { class: "cw-problem", role: "alert" }),
      h("p", { class: "cw-note" })];
    [this.next, this.unit, this.nextTitle, this.unitTitle] = [h("div"), h("div"), h("h4"), h("h4")];
    this.root = h("div", { class: "course-widget recurrent-gates" }, h("h3", {}, this.model.get("title")),
      h("div", { class: "cw-row" }, h("label", {}, "Text", this.typed), h("label", {}, "Show", this.choice)),
      this.problem, this.pane,
      h("p", { class: "cw-note" }, "Point at the map, or focus it and use the arrow keys: left and right for the " +
        "character, up and down for the unit. Bright is open for a gate; orange is negative and violet positive for the rest."),
      this.said, h("div", { class: "rg-columns" }, h("section", {}, this.nextTitle, this.next),
        h("section", {}, this.unitTitle, this.unit)), this.note);
    keepKeys(this.root);
    el.append(this.root);
  }

  ask() {
    if (this.typed.value) this.asker.ask({ text: this.typed.value });
    else this.problem.replaceChildren("Type at least one character.");
  }

  arrived({ problem }, pressed) {
    this.problem.replaceChildren(problem || "");
    if (pressed) {
      this.draw();
      clock(this.root, "answerMs", performance.now() - pressed);
    }
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
    const shown = this.model.get("shown");
    const [gates, units, length] = shown.shape;
    const bytes = this.model.get("values");
    const values = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const clip = (name, most) => Math.min(Math.max(this.model.get(name), 0), most - 1);
    const number = Math.max(0, shown.gates.indexOf(this.model.get("gate")));
    const fits = values.length === gates * units * length; // text and values arrive one after the other
    return { ...shown, units, length, values, number, fits, gate: shown.gates[number], place: clip("place", length),
      row: clip("unit", units), at: (gate, unit, place) =>
        (values[(gate * units + unit) * length + place] / 127) * shown.scales[gate] };
  }

  draw() {
    const started = performance.now();
    const state = this.state();
    if (!state.fits) return;
    this.asker.refresh(this.typed, this.model.get("text"));
    const wide = Math.max(this.pane.clientWidth - 2 * LEFT, 100);
    this.cell = Math.min(wide / state.length, 26);
    this.choice.value = state.gate;
    this.paint(state);
    this.say(state);
    clock(this.root, "paintMs", performance.now() - started);
  }

  paint(state) {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [2 * LEFT + this.cell * state.length, state.units * TALL + LETTERS];
    const sizes = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
    for (const side of ["width", "height"]) if (this.canvas[side] !== sizes[side]) this.canvas[side] = sizes[side];
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.image(state), LEFT, 0, this.cell * state.length, state.units * TALL);
    const style = getComputedStyle(this.root);
    const of = (name) => style.getPropertyValue(name).trim();
    context.textAlign = "center";
    context.font = `${Math.min(18, Math.max(9, this.cell * 0.9))}px ${style.fontFamily}`;
    state.chars.forEach((char, t) => {
      if (this.cell < 7 && t % 2) return;
      context.fillStyle = t === state.place ? of("--cw-warm") : of("--cw-ink");
      context.fillText(char, LEFT + (t + 0.5) * this.cell, state.units * TALL + 19);
    });
    for (const [ink, width] of [["#000000", 4], ["#ff6a2b", 2]]) { // seen on bright and on dark cells
      context.strokeStyle = ink;
      context.lineWidth = width;
      context.strokeRect(LEFT + state.place * this.cell, 2, this.cell, state.units * TALL - 4);
      context.strokeRect(LEFT, Math.max(2, state.row * TALL - 1), this.cell * state.length, TALL + 2);
    }
  }

  image({ values, number, units, length, gate }) {
    const size = units * length;
    const colours = this.palettes[this.model.get("shares").includes(gate)];
    const picture = new ImageData(length, units);
    for (let i = 0; i < size; i++) {
      const [red, green, blue] = colours[values[number * size + i] + 128];
      picture.data.set([red, green, blue, 255], 4 * i);
    }
    this.small ??= document.createElement("canvas");
    [this.small.width, this.small.height] = [length, units];
    this.small.getContext("2d").putImageData(picture, 0, 0);
    return this.small;
  }

  say(state) {
    const { place, row, top, chars, gates, gate } = state;
    const read = chars.slice(Math.max(0, place - 23), place + 1).join("");
    this.nextTitle.replaceChildren("Expected after ", bdi(read));
    this.next.replaceChildren(h("ol", { class: "cw-bars" }, ...top[place].map(([char, chance]) => h("li", {},
      h("span", { class: "cw-word rg-char" }, bdi(char)),
      h("span", { class: "cw-track", "aria-hidden": "true" },
        h("span", { class: "cw-bar", style: `width: ${100 * chance}%` })),
      h("span", { class: "cw-number" }, `${Math.round(100 * chance)} %`)))));
    this.unitTitle.replaceChildren(`Unit ${row + 1} at `, bdi(chars[place]));
    const meaning = this.model.get("meaning");
    this.unit.replaceChildren(h("table", {}, ...gates.map((name, i) => h("tr", {}, h("th", { scope: "row" }, name),
      h("td", {}, twoDigits(state.at(i, row, place))), h("td", { class: "rg-meaning" }, meaning[name])))));
    const value = state.at(state.number, row, place);
    const [best, chance] = top[place][0];
    this.said.replaceChildren(`Character ${place + 1} of ${chars.length}, `, bdi(chars[place]),
      `; unit ${row + 1}: ${gate} is ${twoDigits(value)}. Most expected next: `, bdi(best),
      `, ${Math.round(100 * chance)} %.`);
    this.note.replaceChildren(state.note);
  }

  key(event) {
    const { place, row, length, units } = this.state();
    const to = { ArrowLeft: { place: place - 1 }, ArrowRight: { place: place + 1 }, ArrowUp: { unit: row - 1 },
      ArrowDown: { unit: row + 1 }, Home: { place: 0 }, End: { place: length - 1 } }[event.key];
    if (!to) return;
    event.preventDefault();
    const most = { place: length, unit: units };
    for (const name of Object.keys(to)) to[name] = Math.min(Math.max(to[name], 0), most[name] - 1);
    this.share(to);
  }

  point(event) {
    const edge = this.canvas.getBoundingClientRect();
    const state = this.state();
    const place = Math.floor((event.clientX - edge.left - LEFT) / this.cell);
    const unit = Math.floor((event.clientY - edge.top) / TALL);
    if (place < 0 || place >= state.length || unit < 0) return;
    this.share({ place, unit: Math.min(unit, state.units - 1) });
  }

  stop() {
    this.asker.stop();
    this.watch.disconnect();
    this.endTheme();
    cancelAnimationFrame(this.frame);
  }
}

export default {
  render({ model, el }) {
    const widget = new RecurrentGates(model, el);
    return () => widget.stop();
  },
};
