"""Doing things side by side, and within a limit of time."""

import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from tqdm import tqdm

from acceptance import interruption

Item = TypeVar("Item")
Result = TypeVar("Result")

# From this many on, the user sees a progress line.
PROGRESS_THRESHOLD = 100


def run_in_threads(
    call: Callable[[Item], Result], items: Sequence[Item], *, workers: int, title: str, to_the_end: bool = False
) -> list[Result]:
    """Call once for each item, with so many workers at a time; the results are in the order of the items.

    The first error ends it, and so does an interrupt, unless it has to go on ``to_the_end``: what has not begun by
    then never begins. Many items show a progress line on a terminal, and nothing where there is none.
    """
    if workers == 1 or len(items) < 2:
        return [call(item) for item in items]
    # The threads of a pool do not know what runs in this one.
    interruption.check()

    def call_unless_interrupted(item: Item) -> Result:
        # Where all can begin at once, they may wait for one another.
        if workers < len(items) and not to_the_end and interruption.is_requested():
            raise KeyboardInterrupt
        return call(item)

    # An interrupt that is raised while a pool holds one of its locks leaves its threads waiting for ever.
    with interruption.held(), ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(call_unless_interrupted, item) for item in items]
        try:
            return [future.result() for future in _with_progress(futures, title)]
        except BaseException as first:
            pool.shutdown(wait=True, cancel_futures=True)
            raise _cause(futures, first) from None


def _cause(futures: Sequence[Future[Result]], first: BaseException) -> BaseException:
    """What went wrong first; who only waited in vain for somebody else tells nothing of it."""
    if not isinstance(first, threading.BrokenBarrierError):
        return first
    errors = [error for future in futures if not future.cancelled() and (error := future.exception())]
    return next((error for error in errors if not isinstance(error, threading.BrokenBarrierError)), first)


def _with_progress(futures: Sequence[Future[Result]], title: str) -> Iterable[Future[Result]]:
    # behave captures sys.stderr during a step; the terminal is behind sys.__stderr__.
    hidden = True if len(futures) < PROGRESS_THRESHOLD else None
    return tqdm(futures, desc=f"      {title}", file=sys.__stderr__, disable=hidden, leave=False)


def call_with_timeout(seconds: float, call: Callable[[], Result]) -> Result:
    """Call, but wait no longer than the limit: TimeoutError then.

    A limit of requests is one for each wait on the network; this one is for all of them, a name that
    is looked up and a server that answers by drops included.
    """
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:
            future.set_exception(error)

    # A daemon: a call that never ends must not keep the run from ending.
    threading.Thread(target=run, daemon=True).start()
    return future.result(timeout=seconds)
