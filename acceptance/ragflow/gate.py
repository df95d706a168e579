"""How many requests are under way at once."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from acceptance import interruption


class Gate:
    """Lets everybody pass, or so many at a time and, whenever that is too much for the server, half as many."""

    def __init__(self) -> None:
        # How often the server has said that it is too much.
        self.refusals = 0
        self.width: int | None = None
        self._inside = 0
        # Who waits, the first to come in front: whoever asks for much must not keep all others out.
        self._queue: deque[object] = deque()
        self._narrowed = 0.0
        self._changed = threading.Condition()

    def limit(self, width: int) -> None:
        """From now on no more than so many at a time; nobody is inside when it is said for the first time."""
        self.width = min(width, self.width or width)

    @contextmanager
    def passing(self) -> Iterator[float]:
        """Wait for a place, and keep it for the block, which gets the moment at which it began.

        KeyboardInterrupt where the run is to end.
        """
        interruption.check()
        with self._place() if self.width else nullcontext():
            yield time.monotonic()

    @contextmanager
    def _place(self) -> Iterator[None]:
        ticket = object()
        with self._changed:
            self._queue.append(ticket)
            self._changed.wait_for(lambda: self._queue[0] is ticket and self._inside < (self.width or 1))
            self._queue.popleft()
            self._inside += 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    def narrow(self, began: float) -> None:
        """A request that began at that moment was too much; what began before the last narrowing says nothing new."""
        with self._changed:
            self.refusals += 1
            if self.width is not None and began >= self._narrowed:
                self.width = max(1, self.width // 2)
                self._narrowed = time.monotonic()
