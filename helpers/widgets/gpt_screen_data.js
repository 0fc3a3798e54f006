// The numbers of one reading: 16-bit floats as the kernel packed them, and all that follows from them by arithmetic.
// Nothing here touches the page.

let halfTable = null; // the number of each of the 65,536 patterns of 16 bits, made at first use

function halves() {
  if (halfTable) return halfTable;
  halfTable = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
    const size = exponent === 31 ? (fraction ? NaN : Infinity)
      : exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -24 * fraction;
    halfTable[bits] = bits >> 15 ? -size : size;
  }
  return halfTable;
}

const ERF = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429]; // Abramowitz and Stegun, 7.1.26

function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const sum = ERF.reduceRight((rest, factor) => (rest + factor) * t, 0);
  return Math.sign(x) * (1 - sum * Math.exp(-x * x));
}

const ACTIVATIONS = {
  relu: (x) => Math.max(x, 0),
  squared_relu: (x) => Math.max(x, 0) ** 2,
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  gelu_tanh: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
};

class Matrix {
  constructor(rows, cols, values = new Float32Array(rows * cols)) { Object.assign(this, { rows, cols, values }); }

  at(row, col) { return this.values[row * this.cols + col]; }

  row(row) { return this.values.subarray(row * this.cols, (row + 1) * this.cols); }

  static from(rows, cols, value) {
    const made = new Matrix(rows, cols);
    for (let row = 0; row < rows; row++) for (let col = 0; col < cols; col++) made.values[row * cols +
      col] = value(row, col);
    return made;
  }

  // What the colours span: all but the largest 1.5 % of the numbers, which are as dark as those before them.
  get reach() {
    return (this.spans ??= this.span());
  }

  span(bins = 512) {
    const sizes = this.values.map(Math.abs).filter(Number.isFinite);
    const most = sizes.reduce((best, size) => Math.max(best, size), 0);
    if (!most) return 1;
    const counts = new Uint32Array(bins + 1);
    for (const size of sizes) counts[Math.floor((size / most) * bins)] += 1;
    let [bin, left] = [bins, 0.015 * sizes.length];
    while (bin > 0 && (left -= counts[bin]) > 0) bin -= 1;
    return (most * (bin + 1)) / (bins + 1);
  }
}

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

const plus = (a, b) => Matrix.from(a.rows, a.cols, (row, col) => a.at(row, col) + b.at(row, col));

