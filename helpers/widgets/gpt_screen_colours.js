// Numbers as colours: ink on paper for signed numbers, cividis for shares of one; pictures of whole tensors.

const CIVIDIS = [[0, 34, 78], [18, 53, 112], [59, 73, 108], [87, 93, 109], [112, 113, 115], [138, 134, 120],
  [165, 156, 116], [195, 179, 105], [225, 204, 85], [254, 232, 56]]; // matplotlib's, at ten points

const mixed = (from, to, share) => from.map((value, i) => Math.round(value + share * (to[i] - value)));

function cividis(share) { // brighter by the square root, so that 1 % can be told from nothing
  const at = Math.sqrt(bounded(share, 0, 1)) * (CIVIDIS.length - 1);
  const low = Math.min(Math.floor(at), CIVIDIS.length - 2);
  return mixed(CIVIDIS[low], CIVIDIS[low + 1], at - low);
}

// Zero has the colour of the page; orange is negative, blue positive.
const INKS = { light: { paper: [255, 255, 255], plus: [0, 98, 160], minus: [208, 84, 0] },
               dark: { paper: [22, 24, 28], plus: [104, 190, 240], minus: [240, 160, 40] } };

const STEPS = 128;

class Colours {
  constructor(dark) {
    const { paper, plus: blue, minus: orange } = INKS[dark ? "dark" : "light"];
    const to = (colour, share) => this.word(mixed(paper, colour, share));
    this.ramp = Uint32Array.from({ length: 2 * STEPS + 1 }, (_, i) =>
      (i < STEPS ? to(orange, 1 - i / STEPS) : to(blue, (i - STEPS) / STEPS)));
    this.light = Uint32Array.from({ length: 257 }, (_, i) => this.word(cividis(i / 256 * (i / 256))));
  }

  word([red, green, blue]) { return (255 << 24) | (blue << 16) | (green << 8) | red; } // as ImageData stores it

  // What cannot be (the future, NaN) stays clear.
  of(value, kind, reach) {
    if (!Number.isFinite(value)) return 0;
    if (kind === "share") return this.light[Math.round(Math.sqrt(bounded(value, 0, 1)) * 256)];
    return this.ramp[STEPS + Math.round(bounded(value / reach, -1, 1) * STEPS)];
  }

  // A tensor as a canvas, at most `most` pixels across. Where `seen` says no it stays clear.
  picture(matrix, kind, { most = matrix.cols, seen = null, canvas = document.createElement("canvas") } = {}) {
    const { rows, cols, reach } = matrix;
    const across = Math.max(1, Math.min(cols, Math.round(most)));
    [canvas.width, canvas.height] = [across, rows];
    const pixels = new Uint32Array(across * rows);
    for (let row = 0; row < rows; row++) {
      for (let x = 0; x < across; x++) {
        const [from, to] = [Math.floor((x * cols) / across), Math.floor(((x + 1) * cols) / across)];
        if (seen && !seen(row, from)) continue;
        const value = to - from > 1 ? together(matrix.row(row).subarray(from, to), kind) : matrix.at(row, from);
        pixels[row * across + x] = this.of(value, kind, reach);
      }
    }
    canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), across, rows), 0, 0);
    return canvas;
  }
}

// What numbers that share a pixel show: the largest share, or their size (root of the mean square) with the sign of
// their sum.
function together(values, kind) {
  if (kind === "share") return Math.max(...values);
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  return Math.sign(sum) * Math.sqrt(squares / values.length);
}

// A canvas fit for the screen's pixels, `width` by `height` of the page's; gives its context.
function sized(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const pixels = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
  for (const side of ["width", "height"]) if (canvas[side] !== pixels[side]) canvas[side] = pixels[side];
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.imageSmoothingEnabled = false;
  return context;
}

// Whether the page is dark now, by the colour of the widget's own text.
function isDark(root) {
  const parts = getComputedStyle(root).color.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0];
  return parts[0] + parts[1] + parts[2] > 380;
}
