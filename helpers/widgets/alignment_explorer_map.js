// The whole alignment on a canvas: source across, translation down. Knows sizes and places, asks nobody.

class AlignmentMap {
  constructor(onStep) {
    this.canvas = h("canvas", { "aria-hidden": "true", onpointermove: (event) => this.point(event, false),
      onpointerdown: (event) => this.point(event, true) });
    this.pane = h("div", { class: "ae-map" }, this.canvas);
    this.onStep = onStep;
  }

  // Sizes in CSS pixels: room for the names on the left and above, width and height of a cell.
  measure(source, pieces, width, font) {
    const context = this.canvas.getContext("2d");
    context.font = font;
    const longest = (names) => Math.max(...names.slice(0, 140).map((name) => context.measureText(name).width));
    const left = Math.min(140, longest(pieces) + 14), top = Math.min(120, longest(source) + 14);
    const wide = Math.min(30, Math.max(3, (width - left - 4) / source.length));
    const tall = pieces.length > 60 ? 10 : pieces.length > 30 ? 14 : 20;
    return { left, top, wide, tall };
  }

  draw({ source, pieces, weights, step }) {
    const style = getComputedStyle(this.pane);
    const of = (name) => style.getPropertyValue(name).trim();
    const font = `13px ${style.fontFamily}`;
    const size = this.measure(source, pieces, this.pane.clientWidth || 600, font);
    const { left, top, wide, tall } = size;
    this.size = { ...size, steps: pieces.length };
    const [width, height] = [left + wide * source.length + 4, top + tall * pieces.length + 4];
    const ratio = window.devicePixelRatio || 1;
    Object.assign(this.canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.fillStyle = of("--cw-soft");
    context.fillRect(left, top, wide * source.length, tall * pieces.length);
    context.fillStyle = of("--cw-blue");
    for (let t = 0; t < pieces.length; t++) {
      for (let s = 0; s < source.length; s++) {
        const share = weights[t * source.length + s] / 255;
        if (share < 0.004) continue;
        context.globalAlpha = Math.sqrt(share);
        context.fillRect(left + s * wide, top + t * tall, Math.max(1, wide - 0.5), tall - 0.5);
      }
    }
    context.globalAlpha = 1;
    context.font = font;
    context.textBaseline = "middle";
    context.textAlign = "end";
    const skip = (room) => Math.ceil(14 / room);
    pieces.forEach((piece, t) => {
      if (t % skip(tall) && t !== step) return;
      context.fillStyle = of(t === step ? "--cw-warm" : "--cw-ink");
      context.fillText(piece, left - 6, top + (t + 0.5) * tall, left - 8);
    });
    context.fillStyle = of("--cw-ink");
    context.textAlign = "start";
    source.forEach((token, s) => {
      if (s % skip(wide)) return;
      context.save();
      context.translate(left + (s + 0.5) * wide, top - 6);
      context.rotate(-Math.PI / 2);
      context.fillText(token, 0, 0, top - 8);
      context.restore();
    });
    context.strokeStyle = of("--cw-warm");
    context.lineWidth = 2;
    context.strokeRect(left - 1, top + step * tall - 1, wide * source.length + 2, tall + 1);
    this.keepInSight(top + step * tall, tall, top);
  }

  // Scroll the pane, never the page, so that the step's row is seen.
  keepInSight(y, tall, top) {
    const pane = this.pane;
    if (y - top < pane.scrollTop) pane.scrollTop = Math.max(0, y - top);
    else if (y + tall > pane.scrollTop + pane.clientHeight) pane.scrollTop = y + tall - pane.clientHeight;
  }

  point(event, pressed) {
    if (!pressed && event.pointerType !== "mouse") return;
    const { top, tall, steps } = this.size;
    const row = Math.floor((event.clientY - this.canvas.getBoundingClientRect().top - top) / tall);
    if (row >= 0 && row < steps) this.onStep(row);
  }
}
