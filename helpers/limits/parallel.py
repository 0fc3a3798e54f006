"""The same training by several processes, each with a part of every batch (lesson 13).

    torchrun --standalone --local-addr=127.0.0.1 --nproc-per-node=2 -m helpers.limits.parallel

Each process has its own copy of a small network and its own rows of each batch; their gradients are averaged. Three
ways: equal parts; parts of 1 to 3 averaged as if they were equal; the same with each part weighted by its rows. The
losses are printed beside those of one process with whole batches.

Without torchrun it is one process and trains alone. On Windows, PyTorch's wheels need USE_LIBUV=0 in the environment;
`several.run` sets it.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

STEPS, BATCH, WIDTH, CLASSES = 30, 64, 16, 4
WAYS = ("equal parts", "unequal parts", "unequal, weighted")


def network() -> nn.Module:
    """A small classifier, always with the same starting weights."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(WIDTH, 32), nn.Tanh(), nn.Linear(32, CLASSES))


def batches(steps: int = STEPS) -> Iterator[tuple[Tensor, Tensor]]:
    """Whole batches, the same in every process: rows (B, WIDTH) and labels (B,), by the hard rule of a fixed network.

    Rows are sorted by their first number, so that the parts of a batch are not alike.
    """
    generator = torch.Generator().manual_seed(1)
    rule = torch.randn(WIDTH, CLASSES, generator=generator)
    for _ in range(steps):
        x = torch.randn(BATCH, WIDTH, generator=generator)
        x = x[x[:, 0].argsort()]
        yield x, (x @ rule).argmax(dim=1)


def rows_of(rank: int, n_processes: int, way: str = WAYS[0]) -> slice:
    """Which rows of a batch a process takes; in unequal ways, later processes take more: 1, 3, 5 … shares."""
    shares = [1] * n_processes if way == WAYS[0] else [2 * number + 1 for number in range(n_processes)]
    edges = [BATCH * sum(shares[:number]) // sum(shares) for number in range(n_processes + 1)]
    return slice(edges[rank], edges[rank + 1])


def train_alone(steps: int = STEPS) -> list[float]:
    """One process, whole batches: the loss of each step, before it."""
    model, losses = network(), []
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    for x, labels in batches(steps):
        loss = cross_entropy(model(x), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def train_together(way: str = WAYS[0], steps: int = STEPS) -> list[float]:
    """This process's part of a training by all; returns the loss of each whole batch, before its step."""
    rank, n_processes = dist.get_rank(), dist.get_world_size()
    part = rows_of(rank, n_processes, way)
    model = nn.parallel.DistributedDataParallel(network())  # averages gradients in backward()
    optimizer, losses = torch.optim.SGD(model.parameters(), lr=0.5), []
    for x, labels in batches(steps):
        loss = cross_entropy(model(x[part]), labels[part])
        share = len(x[part]) / len(x)
        optimizer.zero_grad()
        (loss * share * n_processes if way == WAYS[2] else loss).backward()
        optimizer.step()
        whole = loss.detach() * share
        dist.all_reduce(whole)  # the sum over processes
        losses.append(whole.item())
    return losses


def only_this_machine() -> None:
    """Let the processes talk through the loopback interface, whatever this machine's name resolves to."""
    if os.name == "posix" and "GLOO_SOCKET_IFNAME" not in os.environ:
        there = {name for _, name in socket.if_nameindex()}
        for name in ("lo", "lo0"):  # Linux, macOS
            if name in there:
                os.environ["GLOO_SOCKET_IFNAME"] = name
                return


def main() -> None:
    parser = argparse.ArgumentParser(prog="helpers.limits.parallel", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="write the losses to this file too, as JSON")
    parser.add_argument("--steps", type=int, default=STEPS)
    options = parser.parse_args()
    torch.set_num_threads(1)
    found = {"one process": train_alone(options.steps)}
    n_processes = int(os.environ.get("WORLD_SIZE", "1"))
    if n_processes > 1:
        only_this_machine()
        dist.init_process_group("gloo", timeout=timedelta(seconds=60))
        try:
            found |= {way: train_together(way, options.steps) for way in WAYS}
        finally:
            dist.destroy_process_group()
    if int(os.environ.get("RANK", "0")) == 0:
        print(f"{n_processes} process{'es' * (n_processes > 1)}, {options.steps} steps of {BATCH} rows")
        for name, losses in found.items():
            off = max(abs(a - b) for a, b in zip(losses, found["one process"], strict=True))
            print(f"{name:<18} loss {losses[0]:.6f} to {losses[-1]:.6f}, off by {off:.1e} at most")
        if options.out:
            options.out.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
