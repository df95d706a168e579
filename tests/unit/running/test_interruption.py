"""Signals arrive in the main thread; pytest runs its tests there, with xdist too."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from acceptance.interruption import (
    EXIT_CTRL_C,
    SIGNALS,
    Interruption,
    ask_from_now_on,
    check,
    is_requested,
    somebody_else_holds,
)
from acceptance.paths import ROOT

NAMES = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM", signal.SIGHUP: "SIGHUP"}


def test_who_closes_the_terminal_ends_the_run_too() -> None:
    assert set(SIGNALS) == set(NAMES)


class Told(list[str]):
    """What was said when a signal came."""


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def interruption(told: Told) -> Iterator[Interruption]:
    with Interruption(told.append) as interruption:
        yield interruption


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_what_runs(interruption: Interruption, told: Told, number: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)
    assert interruption.received == NAMES[number]
    assert told == [f"interrupted by {NAMES[number]}"]


@pytest.mark.parametrize("first", SIGNALS)
@pytest.mark.parametrize("second", SIGNALS)
def test_a_second_signal_is_taken_for_the_same(
    interruption: Interruption, told: Told, first: signal.Signals, second: signal.Signals
) -> None:
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(first)
    signal.raise_signal(second)
    assert interruption.received == NAMES[first]
    assert len(told) == 1


def test_without_a_signal_nothing_is_received(interruption: Interruption, told: Told) -> None:
    with interruption.held():
        pass
    assert interruption.received is None
    assert told == []


@pytest.mark.parametrize("number", SIGNALS)
def test_what_is_held_is_finished_first(interruption: Interruption, told: Told, number: signal.Signals) -> None:
    steps = []

    def work() -> None:
        with interruption.held():
            signal.raise_signal(number)
            steps.append(f"told {len(told)} time")
            signal.raise_signal(number)
            steps.append("finished")
        steps.append("behind")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert steps == ["told 1 time", "finished"]


def test_blocks_in_one_another_are_all_finished(interruption: Interruption) -> None:
    steps = []

    def work() -> None:
        with interruption.held():
            with interruption.held():
                signal.raise_signal(signal.SIGINT)
            steps.append("the outer one")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert steps == ["the outer one"]


def test_an_interrupt_is_raised_once(interruption: Interruption) -> None:
    def work() -> None:
        with interruption.held():
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(KeyboardInterrupt):
        work()
    with interruption.held():
        pass


def test_an_error_of_what_is_held_goes_before_the_interrupt(interruption: Interruption) -> None:
    def work() -> None:
        with interruption.held():
            signal.raise_signal(signal.SIGINT)
            raise LookupError

    with pytest.raises(LookupError):
        work()


def test_afterwards_signals_do_what_they_did_before() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with Interruption(str):
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before


# Whoever does not want to be interrupted.


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_that_is_ignored_stays_ignored(number: signal.Signals, told: Told) -> None:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with Interruption(told.append) as interruption:
            signal.raise_signal(number)
            assert interruption.received is None
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)
    assert told == []


# Whoever presses Ctrl-C again.

# the signals: how often it is said what is unfinished
AGAIN = {
    (signal.SIGINT,): 0,
    (signal.SIGINT, signal.SIGINT): 1,
    (signal.SIGTERM, signal.SIGTERM, signal.SIGTERM, signal.SIGTERM): 0,
    (signal.SIGHUP, signal.SIGHUP, signal.SIGHUP, signal.SIGHUP): 0,
    (signal.SIGTERM, signal.SIGINT): 0,
    (signal.SIGTERM, signal.SIGINT, signal.SIGINT): 1,
    (signal.SIGINT, signal.SIGTERM, signal.SIGHUP): 0,
    (signal.SIGINT, signal.SIGTERM, signal.SIGINT, signal.SIGHUP): 1,
}


@pytest.mark.parametrize(("numbers", "times"), AGAIN.items(), ids=[" ".join(map(str, each)) for each in AGAIN])
def test_the_second_ctrl_c_says_what_is_unfinished(
    numbers: tuple[signal.Signals, ...], times: int, told: Told, capfd: pytest.CaptureFixture[str]
) -> None:
    finished = []

    def work(interruption: Interruption) -> None:
        with interruption.held():
            for number in numbers:
                signal.raise_signal(number)
            finished.append(True)

    with Interruption(told.append, lambda: "3 assistants are being removed") as interruption:
        with pytest.raises(KeyboardInterrupt):
            work(interruption)
        assert interruption.received == NAMES[numbers[0]]
    assert finished == [True]
    assert told == [f"interrupted by {NAMES[numbers[0]]}"]
    assert capfd.readouterr().err == "\n3 assistants are being removed\n" * times


PRESSING = """
import signal
from acceptance.interruption import Interruption

