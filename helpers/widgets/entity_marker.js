// Entities in a pasted text, once for each way of finding them. The kernel is asked once for a text; which kinds are lit
// is the page's own affair. Joined with client.js by client.py.

class EntityMarker {
  constructor(model, el) {
    this.model = model;
    this.off = new Set();
    this.build(el);
    this.asker = new Asker(model, "question", "answer", { onAnswer: (answer, pressed) => this.arrived(answer, pressed),
      onWait: () => this.problem.replaceChildren(WAITING) });
    model.on("change:shown", () => this.draw());
    this.draw();
    this.arrived(model.get("answer"));
  }

  build(el) {
    this.typed = h("textarea", { rows: "3", maxlength: "20000", dir: "auto", spellcheck: "false",
      oninput: () => this.asker.ask({ text: this.typed.value }) });
    [this.problem, this.said] = [h("p", { class: "cw-problem", role: "alert" }), h("p", { role: "status" })];
    [this.ways, this.note] = [h("div"), h("p", { class: "cw-note" })];
    const switches = this.model.get("kinds").map((kind, i) => h("label", {},
      h("input", { type: "checkbox", checked: true, onchange: (event) => this.turn(kind, event.target.checked) }),
      h("span", { class: `em-mark em-${i}` }, kind)));
    this.root = h("div", { class: "course-widget entity-marker" }, h("h3", {}, this.model.get("title")),
      h("label", { class: "em-text" }, "Text", this.typed),
      h("div", { class: "cw-row", role: "group", "aria-label": "Which kinds are lit" }, ...switches),
      this.problem, this.said, this.ways, this.note);
    keepKeys(this.root);
    el.append(this.root);
  }

  turn(kind, on) {
    if (on) this.off.delete(kind);
    else this.off.add(kind);
    this.draw();
  }

  arrived({ problem }, pressed) {
    this.problem.replaceChildren(problem || "");
    if (pressed) clock(this.root, "answerMs", performance.now() - pressed);
  }

  draw() {
    const started = performance.now();
    const { text: read, rows, note } = this.model.get("shown");
    this.asker.refresh(this.typed, read);
    const kinds = this.model.get("kinds");
    const piece = ([text, kind]) => (!kind || this.off.has(kind) ? document.createTextNode(text)
      : h("mark", { class: `em-mark em-${kinds.indexOf(kind)}` }, bdi(text), h("span", { class: "em-kind" }, ` ${kind}`)));
    this.ways.replaceChildren(...rows.map(({ name, pieces, counts }) => {
      const total = Object.entries(counts).filter(([kind]) => !this.off.has(kind));
      return h("section", { "aria-label": name }, h("h4", {}, name,
        h("span", { class: "em-count" }, total.map(([kind, n]) => `${kind} ${n}`).join(" · "))),
      h("p", { class: "em-read", dir: "auto" }, ...(pieces.length ? pieces.map(piece) : ["Type or paste a text above."])));
    }));
    this.said.textContent = rows.map(({ name, pieces }) => {
      const found = pieces.filter(([, kind]) => kind && !this.off.has(kind)).length;
      return `${name}: ${count(found, "entity", "entities")}`;
    }).join("; ");
    this.note.replaceChildren(note);
    clock(this.root, "paintMs", performance.now() - started);
  }

  stop() {
    this.asker.stop();
  }
}

export default {
  render({ model, el }) {
    const widget = new EntityMarker(model, el);
    return () => widget.stop();
  },
};
