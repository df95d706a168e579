import threading
from collections.abc import Iterator
from typing import Any

import pytest

from acceptance.errors import NoAnswer
from acceptance.sandbox import races
from acceptance.sandbox.sandbox import Sandbox
from acceptance.sandbox.sender import Sender
from acceptance.sandbox.view import sessions_of
from tests.support.servers import Embedded
from tests.unit.sandboxes import new_sender, tampered_sandbox
from tests.unit.stand_in import Misconduct, Seen


@pytest.fixture
def sender(sandbox: Sandbox) -> Sender:
    return new_sender(sandbox)


def listed(sender: Sender) -> list[tuple[str, ...]]:
    return [exchange.selection.listed for exchange in sender.exchanges]


@pytest.mark.parametrize("workers", [1, 3])
def test_two_assistants_take_turns(sandbox: Sandbox, sender: Sender, workers: int) -> None:
    both = [sandbox.create_assistant(sessions=3), sandbox.create_assistant(sessions=3, other=True)]
    races.delete_one_by_one(sender, {each: each.session_ids for each in both}, workers)
    in_turn = [(id,) for pair in zip(*(each.session_ids for each in both), strict=True) for id in pair]
    assert sorted(listed(sender)) == sorted(in_turn)
    assert workers > 1 or listed(sender) == in_turn
    assert [sessions_of(each) for each in both] == [(), ()]


def test_in_each_round_all_people_delete_the_same_session(sandbox: Sandbox, sender: Sender) -> None:
    assistant = sandbox.create_assistant(sessions=4)
    rounds = races.delete_in_rounds(sender, assistant, people=3)
    lists = [[exchange.selection.listed for exchange in exchanges] for exchanges in rounds]
    assert lists == [[(id,)] * 3 for id in assistant.session_ids]
    assert len(sender.exchanges) == 12
    assert sessions_of(assistant) == ()


def test_each_person_deletes_a_list(sandbox: Sandbox, sender: Sender) -> None:
    assistant = sandbox.create_assistant(sessions=4)
    lists = [assistant.session_ids[:3], assistant.session_ids[1:], assistant.session_ids[:3]]
    races.delete_together(sender, assistant, lists)
    assert sorted(listed(sender)) == sorted(lists)
    assert sessions_of(assistant) == ()


def test_sessions_are_created_during_the_deletions(sandbox: Sandbox, sender: Sender) -> None:
    assistant = sandbox.create_assistant(sessions=5)
    new = races.delete_among_others(sender, sandbox, assistant, new=4)
    assert {session.name for session in new} == {f"new session {number}" for number in range(1, 5)}
    assert set(sessions_of(assistant)) == set(new)
    assert len(sender.exchanges) == 5


def is_deletion(seen: Seen) -> bool:
    return seen.method == "DELETE" and seen.call.endswith("/sessions")


def test_people_delete_at_the_same_time(embedded: Embedded) -> None:
    barrier = threading.Barrier(3, timeout=5)

    def tamper(seen: Seen) -> None:
        if is_racing and is_deletion(seen):
            barrier.wait()

    is_racing = True
    with tampered_sandbox(embedded, tamper) as (sandbox, _):
        assistant = sandbox.create_assistant(sessions=2)
        races.delete_in_rounds(new_sender(sandbox), assistant, people=3)
        races.delete_together(new_sender(sandbox), assistant, [["a"], ["b"], ["c"]])
        is_racing = False


@pytest.mark.parametrize("broken", [1, 5])
def test_one_missing_answer_ends_the_race(embedded: Embedded, broken: int) -> None:
    answers: Iterator[Any] = iter([None] * (broken - 1) + [Misconduct.BREAK_OFF])

    def tamper(seen: Seen) -> Any:
        return next(answers, None) if is_deletion(seen) else None

    with tampered_sandbox(embedded, tamper) as (sandbox, proxy):
        assistant = sandbox.create_assistant(sessions=4)
        with pytest.raises(NoAnswer):
            races.delete_in_rounds(new_sender(sandbox), assistant, people=3)
        assert sum(map(is_deletion, proxy.seen)) < 12
