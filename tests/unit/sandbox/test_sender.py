"""The requests of a scenario, on an embedded server, and on one that only looks at them."""

import json
from dataclasses import replace

import pytest

from acceptance.errors import PreparationFailed
from acceptance.notation.sessions import SessionSpec
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.listings import listed_sessions
from acceptance.ragflow.messages import JSON_TYPE, NO_KEY, Answer, Credentials
from acceptance.sandbox.sandbox import Sandbox
from acceptance.sandbox.sender import Sender
from acceptance.sandbox.view import sessions_of
from tests.support.servers import OWN_KEY, Embedded
from tests.unit.sandboxes import Looking, of_scenarios
from tests.unit.stand_in import Reply, Seen, StandIn, json_reply


@pytest.fixture
def sender(sandbox: Sandbox) -> Sender:
    return Sender(sandbox)


# What is kept.


def test_a_deletion_says_what_it_listed_and_what_was_answered(sandbox: Sandbox, sender: Sender) -> None:
    assistant = sandbox.create_assistant(sessions=2)
    exchange = sender.delete(assistant, [*assistant.session_ids, "nobody"])
    assert exchange.selection.summary == "2 deleted, 1 unknown"
    assert isinstance(exchange.answer, Answer)
    assert sessions_of(assistant) == ()


def test_every_request_of_the_scenario_is_kept_with_its_answer(sandbox: Sandbox, sender: Sender) -> None:
    assistant = sandbox.create_assistant(sessions=3)
    sent = [
        sender.delete(assistant, assistant.session_ids[:1]),
        sender.send(assistant, '{"ids": ["SESSION-2"]}'),
        sender.list_sessions(assistant, page=1),
        sender.call(assistant, "PUT /chats/ASSISTANT/sessions {}"),
        sender.remove(assistant),
    ]
    assert sender.exchanges == sent
    assert sender.last is sent[-1]
    assert [exchange.answer.request.method for exchange in sent] == ["DELETE", "DELETE", "GET", "PUT", "DELETE"]
    assert [exchange.selection.listed for exchange in sent] == [
        *((id,) for id in assistant.session_ids[:2]),
        (),
        (),
        (),
    ]


def test_a_session_is_expected_gone_only_where_somebody_says_so(sandbox: Sandbox, sender: Sender) -> None:
    assistant = sandbox.create_assistant(sessions=2)
    first = sender.delete(assistant, assistant.session_ids[:1])
    assert sender.delete(assistant, assistant.session_ids).selection.summary == "2 deleted"
    sender.expect_gone(first.selection.deleted)
    assert sender.delete(assistant, assistant.session_ids).selection.summary == "1 deleted, 1 unknown"


# What is done beside deleting.


def test_a_session_may_be_renamed(sandbox: Sandbox, sender: Sender) -> None:
    before = sandbox.create_assistant(sessions=3)
    first, second, third = before.sessions
    after = sender.rename(before, second, first.name)
    assert after.sessions == (first, replace(second, name=first.name), third)
    assert sorted(session.id for session in sessions_of(after)) == sorted(before.session_ids)
    assert set(sessions_of(after)) == set(after.sessions)
    assert sandbox.names["SESSION-2"] == second.id
    assert sender.last.values["name"] == first.name


def test_a_session_that_cannot_be_renamed_keeps_its_name(sandbox: Sandbox, sender: Sender) -> None:
    assistant = sandbox.create_assistant(sessions=1)
    assert sender.rename(assistant, assistant.sessions[0], "").sessions == assistant.sessions
    assert sessions_of(assistant) == assistant.sessions
    with pytest.raises(PreparationFailed, match=r"this was to be done before:(.|\n)*empty"):
        sender.expect_success()


