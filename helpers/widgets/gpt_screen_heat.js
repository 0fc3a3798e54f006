// A tensor as a heat map to walk in, with its tokens beside it, and one row of it as bars.

const CELL = 30; // pixels of a cell at most

class HeatMap {
  constructor({ onCell, onHover }) {
    Object.assign(this, { onCell, onHover });
    this.map = h("canvas", { "aria-hidden": "true" });
    this.over = h("canvas", { "aria-hidden": "true" });
    this.bars = h("canvas", { "aria-hidden": "true" });
    this.pane = h("div", { class: "gs-pane", tabindex: "0", role: "application", onclick: (event) => this.click(event),
      onpointermove: (event) => onHover(this.hit(event)), onpointerleave: () => onHover(null),
      onkeydown: (event) => this.key(event) }, this.map, this.over);
  }

  // `width`: what there is for the map alone; `tall`: for its cells.
  show(reading, one, { width, tall, colours, look }) {
    const matrix = one.kind === "ids" ? Matrix.from(reading.length, 1, (row) => reading.ids[row])
      : reading.get(one.name);
    Object.assign(this, { reading, one, matrix, colours, look });
    const longest = Math.max(...reading.tokens.map((token) => Array.from(token).length));
    const [left, top] = [Math.min(24 + 8 * longest, 110), 26];
    let high = Math.min(CELL, tall / matrix.rows);
    let wide = Math.min((width - left - 8) / matrix.cols, one.kind === "ids" ? 60 : CELL);
    if (one.columns === "key") high = wide = Math.min(wide, high); // a square
    const [across, down] = [wide * matrix.cols, high * matrix.rows];
    this.box = { left, top, wide, high, across, down, width: left + across + 8, height: top + down + 34 };
    this.names = { key: reading.tokens, symbol: reading.symbols }[one.columns];
    this.pane.setAttribute("aria-label", `${one.title}, ${shapeOf(reading, one)}. Arrow keys: another cell. ` +
      "Home, End, Page up, Page down: the first or last. Escape closes.");
    this.paint();
  }

  paint() {
    const { matrix, reading, one, box, colours, look } = this;
    sized(this.over, box.width, box.height);
    const context = sized(this.map, box.width, box.height);
    if (one.kind !== "ids") {
      const made = colours.picture(matrix, one.kind, { most: box.across * (window.devicePixelRatio || 1),
        seen: one.columns === "key" ? (row, col) => reading.seen(row, col) : null });
      context.drawImage(made, box.left, box.top, box.across, box.down);
    }
    Object.assign(context, { strokeStyle: look.line, fillStyle: look.faint, textBaseline: "middle",
                             textAlign: "right" });
    context.strokeRect(box.left - 0.5, box.top - 0.5, box.across + 1, box.down + 1);
    const size = bounded(box.high * 1.1, 9, 14);
    const every = Math.ceil((size * 0.8) / box.high);
    context.font = `${size}px ${look.mono}`;
    for (let row = 0; row < matrix.rows; row += every) {
      context.fillText(reading.tokens[row], box.left - 7, box.top + (row + 0.5) * box.high);
    }
    if (one.kind === "ids") this.numbers(context);
    else this.heading(context);
  }

  heading(context) {
    const { matrix, box, look, names } = this;
    context.textAlign = "center";
    const size = names ? bounded(box.wide * 1.15, 9, 14) : 12;
    context.font = `${size}px ${look.mono}`;
    const every = names ? Math.ceil((size * 0.75) / box.wide)
      : [1, 2, 4, 8, 16, 32, 64, 128, 256].find((n) => n * box.wide >= 30) ?? 512;
    for (let col = 0; col < matrix.cols; col += every) {
      context.fillText(names ? names[col] : String(col + 1), box.left + (col + 0.5) * box.wide, box.top - 11);
    }
    this.legend(context);
  }

  numbers(context) {
    const { reading, box, look } = this;
    Object.assign(context, { textAlign: "center", fillStyle: look.ink });
    reading.ids.forEach((id, row) => {
      context.fillText(String(id), box.left + box.wide / 2, box.top + (row + 0.5) * box.high);
    });
  }

