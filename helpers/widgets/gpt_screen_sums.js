// How one number follows from those before it, in real numbers: lines of text, no page.

const digits = (value) => {
  if (!Number.isFinite(value)) return "none";
  const size = Math.abs(value);
  return signed(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 || size === 0 ? 2 : size >= 0.01 ? 3 : 4);
};
// As many digits as 16 bits hold: about four.
const exact = (value) => {
  const size = Math.floor(Math.log10(Math.abs(value) || 1));
  return signed(value, bounded(3 - size, 0, 6));
};
const percent = (share) => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;
const inside = (value) => (value < 0 ? `(${digits(value)})` : digits(value));

// Σ of many products: the three largest, and the rest in one number.
function products(pairs, names) {
  const all = pairs.map(([a, b], i) => ({ a, b, i, size: Math.abs(a * b) })).filter(({ size }) => size > 0);
  const largest = [...all].sort((x, y) => y.size - x.size).slice(0, 3);
  const rest = all.filter((term) => !largest.includes(term));
  const terms = largest.map(({ a, b, i }) => `${inside(a)}·${inside(b)}${names ? ` [${names[i]}]` : ""}`);
  const others = rest.reduce((sum, { a, b }) => sum + a * b, 0);
  if (rest.length) terms.push(`${count(rest.length, "smaller product")} ${inside(others)}`);
  return terms.join(" + ") || "0";
}

const zip = (a, b) => Array.from(a, (value, i) => [value, b[i]]);

const ACTIVE = { squared_relu: "max(0, a)²", relu: "max(0, a)", gelu: "GELU(a)", gelu_tanh: "GELU(a)" };

const FOLLOWS = {
  ids: ({ reading, row }) => [`“${reading.tokens[row]}” is number ${reading.ids[row]} in the vocabulary`],
  lookup: ({ reading, row, col }) => [`row ${reading.ids[row]} of the embedding matrix, number ${col + 1}` +
    (reading.config.positions === "sinusoidal" ? `, times √${reading.config.d_model}` : "")],
  place: ({ row, col }) => [`row ${row} of the positions, number ${col + 1}`],
  start: ({ reading, row, col, value }) => [`token ${digits(reading.get("token").at(row, col))} + position ` +
    `${inside(reading.get("position").at(row, col))} = ${digits(value)}`],
  normed1: (cell) => normLines(cell, cell.reading.pre ? "in" : "sum1", "norm1"),
  normed2: (cell) => normLines(cell, cell.reading.pre ? "mid" : "sum2", "norm2"),
  shift: ({ row, col, reading: { config: { d_model: width } } }) => [col >= Math.floor(width / 2)
    ? "the token's own number" : row ? `number ${col + 1} of the token before` : "no token before: zero"],
  final: (cell) => normLines(cell, "last", "norm"),
  projected: ({ reading, name }) => projectedLines(reading, name.split(".")[1]),
  score: scoreLines,
  attention: attentionLines,
  mixed: ({ reading, of, row, col, value }) => [
    `Σ attention · value = ${products(zip(of("attention").row(row).slice(0, row + 1),
      Array.from({ length: row + 1 }, (_, key) => of("value").at(key, col))), reading.tokens)} = ${digits(value)}`],
  joined: ({ reading: { config: { d_head: width } }, col }) =>
    [`number ${(col % width) + 1} of head ${Math.floor(col / width) + 1}`],
  attended: ({ reading }) => [`joined outputs · ${learned(reading, "d_model", "d_model")}`],
  sum1: ({ of, row, col, value }) => sumLines(of("in"), of("attended"), "attention", row, col, value),
  wide: ({ reading }) => [`${source(reading)} · ${learned(reading, "d_model", "d_ff")}`],
  active: ({ reading: { config }, of, row, col, value }) => [`${ACTIVE[config.activation]} with ` +
    `a = ${digits(of("wide").at(row, col))} gives ${digits(value)}`],
  fed: ({ reading }) => [`activated numbers · ${learned(reading, "d_ff", "d_model")}`],
  sum2: ({ of, row, col, value }) => sumLines(of("mid"), of("fed"), "feed-forward", row, col, value),
  logit: ({ reading, row, col, value }) => [`x · output row of “${reading.symbols[col]}” = ` +
    `${products(zip(reading.get("final").row(row), reading.get("output").row(col)))} = ${digits(value)}`],
  chance: chanceLines,
};