@pytest.mark.parametrize("other", [False, True])
def test_one_more_session_is_called_by_its_number(sandbox: Sandbox, sender: Sender, other: bool) -> None:
    sandbox.create_assistant(sessions=1)
    before = sandbox.create_assistant(sessions=2, other=True) if other else sandbox.create_assistant(sessions=2)
    after = sender.create(before, 3, SessionSpec("SESSION-1", "user 1"))
    prefix, whose = ("OTHER-", " of the other assistant") if other else ("", "")
    new = after.sessions[2]
    assert after.sessions[:2] == before.sessions
    assert new.name == sandbox.names["SESSION-1"]
    assert set(sessions_of(after)) == set(after.sessions)
    assert sandbox.names[f"{prefix}SESSION-3"] == new.id
    assert sandbox.display_names[new.id] == f"session 3{whose}"
    assert sender.last.values == {
        "assistant": after.id,
        "name": new.name,
        "user": "user 1",
        "owner": before.sessions[0].user,
    }


def test_a_session_without_a_name_gets_the_one_of_ragflow(sandbox: Sandbox, sender: Sender) -> None:
    after = sender.create(sandbox.create_assistant(sessions=0), 1, SessionSpec(None))
    assert [session.name for session in after.sessions] == ["New session"]
    assert sender.last.values["name"] == "New session"


def test_a_session_that_is_not_created_changes_nothing(sandbox: Sandbox, sender: Sender) -> None:
    assistant = sandbox.create_assistant(sessions=1)
    assert sender.create(assistant, 2, SessionSpec("")) is assistant
    assert "SESSION-2" not in sandbox.names


@pytest.mark.parametrize("number", [1, 2, 4])
def test_a_number_that_is_not_the_next_is_a_mistake_of_the_scenario(
    sandbox: Sandbox, sender: Sender, number: int
) -> None:
    assistant = sandbox.create_assistant(sessions=2)
    with pytest.raises(ValueError, match=f"speaks of session {number}, but the assistant was given 2 before"):
        sender.create(assistant, number, SessionSpec("one more"))
    assert set(sessions_of(assistant)) == set(assistant.sessions)


def test_an_assistant_may_be_removed(embedded: Embedded, sandbox: Sandbox, sender: Sender) -> None:
    gone, kept = sandbox.create_assistant(sessions=1), sandbox.create_assistant(sessions=1, other=True)
    sender.remove(gone)
    sender.expect_success()
    assert of_scenarios(embedded) == [kept.name]
    assert sandbox.owns(gone.id)
    sandbox.clear()
    assert of_scenarios(embedded) == []


def test_stock_is_taken_of_what_is_there(sandbox: Sandbox, sender: Sender) -> None:
    assistant, other = sandbox.create_assistant(sessions=3), sandbox.create_assistant(sessions=1, other=True)
    sender.delete(assistant, assistant.session_ids[:1])
    sender.remove(other)
    sender.take_stock([assistant, other])
    assert sender.latest == []
    assert sender.delete(assistant, assistant.session_ids).selection.summary == "2 deleted, 1 unknown"
    assert sender.delete(other, other.session_ids).selection.summary == "1 unknown"
    assert sender.latest == sender.exchanges[2:]


# a request: what it comes to
REQUESTS = {
    '{"ids": ["SESSION-1"]}': "1 deleted",
    '{"ids": ["SESSION-1", "x", "SESSION-1"]}': "1 deleted, 1 unknown, 1 repeated",
    '{"ids": {"SESSION-1": 1}}': "1 deleted",
    '{"ids": "abc"}': "3 unknown",
    '{"ids": [true]}': "1 unknown",
    '{"ids": ["SESSION-1[:16]"]}': "1 unknown",
    '{"ids": [["SESSION-1"]]}': "",
    '{"delete_all": true}': "",
    "not json": "",
    "(no content)": "",
}


@pytest.mark.parametrize(("request_", "summary"), REQUESTS.items(), ids=REQUESTS)
def test_a_request_that_is_written_out_says_what_it_lists(sandbox: Sandbox, request_: str, summary: str) -> None:
    assistant = sandbox.create_assistant(sessions=1)
    assert Sender(sandbox).send(assistant, request_).selection.summary == summary


# What is sent.


def fine(_: Seen) -> Reply:
    return json_reply({"code": 0})


def test_a_list_is_sent_as_it_is_documented() -> None:
    with StandIn(fine) as server:
        looking = Looking(server)
        looking.sender.delete(looking.assistant, ["a", "b", "a"])
    assert looking.seen.call == f"DELETE /api/v1/chats/{looking.assistant.id}/sessions"
    assert json.loads(looking.seen.body) == {"ids": ["a", "b", "a"]}
    assert looking.seen.headers["Content-Type"] == JSON_TYPE
    assert looking.seen.headers["Authorization"] == f"Bearer {OWN_KEY}"


