"""Signals arrive in the main thread; pytest runs its tests there, with xdist too."""

import signal
from collections.abc import Iterator

import pytest

from acceptance.concurrency.interruption import SIGNALS, Interruption

NAMES = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM"}


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
