// One head as lines from queries on the left to keys on the right; the thicker, the more attention.

const linesPane = {
  layout(ctx, look, maps, width) {
    const rows = Math.max(maps.nQueries, maps.nKeys);
    const row = Math.min(32, (look.large ? 660 : 580) / rows);
    const size = (rows > 40 ? 13 : 15) + (look.large ? 2 : 0);
    const longest = Math.min(160, width * 0.25);
    const fine = row < 10 ? 0.5 : 1;   // many lines: thinner and fainter
    const queryWidth = widest(ctx, look, size, maps.queries, longest);
    const keyWidth = widest(ctx, look, size, maps.keys, longest);
    const from = queryWidth + 16;
    const to = Math.min(from + 420, width - keyWidth - 62);
    return { width: to + keyWidth + 62, row, fine, size, queryWidth, keyWidth, from, to, top: 34,
             every: Math.max(1, Math.ceil((size * LINE) / row)), height: Math.ceil(34 + rows * row + 8) };
  },

  base: (at) => `${at.layer} ${at.head}`,

  drawBase(ctx, look, maps, box, at) {
    note(ctx, look, "query", box.from - 8, 14, { align: "right" });
    note(ctx, look, "key", box.to + 8, 14, { align: "left" });
    for (let query = 0; query < maps.nQueries; query += box.every) {
      label(ctx, look, maps.queries[query], this.queryPlace(box, query));
    }
    for (let key = 0; key < maps.nKeys; key += box.every) label(ctx, look, maps.keys[key], this.keyPlace(box, key));
    for (let query = 0; query < maps.nQueries; query++) {
      for (let key = 0; key < maps.nKeys; key++) {
        const weight = maps.weight(at, query, key);   // lines weaker than 0.05 would only make fog
        if (weight >= 0.05) this.line(ctx, box, query, key, look.line, box.fine * (0.08 + 0.5 * weight),
                                      box.fine * (0.75 + 2 * weight));
      }
    }
  },

  line(ctx, box, query, key, colour, opacity, thick) {
    [ctx.globalAlpha, ctx.strokeStyle, ctx.lineWidth] = [opacity, colour, thick];
    ctx.beginPath();
    ctx.moveTo(box.from, box.top + (query + 0.5) * box.row);
    ctx.lineTo(box.to, box.top + (key + 0.5) * box.row);
    ctx.stroke();
    ctx.globalAlpha = 1;
  },

  queryPlace: (box, query) => ({ x: box.from - 8, y: box.top + (query + 0.5) * box.row, size: box.size,
                                 width: box.queryWidth }),

  keyPlace: (box, key) => ({ x: box.to + 8, y: box.top + (key + 0.5) * box.row, size: box.size, width: box.keyWidth,
                             align: "left" }),

  drawMarks(ctx, look, maps, box, at) {
    const ranked = maps.strongest(at, at.query, maps.nKeys);
    for (const [key, weight] of ranked) {
      if (weight >= 0.01) this.line(ctx, box, at.query, key, look.mark, 0.15 + 0.85 * weight, 1 + 7 * weight);
    }
    if (at.key !== null) {
      this.line(ctx, box, at.query, at.key, look.frame, 1, 2 + 7 * maps.weight(at, at.query, at.key));
    }
    ground(ctx, look, this.queryPlace(box, at.query), at.query, box.every, box.row);
    label(ctx, look, maps.queries[at.query], this.queryPlace(box, at.query), true);
    const told = at.key === null ? [] : [[at.key, maps.weight(at, at.query, at.key)]];
    for (const [key, weight] of ranked.slice(0, 8)) {   // of the strongest keys those that have room
      if (weight >= 0.02 && told.every(([other]) => Math.abs(other - key) >= box.every)) told.push([key, weight]);
    }
    for (const [key] of told) ground(ctx, look, this.keyPlace(box, key), key, box.every, box.row);
    for (const [key, weight] of told) {
      label(ctx, look, maps.keys[key], this.keyPlace(box, key), true);
      note(ctx, look, weight.toFixed(2), box.to + box.keyWidth + 18, box.top + (key + 0.5) * box.row,
           { size: box.size, align: "left" });
    }
  },

  hit(maps, box, x, y) {
    const row = Math.floor((y - box.top) / box.row);
    if (row < 0) return null;
    if (x < (box.from + box.to) / 2) return row < maps.nQueries ? { query: row, key: null } : null;
    return row < maps.nKeys ? { key: row } : null;
  },
};
