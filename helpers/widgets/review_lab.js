// A live review: a text field, the verdict as a gauge, the words as buttons coloured by what they contribute, and the
// strongest as bars. While someone types, only the verdict is asked for; the words once they pause.
// Joined with client.js by client.py.

const PAUSE = 400; // milliseconds without typing before each word is asked about

class ReviewLab {
  constructor(model, el) {
    this.model = model;
    this.build(el);
    this.asker = new Asker(model, "question", "answer", { onAnswer: (answer, pressed) => this.arrived(answer, pressed),
      onWait: () => this.problem.replaceChildren(WAITING), patience: 8000 });
    model.on("change:shown", () => this.draw());
    this.draw();
    this.arrived(model.get("answer"));
  }

  build(el) {
    this.typed = h("textarea", { rows: "2", maxlength: "10000", autocapitalize: "off", spellcheck: "false",
      class: "rl-text", dir: "auto", oninput: () => this.typing() });
    [this.problem, this.said, this.note] = [h("p", { class: "cw-problem", role: "alert" }), h("p", { role: "status", class: "rl-said" }),
      h("p", { class: "cw-note" })];
    this.mark = h("span", { class: "rl-mark" });
    this.words = h("p", { class: "rl-words", dir: "auto", role: "group",
      "aria-label": "Words of the review. A press leaves a word out or puts it back; the arrow keys move.",
      onkeydown: (event) => this.key(event) });
    this.bars = h("ol", { class: "rl-bars" });
    this.all = h("button", { type: "button", onclick: () => this.ask([], true) }, "Put all words back");
    this.root = h("div", { class: "course-widget review-lab" }, h("h3", {}, this.model.get("title")),
      h("label", { class: "rl-label" }, "Your review", this.typed),
      h("div", { class: "cw-row" }, h("span", { class: "cw-note" }, "Or try:"), ...this.model.get("examples").map((text) =>
        h("button", { type: "button", class: "rl-example", onclick: () => this.take(text) }, bdi(text)))),
      this.problem, this.said,
      h("div", { class: "rl-gauge", "aria-hidden": "true" }, h("span", { class: "rl-end" }, "bad"),
        h("span", { class: "rl-scale" }, this.mark), h("span", { class: "rl-end" }, "good")),
      h("h4", {}, "Leave a word out: press it"), this.words, h("div", { class: "cw-row" }, this.all),
      h("h4", {}, "What each word adds, in log-odds"), this.bars, this.note);
    keepKeys(this.root);
    el.append(this.root);
  }

  take(text) {
    this.typed.value = text;
    this.ask([], true);
  }

  typing() {
    clearTimeout(this.timer);
    if (!/\S/.test(this.typed.value)) {
      this.problem.replaceChildren("Type at least one word.");
      return;
    }
    this.ask([], false);
    this.timer = setTimeout(() => this.ask([], true), PAUSE);
  }

  ask(without, parts) {
    clearTimeout(this.timer);
    this.without = without;
    this.asker.ask({ text: this.typed.value, without, parts });
  }

  toggle(number) {
    const { without: now, text } = this.model.get("shown");
    const without = this.asker.busy && this.typed.value === text ? this.without : now; // a press on its way counts
    if (this.typed.value !== text) this.typed.value = text;
    this.ask(without.includes(number) ? without.filter((one) => one !== number) : [...without, number], true);
  }

  key(event) {
    const buttons = [...this.words.querySelectorAll("button")];
    const here = buttons.indexOf(document.activeElement);
    const rtl = getComputedStyle(this.words).direction === "rtl" ? -1 : 1;
    const goal = { ArrowRight: here + rtl, ArrowLeft: here - rtl, Home: 0, End: buttons.length - 1 }[event.key];
    if (goal === undefined || here < 0) return;
    event.preventDefault();
    this.focus(buttons, Math.max(0, Math.min(goal, buttons.length - 1)));
  }

  focus(buttons, place) {
    for (const [i, button] of buttons.entries()) button.tabIndex = i === place ? 0 : -1;
    buttons[place]?.focus();
  }

  arrived({ problem }, pressed) {
    this.problem.replaceChildren(problem || "");
    if (pressed) clock(this.root, "answerMs", performance.now() - pressed);
  }

  draw() {
    const started = performance.now();
    const { text, words, values, without, p_good, log_odds, unread, note } = this.model.get("shown");
    this.asker.refresh(this.typed, text);
    const letters = Array.from(text); // Python counts characters, JavaScript half of some
    const name = ([start, end]) => letters.slice(start, end).join("");
    const before = this.words.contains(document.activeElement) ? Number(document.activeElement.dataset.number) : -1;
    const good = p_good >= 0.5;
    const sure = 100 * Math.max(p_good, 1 - p_good);
    this.said.replaceChildren("Verdict: ", h("b", { class: good ? "rl-good" : "rl-bad" }, good ? "good" : "bad"),
      `, ${sure > 99.9 ? "more than 99.9" : sure.toFixed(1)} % sure (log-odds ${signed(log_odds)})` +
      (without.length ? `, ${count(without.length, "word")} left out` : "") + ".");
    this.mark.style.insetInlineStart = `${100 * p_good}%`;
    const most = Math.max(0.5, ...values.map((value) => Math.abs(value || 0)));
    this.words.replaceChildren(...words.map((span, i) => {
      const value = values[i];
      const gone = without.includes(i);
      const button = h("button", { type: "button", class: gone ? "rl-word rl-gone" : `rl-word ${value > 0 ? "rl-for" : value < 0 ? "rl-against" : ""}`,
        "aria-pressed": String(gone), tabindex: i === Math.max(before, 0) ? "0" : "-1", "data-number": String(i),
        title: gone ? "left out; press to put it back" : value == null ? "" : `${signed(value)} log-odds`,
        "aria-label": `${name(span)}, ${gone ? "left out" : value == null ? "not asked yet" : signed(value)}`,
        onclick: () => this.toggle(i) }, bdi(name(span)));
      if (!gone && value) button.style.setProperty("--rl-strength", `${Math.round(62 * Math.abs(value) / most)}%`);
      return button;
    }), ...(unread ? [h("span", { class: "rl-unread" }, ` ${unread}…`)] : []));
    this.all.disabled = !without.length;
    const rows = words.map((span, i) => [name(span), values[i]]).filter(([, value]) => value != null);
    rows.sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
    this.bars.replaceChildren(...rows.slice(0, 12).map(([word, value]) => h("li", {},
      h("span", { class: "rl-name" }, bdi(word)),
      h("span", { class: "rl-track", "aria-hidden": "true" }, h("span", { class: value < 0 ? "rl-left" : "rl-right",
        style: `width: ${50 * Math.abs(value) / most}%` })),
      h("span", { class: "cw-number" }, signed(value)))));
    const pending = values.some((value, i) => value == null && !without.includes(i));
    this.note.replaceChildren(pending ? "Asking about each word …" : "A word's number: the log-odds of “good” with it, minus " +
      "without it. Log-odds 0 is undecided, +2.2 is nine to one for good. " + note);
    this.root.dataset.parts = String(!pending);
    if (before >= 0) this.focus([...this.words.querySelectorAll("button")], Math.min(before, words.length - 1));
    clock(this.root, "paintMs", performance.now() - started);
  }

  stop() {
    clearTimeout(this.timer);
    this.asker.stop();
  }
}

const signed = (value) => `${value > 0.004 ? "+" : ""}${twoDigits(value)}`;

export default {
  render({ model, el }) {
    const widget = new ReviewLab(model, el);
    return () => widget.stop();
  },
};
