// The attention editor: one head's map, with a cursor. A click, or a key, tells a row where to look; the kernel runs the
// model once and says what moved. Joined with client.js by client.py.

const COLOURS = ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"];

class AttentionEditor {
  constructor(model, el) {
    this.model = model;
    this.at = [0, 0];
    this.build(el);
    this.asker = new Asker(model, "question", "answer", { onAnswer: (answer, pressed) => this.arrived(answer, pressed),
      onWait: () => this.problem.replaceChildren(WAITING), queue: "text" });
    model.on("change:shown", () => this.later());
    this.stopTheme = onTheme(() => this.draw());
    this.observer = new ResizeObserver(() => this.drawMap());
    this.observer.observe(this.canvas.parentElement);
    this.draw();
    this.arrived(model.get("answer"));
  }

  build(el) {
    const { n_layers, n_heads, tokens, place } = this.model.get("shown");
    this.at = [place, 0];
    const choice = (n) => h("select", { onchange: () => this.ask({ select: [Number(this.layer.value), Number(this.head.value)] }) },
      ...Array.from({ length: n }, (_, i) => h("option", { value: String(i) }, `${i + 1} of ${n}`)));
    const button = (text, key, action) => h("button", { type: "button", onclick: action }, text,
      h("kbd", { "aria-hidden": "true" }, key));
    [this.layer, this.head] = [choice(n_layers), choice(n_heads)];
    this.typed = h("input", { type: "text", maxlength: "10000", autocomplete: "off", spellcheck: "false", class: "ae-text",
      oninput: () => this.ask({ text: this.typed.value }) });
    this.canvas = h("canvas", { tabindex: "0", role: "application", class: "ae-map", onkeydown: (event) => this.key(event),
      onclick: (event) => this.click(event), onpointermove: (event) => this.point(event) });
    this.here = h("p", { role: "status", class: "ae-here" });
    [this.problem, this.said] = [h("p", { class: "cw-problem", role: "alert" }), h("p", { role: "status" })];
    [this.answerTitle, this.says, this.moved, this.note] = [h("h4"), h("div"), h("div", { class: "ae-moved" }),
      h("p", { class: "cw-note" })];
    this.root = h("div", { class: "course-widget attention-editor" }, h("h3", {}, this.model.get("title")),
      h("div", { class: "cw-row" }, h("label", { class: "ae-wide" }, "Text", this.typed),
        h("label", {}, "Layer", this.layer), h("label", {}, "Head", this.head)),
      h("div", { class: "ae-columns" },
        h("section", {}, h("div", { class: "cw-row" }, button("Only here", "⏎", () => this.edit("one")),
          button("Not here", "X", () => this.edit("without")), button("All alike", "U", () => this.edit("alike")),
          button("Own weights", "⌫", () => this.edit(null))),
        h("div", {}, this.canvas), this.here,
        h("div", { class: "cw-row" }, button("Every row alike", "", () => this.ask({ all: "alike" })),
          button("Every row to the first token", "", () => this.ask({ all: "first" })),
          button("Undo everything", "Esc", () => this.ask({ clear: true })))),
        h("section", {}, this.answerTitle, this.says, h("h4", {}, "How far each token's last vector turned"), this.moved)),
      this.problem, this.said, h("p", { class: "cw-note" }, "A row is a query, a column a key; the brighter, the more " +
        "weight. A click tells a row to look only at that key. An orange mark stands before rows that are edited. Keys in " +
        "the map: arrows, Enter, X, U, Backspace, Escape."), this.note);
    this.canvas.setAttribute("aria-label", `Attention map of ${tokens.length} tokens. Arrow keys move, Enter lets the row ` +
      "look only at this key, X takes this key away, U spreads the weight, Backspace gives the row its own weights back.");
    keepKeys(this.root);
    el.append(this.root);
  }

  ask(content) {
    this.asker.ask(content);
  }

  edit(kind) {
    this.ask({ row: this.at[0], kind, key: this.at[1] });
  }

