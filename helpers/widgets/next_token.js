// The next token's distribution: bars by likelihood, what is cut off in grey. Sliders ask the kernel nothing, a new
// text does. Joined with client.js and next_token_math.js by client.py.

const ROWS = 20;
const KEEP = [0, 1, 2, 3, 5, 10, 20, 40]; // how many tokens top-k keeps; 0 is all

class NextTokenBars {
  constructor(model, el) {
    this.model = model;
    this.build(el);
    this.asker = new Asker(model, "question", "answer", { onAnswer: (answer, pressed) => this.arrived(answer, pressed),
      onWait: () => this.problem.replaceChildren(WAITING) });
    for (const trait of ["shown", "options"]) model.on(`change:${trait}`, () => this.later());
    this.draw();
    this.arrived(model.get("answer"));
  }

  build(el) {
    const slider = (name, attributes, text) => {
      const input = h("input", { type: "range", ...attributes, oninput: () => {
        this.share({ [name]: name === "top_k" ? this.keep[Number(input.value)] : Number(input.value) });
      } });
      this[name] = { input, output: h("output") };
      return h("div", { class: "nt-slider" }, h("label", {}, text, input), this[name].output);
    };
    this.typed = h("input", { type: "text", maxlength: "10000", autocomplete: "off", autocapitalize: "off",
      spellcheck: "false", class: "nt-text", oninput: () => this.ask() });
    [this.problem, this.said] = [h("p", { class: "cw-problem", role: "alert" }), h("p", { role: "status" })];
    [this.heading, this.list, this.note] = [h("h4"), h("ol", { class: "nt-bars" }), h("p", { class: "cw-note" })];
    this.root = h("div", { class: "course-widget next-token" }, h("h3", {}, this.model.get("title")),
      h("div", { class: "cw-row" }, h("label", {}, "Text so far", this.typed)),
      h("div", { class: "cw-row" },
        slider("temperature", { min: "0", max: "3", step: "0.05" }, "Temperature"),
        slider("top_k", { min: "0", step: "1" }, "Top-k"),
        slider("top_p", { min: "0", max: "1", step: "0.01" }, "Top-p"),
        h("button", { type: "button", onclick: () => this.share({ temperature: 1, top_k: 0, top_p: 1 }) }, "All off")),
      this.problem, this.said, this.heading, this.list,
      h("p", { class: "cw-note" }, "Blue is what may be drawn; striped grey is cut off. The tick marks the model's own " +
        "probability, at temperature 1. Σ adds up from the likeliest down, before anything is cut."), this.note);
    keepKeys(this.root);
    el.append(this.root);
  }

  share(change) {
    this.model.set("options", { ...this.model.get("options"), ...change });
    this.model.save_changes();
    this.draw();
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

  later() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  // The sliders stand where the options say, which Python may have set.
  place({ temperature, top_k, top_p }) {
    this.keep = withStop(KEEP, top_k);
    this.top_k.input.max = this.keep.length - 1;
    const values = { temperature, top_k: this.keep.indexOf(top_k), top_p };
    for (const [name, value] of Object.entries(values)) this[name].input.value = value;
    const texts = { temperature: temperature ? temperature.toFixed(2) : "0, the likeliest alone",
      top_k: top_k ? `the ${top_k} likeliest` : "off", top_p: top_p < 1 ? top_p.toFixed(2) : "off" };
    for (const [name, text] of Object.entries(texts)) {
      this[name].output.textContent = text;
      this[name].input.setAttribute("aria-valuetext", text);
    }
  }

  draw() {
    const started = performance.now();
    const { tokens, logits, read, note } = this.model.get("shown");
    const options = this.model.get("options");
    this.asker.refresh(this.typed, this.model.get("text"));
    this.place(options);
    const { plain, kept, together } = chances(logits, options);
    const own = chances(logits, { temperature: 1, top_k: 0, top_p: 1 }).plain;
    const rows = Math.min(ROWS, tokens.length);
    const full = Math.max(...kept.slice(0, rows), ...own.slice(0, rows), ...plain.slice(0, rows));
    const wide = (share) => `${(100 * share) / full}%`;
    this.heading.replaceChildren("After ", bdi(read));
    this.list.replaceChildren(...tokens.slice(0, rows).map((token, i) => h("li", { class: kept[i] ? "" : "nt-cut" },
      h("span", { class: "nt-token" }, bdi(token)),
      h("span", { class: "cw-track", "aria-hidden": "true" },
        h("span", { class: kept[i] ? "cw-bar" : "cw-bar nt-grey", style: `width: ${wide(kept[i] || plain[i])}` }),
        h("span", { class: "nt-own", style: `left: ${wide(own[i])}` })),
      h("span", { class: "cw-number" }, kept[i] ? percent(kept[i]) : "cut off"),
      h("span", { class: "nt-together" }, percent(together[i])))));
    this.list.style.setProperty("--nt-rows", Math.ceil(rows / 2));
    this.say(tokens, kept, own, plain);
    this.note.replaceChildren(note);
    this.root.dataset.kept = JSON.stringify(kept);
    clock(this.root, "paintMs", performance.now() - started);
  }

  say(tokens, kept, own, plain) {
    const left = kept.filter((value) => value > 0).length;
    const bits = kept.reduce((sum, value) => (value > 0 ? sum - value * Math.log2(value) : sum), 0);
    const mass = kept.reduce((sum, value, i) => (value > 0 ? sum + plain[i] : sum), 0);
    const hidden = kept.slice(ROWS).filter((value) => value > 0);
    this.said.replaceChildren(`${count(left, "token")} of ${tokens.length} may be drawn; they hold ${percent(mass)} of the ` +
      "probability. Likeliest: ", bdi(tokens[0]), `, ${percent(kept[0])} (by itself ${percent(own[0])}). Drawing one is worth ` +
      `${twoDigits(Math.abs(bits))} yes-or-no questions.` + (hidden.length
        ? ` Below the list: ${count(hidden.length, "more token")}, ${percent(hidden.reduce((a, b) => a + b, 0))} together.` : ""));
  }

  stop() {
    this.asker.stop();
    cancelAnimationFrame(this.frame);
  }
}

// 0.31 is 31 %, 0.004 is 0.4 %, 0.00001 is under 0.1 %.
function percent(share) {
  const value = 100 * share;
  if (value > 0 && value < 0.1) return "< 0.1 %";
  return `${value < 9.95 && value > 0 ? value.toFixed(1) : Math.round(value)} %`;
}

export default {
  render({ model, el }) {
    const widget = new NextTokenBars(model, el);
    return () => widget.stop();
  },
};
