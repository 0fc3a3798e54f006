// The 3-2-1 network forward and backward; the same as helpers/small_network.py, against which a test compares it.
// `w` holds eleven numbers: w11 w12 w13, w21 w22 w23, b1 b2, v1 v2, c.

function forward(w, x, target) {
  const z = [0, 1].map((i) => w[3 * i] * x[0] + w[3 * i + 1] * x[1] + w[3 * i + 2] * x[2] + w[6 + i]);
  const hidden = z.map((value) => Math.max(value, 0));
  const y = w[8] * hidden[0] + w[9] * hidden[1] + w[10];
  return { z, hidden, y, loss: 0.5 * (y - target) ** 2 };
}

function backward(w, x, target, { z, hidden, y }) {
  const dy = y - target; // how fast the loss grows with y
  const dz = [0, 1].map((i) => (z[i] > 0 ? dy * w[8 + i] : 0)); // through v, then through the gate of ReLU
  return [...x.map((value) => dz[0] * value), ...x.map((value) => dz[1] * value), ...dz,
    dy * hidden[0], dy * hidden[1], dy];
}
