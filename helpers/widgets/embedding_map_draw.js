// Drawing of the embedding map on canvas: what to show comes in, pixels go out. Joined with embedding_map.js by
// client.py.

const FONT = "system-ui, 'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', 'Noto Sans', sans-serif";
const LINE = 18; // pixels of one line of label text

// One path per group, each fitting a circle of radius 1: told apart without colour.
const SHAPES = ["circle", "square", "triangle", "diamond", "plus", "star", "wedge", "cross"];
const polygon = (...corners) => `M${corners.map((corner) => corner.join(" ")).join("L")}Z`;
const ring = (n, radius, turn) =>
  Array.from({ length: n }, (_, k) => {
    const angle = ((turn + k) * 2 * Math.PI) / n - Math.PI / 2;
    const r = Array.isArray(radius) ? radius[k % 2] : radius;
    return [(r * Math.cos(angle)).toFixed(3), (r * Math.sin(angle)).toFixed(3)];
  });
const plus = (a) => [[-a, -1], [a, -1], [a, -a], [1, -a], [1, a], [a, a],
  [a, 1], [-a, 1], [-a, a], [-1, a], [-1, -a], [-a, -a]];
const turned = (points) => points.map(([x, y]) => [((x - y) * 0.75).toFixed(3), ((x + y) * 0.75).toFixed(3)]);
const PATHS = {
  circle: "M0-.95A.95.95 0 1 1 0 .95A.95.95 0 1 1 0-.95Z",
  square: polygon([-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]),
  triangle: polygon(...ring(3, 1.15, 0)),
  diamond: polygon(...ring(4, 1.15, 0)),
  plus: polygon(...plus(0.36)),
  star: polygon(...ring(10, [1.25, 0.5], 0)),
  wedge: polygon(...ring(3, 1.15, 0.5)),
  cross: polygon(...turned(plus(0.36))),
};

function inks(element) {
  const probe = document.createElement("canvas").getContext("2d");
  const style = getComputedStyle(element);
  const ink = (name, instead) => {
    probe.fillStyle = instead;
    probe.fillStyle = style.getPropertyValue(name).trim() || instead;
    return probe.fillStyle;
  };
  const channels = (text) => (text.startsWith("#")
    ? [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16)) : text.match(/[\d.]+/g).slice(0, 3).map(Number));
  const back = ink("--cw-back", "#ffffff");
  const dark = channels(back).reduce((sum, channel) => sum + channel, 0) < 384;
  return { back, dark, ink: ink("--cw-ink", dark ? "#ffffff" : "#000000"), line: ink("--cw-line", "#bdbdbd"),
    faint: ink("--cw-faint", dark ? "#dddddd" : "#333333"), strong: dark ? "#56b4e9" : "#0072b2" };
}

// Group k's colour; black would vanish on a dark page, so it turns to light grey there.
const groupColour = (style, dark) => (dark && style.colour === "#000000" ? "#e6e6e6" : style.colour);

function legendIcon(style, dark) {
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("viewBox", "-1.5 -1.5 3 3");
  icon.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[style.shape]);
  path.setAttribute("fill", groupColour(style, dark));
  path.setAttribute("stroke", "currentColor");
  path.setAttribute("stroke-width", "0.14");
  icon.append(path);
  return icon;
}

// Each group's marker is drawn once and then copied: two thousand copies take a millisecond or two.
function makeSprites(styles, radius, ratio, colours) {
  return styles.map((style) => {
    const half = Math.ceil(radius * 1.5 + 1);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 2 * half * ratio;
    const paint = canvas.getContext("2d");
    paint.scale(ratio, ratio);
    paint.translate(half, half);
    paint.scale(radius, radius);
    const path = new Path2D(PATHS[style.shape]);
    paint.fillStyle = groupColour(style, colours.dark);
    paint.fill(path);
    paint.lineWidth = 0.9 / radius;
    paint.strokeStyle = colours.dark ? "#111111" : "#222222";
    paint.stroke(path);
    return { canvas, half };
  });
}

