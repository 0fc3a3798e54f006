// The word explorer: type a word, see its neighbours; type three, see the analogy. The kernel computes, this draws.
// Joined with client.js by client.py. A question and its answer are traits: {id, …} goes out, {id, columns} comes in.

// In every list: words that several sets of vectors agree on.
function sharedWords(columns) {
  const lists = columns.filter(({ rows }) => rows.length).map(({ rows }) => new Set(rows.map(({ word }) => word)));
  if (lists.length < 2) return new Set();
  return lists.reduce((kept, list) => new Set([...kept].filter((word) => list.has(word))));
}

class WordExplorer {
  constructor(model, el) {
    this.model = model;
    this.build(el);
    const onWait = (status) => () => status.replaceChildren(WAITING);
    this.neighbours = new Asker(model, "neighbours_question", "neighbours_answer",
      { onAnswer: (answer, pressed) => this.showNeighbours(answer, pressed), onWait: onWait(this.nearSaid) });
    this.analogy = new Asker(model, "analogy_question", "analogy_answer",
      { onAnswer: (answer, pressed) => this.showAnalogy(answer, pressed), onWait: onWait(this.analogySaid) });
    for (const question of ["neighbours_question", "analogy_question"])
      model.on(`change:${question}`, () => this.readInputs());
    this.readInputs();
    this.showNeighbours(model.get("neighbours_answer"));
    this.showAnalogy(model.get("analogy_answer"));
  }

  build(el) {
    const text = (label, action) => h("input", { type: "text", maxlength: "60", autocomplete: "off",
      autocapitalize: "off", spellcheck: "false", "aria-label": label, oninput: action });
    const status = () => h("p", { class: "we-said", role: "status" });
    const [near, far] = [() => this.askNeighbours(), () => this.askAnalogy()];
    this.word = text("Word", near);
    this.n = h("input",
      { type: "range", min: "1", max: "20", step: "1", "aria-label": "Number of neighbours", oninput: near });
    this.shownN = h("output", {});
    const labels = ["a, the first word", "b, what a is to", "c, the third word"];
    [this.a, this.b, this.c] = labels.map((label) => text(label, far));
    this.leaveOut = h("input", { type: "checkbox", onchange: far });
    [this.nearSaid, this.analogySaid] = [status(), status()];
    [this.nearColumns, this.analogyColumns] = [h("div", { class: "we-columns" }), h("div", { class: "we-columns" })];
    const part = (title, ...children) => h("section", { "aria-label": title }, h("h3", {}, title), ...children);
    const body = h("div", { class: "we-body", "data-sets": this.model.get("sets") },
      part("Neighbours of a word",
        h("div", { class: "cw-row" }, h("label", {}, "Word", this.word),
          h("label", {}, "How many", this.n, this.shownN)),
        this.nearSaid, this.nearColumns),
      part("Analogy: a is to b as c is to ?",
        h("div", { class: "cw-row we-analogy" }, this.a, " is to ", this.b, " as ", this.c, " is to ?"),
        h("div", { class: "cw-row" }, h("label", {}, this.leaveOut, "Leave out the three given words")),
        this.analogySaid, this.analogyColumns));
    this.root = h("div", { class: "course-widget word-explorer" }, body);
    keepKeys(this.root);
    el.append(this.root);
  }

  // What a question says goes into the controls, except into the one being typed in.
  readInputs() {
    const { word, n } = this.model.get("neighbours_question");
    const { a, b, c, leave_out } = this.model.get("analogy_question");
    for (const [input, value] of [[this.word, word], [this.n, n], [this.a, a], [this.b, b], [this.c, c]])
      if (document.activeElement !== input) input.value = value;
    this.leaveOut.checked = leave_out;
    this.shownN.textContent = n;
  }

  askNeighbours() {
    this.shownN.textContent = this.n.value;
    this.neighbours.ask({ word: this.word.value, n: Number(this.n.value) });
  }

  askAnalogy() {
    this.analogy.ask({ a: this.a.value, b: this.b.value, c: this.c.value, leave_out: this.leaveOut.checked });
  }

  lookUp(word) {
    this.word.value = word;
    this.word.focus(); // the button that was pressed goes away with its list
    this.askNeighbours();
  }

  showNeighbours(answer, pressed) {
    this.nearColumns.style.setProperty("--we-rows", this.model.get("neighbours_question").n);
    this.show(answer, this.nearColumns, this.nearSaid);
    if (pressed) clock(this.root, "neighboursMs", performance.now() - pressed);
  }

  showAnalogy(answer, pressed) {
    this.analogyColumns.style.setProperty("--we-rows", 5);
    this.show(answer, this.analogyColumns, this.analogySaid);
    if (pressed) clock(this.root, "analogyMs", performance.now() - pressed);
  }

  // A list for each set of vectors, or the sentence that says why there is none.
  show({ said, columns }, place, status) {
    status.replaceChildren(said);
    const shared = sharedWords(columns);
    place.replaceChildren(...columns.map(({ name, size, rows, problem }) => h("div", { class: "we-column" },
      h(name ? "h4" : "p", {}, bdi(name), h("span", { class: "cw-note" }, name ? ` (${size})` : size)),
      problem ? h("p", { class: "cw-problem" }, problem) : null,
      rows.length ? this.bars(rows, shared) : null)));
  }

  bars(rows, shared) {
    const kind = ({ given, cosine }) => (given ? "cw-striped" : cosine < 0 ? "cw-dotted" : "");
    const tag = ({ given, word }) => (given ? "given" : shared.has(word) ? "in every list" : "");
    return barList(rows.map((row) => ({ word: row.word, share: Math.abs(row.cosine), number: twoDigits(row.cosine),
      kind: kind(row), extra: rows.some(tag) ? h("span", { class: "cw-note" }, tag(row)) : null })),
      { title: "Show its neighbours", onWord: (word) => this.lookUp(word) });
  }

  stop() {
    this.neighbours.stop();
    this.analogy.stop();
  }
}

export default {
  render({ model, el }) {
    const explorer = new WordExplorer(model, el);
    return () => explorer.stop();
  },
};
