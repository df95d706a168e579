"""Ctrl-C, SIGTERM and SIGHUP: they end the run, but no operation that has to be finished."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Self

# Windows has no SIGHUP.
SIGNALS = tuple(signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if name in signal.Signals.__members__)

# The usual exit status of a program that Ctrl-C has ended.
EXIT_CTRL_C = 130

_current: "Interruption | None" = None


@contextmanager
def held() -> Iterator[None]:
    """Defer an interrupt of the main thread to the end of the block. An error of the block takes precedence."""
    current = _current
    if current is None:
        yield
        return
    current.holders += 1
    try:
        yield
    except KeyboardInterrupt:
        current.is_deferred = False
        raise
    finally:
        current.holders -= 1
    if current.is_deferred and not current.holders:
        current.is_deferred = False
        raise KeyboardInterrupt


def is_requested() -> bool:
    """Whether a signal has arrived. Long operations inside ``held()`` should check it."""
    return _current is not None and _current.received is not None


def ignore_signals() -> None:
    """Ignore further signals: the process ends in a moment anyway."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


class Interruption:
    """Turns the first signal into a KeyboardInterrupt, which ``held()`` defers to the end of its block.

    The first signal calls ``on_signal`` with a text at once. The second Ctrl-C prints the sentence that ``unfinished``
    returns. The third calls ``on_end``, prints its sentence and ends the process. Further SIGTERMs and SIGHUPs have no
    effect.
    """

    def __init__(
        self,
        on_signal: Callable[[str], None],
        unfinished: Callable[[], str] = lambda: "",
        on_end: Callable[[], str] = lambda: "",
    ) -> None:
        self.received: str | None = None
        self.holders = 0
        self.is_deferred = False
        self._on_signal, self._unfinished, self._on_end = on_signal, unfinished, on_end
        self._ctrl_c_count = 0
        self._previous: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        global _current
        _current = self
        for number in SIGNALS:
            # nohup ignores SIGHUP for the programs that it starts.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._previous[number] = signal.signal(number, self._receive)
        return self

    def __exit__(self, *_: object) -> None:
        global _current
        _current = None
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        is_ctrl_c = number == signal.SIGINT
        self._ctrl_c_count += is_ctrl_c
        if self.received is None:
            self.received = "Ctrl-C" if is_ctrl_c else signal.Signals(number).name
            self._on_signal(f"interrupted by {self.received}")
            self.is_deferred = self.holders > 0
            if not self.is_deferred:
                raise KeyboardInterrupt
        elif is_ctrl_c and self._ctrl_c_count > 1:
            is_last = self._ctrl_c_count > 2
            sentence = self._on_end() if is_last else self._unfinished()
            # Past Python's streams, which the interrupted code may be using.
            os.write(2, f"\n{sentence}\n".encode() if sentence else b"")
            if is_last:
                os._exit(EXIT_CTRL_C)
