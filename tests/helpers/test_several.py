"""Training by several processes: the same losses as one, from Python, from the shell, and nothing left behind."""

import json
import sys
import time

import numpy as np
import psutil
import pytest
import torch

from helpers.limits import parallel, several


def test_parts_cover_each_batch_once():
    for way in parallel.WAYS:
        for n in (1, 2, 3, 5):
            rows = [row for rank in range(n) for row in range(parallel.BATCH)[parallel.rows_of(rank, n, way)]]
            assert rows == list(range(parallel.BATCH))
    assert [len(range(64)[parallel.rows_of(rank, 2, "unequal parts")]) for rank in (0, 1)] == [16, 48]


def test_gradients_of_equal_parts_average_to_the_whole_and_of_unequal_ones_by_their_rows():
    model = parallel.network()
    x, labels = next(parallel.batches(1))

    def gradient(rows):
        loss = torch.nn.functional.cross_entropy(model(x[rows]), labels[rows])
        return torch.autograd.grad(loss, model[0].weight)[0]

    whole = gradient(slice(None))
    halves = [gradient(parallel.rows_of(rank, 2)) for rank in (0, 1)]
    parts = [gradient(parallel.rows_of(rank, 2, "unequal parts")) for rank in (0, 1)]
    assert torch.allclose(sum(halves) / 2, whole, atol=1e-7)
    assert torch.allclose(0.25 * parts[0] + 0.75 * parts[1], whole, atol=1e-7)
    assert (sum(parts) / 2 - whole).abs().max() > 1e-3


def test_two_processes_learn_what_one_does_and_leave_nothing_behind(monkeypatch):
    monkeypatch.setenv("HOSTNAME", "no-such-host")
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    found = several.run(2)
    one = np.array(found.losses["one process"])
    assert one.tolist() == parallel.train_alone() and one[-1] < one[0] / 2
    assert np.abs(np.array(found.losses["equal parts"]) - one).max() < 1e-5
    assert np.abs(np.array(found.losses["unequal, weighted"]) - one).max() < 1e-5
    assert np.abs(np.array(found.losses["unequal parts"]) - one).max() > 1e-3
    assert "2 processes, 30 steps" in found.printed
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before


def test_too_slow_is_ended_with_a_sentence_and_all_its_processes(monkeypatch):
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    program = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], " \
              "start_new_session=True); time.sleep(60)"  # as torchrun starts its processes
    monkeypatch.setattr(several, "command", lambda n: [sys.executable, "-c", program])
    started = time.monotonic()
    with pytest.raises(RuntimeError, match="ended after 1 seconds"):
        several.run(2, seconds=1.0)
    assert time.monotonic() - started < 30
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before
    with pytest.raises(ValueError, match="2 or more"):
        several.run(1)


def test_a_failure_is_told_with_its_last_lines(monkeypatch):
    monkeypatch.setattr(several, "command", lambda n: [sys.executable, "-c", "raise SystemExit('no room')"])
    with pytest.raises(RuntimeError, match="code 1(.|\n)*no room"):
        several.run(2)


def test_without_torchrun_it_trains_alone(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(sys, "argv", ["parallel", "--steps", "3", "--out", str(tmp_path / "losses.json")])
    threads = torch.get_num_threads()
    parallel.main()
    torch.set_num_threads(threads)
    assert capsys.readouterr().out.startswith("1 process, 3 steps of 64 rows\none process ")
    assert json.loads((tmp_path / "losses.json").read_text()) == {"one process": parallel.train_alone(3)}


def test_the_lesson_tells_the_same_command():
    """From a shell it is `torchrun`, which is `python -m torch.distributed.run`."""
    lesson = (several.ROOT / "lessons/13_limits.md").read_text(encoding="utf-8")
    assert several.command()[1:3] == ["-m", "torch.distributed.run"]
    assert " ".join(["torchrun", *several.command()[3:]]) in lesson