# a way to send: the address
WAYS = {
    "as usual": ({}, "/api/v1/chats/0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a/sessions"),
    "with a slash": ({"slash": True}, "/api/v1/chats/0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a/sessions/"),
    "with words behind it": (
        {"query": "ids=SESSION-1[:4]&b=␠"},
        "/api/v1/chats/0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a/sessions?ids=1b1b&b=%20",
    ),
    "with both": ({"slash": True, "query": "a=1"}, "/api/v1/chats/0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a/sessions/?a=1"),
    "to a part of the id": ({"to": "ASSISTANT[:4]"}, "/api/v1/chats/0a0a/sessions"),
    "to nobody": ({"to": ""}, "/api/v1/chats//sessions"),
    "to a blank": ({"to": "␠"}, "/api/v1/chats/%20/sessions"),
    "to the other assistant": ({"to": "OTHER-ASSISTANT"}, "/api/v1/chats/nobodys/sessions"),
}


@pytest.mark.parametrize(("way", "path"), WAYS.values(), ids=WAYS)
def test_a_deletion_may_be_asked_for_in_many_ways(way: dict[str, object], path: str) -> None:
    with StandIn(fine) as server:
        looking = Looking(server)
        looking.sender.delete(looking.assistant, ["a"], **way)
    assert looking.seen.path == path


@pytest.mark.parametrize("follow", [True, False])
def test_a_redirect_is_followed_where_that_is_wanted(follow: bool) -> None:
    replies = iter([Reply(307, headers={"Location": "/api/v1/elsewhere"}), json_reply({"code": 0})])
    with StandIn(lambda _: next(replies)) as server:
        looking = Looking(server)
        status = looking.sender.delete(looking.assistant, ["a"], follow=follow).answer.status
    assert status == (200 if follow else 307)
    assert [seen.path for seen in server.seen[1:]] == (["/api/v1/elsewhere"] if follow else [])


# what a request is declared as: (the type that is sent, the body)
DECLARED = {
    "text/plain": ("text/plain", b'{"ids": []}'),
    "(nothing)": (None, b'{"ids": []}'),
}


@pytest.mark.parametrize(("declared_as", "type", "body"), [(each, *sent) for each, sent in DECLARED.items()])
def test_a_request_may_be_declared_as_anything(declared_as: str, type: str | None, body: bytes) -> None:
    with StandIn(fine) as server:
        looking = Looking(server)
        looking.sender.send(looking.assistant, '{"ids": []}', declared_as)
    assert (looking.seen.headers.get("Content-Type"), looking.seen.body) == (type, body)


# What is read.

# words: what stands behind the address
WORDS = {
    "": "",
    "id=SESSION-1": f"?id={'1b' * 16}",
    "id=SESSION-1[:4]&name=session 2": "?id=1b1b&name=session+2",
    "user_id=TENANT": "?user_id=7e7e",
    "id=SESSION-1[FULL-WIDTH]": f"?id={'%EF%BC%91%EF%BD%82' * 16}",
    "id=&name=x": "?id=&name=x",
}


@pytest.mark.parametrize(("words", "query"), WORDS.items(), ids=WORDS)
def test_a_list_is_read_with_the_words_that_are_said(words: str, query: str) -> None:
    with StandIn(fine) as server:
        looking = Looking(server)
        looking.sender.read_list(looking.assistant, words)
    assert (looking.seen.method, looking.seen.path) == ("GET", f"/api/v1/chats/{looking.assistant.id}/sessions{query}")


def test_a_list_may_be_read_by_somebody_else(embedded: Embedded, sandbox: Sandbox, sender: Sender) -> None:
    assistant = sandbox.create_assistant(sessions=2)
    mine = sender.read_list(assistant, "name=session 2")
    theirs = sender.read_list(assistant, "name=session 2", asker=embedded.other)
    assert listed_sessions(mine.answer) == [assistant.sessions[1]]
    assert theirs.answer.request.credentials == embedded.other.credentials
    assert theirs.answer.body["code"] != 0
    assert sender.exchanges == [mine, theirs]


