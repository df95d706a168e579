"""What a sandbox creates on the embedded server, and how it names it."""

import json
import re
from contextlib import nullcontext

import pytest

from acceptance.errors import Inconclusive, NoAnswer, NotCreated, NotRAGFlow, PreparationFailed
from acceptance.notation.sessions import SessionSpec
from acceptance.sandbox.inventory import PREFIX
from acceptance.sandbox.sandbox import MANY_SESSIONS, Sandbox
from acceptance.sandbox.view import sessions_of
from tests.support.servers import Embedded
from tests.unit.sandboxes import sandbox_on, scenario_assistants, tampered_sandbox
from tests.unit.stand_in import Misconduct, Reply, Seen, forwarded, json_reply


def test_names_contain_the_id_of_the_run(embedded: Embedded, sandbox: Sandbox) -> None:
    names = [sandbox.create_assistant(sessions=0).name for _ in range(3)]
    assert all(name.startswith(f"{PREFIX} {sandbox.run} ") for name in names)
    assert sorted(scenario_assistants(embedded)) == sorted(set(names))
    assert sandbox.entered == [f"{sandbox.prefix} bystander", *names]
    assert len({sandbox_on(embedded.own).run for _ in range(10)}) == 10


@pytest.mark.parametrize("count", [0, 5, MANY_SESSIONS + 5])
def test_an_assistant_has_the_requested_number_of_sessions(sandbox: Sandbox, count: int) -> None:
    assistant = sandbox.create_assistant(sessions=count)
    assert sessions_of(assistant) == assistant.sessions
    names = [f"session {number:0{len(str(count))}}" for number in range(1, count + 1)]
    assert [(session.name, session.user) for session in assistant.sessions] == [(name, "") for name in names]


def test_specified_sessions_are_created_in_their_order_with_users_and_names(embedded: Embedded) -> None:
    specs = [SessionSpec("Monday", "user 1"), SessionSpec(None, "user 2"), *SessionSpec.numbered(MANY_SESSIONS)]
    with tampered_sandbox(embedded) as (sandbox, proxy):
        sessions = sandbox.create_assistant(specs).sessions
        created = [json.loads(seen.body).get("name") for seen in proxy.seen if seen.call.endswith("/sessions")]
    assert created == [spec.name for spec in specs]
    assert [session.name for session in sessions[:3]] == ["Monday", "New session", specs[2].name]
    assert [session.user for session in sessions[:3]] == ["user 1", "user 2", ""]


def test_a_session_can_be_added_later(sandbox: Sandbox) -> None:
    assistant = sandbox.create_assistant(sessions=1)
    session = sandbox.create_session(assistant, "session 1")
    assert set(sessions_of(assistant)) == {*assistant.sessions, session}
    with pytest.raises(NotCreated, match="POST"):
        sandbox.create_session(assistant, "")


# answer to a creation: (the answer, the error)
REFUSALS = {
    "error": (json_reply({"code": 100, "data": None, "message": "no more room"}), PreparationFailed),
    "gateway": (Reply(502, b"<h1>no more room</h1>"), NotRAGFlow),
    "no id": (json_reply({"code": 0, "data": {"name": "no more room"}}), PreparationFailed),
}


@pytest.mark.parametrize("path", ["/chats", "/sessions"])
@pytest.mark.parametrize(("refusal", "error"), REFUSALS.values(), ids=REFUSALS)
def test_a_refused_creation_shows_the_exchange(
    embedded: Embedded, path: str, refusal: Reply, error: type[Inconclusive]
) -> None:
    def tamper(seen: Seen) -> Reply | None:
        return refusal if seen.method == "POST" and seen.path.endswith(path) else None

    with tampered_sandbox(embedded, tamper) as (sandbox, _), pytest.raises(error, match="no more room") as failure:
        sandbox.create_assistant(sessions=1)
    assert "POST /api/v1/chats" in str(failure.value)
    assert embedded.assistants() == []


def test_an_assistant_with_another_name_is_neither_used_nor_removed(embedded: Embedded) -> None:
    def tamper(seen: Seen) -> Reply | None:
        return json_reply({"code": 0, "data": {"id": "foreign", "name": "foreign"}}) if seen.method == "POST" else None

    with tampered_sandbox(embedded, tamper) as (sandbox, proxy):
        with pytest.raises(PreparationFailed, match="foreign"):
            sandbox.create_assistant(sessions=0)
        assert "foreign" not in sandbox.inventory.created
    assert "DELETE /api/v1/chats" not in proxy.calls()


