// One part, opened: its tensors as tabs in the order of calculation, a heat map to walk in, and how a number follows.

const FAR = 60; // most pixels of a cell

class Sheet {
  constructor({ onTab, onCell, onHover, onClose, onOpen }) {
    Object.assign(this, { onTab, onCell, onHover, onClose, onOpen });
    this.crumbs = h("nav", { class: "gs-crumbs", "aria-label": "Where you are" });
    this.tabs = h("div", { class: "gs-tabs", role: "group", "aria-label": "Tensors of this part, in the order of calculation" });
    this.map = h("canvas", { "aria-hidden": "true" });
    this.over = h("canvas", { "aria-hidden": "true" });
    this.pane = h("div", { class: "gs-pane", tabindex: "0", role: "application", onkeydown: (event) => this.key(event),
      onpointermove: (event) => this.onHover(this.hit(event)), onpointerleave: () => this.onHover(null),
      onclick: (event) => { const cell = this.hit(event); if (cell) this.onCell(cell.row, cell.col); } }, this.map, this.over);
    [this.what, this.value, this.follows] = [h("p", { class: "gs-what" }), h("p", { class: "gs-value", role: "status" }), h("div", { class: "gs-follows" })];
    this.profile = h("canvas", { "aria-hidden": "true" });
    this.profileNote = h("p", { class: "cw-note" });
    this.facts = h("div", { class: "gs-facts" }, this.what, this.value, this.follows, this.profile, this.profileNote);
    this.element = h("section", { class: "gs-sheet", "aria-label": "The part that is open", hidden: true,
      onkeydown: (event) => { if (event.key === "Escape") { event.preventDefault(); onClose(); } } },
      this.crumbs, this.tabs, h("div", { class: "gs-body" }, this.pane, this.facts));
  }

  show(reading, part, number, width, colours, look) {
    const one = part.tensors[number];
    Object.assign(this, { reading, part, number, one, colours, look });
    this.matrix = one.kind === "ids" ? Matrix.from(reading.length, 1, (row) => reading.ids[row]) : reading.get(one.name);
    this.crumb();
    this.tabs.replaceChildren(...part.tensors.flatMap((each, i) => [i ? h("span", { class: "gs-arrow", "aria-hidden": "true" }, "›") : null,
      h("button", { type: "button", "aria-pressed": String(i === number), "data-tensor": each.name, onclick: () => this.onTab(i) },
        each.title, " ", h("small", {}, shapeOf(reading, each)))]).filter(Boolean));
    this.what.replaceChildren(one.what);
    this.fit(width);
    this.paint();
    this.told = null;
  }

  crumb() {
    const { part } = this;
    const path = part.crumbs.map((name, i) => (part.block !== undefined && i === 0 && part.crumbs.length > 1
      ? h("button", { type: "button", onclick: () => this.onOpen(`${part.block}.block`) }, name) : h("span", {}, name)));
    const arrow = () => h("span", { class: "gs-arrow", "aria-hidden": "true" }, "›");
    this.crumbs.replaceChildren(h("button", { type: "button", onclick: () => this.onClose() }, "Whole model"),
      ...path.flatMap((name) => [arrow(), name]), arrow(), h("b", {}, this.one.title), h("span", { class: "gs-shape" }, shapeOf(this.reading, this.one)),
      h("button", { type: "button", class: "gs-close", title: "Close (Escape)", "aria-label": "Close", onclick: () => this.onClose() }, "×"));
  }

  fit(width) {
    const { matrix, reading, one, look } = this;
    const beside = width >= 860;
    const room = beside ? Math.min(width * 0.6, width - 400) : width;
    const longest = Math.max(...reading.tokens.map((token) => Array.from(token).length));
    const left = Math.min(24 + 8 * longest, 110);
    const top = 26;
    const tall = look.large ? 384 : 320;
    const square = one.columns === "key";
    let high = Math.min(FAR / 2, tall / matrix.rows);
    let wide = Math.min((room - left - 8) / matrix.cols, square ? high : FAR / 2);
    if (square) high = Math.min(high, wide = Math.min(wide, high));
    this.box = { left, top, wide, high, width: left + wide * matrix.cols + 8, height: top + high * matrix.rows + 34 };
    this.element.classList.toggle("gs-beside", beside);
    this.facts.style.maxWidth = beside ? `${width - this.box.width - 28}px` : "";
    this.factsWidth = beside ? Math.min(width - this.box.width - 28, 640) : width;
  }

