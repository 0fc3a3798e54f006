"""Word vectors: our PPMI+SVD and skip-gram beside gensim's Word2Vec, on wiki and news text together.

Each contender runs in a process of its own, so that its peak memory is its own; the text is read before the
clock starts. All have the same dimension, window, minimum count and vocabulary; epochs and subsampling are those
that serve each best. Run as a script, this file is one contender:
`python -m benchmarks.vectors NAME SEED EPOCHS SUBSAMPLE` prints one line of JSON.
"""

import json
import subprocess
import sys
import time

D, MIN_COUNT, WINDOW = 100, 5, 5
SHARED = 512  # random words a step of ours; 20 epochs, seed 1: 0.593 on WordSim-353, with 128 of them 0.542


def contender(name: str, seed: int, epochs: int, subsample: float):
    """The text, and a function that trains on it: sentences, () -> WordVectors."""
    from helpers import data, vectors

    sentences = data.wiki() + data.news()

    def gensim():
        from gensim.models import Word2Vec

        model = Word2Vec(sentences, vector_size=D, window=WINDOW, min_count=MIN_COUNT, sg=1, negative=5,
                         epochs=epochs, sample=subsample, workers=2, seed=seed)  # fmt: skip
        return vectors.WordVectors(model.wv.index_to_key, model.wv.vectors)

    def skipgram():
        config = vectors.SkipGramConfig(d=D, window=WINDOW, min_count=MIN_COUNT, epochs=epochs, subsample=subsample,
                                        shared=SHARED)  # fmt: skip
        return vectors.train_skipgram(sentences, config, seed=seed)[0]

    def ppmi_svd():
        return vectors.train_ppmi_svd(sentences, d=D, window=WINDOW, min_count=MIN_COUNT, subsample=subsample,
                                      seed=seed)  # fmt: skip

    return {"gensim": gensim, "skipgram": skipgram, "ppmi_svd": ppmi_svd}[name]


def run_one(name: str, seed: int, epochs: int, subsample: float) -> dict:
    """Train one contender and judge it: seconds, peak memory in MB, WordSim-353, SimLex-999, analogies."""
    import gensim.models  # noqa: F401  imported before the clock starts, for all alike

    from helpers import data, runtime, vectors

    runtime.threads(2)
    train = contender(name, seed, epochs, subsample)
    before = runtime.peak_memory()
    started = time.perf_counter()
    trained = train()
    seconds, peak = time.perf_counter() - started, runtime.peak_memory()
    analogies = vectors.evaluate_analogies(trained, data.analogies())
    pairs = {key: vectors.evaluate_pairs(trained, data.similarity_pairs(key)) for key in ("wordsim353", "simlex999")}
    return {"name": name, "seed": seed, "epochs": epochs, "subsample": subsample, "seconds": seconds,
            "peak_mb": peak / 1e6, "text_mb": before / 1e6, "words": len(trained),
            "wordsim": pairs["wordsim353"].spearman, "wordsim_pairs": pairs["wordsim353"].pairs,
            "simlex": pairs["simlex999"].spearman, "family": analogies["family"].accuracy,
            "analogies": analogies["total"].accuracy}  # fmt: skip


def in_own_process(name: str, seed: int = 0, epochs: int = 0, subsample: float = 0) -> dict:
    """`run_one` in a fresh Python."""
    command = [sys.executable, "-m", "benchmarks.vectors", name, str(seed), str(epochs), str(subsample)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure(seeds=(0, 1, 2), sweep=(10, 20, 40), ours: int = 20) -> list[dict]:
    """All runs, contenders taking turns: gensim over epochs and both subsamplings, then all three over the seeds.

    gensim goes on with the setting that gave it the best WordSim-353. Ours has `ours` epochs,
    subsample 1e-4 and `SHARED` random words.
    """
    settings = [(epochs, 1e-3) for epochs in sweep] + [(max(sweep, default=40), 1e-4)]
    rows = [in_own_process("gensim", seeds[0], *setting) for setting in settings]
    best = max(rows, key=lambda row: row["wordsim"])
    for seed in seeds:
        if seed != seeds[0]:
            rows.append(in_own_process("gensim", seed, best["epochs"], best["subsample"]))
        rows += [in_own_process("skipgram", seed, ours, 1e-4), in_own_process("ppmi_svd", seed, 0, 1e-3)]
    return rows


def tables(rows: list[dict]) -> str:
    """The results as Markdown: medians and ranges over seeds, and ratios to gensim."""
    from statistics import median

    def setting(row):
        return row["epochs"], row["subsample"]

    first = [row for row in rows if row["name"] == "gensim" and row["seed"] == rows[0]["seed"]]
    best = setting(max(first, key=lambda row: row["wordsim"]))
    kinds = {"gensim": "gensim Word2Vec", "skipgram": "our skip-gram", "ppmi_svd": "our PPMI+SVD"}
    groups = {name: [row for row in rows if row["name"] == name and (name != "gensim" or setting(row) == best)]
              for name in kinds}  # fmt: skip
    groups = {name: group for name, group in groups.items() if group}
    clock = median(row["seconds"] for row in groups["gensim"])
    lines = ["| | seconds | ratio | peak MB | WordSim-353 | SimLex-999 | family | all analogies |",
             "|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for name, group in groups.items():
        def band(key, form, group=group):
            values = [row[key] for row in group]
            middle, low, high = (format(x, form) for x in (median(values), min(values), max(values)))
            return middle if low == high else f"{middle} ({low}–{high})"

        ratio = median(row["seconds"] for row in group) / clock
        label = kinds[name] + (f", {group[0]['epochs']} epochs" if group[0]["epochs"] else "")
        label += f", subsample {group[0]['subsample']:g}"
        lines.append(f"| {label} | {band('seconds', '.1f')} | {ratio:.2f} | {band('peak_mb', '.0f')} | "
                     f"{band('wordsim', '.3f')} | {band('simlex', '.3f')} | {band('family', '.1%')} | "
                     f"{band('analogies', '.1%')} |")  # fmt: skip
    lines += ["", "gensim by epochs and subsample, seed 0:", "",
              "| epochs | subsample | seconds | WordSim-353 | family |", "|---|---|---|---|---|"]  # fmt: skip
    lines += [f"| {row['epochs']} | {row['subsample']:g} | {row['seconds']:.1f} | {row['wordsim']:.3f} | "
              f"{row['family']:.1%} |" for row in first]  # fmt: skip
    return "\n".join(lines)


if __name__ == "__main__":
    print(json.dumps(run_one(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))))
