"""Signals arrive in the main thread; pytest runs its tests there, with xdist too."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from acceptance.interruption import EXIT_CTRL_C, SIGNALS, Interruption, held
from acceptance.paths import ROOT

NAMES = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM", signal.SIGHUP: "SIGHUP"}


@pytest.fixture
def calls() -> list[str]:
    """The texts with which ``on_signal`` was called."""
    return []


@pytest.fixture
def interruption(calls: list[str]) -> Iterator[Interruption]:
    with Interruption(calls.append) as interruption:
        yield interruption


@pytest.mark.parametrize("second", SIGNALS)
@pytest.mark.parametrize("first", NAMES)
def test_only_the_first_signal_interrupts(
    interruption: Interruption, calls: list[str], first: signal.Signals, second: signal.Signals
) -> None:
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(first)
    signal.raise_signal(second)
    assert interruption.received == NAMES[first]
    assert calls == [f"interrupted by {NAMES[first]}"]


@pytest.mark.usefixtures("interruption")
def test_nested_blocks_are_finished_before_the_interrupt(calls: list[str]) -> None:
    steps = []

    def work() -> None:
        with held():
            with held():
                signal.raise_signal(signal.SIGTERM)
                steps.append(f"{len(calls)} call")
            steps.append("outer block")
        steps.append("after the blocks")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert steps == ["1 call", "outer block"]
    # It is raised once.
    with held():
        pass


@pytest.mark.usefixtures("interruption")
def test_an_error_in_a_block_takes_precedence_over_the_interrupt() -> None:
    def work() -> None:
        with held():
            signal.raise_signal(signal.SIGINT)
            raise LookupError

    with pytest.raises(LookupError):
        work()


@pytest.mark.parametrize("number", SIGNALS)
def test_an_ignored_signal_stays_ignored(number: signal.Signals, calls: list[str]) -> None:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with Interruption(calls.append) as interruption:
            signal.raise_signal(number)
            assert interruption.received is None
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)
    assert calls == []


def test_the_earlier_handlers_are_restored() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with Interruption(str):
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before


PROGRAM = """
import signal
from acceptance.interruption import Interruption, held

def end():
    print("ended", flush=True)
    return "Ended at once."

with Interruption(print, lambda: "Not yet.", end), held():
    for number in ({signals}):
        signal.raise_signal(number)
    print("finished", flush=True)
"""

# signals: (what is printed about them, whether the program is ended at once)
REPEATED = {
    "SIGINT": (0, False),
    "SIGINT SIGINT": (1, False),
    "SIGTERM SIGTERM SIGTERM SIGTERM": (0, False),
    "SIGHUP SIGHUP SIGHUP SIGHUP": (0, False),
    "SIGTERM SIGINT SIGINT": (1, False),
    "SIGINT SIGTERM SIGINT SIGHUP": (1, False),
    "SIGINT SIGINT SIGINT": (1, True),
    "SIGINT SIGTERM SIGINT SIGHUP SIGINT": (1, True),
}


@pytest.mark.parametrize(("signals", "times", "is_ended"), [(signals, *what) for signals, what in REPEATED.items()])
def test_the_second_ctrl_c_informs_and_the_third_ends_the_program(signals: str, times: int, is_ended: bool) -> None:
    numbers = "".join(f"signal.{name}, " for name in signals.split())
    program = PROGRAM.format(signals=numbers)
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert ended.stderr.count("\nNot yet.\n") == times
    assert ended.stdout.splitlines()[-1] == ("ended" if is_ended else "finished")
    assert ("\nEnded at once.\n" in ended.stderr) is is_ended
    if is_ended:
        assert ended.returncode == EXIT_CTRL_C
