// The token stepper: any text, cut by each tokenizer in colour. The kernel cuts a text once; the slider over merges
// only asks which boundaries are left, and that the page knows. Joined with client.js by client.py.

const FOLDED = 160; // tokens of a row that are shown at first, and how many more at a press
const MORE = 1000;
const UNKNOWN = ["<unk>", "[UNK]"];

// One token as a coloured box. Runs of plain letters are one text node, so that Arabic letters stay joined.
function tokenBox({ text, bytes, fresh }, number) {
  const box = h("bdi", { class: `ts-token ts-${number % 5}` });
  if (UNKNOWN.includes(text)) box.classList.add("ts-unknown");
  if (fresh) box.classList.add("ts-fresh");
  if (bytes) {
    box.title = `${count(bytes.length, "byte")}: ${Array.from(bytes.subarray(0, 24), (byte) => hex(byte)).join(" ")}`;
  }
  let plain = "";
  for (const [part, sign] of visible(text)) {
    if (!sign) plain += part;
    else {
      box.append(plain, h("span", { class: "ts-sign" }, part));
      plain = "";
    }
  }
  box.append(plain);
  return box;
}

// A tokenizer's part: its name, how many tokens, the tokens themselves, and a button for those that are folded.
class Row {
  constructor(name) {
    this.limit = FOLDED;
    this.said = h("span", { class: "ts-count" });
    this.tokens = h("div", { class: "ts-tokens", role: "group", "aria-label": `Tokens: ${name}` });
    this.more = h("button", { type: "button", hidden: true, onclick: () => {
      this.limit += MORE;
      this.draw();
    } });
    this.title = h("h4", {}, name);
    this.root = h("section", {}, h("div", { class: "cw-row" }, this.title, this.said), this.tokens, this.more);
  }

  // `first` gives the first n tokens, of which `available` are on the page and `total` in the text.
  show({ first, available, total, unknown, text }) {
    Object.assign(this, { first, available, total, unknown });
    const letters = [...text].length;
    const each = total ? `, ${(letters / total).toFixed(1)} characters each` : "";
    const strange = unknown ? `, ${unknown.toLocaleString("en")} unknown` : "";
    this.said.textContent = `${count(total, "token")}${strange}${each}`;
    this.tokens.dir = direction(text);
    this.draw();
  }

  draw() {
    const shown = Math.min(this.limit, this.available);
    this.tokens.replaceChildren(...this.first(shown).map(tokenBox));
    const rest = this.total - shown;
    this.more.hidden = shown >= this.available;
    const next = Math.min(MORE, this.available - shown);
    this.more.textContent = `Show ${next.toLocaleString("en")} of ${rest.toLocaleString("en")} more`;
    if (rest && this.more.hidden) this.tokens.append(`and ${rest.toLocaleString("en")} more`);
  }
}

class TokenStepper {
  constructor(model, el) {
    this.model = model;
    this.total = model.get("merges").length;
    this.stops = stopsUpTo(this.total);
    this.build(el);
    this.asker = new Asker(model, "question", "answer", { onAnswer: (answer, pressed) => this.arrived(answer, pressed),
      onWait: () => this.problem.replaceChildren(WAITING) });
    model.on("change:cut", () => this.drawText());
    model.on("change:n_merges", () => this.drawMerges());
    this.drawText();
    this.arrived(model.get("answer"));
  }

  build(el) {
    this.typed = h("textarea", { rows: "2", maxlength: "20000", dir: "auto", spellcheck: "false", autocapitalize: "off",
      autocomplete: "off", oninput: () => this.ask(this.typed.value) });
    const examples = this.model.get("examples").map((text) => h("button", { type: "button", onclick: () => {
      this.typed.value = text;
      this.ask(text);
    } }, bdi(text)));
    this.slider = h("input", { type: "range", min: "0", max: String(this.stops.length - 1), step: "1",
      oninput: () => this.share(this.stops[Number(this.slider.value)]) });
    this.exact = h("input", { type: "number", min: "0", max: String(this.total), step: "1",
      "aria-label": "Number of merges", oninput: () => {
        if (this.exact.value !== "" && this.exact.validity.valid) this.share(Number(this.exact.value));
      } });
    [this.said, this.problem] = [h("p", { role: "status" }), h("p", { class: "cw-problem", role: "alert" })];
    this.note = h("p", { class: "cw-note" });
    this.rows = this.model.get("cut").rows.map(({ name }) => new Row(name));
    this.merged = new Row("Byte-pair encoding");
    this.merged.root.classList.add("ts-merged");
    this.merged.root.insertBefore(h("div", { class: "cw-row ts-slider" },
      h("label", {}, "Merges", this.slider), this.exact, `of ${this.total.toLocaleString("en")}`), this.merged.tokens);
    this.merged.root.insertBefore(this.said, this.merged.tokens);
    this.root = h("div", { class: "course-widget token-stepper" }, h("h3", {}, this.model.get("title")),
      h("label", { class: "ts-text" }, "Your text", this.typed),
      h("div", { class: "cw-row", role: "group", "aria-label": "Texts to try" }, "Try", ...examples), this.problem,
      this.note, ...this.rows.map(({ root }) => root), this.merged.root);
    keepKeys(this.root);
    el.append(this.root);
  }

  ask(text) {
    this.asker.ask({ text });
  }

  // Set the number of merges, which redraws at once, and tell the kernel: what waits unsaved, a late echo would undo.
  share(n) {
    this.model.set("n_merges", n);
    this.model.save_changes();
  }

  arrived({ problem }, pressed) {
    this.problem.replaceChildren(problem || "");
    if (pressed) clock(this.root, "answerMs", performance.now() - pressed);
  }

  drawText() {
    const { text, note, rows } = this.model.get("cut");
    this.bytes = new TextEncoder().encode(text);
    this.asker.refresh(this.typed, text);
    this.note.textContent = note;
    rows.forEach(({ tokens, count: total, unknown }, i) => {
      this.rows[i].limit = FOLDED;
      this.rows[i].show({ first: (n) => tokens.slice(0, n).map((one) => ({ text: one })), available: tokens.length,
        total, unknown, text });
    });
    this.merged.limit = FOLDED;
    this.drawMerges();
  }

  drawMerges() {
    const started = performance.now();
    const [{ text, falls }, n] = [this.model.get("cut"), this.model.get("n_merges")];
    const stop = this.stops.findLastIndex((one) => one <= n);
    if (this.stops[Number(this.slider.value)] !== n) this.slider.value = stop;
    if (Number(this.exact.value) !== n || this.exact.value === "") this.exact.value = n;
    this.slider.setAttribute("aria-valuetext", count(n, "merge"));
    const total = countAfter(falls, n);
    const first = (limit) => tokensAfter(this.bytes, falls, n, limit);
    this.merged.show({ first, available: total, total, unknown: 0, text });
    this.say(n);
    clock(this.root, "paintMs", performance.now() - started);
  }

  say(n) {
    if (n === 0) {
      this.said.textContent = "No merges: every byte is a token.";
      return;
    }
    const [left, right] = this.model.get("merges")[n - 1];
    const box = (text) => tokenBox({ text }, 4);
    this.said.replaceChildren(`Merge ${n.toLocaleString("en")} joins `, box(left), " and ", box(right), " to ",
      box(left + right), ".");
  }

  stop() {
    this.asker.stop();
  }
}

export default {
  render({ model, el }) {
    const widget = new TokenStepper(model, el);
    return () => widget.stop();
  },
};
