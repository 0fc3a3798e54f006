// The window slider: how a word's neighbours change as the window grows. A table holds all windows of a word, so the
// slider asks nobody; only a word without a table goes to the kernel. Joined with client.js by client.py.

const COMPANY = { counts: "most often", ppmi: "more often than by chance (PPMI)" };
const whole = (value) => value.toLocaleString("en");

// The n words with the largest values in window w (counted from 1): [{word, value, values}].
function largest({ words, values }, w, n) {
  const order = words.map((_, i) => i).filter((i) => values[i][w - 1] > 0);
  order.sort((i, j) => values[j][w - 1] - values[i][w - 1] || i - j);
  return order.slice(0, n).map((i) => ({ word: words[i], value: values[i][w - 1], values: values[i] }));
}

// A little column for each window: does the word come nearer or go away as the window grows?
function spark(values, w) {
  const top = Math.max(...values);
  return h("span", { class: "wc-spark", "aria-hidden": "true", title: `Windows 1 to ${values.length}` },
    ...values.map((value, i) => h("span",
      { class: i === w - 1 ? "wc-now" : "", style: `height: ${Math.max(8, (100 * value) / top)}%` })));
}

class WindowCounts {
  constructor(model, el) {
    this.model = model;
    this.build(el);
    this.asker = new Asker(model, "question", "answer", { onAnswer: (answer, pressed) => this.arrived(answer, pressed),
      onWait: () => this.problem.replaceChildren(WAITING) });
    for (const trait of ["table", "window", "company"]) model.on(`change:${trait}`, () => this.draw());
    this.draw();
    this.arrived(model.get("answer"));
  }

  build(el) {
    this.slider = h("input", { type: "range", min: "1", max: String(this.model.get("widest")), step: "1",
      oninput: () => this.share("window", Number(this.slider.value)) });
    this.size = h("output", {});
    this.typed = h("input", { type: "text", maxlength: "60", autocomplete: "off", autocapitalize: "off",
      spellcheck: "false", onkeydown: (event) => event.key === "Enter" && this.choose(this.typed.value) });
    this.chips = h("div", { class: "cw-row wc-chips", role: "group", "aria-label": "Words to choose from" });
    this.choice = h("select", { onchange: () => this.share("company", this.choice.value) },
      ...Object.entries(COMPANY).map(([value, text]) => h("option", { value }, text)));
    this.places = h("div", { class: "wc-places", "aria-hidden": "true" });
    [this.said, this.problem] = [h("p", { role: "status" }), h("p", { class: "cw-problem", role: "alert" })];
    [this.alikeTitle, this.nearTitle, this.alike, this.near] = [h("h4"), h("h4"), h("div"), h("div")];
    const look = h("button", { type: "button", onclick: () => this.choose(this.typed.value) }, "Look");
    this.root = h("div", { class: "course-widget window-counts" }, h("h3", {}, this.model.get("title")),
      this.chips, h("div", { class: "cw-row" }, h("label", {}, "Any other word", this.typed), look), this.problem,
      h("div", { class: "cw-row" }, h("label", {}, "Window size", this.slider), this.size, this.places), this.said,
      h("div", { class: "wc-columns" },
        h("section", { class: "wc-alike" }, this.alikeTitle, this.alike),
        h("section", { class: "wc-near" }, this.nearTitle, h("label", {}, "Show what is counted", this.choice),
          this.near)),
      h("p", { class: "cw-note" }, this.model.get("note")));
    this.root.style.setProperty("--wc-rows", this.model.get("n"));
    keepKeys(this.root);
    el.append(this.root);
  }

  // Set a trait, which redraws at once, and tell the kernel: what waits unsaved, a late echo would undo.
  share(name, value) {
    this.model.set(name, value);
    this.model.save_changes();
  }

  choose(word) {
    const table = this.model.get("tables").find((one) => one.word === word.trim().toLowerCase());
    this.problem.replaceChildren(word.trim() ? "" : "Type a word first.");
    if (table) {
      this.asker.drop(); // a word that was typed before
      this.share("table", table);
    } else if (word.trim()) this.asker.ask({ word });
  }

  arrived({ problem }, pressed) {
    this.problem.replaceChildren(problem || "");
    if (pressed) clock(this.root, "answerMs", performance.now() - pressed);
  }

  draw() {
    const started = performance.now();
    const [table, w, company] = ["table", "window", "company"].map((trait) => this.model.get(trait));
    const places = `${w} ${w === 1 ? "place" : "places"} on each side`;
    this.slider.value = w;
    this.slider.setAttribute("aria-valuetext", places);
    this.size.textContent = places;
    this.choice.value = company;
    this.drawChips(table.word);
    this.drawPlaces(table.word, w);
    this.alikeTitle.replaceChildren("Words that keep the same company as ", bdi(table.word));
    this.nearTitle.replaceChildren("The company of ", bdi(table.word), ` (seen ${whole(table.seen)} times)`);
    this.drawList(this.alike, table.rows, { w, write: twoDigits, sparks: true });
    const counts = company === "counts";
    this.drawList(this.near, table[company], { w, write: counts ? whole : twoDigits, sparks: !counts });
    this.say(table, w);
    clock(this.root, "paintMs", performance.now() - started);
  }

  drawChips(chosen) {
    const words = [...new Set([...this.model.get("tables").map(({ word }) => word), chosen])];
    const look = JSON.stringify([words, chosen]);
    if (look === this.chipsLook) return;
    this.chipsLook = look;
    const focused = [...this.chips.children].indexOf(document.activeElement);
    this.chips.replaceChildren(...words.map((word) => h("button",
      { type: "button", "aria-pressed": String(word === chosen), onclick: () => this.choose(word) }, bdi(word))));
    this.chips.children[focused]?.focus();
  }

  drawPlaces(word, w) {
    const distances = Array.from({ length: this.model.get("widest") }, (_, i) => i + 1);
    const cell = (distance) => h("span", { class: distance <= w ? "wc-in" : "" });
    this.places.replaceChildren(...distances.map(cell).reverse(), h("b", {}, bdi(word)), ...distances.map(cell));
  }

  // Bars with sparks keep their scale over all windows; plain counts are measured against the largest on the list.
  drawList(place, list, { w, write, sparks }) {
    const rows = largest(list, w, this.model.get("n"));
    const full = sparks ? Math.max(...list.values.flat()) : rows[0]?.value;
    const bars = rows.map(({ word, value, values }) =>
      ({ word, share: value / full, number: write(value), extra: sparks ? spark(values, w) : null }));
    const onWord = (word) => {
      this.typed.value = word;
      this.typed.focus(); // the button that was pressed goes away with its list
      this.choose(word);
    };
    place.replaceChildren(rows.length ? barList(bars, { title: "Look at this word", onWord }) : "Nothing was counted.");
  }

  say(table, w) {
    const [widest, n] = [this.model.get("widest"), this.model.get("n")];
    const names = (window) => largest(table.rows, window, n).map(({ word }) => word);
    const now = names(w);
    const shared = (window) => names(window).filter((word) => now.includes(word)).length;
    const are = (number) => `${number} ${number === 1 ? "is" : "are"}`;
    this.said.replaceChildren(`Window ${w}: of the ${now.length} words most like `, bdi(table.word),
      `, ${are(shared(1))} also on the list of window 1, and ${are(shared(widest))} on that of window ${widest}.`);
  }

  stop() {
    this.asker.stop();
  }
}

export default {
  render({ model, el }) {
    const widget = new WindowCounts(model, el);
    return () => widget.stop();
  },
};