function drawGrid(paint, view, size, colours, names) {
  paint.font = `13px ${FONT}`;
  paint.lineWidth = 1;
  const [left, right] = [-view.x / view.scale, (size.width - view.x) / view.scale];
  const [low, high] = [(view.y - size.height) / view.scale, view.y / view.scale];
  paint.globalAlpha = 0.45;
  paint.strokeStyle = colours.line;
  paint.beginPath();
  const xs = ticks(left, right, size.width / 110).map((value) => [value, view.x + value * view.scale]);
  const ys = ticks(low, high, size.height / 90).map((value) => [value, view.y - value * view.scale]);
  for (const [, x] of xs) paint.rect(Math.round(x) + 0.5, 0, 0, size.height);
  for (const [, y] of ys) paint.rect(0, Math.round(y) + 0.5, size.width, 0);
  paint.stroke();
  paint.globalAlpha = 1;
  paint.fillStyle = colours.faint;
  paint.textBaseline = "alphabetic";
  paint.textAlign = "center";
  const written = (value) => String(value).replace("-", "−");
  for (const [value, x] of xs) if (x > 40 && x < size.width - 24) paint.fillText(written(value), x, size.height - 5);
  paint.textAlign = "left";
  for (const [value, y] of ys) if (y > 34 && y < size.height - 34) paint.fillText(written(value), 4, y - 3);
  paint.fillText(names[1], 4, 16);
  paint.textAlign = "right";
  paint.fillText(names[0], size.width - 6, size.height - 22);
}

function drawPoints(paint, scene) {
  const { pixels, shown, groups, sprites, marked, size } = scene;
  const stamp = (i, alpha, grown) => {
    const [x, y] = [pixels[2 * i], pixels[2 * i + 1]];
    if (!shown[i] || x < -20 || y < -20 || x > size.width + 20 || y > size.height + 20) return;
    const { canvas, half } = sprites[groups[i]];
    paint.globalAlpha = alpha;
    paint.drawImage(canvas, x - half * grown, y - half * grown, 2 * half * grown, 2 * half * grown);
  };
  for (let i = 0; i < shown.length; i++) if (!marked?.has(i)) stamp(i, marked ? 0.22 : 0.9, 1);
  if (marked) for (const i of marked) stamp(i, 1, 1.35);
  paint.globalAlpha = 1;
}

function drawLabels(paint, labels, texts, colours, strong) {
  paint.textBaseline = "middle";
  paint.textAlign = "left";
  paint.lineJoin = "round";
  paint.lineWidth = 3.5;
  paint.strokeStyle = colours.back;
  paint.fillStyle = colours.ink;
  for (const bold of [false, true]) {
    paint.font = `${bold ? "600 " : ""}14px ${FONT}`;
    for (const { i, left, top } of labels) {
      if (strong.has(i) !== bold) continue;
      paint.strokeText(texts[i], left, top + LINE / 2 + 1); // a rim keeps the word apart from points and lines
      paint.fillText(texts[i], left, top + LINE / 2 + 1);
    }
  }
}

function drawRing(paint, { pixels }, i, radius) {
  paint.beginPath();
  paint.arc(pixels[2 * i], pixels[2 * i + 1], radius, 0, 2 * Math.PI);
  paint.stroke();
}

// Lines from the selected word to its neighbours in all dimensions; dashed rings on its nearest on the map.
function drawSelection(paint, scene, full) {
  const { pixels, shown, colours, radius, selected, flat } = scene;
  if (selected < 0) return;
  paint.strokeStyle = colours.dark ? "#e69f00" : "#d55e00";
  paint.lineWidth = 2.5;
  for (const j of full.filter((j) => shown[j])) {
    paint.beginPath();
    paint.moveTo(pixels[2 * selected], pixels[2 * selected + 1]);
    paint.lineTo(pixels[2 * j], pixels[2 * j + 1]);
    paint.stroke();
    drawRing(paint, scene, j, radius + 4);
  }
  paint.strokeStyle = colours.strong;
  paint.setLineDash([3, 3]);
  for (const j of flat.filter((j) => shown[j])) drawRing(paint, scene, j, radius + 7);
  paint.setLineDash([]);
  paint.strokeStyle = colours.ink;
  paint.lineWidth = 3;
  drawRing(paint, scene, selected, radius + 5);
}

function drawHover(paint, scene, hovered) {
  if (hovered < 0) return;
  paint.strokeStyle = scene.colours.ink;
  paint.lineWidth = 2;
  drawRing(paint, scene, hovered, scene.radius + 3);
}
