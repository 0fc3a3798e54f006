// Three optimisers race downhill on a surface: step, play, reset; asks the kernel nothing.
// Joined with client.js, svg.js and optimizer_race_paths.js by client.py.

const SIZE = 460;
const STEPS = 200;
const LOOKS = { SGD: { dash: "", mark: "●" }, momentum: { dash: "7 4", mark: "■" }, Adam: { dash: "2 4", mark: "▲" } };
const LEVELS = 26;

class OptimizerRace {
  constructor(model, el) {
    this.model = model;
    this.step = 0;
    this.build(el);
    for (const trait of ["surface", "learning_rate"]) model.on(`change:${trait}`, () => this.restart());
    this.stopTheme = onTheme(() => this.draw());
    this.restart();
  }

  build(el) {
    const surfaces = this.model.get("surfaces");
    this.choice = h("select", { onchange: () => this.share("surface", this.choice.value) },
      ...Object.keys(surfaces).map((name) => h("option", { value: name }, name)));
    this.slider = h("input", { type: "range", min: "-3", max: "0.3", step: "0.05",
      oninput: () => this.share("learning_rate", Number((10 ** Number(this.slider.value)).toPrecision(3))) });
    this.rate = h("output", {});
    this.playing = h("button", { type: "button", onclick: () => (this.timer ? this.pause() : this.play()) }, "Play");
    this.canvas = h("canvas", { width: SIZE, height: SIZE, "aria-hidden": "true" });
    this.layer = svg("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img" });
    [this.table, this.said] = [h("tbody"), h("p", { role: "status" })];
    this.root = h("div", { class: "course-widget optimizer-race" }, h("h3", {}, this.model.get("title")),
      h("div", { class: "cw-row" }, h("label", {}, "Surface", this.choice),
        h("label", {}, "Learning rate", this.slider), this.rate),
      h("div", { class: "cw-row" },
        h("button", { type: "button", onclick: () => this.go(1) }, "One step"),
        h("button", { type: "button", onclick: () => this.go(20) }, "20 steps"), this.playing,
        h("button", { type: "button", onclick: () => this.restart() }, "Reset")),
      h("div", { class: "or-columns" }, h("div", { class: "or-map" }, this.canvas, this.layer),
        h("div", {}, h("table", {}, h("thead", {}, h("tr", {}, ...["Optimiser", "height now", "moved"].map((text) =>
          h("th", { scope: "col" }, text)))), this.table), this.said,
        h("p", { class: "cw-note" }, "Dark is low. Every racer starts at the ring; its path is drawn behind it. One ",
          "learning rate serves all three: which of them minds?"))));
    keepKeys(this.root);
    el.append(this.root);
  }

  share(name, value) {
    this.model.set(name, value);
    this.model.save_changes();
  }

  restart() {
    this.pause();
    const [name, rate] = [this.model.get("surface"), this.model.get("learning_rate")];
    const { start, reach } = this.model.get("surfaces")[name];
    Object.assign(this, { surface: SURFACES[name], start, reach, step: 0 });
    this.tracks = race(this.surface, start, rate, STEPS);
    this.choice.value = name;
    this.slider.value = Math.log10(rate);
    this.slider.setAttribute("aria-valuetext", String(rate));
    this.rate.textContent = String(rate);
    this.drawSurface(name);
    this.draw();
  }

  go(steps) {
    this.pause();
    this.step = Math.min(this.step + steps, STEPS);
    this.draw();
  }

  // Plays once, to the last step; where less motion is asked for, goes there at once.
  play() {
    if (this.step >= STEPS) this.step = 0;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.go(STEPS);
    this.playing.textContent = "Pause";
    this.timer = setInterval(() => {
      this.step += 1;
      this.draw();
      if (this.step >= STEPS) this.pause();
    }, 40);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.playing.textContent = "Play";
  }

  drawSurface(name) {
    if (this.painted === name) return;
    this.painted = name;
    const n = SIZE / 2; // painted at half size
    const heights = Array.from({ length: n * n }, (_, i) =>
      this.surface.height(...this.unplace((i % n) * 2, Math.floor(i / n) * 2)));
    const [low, high] = [Math.min(...heights), Math.max(...heights)];
    const context = this.canvas.getContext("2d");
    const image = context.createImageData(n, n);
    heights.forEach((height, i) => {
      const level = Math.floor(Math.sqrt((height - low) / (high - low)) * LEVELS) / LEVELS; // bands show the slope
      image.data.set([70 + 165 * level, 90 + 150 * level, 115 + 125 * level, 255], 4 * i);
    });
    this.canvas.width = this.canvas.height = n;
    context.putImageData(image, 0, 0);
  }

  place([x, y]) {
    return [((x + this.reach) / (2 * this.reach)) * SIZE, SIZE - ((y + this.reach) / (2 * this.reach)) * SIZE];
  }

  unplace(left, top) {
    return [(left / SIZE) * 2 * this.reach - this.reach, ((SIZE - top) / SIZE) * 2 * this.reach - this.reach];
  }

  draw() {
    const started = performance.now();
    const now = Object.entries(this.tracks).map(([name, track]) => {
      const done = track.slice(0, this.step + 1);
      const [here, height] = [done[this.step], this.surface.height(...done[this.step])];
      const lost = !here.every(Number.isFinite) || here.some((value) => Math.abs(value) > 2 * this.reach);
      return { name, done, here, height, lost, moved: Math.hypot(here[0] - this.start[0], here[1] - this.start[1]) };
    });
    this.layer.replaceChildren(...now.flatMap(({ name, done, here, lost }) => {
      const inside = done.filter((point) => point.every((value) => Math.abs(value) < 1e4)).map((point) => this.place(point));
      const [x, y] = this.place(here);
      return [svg("polyline", { points: inside.map((point) => point.map((v) => v.toFixed(1)).join(",")).join(" "),
        class: `or-path or-${name}`, "stroke-dasharray": LOOKS[name].dash }),
      lost ? null : svg("text", { x, y: y + 6, class: `or-mark or-${name}` }, LOOKS[name].mark)];
    }).filter(Boolean), svg("circle", { cx: this.place(this.start)[0], cy: this.place(this.start)[1], r: 9, class: "or-start" }));
    this.table.replaceChildren(...now.map(({ name, height, moved, lost }) => h("tr", {},
      h("th", { scope: "row", class: `or-${name}` }, `${LOOKS[name].mark} ${name}`),
      h("td", {}, lost ? "off the map" : signed(height, 3)), h("td", {}, lost ? "–" : signed(moved)))));
    this.say(now);
    this.root.dataset.places = JSON.stringify(Object.fromEntries(now.map(({ name, here }) => [name, here])));
    clock(this.root, "paintMs", performance.now() - started);
  }

  say(now) {
    const text = this.step === 0 ? "Before the first step. Which of the three will be lowest?" : this.verdict(now);
    this.layer.setAttribute("aria-label", `Map of the surface ${this.painted}. ${text}`);
    this.said.textContent = text;
  }

  verdict(now) {
    const left = now.filter(({ lost }) => !lost).sort((one, other) => one.height - other.height);
    const gone = now.filter(({ lost }) => lost).map(({ name }) => name).join(" and ");
    return `After ${count(this.step, "step")}${left.length ? `, ${left[0].name} is lowest, at ${signed(left[0].height, 3)}` : ""}` +
      `${gone ? `; ${gone} left the map: the steps are too large` : ""}.`;
  }

  stop() {
    this.pause();
    this.stopTheme();
  }
}

export default {
  render({ model, el }) {
    const widget = new OptimizerRace(model, el);
    return () => widget.stop();
  },
};
