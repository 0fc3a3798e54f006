"""Load one model from its file, judge texts, and print as JSON what that took: run in a process of its own.

python -m helpers.weigh KIND FILE TEXTS.json [--heads JSON] [--threads N]

Printed: p_good of each text, `load_s`, `ms_1` (milliseconds of processor time a text, one by one, median of the first
60, tokenizer included), `ms_32` (in batches of 32 of like length), `idle_mb` (memory before the model is loaded) and
`peak_mb`. It stands outside `helpers.compression` so that a model that needs no PyTorch does not carry it.
"""

from __future__ import annotations

import argparse
import json
import pickle
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

BATCH, ALONE = 32, 60
CLOCK = time.perf_counter if sys.platform == "win32" else time.process_time  # as helpers.compression.measure's

Judge = Callable[[list[str]], list[float]]  # texts -> the probability of "good" of each


def network(kind: str, path: Path, heads: list[list[int]]) -> Judge:
    """A judge from a file of weights, a PyTorch module or a student."""
    import torch

    from helpers import assets, bert
    from helpers.compression import files, table
    from helpers.compression.prune import without_heads
    from helpers.tokenization import WordPiece

    tokenizer = WordPiece.from_file(assets.path("minilm") / "vocab.txt")
    if kind == "module":
        model = torch.load(path, weights_only=False)  # written by us, a moment ago
    elif kind == "student":
        from safetensors import safe_open

        with safe_open(str(path), framework="pt") as file:
            n_pieces = json.loads(file.metadata()["shapes"])["embedding.weight"][0]
        model = files.load(path, table.empty_student(n_pieces, len(tokenizer.vocab)))
    else:
        model = without_heads(table.empty_judge(), map(tuple, heads))
        model = files.load(path, model)
    model.eval()

    def judge(texts: list[str]) -> list[float]:
        with torch.inference_mode():
            return model(bert.batch_of(tokenizer, texts, longest=64).token_ids).softmax(dim=1)[:, 1].tolist()

    return judge


def counting(path: Path) -> Judge:
    """A judge that counts words, from its pickle."""
    bag, model = pickle.loads(path.read_bytes())  # written by us, a moment ago
    return lambda texts: model.predict_proba(bag.transform(texts))[:, 1].tolist()


def measured(judge: Judge, texts: list[str]) -> dict[str, Any]:
    """What judging takes, after a text that does not count."""
    judge(texts[:1])
    alone = []
    for text in texts[:ALONE]:
        started = CLOCK()
        judge([text])
        alone.append(CLOCK() - started)
    order, p_good = sorted(range(len(texts)), key=lambda number: len(texts[number])), [0.0] * len(texts)
    started = CLOCK()
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        for row, p in zip(rows, judge([texts[row] for row in rows]), strict=True):
            p_good[row] = round(p, 4)
    together = (CLOCK() - started) / len(texts)
    return {"ms_1": round(1000 * median(alone), 3), "ms_32": round(1000 * together, 3), "p_good": p_good}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m helpers.weigh", description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=("weights", "module", "student", "counting"))
    parser.add_argument("file", type=Path)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--heads", type=json.loads, default=[])
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    texts = json.loads(options.texts.read_text(encoding="utf-8"))
    if options.kind == "counting":
        import sklearn.linear_model  # noqa: F401

        import helpers.bag_of_words  # noqa: F401
        from helpers.runtime import peak_memory
    else:
        import torch

        from helpers.compression import table  # noqa: F401
        from helpers.runtime import peak_memory

        torch.set_num_threads(options.threads)
    idle, started = peak_memory(), CLOCK()
    judge = counting(options.file) if options.kind == "counting" else network(options.kind, options.file, options.heads)
    found = {"load_s": round(CLOCK() - started, 3)} | measured(judge, texts)
    print(json.dumps(found | {"idle_mb": round(idle / 1e6), "peak_mb": round(peak_memory() / 1e6)}))


if __name__ == "__main__":
    main()
