// The alignment explorer: a text, its translation piece by piece, and where each piece looked. Steps need no kernel; a
// new text does. Joined with client.js and alignment_explorer_map.js by client.py.

const percent = (share) => `${Math.round(100 * share)} %`;
const read = (piece) => piece.replace(/^##/, "").replace("\u202f", "␣");

class AlignmentExplorer {
  constructor(model, el) {
    this.model = model;
    this.build(el);
    this.asker = new Asker(model, "question", "answer", { onAnswer: (answer, pressed) => this.arrived(answer, pressed),
      onWait: () => this.problem.replaceChildren(WAITING) });
    for (const trait of ["shown", "weights", "step"]) model.on(`change:${trait}`, () => this.later());
    this.watch = new ResizeObserver(() => this.later());
    this.watch.observe(this.root);
    this.endTheme = onTheme(() => this.later());
    this.draw();
    this.arrived(model.get("answer"));
  }

  build(el) {
    this.typed = h("input", { type: "text", maxlength: "10000", autocomplete: "off", autocapitalize: "off",
      spellcheck: "false", class: "ae-text", oninput: () => this.ask() });
    const examples = this.model.get("examples").map((text) => h("button",
      { type: "button", onclick: () => { this.typed.value = text; this.ask(); } }, bdi(text)));
    this.slider = h("input", { type: "range", min: "1", step: "1", class: "ae-steps",
      oninput: () => this.go(Number(this.slider.value) - 1) });
    const turn = (by, text, name) => h("button", { type: "button", "aria-label": name,
      onclick: () => this.go(this.model.get("step") + by) }, text);
    this.map = new AlignmentMap((step) => this.go(step));
    [this.source, this.target] = [h("div", { class: "ae-chips", dir: "auto" }), h("div", { class: "ae-chips", dir: "auto",
      tabindex: "0", role: "group", "aria-label": "Translation. Arrow keys: another step.",
      onkeydown: (event) => this.key(event) })];
    [this.said, this.problem, this.note] = [h("p", { role: "status" }), h("p", { class: "cw-problem", role: "alert" }),
      h("p", { class: "cw-note", dir: "auto" })];
    [this.whole, this.chancesTitle, this.chances] = [h("p", { class: "ae-whole", dir: "auto" }), h("h4"), h("div")];
    this.root = h("div", { class: "course-widget alignment-explorer" }, h("h3", {}, this.model.get("title")),
      h("div", { class: "cw-row" }, h("label", {}, "English", this.typed), ...examples),
      this.problem, this.whole,
      h("div", { class: "cw-row" }, turn(-1, "◀", "Step back"), h("label", {}, "Step", this.slider),
        turn(1, "▶", "Next step")),
      h("h4", {}, "English, shaded where this step looks"), this.source,
      h("h4", {}, `${this.model.get("language")}, piece by piece`), this.target, this.said,
      h("div", { class: "ae-columns" },
        h("section", {}, h("h4", {}, "All steps: source across, translation down"), this.map.pane),
        h("section", { class: "ae-chances" }, this.chancesTitle, this.chances)),
      this.note);
    keepKeys(this.root);
    el.append(this.root);
  }

  ask() {
    if (this.typed.value.trim()) this.asker.ask({ text: this.typed.value });
    else this.problem.replaceChildren("Type a number, a date, or several with semicolons between them.");
  }

  arrived({ problem }, pressed) {
    this.problem.replaceChildren(problem || "");
    if (pressed) clock(this.root, "answerMs", performance.now() - pressed);
  }

  go(step) {
    const last = this.model.get("shown").pieces.length - 1;
    const to = Math.min(Math.max(step, 0), last);
    if (to === this.model.get("step")) return;
    this.model.set("step", to);
    this.model.save_changes();
  }

  key(event) {
    const step = this.model.get("step"), last = this.model.get("shown").pieces.length - 1;
    const to = { ArrowLeft: step - 1, ArrowUp: step - 1, ArrowRight: step + 1, ArrowDown: step + 1, Home: 0,
      End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.go(to);
  }

  later() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  state() {
    const { source, known, pieces, top, written, note } = this.model.get("shown");
    const bytes = this.model.get("weights");
    const weights = new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, bytes.byteLength);
    const step = Math.min(Math.max(this.model.get("step"), 0), pieces.length - 1);
    const row = weights.subarray(step * source.length, (step + 1) * source.length);
    return { source, known, pieces, top, written, note, weights, step, row };
  }

  draw() {
    const started = performance.now();
    const state = this.state();
    if (state.weights.length !== state.source.length * state.pieces.length) return; // its other half is on the way
    this.slider.max = String(state.pieces.length);
    this.slider.value = String(state.step + 1);
    this.slider.setAttribute("aria-valuetext", `${state.step + 1} of ${state.pieces.length}`);
    this.asker.refresh(this.typed, this.model.get("text"));
    this.whole.replaceChildren(bdi(this.model.get("text").slice(0, 300)), " → ", h("b", {}, bdi(state.written || "(nothing)")));
    this.drawSource(state);
    this.drawTarget(state);
    this.drawChances(state);
    this.map.draw({ ...state, source: state.source, pieces: state.pieces.map(read) });
    this.say(state);
    this.note.replaceChildren(state.note);
    clock(this.root, "paintMs", performance.now() - started);
  }

  drawSource({ source, known, row }) {
    this.source.replaceChildren(...source.map((token, s) => h("span", { class: known[s] ? "ae-chip" : "ae-chip ae-unknown",
      style: `--w: ${row[s] / 255}` }, bdi(token), h("small", {}, row[s] >= 8 ? percent(row[s] / 255) : ""))));
  }

  drawTarget({ pieces, step }) {
    this.target.replaceChildren(...pieces.map((piece, t) => h("span", {
      class: `ae-chip ae-piece ${t === step ? "ae-now" : t > step ? "ae-later" : ""} ${piece === "end" ? "ae-end" : ""} ` +
        `${piece.startsWith("##") ? "ae-joined" : ""}`,
      onpointerenter: (event) => event.pointerType === "mouse" && this.go(t), onpointerdown: () => this.go(t) },
    bdi(read(piece)))));
  }

  drawChances({ top, pieces, step }) {
    this.chancesTitle.replaceChildren(`Step ${step + 1}: what could be written`);
    this.chances.replaceChildren(h("ol", { class: "cw-bars" }, ...top[step].map(([piece, chance]) => h("li", {},
      h("span", { class: "cw-word" }, bdi(piece)), h("span", { class: "cw-track", "aria-hidden": "true" },
        h("span", { class: "cw-bar", style: `width: ${chance}%` })),
      h("span", { class: "cw-number" }, `${chance.toFixed(chance < 99.95 ? 1 : 0)} %`)))));
  }

  say({ source, pieces, row, step }) {
    const best = row.reduce((most, share, s) => (share > row[most] ? s : most), 0);
    this.said.replaceChildren(`Step ${step + 1} of ${pieces.length} writes `, bdi(read(pieces[step])),
      ...(row[best] ? [", looking most at ", bdi(source[best]), ` (${percent(row[best] / 255)}).`] :
        [". This model has no attention: it sees one vector for the whole text."]));
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
    const widget = new AlignmentExplorer(model, el);
    return () => widget.stop();
  },
};