  key(event) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const act = { Enter: "one", x: "without", X: "without", u: "alike", U: "alike", Backspace: null, Delete: null };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const held = event.repeat && this.asker.busy; // no faster than the kernel
    const last = this.model.get("shown").tokens.length - 1;
    if (step) this.go(this.at.map((value, axis) => Math.max(0, Math.min(last, value + step[axis]))));
    else if (event.key in act) held || this.edit(act[event.key]);
    else if (event.key === "Escape") this.ask({ clear: true });
    else return;
    event.preventDefault();
  }

  cell(event) {
    const box = this.canvas.getBoundingClientRect();
    const { left, top, size } = this.layout;
    const at = [event.clientY - box.top - top, event.clientX - box.left - left].map((value) => Math.floor(value / size));
    const n = this.model.get("shown").tokens.length;
    return at.every((value) => value >= 0 && value < n) ? at : null;
  }

  click(event) {
    this.canvas.focus({ preventScroll: true });
    const at = this.cell(event);
    if (!at) return;
    this.go(at);
    this.edit("one");
  }

  point(event) {
    const at = this.cell(event);
    this.tell(at || this.at);
  }

  go(at) {
    const started = performance.now();
    this.at = at;
    this.drawMap();
    clock(this.root, "paintMs", performance.now() - started);
  }

  tell([row, key]) {
    const { tokens, weights, own } = this.model.get("shown");
    const was = weights[row][key] === own[row][key] ? "" : `, by itself ${own[row][key].toFixed(3)}`;
    this.here.replaceChildren(bdi(tokens[row]), ` (${row + 1}) looks at `, bdi(tokens[key]),
      ` (${key + 1}): ${weights[row][key].toFixed(3)}${was}`);
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
    this.at = this.at.map((value) => Math.min(value, shown.tokens.length - 1));
    this.asker.refresh(this.layer, String(shown.layer));
    this.asker.refresh(this.head, String(shown.head));
    this.asker.refresh(this.typed, this.model.get("text"));
    this.drawMap();
    this.drawAnswer(shown);
    const most = Math.max(...shown.moved, 0.01);
    this.moved.replaceChildren(...shown.tokens.map((token, place) => this.line(token, [[shown.moved[place] / most, ""]],
      shown.moved[place].toFixed(3))));
    this.said.replaceChildren(this.model.get("said"));
    this.note.replaceChildren(shown.note);
  }

  drawAnswer({ says, kl, place, tokens, causal }) {
    this.answerTitle.hidden = this.says.hidden = !says.length;
    this.answerTitle.replaceChildren(causal ? "What comes next" : "What stands at ", causal ? "" : bdi(tokens[place]),
      `: before (grey) and now; moved by ${kl === null ? 0 : kl.toFixed(3)} nats`);
    this.says.replaceChildren(...says.map(([token, before, now]) => this.line(token, [[before, "ae-before"], [now, ""]],
      `${(100 * now).toFixed(1)} %`)));
  }

  line(token, bars, number) {
    return h("div", { class: "ae-line" }, h("span", { class: "ae-token" }, bdi(token)), h("span", {}, ...bars.map(([share, kind]) =>
      h("span", { class: "cw-track ae-track" }, h("span", { class: `cw-bar ${kind}`,
        style: `width: ${Math.max(0, Math.min(1, share)) * 100}%` })))), h("span", { class: "cw-number" }, number));
  }

  drawMap() {
    const { tokens, weights, rows } = this.model.get("shown");
    const style = getComputedStyle(this.root);
    const colour = (name) => style.getPropertyValue(name).trim();
    const [n, left, top] = [tokens.length, 108, 104];
    const room = Math.max(240, Math.min(this.canvas.parentElement.clientWidth, 640));
    const size = Math.max(9, Math.min(30, (room - left - 4) / n));
    this.layout = { left, top, size };
    const [width, height, scale] = [left + n * size + 4, top + n * size + 4, devicePixelRatio || 1];
    Object.assign(this.canvas, { width: width * scale, height: height * scale });
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    const pen = this.canvas.getContext("2d");
    pen.scale(scale, scale);
    pen.font = `${Math.min(14, Math.max(9, size - 3))}px sans-serif`;
    pen.textBaseline = "middle";
    const short = (token) => ([...token].length > 11 ? `${[...token].slice(0, 10).join("")}…` : token);
    for (let i = 0; i < n; i += 1) {
      for (let j = 0; j < n; j += 1) {
        pen.fillStyle = COLOURS[Math.min(9, Math.floor(Math.sqrt(weights[i][j]) * 10))];
        pen.fillRect(left + j * size, top + i * size, size - 1, size - 1);
      }
      pen.fillStyle = colour("--cw-warm");
      if (rows[i]) pen.fillRect(left - 8, top + i * size + 1, 5, size - 3);
      pen.fillStyle = i === this.at[0] ? colour("--cw-focus") : colour("--cw-ink");
      pen.textAlign = "end";
      pen.fillText(short(tokens[i]), left - 12, top + (i + 0.5) * size);
      pen.save();
      pen.translate(left + (i + 0.5) * size, top - 6);
      pen.rotate(-Math.PI / 2);
      pen.textAlign = "start";
      pen.fillStyle = i === this.at[1] ? colour("--cw-focus") : colour("--cw-ink");
      pen.fillText(short(tokens[i]), 0, 0);
      pen.restore();
    }
    pen.strokeStyle = colour("--cw-warm");
    pen.lineWidth = 2.5;
    pen.strokeRect(left + this.at[1] * size - 1, top + this.at[0] * size - 1, size + 1, size + 1);
    this.tell(this.at);
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    this.stopTheme();
    this.asker.stop();
  }
}

export default {
  render({ model, el }) {
    const widget = new AttentionEditor(model, el);
    return () => widget.stop();
  },
};
