"""Tokenizers: our BPE (training, encoding) and WordPiece (encoding) beside Hugging Face's `tokenizers`, in Rust.

Each contender runs in a process of its own; the text is read before the clock starts. Both learn 8,000 merges over
bytes on the Wikipedia sample and cut that sample and all film reviews; a digest shows that merges and ids are the
same. The library may use all cores, ours uses one. Run as a script, this file is one contender:
`python -m benchmarks.tokenization NAME` prints one line of JSON.
"""

import hashlib
import json
import subprocess
import sys
import time
from statistics import median

MERGES = 8000
NAMES = ("tokenizers", "ours")


def run_one(name: str) -> dict:
    """One contender: seconds to learn and to encode, peak memory of the process in MB, digest of all ids."""
    import tokenizers  # noqa: F401  imported before the clock starts, for both alike

    from helpers import assets, data, runtime, tokenization

    paragraphs = [line for article in data.wiki_articles() for line in article.text.split("\n")]
    texts = paragraphs + [review.text for review in data.reviews()]
    train, encode, pieces = (_library if name == "tokenizers" else _ours)(assets.path("minilm"), tokenization)
    clock = [time.perf_counter()]
    made = train(paragraphs)
    clock.append(time.perf_counter())
    ids = encode(made, texts)
    clock.append(time.perf_counter())
    cut = pieces(texts)
    clock.append(time.perf_counter())
    learn, bpe, wordpiece = (after - start for start, after in zip(clock, clock[1:], strict=False))
    return {"name": name, "learn_s": learn, "encode_s": bpe, "wordpiece_s": wordpiece, "tokens": sum(map(len, ids)),
            "peak_mb": runtime.peak_memory() / 1e6,
            "digest": hashlib.sha256(json.dumps([ids, cut]).encode()).hexdigest()[:12]}  # fmt: skip


def _library(folder, _):
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    minilm = Tokenizer.from_file(str(folder / "tokenizer.json"))
    minilm.no_truncation()
    minilm.no_padding()

    def train(texts):
        made = Tokenizer(models.BPE())
        made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        options = {"initial_alphabet": pre_tokenizers.ByteLevel.alphabet(), "show_progress": False}
        made.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=256 + MERGES, **options))
        return made

    def encode(made, texts):
        return [one.ids for one in made.encode_batch(texts, add_special_tokens=False)]

    return train, encode, lambda texts: encode(minilm, texts)


def _ours(folder, tokenization):
    wordpiece = tokenization.WordPiece.from_file(folder / "vocab.txt")

    def train(texts):
        return tokenization.BPE.train(texts, 256 + MERGES)

    return (train, lambda made, texts: [made.encode(text) for text in texts],
            lambda texts: [wordpiece.encode(text) for text in texts])  # fmt: skip


def in_own_process(name: str) -> dict:
    """`run_one` in a fresh Python."""
    command = [sys.executable, "-m", "benchmarks.tokenization", name]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure(repeats: int = 3) -> list[dict]:
    """All runs, the contenders taking turns; RuntimeError if their ids differ."""
    rows = [in_own_process(name) for _ in range(repeats) for name in NAMES]
    if len({row["digest"] for row in rows}) > 1:
        raise RuntimeError("our ids are not the library's")
    return rows


def tables(rows: list[dict]) -> str:
    """The results as Markdown: medians and ranges, and ratios to the library."""
    groups = {name: [row for row in rows if row["name"] == name] for name in NAMES}
    lines = [f"{rows[0]['tokens']:,} tokens, the same ids from both (digest {rows[0]['digest']}).", "",
             "| | learn 8,000 merges, s | ratio | encode with BPE, s | ratio | WordPiece, s | ratio | peak MB |",
             "|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for name, group in groups.items():
        cells = ["Hugging Face tokenizers (Rust)" if name == "tokenizers" else "ours (Python)"]
        for key in ("learn_s", "encode_s", "wordpiece_s"):
            values = [row[key] for row in group]
            peer = median(row[key] for row in groups["tokenizers"])
            cells += [f"{median(values):.2f} ({min(values):.2f}–{max(values):.2f})", f"{median(values) / peer:.1f}"]
        cells.append(f"{median(row['peak_mb'] for row in group):.0f}")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(json.dumps(run_one(sys.argv[1])))
