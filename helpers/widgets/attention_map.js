// The attention map on the page: panes, controls, keys, and the sentence that tells what is pointed at.

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const BESIDE = 880;   // from this width on, the small maps stand beside the large one …
const GAP = 32;       // … at this distance

const clamp = (value, count) => Math.max(0, Math.min(count - 1, value));

class AttentionView {
  constructor(model, root) {
    Object.assign(this, { model, root, key: null, hover: null, width: 0, selects: {} });
    this.panes = Object.fromEntries(Object.keys(PANES).map((kind) => [kind, new Pane(kind)]));
    this.build();
    for (const pane of Object.values(this.panes)) this.listen(pane);
    model.on("change", () => this.changed());
    const observer = new ResizeObserver(() => this.resized());
    observer.observe(this.stage);
    const stopTheme = onTheme(() => this.refit());
    this.stop = () => { observer.disconnect(); stopTheme(); };
    this.changed();
  }

  build() {
    const choice = (name, set) => {
      const id = uniqueId(name);
      const select = h("select", { id, onchange: () => this.act(() => set(Number(select.value))) });
      this.selects[name] = select;
      return h("span", { class: "am-choice" }, h("label", { for: id }, name[0].toUpperCase() + name.slice(1)), select);
    };
    this.buttons = Object.entries(PANE_NAMES).map(([kind, name]) =>
      h("button", { type: "button", "data-view": kind, onclick: () => this.act(() => this.set({ view: kind })) }, name));
    this.controls = h("div", { class: "cw-row" },
      h("div", { class: "am-views", role: "group", "aria-label": "View" }, ...this.buttons),
      choice("layer", (layer) => this.set({ layer })), choice("head", (head) => this.set({ head })),
      choice("query", (query) => this.choose(query, null)));
    this.told = h("p", { class: "am-told", role: "status", "aria-live": "polite", "aria-atomic": "true" });
    this.row = h("p", { class: "am-row" });
    this.stage = h("div", { class: "am-stage" }, ...Object.values(this.panes).map((pane) => pane.element));
    this.help = h("p", { class: "cw-note", id: uniqueId("help") });
    for (const pane of Object.values(this.panes)) pane.element.setAttribute("aria-describedby", this.help.id);
    this.root.append(this.controls, this.told, this.row, this.stage, this.help);
  }