class Reading {
  constructor(shown, bytes) {
    Object.assign(this, shown, { made: new Map(), sent: {}, temperature: 1 });
    const size = shown.layout.reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 1), 0);
    this.fits = bytes.byteLength === 2 * size;
    if (!this.fits) return;
    const table = halves();
    const packed = new DataView(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, bytes.byteLength);
    const values = new Float32Array(size);
    for (let i = 0; i < size; i++) values[i] = table[packed.getUint16(2 * i, true)];
    let start = 0;
    for (const [name, shape] of shown.layout) {
      const length = shape.reduce((a, b) => a * b, 1);
      this.sent[name] = { shape, values: values.subarray(start, start + length) };
      start += length;
    }
    this.pre = this.config.norm_place === "pre";
    this.length = this.tokens.length;
  }

  // The matrix "x", "2.wide" or, of head 3 (from 0) in block 2 (from 0), "2.query.3".
  get(name) {
    if (!this.made.has(name)) this.made.set(name, this.make(name));
    return this.made.get(name);
  }

  make(name) {
    const [first, part, head] = name.split(".");
    const sent = this.sent[head === undefined ? name : `${first}.${part}`];
    if (sent) {
      const [cols, rows = 1] = sent.shape.slice(-2).reverse();
      return new Matrix(rows, cols, sent.values.subarray((head ?? 0) * rows * cols, ((head ?? 0) + 1) * rows * cols));
    }
    if (part === undefined) return this.outside(first);
    return this.inside(Number(first), part, head, (other) => this.get(`${first}.${other}`));
  }

  outside(name) {
    const last = this.config.n_layers - 1;
    if (name === "x") return this.sent.position ? plus(this.get("token"), this.get("position")) : this.get("token");
    if (name === "last") return last < 0 ? this.get("x") : this.get(`${last}.x`);
    if (name === "final") return this.pre ? this.normed(this.get("last"), "norm") : this.get("last");
    return this.shares(this.get("logits"), this.temperature);
  }

  inside(block, part, head, of) {
    const made = {
      in: () => (block ? this.get(`${block - 1}.x`) : this.get("x")),
      source: () => of(this.pre ? "normed1" : "in"),
      normed1: () => this.normed(of("in"), `${block}.norm1`),
      scores: () => this.scores(of(`query.${head}`), of(`key.${head}`)),
      output: () => this.mixed(of(`attention.${head}`), of(`value.${head}`)),
      joined: () => this.joined(Array.from({ length: this.config.n_heads }, (_, i) => of(`output.${i}`))),
      sum1: () => plus(of("in"), of("attended")),
      mid: () => (this.pre ? of("sum1") : this.normed(of("sum1"), `${block}.norm1`)),
      read1: () => this.shifted(of("source")),
      read2: () => this.shifted(of("feed")),
      normed2: () => this.normed(of("mid"), `${block}.norm2`),
      feed: () => of(this.pre ? "normed2" : "mid"),
      active: () => new Matrix(this.length, this.config.d_ff,
        of("wide").values.map(ACTIVATIONS[this.config.activation])),
      sum2: () => plus(of("mid"), of("fed")),
      x: () => (this.pre ? of("sum2") : this.normed(of("sum2"), `${block}.norm2`)),
    };
    return made[part]();
  }

  seen(query, key) {
    return key <= query && (this.config.window === null || query - key < this.config.window);
  }

  // The first half of each token's numbers taken from the token before.
  shifted(x) {
    const half = Math.floor(x.cols / 2);
    return Matrix.from(x.rows, x.cols, (row, col) => (col >= half ? x.at(row, col) : row ? x.at(row - 1, col) : 0));
  }

  scores(query, key) {
    const root = Math.sqrt(query.cols);
    return Matrix.from(this.length, this.length, (row, col) =>
      (this.seen(row, col) ? dot(query.row(row), key.row(col)) / root : NaN));
  }

  mixed(attention, value) {
    return Matrix.from(this.length, value.cols, (row, col) => {
      let sum = 0;
      for (let key = 0; key <= row; key++) sum += attention.at(row, key) * value.at(key, col);
      return sum;
    });
  }

  joined(outputs) {
    const width = outputs[0].cols;
    return Matrix.from(this.length, width * outputs.length, (row, col) =>
      outputs[Math.floor(col / width)].at(row, col % width));
  }

  // Mean, what it is divided by, gain and shift of each number, for row `row` of a norm's input.
  norming(x, row, name) {
    const values = x.row(row);
    const mean = this.config.norm_kind === "layer" ? values.reduce((a, b) => a + b, 0) / x.cols : 0;
    const spread = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.cols +
      (this.config.norm_eps ?? 1.2e-7));
    const weights = (kind, other) => this.sent[`${name}.${kind}`]?.values ?? new Float32Array(x.cols).fill(other);
    return { mean, spread, gain: weights("weight", 1), shift: weights("bias", 0) };
  }

  normed(x, name) {
    const rows = Array.from({ length: x.rows }, (_, row) => this.norming(x, row, name));
    return Matrix.from(x.rows, x.cols, (row, col) => {
      const { mean, spread, gain, shift } = rows[row];
      return ((x.at(row, col) - mean) / spread) * gain[col] + shift[col];
    });
  }

  shares(logits, temperature) {
    const made = new Matrix(logits.rows, logits.cols);
    for (let row = 0; row < logits.rows; row++) {
      const highest = Math.max(...logits.row(row));
      const powers = logits.row(row).map((value) => Math.exp((value - highest) / temperature));
      const total = powers.reduce((a, b) => a + b, 0);
      made.values.set(powers.map((power) => power / total), row * logits.cols);
    }
    return made;
  }

  // Sharpened or flattened probabilities; everything else stays as it is.
  warm(temperature) {
    if (temperature === this.temperature) return;
    this.temperature = temperature;
    this.made.delete("probabilities");
  }

  // The places in the vocabulary that are likeliest after token `row`: [[place, probability], …].
  likeliest(row, count) {
    const chances = this.get("probabilities").row(row);
    return Array.from(chances, (chance, place) => [place, chance]).sort((a, b) => b[1] - a[1]).slice(0, count);
  }

  drawn(row, dice = Math.random()) {
    const chances = this.get("probabilities").row(row);
    let left = dice;
    const place = chances.findIndex((chance) => (left -= chance) < 0);
    return place < 0 ? this.likeliest(row, 1)[0][0] : place;
  }
}
