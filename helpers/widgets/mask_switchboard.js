// The mask switchboard: two grids, who may look at whom and which outputs move. A switch or a text goes to the kernel,
// which changes every token once; choosing the changed token needs no kernel. Joined with client.js by client.py.

class MaskSwitchboard {
  constructor(model, el) {
    this.model = model;
    this.build(el);
    this.asker = new Asker(model, "question", "answer", { onAnswer: (answer, pressed) => this.arrived(answer, pressed),
      onWait: () => this.problem.replaceChildren(WAITING) });
    for (const trait of ["shown", "changed"]) model.on(`change:${trait}`, () => this.later());
    this.draw();
    this.arrived(model.get("answer"));
  }

  build(el) {
    const { causal, window } = this.model.get("choices");
    this.typed = h("input", { type: "text", maxlength: "10000", autocomplete: "off", autocapitalize: "off",
      spellcheck: "false", class: "ms-text", oninput: () => this.ask() });
    this.causal = h("select", { onchange: () => this.ask() },
      ...Object.entries(causal).map(([value, name]) => h("option", { value }, name)));
    this.window = h("select", { onchange: () => this.ask() },
      ...window.map((value) => h("option", { value: String(value) }, value ? `${value} tokens` : "off")));
    this.padding = h("input", { type: "checkbox", onchange: () => this.ask() });
    this.tokens = h("div", { class: "cw-row ms-tokens", role: "group", "aria-label": "The token that is changed",
      onkeydown: (event) => this.key(event) });
    [this.problem, this.said, this.note] = [h("p", { class: "cw-problem", role: "alert" }),
      h("p", { class: "ms-said", role: "status" }), h("p", { class: "cw-note" })];
    [this.mask, this.moves] = [h("div", { class: "ms-grid" }), h("div", { class: "ms-grid" })];
    this.root = h("div", { class: "course-widget mask-switchboard" }, h("h3", {}, this.model.get("title")),
      h("div", { class: "cw-row" }, h("label", {}, "Text", this.typed), h("label", {}, "Causal mask", this.causal),
        h("label", {}, "Window", this.window), h("label", {}, this.padding, "hide padding")), this.problem, this.tokens,
      this.said, h("div", { class: "ms-columns" },
        h("section", {}, h("h4", {}, "The mask: a query (row) may look at a key (column)"), this.mask),
        h("section", {}, h("h4", {}, "What moves: the output (row) when a token (column) is changed"), this.moves)),
      h("p", { class: "cw-note" }, "Filled: allowed, or moved. A cross is a leak: an output that moves with a token it must " +
        "not know. The model is a real one of two blocks; every token was changed once."), this.note);
    keepKeys(this.root);
    el.append(this.root);
  }

  ask() {
    if (!this.typed.value.trim()) return this.problem.replaceChildren("Type at least one word.");
    return this.asker.ask({ text: this.typed.value, causal: this.causal.value, window: Number(this.window.value),
      hide_padding: this.padding.checked });
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
    return { ...shown, at: Math.min(Math.max(this.model.get("changed"), 0), shown.tokens.length - 1) };
  }

  draw() {
    const started = performance.now();
    const state = this.state();
    this.asker.refresh(this.typed, this.model.get("text"));
    if (!this.asker.busy) {
      this.causal.value = state.causal;
      this.window.value = String(state.window);
      this.padding.checked = state.hide_padding;
    }
    this.drawTokens(state);
    const leak = (row, column) => state.leaks.some(([, place, token]) => place === row && token === column);
    this.grid(this.mask, state, (row, column) => ({ on: state.mask[row][column], word: "may look at", not: "may not look at" }));
    this.grid(this.moves, state, (row, column) => ({ on: state.moves[row][column] > 0, leak: leak(row, column),
      word: "moves with", not: "does not move with" }));
    this.say(state);
    this.note.replaceChildren(state.note);
    clock(this.root, "paintMs", performance.now() - started);
  }

  drawTokens({ tokens, moves, at, n_words }) {
    const focused = this.tokens.contains(document.activeElement);
    this.tokens.replaceChildren("Change", ...tokens.map((token, i) => h("button",
      { type: "button", "aria-pressed": String(i === at), tabindex: i === at ? "0" : "-1", class: i < n_words ? "" : "ms-pad",
        onclick: () => this.share({ changed: i }) }, bdi(token),
      h("span", { class: "ms-moved" }, moves[i][at] ? `moves ${moves[i][at].toFixed(2)}` : "stays"))));
    if (focused) this.tokens.children[at].focus();
  }

  grid(place, { tokens, n_words, at }, cell) {
    const line = (row) => h("tr", {}, h("th", { scope: "row" }, `${row + 1} `, bdi(tokens[row])),
      ...tokens.map((_, column) => {
        const { on, leak, word, not } = cell(row, column);
        const looks = [on ? "ms-on" : "", leak ? "ms-leak" : "", column === at ? "ms-at" : "", row >= n_words ? "ms-past" : ""];
        return h("td", { class: looks.filter(Boolean).join(" "), title: `${row + 1} ${on ? word : not} ${column + 1}`,
          onclick: () => this.share({ changed: column }) }, leak ? "×" : "");
      }));
    place.replaceChildren(h("table", {}, h("thead", {}, h("tr", {}, h("td", {}),
      ...tokens.map((_, i) => h("th", { scope: "col" }, String(i + 1))))), h("tbody", {}, ...tokens.map((_, row) => line(row)))));
  }

  say({ tokens, moves, leaks, at, n_words }) {
    const moved = moves.map((row, i) => [row[at], i]).filter(([value, i]) => value && i < n_words).map(([, i]) => i + 1);
    const found = leaks.filter(([, , token]) => token === at);
    const kind = found[0]?.[0] === "padding" ? "padding" : "the future";
    const one = found.length === 1;
    this.said.replaceChildren(`Token ${at + 1}, `, bdi(tokens[at]), ", is changed. ",
      moved.length ? `Outputs ${moved.join(", ")} move. ` : "No output of a word moves. ",
      found.length ? h("b", {}, `Leak: ${one ? "output" : "outputs"} ${found.map(([, place]) => place + 1).join(", ")} ` +
        `${one ? "depends" : "depend"} on ${kind}.`) : "No leak.",
      ` Leaks over all tokens: ${leaks.length}.`);
  }

  key(event) {
    const { at, tokens } = this.state();
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tokens.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.share({ changed: Math.min(Math.max(to, 0), tokens.length - 1) });
  }

  stop() {
    this.asker.stop();
    cancelAnimationFrame(this.frame);
  }
}

export default {
  render({ model, el }) {
    const widget = new MaskSwitchboard(model, el);
    return () => widget.stop();
  },
};
