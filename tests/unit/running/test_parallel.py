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


def test_so_many_are_at_work_at_a_time() -> None:
    together = threading.Barrier(4, timeout=LIMIT)
    assert run_in_threads(lambda _: together.wait() >= 0, range(8), workers=4, title="waiting") == [True] * 8


@pytest.mark.parametrize("workers", [1, 2])
def test_the_first_error_ends_it(workers: int) -> None:
    begun, failed = [], threading.Event()

    def work(number: int) -> None:
        begun.append(number)
        if number == 1:
            failed.set()
            raise LookupError("the second")
        if number > 1:
            failed.wait(LIMIT)
            # Long enough for somebody to see the error before all of the others have begun.
            threading.Event().wait(0.02)

    with pytest.raises(LookupError, match="the second"):
        run_in_threads(work, range(1000), workers=workers, title="working")
    assert len(begun) < 500


def test_within_a_limit_there_is_a_result() -> None:
    assert call_with_timeout(LIMIT, lambda: "done") == "done"


def test_within_a_limit_an_error_is_an_error() -> None:
    def fail() -> None:
        raise LookupError("lost")

    with pytest.raises(LookupError, match="lost"):
        call_with_timeout(LIMIT, fail)


def test_what_takes_too_long_is_given_up() -> None:
    end = threading.Event()
    with pytest.raises(TimeoutError):
        call_with_timeout(0.05, end.wait)
    end.set()


@pytest.mark.parametrize(("to_the_end", "done"), [(True, 8), (False, 2)])
def test_what_has_to_be_done_to_the_end_is_not_interrupted(to_the_end: bool, done: int) -> None:
    finished = []
    both = threading.Barrier(2, timeout=LIMIT)

    def work(number: int) -> None:
        if number < 2:
            if both.wait() == 0:
                os.kill(os.getpid(), signal.SIGINT)
            wait_until(interruption.is_requested, LIMIT)
        finished.append(number)

    with pytest.raises(KeyboardInterrupt), Interruption(lambda _: None):
        run_in_threads(work, range(8), workers=2, title="removing", to_the_end=to_the_end)
    assert len(finished) == done


def test_nothing_begins_where_what_runs_in_this_thread_is_to_end() -> None:
    begun: list[int] = []
    interruption.ask_from_now_on(lambda: True)
    with pytest.raises(KeyboardInterrupt):
        run_in_threads(begun.append, range(4), workers=2, title="creating")
    assert begun == []
