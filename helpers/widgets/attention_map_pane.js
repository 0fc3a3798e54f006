// One pane of the attention map: a large head, lines, or all heads small, on two canvases.

const PANES = { head: headPane, lines: linesPane, grid: gridPane };
const PANE_NAMES = { grid: "All heads", head: "One head", lines: "Lines" };
const LARGE = 1300;   // from here on letters and maps grow, for a projector

// Two canvases, one over the other: the picture, drawn again only when it changes, and the marks.
class Pane {
  constructor(kind) {
    this.kind = kind;
    this.drawing = PANES[kind];
    this.canvases = [h("canvas", { "aria-hidden": "true" }), h("canvas", { "aria-hidden": "true" })];
    this.element = h("div", { class: `am-pane am-${kind}`, tabindex: "0", role: "application" }, ...this.canvases);
    this.contexts = this.canvases.map((canvas) => canvas.getContext("2d"));
  }

  fit(look, maps, width, beside) {
    this.box = this.drawing.layout(this.contexts[0], look, maps, width, beside);
    for (const canvas of this.canvases) {
      for (const side of ["width", "height"]) {
        const pixels = Math.round(this.box[side] * look.ratio);
        if (canvas[side] !== pixels) canvas[side] = pixels;   // setting it, even to the same, costs a new canvas
        canvas.style[side] = `${this.box[side]}px`;
      }
    }
    this.drawn = null;
    const { left, top, cell } = this.box;
    Object.assign(this.element.dataset, { left, top, cell });   // where the map lies, for whoever reads the page
    return this.box.width;
  }

  paint(look, maps, at) {
    const base = this.drawing.base(at);
    const [below, above] = this.contexts.map((ctx) => {
      ctx.setTransform(look.ratio, 0, 0, look.ratio, 0, 0);
      return ctx;
    });
    if (base !== this.drawn) {
      below.clearRect(0, 0, this.box.width, this.box.height);
      this.drawing.drawBase(below, look, maps, this.box, at);
      this.drawn = base;
    }
    above.clearRect(0, 0, this.box.width, this.box.height);
    this.drawing.drawMarks(above, look, maps, this.box, at);
  }

  hit(maps, event) {
    const edge = this.element.getBoundingClientRect();
    return this.box && this.drawing.hit(maps, this.box, event.clientX - edge.left, event.clientY - edge.top);
  }
}

// Colours, letters and pixels of the page as it is now.
function lookOf(root, width) {
  const style = getComputedStyle(root);
  const of = (name) => style.getPropertyValue(name).trim();
  return { ink: of("--cw-ink"), faint: of("--cw-faint"), back: of("--cw-back"), mark: of("--am-mark"),
           line: of("--am-line"), frame: "#d55e00", family: style.fontFamily, ratio: window.devicePixelRatio || 1,
           large: width >= LARGE };
}

function helpFor(view, beside, maps) {
  const heads = "Shift + arrow keys: another layer or head. ";
  if (maps.empty) return "";
  if (view === "grid") return "Point at a map, or use the arrow keys; click or Enter opens it. Brighter: more attention.";
  return (view === "lines" ? "Thicker line: more attention. " : "Brighter: more attention. ")
    + "Arrow keys: another query or key. "
    + (maps.many ? heads + (beside ? "Click a small map to see it large. " : "") + "Esc: all heads." : "");
}