def end():
    print("told", flush=True)
    return "Ended at once."

with Interruption(print, lambda: "Not yet.", {end}) as interruption, interruption.held():
    for number in ({signals}):
        signal.raise_signal(number)
        print(f"after {{number}}", flush=True)
"""


def pressed(*signals: str, end: str = "end") -> "subprocess.CompletedProcess[str]":
    """A process that gets these signals while it is doing what it has to finish."""
    numbers = "".join(f"signal.{name}, " for name in signals)
    program = PRESSING.format(signals=numbers, end=end)
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize("between", [(), ("SIGTERM",), ("SIGHUP", "SIGTERM")])
def test_the_third_ctrl_c_ends_it_at_once(between: tuple[str, ...]) -> None:
    ended = pressed("SIGINT", *between, "SIGINT", *between, "SIGINT")
    assert ended.returncode == EXIT_CTRL_C
    assert ended.stdout.splitlines()[-1] == "told"
    assert ended.stdout.count("after") == 2 + 2 * len(between)
    assert ended.stderr == "\nNot yet.\n\nEnded at once.\n"


def test_the_third_ctrl_c_ends_it_even_where_there_is_nothing_to_say() -> None:
    ended = pressed("SIGINT", "SIGINT", "SIGINT", end="str")
    assert ended.returncode == EXIT_CTRL_C
    assert ended.stderr == "\nNot yet.\n"


def test_nobody_else_ends_it_at_once() -> None:
    ended = pressed(*["SIGTERM"] * 4, "SIGHUP", "SIGINT", "SIGINT")
    assert ended.stdout.count("after") == 7
    assert "KeyboardInterrupt" in ended.stderr


# Threads, which no signal reaches.


def in_a_thread(work: Callable[[], None]) -> None:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()


def is_told() -> bool:
    try:
        check()
    except KeyboardInterrupt:
        return True
    return False


@pytest.mark.usefixtures("interruption")
def test_who_asks_is_told_once() -> None:
    told = []

    def work() -> None:
        ask_from_now_on(is_requested)
        told.extend(is_told() for _ in range(3))

    in_a_thread(work)
    assert told == [False, False, False]
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    told.clear()
    in_a_thread(work)
    assert told == [True, False, False]


@pytest.mark.usefixtures("interruption")
def test_who_does_not_ask_is_not_told() -> None:
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    told = []
    in_a_thread(lambda: told.append(is_told()))
    assert told == [False]
    assert not is_told()


def test_what_a_thread_holds_is_finished_first(interruption: Interruption) -> None:
    told = []

    def work() -> None:
        ask_from_now_on(is_requested)
        with interruption.held():
            told.append(is_told())
        told.append(is_told())

    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    in_a_thread(work)
    assert told == [False, True]


def test_what_a_thread_holds_holds_nobody_else(interruption: Interruption) -> None:
    begun, enough = threading.Event(), threading.Event()

    def work() -> None:
        with interruption.held():
            begun.set()
            enough.wait(10)

    thread = threading.Thread(target=work, daemon=True)
    assert not somebody_else_holds()
    thread.start()
    begun.wait(10)
    assert somebody_else_holds()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    enough.set()
    thread.join(10)
    with interruption.held():
        assert not somebody_else_holds()
