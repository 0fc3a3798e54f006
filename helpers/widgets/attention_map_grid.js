// All heads, small: one little map for each, layers down and heads across.

const gridPane = {
  layout(ctx, look, maps, width, beside) {
    const [left, top, right, gap] = [50, 48, beside ? 4 : 84, beside ? 3 : 6];
    const ratio = Math.min(1.5, Math.max(0.5, maps.nQueries / maps.nKeys || 1));   // of a map's height to its width
    const room = beside ? 540 : 620;
    const cell = Math.max(4, Math.floor(Math.min((width - left - right) / maps.heads, room / maps.layers / ratio,
                                                  beside ? 72 : 150)));
    const cellHeight = Math.floor(cell * ratio);
    return { width: left + cell * maps.heads + right, left, top, gap, cell, cellHeight, beside, bar: 220,
             everyHead: Math.ceil(22 / cell), everyLayer: Math.ceil(18 / cellHeight),
             height: top + Math.max(maps.layers * cellHeight, beside ? 0 : 250) + 6 };
  },

  base: () => "",

  drawBase(ctx, look, maps, box) {
    const [across, down] = [box.cell * maps.heads, box.cellHeight * maps.layers];
    note(ctx, look, "head →", box.left + across / 2, 12);
    note(ctx, look, "← layer", 10, box.top + down / 2, { angle: -Math.PI / 2 });
    for (let head = 0; head < maps.heads; head += box.everyHead) this.headNumber(ctx, look, box, head);
    for (let layer = 0; layer < maps.layers; layer += box.everyLayer) this.layerNumber(ctx, look, box, layer);
    ctx.imageSmoothingEnabled = box.cell * look.ratio < maps.nKeys * 3;
    for (let layer = 0; layer < maps.layers; layer++) {
      for (let head = 0; head < maps.heads; head++) {
        maps.draw(ctx, { layer, head }, box.left + head * box.cell, box.top + layer * box.cellHeight,
                  box.cell - box.gap, box.cellHeight - box.gap);
      }
    }
    if (!box.beside) colourBar(ctx, look, { x: box.left + across + 16, y: box.top, height: box.bar });
  },

  headNumber(ctx, look, box, head, marked) {
    const place = { x: box.left + head * box.cell + (box.cell - box.gap) / 2, y: box.top - 13, size: 14, width: 20,
                    align: "center" };
    if (marked) ground(ctx, look, place, head, box.everyHead, box.cell);
    label(ctx, look, String(head + 1), place, marked);
  },

  layerNumber(ctx, look, box, layer, marked) {
    const y = box.top + layer * box.cellHeight + (box.cellHeight - box.gap) / 2;
    const place = { x: box.left - 8, y, size: 14, width: 18 };
    if (marked) ground(ctx, look, place, layer, box.everyLayer, box.cellHeight);
    label(ctx, look, String(layer + 1), place, marked);
  },

  drawMarks(ctx, look, maps, box, at) {
    const x = box.left + at.head * box.cell;
    const y = box.top + at.layer * box.cellHeight;
    frame(ctx, look, x, y, box.cell - box.gap, box.cellHeight - box.gap, 3);
    this.headNumber(ctx, look, box, at.head, true);
    this.layerNumber(ctx, look, box, at.layer, true);
  },

  hit(maps, box, x, y) {
    const layer = Math.floor((y - box.top) / box.cellHeight);
    const head = Math.floor((x - box.left) / box.cell);
    return layer >= 0 && layer < maps.layers && head >= 0 && head < maps.heads ? { layer, head } : null;
  },
};
