"""Call functions in threads, and with a timeout."""

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BrokenBarrierError, Thread
from typing import TypeVar

from tqdm import tqdm

from acceptance import interruption

Item = TypeVar("Item")
Result = TypeVar("Result")

# From this many items on, a terminal shows a progress bar.
PROGRESS_THRESHOLD = 100


def run_in_threads(
    call: Callable[[Item], Result], items: Sequence[Item], *, workers: int, title: str, to_the_end: bool = False
) -> list[Result]:
    """Call once for each item, ``workers`` calls at a time. Return the results in the order of the items.

    The first error starts no further calls; nor does an interrupt, unless the calls have to go on ``to_the_end``.
    """
    if workers == 1 or len(items) < 2:
        return [call(item) for item in items]

    def call_unless_interrupted(item: Item) -> Result:
        # Calls that all start at once may wait for one another, so all have to start.
        if workers < len(items) and not to_the_end and interruption.is_requested():
            raise KeyboardInterrupt
        return call(item)

    # A KeyboardInterrupt inside the pool's own code leaves a lock acquired, and its threads waiting for ever.
    with interruption.held(), ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(call_unless_interrupted, item) for item in items]
        # behave captures sys.stderr during a step; sys.__stderr__ is still the terminal.
        hidden = True if len(items) < PROGRESS_THRESHOLD else None
        progress = tqdm(futures, desc=f"      {title}", file=sys.__stderr__, disable=hidden, leave=False)
        try:
            return [future.result() for future in progress]
        except BaseException as first:
            pool.shutdown(wait=True, cancel_futures=True)
            # A broken barrier is only a symptom of another error.
            errors = [first, *(future.exception() for future in futures if not future.cancelled())]
            raise next((each for each in errors if each and not isinstance(each, BrokenBarrierError)), first) from None


def call_with_timeout(seconds: float, call: Callable[[], Result]) -> Result:
    """Call, and raise TimeoutError after that many seconds.

    A timeout of requests limits each wait for the network; this one also limits the name lookup, and a server that
    sends its answer byte by byte.
    """
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:
            future.set_exception(error)

    # A daemon does not keep the process alive if the call never returns.
    Thread(target=run, daemon=True).start()
    return future.result(timeout=seconds)
