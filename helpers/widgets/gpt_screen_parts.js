// The parts of a GPT in reading order, each with its tensors: what opens, what it is called, what it is.

const shape = (...sizes) => (sizes.length > 1 ? `(${sizes.join(", ")})` : `(${sizes[0]},)`);

// A tensor of a part. `kind` chooses the colours: signed numbers, or shares of one. `columns` names the second axis.
const tensor = (name, title, what, { kind = "signed", columns = "number", follows = null } = {}) =>
  ({ name, title, what, kind, columns, follows });

const SUM = "The stream and what was added to it, number by number. Nothing is overwritten: each part only adds.";
const SHIFT = "What this part reads: the first half of each token's numbers is that of the token before.";
const NORM = "Each token's numbers brought to a common size, so that the next part can rely on it.";

function partsOf(reading) {
  const { config } = reading;
  const made = [tokensPart(reading), embeddingPart(reading)];
  for (let block = 0; block < config.n_layers; block++) made.push(...blockParts(reading, block));
  return [...made, ...endParts(reading)];
}

function tokensPart({ config }) {
  return { id: "tokens", crumbs: ["Tokens"], tensors: [tensor("ids", "token ids",
    `The text, cut into tokens. Each has a number: its place in the vocabulary of ${config.vocab_size}.`,
    { kind: "ids", columns: "id", follows: "ids" })] };
}

function embeddingPart({ config, sent }) {
  const { vocab_size: size, d_model: width } = config;
  const rooted = config.positions === "sinusoidal" ? `, times √${width}` : "";
  const list = [tensor("token", "token vectors",
    `One row of the embedding matrix ${shape(size, width)} for each token${rooted}: the same wherever it stands.`,
    { follows: "lookup" })];
  if (sent.position) {
    const learned = config.positions === "learned" ? "learned" : "sines and cosines, fixed";
    list.push(tensor("position", "positions", `One row for each place in the text (${learned}).`, { follows: "place" }),
      tensor("x", "x, their sum", "What enters the first block: which token, and where.", { follows: "start" }));
  }
  return { id: "embedding", crumbs: ["Embedding"], tensors: list, first: list.length - 1 };
}

function blockParts(reading, block) {
  const { config, pre } = reading;
  const at = (name) => `${block}.${name}`;
  const crumb = `Block ${block + 1}`;
  const part = (id, title, tensors, first = tensors.length - 1) =>
    ({ id: at(id), block, kind: id.replace(/\d+$/, ""), crumbs: [crumb, title], tensors, first });
  const enters = tensor(at("in"), "x", block ? `The stream as block ${block} left it.`
    : "The stream as the embedding made it.");
  const added = tensor(at("attended"), "attention adds", "What all heads together add to the stream.",
    { follows: "attended" });
  const fed = tensor(at("fed"), "feed-forward adds", "What the feed-forward part adds to the stream.",
    { follows: "fed" });
  const sums = [tensor(at("sum1"), "x after attention", SUM, { follows: "sum1" }),
    tensor(at("sum2"), "x after feed-forward", SUM, { follows: "sum2" })];
  const norms = pre ? [tensor(at("normed1"), "normed x", NORM, { follows: "normed1" }),
    tensor(at("normed2"), "normed x", NORM, { follows: "normed2" })]
    : [tensor(at("mid"), "normed x", NORM, { follows: "normed1" }),
      tensor(at("x"), "normed x", NORM, { follows: "normed2" })];
  const middle = pre ? sums[0] : tensor(at("mid"), "x", "The stream after attention, normed.", { follows: "normed1" });
  const leaves = pre ? sums[1] : norms[1];
  const norm = [part("norm1", "norm", [pre ? enters : sums[0], norms[0]]),
    part("norm2", "norm", [pre ? middle : sums[1], norms[1]])];
  const reads = (source, name) => [source, ...(config.shifted
    ? [tensor(at(name), "shifted x", SHIFT, { follows: "shift" })] : [])];
  const sources = [reads(pre ? norms[0] : enters, "read1"), reads(pre ? norms[1] : middle, "read2")];
  const heads = Array.from({ length: config.n_heads }, (_, head) => headPart(reading, block, head, sources[0], part));
  const join = part("joined", "heads joined", [tensor(at("joined"), "outputs side by side",
    `The outputs of all heads, side by side: ${config.n_heads} × ${config.d_head} numbers for each token.`,
    { follows: "joined" }), added]);
  const forward = part("feed", "feed-forward", feedTensors(reading, block, sources[1], fed), sources[1].length + 1);
  const sum = [part("sum1", "sum", [enters, added, sums[0]]), part("sum2", "sum", [middle, fed, sums[1]])];
  const whole = { ...part("block", "in and out", [enters, added, middle, fed, leaves]), crumbs: [crumb] };
  return pre ? [whole, norm[0], ...heads, join, sum[0], norm[1], forward, sum[1]]
    : [whole, ...heads, join, sum[0], norm[0], forward, sum[1], norm[1]];
}

