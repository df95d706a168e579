import threading

import pytest

from acceptance.errors import NoAnswer
from acceptance.sandbox import races
from acceptance.sandbox.sandbox import Sandbox
from acceptance.sandbox.sender import Sender
from acceptance.sandbox.view import sessions_of
from tests.support.servers import Embedded
from tests.unit.sandboxes import in_the_way
from tests.unit.stand_in import Misconduct, Seen


def test_each_session_is_deleted_by_a_request_of_its_own(sandbox: Sandbox) -> None:
    assistant = sandbox.create_assistant(sessions=12)
    sender = Sender(sandbox)
    races.delete_one_by_one(sender, {assistant: assistant.session_ids}, workers=3)
    assert sorted(exchange.selection.listed for exchange in sender.exchanges) == sorted(
        (id,) for id in assistant.session_ids
    )
    assert sessions_of(assistant) == ()


def test_two_assistants_take_turns(sandbox: Sandbox) -> None:
    both = [sandbox.create_assistant(sessions=3), sandbox.create_assistant(sessions=3, other=True)]
    sender = Sender(sandbox)
    races.delete_one_by_one(sender, {each: each.session_ids for each in both}, workers=1)
    asked = [exchange.selection.listed[0] for exchange in sender.exchanges]
    assert asked == [id for pair in zip(*(each.session_ids for each in both), strict=True) for id in pair]
    assert [sessions_of(each) for each in both] == [(), ()]


def test_in_each_round_everybody_deletes_the_same_session(sandbox: Sandbox) -> None:
    assistant = sandbox.create_assistant(sessions=4)
    sender = Sender(sandbox)
    rounds = races.delete_in_rounds(sender, assistant, people=3)
    assert [[exchange.selection.listed for exchange in exchanges] for exchanges in rounds] == [
        [(id,)] * 3 for id in assistant.session_ids
    ]
    assert len(sender.exchanges) == 12
    assert sessions_of(assistant) == ()


def test_everybody_has_a_list_of_his_own(sandbox: Sandbox) -> None:
    assistant = sandbox.create_assistant(sessions=4)
    sender = Sender(sandbox)
    lists = [assistant.session_ids[:3], assistant.session_ids[1:], assistant.session_ids[:3]]
    races.delete_together(sender, assistant, lists)
    assert sorted(exchange.selection.listed for exchange in sender.exchanges) == sorted(lists)
    assert sessions_of(assistant) == ()


def test_people_delete_at_the_same_moment(embedded: Embedded) -> None:
    together = threading.Barrier(3, timeout=5)
    racing = True

    def tamper(seen: Seen) -> None:
        if racing and seen.method == "DELETE" and seen.call.endswith("/sessions"):
            together.wait()

    with in_the_way(embedded, tamper) as (sandbox, _):
        assistant = sandbox.create_assistant(sessions=2)
        races.delete_in_rounds(Sender(sandbox), assistant, people=3)
        races.delete_together(Sender(sandbox), assistant, [["a"], ["b"], ["c"]])
        racing = False


def test_those_who_create_and_look_are_not_disturbed(sandbox: Sandbox) -> None:
    assistant = sandbox.create_assistant(sessions=5)
    sender = Sender(sandbox)
    new = races.delete_among_others(sender, sandbox, assistant, new=4)
    assert {session.name for session in new} == {f"new session {number}" for number in range(1, 5)}
    assert set(sessions_of(assistant)) == set(new)
    assert len(sender.exchanges) == 5


@pytest.mark.parametrize("broken", [1, 2, 5])
def test_nobody_waits_for_somebody_who_got_no_answer(embedded: Embedded, broken: int) -> None:
    deletions: list[Seen] = []

    def tamper(seen: Seen) -> Misconduct | None:
        if seen.method != "DELETE" or not seen.call.endswith("/sessions"):
            return None
        deletions.append(seen)
        return Misconduct.BREAK_OFF if len(deletions) == broken else None

    with in_the_way(embedded, tamper) as (sandbox, _):
        assistant = sandbox.create_assistant(sessions=4)
        with pytest.raises(NoAnswer):
            races.delete_in_rounds(Sender(sandbox), assistant, people=3)
        assert len(deletions) < 12
