// Scores, the best first, to probabilities before and after the cut: as `helpers.decoding.probabilities`.
function chances(logits, { temperature, top_k, top_p }) {
  if (!temperature) {
    const best = logits.map((_, i) => (i === 0 ? 1 : 0));
    return { plain: best, kept: best, together: best.map(() => 1) };
  }
  const normed = (values) => {
    const sum = values.reduce((total, value) => total + value, 0);
    return values.map((value) => value / sum);
  };
  const plain = normed(logits.map((score) => Math.exp((score - logits[0]) / temperature)));
  let kept = top_k ? normed(plain.map((value, i) => (i < top_k ? value : 0))) : plain;
  if (top_p < 1) {
    let before = 0;
    kept = normed(kept.map((value, i) => {
      const stays = i === 0 || before < top_p - 1e-12;
      before += value;
      return stays ? value : 0;
    }));
  }
  let sum = 0;
  return { plain, kept, together: plain.map((value) => (sum += value)) };
}
