// One head, large: a heat map with queries down and keys across. Layout first, then drawing.

const LINE = 1.15;   // least distance from one label to the next, in letters' heights
const TICKS = [0, 0.01, 0.05, 0.2, 0.5, 1];

const fontOf = (look, size, bold) => `${bold ? "bold " : ""}${size}px ${look.family}`;

// Shorten a text to a width by an ellipsis, between what a reader sees as letters.
const fitted = new Map();
function fit(ctx, text, width) {
  const name = `${ctx.font}|${width}|${text}`;
  if (!fitted.has(name)) {
    if (fitted.size > 5000) fitted.clear();
    let shown = text;
    if (ctx.measureText(text).width > width) {
      const letters = Array.from(new Intl.Segmenter().segment(text), (part) => part.segment);
      let [low, high] = [0, letters.length];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (ctx.measureText(letters.slice(0, middle).join("") + "…").width <= width) low = middle;
        else high = middle - 1;
      }
      shown = letters.slice(0, low).join("") + "…";
    }
    fitted.set(name, { text: shown, width: ctx.measureText(shown).width });
  }
  return fitted.get(name);
}

// A token beside its row or column. `angle` turns it (radians); a marked one is bold and coloured.
function label(ctx, look, text, { x, y, size, width, align = "right", angle = 0 }, marked = false) {
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(angle);
  ctx.font = fontOf(look, size, marked);
  ctx.fillStyle = marked ? look.mark : look.ink;
  [ctx.textAlign, ctx.textBaseline, ctx.direction] = [align, "middle", "ltr"];
  ctx.fillText(fit(ctx, text, width).text, 0, 0);
  ctx.restore();
}

// Clear the place of a marked label, and of labels so near that half of them would be left. Every `every`th row has
// a label, `pitch` pixels from one row to the next.
function ground(ctx, look, { x, y, size, width, align = "right", angle = 0 }, index, every, pitch) {
  const before = (index % every) * pitch;
  const after = (every - (index % every)) * pitch;
  const reach = (distance) => size * 0.7 + (distance < size * 1.3 ? distance : 0);
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(angle);
  ctx.fillStyle = look.back;
  const left = { right: -width, left: 0, center: -width / 2 }[align];
  ctx.fillRect(left - 4, -reach(before), width + 8, reach(before) + reach(after));
  ctx.restore();
}

function note(ctx, look, text, x, y, { size = 14, angle = 0, align = "center" } = {}) {
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(angle);
  ctx.font = fontOf(look, size);
  ctx.fillStyle = look.faint;
  [ctx.textAlign, ctx.textBaseline] = [align, "middle"];
  ctx.fillText(text, 0, 0);
  ctx.restore();
}

function widest(ctx, look, size, tokens, limit) {
  ctx.font = fontOf(look, size, true);
  return Math.ceil(Math.max(0, ...tokens.map((token) => fit(ctx, token, limit).width)));
}

function colourBar(ctx, look, { x, y, height }) {
  for (let row = 0; row < height; row++) {
    ctx.fillStyle = `rgb(${cividis((1 - row / height) ** 2)})`;
    ctx.fillRect(x, y + row, 16, 1.5);
  }
  for (const tick of TICKS) {
    const place = y + height * (1 - Math.sqrt(tick));
    ctx.fillStyle = look.faint;
    ctx.fillRect(x + 16, Math.round(place), 5, 1);
    note(ctx, look, String(tick), x + 25, place, { size: 13, align: "left" });
  }
  note(ctx, look, "weight", x - 2, y + height + 18, { align: "left" });
}

// A frame that can be seen on every colour of the map.
function frame(ctx, look, x, y, width, height, line = 3) {
  ctx.lineJoin = "round";
  for (const [colour, thick] of [["#ffffff", line + 2], [look.frame, line]]) {
    [ctx.strokeStyle, ctx.lineWidth] = [colour, thick];
    ctx.strokeRect(x - line / 2, y - line / 2, width + line, height + line);
  }
}

