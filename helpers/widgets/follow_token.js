// Follow one token: a table with a row for each key and a column for each step of attention. All numbers of a text come
// at once, so only a new text goes to the kernel. Joined with client.js by client.py.

// 2 stays 2, 1.4142 becomes 1.41.
const short = (value) => (Number.isInteger(value) ? String(value) : value.toFixed(2)).replace("-", "−");
const vector = (values) => `[${values.map(short).join(", ")}]`;

class FollowToken {
  constructor(model, el) {
    this.model = model;
    this.build(el);
    this.asker = new Asker(model, "question", "answer", { onAnswer: (answer, pressed) => this.arrived(answer, pressed),
      onWait: () => this.problem.replaceChildren(WAITING) });
    for (const trait of ["shown", "token", "head", "causal", "step"]) model.on(`change:${trait}`, () => this.later());
    this.draw();
    this.arrived(model.get("answer"));
  }

  build(el) {
    const steps = this.model.get("steps");
    this.typed = h("input", { type: "text", maxlength: "10000", autocomplete: "off", autocapitalize: "off",
      spellcheck: "false", class: "ft-text", oninput: () => this.ask() });
    this.choice = h("select", { onchange: () => this.share({ head: Number(this.choice.value) }) });
    this.mask = h("input", { type: "checkbox", onchange: () => this.share({ causal: this.mask.checked }) });
    this.slider = h("input", { type: "range", min: "1", max: String(steps.length), step: "1",
      oninput: () => this.share({ step: Number(this.slider.value) }) });
    this.stepName = h("output", {});
    this.tokens = h("div", { class: "cw-row ft-tokens", role: "group", "aria-label": "The token that asks",
      onkeydown: (event) => this.key(event) });
    [this.problem, this.said, this.note] = [h("p", { class: "cw-problem", role: "alert" }), h("p", { role: "status" }),
      h("p", { class: "cw-note" })];
    this.head = h("p", { class: "ft-query" });
    this.table = h("table", {});
    this.root = h("div", { class: "course-widget follow-token" }, h("h3", {}, this.model.get("title")),
      h("div", { class: "cw-row" }, h("label", {}, "Sentence", this.typed), h("label", {}, "Head", this.choice),
        h("label", {}, this.mask, "causal mask")), this.problem, this.tokens,
      h("div", { class: "cw-row" }, h("label", {}, "Steps shown", this.slider), this.stepName),
      this.head, h("div", { class: "ft-scroll", tabindex: "0", role: "region", "aria-label": "Attention, step by step" },
        this.table), this.said, this.note);
    keepKeys(this.root);
    el.append(this.root);
  }

  ask() {
    if (this.typed.value.trim()) this.asker.ask({ text: this.typed.value });
    else this.problem.replaceChildren("Type at least one word.");
  }

  arrived({ problem }, pressed) {
    this.problem.replaceChildren(problem || "");
    if (pressed) {
      this.draw();
      clock(this.root, "answerMs", performance.now() - pressed);
    }
  }

  // Set traits, and tell the kernel: what waits unsaved, a late echo would undo.
  share(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.model.save_changes();
  }

  later() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  state() {
    const { words, x, heads, note } = this.model.get("shown");
    const clip = (name, most) => Math.min(Math.max(this.model.get(name), 0), most - 1);
    const [token, number, causal] = [clip("token", words.length), clip("head", heads.length), this.model.get("causal")];
    const one = heads[number];
    return { words, x, heads, note, token, number, causal, one, step: this.model.get("step"),
      weights: one[causal ? "causal" : "free"].attention[token], output: one[causal ? "causal" : "free"].output[token] };
  }

  draw() {
    const started = performance.now();
    const state = this.state();
    this.asker.refresh(this.typed, this.model.get("text"));
    this.mask.checked = state.causal;
    this.slider.value = state.step;
    this.stepName.textContent = `${state.step}: ${this.model.get("steps")[state.step - 1]}`;
    this.slider.setAttribute("aria-valuetext", this.stepName.textContent);
    this.choice.replaceChildren(...state.heads.map(({ name }, i) => h("option", { value: String(i) }, `${i + 1} · ${name}`)));
    this.choice.value = String(state.number);
    this.drawTokens(state);
    this.drawTable(state);
    this.say(state);
    this.note.replaceChildren(state.note);
    clock(this.root, "paintMs", performance.now() - started);
  }