const bias = ({ config }) => (config.bias ? " + a learned shift" : "");
const source = ({ config, pre }) => (config.shifted ? "shifted x" : pre ? "normed x" : "x");
const learned = (reading, from, to) =>
  `a learned matrix ${shape(reading.config[from], reading.config[to])}${bias(reading)}`;

function sumLines(before, added, name, row, col, value) {
  return [`x ${digits(before.at(row, col))} + ${name} ${inside(added.at(row, col))} = ${digits(value)}`];
}

function normLines({ reading, of, row, col, value }, from, name) {
  const x = name === "norm" ? reading.get(from) : of(from);
  const { mean, spread, gain, shift } = reading.norming(x, row, name === "norm" ? name : of.prefix + name);
  const layer = reading.config.norm_kind === "layer";
  const top = layer ? `(${digits(x.at(row, col))} − mean ${inside(mean)})` : digits(x.at(row, col));
  return [`${top} / ${layer ? "spread" : "size"} ${digits(spread)} · gain ${inside(gain[col])}` +
    `${layer ? ` + shift ${inside(shift[col])}` : ""} = ${digits(value)}`];
}

function projectedLines(reading, name) {
  const { d_model: width, d_head: head, normed_heads: normed, positions } = reading.config;
  const lines = [`${source(reading)} · this head's matrix ${shape(width, head)}${bias(reading)}`];
  if (name !== "value" && normed) lines.push(`then brought to length √${head}`);
  const turned = "then turned, pair by pair, by angles that grow with its place";
  if (name !== "value" && positions === "rotary") lines.push(turned);
  return lines;
}

function scoreLines({ reading, of, row, col, value }) {
  if (!reading.seen(row, col)) return ["hidden: this key lies outside what the query may see"];
  const [query, key] = [of("query"), of("key")];
  return [`q · k = ${products(zip(query.row(row), key.row(col)))} = ${digits(value * Math.sqrt(query.cols))}`,
    `divided by √${query.cols} = ${digits(value)}`];
}

function attentionLines({ reading, of, row, col, value }) {
  if (!reading.seen(row, col)) return ["hidden: the mask gives this key no share"];
  const [query, key, scores] = [of("query"), of("key"), of("scores")];
  const powers = Array.from(scores.row(row)).filter(Number.isFinite).map(Math.exp);
  const total = powers.reduce((a, b) => a + b, 0);
  const score = scores.at(row, col);
  const product = digits(dot(query.row(row), key.row(col)));
  return [`q · k / √${query.cols} = ${product} / ${digits(Math.sqrt(query.cols))} = ${digits(score)}`,
    `exp(${digits(score)}) = ${digits(Math.exp(score))}; all ${count(powers.length, "key")} together ${digits(total)}`,
    `${digits(Math.exp(score))} / ${digits(total)} = ${percent(value)}`,
    `so ${percent(value)} of the value of “${reading.tokens[col]}” goes into the output`];
}

function chanceLines({ reading, row, col, value }) {
  const logits = reading.get("logits");
  const heat = reading.temperature;
  const total = logits.row(row).reduce((sum, logit) => sum + Math.exp(logit / heat), 0);
  const power = Math.exp(logits.at(row, col) / heat);
  const over = heat === 1 ? "" : ` / ${heat.toFixed(1)}`;
  return [`exp(${digits(logits.at(row, col))}${over}) = ${digits(power)}; all tokens together ${digits(total)}`,
    `${digits(power)} / ${digits(total)} = ${percent(value)}`];
}

// The lines for one cell of a tensor; none where a tensor is only shown again.
function followsFrom(reading, { name, follows }, row, col) {
  if (!follows) return [];
  const [block, , head] = name.split(".");
  const of = (part) => reading.get(`${block}.${part}${head === undefined ? "" : `.${head}`}`);
  of.prefix = `${block}.`;
  const value = follows === "ids" ? reading.ids[row] : reading.get(name).at(row, col);
  return FOLLOWS[follows]({ reading, name, of, row, col, value });
}
