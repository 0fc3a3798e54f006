// Attention maps as numbers, words and colours. Nothing here touches the page.

// Matplotlib's cividis at 33 points, dark to light.
const CIVIDIS =
  "00224e00285b002e6a0533711a386f273e6e32436d3b496c434e6c4b546c535a6d5a5f6e61656f686a716f70737676767d7c78848279" +
  "8c8878938e789b9476a39a74aba072b4a76fbcae6cc4b468cdbb63d5c25edec958e7d150f0d846f9e03afee838";

// The colour of a weight: [red, green, blue]. Colours follow the square root of the weight, the same in every map,
// so that 0.01 can be told from 0 and two heads can be compared.
function cividis(weight) {
  const place = Math.sqrt(weight) * 32;
  const below = Math.min(31, Math.floor(place));
  return [0, 2, 4].map((byte) => {
    const [low, high] = [below, below + 1].map((stop) => parseInt(CIVIDIS.substr(stop * 6 + byte, 2), 16));
    return Math.round(low + (high - low) * (place - below));
  });
}

let colourTable = null;   // made at first use: RGBA for each of the 65,536 weights

function colours() {
  if (colourTable) return colourTable;
  const table = new Uint8ClampedArray(65536 * 4);
  for (let weight = 0; weight < 65536; weight++) table.set([...cividis(weight / 65535), 255], weight * 4);
  return (colourTable = new Uint32Array(table.buffer));
}

// A token as a reader can see it: spaces and line ends get a sign, so do marks that turn the direction of writing;
// an empty token gets a name.
function visible(token) {
  const text = token.slice(0, 200).replace(/\r?\n/g, "⏎").replace(/\t/g, "⇥")
    .replace(/^ +| +$/g, (spaces) => "␣".repeat(spaces.length))
    .replace(/[\u0000-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, "·");
  return text || "(empty)";
}

// One set of maps: `tokens` are the keys, `weights` 16-bit fractions of one, in order (layer, head, query, key).
class Maps {
  constructor(model) {
    const keys = model.get("tokens");
    const queries = model.get("query_tokens");
    [this.layers, this.heads, this.nQueries, this.nKeys] = model.get("shape");
    this.keys = keys.map(visible);
    this.queries = (queries.length ? queries : keys).map(visible);
    const bytes = model.get("weights") ?? new ArrayBuffer(0);
    const from = bytes.byteOffset ?? 0;   // a DataView, or an ArrayBuffer
    this.weights = new Uint16Array((bytes.buffer ?? bytes).slice(from, from + bytes.byteLength));
    this.picture = null;
  }

  get many() { return this.layers * this.heads > 1; }
  get empty() { return this.nQueries * this.nKeys === 0; }

  start(layer, head, query = 0) {
    return ((layer * this.heads + head) * this.nQueries + query) * this.nKeys;
  }

  weight({ layer, head }, query, key) {
    return this.weights[this.start(layer, head, query) + key] / 65535;
  }

  // The keys a query attends to, strongest first: [[key, weight], …].
  strongest(at, query, count) {
    const start = this.start(at.layer, at.head, query);
    const row = this.weights.subarray(start, start + this.nKeys);
    return Array.from(row, (weight, key) => [key, weight / 65535]).sort((a, b) => b[1] - a[1]).slice(0, count);
  }

  // All maps in one picture, one pixel per weight: layers down, heads across. One canvas is far cheaper than 72.
  atlas() {
    if (this.picture) return this.picture;
    const { layers, heads, nQueries, nKeys, weights } = this;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [heads * nKeys, layers * nQueries];
    const pixels = new Uint32Array(weights.length);
    const table = colours();
    let read = 0;
    for (let layer = 0; layer < layers; layer++) {
      for (let head = 0; head < heads; head++) {
        for (let query = 0; query < nQueries; query++) {
          const row = ((layer * nQueries + query) * heads + head) * nKeys;
          for (let key = 0; key < nKeys; key++) pixels[row + key] = table[weights[read++]];
        }
      }
    }
    const image = new ImageData(new Uint8ClampedArray(pixels.buffer), canvas.width, canvas.height);
    canvas.getContext("2d").putImageData(image, 0, 0);
    return (this.picture = canvas);
  }

  draw(ctx, { layer, head }, x, y, width, height) {
    const { nKeys, nQueries } = this;
    ctx.drawImage(this.atlas(), head * nKeys, layer * nQueries, nKeys, nQueries, x, y, width, height);
  }
}
