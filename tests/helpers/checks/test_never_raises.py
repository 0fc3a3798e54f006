"""Whatever is handed to a check, it returns a result, shows a panel and does not raise."""

import functools
import gc
import os
import sys
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from helpers.checks.check import Check
from helpers.checks.exercise import Mistake
from helpers.checks.language_models import cross_entropy
from helpers.checks.result import Result
from helpers.checks.seq2seq import masked_softmax
from helpers.checks.vectors import analogy, cosine, negative_sampling_loss, ppmi


def ask(function, check=cosine, seconds=20.0):
    result = check(function, seconds=seconds)
    assert isinstance(result, Result)
    assert result.reason != "check-failed", result.message
    return result


class HostileMeta(type):
    @property
    def __name__(cls):
        raise ValueError("no name")

    def __repr__(cls):
        raise ValueError("no repr")


def fails(*args, **kwargs):
    raise RuntimeError("hostile")


def leaves(*args, **kwargs):
    raise SystemExit(3)


def loops(*args, **kwargs):
    while True:
        pass


METHODS = "eq repr str len array float getattr bool iter getitem index".split()


def hostile(act, bases=(), meta=type):
    methods = {f"__{name}__": act for name in METHODS}
    methods["__class__"] = property(act)
    methods["__hash__"] = None
    return meta("Hostile", bases, methods)


@pytest.mark.parametrize("act", [fails, leaves, loops], ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    "check", [cosine, ppmi, negative_sampling_loss, analogy], ids=lambda c: c.exercise.name
)
def test_hostile_answers(act, check):
    kind = hostile(act)
    result = ask(lambda *args: object.__new__(kind), check, seconds=0.3)
    assert result.status == "wrong"
    assert result.reason in ("wrong-type", "too-slow")


def test_hostile_answers_that_are_of_the_right_type():
    methods = dict.fromkeys(
        ["__eq__", "__repr__", "__str__", "__len__", "__float__", "__array_ufunc__"], fails
    )
    methods["__hash__"] = None
    number = type("Number", (float,), methods)
    word = type("Word", (str,), methods)
    array = type("Array", (np.ndarray,), {"__repr__": fails, "__array_ufunc__": fails, "__eq__": fails})
    assert ask(lambda u, v: number(0.5)).status == "wrong"
    assert ask(lambda vectors, a, b, c: str.__new__(word, analogy.reference(vectors, a, b, c)[0][0]), analogy)
    assert ask(lambda counts: ppmi.reference(counts).view(array), ppmi).status in ("right", "wrong")


