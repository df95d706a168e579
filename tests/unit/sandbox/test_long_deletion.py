import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import chain, count, repeat

import pytest
from hamcrest import assert_that

from acceptance.contract.selection import Selection
from acceptance.errors import Inconclusive, NoAnswer, UnusableListing
from acceptance.matchers.races import answers_at_least, answers_at_most
from acceptance.sandbox import long_deletion
from acceptance.sandbox.inventory import Assistant
from acceptance.sandbox.long_deletion import Race, delete_during_lists
from acceptance.sandbox.sender import Exchange, Sender
from tests.support.runs import wait_until
from tests.support.servers import Embedded
from tests.unit.examples import answer, failure
from tests.unit.sandboxes import new_sender, tampered_sandbox
from tests.unit.stand_in import Misconduct, Reply, Seen, json_reply

REFUSAL = json_reply({"code": 102, "message": "You don't own the chat"})

# What the server does with a request, given the exchanges up to now.
React = Callable[[Seen, Sequence[Exchange]], Reply | Misconduct | None]
Run = Callable[..., list[Race]]


@pytest.fixture
def run(embedded: Embedded, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return the race of 3 or else 4 sessions, or nothing after the expected error. Every deletion is long enough."""
    monkeypatch.setattr(long_deletion, "SIZES", (3, 4))
    monkeypatch.setattr(long_deletion, "_seconds_of_lists", lambda *_: 0.0)

    def run(react: React, expected: AbstractContextManager[object] | None = None) -> list[Race]:
        races: list[Race] = []
        senders: list[Sender] = []

        def tamper(seen: Seen) -> Reply | Misconduct | None:
            return react(seen, senders[0].exchanges) if senders else None

        with tampered_sandbox(embedded, tamper) as (sandbox, _):
            assistant, other = sandbox.create_assistant(sessions=2), sandbox.create_assistant(sessions=1, other=True)
            senders.append(new_sender(sandbox))
            with expected or nullcontext():
                races.append(delete_during_lists(senders[0], sandbox, assistant, other))
                # Reports show the last race alone, and the deletion last.
                assert senders[0].exchanges == [*races[0].lists, races[0].deletion]
            senders.clear()
        return races

    return run


def answering(lists: int) -> React:
    """Answer so many lists while the second deletion runs, and the next list only after the deletion was answered."""
    deletions, left, next_list = count(), iter([True] * lists), threading.Event()

    def react(seen: Seen, exchanges: Sequence[Exchange]) -> None:
        if seen.method == "DELETE" and next(deletions):
            assert next_list.wait(5)
        elif seen.method == "GET" and not next(left, False):
            next_list.set()
            wait_until(lambda: any(len(each.selection.deleted) == 3 for each in exchanges))

    return react


@pytest.mark.parametrize(("lists", "is_free"), [(0, False), (10, True)])
def test_the_order_of_the_answers_decides(run: Run, lists: int, is_free: bool) -> None:
    [race] = run(answering(lists))
    assert race.answered_before == lists
    matches, fails = (answers_at_least(10), answers_at_most(1))[:: 1 if is_free else -1]
    assert_that(race, matches)
    text = failure(race, fails)
    assert f"deletion of 3 sessions: {len(race.lists)} list" in text
    assert f"sent until it was answered; order of the answers: {lists} lists, the deletion, " in text


@pytest.mark.parametrize(("method", "reaction", "error"), [
    ("GET", REFUSAL, UnusableListing), ("DELETE", Misconduct.BREAK_OFF, NoAnswer)
])  # fmt: skip
def test_a_missing_or_unusable_answer_ends_the_race(
    run: Run, method: str, reaction: Reply | Misconduct, error: type[Exception]
) -> None:
    seen_before = count()

    def react(seen: Seen, _: object) -> Reply | Misconduct | None:
        is_first_deletion = seen.method == "DELETE" and not next(seen_before)
        return reaction if seen.method == method and not is_first_deletion else None

    assert run(react, pytest.raises(error)) == []


def test_a_refused_deletion_is_judged_at_once(run: Run) -> None:
    [race] = run(lambda seen, _: REFUSAL if seen.method == "DELETE" else None)
    assert (race.lists, race.deletion.answer.text.encode()) == ((), REFUSAL.body)


@pytest.mark.parametrize(("needed", "sessions"), [(repeat(1e6), 2), (chain([0.0], repeat(1e6)), 4)])
def test_a_deletion_that_is_never_long_is_inconclusive(
    run: Run, monkeypatch: pytest.MonkeyPatch, needed: Iterator[float], sessions: int
) -> None:
    monkeypatch.setattr(long_deletion, "_seconds_of_lists", lambda *_: next(needed))
    expected = f"deletion of {sessions} sessions: .* s; 20 lists: 1000000"
    assert run(lambda *_: None, pytest.raises(Inconclusive, match=expected)) == []


@pytest.mark.parametrize(("before", "after", "retries", "is_clear"), [
    (0, 1, 0, True), (1, 1, 0, True), (2, 1, 0, False), (9, 1, 0, False), (10, 0, 0, True),
    (0, 0, 0, False), (0, 1, 1, False), (10, 1, 1, False),
])  # fmt: skip
def test_a_result_in_between_and_retries_decide_nothing(
    embedded: Embedded, before: int, after: int, retries: int, is_clear: bool
) -> None:
    def exchange(began: float) -> Exchange:
        return Exchange(Selection.of("", ""), replace(answer({"code": 0}), began=began, retries=retries))

    lists = (exchange(0.0),) * before + (exchange(2.0),) * after
    race = Race(Assistant("a", "a", embedded.own), exchange(1.0), lists)
    assert (race.answered_before, race.is_clear) == (before, is_clear)
