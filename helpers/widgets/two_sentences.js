// One word in two sentences: a word is chosen in each, bars say how alike their vectors are after every block, and
// the nearest other occurrences stand below. The kernel is asked once a change. Joined with client.js by client.py.

class TwoSentences {
  constructor(model, el) {
    this.model = model;
    this.layer = model.get("shown").cosines.length - 1;
    this.at = [0, 0]; // the word of each sentence that Tab reaches
    this.build(el);
    this.asker = new Asker(model, "question", "answer", { onAnswer: (answer, pressed) => this.arrived(answer, pressed),
      onWait: () => this.problem.replaceChildren(WAITING) });
    model.on("change:shown", () => this.draw());
    this.draw();
    this.arrived(model.get("answer"));
  }

  build(el) {
    const names = ["First sentence", "Second sentence"];
    this.typed = names.map(() => h("input", { type: "text", maxlength: "10000", autocomplete: "off", spellcheck: "false",
      class: "ts-text", oninput: () => this.edit() }));
    this.lines = names.map((name, side) => h("div", { class: "ts-line", role: "toolbar", dir: "ltr",
      "aria-label": `${name}: choose a word`, onkeydown: (event) => this.key(event, side) }));
    [this.problem, this.said] = [h("p", { class: "cw-problem", role: "alert" }), h("p", { role: "status" })];
    [this.bars, this.near, this.note] = [h("ol", { class: "ts-bars" }), h("div", { class: "ts-near" }), h("p", { class: "cw-note" })];
    this.nearTitle = h("h4");
    this.root = h("div", { class: "course-widget two-sentences" }, h("h3", {}, this.model.get("title")),
      ...names.map((name, side) => h("div", { class: "ts-side" },
        h("label", {}, name, this.typed[side]), this.lines[side])),
      this.problem, this.said, this.bars,
      h("p", { class: "cw-note" }, "The bar is the cosine of the two chosen words' vectors. The tick is that of the first one " +
        "and the other words of the second sentence, on average. Choose a layer to see the nearest occurrences there."),
      this.nearTitle, this.near, this.note);
    keepKeys(this.root);
    el.append(this.root);
  }

  shown() {
    return this.model.get("shown");
  }

  edit() {
    const texts = this.typed.map((input) => input.value);
    this.places = null; // another text, other words
    if (texts.every((text) => text.trim())) this.asker.ask({ texts });
    else this.problem.replaceChildren("Type at least one word into each sentence.");
  }

  choose(side, place) {
    const places = [...((this.asker.busy && this.places) || this.shown().places)]; // a choice on its way counts
    places[side] = place;
    this.places = places;
    this.at[side] = place;
    this.asker.ask({ texts: this.typed.map((input) => input.value), places });
  }

  key(event, side) {
    const last = this.shown().words[side].length - 1, at = this.at[side];
    const to = { ArrowLeft: Math.max(at - 1, 0), ArrowRight: Math.min(at + 1, last), Home: 0, End: last }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.reach(side, to);
    this.lines[side].children[to].focus();
  }

  reach(side, place) {
    this.at[side] = place;
    [...this.lines[side].children].forEach((button, i) => button.setAttribute("tabindex", i === place ? "0" : "-1"));
  }

  arrived({ problem }, pressed) {
    this.problem.replaceChildren(problem || "");
    if (pressed) clock(this.root, "answerMs", performance.now() - pressed);
  }

  draw() {
    const started = performance.now();
    const { texts, words, places, cosines, others, note } = this.shown();
    this.typed.forEach((input, side) => this.asker.refresh(input, texts[side]));
    words.forEach((line, side) => {
      const focused = this.lines[side].contains(document.activeElement);
      this.lines[side].replaceChildren(...line.map((word, place) => h("button", { type: "button",
        "aria-pressed": String(place === places[side]), onclick: () => this.choose(side, place) }, bdi(word))));
      this.reach(side, focused ? Math.min(this.at[side], line.length - 1) : places[side]);
      if (focused) this.lines[side].children[this.at[side]].focus();
    });
    this.layer = Math.min(this.layer, cosines.length - 1);
    const wide = (value) => `${100 * Math.max(0, Math.min(1, value))}%`;
    const focused = this.bars.contains(document.activeElement);
    this.bars.replaceChildren(...cosines.map((cosine, layer) => h("li", {},
      h("button", { type: "button", "aria-pressed": String(layer === this.layer), onclick: () => this.show(layer) }, name(layer)),
      h("span", { class: "cw-track", "aria-hidden": "true" }, h("span", { class: "cw-bar", style: `width: ${wide(cosine)}` }),
        h("span", { class: "ts-others", style: `left: ${wide(others[layer])}` })),
      h("span", { class: "cw-number" }, twoDigits(cosine)),
      h("span", { class: "ts-number" }, `others ${twoDigits(others[layer])}`))));
    if (focused) this.bars.children[this.layer].querySelector("button").focus();
    this.around();
    this.say();
    this.note.replaceChildren(note);
    this.root.dataset.shown = JSON.stringify({ words, places, cosines, others, layer: this.layer });
    clock(this.root, "paintMs", performance.now() - started);
  }

  show(layer) {
    this.layer = layer;
    this.draw();
  }

  around() {
    const { words, places, near } = this.shown();
    this.nearTitle.replaceChildren(`Nearest other occurrences, ${name(this.layer)}`);
    this.near.replaceChildren(...near.map((layers, side) => {
      const word = words[side][places[side]];
      const rows = layers[this.layer].map(([before, after, cosine]) => h("li", {},
        h("span", { class: "cw-number" }, twoDigits(cosine)), h("bdi", {}, before, " ", h("b", {}, word), " ", after)));
      return h("section", {}, h("h4", {}, bdi(word), `, ${side ? "second" : "first"} sentence`), rows.length
        ? h("ol", {}, ...rows) : h("p", { class: "cw-note" }, "The word stands nowhere else in the texts searched."));
    }));
  }

  say() {
    const { words, places, cosines } = this.shown();
    const [one, two] = words.map((line, side) => line[places[side]]);
    this.said.replaceChildren(...(one === two ? [bdi(one), " in two sentences: "] : [bdi(one), " and ", bdi(two), ": "]),
      `cosine ${twoDigits(cosines[0])} before the first block, ${twoDigits(cosines[cosines.length - 1])} after the last.`);
  }

  stop() {
    this.asker.stop();
  }
}

const name = (layer) => (layer ? `after block ${layer}` : "embedding");

export default {
  render({ model, el }) {
    const widget = new TwoSentences(model, el);
    return () => widget.stop();
  },
};