@pytest.mark.parametrize(
    "thing",
    [
        None,
        5,
        "cosine",
        [],
        np.ones(3),
        torch.ones(2),
        object(),
        ...,
        NotImplemented,
        HostileMeta("X", (), {}),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_things_that_are_no_function(thing):
    result = ask(thing)
    assert result.status == ("untried" if thing is ... else "wrong")


def test_the_result_of_a_call_in_place_of_a_function():
    result = ask(cosine.reference(np.ones(2), np.ones(2)))
    assert result.reason == "not-a-function" and "without parentheses" in result.message


def test_a_function_with_a_hostile_name_and_signature():
    class Function:
        __signature__ = property(fails)
        __name__ = property(fails)
        __doc__ = property(fails)
        __repr__ = fails
        __call__ = staticmethod(cosine.reference)

    assert ask(Function()).status == "right"


def test_callables_of_any_kind():
    assert ask(functools.partial(cosine.reference)).status == "right"
    assert ask(np.dot).reason == "no-division"
    assert ask(dict).reason in ("exception", "wrong-signature")
    assert ask(cosine).reason == "wrong-signature"  # the check itself


@pytest.mark.parametrize(
    "function", [lambda: 0, lambda u: 0, lambda u, v, w: 0, lambda *, u, v: 0, lambda u, v, *, w: 0]
)
def test_wrong_signatures_name_the_arguments(function):
    result = ask(function)
    assert result.reason == "wrong-signature"
    assert "2 arguments: (u, v)" in result.message


def test_signatures_that_fit():
    assert ask(lambda *args: cosine.reference(*args)).status == "right"
    assert ask(lambda a, b, keep=True: cosine.reference(a, b)).status == "right"


class SneakyBase(BaseException):
    def __str__(self):
        raise SystemExit("even my text")


def raising(error):
    def function(u, v):
        raise error

    return function


@pytest.mark.parametrize(
    "error, reason",
    [
        (ValueError("bad"), "exception"),
        (SystemExit(1), "exits"),
        (KeyboardInterrupt(), "interrupts"),
        (RecursionError(), "endless-recursion"),
        (MemoryError(), "memory"),
        (GeneratorExit(), "exception"),
        (StopIteration(), "exception"),
        (SneakyBase(), "exception"),
        (ExceptionGroup("many", [ValueError(1), TypeError(2)]), "exception"),
        (Warning("a" * 10_000_000), "exception"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), "exception"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_exceptions(error, reason, shown):
    result = ask(raising(error))
    assert (result.status, result.reason) == ("wrong", reason)
    html, text = shown[-1]
    assert len(text.splitlines()) < 40 and len(html) < 12_000


def test_a_traceback_holds_the_learners_lines_only(shown):
    def helper(u):
        return np.linalg.inv(u)  # numpy's own frames are left out

    def function(u, v):
        return helper(u)

    ask(function)
    text = shown[-1][1]
    assert "return helper(u)" in text and "return np.linalg.inv(u)" in text and "LinAlgError" in text
    assert "linalg.py" not in text and "attempt.py" not in text and "guard.py" not in text


def test_endless_recursion_is_told_in_few_lines(shown):
    def even(u, v):
        return odd(u, v)

    def odd(u, v):
        return even(u, v)

    assert ask(even).reason == "endless-recursion"
    assert len(shown[-1][1].splitlines()) < 40 and "more calls" in shown[-1][1]


def test_recursion_with_the_limit_taken_away():
    def function(u, v, depth=0):
        sys.setrecursionlimit(5_000)
        return function(u, v, depth + 1)

    assert ask(function).reason == "endless-recursion"


def test_recursion_while_the_answer_is_shown():
    class Mirror:
        def __repr__(self):
            return repr(self)

    assert ask(lambda u, v: Mirror()).reason == "wrong-type"


@pytest.mark.parametrize(
    "error", [NotImplementedError(), NotImplementedError("write me")], ids=["bare", "with text"]
)
def test_a_stub_that_raises_is_untried(error):
    assert ask(raising(error)).status == "untried"


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (cross_entropy, lambda logits, targets: torch.nn.functional.cross_entropy(targets, logits)),
        (masked_softmax, lambda scores, mask: mask.softmax(-1)),
    ],
)
def test_what_pytorch_cannot_do_with_a_dtype_is_no_stub(check, answer, shown):
    result = ask(answer, check)
    assert (result.status, result.reason) == ("wrong", "exception")
    assert "not implemented for '" in shown[-1][1]


def test_dots_that_are_left_over_are_untried():
    result = ask(lambda u, v: ... / 2)
    assert (result.status, result.reason) == ("untried", "ellipsis-left")
    assert ask(lambda u, v: 0.96 if u[0] == 3 else ...).status == "untried"


def test_nothing_returned_is_wrong():
    def forgot(u, v):
        u @ v

    result = ask(forgot)
    assert result.reason == "returns-none" and "Return" in result.message


def test_generators_coroutines_functions(recwarn):
    async def later(u, v):
        return 0.5

    def yields(u, v):
        yield 0.5

    assert ask(later).reason == "returns-coroutine"
    assert ask(yields).reason == "returns-generator"
    assert ask(lambda u, v: cosine.reference).reason == "returns-function"
    assert ask(lambda u, v: float).reason == "returns-function"
    gc.collect()
    assert not [warning for warning in recwarn if "never awaited" in str(warning.message)]


def test_numbers_of_every_kind_are_taken():
    for kind in (float, np.float64, np.array, torch.tensor, np.asarray):
        assert ask(lambda u, v, kind=kind: kind(cosine.reference(u, v))).status == "right"
    assert ask(lambda u, v: np.float32(cosine.reference(u, v))).status == "right"


def test_time_runs_out(shown):
    start = time.monotonic()
    result = ask(loops, seconds=0.3)
    assert (result.status, result.reason) == ("wrong", "too-slow")
    assert "0.3 seconds" in result.message and time.monotonic() - start < 2
    assert "u = [3., 4.]" in shown[-1][1]  # what it was busy with


def test_time_runs_out_in_a_later_case(shown):
    def function(u, v):
        while len(u) == 3:
            pass
        return cosine.reference(u, v)

    assert ask(function, seconds=0.5).reason == "too-slow"
    assert "u = [ 2. , -1. ,  0.5]" in shown[-1][1]


def test_a_slow_search_for_the_reason_is_not_the_learners(shown):
    def slow(u, v):
        while True:
            pass

    check = Check(replace(cosine.exercise, mistakes=(Mistake("slow", "Slow.", (slow,)),)))
    result = ask(lambda u, v: 0.5, check, seconds=0.5)
    assert (result.status, result.reason) == ("wrong", "wrong-value")
    assert "0.96" in shown[-1][1] and "Right" not in shown[-1][1]  # what was expected
    assert ask(raising(KeyError("u")), check, seconds=0.5).reason == "exception"


def test_a_loop_that_swallows_everything():
    def function(u, v):
        while True:
            try:
                u @ v
            except:  # noqa: E722
                pass

    assert ask(function, seconds=0.3).reason == "too-slow"
    assert ask(cosine.reference).status == "right"  # and the next check works


def test_a_function_that_will_not_stop_is_said_to_need_a_restart():
    result = ask(lambda u, v: time.sleep(5), seconds=0.2)
    assert result.reason == "will-not-stop" and "restart the kernel" in result.message


def test_runaway_memory():
    def function(u, v):
        kept = []
        while True:
            kept.append(np.ones(500_000))

    result = cosine(function, seconds=20, memory_mb=200)
    assert result.reason == "memory"


def test_memory_that_nobody_has():
    assert ask(lambda u, v: np.ones(10**15)).reason in ("memory", "exception")


def test_the_stop_button_judges_nothing(shown):
    import _thread

    n_wrong = cosine.n_wrong
    threading.Timer(0.3, _thread.interrupt_main).start()
    result = ask(loops, seconds=30)
    assert (result.status, result.reason) == ("untried", "interrupted")
    assert "stopped the check" in shown[-1][1] and cosine.n_wrong == n_wrong


def test_a_check_within_a_check():
    assert ask(lambda u, v: cosine(lambda a, b: 0)).reason in ("exception", "wrong-type")


def test_nan_and_infinity():
    assert ask(lambda u, v: float("nan")).reason == "nan"
    assert ask(lambda u, v: float("inf")).reason == "infinite"
    assert ask(lambda counts: counts * np.nan, ppmi).reason == "nan"


def test_large_answers():
    assert ask(lambda u, v: np.zeros((3000, 3000))).reason == "wrong-shape"
    assert ask(lambda u, v: "x" * 10_000_000).reason == "wrong-type"
    assert ask(lambda u, v: 10**5000).reason in ("wrong-type", "wrong-value")


def test_inputs_taken_apart():
    def resizes(counts):
        answer = ppmi.reference(counts)
        counts.resize((1, 1), refcheck=False)
        return answer

    def turns(counts):
        answer = ppmi.reference(counts)
        counts.shape = counts.shape[::-1]
        return answer

    assert ask(resizes, ppmi).reason == "changes-input"
    assert ask(turns, ppmi).reason == "changes-input"


def test_leaf_tensors_written_into():
    def function(center, positive, negatives):
        with torch.no_grad():
            center *= 2
        return negative_sampling_loss.reference(center / 2, positive, negatives)

    assert ask(function, negative_sampling_loss).reason == "changes-input"


def test_a_trace_function_and_a_changed_folder_do_no_harm(tmp_path):
    here = os.getcwd()

    def function(u, v):
        sys.settrace(lambda *args: None)
        return cosine.reference(u, v)

    assert ask(function).status == "right"
    assert os.getcwd() == here
