"""Ctrl-C and SIGTERM: they end the run, but never in the middle of what has to be finished."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self

SIGNALS = (signal.SIGINT, signal.SIGTERM)


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
        self._earlier = {number: signal.signal(number, self._receive) for number in SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._earlier.items():
            signal.signal(number, handler)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Finish the block first: an interrupt is raised behind it."""
        self._holders += 1
        try:
            yield
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
