"""What a failure says of sessions that are gone a moment later."""

from collections.abc import Iterator
from itertools import chain, repeat
from types import SimpleNamespace
from typing import Any

import pytest
from behave.model_type import Status

from acceptance.errors import NoAnswer, UnusableListing
from acceptance.matchers.late_deletions import MAX_FAILURES, POLL_INTERVAL, LateDeletions

LISTED = "\nExpected: no sessions\n     but: there, and should not be: s1"
GONE = "\nExpected: s2\n     but: gone, and should still be there: s2"
STILL_THERE = "Listed again: still there 1 s later."


class Looking:
    """A step that raises these errors one after another, and passes when it is repeated after the last one."""

    def __init__(self, late: LateDeletions, text: str, *errors: Exception, name: str = "no sessions remain") -> None:
        self.looks, self._errors = 0, iter(errors)
        self.step = SimpleNamespace(status=Status.failed, step_type="then", name=name, exception=AssertionError(text))
        self._runner = SimpleNamespace(step_registry=self)
        late.check_step(self, self.step)

    def find_match(self, _: Any) -> Any:
        return SimpleNamespace(run=self._run)

    def _run(self, _: Any) -> None:
        self.looks += 1
        if error := next(self._errors, None):
            raise error

    @property
    def notes(self) -> list[str]:
        return getattr(self.step.exception, "__notes__", [])


class Time:
    now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def late_deletions(self) -> LateDeletions:
        return LateDeletions(lambda: self.now, self.sleep)


def errors(text: str, count: int) -> Iterator[Exception]:
    return repeat(AssertionError(text), count)


@pytest.mark.parametrize(
    "text",
    [
        LISTED,
        "\nExpected: everything as recorded\n     but: 1b1b: was None, is {'id': '1b1b'}",
        "\nExpected: no list with the session\n     but: the list with the query id=1b shows the session",
    ],
)
def test_the_failure_says_when_the_sessions_were_gone(text: str) -> None:
    looking = Looking(Time().late_deletions(), text, *errors(text, 7))
    assert (looking.notes, looking.step.status) == (["Listed again: gone 0.4 s later."], Status.failed)


def test_sessions_that_stay_are_looked_at_for_a_second_and_once_in_a_run() -> None:
    late = Time().late_deletions()
    looking = Looking(late, LISTED, *errors(LISTED, 1_000))
    assert (looking.notes, looking.looks) == ([STILL_THERE], pytest.approx(1 / POLL_INTERVAL, abs=1))
    assert Looking(late, LISTED).looks == 0


@pytest.mark.parametrize("error", [NoAnswer("no connection"), UnusableListing("no list"), AssertionError(GONE)])
def test_another_error_says_nothing_about_the_sessions(error: Exception) -> None:
    looking = Looking(Time().late_deletions(), LISTED, *chain(errors(LISTED, 1), [error]))
    assert (looking.notes, looking.looks) == ([], 2)


def test_only_the_first_failures_of_a_run_are_looked_at_again() -> None:
    late = Time().late_deletions()
    looks = [Looking(late, LISTED).looks for _ in range(MAX_FAILURES + 1)]
    assert looks == [1] * MAX_FAILURES + [0]


@pytest.mark.parametrize(
    ("text", "name"),
    [(GONE, "no sessions remain"), (f"Story 1 {LISTED}", "after every step"), (LISTED, "the list shows s2")],
)
def test_a_step_that_lists_nothing_anew_is_not_repeated(text: str, name: str) -> None:
    assert Looking(Time().late_deletions(), text, name=name).looks == 0