  legend(context) {
    const { matrix, one, box, look, colours } = this;
    const y = box.top + box.down + 16;
    const share = one.kind === "share";
    const ends = share ? ["0", "1"] : [digits(-matrix.reach), digits(matrix.reach)];
    const scale = Matrix.from(1, 65, (_, i) => (share ? (i / 64) ** 2 : i - 32));
    scale.spans = 32;
    Object.assign(context, { font: `12px ${look.family}`, fillStyle: look.faint, textAlign: "left" });
    context.fillText(ends[0], box.left, y);
    const from = box.left + context.measureText(ends[0]).width + 6;
    context.drawImage(colours.picture(scale, one.kind), from, y - 5, 110, 10);
    context.strokeRect(from - 0.5, y - 5.5, 111, 11);
    context.fillText(ends[1], from + 117, y);
    if (!this.names || box.across < 270) return;
    context.textAlign = "right";
    context.fillText(one.columns === "key" ? "query ↓ key →" : "vocabulary →", box.left + box.across, y);
  }

  hit(event) {
    const edge = this.pane.getBoundingClientRect();
    const { left, top, wide, high } = this.box;
    const col = Math.floor((event.clientX - edge.left - left) / wide);
    const row = Math.floor((event.clientY - edge.top - top) / high);
    const { rows, cols } = this.matrix;
    return row >= 0 && row < rows && col < cols ? { row, col: Math.max(col, 0) } : null;
  }

  click(event) {
    const cell = this.hit(event);
    if (cell) this.onCell(cell.row, cell.col);
  }

  key(event) {
    const far = 1e6;
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -far],
                   End: [0, far], PageUp: [-far, 0], PageDown: [far, 0] }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.onCell(...step, true);
  }

  mark(row, col) {
    const { matrix, box, look, one } = this;
    const context = this.over.getContext("2d");
    context.clearRect(0, 0, box.width, box.height);
    const frame = (x, y, wide, tall, thick) => {
      for (const [colour, line] of [[look.back, thick + 2], [look.mark, thick]]) { // seen on bright and dark cells
        [context.strokeStyle, context.lineWidth] = [colour, line];
        context.strokeRect(x, y, wide, tall);
      }
    };
    const [x, y] = [box.left + col * box.wide, box.top + row * box.high];
    frame(box.left - 1, y - 0.5, box.across + 2, box.high + 1, 1);
    if (one.columns === "key") frame(x - 0.5, box.top - 1, box.wide + 1, box.down + 2, 1);
    frame(x - 1, y - 1, box.wide + 2, box.high + 2, 2);
    return matrix.at(row, col);
  }

  // Row `row` as bars, `col` marked.
  profile(row, col, width) {
    const { matrix, one, look, names } = this;
    const share = one.kind === "share";
    const [tall, base] = share ? [92, 72] : [names ? 92 : 78, 38];
    const context = sized(this.bars, width, tall);
    const values = matrix.row(row);
    const most = values.reduce((best, value) => Math.max(best, Math.abs(value) || 0), 0) || 1;
    const step = width / matrix.cols;
    const thin = step > 3 ? step - 1 : step;
    values.forEach((value, i) => {
      if (!Number.isFinite(value)) return;
      const high = (value / most) * (base - 4);
      context.fillStyle = i === col ? look.mark : value < 0 ? look.minus : look.plus;
      context.fillRect(i * step, Math.min(base, base - high), thin, Math.max(Math.abs(high), i === col ? 2 : 0.5));
    });
    context.fillStyle = look.line;
    context.fillRect(0, base, width, 1);
    if (!names || step < 6) return;
    context.font = `${bounded(step * 1.1, 9, 14)}px ${look.mono}`;
    context.textAlign = "center";
    names.forEach((name, i) => {
      context.fillStyle = i === col ? look.mark : look.faint;
      context.fillText(name, i * step + step / 2, 86);
    });
  }
}
