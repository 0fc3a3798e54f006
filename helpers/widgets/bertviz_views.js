// BertViz in a frame: the kernel makes the page, scripts and all, when it is asked. Joined with client.js by client.py.

class BertViz {
  constructor(model, el) {
    this.model = model;
    this.build(el);
    this.heard = (content) => this.arrived(content);
    model.on("msg:custom", this.heard);
    this.ask();
  }

  build(el) {
    this.problem = h("p", { class: "cw-problem", role: "alert" });
    this.turns = ["layer", "head"].map((name, axis) => this.turner(name, axis));
    this.frame = h("iframe", { sandbox: "allow-scripts", title: this.model.get("title"), class: "bv-frame" });
    this.told = h("p", { class: "cw-note" }, this.model.get("told"));
    this.root = h("div", { class: "course-widget bertviz-view" }, h("h3", {}, this.model.get("title")),
      h("p", { class: "cw-note" }, this.model.get("help")),
      h("div", { class: "cw-row", hidden: this.turns.every((turn) => turn.hidden) },
        h("span", { class: "cw-note" }, "Too much to draw at once:"), ...this.turns),
      this.problem, this.frame, this.told, h("p", { class: "cw-note" }, this.model.get("note")));
    keepKeys(this.root);
    el.append(this.root);
  }

  // Two buttons that turn pages of layers, or of heads.
  turner(name, axis) {
    const [count, step] = [this.model.get("sizes")[axis], this.model.get("sizes")[axis + 2]];
    const button = (text, label, by) => h("button", { type: "button", "aria-label": label, "data-turn": `${name}${by}`,
      onclick: () => this.turn(axis, by * step) }, text);
    const where = h("span", { role: "status" });
    const turner = h("span", { class: "bv-turn", hidden: step >= count }, button("◀", `earlier ${name}s`, -1), where,
      button("▶", `later ${name}s`, 1));
    turner.tell = (start) => where.replaceChildren(step === 1 ? `${name} ${start} of 0 to ${count - 1}`
      : `${name}s ${start} to ${Math.min(start + step, count) - 1} of 0 to ${count - 1}`);
    return turner;
  }

  turn(axis, by) {
    const at = [...this.model.get("at")];
    at[axis] = Math.max(0, Math.min(this.model.get("sizes")[axis] - 1, at[axis] + by));
    this.ask({ at });
  }

  ask(content = {}) {
    this.pressed = performance.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.problem.replaceChildren(WAITING), 3000);
    this.model.send({ ask: "page", ...content });
  }

  arrived({ page, height, at, problem }) {
    clearTimeout(this.timer);
    this.problem.replaceChildren(problem || "");
    this.frame.hidden = !page;
    if (!page) return;
    this.turns.forEach((turn, axis) => turn.tell(at[axis]));
    this.frame.style.height = `${height}px`;
    const pressed = this.pressed;
    this.frame.onload = () => clock(this.root, "drawnMs", performance.now() - pressed);
    this.frame.srcdoc = page;
  }

  stop() {
    clearTimeout(this.timer);
    this.model.off("msg:custom", this.heard);
  }
}

export default {
  render({ model, el }) {
    const widget = new BertViz(model, el);
    return () => widget.stop();
  },
};