@pytest.mark.parametrize("is_bystander", [False, True])
@pytest.mark.parametrize("answer", [Misconduct.BREAK_OFF, json_reply({"code": 100, "message": "no"}), Reply(504)])
def test_an_assistant_is_removed_although_its_creation_was_not_confirmed(
    embedded: Embedded, answer: Reply | Misconduct, is_bystander: bool
) -> None:
    answers = iter([answer])

    def tamper(seen: Seen) -> Reply | Misconduct | None:
        if seen.call != "POST /api/v1/chats" or (b"bystander" in seen.body) is not is_bystander:
            return None
        forwarded(embedded.url, seen)
        return next(answers, None)

    with tampered_sandbox(embedded, tamper) as (sandbox, _):
        with pytest.raises((PreparationFailed, NoAnswer, NotRAGFlow)):
            sandbox.create_assistant(sessions=1)
        assert len(embedded.assistants()) == (1 if is_bystander else 2)
        sandbox.check_bystander("POST something")
        sandbox.clear()
        assert scenario_assistants(embedded) == []
    assert embedded.assistants() == []


def test_placeholders_stand_for_the_content_of_the_scenario(sandbox: Sandbox, embedded: Embedded) -> None:
    mine = sandbox.create_assistant(sessions=1)
    names = {"ASSISTANT": mine.id, "ASSISTANT-NAME": mine.name, "TENANT": mine.tenant, "SESSION-1": mine.session_ids[0]}
    assert sandbox.names == names
    theirs = sandbox.create_assistant(sessions=1, owner=embedded.other, other=True)
    names |= {"OTHER-ASSISTANT": theirs.id, "OTHER-ASSISTANT-NAME": theirs.name, "OTHER-TENANT": theirs.tenant}
    assert sandbox.names == names | {"OTHER-SESSION-1": theirs.session_ids[0]}
    assert re.fullmatch("[0-9a-f]{32}", mine.tenant)
    assert mine.tenant != theirs.tenant
    new = sandbox.create_session(mine, "Monday")
    display_names = sandbox.display_names
    sandbox.clear()
    # Reports still need the names.
    assert (sandbox.names, display_names) == (
        {},
        {
            mine.id: "the assistant",
            mine.session_ids[0]: "session 1",
            theirs.id: "the other assistant",
            theirs.session_ids[0]: "session 1 of the other assistant",
            new.id: "the new session 'Monday'",
        },
    )


def test_what_an_earlier_scenario_or_assistant_had_is_named_as_such(sandbox: Sandbox) -> None:
    first, replaced = sandbox.create_assistant(sessions=1), sandbox.display_names
    second, other = sandbox.create_assistant(sessions=1), sandbox.create_assistant(sessions=1, other=True)
    old, new, foreign = (each.session_ids[0] for each in (first, second, other))
    assert [replaced[id] for id in (old, first.id, new, foreign)] == [
        f"a session of an earlier assistant ({old})",
        f"an earlier assistant ({first.id})",
        "session 1",
        "session 1 of the other assistant",
    ]
    sandbox.clear()
    third = sandbox.create_assistant(sessions=1)
    assert [sandbox.display_names[id] for id in (old, second.id, foreign, *third.session_ids)] == [
        f"a session of an earlier scenario ({old})",
        f"an earlier assistant ({second.id})",
        f"a session of an earlier scenario ({foreign})",
        "session 1",
    ]
    assert replaced[new] == "session 1"


def test_sandboxes_that_share_an_inventory_have_content_of_their_own(embedded: Embedded, sandbox: Sandbox) -> None:
    further = Sandbox(embedded.own, sandbox.guard, nullcontext, inventory=sandbox.inventory)
    mine, theirs = sandbox.create_assistant(sessions=1), further.create_assistant(sessions=1)
    assert (sandbox.names["ASSISTANT"], further.names["ASSISTANT"]) == (mine.id, theirs.id)
    assert sandbox.entered == further.entered == [f"{sandbox.prefix} bystander", mine.name, theirs.name]
    sandbox.clear()
    assert scenario_assistants(embedded) == [theirs.name]
    sandbox.clear_all()
    assert embedded.assistants() == []
