// Geometry of the embedding map: numbers in, numbers out, nothing drawn. Joined with embedding_map.js by client.py.
// A view {scale, x, y} puts the point (px, py) of the plane at pixel (x + px * scale, y - py * scale): one scale for
// both axes, so a distance means the same in every direction.

function fitView(xs, ys, width, height, pad) {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < xs.length; i++) {
    left = Math.min(left, xs[i]);
    right = Math.max(right, xs[i]);
    low = Math.min(low, ys[i]);
    high = Math.max(high, ys[i]);
  }
  const room = [Math.max(width - 2 * pad, 1), Math.max(height - 2 * pad, 1)];
  const wanted = Math.min(room[0] / (right - left), room[1] / (high - low));
  const scale = Number.isFinite(wanted) ? wanted : 1;
  return { scale, x: width / 2 - (scale * (left + right)) / 2, y: height / 2 + (scale * (low + high)) / 2 };
}

// The pixel (px, py) keeps showing the same place of the plane.
function zoomAt(view, px, py, factor, home) {
  const scale = Math.min(Math.max(view.scale * factor, home.scale / 2), home.scale * 200);
  const by = scale / view.scale;
  return { scale, x: px - (px - view.x) * by, y: py - (py - view.y) * by };
}

// Pixels of all points: [x0, y0, x1, y1, …].
function toScreen(view, xs, ys) {
  const pixels = new Float32Array(2 * xs.length);
  for (let i = 0; i < xs.length; i++) {
    pixels[2 * i] = view.x + xs[i] * view.scale;
    pixels[2 * i + 1] = view.y - ys[i] * view.scale;
  }
  return pixels;
}

// Index of the shown point nearest to pixel (px, py), at most `reach` pixels away; -1 if there is none.
function nearestPoint(pixels, shown, px, py, reach) {
  let [best, distance] = [-1, reach * reach];
  for (let i = 0; i < shown.length; i++) {
    if (!shown[i]) continue;
    const [dx, dy] = [pixels[2 * i] - px, pixels[2 * i + 1] - py];
    const squared = dx * dx + dy * dy;
    if (squared <= distance) [best, distance] = [i, squared];
  }
  return best;
}

// The shown point to step to from point `from` in the direction (dx, dy): near, and more ahead than aside.
function stepFrom(pixels, shown, from, dx, dy) {
  let [best, cost] = [-1, Infinity];
  for (let i = 0; i < shown.length; i++) {
    if (!shown[i] || i === from) continue;
    const [x, y] = [pixels[2 * i] - pixels[2 * from], pixels[2 * i + 1] - pixels[2 * from + 1]];
    const [ahead, aside] = [x * dx + y * dy, Math.abs(x * dy - y * dx)];
    if (ahead <= 0 || aside > ahead) continue;
    if (ahead + 2 * aside < cost) [best, cost] = [i, ahead + 2 * aside];
  }
  return best;
}

// The n points nearest to point i on the plane, nearest first.
function nearestOnPlane(xs, ys, i, n) {
  const found = [];
  for (let j = 0; j < xs.length; j++) {
    if (j === i) continue;
    const squared = (xs[j] - xs[i]) ** 2 + (ys[j] - ys[i]) ** 2;
    if (found.length === n && squared >= found[n - 1][0]) continue;
    let place = found.length;
    while (place > 0 && found[place - 1][0] > squared) place--;
    found.splice(place, 0, [squared, j]);
    found.length = Math.min(found.length, n);
  }
  return found.map(([, j]) => j);
}

// "Café" and "cafe" look alike to the search.
const fold = (text) => text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase();

// Indices of the words that contain the query: the word itself first, then beginnings, then the rest.
function findMatches(folded, query) {
  const wanted = fold(query.trim());
  if (!wanted) return [];
  const ranks = [[], [], []];
  folded.forEach((word, i) => {
    const at = word.indexOf(wanted);
    if (at >= 0) ranks[at > 0 ? 2 : word.length > wanted.length ? 1 : 0].push(i);
  });
  return ranks.flat();
}

// Remembers boxes [left, top, right, bottom] by the cells of a coarse grid, to see quickly whether one is free.
class Boxes {
  constructor() {
    this.cells = new Map();
  }

  *keys(box) {
    for (let i = box[0] >> 6; i <= box[2] >> 6; i++)
      for (let j = box[1] >> 6; j <= box[3] >> 6; j++) yield i * 4096 + j;
  }

  add(box) {
    for (const key of this.keys(box)) {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push(box);
    }
  }

  free(box) {
    for (const key of this.keys(box))
      for (const other of this.cells.get(key) || [])
        if (box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]) return false;
    return true;
  }
}

// Where labels go so that none covers another, tried in the order given: right, left, above or below of the point.
// The first `must` of them may cover a point; the others may not if `avoid` lists the points to keep clear.
function placeLabels(order, pixels, widths, { width, height, line, gap, most, must = 0, avoid = [] }) {
  const [labels, points, placed] = [new Boxes(), new Boxes(), []];
  const near = gap - 5;
  for (const i of avoid)
    points.add([pixels[2 * i] - near, pixels[2 * i + 1] - near, pixels[2 * i] + near, pixels[2 * i + 1] + near]);
  order.forEach((i, rank) => {
    const [x, y, w] = [pixels[2 * i], pixels[2 * i + 1], widths[i]];
    if (placed.length >= most || x < 0 || y < 0 || x > width || y > height) return;
    const away = rank < must ? gap + 6 : gap; // rings are drawn around the first ones
    const spots = [[x + away, y - line / 2], [x - away - w, y - line / 2],
      [x - w / 2, y - away - line], [x - w / 2, y + away]];
    for (const [left, top] of spots) {
      const box = [left, top, left + w, top + line];
      const inside = left >= 2 && top >= 2 && box[2] <= width - 2 && box[3] <= height - 2;
      if (!inside || !labels.free(box) || (rank >= must && !points.free(box))) continue;
      labels.add(box);
      placed.push({ i, left, top });
      return;
    }
  });
  return placed;
}

// Round numbers between low and high, about `wanted` of them.
function ticks(low, high, wanted) {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((times) => times * power >= rough);
  const values = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) values.push(Number((k * step).toPrecision(12)));
  return values;
}
