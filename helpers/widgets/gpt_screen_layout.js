// Where everything stands: rectangles and lines for a given width. Nothing here touches the page.

const RAIL = { label: 13, stream: 33, branch: 57, body: 78, foot: 42 }; // heights, from the top
const bounded = (value, low, high) => Math.max(low, Math.min(high, value));

// `spots` are what opens: {id, kind, x, y, w, h, image: a tensor's name, rows: whether its rows are the tokens}.
function layoutOf(reading, width) {
  const { length, config } = reading;
  const large = width >= 1400;
  const step = bounded((large ? 416 : width > 700 ? 384 : 352) / length, 1, Math.max(30, 208 / length));
  const tall = step * length;
  const base = { width, large, step, tall, top: RAIL.body, height: RAIL.body + tall + RAIL.foot,
                 stream: bounded(width * 0.0135, 9, 26), gap: bounded(width * 0.006, 4, 12), spots: [], bands: [],
                 panels: [] };
  const longest = Math.max(...reading.tokens.map((token) => Array.from(token).length));
  base.letters = longest > 2 ? bounded(longest * 8 + 30, 70, 110) : width < 820 ? 50 : 56;
  const scores = bounded(width * 0.034, 24, 76); // the width of logits and of probabilities
  const left = startOf(base, reading);
  const right = 2 * scores + base.stream * (reading.pre ? 1 : 0) + 3 * base.gap + 8;
  const least = 126; // pixels of a block; where there is no room for all, the picture scrolls
  const block = config.n_layers ? Math.max(least, (width - left - right) / config.n_layers) : 0;
  let x = left;
  for (let number = 0; number < config.n_layers; number++) {
    blockOf(base, reading, number, x, block - base.gap);
    x += block;
  }
  endOf(base, reading, x + base.gap, scores);
  return base;
}

function strip(base, id, kind, x, w, image) {
  base.spots.push({ id, kind, x, y: base.top, w, h: base.tall, image, rows: true });
  return x + w;
}

function node(base, id, kind, x, y, size = 18) {
  base.spots.push({ id, kind, node: true, x: x - size / 2, y: y - size / 2, w: size, h: size });
}

// Pixels from the left to the first block.
function startOf(base, reading) {
  const { gap, stream } = base;
  let x = strip(base, "tokens", "tokens", 0, base.letters, null) + gap;
  base.embedding = [];
  for (const name of reading.sent.position ? ["token", "position"] : []) {
    base.embedding.push({ name, x: x + stream / 2 });
    x = strip(base, "embedding", name, x, stream, name) + gap;
  }
  base.start = x + stream / 2;
  x = strip(base, "embedding", "x", x, stream, "x");
  if (base.embedding.length) node(base, "embedding", "plus", base.start, RAIL.branch);
  base.bands.push([0, x]);
  return x + 2 * gap;
}

// Heads side by side and one under the other, as large as they can be.
function gridOf(count, wide, tall, gap) {
  let best = { size: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const size = Math.min((wide - gap * (columns - 1)) / columns, (tall - gap * (rows - 1)) / rows);
    if (size > best.size + 2) best = { columns, rows, size: Math.max(size, 8) };
  }
  return best;
}

function blockOf(base, reading, number, left, wide) {
  const { gap, stream, tall, top, large } = base;
  const { n_heads: heads } = reading.config;
  const pad = large ? 12 : 6;
  const between = large ? 8 : 5;
  const least = 2 * stream + 4 * gap + Math.max(22, wide * 0.14); // what the feed-forward part needs at least
  const grid = gridOf(heads, wide - 2 * pad - least, tall, between);
  const across = grid.columns * grid.size + (grid.columns - 1) * between;
  const apart = grid.rows > 1 ? (tall - grid.rows * grid.size) / (grid.rows - 1) : 0; // over the whole height
  const id = (name) => `${number}.${name}`;
  const x = left + pad;
  for (let head = 0; head < heads; head++) {
    const [row, column] = [Math.floor(head / grid.columns), head % grid.columns];
    base.spots.push({ id: id(`head${head}`), kind: "head", image: id(`attention.${head}`), w: grid.size, h: grid.size,
      x: x + column * (grid.size + between), y: top + row * (grid.size + apart) });
  }
  const middle = x + across + 2 * gap;
  const feed = Math.min(wide - pad - (middle - left) - 2 * gap - 2 * stream, Math.max(large ? 150 : 96, wide * 0.4));
  const last = left + wide - pad - stream;
  const feedAt = middle + stream + gap + Math.max(0, (last - gap - (middle + stream + gap) - feed) / 2);
  strip(base, id("sum1"), "stream", middle, stream, id("mid"));
  strip(base, id("feed"), "feed", feedAt, feed, id("active"));
  strip(base, id("sum2"), "stream", last, stream, id("x"));
  base.bands.push([middle, last + stream]);
  const tap = { sum1: middle + stream / 2, sum2: last + stream / 2 };
  base.panels.push({ number, left, wide, heads: [x, x + across], feed: [feedAt, feedAt + feed], tap });
  nodesOf(base, reading.pre, base.panels.at(-1), id);
}

// The small signs on the rail: norms, the joining of heads, sums. And the block's name, which opens it whole.
function nodesOf(base, pre, panel, id) {
  const put = (name, kind, x, y) => node(base, id(name), kind, x, y);
  const { heads: [from, to], feed, tap } = panel;
  const center = (feed[0] + feed[1]) / 2;
  base.spots.push({ id: id("block"), kind: "block", x: panel.left, y: 2, w: panel.wide, h: 21 });
  if (pre) put("norm1", "norm", from + 11, RAIL.branch);
  put("joined", "join", to - 11, RAIL.branch);
  put("sum1", "plus", tap.sum1, RAIL.stream);
  if (pre) put("norm2", "norm", center, RAIL.branch);
  else put("norm1", "norm", tap.sum1, RAIL.branch);
  put("sum2", "plus", tap.sum2, RAIL.stream);
  if (!pre) put("norm2", "norm", tap.sum2, RAIL.branch);
}

function endOf(base, reading, x, scores) {
  const { gap, stream } = base;
  const from = x;
  if (reading.pre) {
    base.norm = x + stream / 2;
    node(base, "norm", "norm", base.norm, RAIL.branch);
    x = strip(base, "norm", "stream", x, stream, "final") + gap;
  }
  base.logits = x + scores / 2;
  x = strip(base, "logits", "logits", x, scores, "logits") + gap;
  base.chances = x + scores / 2;
  x = strip(base, "probabilities", "chances", x, scores, "probabilities");
  base.bands.push([from, x]);
  base.width = x;
}

// Which part lies at a point, and which row and column of it.
function spotAt(layout, reading, x, y) {
  const spot = layout.spots.find((one) => x >= one.x && x < one.x + one.w && y >= one.y && y < one.y + one.h);
  if (!spot || (!spot.rows && spot.kind !== "head")) {
    const row = Math.floor((y - layout.top) / layout.step);
    return { spot, row: row >= 0 && row < reading.length && !spot ? row : null, col: null };
  }
  const row = bounded(Math.floor(((y - spot.y) / spot.h) * reading.length), 0, reading.length - 1);
  const cols = spot.image ? reading.get(spot.image).cols : 1;
  return { spot, row, col: bounded(Math.floor(((x - spot.x) / spot.w) * cols), 0, cols - 1) };
}
