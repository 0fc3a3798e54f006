// Ask a question: ranked sentences by vectors and by words, the answer marked in each. Joined with client.js by client.py.

class QuestionBox {
  constructor(model, el) {
    this.model = model;
    this.build(el);
    this.asker = new Asker(model, "question", "answer", { onAnswer: (answer, pressed) => this.arrived(answer, pressed),
      onWait: () => this.problem.replaceChildren(WAITING) });
    model.on("change:shown", () => this.draw());
    this.draw();
    this.arrived(model.get("answer"));
  }

  build(el) {
    this.typed = h("input", { type: "search", maxlength: "20000", autocomplete: "off", spellcheck: "false", dir: "auto",
      class: "qb-question", oninput: () => this.ask() });
    [this.problem, this.said] = [h("p", { class: "cw-problem", role: "alert" }), h("p", { role: "status" })];
    [this.ways, this.note] = [h("div", { class: "qb-ways" }), h("p", { class: "cw-note" })];
    const suggested = this.model.get("suggestions").map((text) => h("button", { type: "button", onclick: () => {
      this.typed.value = text;
      this.ask();
    } }, bdi(text)));
    this.root = h("div", { class: "course-widget question-box" }, h("h3", {}, this.model.get("title")),
      h("label", { class: "qb-label" }, "Question", this.typed),
      suggested.length ? h("div", { class: "cw-row", role: "group", "aria-label": "Questions to try" }, ...suggested) : null,
      this.problem, this.said, this.ways, this.note);
    keepKeys(this.root);
    el.append(this.root);
  }

  ask() {
    this.asker.ask({ text: this.typed.value });
  }

  arrived({ problem }, pressed) {
    this.problem.replaceChildren(problem || "");
    if (pressed) clock(this.root, "answerMs", performance.now() - pressed);
  }

  draw() {
    const started = performance.now();
    const { question, ways, note } = this.model.get("shown");
    this.asker.refresh(this.typed, question);
    this.ways.replaceChildren(...ways.map(({ name, rows }) => h("section", { "aria-label": name }, h("h4", {}, name),
      rows.length ? h("ol", {}, ...rows.map(({ article, before, answer, behind, score, share }) => h("li", {},
        h("div", { class: "qb-head" }, h("b", {}, bdi(article)),
          h("span", { class: "cw-track", "aria-hidden": "true" }, h("span", { class: "cw-bar", style: `width: ${100 * share}%` })),
          h("span", { class: "cw-number" }, twoDigits(score))),
        h("p", { dir: "auto" }, before, h("mark", {}, bdi(answer)), behind))))
        : h("p", { class: "cw-note" }, question.trim() ? "No sentence has any of these words." : "Type a question above."))));
    const first = ways.map(({ way, rows }) => (rows.length ? `by ${way}: ${rows[0].answer}` : `by ${way}: nothing`));
    this.said.replaceChildren("First answer ", bdi(first.join("; ")));
    this.note.replaceChildren(note);
    clock(this.root, "paintMs", performance.now() - started);
  }

  stop() {
    this.asker.stop();
  }
}

export default {
  render({ model, el }) {
    const widget = new QuestionBox(model, el);
    return () => widget.stop();
  },
};
