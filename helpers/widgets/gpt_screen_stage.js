// The whole model in one picture: a canvas for the numbers, lines and names over it, and a button for each part.

const SIGNS = { norm: "N", plus: "+", join: "W" };

class Stage {
  constructor({ onPoint, onOpen, onMove }) {
    Object.assign(this, { onPoint, onOpen, onMove, pool: [] }); // pool: canvases to use again
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.lines = svg("svg", { class: "gs-lines", "aria-hidden": "true" });
    this.marks = svg("svg", { class: "gs-marks", "aria-hidden": "true" });
    this.buttons = h("div", { class: "gs-buttons" });
    this.inner = h("div", { class: "gs-inner" }, this.canvas, this.lines, this.marks, this.buttons);
    this.element = h("div", { class: "gs-stage", role: "group", "aria-label": "The whole model, from left to right. " +
      "Arrow keys go from part to part, Enter opens one.", onkeydown: (event) => this.key(event) }, this.inner);
    this.inner.addEventListener("pointermove", (event) => this.point(event));
    this.inner.addEventListener("pointerleave", () => this.onPoint(null));
  }

  // All that depends on the text, the width or the theme.
  show(reading, parts, width, colours) {
    Object.assign(this, { reading, parts, layout: layoutOf(reading, width), colours });
    const { width: across, height } = this.layout;
    const context = sized(this.canvas, across, height);
    this.inner.style.width = `${across}px`;
    this.inner.style.height = `${height}px`;
    for (const element of [this.lines, this.marks]) {
      element.setAttribute("viewBox", `0 0 ${across} ${height}`);
      element.setAttribute("width", across);
      element.setAttribute("height", height);
    }
    const ratio = window.devicePixelRatio || 1;
    for (const spot of this.layout.spots) if (spot.image) this.picture(context, spot, ratio);
    this.lines.replaceChildren(...this.drawing());
    this.place();
    this.marked = null;
  }

  picture(context, spot, ratio) {
    const head = spot.kind === "head";
    const share = head || spot.kind === "chances";
    const matrix = this.reading.get(spot.image);
    const canvas = (this.pool[this.layout.spots.indexOf(spot)] ??= document.createElement("canvas"));
    const made = this.colours.picture(matrix, share ? "share" : "signed", { canvas, most: spot.w * ratio,
      seen: head ? (row, col) => this.reading.seen(row, col) : null });
    context.drawImage(made, spot.x, spot.y, spot.w, spot.h);
  }

  // Only the probabilities change with the temperature.
  warm() {
    const ratio = window.devicePixelRatio || 1;
    const context = this.canvas.getContext("2d");
    this.picture(context, this.layout.spots.find(({ kind }) => kind === "chances"), ratio);
  }

  drawing() {
    const { layout, reading } = this;
    const { stream, branch, body } = RAIL;
    const end = layout.norm ?? layout.logits; // the stream's; from there on it is only read
    const line = (d, name = "gs-line") => svg("path", { d, class: name });
    const made = layout.panels.map(({ left, wide }) =>
      svg("rect", { x: left, y: 1, width: wide, height: layout.height - 2, rx: 8, class: "gs-panel" }));
    const { start } = layout;
    made.push(line(`M${start} ${body - 6}V${stream + 8}Q${start} ${stream} ${start + 8} ${stream}H${end - 8}` +
      `Q${end} ${stream} ${end} ${stream + 8}V${body - 6}`, "gs-stream"));
    for (const { x } of layout.embedding) {
      made.push(line(`M${x} ${body - 6}V${branch + 6}Q${x} ${branch} ${x + 6} ${branch}H${layout.start}`));
    }
    for (const panel of layout.panels) made.push(...this.detours(panel).map((d) => line(d)));
    for (const x of [layout.logits, layout.chances]) {
      if (x !== end) made.push(line(`M${end} ${branch}H${x - 6}Q${x} ${branch} ${x} ${branch + 6}V${body - 6}`));
    }
    for (const spot of layout.spots) made.push(...this.spotDrawing(spot));
    made.push(...this.names());
    const size = Math.min(layout.step * 1.06, layout.large ? 16 : 14);
    this.rows = reading.tokens.map((token, row) => {
      const y = layout.top + (row + 0.5) * layout.step;
      const shown = Array.from(token);
      return svg("g", { class: "gs-token", style: `font-size:${size}px` },
        svg("text", { x: layout.letters - 36, y, class: "gs-letter" },
          shown.length > 9 ? `${shown.slice(0, 8).join("")}…` : token),
        svg("text", { x: layout.letters - 4, y, class: "gs-id" }, String(reading.ids[row])));
    });
    return [...made, ...this.rows];
  }

  // Each part takes the stream, works on it beside, and adds what it found.
  detours({ left, heads: [from, to], feed, tap }) {
    const { stream, branch, body } = RAIL;
    const loop = (start, goal) => {
      const r = Math.min(9, (goal - start) / 3);
      return `M${start} ${stream}q${r} 0 ${r} ${r}V${branch - r}q0 ${r} ${r} ${r}H${goal - r}` +
        `q${r} 0 ${r} ${-r}V${stream + 9}`;
    };
    const center = (feed[0] + feed[1]) / 2;
    return [loop(Math.max(left - 2, from - 8), tap.sum1), loop(tap.sum1 + 9, tap.sum2),
      `M${(from + to) / 2} ${branch}V${body - 6}`, `M${center} ${branch}V${body - 6}`,
      ...Object.values(tap).map((x) => `M${x} ${branch - 9}V${body - 6}`)];
  }