# Who asks.


def test_somebody_else_may_ask(embedded: Embedded, sandbox: Sandbox, sender: Sender) -> None:
    assistant = sandbox.create_assistant(sessions=1)
    exchange = sender.delete(assistant, assistant.session_ids, asker=embedded.own.acting_as(NO_KEY))
    assert exchange.answer.request.credentials == NO_KEY
    exchange = sender.send(assistant, '{"ids": ["SESSION-1"]}', asker=embedded.other)
    assert exchange.answer.request.credentials == embedded.other.credentials
    assert sessions_of(assistant) == assistant.sessions


# an authorization: the header that is sent
AUTHORIZATIONS = {
    "(no header)": None,
    "(empty header)": "",
    "Bearer KEY": f"Bearer {OWN_KEY}",
    "KEY": OWN_KEY,
    "Bearer": "Bearer",
    "Bearer␠␠KEY": f"Bearer  {OWN_KEY}",
    "bearer KEY": f"bearer {OWN_KEY}",
    "Basic KEY": f"Basic {OWN_KEY}",
    "Bearer KEY extra": f"Bearer {OWN_KEY} extra",
    "Bearer KEYx": f"Bearer {OWN_KEY}x",
    "Bearer KEY[:20]": f"Bearer {OWN_KEY[:20]}",
    "Bearer invalid_key_123": "Bearer invalid_key_123",
    "Bearer x{20}": f"Bearer {'x' * 20}",
}


@pytest.mark.parametrize(("authorization", "header"), AUTHORIZATIONS.items(), ids=AUTHORIZATIONS)
def test_an_authorization_is_sent_to_the_letter_and_shown_as_it_is_written(
    authorization: str, header: str | None
) -> None:
    with StandIn(lambda seen: json_reply(seen.headers.get("Authorization", ""))) as server:
        looking = Looking(server)
        answer = looking.sender.delete(looking.assistant, ["a"], authorization=authorization).answer
    assert looking.seen.headers.get("Authorization") == header
    shown = answer.request.credentials.name
    assert shown == ("no API key" if header is None else f"the authorization {authorization}")
    # What the server sends back of it is no longer there.
    assert OWN_KEY[:20] not in f"{answer.text} {answer}"


def test_an_authorization_is_shown_of_whoever_asks() -> None:
    with StandIn(fine) as server:
        looking = Looking(server)
        other = RAGFlow(server.url, Credentials.of("another", "another-key"))
        looking.sender.delete(looking.assistant, ["a"], asker=other, authorization="Basic KEY")
    assert looking.seen.headers["Authorization"] == "Basic another-key"


# What is never sent.

# what could empty an assistant
EMPTYING = {
    '{"ids": []}': JSON_TYPE,
    '{"ids": null}': JSON_TYPE,
    "{}": JSON_TYPE,
    '{"delete_all": true}': JSON_TYPE,
    '{"ids": [1]}': JSON_TYPE,
    '{"ids": "SESSION-1"}': JSON_TYPE,
    '{"ids": ["SESSION-1"]}': "text/plain",
    '{"ids": ["SESSION-1"],}': JSON_TYPE,
    '{"IDS": ["SESSION-1"]}': JSON_TYPE,
    "ids=SESSION-1": "application/x-www-form-urlencoded",
    '"not json"': JSON_TYPE,
    "not json": JSON_TYPE,
    "(no content)": JSON_TYPE,
    "(no content, declared as JSON)": JSON_TYPE,
}
every_emptying_request = pytest.mark.parametrize(("request_", "declared_as"), EMPTYING.items(), ids=EMPTYING)

# ids that may be those of somebody else's assistant, or a pattern for all of them
FOREIGN = [
    "",
    "%",
    "*",
    "_" * 32,
    "deadbeef" * 4,
    "0" * 32,
    "ASSISTANT[:16]",
    "ASSISTANTx",
    "ASSISTANT␠",
    "an assistant",
]


