// Let a model write: a beginning, a temperature, cut-offs. The same dice fall again while a slider moves, so what
// changes is the slider's doing; a button throws new dice. Joined with client.js by client.py.

const KEEP = [0, 1, 2, 3, 5, 10, 20, 40]; // how many characters top-k keeps; 0 is all

class GenerationLab {
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
    const slider = (name, attributes, text) => {
      const input = h("input", { type: "range", ...attributes, oninput: () => {
        this.ask({ [name]: name === "top_k" ? this.keep[Number(input.value)] : Number(input.value) });
      } });
      this[name] = { input, output: h("output") };
      return h("div", { class: "gl-slider" }, h("label", {}, text, input), this[name].output);
    };
    this.typed = h("input", { type: "text", maxlength: "2000", autocomplete: "off", autocapitalize: "off",
      spellcheck: "false", class: "gl-prompt", oninput: () => this.ask() });
    const again = h("button", { type: "button", onclick: () => this.ask({ seed: this.options.seed + 1 }) }, "New dice");
    this.problem = h("p", { class: "cw-problem", role: "alert" });
    [this.text, this.said, this.first, this.note] = [h("p", { class: "gl-text", dir: "auto" }), h("p", { role: "status" }),
      h("div"), h("p", { class: "cw-note" })];
    this.root = h("div", { class: "course-widget generation-lab" }, h("h3", {}, this.model.get("title")),
      h("div", { class: "cw-row" }, h("label", {}, "Begin with", this.typed), again),
      h("div", { class: "cw-row" },
        slider("temperature", { min: "0", max: "2", step: "0.1" }, "Temperature"),
        slider("top_k", { min: "0", step: "1" }, "Top-k"),
        slider("top_p", { min: "0.05", max: "1", step: "0.05" }, "Top-p")),
      this.problem, this.text, this.said, h("h4", {}, "The first character"), this.first, this.note);
    keepKeys(this.root);
    el.append(this.root);
  }

  // The sliders stand where the options say, which Python may have set.
  place() {
    const { temperature, top_k, top_p } = this.options;
    this.keep = withStop(KEEP, top_k);
    this.top_k.input.max = this.keep.length - 1;
    const values = { temperature, top_k: this.keep.indexOf(top_k), top_p };
    for (const [name, value] of Object.entries(values)) this[name].input.value = value;
    const texts = { temperature: temperature ? temperature.toFixed(1) : "0, the likeliest always",
      top_k: top_k ? `the ${top_k} likeliest` : "all", top_p: top_p < 1 ? top_p.toFixed(2) : "all" };
    for (const [name, text] of Object.entries(texts)) {
      this[name].output.textContent = text;
      this[name].input.setAttribute("aria-valuetext", text);
    }
  }

  ask(change = {}) {
    this.options = { ...this.options, ...change };
    this.place();
    if (this.typed.value) this.asker.ask({ prompt: this.typed.value, ...this.options });
    else this.problem.replaceChildren("Type at least one character to begin with.");
  }

  arrived({ problem }, pressed) {
    this.problem.replaceChildren(problem || "");
    if (pressed) clock(this.root, "answerMs", performance.now() - pressed);
  }

  draw() {
    const started = performance.now();
    const { prompt, written, top, bits, note } = this.model.get("shown");
    if (!this.asker.busy) this.options = this.model.get("options");
    this.asker.refresh(this.typed, this.model.get("prompt"));
    this.place();
    this.text.replaceChildren(h("b", {}, prompt), ...written.map(([char, percent]) =>
      h("span", { class: `gl-${percent >= 50 ? "sure" : percent >= 10 ? "fair" : "rare"}`, title: `${percent} %` }, char)));
    const rare = written.filter(([, percent]) => percent < 10).length;
    this.said.textContent = `${count(written.length, "character")} written, ${rare} of them with a probability below ` +
      `10 % (underlined). At temperature 1 the model finds this text worth ${bits} bits per character.`;
    const full = Math.max(...top.flatMap(([, drawn, plain]) => [drawn, plain]));
    this.first.replaceChildren(h("ol", { class: "cw-bars" }, ...top.map(([char, drawn, plain]) => h("li", {},
      h("span", { class: "cw-word" }, bdi(char)), h("span", { class: "cw-track", "aria-hidden": "true" },
        h("span", { class: "cw-bar", style: `width: ${(100 * drawn) / full}%` }),
        h("span", { class: "gl-plain", style: `left: ${(100 * plain) / full}%` })),
      h("span", { class: "cw-number" }, `${Math.round(100 * drawn)} %`),
      h("span", { class: "gl-was" }, `${Math.round(100 * plain)} % at 1`)))));
    this.note.replaceChildren(note);
    clock(this.root, "paintMs", performance.now() - started);
  }

  stop() {
    this.asker.stop();
  }
}

export default {
  render({ model, el }) {
    const widget = new GenerationLab(model, el);
    return () => widget.stop();
  },
};
