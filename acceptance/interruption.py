"""Ctrl-C, SIGTERM and SIGHUP: they end the run, but never in the middle of what has to be finished."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import FrameType, TracebackType
from typing import Any, Self

# Windows knows no SIGHUP.
SIGNALS = tuple(signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if name in signal.Signals.__members__)

# The exit status of a program that Ctrl-C has ended.
EXIT_CTRL_C = 130

_current: "Interruption | None" = None


class _OfThread(threading.local):
    """Of each thread: how many blocks it has to finish, whether an interrupt waits for their end, and whom it asks.

    Signals arrive in the main thread, and wait there only.
    """

    holders = 0
    waits = False
    is_to_end: Callable[[], bool] | None = None


_mine = _OfThread()

# The threads that have something to finish.
_holding: set[int] = set()


def held() -> AbstractContextManager[None]:
    """Hold the interrupts of the run back, whoever runs it; nothing where there is no run."""
    return _current.held() if _current else nullcontext()


def is_requested() -> bool:
    """Whether the run is to end: what works inside ``held()`` for long should ask now and then."""
    return _current is not None and _current.received is not None


def ask_from_now_on(is_to_end: Callable[[], bool]) -> None:
    """In this thread, which no signal reaches, ``check`` asks whether what runs is to end."""
    _mine.is_to_end = is_to_end


def check() -> None:
    """KeyboardInterrupt, once, where what runs in this thread is to end and is not in ``held()``."""
    if _mine.is_to_end and not _mine.holders and _mine.is_to_end():
        _mine.is_to_end = None
        raise KeyboardInterrupt


def somebody_else_holds() -> bool:
    """Whether another thread is in ``held()``."""
    return bool(_holding - {threading.get_ident()})


def ignore_signals() -> None:
    """From now on there is nothing to interrupt: what is left of the process is told in a moment."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


class Interruption:
    """Turns the first signal into a KeyboardInterrupt; inside ``held()`` that waits for its end.

    ``on_signal`` is called with a text at once. On the second Ctrl-C ``unfinished`` is asked what is still being
    done, in a sentence for the user; on the third ``on_end`` is called, and the process ends at once. Any further
    SIGTERM or SIGHUP is taken for the first.
    """

    def __init__(
        self,
        on_signal: Callable[[str], None],
        unfinished: Callable[[], str] = lambda: "",
        on_end: Callable[[], str] = lambda: "",
    ) -> None:
        self.received: str | None = None
        self._on_signal, self._unfinished, self._on_end = on_signal, unfinished, on_end
        self._pressed = 0
        self._earlier: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        global _current
        _current = self
        for number in SIGNALS:
            # Whoever started the run with nohup does not want it to end.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._earlier[number] = signal.signal(number, self._receive)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        global _current
        _current = None
        for number, handler in self._earlier.items():
            signal.signal(number, handler)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Finish the block first: an interrupt is raised behind it, unless the block raises it itself."""
        _mine.holders += 1
        _holding.add(threading.get_ident())
        try:
            yield
        except KeyboardInterrupt:
            _mine.waits = False
            raise
        finally:
            _mine.holders -= 1
            if not _mine.holders:
                _holding.discard(threading.get_ident())
        if _mine.waits and not _mine.holders:
            _mine.waits = False
            raise KeyboardInterrupt

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        self._pressed += number == signal.SIGINT
        if self.received is not None:
            if number == signal.SIGINT:
                self._insist()
            return
        self.received = "Ctrl-C" if number == signal.SIGINT else signal.Signals(number).name
        self._on_signal(f"interrupted by {self.received}")
        if _mine.holders:
            _mine.waits = True
        else:
            raise KeyboardInterrupt

    def _insist(self) -> None:
        """Somebody presses Ctrl-C again. What is said goes past Python's streams, which may be in use."""
        if self._pressed == 2:
            _say(self._unfinished())
        elif self._pressed > 2:
            _say(self._on_end())
            os._exit(EXIT_CTRL_C)


def _say(sentence: str) -> None:
    if sentence:
        os.write(2, f"\n{sentence}\n".encode())
