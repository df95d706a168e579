"""Keep all processes of a run below the rate limit of a server, which is learned from answers with status 429."""

import fcntl
import mmap
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from acceptance.errors import Inconclusive

RATE_LIMITED = 429

# Seconds that one request waits for a rate limit, and the first and the longest pause without Retry-After.
MAX_WAIT = 120.0
MIN_PAUSE, MAX_PAUSE = 0.5, 30.0

# The share of the measured rate that stays below the limit.
MARGIN = 0.9

# From this many requests on, the rate between two answers with 429 is a measurement.
MIN_MEASURED = 5


# The numbers that the processes share. Times are of the monotonic clock, which is the same for all of them.
# Requests a second, 0 if no limit is known; and when the next request may begin, 0 if at any time.
RATE, NEXT = 0, 1
# How many requests were accepted since the last 429, or since the start, and when that was.
ACCEPTED, SINCE = 2, 3
SIZE = 4 * 8


class _OfThread(threading.local):
    """The size of the group to which the current request of the thread belongs, and the next one."""

    group = next_group = 0


class Throttle:
    """A schedule for the requests of all processes of a run. It costs next to nothing while no limit is known."""

    def __init__(self, rate: int | None = None, file: int | None = None) -> None:
        """``rate`` is the limit that the user has set, ``file`` the inherited ``file`` of the parent's throttle."""
        self._open = tempfile.TemporaryFile() if file is None else os.fdopen(file, "r+b")  # noqa: SIM115  # for the run
        self.file = self._open.fileno()
        self._limit, self._lock, self._of_thread = rate, threading.Lock(), _OfThread()
        os.ftruncate(self.file, SIZE)
        self._numbers = memoryview(mmap.mmap(self.file, SIZE)).cast("d")
        if file is None:
            self._numbers[SINCE] = now = time.monotonic()
            self._numbers[RATE], self._numbers[NEXT] = (rate, now) if rate else (0, 0)

    @property
    def summary(self) -> str:
        """The limit in words; empty if none is known."""
        rate = self._numbers[RATE]
        return f"; throttled to {rate:.1f} requests a second" if rate else ""

    def wait(self) -> None:
        """Wait until the next request may begin. A request of a group has waited with its group."""
        self._of_thread.group, self._of_thread.next_group = self._of_thread.next_group, 0
        if self._numbers[NEXT] and not self._of_thread.group:
            self._sleep_for(1)

    def wait_for_group(self, size: int) -> None:
        """Wait until the server accepts so many requests at the same time. Raise Inconclusive if it never does."""
        if self._limit and size > self._limit:
            raise _too_many(size)
        if self._numbers[NEXT]:
            self._sleep_for(size)

    def join_group(self, size: int) -> None:
        """Send the next request of this thread at once: it belongs to a group that has waited."""
        self._of_thread.next_group = size

    def accept(self) -> None:
        """Count a request that no rate limit has rejected."""
        # An update that another process overwrites does no harm.
        self._numbers[ACCEPTED] += 1

    def reject(self, began: float, retry_after: float, attempt: int) -> float:
        """Pause all processes after an answer with 429, and lower the rate. Return the seconds of the pause.

        ``attempt`` counts earlier rejections of the request, which began at that time. Raise Inconclusive if it
        belongs to a group: a repetition would not be simultaneous.
        """
        pause = min(retry_after or MIN_PAUSE * 2.0**attempt, MAX_PAUSE)
        with self._locked() as numbers:
            now = time.monotonic()
            accepted, since = numbers[ACCEPTED], numbers[SINCE]
            # A request that began before the last pause says nothing new.
            if accepted and began > since:
                rate, known = MARGIN * accepted / (now - since), numbers[RATE]
                if known:
                    rate = min(known, rate if accepted >= MIN_MEASURED else max(rate, known / 2))
                numbers[RATE], numbers[ACCEPTED], numbers[SINCE] = rate, 0, now
            numbers[NEXT] = max(numbers[NEXT], now + pause)
        if self._of_thread.group:
            raise _too_many(self._of_thread.group)
        return pause

    def _sleep_for(self, size: int) -> None:
        """Reserve time for so many requests, and wait for it. Before a group, the server has to recover."""
        with self._locked() as numbers:
            seconds = size / rate if (rate := numbers[RATE]) else 0
            begin = max(numbers[NEXT], time.monotonic()) + (seconds if size > 1 else 0)
            numbers[NEXT] = begin + seconds
        time.sleep(max(0.0, begin - time.monotonic()))

    @contextmanager
    def _locked(self) -> "Iterator[memoryview[float]]":
        with self._lock:
            fcntl.lockf(self.file, fcntl.LOCK_EX)
            try:
                yield self._numbers
            finally:
                fcntl.lockf(self.file, fcntl.LOCK_UN)


def _too_many(size: int) -> Inconclusive:
    return Inconclusive(f"this scenario sends {size} requests at the same time, and the rate limit allows fewer")
