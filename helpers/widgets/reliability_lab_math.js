// Probabilities in thousandths and labels to a reliability diagram: as `reliability_lab_data.compute`.
const CLIP = 5e-4;

function reliability(thousandths, labels, temperature, bins) {
  const sums = Array.from({ length: bins }, () => [0, 0, 0]); // verdicts, what was said of them, right ones
  let [right, said, surprise] = [0, 0, 0];
  thousandths.forEach((value, i) => {
    const p = Math.min(Math.max(value / 1000, CLIP), 1 - CLIP);
    const cool = 1 / (1 + Math.exp(-Math.log(p / (1 - p)) / temperature));
    const label = labels[i] === "1";
    const sure = Math.max(cool, 1 - cool);
    const hit = (cool > 0.5) === label;
    const kept = Math.min(Math.max(label ? cool : 1 - cool, CLIP), 1 - CLIP);
    const place = Math.min(Math.max(Math.ceil(sure * bins - 1e-9), 1), bins) - 1;
    sums[place][0] += 1;
    sums[place][1] += sure;
    sums[place][2] += hit;
    right += hit;
    said += sure;
    surprise -= Math.log(kept);
  });
  const n = thousandths.length;
  const rows = sums.map(([count, sure, hits], place) => [place / bins, (place + 1) / bins, count, sure / count, hits / count])
    .filter(([, , count]) => count);
  const error = rows.reduce((sum, [, , count, sure, hits]) => sum + count * Math.abs(sure - hits), 0) / n;
  return { n, accuracy: right / n, confidence: said / n, error, surprise: surprise / n, rows };
}