  drawTokens({ words, token }) {
    const focused = this.tokens.contains(document.activeElement);
    this.tokens.replaceChildren("Token that asks", ...words.map((word, i) => h("button",
      { type: "button", "aria-pressed": String(i === token), tabindex: i === token ? "0" : "-1",
        onclick: () => this.share({ token: i }) }, bdi(word))));
    if (focused) this.tokens.children[token].focus();
  }

  drawTable({ words, x, token, one, causal, step, weights, output }) {
    const [query, root] = [one.query[token], Math.sqrt(one.query[token].length)];
    this.head.replaceChildren("Query of ", h("b", {}, bdi(words[token])), `: x = ${vector(x[token])} times the head's matrix is `,
      h("b", {}, `q = ${vector(query)}`));
    const hidden = (i) => causal && i > token;
    const spelled = (key) => query.map((value, i) => `${short(value)}·${short(key[i])}`).join(" + ");
    const bar = (share) => h("span", { class: "cw-track", "aria-hidden": "true" },
      h("span", { class: "cw-bar", style: `width: ${100 * share}%` }));
    const columns = [
      { from: 1, name: "key k", cell: (i) => vector(one.key[i]) },
      { from: 2, name: "score q · k", cell: (i) => [h("span", { class: "ft-sum" }, `${spelled(one.key[i])} = `),
        h("b", {}, short(one.scores[token][i]))] },
      { from: 3, name: `÷ ${short(root)}`, cell: (i) => short(one.scaled[token][i]) },
      { from: 4, name: "mask", cell: (i) => (hidden(i) ? "forbidden: −∞" : "allowed") },
      { from: 5, name: "softmax", cell: (i) => [h("b", {}, weights[i].toFixed(2)), bar(weights[i])] },
      { from: 6, name: "value v", cell: (i) => vector(one.value[i]) },
      { from: 6, name: "weight · v", cell: (i) => vector(one.value[i].map((value) => value * weights[i])) },
    ].filter(({ from }) => from <= step);
    const last = step >= 6 ? [h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, "sum"),
      ...columns.slice(0, -1).map(({ name }) => h("td", {}, name === "softmax" ? "1.00" : "")),
      h("td", {}, h("b", {}, vector(output)))))] : [];
    this.table.replaceChildren(
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "token"), ...columns.map(({ name }) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, ...words.map((word, i) => h("tr", { class: `${i === token ? "ft-asks" : ""} ${hidden(i) ? "ft-hidden" : ""}` },
        h("th", { scope: "row" }, bdi(word)), ...columns.map(({ cell }) => h("td", {}, ...[cell(i)].flat()))))), ...last);
  }

  say({ words, token, weights, output, number, step }) {
    if (step < 5) {
      this.said.replaceChildren("Guess the next column, then move the slider.");
      return;
    }
    const order = words.map((_, i) => i).sort((i, j) => weights[j] - weights[i] || i - j).slice(0, 3);
    const most = order.flatMap((i, n) => [n ? ", " : "", bdi(words[i]), ` ${Math.round(100 * weights[i])} %`]);
    this.said.replaceChildren(`Head ${number + 1}: `, bdi(words[token]), ` (place ${token + 1}) attends to `, ...most,
      ...(step >= 6 ? [`, and takes ${vector(output)} along.`] : ["."]));
  }

  key(event) {
    const { token, words } = this.state();
    const to = { ArrowLeft: token - 1, ArrowRight: token + 1, Home: 0, End: words.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.share({ token: Math.min(Math.max(to, 0), words.length - 1) });
  }

  stop() {
    this.asker.stop();
    cancelAnimationFrame(this.frame);
  }
}

export default {
  render({ model, el }) {
    const widget = new FollowToken(model, el);
    return () => widget.stop();
  },
};