  paint() {
    const { matrix, reading, one, box, colours, look } = this;
    const context = sized(this.map, box.width, box.height);
    sized(this.over, box.width, box.height);
    const across = Math.round(matrix.cols * Math.max(1, box.wide * (window.devicePixelRatio || 1)));
    const seen = one.columns === "key" ? (row, col) => reading.seen(row, col) : null;
    if (one.kind !== "ids") {
      const made = colours.picture(matrix, one.kind, { seen, most: across < matrix.cols ? across : matrix.cols });
      context.drawImage(made, box.left, box.top, box.wide * matrix.cols, box.high * matrix.rows);
    }
    context.strokeStyle = look.line;
    context.strokeRect(box.left - 0.5, box.top - 0.5, box.wide * matrix.cols + 1, box.high * matrix.rows + 1);
    context.fillStyle = look.faint;
    context.textBaseline = "middle";
    context.textAlign = "right";
    const size = bounded(box.high * 1.1, 9, 14);
    const every = Math.ceil((size * 0.8) / box.high);
    context.font = `${size}px ${look.mono}`;
    for (let row = 0; row < matrix.rows; row += every) context.fillText(reading.tokens[row], box.left - 7, box.top + (row + 0.5) * box.high);
    this.heading(context);
    if (one.kind === "ids") this.numbers(context);
    else this.legend(context);
  }

  heading(context) {
    const { matrix, reading, one, box, look } = this;
    const names = { key: reading.tokens, symbol: reading.symbols }[one.columns];
    context.textAlign = "center";
    const size = names ? bounded(box.wide * 1.15, 9, 14) : 12;
    context.font = `${size}px ${look.mono}`;
    const every = names ? Math.ceil((size * 0.75) / box.wide) : [1, 2, 4, 8, 16, 32, 64, 128, 256].find((n) => n * box.wide >= 30) ?? 512;
    for (let col = 0; col < matrix.cols && one.kind !== "ids"; col += every) {
      context.fillText(names ? names[col] : String(col + 1), box.left + (col + 0.5) * box.wide, box.top - 11);
    }
  }

  numbers(context) {
    const { reading, box, look } = this;
    context.textAlign = "left";
    context.fillStyle = look.ink;
    for (let row = 0; row < reading.length; row++) context.fillText(String(reading.ids[row]), box.left + 4, box.top + (row + 0.5) * box.high);
  }

  legend(context) {
    const { matrix, one, box, look, colours } = this;
    const y = box.top + box.high * matrix.rows + 14;
    const share = one.kind === "share";
    const ends = share ? ["0", "1"] : [digits(-matrix.reach), digits(matrix.reach)];
    const bar = Matrix.from(1, 65, (_, i) => (share ? (i / 64) ** 2 : i - 32));
    bar.spans = 32;
    context.font = `12px ${look.family}`;
    context.fillStyle = look.faint;
    context.textAlign = "left";
    context.fillText(ends[0], box.left, y);
    const from = box.left + context.measureText(ends[0]).width + 6;
    context.drawImage(colours.picture(bar, one.kind), from, y - 5, 110, 10);
    context.strokeRect(from - 0.5, y - 5.5, 111, 11);
    context.fillText(ends[1], from + 117, y);
    if (one.columns !== "number" && box.wide * matrix.cols > 270) {
      context.textAlign = "right";
      context.fillText({ key: "query ↓ key →", symbol: "vocabulary →" }[one.columns], box.left + box.wide * matrix.cols, y);
    }
  }

  hit(event) {
    const edge = this.pane.getBoundingClientRect();
    const { left, top, wide, high } = this.box;
    const col = Math.floor((event.clientX - edge.left - left) / wide);
    const row = Math.floor((event.clientY - edge.top - top) / high);
    const { rows, cols } = this.matrix;
    return row >= 0 && row < rows && col < cols && event.clientX > edge.left ? { row, col: Math.max(col, 0) } : null;
  }

