// The surfaces and the three optimisers; the same as optimizer_race_paths.py, against which a test compares them.
// A surface gives its height and its slope at (x, y).

const well = (x, y, a, b, depth, width) => {
  const dip = -depth * Math.exp(-((x - a) ** 2 + (y - b) ** 2) / width);
  return { dip, slope: [(-2 * (x - a) * dip) / width, (-2 * (y - b) * dip) / width] };
};

const SURFACES = {
  "long valley": { height: (x, y) => 0.05 * x ** 2 + y ** 2, slope: (x, y) => [0.1 * x, 2 * y] },
  "bent valley": {
    height: (x, y) => 0.1 * (1 - x) ** 2 + 0.5 * (y - 0.7 * x ** 2 + 0.5) ** 2,
    slope: (x, y) => {
      const off = y - 0.7 * x ** 2 + 0.5;
      return [-0.2 * (1 - x) - 1.4 * x * off, off];
    },
  },
  saddle: {
    height: (x, y) => 0.25 * x ** 2 - 0.25 * y ** 2 + 0.05 * y ** 4,
    slope: (x, y) => [0.5 * x, -0.5 * y + 0.2 * y ** 3],
  },
  "two hollows": {
    height: (x, y) => 0.1 * (x ** 2 + y ** 2) + well(x, y, -0.9, -0.6, 0.6, 0.35).dip + well(x, y, 0.9, 0.6, 1, 0.5).dip,
    slope: (x, y) => {
      const [one, two] = [well(x, y, -0.9, -0.6, 0.6, 0.35).slope, well(x, y, 0.9, 0.6, 1, 0.5).slope];
      return [0.2 * x + one[0] + two[0], 0.2 * y + one[1] + two[1]];
    },
  },
};

// Each racer: from its state {place, a, b} (a, b: what it remembers), a slope, a rate and the step's number, the next state.
const RACERS = {
  SGD: ({ place, a, b }, slope, rate) => ({ place: place.map((p, i) => p - rate * slope[i]), a, b }),
  momentum: ({ place, a, b }, slope, rate) => {
    const velocity = a.map((v, i) => 0.9 * v + slope[i]);
    return { place: place.map((p, i) => p - rate * velocity[i]), a: velocity, b };
  },
  Adam: ({ place, a, b }, slope, rate, step) => {
    const mean = a.map((m, i) => 0.9 * m + 0.1 * slope[i]);
    const square = b.map((s, i) => 0.999 * s + 0.001 * slope[i] ** 2);
    return {
      place: place.map((p, i) =>
        p - (rate * (mean[i] / (1 - 0.9 ** step))) / (Math.sqrt(square[i] / (1 - 0.999 ** step)) + 1e-8)),
      a: mean, b: square,
    };
  },
};

function race(surface, start, rate, steps) {
  const found = {};
  for (const [name, next] of Object.entries(RACERS)) {
    let state = { place: [...start], a: [0, 0], b: [0, 0] };
    const track = [state.place];
    for (let step = 1; step <= steps; step++) {
      state = next(state, surface.slope(...state.place), rate, step);
      track.push(state.place);
    }
    found[name] = track;
  }
  return found;
}
