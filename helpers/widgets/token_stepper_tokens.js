// What the token stepper shows of a token, and which tokens a number of merges leaves. No DOM here but text.

const MARKS = { " ": "·", "\n": "↵", "\t": "⇥", "\r": "␍", "\u3000": "·" };
const RTL = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const hex = (number, digits = 2) => number.toString(16).toUpperCase().padStart(digits, "0");

// Bytes as text to read; bytes that are only part of a character one by one, as <F0>.
function readable(bytes) {
  try {
    return strict.decode(bytes);
  } catch {
    return Array.from(bytes, (byte) => `<${hex(byte)}>`).join("");
  }
}

// The first `limit` tokens after n merges: [{text, bytes, fresh}]; fresh: made by the last of these merges.
function tokensAfter(bytes, falls, n, limit) {
  const tokens = [];
  let [start, fresh] = [0, false];
  for (let i = 0; i < falls.length && tokens.length < limit; i++) {
    if (falls[i] >= n) {
      const piece = bytes.subarray(start, i + 1);
      tokens.push({ text: readable(piece), bytes: piece, fresh });
      [start, fresh] = [i + 1, false];
    } else if (falls[i] === n - 1) {
      fresh = true;
    }
  }
  return tokens;
}

function countAfter(falls, n) {
  let count = 0;
  for (const fall of falls) if (fall >= n) count++;
  return count;
}

// Characters that nobody sees, made visible: [[text, whether it is such a sign]].
function visible(token) {
  const parts = [];
  for (const char of token) {
    if (MARKS[char]) parts.push([MARKS[char], true]);
    else if (/[\p{C}\p{Z}]/u.test(char)) parts.push([`<${hex(char.codePointAt(0), 4)}>`, true]);
    else if (/\p{M}/u.test(char)) parts.push([parts.length ? char : `◌${char}`, false]);
    else parts.push([char, false]);
  }
  return parts;
}

// The direction of a text: that of its first letter.
function direction(text) {
  const letter = text.match(/\p{L}/u);
  return letter && RTL.test(letter[0]) ? "rtl" : "ltr";
}

// Where the slider may stand: every merge at first, then in growing steps, and the last.
function stopsUpTo(n) {
  const stops = [];
  for (let k = 0; k < n; k = k < 40 ? k + 1 : Math.ceil(k * 1.05)) stops.push(k);
  return [...stops, n];
}