  spotDrawing(spot) {
    const { x, y, w, h: tall, kind } = spot;
    if (kind === "block") return [];
    if (spot.node) {
      const [cx, cy] = [x + w / 2, y + tall / 2];
      const round = kind === "join"
        ? svg("rect", { x: x + 1, y: y + 1, width: w - 2, height: tall - 2, rx: 4, class: "gs-node" })
        : svg("circle", { cx, cy, r: 8, class: "gs-node" });
      return [round, svg("text", { x: cx, y: cy + 0.5, class: "gs-sign" }, SIGNS[kind])];
    }
    if (kind === "tokens") return [];
    const inked = kind === "head" ? svg("path", { d: `M${x} ${y}V${y + tall}H${x + w}`, class: "gs-axes" })
      : svg("rect", { x: x - 0.5, y: y - 0.5, width: w + 1, height: tall + 1, class: "gs-edge" });
    return [inked];
  }

  names() {
    const { layout } = this;
    const text = (x, y, words, name = "gs-name") => svg("text", { x, y, class: name }, words);
    const y = layout.top + layout.tall + 16;
    const half = layout.large ? 46 : 37; // of the longest name: it must not leave its panel
    const made = layout.panels.flatMap(({ number, left, wide, heads, feed }) => [
      text(left + wide / 2, RAIL.label, `Block ${number + 1}`, "gs-title"),
      text((heads[0] + heads[1]) / 2, y, "attention"),
      text(Math.min((feed[0] + feed[1]) / 2, left + wide - half - 2), y + (wide < 150 ? 18 : 0), "feed-forward")]);
    const start = layout.embedding.length ? (layout.embedding[0].x + layout.start) / 2 : layout.start;
    return [...made, text(Math.max(layout.letters - 28, half - 6), y, "token, id"),
      text(Math.min(Math.max(start, half), (layout.panels[0]?.left ?? 999) - half), y + 18, "embedding"),
      text(layout.logits, y, "logits"), text(Math.min(layout.chances, layout.width - half), y + 18, layout.width < 760
        ? "probab." : "probabilities")];
  }

  // One button for each part, where it stands; a sign on the rail beside its strip is the same part again.
  place() {
    const known = new Set();
    const made = this.layout.spots.map((spot) => {
      const again = known.has(spot.id);
      known.add(spot.id);
      const part = this.parts.find(({ id }) => id === spot.id);
      return h("button", { type: "button", class: `gs-spot gs-of-${spot.kind}`, "data-part": spot.id, tabindex: "-1",
        "aria-hidden": again ? "true" : null, "aria-label": part.crumbs.join(", "), title: part.crumbs.join(" · "),
        style: `left:${spot.x}px;top:${spot.y}px;width:${spot.w}px;height:${spot.h}px`,
        onclick: (event) => this.open(spot, event) });
    });
    const focused = this.buttons.contains(document.activeElement);
    this.buttons.replaceChildren(...made);
    this.stops = this.parts.map(({ id }) => made.find((button) => button.dataset.part === id)).filter(Boolean);
    const found = this.stop(this.current ?? this.stops[0].dataset.part);
    if (focused) found.focus({ preventScroll: true });
  }

  stop(id) {
    const found = this.stops.find((button) => button.dataset.part === id) ?? this.stops[0];
    for (const button of this.stops) button.tabIndex = button === found ? 0 : -1;
    this.current = found.dataset.part;
    return found;
  }

  go(id) {
    const button = this.stop(id);
    button.focus({ preventScroll: true });
    button.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  open(spot, event) {
    this.stop(spot.id);
    const edge = this.inner.getBoundingClientRect();
    const mouse = event.detail > 0; // zero for a key
    const at = mouse ? spotAt(this.layout, this.reading, event.clientX - edge.left, event.clientY - edge.top) : {};
    this.onOpen(spot.id, { row: at.row, col: at.col, tensor: spot.image, byKey: !mouse });
  }

  point(event) {
    const edge = this.inner.getBoundingClientRect();
    this.onPoint(spotAt(this.layout, this.reading, event.clientX - edge.left, event.clientY - edge.top));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const here = this.stops.findIndex((button) => button.dataset.part === this.current);
    const rows = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const to = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: this.stops.length - 1 }[event.key];
    if (rows) this.onMove(rows);
    else if (to !== undefined) this.go(this.stops[bounded(to, 0, this.stops.length - 1)].dataset.part);
    else return;
    event.preventDefault();
  }

  // The row of a token, marked in every part, and the part that is open.
  mark(row, open, tensor) {
    const name = `${row} ${open} ${tensor}`;
    if (name === this.marked) return;
    this.marked = name;
    const { layout, reading } = this;
    const { step, top } = layout;
    const around = (x, y, width, tall) =>
      svg("rect", { x: x - 1, y: y - 0.5, width: width + 2, height: tall + 1, rx: 2, class: "gs-row" });
    const made = layout.bands.map(([from, to]) => around(from, top + row * step, to - from, step));
    for (const { x, y, h: tall } of layout.spots.filter(({ kind }) => kind === "head")) {
      const cell = tall / reading.length;
      made.push(around(x, y + row * cell, (row + 1) * cell, cell));
    }
    const opened = layout.spots.filter(({ id }) => id === open);
    const exact = opened.filter(({ image }) => image === tensor); // of the embedding's strips one
    for (const { x, y, w, h: tall, node } of exact.length ? exact : opened) {
      made.push(svg("rect", { x: x - 3, y: y - 3, width: w + 6, height: tall + 6, rx: node ? 10 : 4,
        class: "gs-open" }));
    }
    this.marks.replaceChildren(...made);
    this.rows.forEach((group, at) => group.classList.toggle("gs-now", at === row));
  }
}
