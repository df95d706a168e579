"""Requests of a scenario, to the embedded server and to a stand-in that records them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from acceptance.errors import PreparationFailed
from acceptance.notation.sessions import SessionSpec
from acceptance.ragflow.listings import read_sessions
from acceptance.ragflow.messages import JSON_TYPE, NO_KEY, Content
from acceptance.sandbox.sandbox import Sandbox
from acceptance.sandbox.sender import Sender
from acceptance.sandbox.view import sessions_of
from tests.support.servers import OWN_KEY, Embedded
from tests.unit.sandboxes import RecordedSender, new_sender, scenario_assistants
from tests.unit.stand_in import Reply, StandIn, json_reply


@pytest.fixture
def sender(sandbox: Sandbox) -> Sender:
    return new_sender(sandbox)


@pytest.fixture
def recorded() -> Iterator[RecordedSender]:
    """A sender whose server confirms everything, and returns the authorization."""
    with StandIn(lambda seen: json_reply({"code": 0, "message": seen.headers.get("Authorization", "")})) as server:
        yield RecordedSender(server)


# Exchanges


def test_requests_are_kept_with_their_answers(sandbox: Sandbox, sender: Sender) -> None:
    assistant = sandbox.create_assistant(sessions=3)
    sent = [
        sender.delete(assistant, [assistant.session_ids[0], "unknown"]),
        sender.delete(assistant, sender.content('{"ids": ["SESSION-2"]}')),
        sender.read_list(assistant, "page=1"),
        sender.call(assistant, "PUT /chats/ASSISTANT/sessions {}"),
        sender.remove(assistant),
    ]
    assert sender.exchanges == sent
    assert sender.last is sent[-1]
    assert [exchange.answer.request.method for exchange in sent] == ["DELETE", "DELETE", "GET", "PUT", "DELETE"]
    assert [exchange.selection.summary for exchange in sent] == ["1 deleted, 1 unknown", "1 deleted", "", "", ""]


def test_sessions_are_expected_to_be_gone_only_after_a_preparation(
    embedded: Embedded, sandbox: Sandbox, sender: Sender
) -> None:
    assistant, other = sandbox.create_assistant(sessions=3), sandbox.create_assistant(sessions=1, other=True)
    sender.delete(assistant, assistant.session_ids[:1])
    assert sender.delete(assistant, assistant.session_ids[:1]).selection.summary == "1 deleted"
    sender.remove(other)
    sender.expect_success()
    assert scenario_assistants(embedded) == [assistant.name]
    sender.record_gone_sessions([assistant, other])
    assert sender.latest == []
    last = sender.delete(assistant, assistant.session_ids)
    assert last.selection.summary == "2 deleted, 1 unknown"
    assert sender.delete(other, other.session_ids).selection.summary == "1 unknown"
    assert sender.latest == sender.exchanges[3:]
    sender.expect_gone(last.selection.deleted)
    assert sender.delete(assistant, assistant.session_ids).selection.summary == "3 unknown"


# Other actions


def test_a_session_can_be_renamed(sandbox: Sandbox, sender: Sender) -> None:
    before = sandbox.create_assistant(sessions=3)
    first, second, third = before.sessions
    after = sender.rename(before, second, first.name)
    assert after.sessions == (first, replace(second, name=first.name), third)
    assert set(sessions_of(after)) == set(after.sessions)
    assert sender.last.values["name"] == first.name


def test_a_refused_action_changes_nothing(sandbox: Sandbox, sender: Sender) -> None:
    assistant = sandbox.create_assistant(sessions=1)
    assert sender.create(assistant, 2, SessionSpec("")) is assistant
    assert "SESSION-2" not in sandbox.names
    assert sender.rename(assistant, assistant.sessions[0], "") is assistant
    assert sessions_of(assistant) == assistant.sessions
    with pytest.raises(PreparationFailed, match=r"could not be prepared:(.|\n)*empty"):
        sender.expect_success()


@pytest.mark.parametrize(("prefix", "suffix"), [("", ""), ("OTHER-", " of the other assistant")])
def test_a_created_session_is_named_by_its_number(sandbox: Sandbox, sender: Sender, prefix: str, suffix: str) -> None:
    sandbox.create_assistant(sessions=1)
    before = sandbox.create_assistant(sessions=2, other=bool(prefix))
    first = sandbox.names["SESSION-1"]
    after = sender.create(before, 3, SessionSpec("SESSION-1", "user 1"))
    new = after.sessions[2]
    assert after.sessions == (*before.sessions, new)
    assert set(sessions_of(after)) == set(after.sessions)
    assert new.name == first
    assert (sandbox.names[f"{prefix}SESSION-3"], sandbox.display_names[new.id]) == (new.id, f"session 3{suffix}")
    assert sender.last.values == {"assistant": after.id, "name": first, "user": "user 1", "owner": ""}
    assert sender.create(after, 4, SessionSpec(None)).sessions[3].name == "New session"
    assert sender.last.values["name"] == "New session"


@pytest.mark.parametrize("number", [2, 4])
def test_a_wrong_session_number_is_a_mistake_of_the_scenario(sandbox: Sandbox, sender: Sender, number: int) -> None:
    assistant = sandbox.create_assistant(sessions=2)
    with pytest.raises(ValueError, match=f"creates session {number}, but the assistant has been given 2"):
        sender.create(assistant, number, SessionSpec("one more"))
    assert set(sessions_of(assistant)) == set(assistant.sessions)


# Requests on the wire

CHAT = "0a" * 16
EMPTY = '{"ids": []}'
# method and arguments: (the request below /api/v1/chats, its type, its body)
REQUESTS: list[tuple[str, list[Any], dict[str, Any], tuple[str, str | None, str]]] = [
    ("delete", [["a", "b", "a"]], {}, (f"DELETE /{CHAT}/sessions", JSON_TYPE, '{"ids": ["a", "b", "a"]}')),
    ("delete", [[]], {"slash": True, "query": "a=1"}, (f"DELETE /{CHAT}/sessions/?a=1", JSON_TYPE, EMPTY)),
    ("delete", [[]], {"query": "a=SESSION-1[:4]&b=␠"}, (f"DELETE /{CHAT}/sessions?a=1b1b&b=%20", JSON_TYPE, EMPTY)),
    ("delete", [["a"]], {"to": "ASSISTANT[:4]"}, ("DELETE /0a0a/sessions", JSON_TYPE, '{"ids": ["a"]}')),
    ("delete", [["a"]], {"to": "␠"}, ("DELETE /%20/sessions", JSON_TYPE, '{"ids": ["a"]}')),
    ("delete", [Content(b"{}", "text/plain")], {}, (f"DELETE /{CHAT}/sessions", "text/plain", "{}")),
    ("delete", [Content(b"{}", None)], {}, (f"DELETE /{CHAT}/sessions", None, "{}")),
    ("call", ['PUT /chats/ASSISTANT/sessions {"a": "b c"}'], {}, (f"PUT /{CHAT}/sessions", JSON_TYPE, '{"a": "b c"}')),
    ("call", ["DELETE /chats/ASSISTANT/sessions/x {}"], {}, (f"DELETE /{CHAT}/sessions/x", JSON_TYPE, "{}")),
    ("read_list", ["id=SESSION-1[:4]&name=a 2"], {}, (f"GET /{CHAT}/sessions?id=1b1b&name=a+2", None, "")),
    ("read_list", ["id=&user_id=TENANT"], {}, (f"GET /{CHAT}/sessions?id=&user_id=7e7e", None, "")),
]


@pytest.mark.parametrize(("method", "arguments", "options", "sent"), REQUESTS)
def test_a_request_is_sent_literally(
    recorded: RecordedSender, method: str, arguments: list[Any], options: dict[str, Any], sent: Any
) -> None:
    getattr(recorded.sender, method)(recorded.assistant, *arguments, **options)
    seen = recorded.seen
    path = seen.path.removeprefix("/api/v1/chats")
    assert (f"{seen.method} {path}", seen.headers.get("Content-Type"), seen.body.decode()) == sent
    assert seen.headers["Authorization"] == f"Bearer {OWN_KEY}"


def test_redirects_are_followed_on_request() -> None:
    redirect = Reply(307, headers={"Location": "/api/v1/elsewhere"})
    with StandIn(lambda seen: json_reply({"code": 0}) if "elsewhere" in seen.path else redirect) as server:
        recorded = RecordedSender(server)
        answers = [recorded.sender.delete(recorded.assistant, ["a"], follow=each).answer for each in (False, True)]
    assert [answer.status for answer in answers] == [307, 200]


# Authorization


def test_another_tenant_may_ask(embedded: Embedded, sandbox: Sandbox, sender: Sender) -> None:
    assistant = sandbox.create_assistant(sessions=2)
    mine = sender.read_list(assistant, "name=session 2")
    assert read_sessions(mine.answer) == [assistant.sessions[1]]
    nobody, other = embedded.own.acting_as(NO_KEY), embedded.other
    theirs = sandbox.create_assistant(sessions=1, owner=other, other=True)
    sent = [
        sender.delete(assistant, [], to="OTHER-ASSISTANT", asker=nobody),
        sender.delete(assistant, sender.content('{"ids": ["SESSION-1"]}'), asker=other),
        sender.read_list(assistant, "name=session 2", asker=other),
    ]
    askers = [NO_KEY, other.credentials, other.credentials]
    assert [exchange.answer.request.credentials for exchange in sent] == askers
    assert f"/chats/{theirs.id}/" in sent[0].answer.request.path
    assert [sessions_of(each) for each in (assistant, theirs)] == [assistant.sessions, theirs.sessions]


# an authorization: its header
AUTHORIZATIONS = {
    "(no header)": None,
    "(empty header)": "",
    "Bearer KEY": f"Bearer {OWN_KEY}",
    "KEY": OWN_KEY,
    "Bearer␠␠KEYx": f"Bearer  {OWN_KEY}x",
    "Bearer KEY[:20]": f"Bearer {OWN_KEY[:20]}",
}


@pytest.mark.parametrize(("authorization", "header"), AUTHORIZATIONS.items(), ids=AUTHORIZATIONS)
def test_an_authorization_is_sent_literally_and_shown_without_the_key(
    recorded: RecordedSender, authorization: str, header: str | None
) -> None:
    answer = recorded.sender.delete(recorded.assistant, ["a"], authorization=authorization).answer
    assert recorded.seen.headers.get("Authorization") == header
    name = "no API key" if header is None else f"the authorization {authorization}"
    assert answer.request.credentials.name == name
    assert OWN_KEY[:20] not in f"{answer.text} {answer}"


# Requests that are never sent

# requests that may delete all sessions of an assistant, and their types
IDS = '{"ids": ["SESSION-1"]}'
AS_JSON = ['{"ids": []}', '{"ids": null}', '{"ids": [1]}', '{"ids": "SESSION-1"}', '{"ids": ["SESSION-1"],}', "{}"]
AS_JSON += ['{"delete_all": true}', '"not json"', IDS.upper(), "(no content)", "(no content, declared as JSON)"]
EMPTYING = [*((request, JSON_TYPE) for request in AS_JSON), (IDS, "text/plain"), ("ids=SESSION-1", "text/html")]
each_emptying_request = pytest.mark.parametrize(("request_", "declared_as"), EMPTYING)

OTHER_ADDRESSES = ["/chats/OTHER-ASSISTANT/sessions", "/chats/ASSISTANTx/sessions", "/chats/ASSISTANT/sessionsx"]
OTHER_ADDRESSES += ["/chats/ASSISTANT/sessions/../../foreign/sessions"]

# ids that may belong to an assistant of another run, or match all assistants
FOREIGN = ["", "%", "*", "_" * 32, "deadbeef" * 4, "an assistant", "ASSISTANT[:16]", "ASSISTANTx"]


@each_emptying_request
def test_foreign_assistants_are_never_emptied(recorded: RecordedSender, request_: str, declared_as: str) -> None:
    sender = recorded.sender
    for to in FOREIGN:
        with pytest.raises(ValueError, match="is no assistant of this run, and this request might delete all"):
            sender.delete(recorded.assistant, sender.content(request_, declared_as), to=to)
    assert recorded.server.seen == sender.exchanges == []


@each_emptying_request
@pytest.mark.parametrize("to", ["ASSISTANT", "invalid_chat_assistant_id", "nobody"])
def test_own_and_impossible_assistants_can_be_emptied(
    recorded: RecordedSender, request_: str, declared_as: str, to: str
) -> None:
    recorded.sender.delete(recorded.assistant, recorded.sender.content(request_, declared_as), to=to)
    assert recorded.seen.call == f"DELETE /api/v1/chats/{to.replace('ASSISTANT', recorded.assistant.id)}/sessions"


@pytest.mark.parametrize("to", FOREIGN)
def test_listed_sessions_can_be_deleted_from_any_assistant(recorded: RecordedSender, to: str) -> None:
    recorded.sender.delete(recorded.assistant, ["1b" * 16], to=to)
    assert json.loads(recorded.seen.body) == {"ids": ["1b" * 16]}


@pytest.mark.parametrize("path", ["/datasets", "/chats", "/chats/ASSISTANT", "/chats//sessions", *OTHER_ADDRESSES])
def test_no_other_call_is_made_for_anything_else(recorded: RecordedSender, path: str) -> None:
    with pytest.raises(ValueError, match="only the sessions of the scenario's own assistant"):
        recorded.sender.call(recorded.assistant, f"DELETE {path} {{}}")
    assert recorded.server.seen == []
