"""What a learner's function does to the process is put back; what it prints is kept back."""

import random
import sys
import warnings

import numpy as np
import pytest
import torch

from helpers.checks.calm import calm
from helpers.checks.vectors import cosine


def state():
    return {
        "python": random.getstate(),
        "numpy": [part.tolist() if isinstance(part, np.ndarray) else part for part in np.random.get_state()],
        "torch": torch.get_rng_state().tolist(),
        "dtype": torch.get_default_dtype(),
        "threads": torch.get_num_threads(),
        "grad": torch.is_grad_enabled(),
        "errors": np.geterr(),
        "recursion": sys.getrecursionlimit(),
        "filters": list(warnings.filters),
        "streams": (sys.stdout, sys.stderr),
        "input": input,
    }


def vandal(u, v):
    random.seed(1)
    np.random.seed(1)
    torch.manual_seed(1)
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    np.seterr(all="raise")
    sys.setrecursionlimit(5000)
    warnings.simplefilter("error")
    sys.stdout = sys.stderr = None
    return cosine.reference(u, v)


def test_the_process_is_as_it_was():
    torch.set_num_threads(2)
    before = state()
    assert cosine(vandal).status == "right"
    assert state() == before


def test_random_numbers_go_on_as_if_nothing_had_happened():
    torch.manual_seed(3)
    expected = torch.rand(1).item(), torch.rand(1).item()
    torch.manual_seed(3)
    first = torch.rand(1).item()
    cosine(lambda u, v: torch.rand(1).item())
    assert (first, torch.rand(1).item()) == expected


def test_it_is_put_back_after_a_timeout_too():
    def endless(u, v):
        vandal(u, v)
        while True:
            random.random()

    before = state()
    assert cosine(endless, seconds=0.2).reason == "too-slow"
    assert state() == before


def test_gradients_are_on_for_the_learner_although_the_lesson_switched_them_off():
    from helpers.checks.vectors import negative_sampling_loss

    with torch.no_grad():
        assert negative_sampling_loss(negative_sampling_loss.reference).status == "right"


def test_prints_are_kept_and_cut(shown, capsys):
    def chatty(u, v):
        print("\n".join(f"line {n}" for n in range(1000)))
        print("to stderr", file=sys.stderr)
        return 0.5

    cosine(chatty)
    assert capsys.readouterr() == ("", "")
    html, text = shown[-1]
    assert "line 0" in text and "line 8" in text and "line 9" not in text and "and more" in text
    assert "to stderr" in text and "line 8" in html


def test_endless_printing_ends(capsys, shown):
    def flood(u, v):
        while True:
            print("x" * 100, end="")

    assert cosine(flood, seconds=0.3).reason == "too-slow"
    assert capsys.readouterr() == ("", "")
    assert len(shown[-1][0]) < 6000


def test_prints_belong_to_the_case_that_is_shown(shown):
    def tells(u, v):
        print(f"u has {len(u)} numbers")
        return cosine.reference(u, v) if len(u) == 2 else 7.0

    cosine(tells)
    assert "u has 3 numbers" in shown[-1][1] and "u has 2 numbers" not in shown[-1][1]


def test_a_print_of_the_main_thread_passes_through(capsys):
    with calm():
        print("from the notebook")
    assert capsys.readouterr().out == "from the notebook\n"


def test_bytes_are_refused_as_by_any_text_stream():
    assert cosine(lambda u, v: sys.stdout.write(b"x")).reason == "exception"


@pytest.mark.parametrize("ask", [lambda: input("your name? "), breakpoint], ids=["input", "breakpoint"])
def test_nobody_waits_for_an_answer(ask, monkeypatch):
    import pdb

    monkeypatch.setattr(sys, "breakpointhook", lambda: pdb.Pdb().set_trace(sys._getframe(1)))
    assert cosine(lambda u, v: ask() or 0.0, seconds=3).reason in ("asks-for-input", "exception")
