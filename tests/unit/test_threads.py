import os
import signal
import threading

import pytest

from acceptance import interruption
from acceptance.interruption import Interruption
from acceptance.threads import call_with_timeout, run_in_threads
from tests.support.runs import wait_until

LIMIT = 5.0


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("count", [0, 1, 10, 200])
def test_results_are_in_the_order_of_the_items(workers: int, count: int) -> None:
    assert run_in_threads(str, range(count), workers=workers, title="counting") == [str(n) for n in range(count)]


def test_workers_run_at_the_same_time() -> None:
    together = threading.Barrier(4, timeout=LIMIT)
    assert run_in_threads(lambda _: together.wait() >= 0, range(8), workers=4, title="waiting") == [True] * 8


@pytest.mark.parametrize("workers", [1, 2])
def test_the_first_error_starts_no_further_calls(workers: int) -> None:
    begun, failed = [], threading.Event()

    def work(number: int) -> None:
        begun.append(number)
        if number == 1:
            failed.set()
            raise LookupError("the second")
        if number > 1:
            failed.wait(LIMIT)
            # Long enough to notice the error before all others have begun.
            threading.Event().wait(0.02)

    with pytest.raises(LookupError, match="the second"):
        run_in_threads(work, range(1000), workers=workers, title="working")
    assert len(begun) < 500


def test_a_call_has_a_timeout() -> None:
    end = threading.Event()
    assert call_with_timeout(LIMIT, lambda: "done") == "done"
    with pytest.raises(ZeroDivisionError):
        call_with_timeout(LIMIT, lambda: 1 // 0)
    with pytest.raises(TimeoutError):
        call_with_timeout(0.05, end.wait)
    end.set()


def press_ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize(("to_the_end", "done"), [(True, 8), (False, 2)])
def test_an_interrupt_starts_no_further_calls_unless_they_go_on_to_the_end(to_the_end: bool, done: int) -> None:
    finished = []
    both = threading.Barrier(2, timeout=LIMIT)

    def work(number: int) -> None:
        if number < 2:
            is_first = both.wait() == 0
            # A signal just before the main thread waits for a lock does not wake it, so one may not be enough.
            wait_until(lambda: interruption.is_requested() or bool(is_first and press_ctrl_c()), LIMIT)
        finished.append(number)

    with pytest.raises(KeyboardInterrupt), Interruption(lambda _: None):
        run_in_threads(work, range(8), workers=2, title="removing", to_the_end=to_the_end)
    assert len(finished) == done