  listen(pane) {
    pane.element.addEventListener("pointermove", (event) => this.point(pane.hit(this.maps, event)));
    pane.element.addEventListener("pointerleave", () => this.point(null));
    pane.element.addEventListener("click", (event) => this.click(pane, pane.hit(this.maps, event)));
    pane.element.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !this.pressed(pane, event)) return;
      event.preventDefault();
    });
  }

  // ---- state: layer, head, query and view are shared by all views of the model; key and hover are this view's own

  selected() {
    const { maps, model } = this;
    return { layer: clamp(model.get("layer"), maps.layers), head: clamp(model.get("head"), maps.heads),
             query: clamp(model.get("query"), maps.nQueries), key: this.key };
  }

  view() {
    const view = this.model.get("view");
    return view === "grid" && !this.maps.many ? "head" : view;
  }

  set(state) { this.model.set(state); }

  choose(query, key) {
    this.key = key;
    this.set({ query });
  }

  // Do something, paint at once, note the milliseconds; only then tell the kernel.
  act(change) {
    const started = performance.now();
    Object.assign(this, { hover: null, painted: false });
    change();   // the model calls `changed`, which paints, unless only the key is another
    if (!this.painted) this.paint();
    clock(this.root, "paintMs", performance.now() - started);
    this.model.save_changes();
  }

  point(hit) {
    if (this.maps.empty || (hit === null && this.hover === null)) return;
    const started = performance.now();
    this.hover = hit;
    this.paint();
    clock(this.root, "hoverMs", performance.now() - started);
  }

  click(pane, hit) {
    pane.element.focus({ preventScroll: true });
    if (!hit) return;
    if (pane.kind === "grid") this.act(() => this.set({ layer: hit.layer, head: hit.head, ...this.opened() }));
    else this.act(() => this.choose(hit.query ?? this.selected().query, hit.key ?? null));
  }

  // From the grid alone, choosing a map opens it; from the grid beside a map, that map is open already.
  opened() { return this.view() === "grid" ? { view: "head" } : {}; }

  pressed(pane, event) {
    const { maps } = this;
    const at = this.selected();
    const inGrid = pane.kind === "grid";
    const page = { PageUp: -1, PageDown: 1 }[event.key];
    const ends = { Home: 0, End: Infinity }[event.key];
    const step = STEPS[event.key];
    if (step && (inGrid || event.shiftKey)) this.act(() => this.go(at.layer + step[0], at.head + step[1]));
    else if (step) this.act(() => this.choose(clamp(at.query + step[0], maps.nQueries), this.nextKey(at, step[1])));
    else if (page && maps.many) this.act(() => this.go(at.layer + page, at.head));
    else if (ends !== undefined && inGrid) this.act(() => this.go(at.layer, ends));
    else if (ends !== undefined) this.act(() => this.choose(at.query, clamp(ends, maps.nKeys)));
    else if (inGrid && (event.key === "Enter" || event.key === " ")) this.open(this.view() === "grid" ? "head" : this.view());
    else if (!inGrid && event.key === "Escape" && maps.many) this.open("grid");
    else return false;
    return true;
  }

  go(layer, head) {
    this.set({ layer: clamp(layer, this.maps.layers), head: clamp(head, this.maps.heads) });
  }

  // The first step sideways goes to the strongest key, the next ones go on from there.
  nextKey(at, step) {
    if (!step) return at.key;
    return at.key === null ? this.maps.strongest(at, at.query, 1)[0][0] : clamp(at.key + step, this.maps.nKeys);
  }

  open(view) {
    this.act(() => this.set({ view }));
    this.panes[view].element.focus({ preventScroll: true });
  }

  // ---- painting

  changed() {
    const weights = this.model.get("weights");
    const tokens = [this.model.get("tokens"), this.model.get("query_tokens"), this.model.get("shape")];
    if (weights !== this.weights || tokens.some((list, i) => list !== this.tokens?.[i])) {
      Object.assign(this, { weights, tokens, maps: new Maps(this.model), key: null, hover: null });
      this.offer("layer", this.maps.layers, (i) => `${i + 1} of ${this.maps.layers}`);
      this.offer("head", this.maps.heads, (i) => `${i + 1} of ${this.maps.heads}`);
      this.offer("query", this.maps.nQueries, (i) => `${i + 1}: ${this.maps.queries[i].slice(0, 40)}`);
      this.refit();
    } else if (this.view() !== this.laidOut) {
      this.refit();
    } else {
      this.paint();
    }
  }

  offer(name, n, text) {
    const select = this.selects[name];
    select.replaceChildren(...Array.from({ length: n }, (_, i) => h("option", { value: String(i) }, text(i))));
    select.parentElement.hidden = n < 2;
  }

  resized() {
    if (Math.abs(this.stage.clientWidth - this.width) >= 1) this.refit();
  }

  refit() {
    const { maps } = this;
    this.width = this.stage.dataset.width = this.stage.clientWidth;
    this.laidOut = this.view();
    this.root.dataset.view = this.laidOut;
    this.look = lookOf(this.root, this.width);
    const ready = !maps.empty && this.width > 60;
    const beside = maps.many && this.laidOut !== "grid" && this.width >= BESIDE;
    for (const [kind, pane] of Object.entries(this.panes)) {
      pane.shown = ready && (kind === this.laidOut || (kind === "grid" && beside));
      pane.element.hidden = !pane.shown;
    }
    if (ready) {
      const small = Math.min(this.width * 0.34, 48 + maps.heads * 72);   // kept free for the small maps
      const used = this.panes[this.laidOut].fit(this.look, maps, this.width - (beside ? small + GAP : 0), false);
      if (beside) this.panes.grid.fit(this.look, maps, this.width - used - GAP, true);
    }
    for (const button of this.buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.view === this.laidOut));
      button.hidden = button.dataset.view === "grid" && !maps.many;
    }
    this.help.textContent = helpFor(this.laidOut, beside, maps);
    this.paint();
  }

  paint() {
    const { maps } = this;
    this.painted = true;
    this.controls.hidden = maps.empty;
    if (maps.empty) {
      this.told.replaceChildren("There are no tokens to show.");
      this.row.replaceChildren();
      return;
    }
    if (!this.look) return;
    const selected = this.selected();
    const at = { ...selected, ...this.hover };
    for (const [name, select] of Object.entries(this.selects)) select.value = String(selected[name]);
    for (const pane of Object.values(this.panes)) if (pane.shown) pane.paint(this.look, maps, at);
    this.tell(at);
  }

  tell(at) {
    const { maps } = this;
    const quoted = (token) => ["“", bdi(token), "”"];
    const place = maps.many ? ` · layer ${at.layer + 1}, head ${at.head + 1}` : "";
    const best = maps.strongest(at, at.query, 5);
    const [key, weight] = at.key === null ? best[0] : [at.key, maps.weight(at, at.query, at.key)];
    this.told.replaceChildren(...quoted(maps.queries[at.query]), at.key === null ? " attends most to " : " attends to ",
                              ...quoted(maps.keys[key]), " ", h("b", {}, weight.toFixed(3)), place);
    this.row.replaceChildren("Strongest: ", ...best.flatMap(([other, part], i) =>
      [i ? ", " : "", ...quoted(maps.keys[other]), ` ${part.toFixed(3)}`]));
    for (const [kind, pane] of Object.entries(this.panes)) {
      pane.element.setAttribute("aria-label", `${PANE_NAMES[kind]}${place}. ${count(maps.nQueries, "query", "queries")}, `
        + `${count(maps.nKeys, "key")}.`);
    }
  }
}

function attentionMap({ model, el }) {
  el.classList.add("course-widget", "attention-map");
  keepKeys(el);
  const view = new AttentionView(model, el);
  return () => view.stop();
}
