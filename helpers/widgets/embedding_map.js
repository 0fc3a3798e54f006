// The embedding map: search, legend, details and the stage, tied to the traits. Joined by client.py with client.js
// and the map's own plane (geometry), draw (canvas) and stage (mouse, keyboard, painting).

const LONGEST = 24; // letters of a label

const shorten = (word) => {
  const letters = [...word.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ")];
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join("")}…` : letters.join("");
};

const HELP =
  "Arrow keys go from word to word, Shift and an arrow moves the map, + and − zoom, 0 shows all, Escape lets go. " +
  "With the mouse: point, click, drag; the wheel zooms once the map is clicked. Both axes have the same scale.";

class EmbeddingMap {
  constructor(model, el) {
    const words = model.get("words");
    this.model = model;
    this.data = {
      words, texts: words.map(shorten), folded: words.map(fold),
      xs: Float64Array.from(model.get("xs")), ys: Float64Array.from(model.get("ys")),
      groups: model.get("groups"), styles: model.get("styles"), full: model.get("neighbours"), axes: model.get("axes"),
    };
    this.build(el);
    this.colours = inks(this.root);
    this.listen();
    this.read();
  }

  build(el) {
    const [id, title] = [uniqueId("map"), this.model.get("title")];
    const label = `${title}: ${count(this.data.words.length, "word")}`;
    this.stage = new Stage(this.data, { label, helpId: `${id}-help`, height: this.model.get("height"),
      onSelect: (i) => this.share("selected", i), onShown: () => this.recolour() });
    this.search = h("input",
      { type: "search", autocomplete: "off", spellcheck: "false", "aria-describedby": `${id}-found` });
    this.found = h("span", { class: "em-found cw-note", id: `${id}-found`, role: "status" });
    this.detail = h("div", { class: "em-detail", role: "status", "aria-live": "polite" });
    this.legend = h("div",
      { class: "em-legend cw-row", role: "group", "aria-label": "Groups: press one to hide or show it" });
    const button = (text, name, action) =>
      h("button", { type: "button", "aria-label": name, title: name, onclick: action }, text);
    this.root = h("div", { class: "course-widget embedding-map" }, h("h3", {}, title),
      h("div", { class: "cw-row" }, h("label", {}, "Find a word", this.search), this.found,
        h("span", { class: "cw-row em-zoom" }, button("+", "Zoom in", () => this.stage.zoom(1.5)),
          button("−", "Zoom out", () => this.stage.zoom(1 / 1.5)),
          button("Show all", "Show the whole map", () => this.stage.home()))),
      this.legend, h("div", { class: "em-body" }, this.stage.element, this.detail),
      h("p", { class: "em-caption" }, this.model.get("caption")), h("p", { class: "cw-note", id: `${id}-help` }, HELP));
    keepKeys(this.root);
    el.append(this.root);
  }

  listen() {
    this.search.addEventListener("input", () => this.share("query", this.search.value));
    this.search.addEventListener("keydown", (event) => event.key === "Enter" && this.nextMatch());
    this.legend.addEventListener("click", (event) => this.toggle(event.target.closest("button")));
    this.detail.addEventListener("click", (event) => {
      const at = event.target.closest("button")?.dataset.word;
      if (at === undefined) return;
      this.stage.element.focus({ preventScroll: true }); // the button that was pressed goes away with its list
      this.go(Number(at));
    });
    for (const trait of ["selected", "query", "hidden"]) this.model.on(`change:${trait}`, () => this.read());
    this.stopTheme = onTheme(() => this.recolour());
  }

  // Set a trait, which redraws at once, and tell the kernel: what waits unsaved, a late echo would undo.
  share(name, value) {
    this.model.set(name, value);
    this.model.save_changes();
  }

  read() {
    const started = performance.now();
    const hidden = new Set(this.model.get("hidden"));
    const query = this.model.get("query").trim();
    const shown = Uint8Array.from(this.data.groups, (group) => (hidden.has(group) ? 0 : 1));
    const asked = this.model.get("selected");
    const selected = shown[asked] ? asked : -1;
    const near = this.data.full[selected]?.length || 5;
    const flat = selected < 0 ? [] : nearestOnPlane(this.data.xs, this.data.ys, selected, near);
    const matches = findMatches(this.data.folded, query);
    this.state = { shown, selected, flat, matches, marked: query ? new Set(matches) : null };
    if (this.search.value.trim() !== query) this.search.value = query;
    this.sayFound(query);
    this.sayDetail();
    this.drawLegend(hidden);
    this.stage.set(this.state, started);
  }

  sayFound(query) {
    const { matches, shown } = this.state;
    const unseen = matches.filter((i) => !shown[i]).length;
    const words = matches.length ? count(matches.length, "word") : "No word";
    const said = `${words} of ${this.data.words.length.toLocaleString("en")} contain${matches.length > 1 ? "" : "s"} `;
    const more = unseen ? `, ${unseen} of them in hidden groups` : "";
    this.found.replaceChildren(...(query ? [said, bdi(shorten(query)), `${more}.`] : []));
  }

  // Rebuilt only when something in it changes, so that a screen reader does not repeat it.
  sayDetail() {
    const { selected, flat } = this.state;
    if (this.told === selected) return;
    this.told = selected;
    if (selected < 0) {
      this.detail.replaceChildren(
        h("p", {}, "No word is selected. Click one, or step from word to word with the arrow keys."));
      return;
    }
    const { words, texts, styles, groups } = this.data;
    const full = this.data.full[selected] || [];
    const both = new Set(full.filter((i) => flat.includes(i)));
    const list = (indices) => h("ol", {}, ...indices.map((i) => h("li", both.has(i) ? { class: "em-both" } : {},
      h("button", { type: "button", "data-word": i, title: "Go to this word" }, bdi(texts[i])),
      both.has(i) ? " in both" : null)));
    this.detail.replaceChildren(...[
      h("h4", {}, bdi(words[selected])),
      styles.length > 1 ? h("p", {}, "Group: ", bdi(styles[groups[selected]].name)) : null,
      full.length ? h("p", { class: "em-full" }, "Nearest in all dimensions") : null,
      full.length ? list(full) : null,
      h("p", { class: "em-flat" }, "Nearest on this map"),
      list(flat),
      full.length ? h("p", {}, `The map keeps ${both.size} of these ${count(full.length, "neighbour")}.`) : null,
    ].filter(Boolean));
  }

  drawLegend(hidden) {
    const { styles, groups } = this.data;
    const look = JSON.stringify([[...hidden], this.colours.dark]);
    if (styles.length < 2 || look === this.legendLook) return;
    this.legendLook = look;
    const focused = [...this.legend.children].indexOf(document.activeElement);
    this.legend.replaceChildren(...styles.map((style, k) => h("button",
      { type: "button", "data-group": k, "aria-pressed": String(!hidden.has(k)) }, legendIcon(style, this.colours.dark),
      bdi(style.name), h("span", { class: "cw-note" }, String(groups.filter((group) => group === k).length)))));
    this.legend.children[focused]?.focus();
  }

  toggle(button) {
    if (!button) return;
    const hidden = new Set(this.model.get("hidden"));
    const group = Number(button.dataset.group);
    if (!hidden.delete(group)) hidden.add(group);
    this.share("hidden", [...hidden].sort((a, b) => a - b));
  }

  // Select a word and bring it into sight; its group is shown again if it was hidden.
  go(i) {
    if (!this.state.shown[i])
      this.share("hidden", this.model.get("hidden").filter((group) => group !== this.data.groups[i]));
    this.share("selected", i);
    this.stage.bring(i);
  }

  nextMatch() {
    const { matches, shown, selected } = this.state;
    const seen = matches.filter((i) => shown[i]);
    if (seen.length) this.go(seen[(seen.indexOf(selected) + 1) % seen.length]);
  }

  recolour() {
    this.colours = inks(this.root);
    this.stage.recolour(this.colours);
    this.read();
  }

  stop() {
    this.stopTheme();
    this.stage.stop();
  }
}

export default {
  render({ model, el }) {
    const map = new EmbeddingMap(model, el);
    return () => map.stop();
  },
};
