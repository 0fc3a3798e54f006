"""The guard: limits of time and memory, threads that will not end, the stop button."""

import _thread
import sys
import threading
import time

import pytest

from helpers.checks.guard import Stopped, run


def seconds_for(work, **limits):
    start = time.monotonic()
    outcome = run(work, **{"seconds": 0.2, "memory_mb": 500} | limits)
    return outcome, time.monotonic() - start


def endless():
    while True:
        pass


def endless_in_c():
    while True:
        sum(range(1000))


def swallows_all():
    while True:
        try:
            time.sleep(0.005)
        except BaseException:
            pass


def swallows_in_two_layers():
    while True:
        try:
            while True:
                try:
                    len([])
                except:  # noqa: E722
                    continue
                finally:
                    len([])
        except BaseException:
            time.sleep(0.001)


def sleeps_after_being_stopped():
    try:
        endless()
    finally:
        endless()


def test_what_the_work_returns_comes_back():
    assert run(lambda: {"answer": 42}, seconds=5, memory_mb=500) == {"answer": 42}


@pytest.mark.parametrize(
    "work", [endless, endless_in_c, swallows_all, swallows_in_two_layers, sleeps_after_being_stopped]
)
def test_endless_work_is_stopped_and_its_thread_ends(work):
    threads = sys._current_frames().keys()
    outcome, took = seconds_for(work)
    assert outcome == Stopped("too-slow", alive=False)
    assert 0.2 <= took < 3
    time.sleep(0.05)
    assert sys._current_frames().keys() <= threads


def test_work_that_sleeps_in_c_is_given_up():
    outcome, took = seconds_for(lambda: time.sleep(6))
    assert outcome == Stopped("too-slow", alive=True)
    assert took < 5


def test_growing_memory_is_stopped():
    def grows():
        kept = []
        while True:
            kept.append(bytearray(2_000_000))

    outcome, took = seconds_for(grows, seconds=20, memory_mb=200)
    assert outcome == Stopped("memory", alive=False)
    assert took < 10


def press_stop_after(delay):
    """What the stop button does: KeyboardInterrupt in the main thread."""
    timer = threading.Timer(delay, _thread.interrupt_main)
    timer.start()
    return timer


@pytest.mark.parametrize(
    "work, alive", [(endless, False), (swallows_all, False), (lambda: time.sleep(4), True)]
)
def test_the_stop_button_stops_the_check_at_once_and_quietly(work, alive, capfd):
    timer = press_stop_after(0.3)
    outcome, took = seconds_for(work, seconds=30)
    timer.join()
    assert outcome == Stopped("interrupted", alive=alive)
    assert took < 4
    assert capfd.readouterr() == ("", "")


def test_an_impatient_learner_presses_stop_twice():
    timers = [press_stop_after(0.2), press_stop_after(0.4)]
    outcome, _ = seconds_for(lambda: time.sleep(4), seconds=30)
    for timer in timers:
        timer.join()
    assert outcome == Stopped("interrupted", alive=True)


def test_it_works_away_from_the_main_thread():
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(run(endless, seconds=0.1, memory_mb=500)))
    thread.start()
    thread.join(5)
    assert outcomes == [Stopped("too-slow", alive=False)]


def test_threads_can_be_traced_after_one_was_stopped():
    """An exception that no thread took would make Python 3.11 hang in the next trace function."""
    seconds_for(endless)
    seconds_for(swallows_all)

    def traced():
        sys.settrace(lambda *args: None)
        return [str(number) for number in range(100)][-1]

    assert run(traced, seconds=20, memory_mb=500) == "99"


def test_work_that_lets_an_exception_out_is_a_defect_of_ours():
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        run(lambda: 1 / 0, seconds=5, memory_mb=500)


def test_no_guard_within_a_guard():
    def nested():
        try:
            run(lambda: None, seconds=1, memory_mb=100)
        except RuntimeError as error:
            return str(error)

    assert "the very function" in run(nested, seconds=5, memory_mb=500)
