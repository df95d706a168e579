"""Ctrl-C and SIGTERM: they end the run, but never in the middle of what has to be finished."""

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import FrameType, TracebackType
from typing import Any, Self

SIGNALS = (signal.SIGINT, signal.SIGTERM)


_current: "Interruption | None" = None


def held() -> AbstractContextManager[None]:
    """Hold the interrupts of the run back, whoever runs it; nothing where there is no run."""
    return _current.held() if _current else nullcontext()


def is_requested() -> bool:
    """Whether the run is to end: what works inside ``held()`` for long should ask now and then."""
    return _current is not None and _current.received is not None


class Interruption:
    """Turns the first Ctrl-C or SIGTERM into a KeyboardInterrupt; further ones are taken for the same.

    ``on_signal`` is called with a text at once; inside ``held()`` the KeyboardInterrupt waits for its end.
    """

    def __init__(self, on_signal: Callable[[str], None]) -> None:
        self.received: str | None = None
        self._on_signal = on_signal
        self._holders = 0
        self._waiting = False
        self._earlier: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        global _current
        _current = self
        self._earlier = {number: signal.signal(number, self._receive) for number in SIGNALS}
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
        self._holders += 1
        try:
            yield
        except KeyboardInterrupt:
            self._waiting = False
            raise
        finally:
            self._holders -= 1
        if self._waiting and not self._holders:
            self._waiting = False
            raise KeyboardInterrupt

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        if self.received is not None:
            return
        self.received = "Ctrl-C" if number == signal.SIGINT else signal.Signals(number).name
        self._on_signal(f"interrupted by {self.received}")
        if self._holders:
            self._waiting = True
        else:
            raise KeyboardInterrupt
