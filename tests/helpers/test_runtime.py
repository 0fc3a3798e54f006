"""Seeds, threads, the report and the cost of a kernel, against what the system itself says."""

import random
import subprocess
import sys
from html.parser import HTMLParser
from importlib import metadata

import numpy as np
import psutil
import pytest
import torch

from helpers import runtime


def draw() -> tuple:
    return random.random(), float(np.random.rand()), float(torch.rand(1))


def test_a_seed_repeats_every_generator():
    generator = runtime.seed(7)
    first = draw()
    runtime.seed(7)
    assert draw() == first
    runtime.seed(8)
    assert all(one != other for one, other in zip(first, draw(), strict=True))
    assert torch.equal(
        torch.rand(3, generator=generator), torch.rand(3, generator=torch.Generator().manual_seed(7))
    )


def test_the_generator_is_apart_from_the_global_one():
    runtime.seed(7)
    undisturbed = draw()
    torch.rand(100, generator=runtime.seed(7))
    assert draw() == undisturbed


@pytest.mark.parametrize("number", [-1, 2**32, 1.5, "7", True, None])
def test_what_is_no_seed_is_refused(number):
    with pytest.raises(ValueError, match="expected an integer from 0 to 4294967295"):
        runtime.seed(number)


def test_threads_limit_pytorch_and_numpy():
    import threadpoolctl

    before = torch.get_num_threads()
    try:
        assert runtime.threads(1) == torch.get_num_threads() == 1
        pools = [pool["num_threads"] for pool in threadpoolctl.threadpool_info()]
        assert pools and set(pools) == {1}
        assert runtime.threads(10_000) == torch.get_num_threads() == runtime.cores()
    finally:
        runtime.threads(before)


@pytest.mark.parametrize("number", [0, -2, 1.5, "2"])
def test_what_is_no_number_of_threads_is_refused(number):
    with pytest.raises(ValueError, match="expected an integer from 1 up"):
        runtime.threads(number)


@pytest.mark.parametrize(
    "cuda, mps, expected", [(True, False, "cuda"), (False, True, "mps"), (False, False, "cpu")]
)
def test_device_is_the_fastest_there_is(monkeypatch, cuda, mps, expected):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert runtime.device() == torch.device(expected)


def test_cores_and_memory_are_within_the_machines():
    assert 1 <= runtime.cores() <= psutil.cpu_count()
    assert 1e8 < runtime.memory() <= psutil.virtual_memory().total


@pytest.mark.parametrize("text, expected", [("2147483648\n", 2147483648), ("max\n", None)])
def test_memory_is_a_containers_where_there_is_one(monkeypatch, text, expected):
    monkeypatch.setattr(runtime.Path, "read_text", lambda self: text)
    assert runtime.memory() == (expected or psutil.virtual_memory().total)


def test_peak_memory_keeps_what_was_let_go_and_is_not_the_parents():
    block = bytearray(300_000_000)
    assert len(block) < runtime.peak_memory()
    use = "block = bytearray(200_000_000); del block"
    code = f"from helpers.runtime import peak_memory as p; before = p(); {use}; print(before, p())"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    before, after = map(int, ended.stdout.split())
    assert before < 150e6, "counted the memory of the process that started it"
    assert 200e6 < after - before + 30e6 and after < 400e6


def test_cost_counts_from_the_start_of_the_process():
    cost = runtime.lesson_cost()
    assert cost.seconds > 0 and cost.computing > 0
    assert cost.peak >= psutil.Process().memory_info().rss * 0.9
    assert repr(runtime.Cost(61.4, 12.6, 345_678_901)) == (
        "61 s since the kernel started, 13 s of computing, 346 MB at the peak"
    )


@pytest.fixture
def some_missing(monkeypatch):
    from helpers import assets

    monkeypatch.setattr(assets, "available", lambda name: name not in ("glove", "minilm"))


def test_report_names_versions_machine_and_what_is_missing(some_missing):
    report = runtime.report()
    rows = dict(report.rows)
    assert rows["torch"] == metadata.version("torch") and rows["Python"].startswith("3.")
    assert rows["cores"].startswith(f"{runtime.cores()}, ")
    assert rows["memory"] == f"{runtime.memory() / 1e9:.1f} GB"
    assert rows["glove"].startswith("missing: ") and rows["reviews"].startswith("present: ")
    assert f"{sys.executable} -m helpers.assets glove minilm`. " in report.advice[0]


def test_report_reads_as_text_and_as_a_table(some_missing):
    report = runtime.report()
    text, page = repr(report), report._repr_html_()

    class Cells(HTMLParser):
        found: list = []

        def handle_data(self, data):
            self.found.append(data)

    parser = Cells()
    parser.feed(page)
    for name, found in report.rows:
        assert f"{name}  " in text and found in text
        assert name in parser.found and found in parser.found
    assert report.advice[0] in text and page.count("<tr>") == len(report.rows)
    assert runtime.Report((("a", "<script>"),), ("<b>",))._repr_html_().count("<script>") == 0


def test_report_advises_where_memory_is_short(monkeypatch):
    monkeypatch.setattr(runtime, "memory", lambda: int(1.5e9))
    assert any("one notebook open at a time" in sentence for sentence in runtime.report().advice)
    monkeypatch.setattr(runtime, "memory", lambda: int(8e9))
    assert not any("at a time" in sentence for sentence in runtime.report().advice)


def test_import_is_light():
    heavy = "('torch', 'numpy', 'psutil', 'IPython')"
    code = f"import sys, helpers.runtime; print([name for name in {heavy} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
