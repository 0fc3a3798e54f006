// Mask and fill: tokens as buttons, pressed is masked; below, what the model puts into each gap. The kernel is asked
// once a click. Joined with client.js by client.py.

const PANELS = 6;

class MaskAndFill {
  constructor(model, el) {
    this.model = model;
    this.at = 0; // the token that Tab reaches; arrows move on from it
    this.build(el);
    this.asker = new Asker(model, "question", "answer", { onAnswer: (answer, pressed) => this.arrived(answer, pressed),
      onWait: () => this.problem.replaceChildren(WAITING) });
    model.on("change:shown", () => this.draw());
    this.draw();
    this.arrived(model.get("answer"));
  }

  build(el) {
    this.typed = h("input", { type: "text", maxlength: "10000", autocomplete: "off", spellcheck: "false", class: "mf-text",
      oninput: () => this.edit() });
    [this.problem, this.said] = [h("p", { class: "cw-problem", role: "alert" }), h("p", { role: "status" })];
    this.line = h("div", { class: "mf-line", role: "toolbar", dir: "ltr", "aria-label": "The tokens of the text. Arrow keys " +
      "move, Enter or the space bar masks a token or shows it again.", onkeydown: (event) => this.key(event) });
    [this.gaps, this.note] = [h("div", { class: "mf-gaps" }), h("p", { class: "cw-note" })];
    this.root = h("div", { class: "course-widget mask-and-fill" }, h("h3", {}, this.model.get("title")),
      h("div", { class: "cw-row" }, h("label", {}, "Text", this.typed),
        h("button", { type: "button", onclick: () => this.ask([]) }, "Show all"),
        h("button", { type: "button", onclick: () => this.ask(this.everyOther()) }, "Mask every other")),
      this.problem, h("p", { class: "cw-note" }, "Click a token to mask it. The number below a token is the probability that " +
        "the model gives to this very token at its place, with the text as it is now."),
      this.line, this.said, this.gaps, this.note);
    keepKeys(this.root);
    el.append(this.root);
  }

  shown() {
    return this.model.get("shown");
  }

  everyOther() {
    return this.shown().tokens.map((_, place) => place).filter((place) => place % 2);
  }

  // Gaps are counted in the text that is shown, which may be older than the one that is typed.
  ask(masked) {
    this.asked = { masked, of: this.shown().text };
    this.asker.ask({ text: this.typed.value, ...this.asked });
  }

  // The gaps as they will be: those asked for, if they are still on their way.
  masked() {
    const { text, masked } = this.shown();
    return this.asker.busy && this.asked?.of === text ? this.asked.masked : masked;
  }

  edit() {
    if (this.typed.value.trim()) this.ask(this.masked());
    else this.problem.replaceChildren("Type at least one word.");
  }

  toggle(place) {
    const masked = this.masked();
    this.at = place;
    this.ask(masked.includes(place) ? masked.filter((one) => one !== place) : [...masked, place]);
  }

  key(event) {
    const last = this.shown().tokens.length - 1;
    const to = { ArrowLeft: Math.max(this.at - 1, 0), ArrowRight: Math.min(this.at + 1, last), Home: 0, End: last }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.reach(to);
    this.line.children[to].focus();
  }

  reach(place) {
    this.at = place;
    [...this.line.children].forEach((button, i) => button.setAttribute("tabindex", i === place ? "0" : "-1"));
  }

  arrived({ problem }, pressed) {
    this.problem.replaceChildren(problem || "");
    if (pressed) clock(this.root, "answerMs", performance.now() - pressed);
  }

  draw() {
    const started = performance.now();
    const { text, tokens, masked, own, gaps, note } = this.shown();
    this.asker.refresh(this.typed, text);
    const focused = this.line.contains(document.activeElement);
    this.line.replaceChildren(...tokens.map(([sign, inside], place) => {
      const hidden = masked.includes(place);
      return h("button", { type: "button", "aria-pressed": String(hidden), class: inside ? "mf-inside" : "",
        "aria-label": hidden ? `masked: ${sign}` : `${sign}, ${percent(own[place])}`, onclick: () => this.toggle(place) },
      h("span", { class: "mf-sign" }, hidden ? "[MASK]" : bdi(sign)),
      h("span", { class: "mf-own", "aria-hidden": "true" }, hidden ? bdi(sign) : percent(own[place])));
    }));
    this.reach(Math.min(this.at, tokens.length - 1));
    if (focused) this.line.children[this.at].focus(); // the button that was pressed is gone
    this.gaps.replaceChildren(...gaps.slice(0, PANELS).map((gap) => this.panel(gap)));
    this.say(gaps, own);
    this.note.replaceChildren(note);
    this.root.dataset.shown = JSON.stringify({ masked, own, gaps });
    clock(this.root, "paintMs", performance.now() - started);
  }

  panel({ place, best, true: stood, chance, rank }) {
    const bars = best.map(([sign, share]) => h("li", { class: sign === stood ? "mf-true" : "" },
      h("span", { class: "mf-guess" }, bdi(sign)),
      h("span", { class: "cw-track", "aria-hidden": "true" }, h("span", { class: sign === stood ? "cw-bar cw-striped" : "cw-bar",
        style: `width: ${100 * share}%` })),
      h("span", { class: "cw-number" }, percent(share))));
    const below = !stood ? ["You left this gap open."]
      : ["Stood there: ", bdi(stood), `, ${percent(chance)}, guess number ${rank.toLocaleString("en")}.`];
    return h("section", {}, h("h4", {}, `Gap at token ${place + 1}`), h("ol", { class: "mf-bars" }, ...bars),
      h("p", { class: "cw-note" }, ...below));
  }

  say(gaps, own) {
    if (!gaps.length) {
      const lowest = own.indexOf(Math.min(...own));
      this.said.replaceChildren("Nothing is masked. The model sees every token, and is least sure of ",
        bdi(this.shown().tokens[lowest][0]), `: ${percent(own[lowest])}.`);
      return;
    }
    const known = gaps.filter((gap) => gap.true);
    const right = known.filter((gap) => gap.rank === 1).length;
    const nats = known.reduce((sum, gap) => sum - Math.log(Math.max(gap.chance, 1e-5)), 0) / Math.max(known.length, 1);
    this.said.replaceChildren(`${count(gaps.length, "gap")}. ` + (known.length
      ? `First guess right: ${right} of ${known.length}; surprise ${twoDigits(nats)} nats a gap.` : "")
      + (gaps.length > PANELS ? ` The first ${PANELS} are shown.` : ""));
  }

  stop() {
    this.asker.stop();
  }
}

// 0.31 is 31 %, 0.004 is 0.4 %, 0.00001 is under 0.1 %.
function percent(share) {
  const value = 100 * share;
  if (value < 0.1) return "< 0.1 %";
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} %`;
}

export default {
  render({ model, el }) {
    const widget = new MaskAndFill(model, el);
    return () => widget.stop();
  },
};