  // Mark a cell, say its number, and how it follows.
  mark(row, column) {
    const { matrix, box, look, one, reading } = this;
    const col = bounded(column, 0, matrix.cols - 1);
    if (this.told === `${row} ${col} ${reading.temperature}`) return;
    this.told = `${row} ${col} ${reading.temperature}`;
    const context = this.over.getContext("2d");
    context.clearRect(0, 0, box.width, box.height);
    const frame = (x, y, w, tall, thick) => {
      for (const [colour, line] of [[look.back, thick + 2], [look.mark, thick]]) {
        [context.strokeStyle, context.lineWidth] = [colour, line];
        context.strokeRect(x, y, w, tall);
      }
    };
    frame(box.left - 1, box.top + row * box.high - 0.5, box.wide * matrix.cols + 2, box.high + 1, 1);
    if (one.columns === "key") frame(box.left + col * box.wide - 0.5, box.top - 1, box.wide + 1, box.high * matrix.rows + 2, 1);
    frame(box.left + col * box.wide - 1, box.top + row * box.high - 1, box.wide + 2, box.high + 2, 2);
    this.say(row, col);
  }

  say(row, col) {
    const { matrix, one, reading } = this;
    const value = matrix.at(row, col);
    const to = { key: () => [`looks at ${col + 1}, “`, bdi(reading.tokens[col]), "”"], symbol: () => ["goes on with “", bdi(reading.symbols[col]), "”"] }[one.columns];
    const shown = one.kind === "ids" ? String(value) : !Number.isFinite(value) ? "hidden" : exact(value);
    this.value.replaceChildren(h("span", { class: "gs-where" }, `Token ${row + 1}, “`, bdi(reading.tokens[row]), "”, ",
      ...(to ? to() : [one.kind === "ids" ? "id" : `number ${col + 1} of ${matrix.cols}`])), h("b", { class: "gs-number" }, shown));
    this.follows.replaceChildren(...followsFrom(reading, one, row, col).map((line) => h("p", {}, line)));
    this.follows.hidden = !this.follows.childElementCount;
    this.row(row, col);
  }

  // The row of the cell as bars.
  row(row, col) {
    const { matrix, one, reading, look } = this;
    this.profile.hidden = this.profileNote.hidden = one.kind === "ids";
    if (one.kind === "ids") return;
    const names = { key: reading.tokens, symbol: reading.symbols }[one.columns];
    const [width, tall, base] = [Math.max(this.factsWidth, 120), 92, one.kind === "share" ? 72 : 38];
    const context = sized(this.profile, width, tall);
    const values = matrix.row(row);
    const most = Math.max(...values.map((value) => Math.abs(value) || 0)) || 1;
    const step = width / matrix.cols;
    values.forEach((value, i) => {
      const high = (value / most) * (base - 4);
      context.fillStyle = i === col ? look.mark : value < 0 ? look.minus : look.plus;
      const thin = Math.min(step > 3 ? step - 1 : step, 30);
      if (Number.isFinite(value)) context.fillRect(i * step, high > 0 ? base - high : base, thin, Math.max(Math.abs(high), i === col ? 2 : 0.5));
    });
    context.fillStyle = look.line;
    context.fillRect(0, base, width, 1);
    context.font = `${bounded(step * 1.1, 9, 14)}px ${look.mono}`;
    context.textAlign = "center";
    if (names && step >= 6) names.forEach((name, i) => {
      context.fillStyle = i === col ? look.mark : look.faint;
      context.fillText(name, Math.min(i * step + step / 2, width - 4), 86);
    });
    this.profileNote.replaceChildren(`The row of token ${row + 1}, “`, bdi(reading.tokens[row]), "”", one.kind === "share" ? ": the bars sum to one." : ".");
  }

  key(event) {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -Infinity],
                   End: [0, Infinity], PageUp: [-Infinity, 0], PageDown: [Infinity, 0] }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.onCell(...step, true);
  }
}
