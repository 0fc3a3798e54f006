// What comes next: the likeliest tokens after the one pointed at, a temperature, and two ways to go on.

const SHOWN_NEXT = 10;

class NextPanel {
  constructor({ onHeat, onAdd }) {
    this.title = h("h4", { class: "gs-after" });
    this.real = h("p", { class: "cw-note gs-follow" });
    this.list = h("ol", { class: "cw-bars" });
    this.slider = h("input", { type: "range", min: "0.1", max: "2", step: "0.1",
      oninput: () => onHeat(Number(this.slider.value)) });
    this.heat = h("output");
    this.best = h("button", { type: "button", onclick: () => onAdd("best") });
    this.draw = h("button", { type: "button", onclick: () => onAdd("drawn") }, "Draw one");
    this.element = h("section", { class: "gs-next", "aria-label": "Next token" },
      h("div", { class: "gs-read" }, this.title, this.real), this.list, h("div", { class: "gs-controls" },
        h("div", { class: "gs-heat" }, h("label", {}, "Temperature", this.slider), this.heat),
        h("div", { class: "gs-go" }, this.best, this.draw)));
    this.rows = Array.from({ length: SHOWN_NEXT }, () => {
      const [word, bar, plain, number] = ["gs-char", "cw-bar", "gs-plain", "cw-number"].map((name) =>
        h("span", { class: name }));
      const track = h("span", { class: "cw-track", "aria-hidden": "true" }, bar, plain);
      return { word, bar, plain, number, item: h("li", {}, word, track, number) };
    });
    this.list.append(...this.rows.map(({ item }) => item));
  }

  show(reading, row) {
    const end = reading.length - 1;
    const read = reading.tokens.slice(Math.max(0, row - 11), row + 1).join("");
    const follows = row < end ? reading.ids[row + 1] : null;
    this.title.replaceChildren("After ", bdi(row > 11 ? `…${read}` : read));
    const real = reading.kept.indexOf(follows);
    this.real.replaceChildren(...(real < 0 ? [] : ["The text goes on with “", bdi(reading.symbols[real]), "”: ",
      percent(reading.get("probabilities").at(row, real))]));
    const likely = reading.likeliest(row, SHOWN_NEXT);
    const scale = Math.max(likely[0][1], 0.05);
    const plain = reading.temperature === 1 ? null
      : reading.shares(new Matrix(1, reading.kept.length, reading.get("logits").row(row)), 1);
    this.rows.forEach(({ item, word, bar, plain: mark, number }, i) => {
      item.hidden = i >= likely.length;
      if (item.hidden) return;
      const [place, chance] = likely[i];
      word.replaceChildren(bdi(reading.symbols[place]));
      item.classList.toggle("gs-real", reading.kept[place] === follows);
      bar.style.width = `${(100 * chance) / scale}%`;
      mark.hidden = !plain;
      if (plain) mark.style.left = `${Math.min(100, (100 * plain.at(0, place)) / scale)}%`;
      number.textContent = percent(chance);
    });
    this.slider.value = String(reading.temperature);
    this.heat.textContent = reading.temperature.toFixed(1);
    this.best.replaceChildren("Add the likeliest, ", bdi(reading.symbols[reading.likeliest(end, 1)[0][0]]));
  }
}