function headPart({ config }, block, head, sources, part) {
  const of = (name) => `${block}.${name}.${head}`;
  const { d_head: width } = config;
  const made = (name, what) => tensor(of(name), name, what, { follows: "projected" });
  return part(`head${head}`, `head ${head + 1}`, [...sources,
    made("query", `What each token looks for, in ${width} numbers of this head's own.`),
    made("key", "What each token is found by."), made("value", "What each token has to give."),
    tensor(of("scores"), "scores",
      `How well each key fits each query: their dot product divided by √${width}. The future is hidden.`,
      { columns: "key", follows: "score" }),
    tensor(of("attention"), "attention",
      "The scores of each row as shares of one: how much of each earlier token is taken.",
      { kind: "share", columns: "key", follows: "attention" }),
    tensor(of("output"), "output", "The mean of the values, weighted by attention.", { follows: "mixed" })],
    sources.length + 4);
}

function feedTensors({ config }, block, sources, fed) {
  const at = (name) => `${block}.${name}`;
  const { activation, d_ff: wide } = config;
  const name = { relu: "ReLU", gelu: "GELU", gelu_tanh: "GELU", squared_relu: "ReLU, squared" }[activation];
  const silenced = activation.startsWith("gelu") ? "nearly silenced" : "silenced";
  return [...sources,
    tensor(at("wide"), "widened", `Each token by itself, asked ${wide} questions: one number an answer.`,
      { follows: "wide" }),
    tensor(at("active"), "activated", `${name}: what is below zero is ${silenced}.`, { follows: "active" }), fed];
}

function endParts({ config, pre, kept, sent }) {
  const last = tensor("last", "x", "The stream after the last block.");
  const final = pre ? tensor("final", "normed x", NORM, { follows: "final" }) : last;
  const some = kept.length < config.vocab_size ? `, of which ${kept.length} are shown` : "";
  const logits = tensor("logits", "logits",
    `How well each of the ${config.vocab_size} tokens${some} would go on, one score each.`,
    { columns: "symbol", follows: "logit" });
  const chances = tensor("probabilities", "probabilities",
    "The logits as shares of one: how probable each next token is.",
    { kind: "share", columns: "symbol", follows: "chance" });
  const parts = [{ id: "logits", crumbs: ["Logits"], tensors: [final, logits], first: 1 },
    { id: "probabilities", crumbs: ["Probabilities"], tensors: [logits, chances], first: 1 }];
  return pre ? [{ id: "norm", crumbs: ["Last norm"], tensors: [last, final], first: 1 }, ...parts] : parts;
}

// The shape of what `get(name)` gives, as PyTorch would write it for one text.
function shapeOf(reading, { name, kind }) {
  if (kind === "ids") return shape(reading.length);
  const matrix = reading.get(name);
  return shape(matrix.rows, name === "logits" || name === "probabilities" ? reading.config.vocab_size : matrix.cols);
}
