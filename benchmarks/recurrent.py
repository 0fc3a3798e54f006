"""Training steps of recurrent layers: ours by hand and fused, beside torch.nn's, on the same weights and input.

A step is forward, backward and SGD on a batch of 32 texts of 64 places, 64 numbers in, 64 units. Each contender
runs in a process of its own, and they take turns. Run as a script, this file is one contender:
`python -m benchmarks.recurrent KIND NAME SEED` prints one line of JSON.
"""

import json
import subprocess
import sys
import time

B, T, D, N, STEPS = 32, 64, 64, 64, 30
KINDS, NAMES = ("rnn", "lstm", "gru"), ("ours, by hand", "ours, fused", "torch.nn")


def layer(kind: str, name: str):
    """The layer of a contender: x (B, T, D) -> (states (B, T, N), state)."""
    from torch import nn

    from helpers.recurrent import Recurrent

    if name == "torch.nn":
        return {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[kind](D, N, batch_first=True)
    return Recurrent(kind, D, N, fused=name == "ours, fused")


def run_one(kind: str, name: str, seed: int) -> dict:
    """Train one contender for `STEPS` steps after five to warm up: median milliseconds per step, loss at the end."""
    from statistics import median

    import torch

    from helpers import runtime

    runtime.threads(2)
    torch.manual_seed(seed)
    model = layer(kind, name)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    x, target = torch.randn(B, T, D), torch.rand(B, T, N) - 0.5
    seconds = []
    for step in range(STEPS + 5):
        started = time.perf_counter()
        loss = (model(x)[0] - target).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        seconds += [time.perf_counter() - started] if step >= 5 else []
    return {"kind": kind, "name": name, "seed": seed, "ms": 1000 * median(seconds), "loss": loss.item()}


def in_own_process(kind: str, name: str, seed: int) -> dict:
    """`run_one` in a fresh Python."""
    command = [sys.executable, "-m", "benchmarks.recurrent", kind, name, str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure(seeds=(0, 1, 2)) -> list[dict]:
    """All runs, contenders taking turns."""
    return [in_own_process(kind, name, seed) for seed in seeds for kind in KINDS for name in NAMES]


def tables(rows: list[dict]) -> str:
    """The results as Markdown: medians and ranges over seeds, and ratios to torch.nn."""
    from statistics import median

    lines = ["| layer | | ms per training step | ratio | loss after the last, seed 0 |", "|---|---|---|---|---|"]
    for kind in KINDS:
        groups = {name: [row for row in rows if (row["kind"], row["name"]) == (kind, name)] for name in NAMES}
        clock = median(row["ms"] for row in groups["torch.nn"])
        for name, group in groups.items():
            ms = [row["ms"] for row in group]
            lines.append(f"| {kind.upper()} | {name} | {median(ms):.1f} ({min(ms):.1f}–{max(ms):.1f}) | "
                         f"{median(ms) / clock:.2f} | {group[0]['loss']:.6f} |")  # fmt: skip
    return "\n".join(lines)


if __name__ == "__main__":
    print(json.dumps(run_one(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