@every_emptying_request
@pytest.mark.parametrize("to", FOREIGN)
def test_an_assistant_of_others_is_never_emptied(request_: str, declared_as: str, to: str) -> None:
    with StandIn(fine) as server:
        looking = Looking(server)
        with pytest.raises(ValueError, match="only an assistant of this run may be emptied"):
            looking.sender.send(looking.assistant, request_, declared_as, to=to)
    assert server.seen == []
    assert looking.sender.exchanges == []


@pytest.mark.parametrize("to", FOREIGN)
def test_no_sessions_at_all_are_not_deleted_in_an_assistant_of_others(to: str) -> None:
    with StandIn(fine) as server:
        looking = Looking(server)
        with pytest.raises(ValueError, match="only an assistant of this run may be emptied"):
            looking.sender.delete(looking.assistant, [], to=to)
    assert server.seen == []


@every_emptying_request
def test_an_assistant_of_the_run_may_be_emptied(sandbox: Sandbox, request_: str, declared_as: str) -> None:
    assistant = sandbox.create_assistant(sessions=1)
    assert Sender(sandbox).send(assistant, request_, declared_as).answer.is_json


@every_emptying_request
@pytest.mark.parametrize("to", ["invalid_chat_assistant_id", "nobody"])
def test_nobodys_assistant_cannot_be_emptied(request_: str, declared_as: str, to: str) -> None:
    with StandIn(fine) as server:
        looking = Looking(server)
        looking.sender.send(looking.assistant, request_, declared_as, to=to)
    assert looking.seen.call == f"DELETE /api/v1/chats/{to}/sessions"


@pytest.mark.parametrize("to", FOREIGN)
def test_sessions_that_are_listed_may_be_asked_for_anywhere(to: str) -> None:
    with StandIn(fine) as server:
        looking = Looking(server)
        looking.sender.send(looking.assistant, '{"ids": ["SESSION-1"]}', to=to)
    assert json.loads(looking.seen.body) == {"ids": ["1b" * 16]}


def test_the_assistant_of_another_tenant_may_be_asked_for_by_its_placeholder(
    embedded: Embedded, sandbox: Sandbox, sender: Sender
) -> None:
    mine = sandbox.create_assistant(sessions=1)
    theirs = sandbox.create_assistant(sessions=1, owner=embedded.other, other=True)
    answer = sender.send(mine, '{"ids": []}', to="OTHER-ASSISTANT").answer
    assert f"/chats/{theirs.id}/" in answer.request.path
    assert sessions_of(theirs) == theirs.sessions


# Other calls.


@pytest.mark.parametrize(
    ("call", "asked", "body"),
    [
        ("PUT /chats/ASSISTANT/sessions {}", "PUT /api/v1/chats/{id}/sessions", b"{}"),
        ("DELETE /chats/ASSISTANT/sessions/x {}", "DELETE /api/v1/chats/{id}/sessions/x", b"{}"),
        ('PUT /chats/ASSISTANT/sessions {"a": "b c"}', "PUT /api/v1/chats/{id}/sessions", b'{"a": "b c"}'),
    ],
)
def test_another_call_may_be_made(call: str, asked: str, body: bytes) -> None:
    with StandIn(fine) as server:
        looking = Looking(server)
        exchange = looking.sender.call(looking.assistant, call)
    assert looking.seen.call == asked.format(id=looking.assistant.id)
    assert (looking.seen.body, looking.seen.headers["Content-Type"]) == (body, JSON_TYPE)
    assert exchange.selection.listed == ()


@pytest.mark.parametrize(
    "path",
    [
        "/chats",
        "/chats/ASSISTANT",
        "/chats/OTHER-ASSISTANT/sessions",
        "/chats/foreign/sessions",
        "/chats/ASSISTANTx/sessions",
        "/chats//sessions",
        "/datasets",
        "/chats/ASSISTANT/sessions/../../foreign/sessions",
        "/chats/ASSISTANT/sessionsx",
        "/",
    ],
)
def test_no_other_call_is_made_where_others_have_something(path: str) -> None:
    with StandIn(fine) as server:
        looking = Looking(server)
        with pytest.raises(ValueError, match="only the sessions of the scenario's own assistant"):
            looking.sender.call(looking.assistant, f"DELETE {path} {{}}")
    assert server.seen == []
