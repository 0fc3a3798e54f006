// Write by choosing: the text so far with each choice's probability, nine ways on with what may follow each, and all
// paths tried. The kernel is asked once a choice. Joined with client.js by client.py.

class PathWriter {
  constructor(model, el) {
    this.model = model;
    this.build(el);
    this.asker = new Asker(model, "question", "answer", { onAnswer: (answer, pressed) => this.arrived(answer, pressed),
      onWait: () => this.problem.replaceChildren(WAITING), queue: "start" });
    model.on("change:shown", () => this.draw());
    this.draw();
    this.arrived(model.get("answer"));
  }

  build(el) {
    this.typed = h("input", { type: "text", maxlength: "10000", autocomplete: "off", autocapitalize: "off",
      spellcheck: "false", class: "pw-start", oninput: () => this.begin() });
    const button = (text, key, action) => h("button", { type: "button", onclick: action }, text,
      h("kbd", { "aria-hidden": "true" }, key));
    [this.problem, this.said] = [h("p", { class: "cw-problem", role: "alert" }), h("p", { role: "status" })];
    this.text = h("p", { class: "pw-text", dir: "ltr" });
    [this.choices, this.rest, this.tried] = [h("ol", { class: "pw-choices" }), h("p", { class: "cw-note" }), h("tbody")];
    this.note = h("p", { class: "cw-note" });
    this.pane = h("div", { class: "pw-pane", tabindex: "0", role: "group",
      "aria-label": "The text and what may come next. Keys 1 to 9 choose, Backspace undoes, Enter takes the likeliest, " +
        "the space bar draws one.", onkeydown: (event) => this.key(event) },
    this.text, this.said, this.choices, this.rest);
    this.root = h("div", { class: "course-widget path-writer" }, h("h3", {}, this.model.get("title")),
      h("div", { class: "cw-row" }, h("label", {}, "Begin with", this.typed),
        button("Undo", "⌫", () => this.undo()), button("Likeliest", "⏎", () => this.ask({ likeliest: true })),
        button("Draw one", "␣", () => this.ask({ draw: true })), button("Start over", "Esc", () => this.ask({ path: [] }))),
      this.problem, this.pane,
      h("h4", {}, "Paths tried, the likeliest per token first"),
      h("div", { class: "pw-scroll" }, h("table", {}, h("thead", {}, h("tr", {}, ...["path", "tokens", "probability",
        "one in", "each token, on average"].map((text) => h("th", { scope: "col" }, text)))), this.tried)),
      h("p", { class: "cw-note" }, "A path's probability is the product of its choices. Paths of different length can only " +
        "be compared per token: the last column is the geometric mean."), this.note);
    keepKeys(this.root);
    el.append(this.root);
  }

  ids() {
    return this.model.get("shown").path.map(([id]) => id);
  }

  ask(content) {
    this.asker.ask(content);
  }

  begin() {
    if (this.typed.value) this.ask({ start: this.typed.value });
    else this.problem.replaceChildren("Type at least one character: a model goes on from something.");
  }

  undo() {
    this.ask({ undo: true });
  }

