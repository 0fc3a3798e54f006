// The stage of the embedding map: two canvases that show the points and listen to mouse and keyboard.
// It gets data once and a state {shown, selected, flat, matches, marked} whenever that changes, and calls
// onSelect(index or -1). Geometry stands in embedding_map_plane.js, drawing in embedding_map_draw.js.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const REACH = 14; // pixels from the pointer to a point that still counts as meant

class Stage {
  constructor(data, { label, helpId, height, onSelect, onShown }) {
    Object.assign(this, { data, onSelect, onShown, hovered: -1, drag: null, size: { width: 0, height: 0 } });
    this.base = h("canvas");
    this.top = h("canvas");
    this.tip = h("div", { class: "em-tip", hidden: true });
    this.hint = h("div", { class: "em-hint", hidden: true }, "Click the map first; then the wheel zooms.");
    this.element = h("div", { class: "em-stage", tabindex: "0", role: "application", style: `--em-height: ${height}px`,
      "aria-roledescription": "map of words", "aria-label": label, "aria-describedby": helpId },
      this.base, this.top, this.tip, this.hint);
    this.listen();
  }

  listen() {
    const on = (kind, action, options) => this.element.addEventListener(kind, action, options);
    on("keydown", (event) => this.key(event));
    on("wheel", (event) => this.wheel(event), { passive: false });
    on("pointerdown", (event) => this.press(event));
    on("pointermove", (event) => this.move(event));
    on("pointerup", (event) => this.release(event));
    on("pointercancel", () => (this.drag = null));
    on("pointerleave", () => this.hover(-1));
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.element);
  }

  // `started` is when the caller began to work out this state: that time counts as part of the painting.
  set(state, started) {
    this.state = state;
    this.spent = performance.now() - started;
    this.schedule(true);
  }

  // Keyboard ------------------------------------------------------------------------------------------------------
  key(event) {
    if (event.target !== this.element || event.ctrlKey || event.metaKey || event.altKey) return;
    const [dx, dy] = ARROWS[event.key] || [];
    if (dx !== undefined && event.shiftKey) this.pan(-60 * dx, -60 * dy);
    else if (dx !== undefined) this.step(dx, dy);
    else if (event.key === "+" || event.key === "=") this.zoom(1.3);
    else if (event.key === "-" || event.key === "_" || event.key === "−") this.zoom(1 / 1.3);
    else if (event.key === "0" || event.key === "Home") this.home();
    else if (event.key === "Escape") this.onSelect(-1);
    else return;
    event.preventDefault();
  }

  step(dx, dy) {
    const { shown, selected } = this.state;
    const pixels = toScreen(this.view, this.data.xs, this.data.ys);
    const to = selected < 0 ? nearestPoint(pixels, shown, this.size.width / 2, this.size.height / 2, Infinity)
      : stepFrom(pixels, shown, selected, dx, dy);
    if (to < 0) return;
    this.onSelect(to);
    this.bring(to);
  }

  // Mouse ---------------------------------------------------------------------------------------------------------
  at(event) {
    const box = this.element.getBoundingClientRect();
    return [event.clientX - box.left - this.element.clientLeft, event.clientY - box.top - this.element.clientTop];
  }

  // A page that is being scrolled should not start to zoom when a map slides under the pointer.
  wheel(event) {
    if (document.activeElement !== this.element && !event.ctrlKey) {
      this.hint.hidden = false;
      clearTimeout(this.hinting);
      this.hinting = setTimeout(() => (this.hint.hidden = true), 1500);
      return;
    }
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 30 : event.deltaMode === 2 ? 400 : 1);
    this.zoom(Math.exp(-Math.max(-300, Math.min(300, pixels)) * 0.0025), ...this.at(event));
  }

  press(event) {
    if (event.button !== 0) return;
    this.drag = { from: this.at(event), view: this.view, moved: false };
    this.element.setPointerCapture(event.pointerId);
  }

  move(event) {
    const [x, y] = this.at(event);
    if (!this.drag) return this.hover(nearestPoint(this.pixels, this.state.shown, x, y, REACH));
    const [dx, dy] = [x - this.drag.from[0], y - this.drag.from[1]];
    this.drag.moved ||= Math.hypot(dx, dy) > 4;
    if (this.drag.moved) this.look({ ...this.drag.view, x: this.drag.view.x + dx, y: this.drag.view.y + dy });
  }

  release(event) {
    if (this.drag && !this.drag.moved)
      this.onSelect(nearestPoint(this.pixels, this.state.shown, ...this.at(event), REACH));
    this.drag = null;
  }

  hover(i) {
    if (i === this.hovered) return;
    this.hovered = i;
    this.schedule(false);
  }

  // View ----------------------------------------------------------------------------------------------------------
  look(view) {
    this.view = view;
    this.element.dataset.scale = (view.scale / this.homeView.scale).toFixed(3);
    this.element.dataset.origin = `${view.x.toFixed(1)} ${view.y.toFixed(1)}`;
    this.schedule(true);
  }

  home() {
    this.look(this.homeView);
  }

  pan(dx, dy) {
    this.look({ ...this.view, x: this.view.x + dx, y: this.view.y + dy });
  }

  pixelOf(i) {
    return [this.view.x + this.data.xs[i] * this.view.scale, this.view.y - this.data.ys[i] * this.view.scale];
  }

  inside([x, y], margin) {
    return x > margin && y > margin && x < this.size.width - margin && y < this.size.height - margin;
  }

  bring(i) {
    const pixel = this.pixelOf(i);
    if (!this.inside(pixel, 30)) this.pan(this.size.width / 2 - pixel[0], this.size.height / 2 - pixel[1]);
  }

  // Zoom about the given pixel, else about the selected word if it is in sight, else about the middle.
  zoom(factor, px, py) {
    const { selected } = this.state;
    const fixed = px !== undefined ? [px, py]
      : selected >= 0 && this.inside(this.pixelOf(selected), 0) ? this.pixelOf(selected)
        : [this.size.width / 2, this.size.height / 2];
    this.look(zoomAt(this.view, ...fixed, factor, this.homeView));
  }

  resize() {
    const [width, height] = [this.element.clientWidth, this.element.clientHeight];
    if (!width || !height || (width === this.size.width && height === this.size.height)) return;
    if (!this.size.width) this.onShown(); // colours can be read once the element stands in the page
    const wasHome = !this.view || this.view === this.homeView;
    const [dx, dy] = [(width - this.size.width) / 2, (height - this.size.height) / 2];
    this.size = { width, height };
    this.homeView = fitView(this.data.xs, this.data.ys, width, height, 44);
    if (wasHome) this.home();
    else this.pan(dx, dy);
  }

  // Painting ------------------------------------------------------------------------------------------------------
  recolour(colours) {
    this.colours = colours;
    this.sprites = null;
    this.schedule(true);
  }

  // Many events between two frames cost one painting.
  schedule(all) {
    this.all ||= all;
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.size.width || !this.colours || !this.state) return;
      const started = performance.now();
      this.paint(this.all);
      this.all = false;
      clock(this.element, "paintMs", performance.now() - started + (this.spent || 0));
      this.spent = 0;
    });
  }

  canvas(element) {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(this.size.width * ratio), Math.round(this.size.height * ratio)];
    if (element.width !== width || element.height !== height) Object.assign(element, { width, height });
    const paint = element.getContext("2d");
    paint.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint.clearRect(0, 0, this.size.width, this.size.height);
    return paint;
  }

  radius() {
    const crowd = this.data.words.length;
    const grown = (this.view.scale / this.homeView.scale) ** 0.25;
    return (crowd > 1000 ? 4 : crowd > 300 ? 5 : 6.5) * Math.min(1.6, Math.max(1, grown));
  }

  paint(all) {
    const [radius, ratio] = [this.radius(), window.devicePixelRatio || 1];
    if (this.sprites?.radius !== radius || this.sprites.ratio !== ratio)
      this.sprites = Object.assign(makeSprites(this.data.styles, radius, ratio, this.colours), { radius, ratio });
    if (all) this.pixels = toScreen(this.view, this.data.xs, this.data.ys);
    const { size, colours, pixels, sprites } = this;
    const scene = { ...this.state, groups: this.data.groups, size, colours, pixels, sprites, radius };
    if (all) {
      const paint = this.canvas(this.base);
      paint.fillStyle = colours.back;
      paint.fillRect(0, 0, size.width, size.height);
      drawGrid(paint, this.view, size, colours, this.data.axes);
      drawPoints(paint, scene);
      drawSelection(paint, scene, this.data.full[this.state.selected] || []);
      this.paintLabels(paint, scene);
    }
    drawHover(this.canvas(this.top), scene, this.hovered);
    this.showTip();
  }

  paintLabels(paint, { selected, flat, marked, matches, shown, size, pixels, radius, colours }) {
    if (!this.widths) {
      paint.font = `600 14px ${FONT}`;
      this.widths = this.data.texts.map((text) => Math.ceil(paint.measureText(text).width) + 2);
    }
    const chosen = selected < 0 ? [] : [selected, ...(this.data.full[selected] || []), ...flat];
    const rest = marked ? matches : this.data.words.keys();
    const strong = new Set(chosen.filter((i) => shown[i]));
    const order = [...new Set([...strong, ...rest])].filter((i) => shown[i]);
    const options = { line: LINE, gap: radius + 4, must: strong.size, most: (size.width * size.height) / 9000 };
    const avoid = order.length > 400 ? [] : order; // in a crowd every label covers some point
    const labels = placeLabels(order, pixels, this.widths, { ...size, ...options, avoid });
    drawLabels(paint, labels, this.data.texts, colours, strong);
    this.element.dataset.labels = labels.map(({ i }) => i).join(" ");
  }

  showTip() {
    const i = this.drag?.moved ? -1 : this.hovered;
    this.tip.hidden = i < 0;
    this.element.classList.toggle("em-over", i >= 0);
    if (i < 0) return;
    const { words, styles, groups } = this.data;
    const group = styles.length > 1 ? h("span", {}, bdi(styles[groups[i]].name)) : null;
    this.tip.replaceChildren(...[h("b", {}, bdi(words[i])), group].filter(Boolean));
    const [x, y] = this.pixelOf(i);
    this.tip.style.left = `${Math.max(4, Math.min(x + 12, this.size.width - this.tip.offsetWidth - 4))}px`;
    this.tip.style.top = `${Math.max(4, y - this.tip.offsetHeight - 12)}px`;
  }

  stop() {
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.hinting);
  }
}