const headPane = {
  layout(ctx, look, maps, width) {
    const longest = Math.min(look.large ? 150 : 130, width * 0.2);
    const size = (Math.max(maps.nKeys, maps.nQueries) > 40 ? 13 : 15) + (look.large ? 2 : 0);
    const side = look.large ? 600 : 560;   // of the map at most: with its labels it fits a screen
    const queryWidth = widest(ctx, look, size, maps.queries, longest);
    const keyWidth = widest(ctx, look, size, maps.keys, longest);
    const left = 26 + queryWidth + 8;
    const ratio = look.ratio;
    const cellAt = (space) => {
      const cell = Math.min(space / maps.nKeys, side / maps.nQueries, 64);
      return cell > 6 ? Math.floor(cell * ratio) / ratio : cell;
    };
    let right = 84;
    let cell = cellAt(Math.min(side, width - left - right));
    let angle = 0;
    if (keyWidth + 10 > cell) {   // slanted, where the last label may lean over the edge, or else upright
      const leaning = Math.max(right, keyWidth * Math.SQRT1_2 + 16 - cell / 2);
      const slanted = cellAt(Math.min(side, width - left - leaning));
      angle = slanted * Math.SQRT1_2 >= size * LINE ? Math.PI / 4 : Math.PI / 2;
      if (angle === Math.PI / 4) [right, cell] = [leaning, slanted];
    }
    const top = 26 + (angle ? keyWidth * Math.sin(angle) + size * Math.cos(angle) : size) + 10;
    const bar = Math.max(130, Math.min(maps.nQueries * cell, 300));
    return { width: Math.ceil(left + cell * maps.nKeys + right), left, top, cell, size, angle, queryWidth, keyWidth, bar,
             mapWidth: cell * maps.nKeys, mapHeight: cell * maps.nQueries,
             every: Math.max(1, Math.ceil((size * LINE) / cell)),
             everyKey: Math.max(1, Math.ceil((size * LINE) / (cell * (Math.sin(angle) || Infinity)))),
             height: Math.ceil(top + Math.max(maps.nQueries * cell, bar + 30) + 8) };
  },

  base: (at) => `${at.layer} ${at.head}`,

  drawBase(ctx, look, maps, box, at) {
    note(ctx, look, "key →", box.left + box.mapWidth / 2, 12);
    note(ctx, look, "← query", 12, box.top + box.mapHeight / 2, { angle: -Math.PI / 2 });
    for (let query = 0; query < maps.nQueries; query += box.every) this.queryLabel(ctx, look, maps, box, query);
    for (let key = 0; key < maps.nKeys; key += box.everyKey) this.keyLabel(ctx, look, maps, box, key);
    ctx.imageSmoothingEnabled = false;
    maps.draw(ctx, at, box.left, box.top, box.mapWidth, box.mapHeight);
    if (box.cell >= 40) this.numbers(ctx, look, maps, box, at);
    colourBar(ctx, look, { x: box.left + box.mapWidth + 22, y: box.top, height: box.bar });
  },

  numbers(ctx, look, maps, box, at) {
    ctx.font = fontOf(look, 14);
    [ctx.textAlign, ctx.textBaseline] = ["center", "middle"];
    for (let query = 0; query < maps.nQueries; query++) {
      for (let key = 0; key < maps.nKeys; key++) {
        const weight = maps.weight(at, query, key);
        ctx.fillStyle = weight > 0.22 ? "#000000" : "#ffffff";
        ctx.fillText(weight.toFixed(2), box.left + (key + 0.5) * box.cell, box.top + (query + 0.5) * box.cell);
      }
    }
  },

  queryLabel(ctx, look, maps, box, query, marked) {
    const place = { x: box.left - 8, y: box.top + (query + 0.5) * box.cell, size: box.size, width: box.queryWidth };
    if (marked) ground(ctx, look, place, query, box.every, box.cell);
    label(ctx, look, maps.queries[query], place, marked);
  },

  keyLabel(ctx, look, maps, box, key, marked) {
    const x = box.left + (key + 0.5) * box.cell + (box.angle === Math.PI / 4 ? 2 : 0);
    const place = { x, y: box.top - (box.angle ? 8 : 6 + box.size / 2), size: box.size, angle: -box.angle,
                    width: box.angle ? box.keyWidth : box.cell - 8, align: box.angle ? "left" : "center" };
    if (marked) ground(ctx, look, place, key, box.everyKey, box.cell * (Math.sin(box.angle) || Infinity));
    label(ctx, look, maps.keys[key], place, marked);
  },

  drawMarks(ctx, look, maps, box, at) {
    const y = box.top + at.query * box.cell;
    frame(ctx, look, box.left, y, box.mapWidth, box.cell, box.cell > 12 ? 3 : 2);
    this.queryLabel(ctx, look, maps, box, at.query, true);
    if (at.key === null) return;
    frame(ctx, look, box.left + at.key * box.cell, box.top, box.cell, box.mapHeight, 1);
    frame(ctx, look, box.left + at.key * box.cell, y, box.cell, box.cell, 4);
    this.keyLabel(ctx, look, maps, box, at.key, true);
  },

  hit(maps, box, x, y) {
    const query = Math.floor((y - box.top) / box.cell);
    const key = Math.floor((x - box.left) / box.cell);
    const [inRows, inColumns] = [query >= 0 && query < maps.nQueries, key >= 0 && key < maps.nKeys];
    if (inRows && inColumns) return { query, key };
    if (inRows && x < box.left) return { query, key: null };
    return inColumns && y < box.top && y > 20 ? { key } : null;
  },
};