  key(event) {
    if (event.target.closest("button") && ["Enter", " "].includes(event.key)) return; // that presses the button
    const { choices } = this.model.get("shown");
    const chosen = /^[1-9]$/.test(event.key) && choices[Number(event.key) - 1];
    const asked = chosen ? { choose: chosen[0] } : { Backspace: { undo: true }, Enter: { likeliest: true },
      " ": { draw: true }, Escape: { path: [] } }[event.key];
    if (!asked || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (!event.repeat || !this.asker.busy) this.ask(asked); // a key held down goes no faster than the kernel
  }

  arrived({ problem }, pressed) {
    this.problem.replaceChildren(problem || "");
    if (pressed) clock(this.root, "answerMs", performance.now() - pressed);
  }

  draw() {
    const started = performance.now();
    const focused = this.pane.contains(document.activeElement) && document.activeElement !== this.pane;
    const { start, path, choices, rest, tried, greedy, note } = this.model.get("shown");
    const ids = this.ids();
    this.asker.refresh(this.typed, this.model.get("text"));
    this.text.replaceChildren(h("b", {}, start), ...path.map(([, sign, chance], i) => h("button", { type: "button",
      class: `pw-${chance >= 0.5 ? "sure" : chance >= 0.1 ? "fair" : "rare"}`, title: `${percent(chance)}; click to go back here`,
      "aria-label": `${sign}, ${percent(chance)}: back to here`, onclick: () => this.ask({ path: ids.slice(0, i + 1) }) },
    bdi(sign))), h("span", { class: "pw-caret", "aria-hidden": "true" }, "▏"));
    this.choices.replaceChildren(...choices.map(([id, sign, chance, ahead], i) => h("li", {},
      h("button", { type: "button", class: "pw-choice", onclick: () => this.ask({ choose: id }) },
        h("kbd", {}, String(i + 1)), h("span", { class: "pw-sign" }, bdi(sign))),
      h("span", { class: "cw-track", "aria-hidden": "true" }, h("span", { class: "cw-bar", style: `width: ${100 * chance}%` })),
      h("span", { class: "cw-number" }, percent(chance)),
      h("span", { class: "pw-ahead" }, "then ", ...ahead.map(([next, nextSign, share]) => h("button", { type: "button",
        "aria-label": `${sign} and then ${nextSign}, ${percent(chance * share)} together`,
        title: `both together ${percent(chance * share)}`, onclick: () => this.ask({ path: [...ids, id, next] }) },
      h("span", { class: "pw-sign" }, bdi(nextSign)), ` ${percent(share)}`))))));
    this.rest.textContent = `All other tokens together: ${percent(rest)}.`;
    this.table(tried, greedy, ids.length);
    this.say();
    this.note.replaceChildren(note);
    if (focused) this.pane.focus(); // the button that was pressed is gone
    clock(this.root, "paintMs", performance.now() - started);
  }

  table(tried, greedy, length) {
    const row = ({ ids, text, log2, each, here }, name) => h("tr", { class: here ? "pw-here" : "" },
      h("td", {}, name, h("button", { type: "button", class: "pw-path", "aria-label": `Go to the path ${text}`,
        onclick: () => this.ask({ path: ids }) }, bdi(text))),
      h("td", {}, String(ids.length)), h("td", {}, power(log2)), h("td", {}, oneIn(log2)), h("td", {}, percent(each)));
    const rows = tried.map((one) => row(one, one.here ? "▸ " : ""));
    if (length) rows.push(row(greedy, "always the likeliest: "));
    this.tried.replaceChildren(...(rows.length ? rows : [h("tr", {}, h("td", { colspan: "5" }, "None yet: press a key from 1 to 9."))]));
  }

  say() {
    const { path, log2 } = this.model.get("shown");
    const shares = path.map(([, , chance]) => twoDigits(chance));
    const product = shares.length > 1 ? `${shares.length > 6 ? "… × " : ""}${shares.slice(-6).join(" × ")} = ` : "";
    this.said.textContent = path.length
      ? `${count(path.length, "choice")}. Probability of this path: ${product}${power(log2)}, one in ${oneIn(log2)}.`
      : "Nothing chosen yet. Which of the nine comes next?";
  }

  stop() {
    this.asker.stop();
  }
}

// 0.31 is 31 %, 0.004 is 0.4 %, 0.00001 is under 0.1 %.
function percent(share) {
  const value = 100 * share;
  if (value > 0 && value < 0.1) return "< 0.1 %";
  return `${value < 9.95 && value > 0 ? value.toFixed(1) : Math.round(value)} %`;
}

// 2 to a power as a decimal number, or as a power of ten where that would be long.
function power(log2) {
  const log10 = log2 * Math.log10(2);
  if (log10 > -3) return (2 ** log2).toPrecision(2);
  const whole = Math.floor(log10);
  return `${(10 ** (log10 - whole)).toFixed(1)} · 10${String(whole).replace("-", "⁻").replace(/\d/g, (d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d])}`;
}

const oneIn = (log2) => (log2 > -40 ? Math.round(2 ** -log2).toLocaleString("en") : power(-log2));

export default {
  render({ model, el }) {
    const widget = new PathWriter(model, el);
    return () => widget.stop();
  },
};
